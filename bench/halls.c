// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long the halls ring against their design, one line an octave: "hall hz designed measured", seconds by
// backward integration (Schroeder 1965) from -5 to -25 dB, times three. Then how seats are heard in each, one line a seat:
// "hall seat lean direct first early lateral late": left over right and direct level in dB, the first reflection in ms,
// reflections and late hall over the direct sound in dB, and the reflections' side share (0 in front, 1 from the walls).
#include "mix/hall.h"

#include "../test/unit/mix/t60.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Seat {
  const char *name;
  double position, depth_m;
  int players;
} Seat;

static void show_seat(const KtHallDesign *design, const Seat *seat) {
  KtSeating s = kt_hall_seat(design, seat->position, seat->depth_m, seat->players);
  double ears[2] = {0}, early = 0, side = 0;
  int first = KT_TAP_MOST;
  for (int ear = 0; ear < 2; ++ear) {
    ears[ear] = pow((double)s.direct[0][ear], 2) + pow((double)s.direct[1][ear], 2);
  }
  for (int t = 0; t < s.taps; ++t) {
    double left = (double)s.tap_gain[t][0], right = (double)s.tap_gain[t][1];
    early += left * left + right * right;
    side += fabs(left * left - right * right);
    first = s.tap_delay[t] < first ? s.tap_delay[t] : first;
  }
  double direct = ears[0] + ears[1], late = 2 * pow((double)s.late_gain * pow(10, (double)design->late_db / 20), 2);
  printf("%s %s %.1f %.1f %.1f %.1f %.2f %.1f\n", design->id, seat->name, 10 * log10(ears[0] / ears[1]),
         10 * log10(direct / 2), first / 48.0, 10 * log10(early / direct), side / early, 10 * log10(late / direct));
}

int main(void) {
  static const Seat seats[] = {{"violins", -0.7, 2, 14}, {"cellos", 0.6, 2.5, 8}, {"oboe", 0.08, 5, 1},
                               {"horns", -0.42, 8, 4}, {"timpani", 0.1, 10, 1}};
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
    for (size_t s = 0; s < sizeof(seats) / sizeof(*seats); ++s) {
      show_seat(&designs.items[d], &seats[s]);
    }
    free(ears[0]);
    free(ears[1]);
  }
  kt_hall_designs_free(&designs);
  return 0;
}
