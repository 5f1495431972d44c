// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long the halls ring against their design, one line an octave: "hall hz designed measured", seconds by
// backward integration (Schroeder 1965) from -5 to -25 dB, times three.
#include "mix/hall.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/// Two band-passes an octave wide, one after the other; gives the energy of each sample.
static double *octave_energy(const float *response, size_t count, double hz) {
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

static double measured_t60(const float *response, size_t count, double hz) {
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

int main(void) {
  const char *data = getenv("KINOTHEK_DATA");
  KtContext ctx = {.data_dir = data ? data : "data", .threads = 1, .seed = 1};
  KtHallDesigns designs = {0};
  KtError err = {0};
  if (kt_hall_designs_load(&ctx, &designs, &err)) {
    fprintf(stderr, "halls: %s\n", err.message);
    return 1;
  }
  for (unsigned d = 0; d < designs.count; ++d) {
    float *ears[2];
    size_t frames = 0;
    if (kt_hall_late(&designs.items[d], ears, &frames, &err)) {
      fprintf(stderr, "halls: %s\n", err.message);
      return 1;
    }
    for (double hz = 125; hz < 8001; hz *= 2) {
      printf("%s %.0f %.2f %.2f\n", designs.items[d].id, hz, kt_hall_t60(&designs.items[d], hz),
             measured_t60(ears[0], frames, hz));
    }
    free(ears[0]);
    free(ears[1]);
  }
  kt_hall_designs_free(&designs);
  return 0;
}
