// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/loudest.h"

#include <math.h>

enum { STEP = 1200, STEPS = 16 }; // 25 ms, 400 ms

/// A biquad of ITU-R BS.1770-4, tables 1 and 2 (48 kHz).
typedef struct Weighting {
  double b[3], a[2], x[2], y[2];
} Weighting;

static double weigh(Weighting *one, double x) {
  double y = one->b[0] * x + one->b[1] * one->x[0] + one->b[2] * one->x[1] - one->a[0] * one->y[0] -
             one->a[1] * one->y[1];
  one->x[1] = one->x[0];
  one->x[0] = x;
  one->y[1] = one->y[0];
  one->y[0] = fabs(y) < 1e-25 ? 0 : y;
  return y;
}

double kt_loudest_lufs(const float *left, const float *right, int frames) {
  static const Weighting head = {.b = {1.53512485958697, -2.69169618940638, 1.19839281085285},
                                 .a = {-1.69065929318241, 0.73248077421585}};
  static const Weighting low = {.b = {1, -2, 1}, .a = {-1.99004745483398, 0.99007225036621}};
  Weighting stages[2][2] = {{head, low}, {head, low}};
  double ring[STEPS] = {0}, most = 0;
  for (int at = 0, step = 0; at < frames; at += STEP, ++step) {
    double energy = 0;
    for (int i = at; i < at + STEP && i < frames; ++i) {
      double l = weigh(&stages[0][1], weigh(&stages[0][0], (double)left[i]));
      double r = weigh(&stages[1][1], weigh(&stages[1][0], (double)right[i]));
      energy += l * l + r * r;
    }
    ring[step % STEPS] = energy;
    double sum = 0;
    for (int k = 0; k < STEPS; ++k) {
      sum += ring[k];
    }
    most = sum > most ? sum : most;
  }
  double mean = most / (STEP * STEPS);
  return mean > 1e-12 ? -0.691 + 10.0 * log10(mean) : -120.0;
}
