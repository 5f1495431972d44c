// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/thin.h"

#include "base/film_time.h"

#include <math.h>

KtThin kt_thin_new(const KtMixSettings *settings) {
  double w = 2.0 * M_PI * (double)settings->thin_hz / KT_SAMPLE_RATE;
  double alpha = sin(w) / (2.0 * (double)settings->thin_q);
  double a0 = 1.0 + alpha;
  return (KtThin){.b0 = alpha / a0,
                  .a1 = -2.0 * cos(w) / a0,
                  .a2 = (1.0 - alpha) / a0,
                  .share = 1.0 - pow(10.0, -(double)settings->thin_db / 20.0)};
}

float kt_thin_run(KtThin *thin, int side, float sample, double amount) {
  double x = (double)sample;
  double y = thin->b0 * (x - thin->x2[side]) - thin->a1 * thin->y1[side] - thin->a2 * thin->y2[side];
  y = fabs(y) < 1e-25 ? 0 : y;
  thin->x2[side] = thin->x1[side];
  thin->x1[side] = x;
  thin->y2[side] = thin->y1[side];
  thin->y1[side] = y;
  return amount > 0 ? (float)(x - amount * thin->share * y) : sample;
}
