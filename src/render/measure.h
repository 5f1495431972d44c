// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_MEASURE_H
#define KT_RENDER_MEASURE_H

#include "base/film_time.h"
#include "orchestra/orchestra.h"

/// A sampler that plays single notes of a library to be measured. One object, one thread.
typedef struct KtProbe KtProbe;

enum {
  KT_PROBE_LEAD = KT_SAMPLE_RATE / 5, ///< silence before the note, audio frames
  KT_PROBE_MOST = 4 * KT_SAMPLE_RATE, ///< longest take, lead included
};

/// KT_ERR_MISSING, KT_ERR_FORMAT for the library, KT_ERR_MEMORY.
KtStatus kt_probe_open(const char *library_path, KtProbe **probe, KtError *err);
void kt_probe_close(KtProbe *probe);
/// From here on what is played does not depend on what was played before. KT_ERR_MEMORY.
KtStatus kt_probe_begin(KtProbe *probe, KtError *err);
/// One note of `preset` at the library's own `key`, held for `seconds`, in a take of `length` audio
/// frames: left and right, the probe's until the next call; NULL where the library has no such
/// preset. `level` 1..127 is velocity and, where the preset follows one, its controller.
const float *const *kt_probe_play(KtProbe *probe, const KtPreset *preset, int key, int level,
                                  double seconds, int length);
/// When the attack of the last take is felt, in milliseconds after the note: its perceptual attack
/// time, where its energy comes within 10 dB of its top (after Vos & Rasch 1981, Gordon 1987; the
/// measure of ear/onset.h, for a note alone). Negative where nothing sounds within 250 ms.
double kt_probe_attack_ms(const KtProbe *probe);

/// Plays every preset that an instrument of the orchestra uses, over its compass and dynamics, and
/// writes when each is felt to `path` (CSV, see orchestra/attacks.h), whole or not at all. About
/// 3 000 notes; on `ctx->threads` threads, with the same result on any number of them.
KtStatus kt_attacks_measure(const KtContext *ctx, const KtOrchestra *orchestra, const char *path,
                            KtError *err);

#endif
