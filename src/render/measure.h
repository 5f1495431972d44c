// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_MEASURE_H
#define KT_RENDER_MEASURE_H

#include "base/arena.h"
#include "base/film_time.h"
#include "orchestra/attacks.h"

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
/// The same with velocity and controller apart.
const float *const *kt_probe_play_at(KtProbe *probe, const KtPreset *preset, int key, int velocity,
                                     int controller, double seconds, int length);
/// When the attack of the last take is felt, in milliseconds after the note: its perceptual attack
/// time, where its energy comes within 10 dB of its top (after Vos & Rasch 1981, Gordon 1987; the
/// measure of ear/onset.h, for a note alone). Negative where nothing sounds within 250 ms.
double kt_probe_attack_ms(const KtProbe *probe);
/// How long the last take, whose key was let go `seconds` after it was struck, was still felt: until its energy had
/// fallen by 6 dB from what it was then. Negative where nothing sounded; 400 where it takes longer.
double kt_probe_release_ms(const KtProbe *probe, double seconds);

/// How one preset of an instrument sounds at mezzo-forte (level .6 through the curves of
/// data/performance.yaml), as a mean over three notes of the comfortable range.
typedef struct KtVoice {
  const KtInstrument *instrument;
  const KtPreset *preset;
  unsigned articulations; ///< bit: KtArticulation it plays for this instrument
  bool present;           ///< the library has it and it sounds; else the rest is 0
  double lufs;            ///< loudest 400 ms, the library's gain_db in it
  double place_lufs;      ///< where the instrument belongs: a woodwind at -27 LUFS, others by weight
  double felt_ms;         ///< when its attack is felt
  double tone_hz;         ///< its mean square-root frequency without a filter; 0: its samples brighten by themselves
  double left_ms;         ///< what is left of it when rendering has brought it forward
} KtVoice;

typedef struct KtVoices {
  KT_ARRAY(KtVoice) items; ///< by instrument, as they stand in the orchestra
} KtVoices;

/// Plays every preset of the library that an instrument of the orchestra uses; the same on any number of threads.
/// KT_ERR_MISSING, KT_ERR_FORMAT for the library, KT_ERR_MEMORY, KT_ERR_CANCELLED.
KtStatus kt_voices_measure(const KtContext *ctx, const KtOrchestra *orchestra, KtArena *arena,
                           KtVoices *voices, KtError *err);

/// What of a key is looked at.
typedef struct KtLook {
  bool held;   ///< it is played in long tones
  bool curve;  ///< velocity is its loudness alone
} KtLook;

/// How loud one key is over velocity, and at mezzo-forte, LUFS: in its first
/// fifth of a second, or held, from there on for three tenths. `like` is what the key beside it has, NULL nothing known. NAN where it does not sound.
double kt_level_measure(KtProbe *probe, const KtPreset *preset, int key, KtLook look, const KtKeyLevel *like,
                        KtKeyLevel *level);
/// What brings each key between its neighbours, from the levels `db` of all `attacks->count` keys (NAN not heard): a straight
/// line through six keys on either side, by 6 dB at most.
void kt_levels_even(KtAttacks *attacks, const double *db);

/// Plays every preset that an instrument of the orchestra uses, over its compass and dynamics, and
/// writes when each is felt to `path` (CSV, see orchestra/attacks.h), whole or not at all. About
/// 3 000 notes; on `ctx->threads` threads, with the same result on any number of them.
KtStatus kt_attacks_measure(const KtContext *ctx, const KtOrchestra *orchestra, const char *path,
                            KtError *err);

#endif
