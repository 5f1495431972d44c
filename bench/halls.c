// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long the halls ring against their design, one line an octave: "hall hz designed measured", seconds by
// backward integration (Schroeder 1965) from -5 to -25 dB, times three.
#include "mix/hall.h"

#include "../test/unit/mix/t60.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
