// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_SAID_H
#define KT_MIX_SAID_H

#include "mix/stoi.h"
#include "mix/words.h"

#include <stdatomic.h>

/// What is said in the film, and each cue's music under it, as one ear hears them, at KT_STOI_RATE: in a file, since a
/// long film's words are more than its memory is meant to hold.
typedef struct KtSaid {
  int file;               ///< -1: none
  const KtWords *words;   ///< borrowed; only its pieces matter
  _Atomic int64_t end;    ///< bytes handed out
  float taps[64];         ///< takes away what is over 5 kHz
} KtSaid;

/// In `folder`, without a name there. KT_ERR_IO.
KtStatus kt_said_open(const char *folder, const KtWords *words, KtSaid *said, KtError *err);
void kt_said_close(KtSaid *said);

/// A sound on its way in, in order.
typedef struct KtSaidTap {
  KtSaid *said;
  int64_t place;          ///< of the first piece, in bytes
  size_t first, end;      ///< pieces it has
  int64_t next;           ///< sample at 48 kHz, in the film
  float past[64];
} KtSaidTap;

/// A sound that lies at samples [from, to) of the film at 48 kHz.
KtSaidTap kt_said_tap(KtSaid *said, int64_t from, int64_t to);
/// The next audio frames; `channels` as for kt_band_meter_take(), `frames` at most KT_SAID_BLOCK. KT_ERR_IO.
enum { KT_SAID_BLOCK = 8192 };
KtStatus kt_said_take(KtSaidTap *tap, const float *samples, size_t frames, int channels, KtError *err);
/// A piece of what a tap took, `1200 * (to - from)` values of it; silence where it had nothing. False where it cannot
/// be read.
bool kt_said_read(const KtSaid *said, int64_t place, size_t first, size_t piece, float *out);
size_t kt_said_length(const KtWords *words, size_t piece);

#endif
