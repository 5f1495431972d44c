// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/glue.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, SECONDS = 16, FRAMES = RATE * SECONDS };

static const KtMixSettings settings = {.glue_over_db = 6, .glue_ratio = 2, .glue_most_db = 3, .glue_attack_ms = 10,
                                       .glue_release_ms = 200};

static double db(double x) {
  return pow(10, x / 20);
}

/// Level in dB of the left channel over a stretch.
static double level(const float *x, double from, double to) {
  double sum = 0;
  for (int i = (int)(from * RATE); i < (int)(to * RATE); ++i) {
    sum += (double)x[2 * i] * (double)x[2 * i];
  }
  return 10 * log10(sum / ((to - from) * RATE) + 1e-20);
}

/// A tutti that grows by 20 dB in eight seconds and stays, with a stroke of 12 dB over it in the twelfth.
static void fill(float *x) {
  for (int i = 0; i < FRAMES; ++i) {
    double t = (double)i / RATE, rise = fmin(0, -20 + 2.5 * t), hit = t - 12;
    double own = db(-23 + rise) * (hit >= 0 ? 1 + 3 * exp(-6 * hit) : 1);
    x[2 * i] = (float)(own * sin(2 * M_PI * 440 * t));
    x[2 * i + 1] = 0.5F * x[2 * i];
  }
}

static void a_stroke_leans_into_the_tutti(void **state) {
  (void)state;
  float *x = malloc(2 * FRAMES * sizeof(float)), *y = malloc(2 * FRAMES * sizeof(float));
  fill(x);
  memcpy(y, x, 2 * FRAMES * sizeof(float));
  KtGlue glue = kt_glue_new(&settings, -26);
  for (size_t at = 0; at < FRAMES; at += 777) { // odd pieces: the result may not depend on them
    kt_glue_run(&glue, y + 2 * at, FRAMES - at < 777 ? FRAMES - at : 777, 2);
  }
  assert_true(fabs(level(x, 1, 3) - level(y, 1, 3)) < 0.01); // a crescendo stays what it is
  assert_true(fabs(level(x, 9, 12) - level(y, 9, 12)) < 0.01);
  assert_true(fabs(level(x, 12, 12.002) - level(y, 12, 12.002)) < 0.5); // the blow itself comes through
  double taken = level(x, 12.03, 12.15) - level(y, 12.03, 12.15);
  assert_true(taken > 1 && taken < 3);
  assert_true(kt_glue_most_db(&glue) < 3 && kt_glue_most_db(&glue) >= taken);
  assert_true(fabs(level(x, 13.5, 15) - level(y, 13.5, 15)) < 0.05);
  for (int i = 0; i < FRAMES; ++i) { // both sides alike
    assert_true(fabs((double)y[2 * i + 1] - 0.5 * (double)y[2 * i]) < 1e-6);
  }
  free(x);
  free(y);
}

static void silence_and_what_is_soft_are_left_alone(void **state) {
  (void)state;
  float *x = calloc(2 * FRAMES, sizeof(float)), *y = malloc(2 * FRAMES * sizeof(float));
  fill(x);
  for (int i = 0; i < 2 * FRAMES; ++i) {
    x[i] = i < 2 * RATE ? 0 : x[i] * 0.1F; // a soft cue out of nothing, in a louder score
  }
  memcpy(y, x, 2 * FRAMES * sizeof(float));
  KtGlue glue = kt_glue_new(&settings, -26);
  kt_glue_run(&glue, y, FRAMES, 2);
  assert_memory_equal(x, y, 2 * FRAMES * sizeof(float));
  assert_true(kt_glue_most_db(&glue) <= 0);
  free(x);
  free(y);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_stroke_leans_into_the_tutti),
                                     cmocka_unit_test(silence_and_what_is_soft_are_left_alone)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
