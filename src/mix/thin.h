// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_THIN_H
#define KT_MIX_THIN_H

#include "mix/settings.h"

#include <complex.h>

/// Dips in the speech band, side by side from its low to its high end.
enum { KT_DIPS = 4, KT_THIN_CHANNELS = 8 };

/// A band-pass (R. Bristow-Johnson's cookbook, 0 dB at its peak).
typedef struct KtDip {
  double b0, a1, a2;
  double x1[KT_THIN_CHANNELS], x2[KT_THIN_CHANNELS], y1[KT_THIN_CHANNELS], y2[KT_THIN_CHANNELS];
} KtDip;

/// Dips that can be moved without a click: what each band-pass lets through is taken off by a share.
/// Linear, so stems that go through it one by one still add up.
typedef struct KtThin {
  KtDip dips[KT_DIPS];
  double share;            ///< taken off at the whole dip
} KtThin;

KtThin kt_thin_new(const KtMixSettings *settings);
/// One sample of one channel; `amounts` 0 (as it is) .. 1 (the whole dip), each.
float kt_thin_run(KtThin *thin, int side, float sample, const float amounts[KT_DIPS]);

/// What each dip takes off at a frequency, at the whole dip, in place and in phase.
void kt_thin_taken(const KtThin *thin, double hz, double complex taken[KT_DIPS]);

#endif
