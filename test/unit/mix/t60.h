// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_T60_H
#define TEST_T60_H

#include <math.h>
#include <stdlib.h>

/// Two band-passes an octave wide, one after the other; gives the energy of each sample.
static inline double *octave_energy(const float *response, size_t count, double hz) {
  double w = 2 * M_PI * hz / 48000, alpha = sin(w) / (2 * 1.414), a0 = 1 + alpha;
  double *energy = calloc(count + 1, sizeof(double));
  double x1[2] = {0}, x2[2] = {0}, y1[2] = {0}, y2[2] = {0};
  for (size_t i = 0; energy && i < count; ++i) {
    double x = (double)response[i];
    for (int s = 0; s < 2; ++s) {
      double y = (alpha * (x - x2[s]) + 2 * cos(w) * y1[s] - (1 - alpha) * y2[s]) / a0;
      x2[s] = x1[s], x1[s] = x, y2[s] = y1[s], y1[s] = y;
      x = y;
    }
    energy[i] = x * x;
  }
  return energy;
}

/// Reverberation time in an octave by backward integration (Schroeder 1965), -5 to -25 dB times three; 0 without memory.
static inline double measured_t60(const float *response, size_t count, double hz) {
  double *left = octave_energy(response, count, hz);
  if (!left) {
    return 0;
  }
  for (size_t i = count; i-- > 0;) {
    left[i] += left[i + 1];
  }
  size_t from = 0, to = 0;
  while (from < count && left[from] > left[0] * pow(10, -0.5)) {
    ++from;
  }
  while (to < count && left[to] > left[0] * pow(10, -2.5)) {
    ++to;
  }
  free(left);
  return 3.0 * (double)(to - from) / 48000;
}

#endif
