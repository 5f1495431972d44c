// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Processor time it takes to fit bars and tempo to 200 hits in a cue of ten minutes: bench_fit [RUNS].
// An upbeat, fermatas and two stretches of free time are allowed. Prints the median and the most of the runs, each with other hits (the least of three fits, for other programs take time, too), in milliseconds (one thread).
#include "base/rng.h"
#include "compose/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HITS = 200, MOST = 1000, AGAIN = 3 };

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double fit_once(KtRng *rng) {
  KtFitHit hits[HITS];
  double at[HITS], took;
  for (int i = 0; i < HITS; ++i) {
    at[i] = 1 + 598 * kt_rng_unit(rng);
  }
  qsort(at, HITS, sizeof(*at), ascending);
  for (int i = 0; i < HITS; ++i) {
    hits[i] = (KtFitHit){kt_film_time(at[i]), (float)kt_rng_unit(rng), i % 3 != 2, i, 0};
  }
  KtFitStill stills[] = {{kt_film_time(100), kt_film_time(160), 0.5F},
                         {kt_film_time(400), kt_film_time(480), 1}};
  KtFitRequest request = {.hits = hits,
                          .count = HITS,
                          .length = kt_film_time(600),
                          .bpm = 110,
                          .bpm_min = 90,
                          .bpm_max = 132,
                          .change_max = 0.06,
                          .beats = 4,
                          .unit = 4,
                          .phrase_bars = 4,
                          .rate = {24, 1},
                          .upbeat = KT_FIT_UPBEAT_MAY,
                          .fermata = KT_FIT_FERMATA_MAY,
                          .stills = stills,
                          .still_count = 2};
  took = HUGE_VAL;
  for (int again = 0; again < AGAIN; ++again) {
    KtArena *arena = kt_arena_new();
    KtScore *score = KT_NEW(arena, KtScore, 1);
    score->arena = arena;
    double start = now_ms();
    if (kt_fit_time(&request, score, NULL)) {
      fprintf(stderr, "no fit\n");
      exit(1);
    }
    took = fmin(took, now_ms() - start);
    kt_score_free(score);
  }
  return took;
}

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 21;
  runs = runs < 1 ? 1 : runs > MOST ? MOST : runs;
  static double took[MOST];
  KtRng rng = kt_rng(1, "bench/fit");
  for (int i = 0; i < runs; ++i) {
    took[i] = fit_once(&rng);
  }
  qsort(took, (size_t)runs, sizeof(*took), ascending);
  printf("200 hits in ten minutes: median %.1f ms, most %.1f ms of %d runs\n", took[runs / 2],
         took[runs - 1], runs);
  return 0;
}
