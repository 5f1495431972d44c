// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_THIN_H
#define KT_MIX_THIN_H

#include "mix/settings.h"

/// A dip in the speech band that can be moved without a click: what a band-pass lets through (R.
/// Bristow-Johnson's cookbook, 0 dB at its peak) is taken off by a share. Linear, so stems that go
/// through it one by one still add up.
typedef struct KtThin {
  double b0, a1, a2;
  double share;            ///< taken off at the whole dip
  double x1[2], x2[2], y1[2], y2[2];
} KtThin;

KtThin kt_thin_new(const KtMixSettings *settings);
/// One sample of one side; `amount` 0 (as it is) .. 1 (the whole dip).
float kt_thin_run(KtThin *thin, int side, float sample, double amount);

#endif
