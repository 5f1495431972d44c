// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/thin.h"

#include "base/film_time.h"

#include <math.h>

KtThin kt_thin_new(const KtMixSettings *settings) {
  KtThin thin = {.share = 1.0 - pow(10.0, -(double)settings->thin_db / 20.0)};
  double low = (double)settings->thin_low_hz, high = (double)settings->thin_high_hz;
  // Neighbours meet at -3 dB, 45 degrees early and late: together as deep there as in their middles.
  double ratio = pow(high / low, 1.0 / KT_DIPS);
  double q = sqrt(ratio) / (ratio - 1.0);
  for (int d = 0; d < KT_DIPS; ++d) {
    double w = 2.0 * M_PI * low * pow(ratio, d + 0.5) / KT_SAMPLE_RATE;
    double alpha = sin(w) / (2.0 * q), a0 = 1.0 + alpha;
    thin.dips[d] = (KtDip){.b0 = alpha / a0, .a1 = -2.0 * cos(w) / a0, .a2 = (1.0 - alpha) / a0};
  }
  return thin;
}

static double run(KtDip *dip, int side, double x) {
  double y = dip->b0 * (x - dip->x2[side]) - dip->a1 * dip->y1[side] - dip->a2 * dip->y2[side];
  y = fabs(y) < 1e-25 ? 0 : y;
  dip->x2[side] = dip->x1[side];
  dip->x1[side] = x;
  dip->y2[side] = dip->y1[side];
  dip->y1[side] = y;
  return y;
}

float kt_thin_run(KtThin *thin, int side, float sample, const float amounts[KT_DIPS]) {
  double x = (double)sample, taken = 0;
  for (int d = 0; d < KT_DIPS; ++d) {
    taken += (double)amounts[d] * run(&thin->dips[d], side, x);
  }
  return (float)(x - thin->share * taken);
}

void kt_thin_taken(const KtThin *thin, double hz, double complex taken[KT_DIPS]) {
  double w = 2.0 * M_PI * hz / KT_SAMPLE_RATE;
  double complex z = CMPLX(cos(w), -sin(w));
  for (int d = 0; d < KT_DIPS; ++d) {
    const KtDip *dip = &thin->dips[d];
    taken[d] = thin->share * dip->b0 * (1.0 - z * z) / (1.0 + dip->a1 * z + dip->a2 * z * z);
  }
}
