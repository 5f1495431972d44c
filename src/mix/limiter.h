// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_LIMITER_H
#define KT_MIX_LIMITER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/// Keeps the true peak (4x oversampled, BS.1770-4 annex 2) of `bed + moving` under a ceiling by
/// turning down `moving` alone; all channels together, looking ahead, so that nothing is clipped.
typedef struct KtLimiter KtLimiter;

typedef struct KtLimiting {
  double ceiling_dbtp;
  double look_ms;         ///< 0.5..10
  double release_ms;
  double bed_near_db;     ///< where the bed alone is this near to the ceiling ...
  double bed_near_most_db; ///< ... no more than so much is taken off, and the sum may go over: a quicker limiter is to
                           ///< come after this one. 0: whatever is needed
} KtLimiting;

/// `channels` 1..8 of both signals.
KtStatus kt_limiter_open(int channels, const KtLimiting *how, KtLimiter **limiter, KtError *err);
/// Takes `count` audio frames of the bed (NULL: silence) and of what moves, interleaved, and gives
/// back `moving` with its gain, `count` audio frames that lie kt_limiter_delay() earlier.
KtStatus kt_limiter_run(KtLimiter *limiter, const float *bed, const float *moving, size_t count,
                        float *out, KtError *err);
size_t kt_limiter_delay(const KtLimiter *limiter); ///< audio frames
double kt_limiter_most_db(const KtLimiter *limiter); ///< most taken off so far, >= 0
/// Seconds so far in which more than half the level was taken off something.
double kt_limiter_half_s(const KtLimiter *limiter);
void kt_limiter_close(KtLimiter *limiter);

#endif
