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

/// `channels` 1..8 of both signals. `look_ms` 0.5..10.
KtStatus kt_limiter_open(int channels, double ceiling_dbtp, double look_ms, double release_ms,
                         KtLimiter **limiter, KtError *err);
/// Takes `count` audio frames of the bed (NULL: silence) and of what moves, interleaved, and gives
/// back `moving` with its gain, `count` audio frames that lie kt_limiter_delay() earlier.
KtStatus kt_limiter_run(KtLimiter *limiter, const float *bed, const float *moving, size_t count,
                        float *out, KtError *err);
size_t kt_limiter_delay(const KtLimiter *limiter); ///< audio frames
double kt_limiter_most_db(const KtLimiter *limiter); ///< most taken off so far, >= 0
void kt_limiter_close(KtLimiter *limiter);

#endif
