// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/hall.h"
#include "t60.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static KtContext context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
}

static void halls_decay_as_designed(void **state) {
  (void)state;
  KtContext ctx = context();
  KtHallDesigns designs = {0};
  assert_int_equal(kt_hall_designs_load(&ctx, &designs, NULL), KT_OK);
  assert_true(designs.count >= 5);
  for (unsigned d = 0; d < designs.count; ++d) {
    const KtHallDesign *design = &designs.items[d];
    float *ears[2];
    size_t frames = 0;
    assert_int_equal(kt_hall_late(design, ears, &frames, NULL), KT_OK);
    double energy[2] = {0}, both = 0;
    for (size_t i = 0; i < frames; ++i) {
      energy[0] += (double)ears[0][i] * (double)ears[0][i];
      energy[1] += (double)ears[1][i] * (double)ears[1][i];
      both += (double)ears[0][i] * (double)ears[1][i];
    }
    // As loud as asked, the ears each with a field of its own.
    assert_true(fabs(10 * log10(energy[0]) - (double)design->late_db) < 0.1);
    assert_true(fabs(both) / sqrt(energy[0] * energy[1]) < 0.1);
    size_t before = (size_t)((double)design->predelay_ms * 48) - 1;
    for (size_t i = 0; i < before; ++i) {
      assert_true(ears[0][i] == 0);
    }
    static const double octaves[] = {125, 250, 500, 1000, 2000, 4000};
    for (size_t o = 0; o < sizeof(octaves) / sizeof(*octaves); ++o) {
      double wanted = kt_hall_t60(design, octaves[o]);
      double got = measured_t60(ears[0], frames, octaves[o]);
      if (fabs(got / wanted - 1) > 0.15) {
        fail_msg("%s: %.0f Hz falls in %.2f s, designed %.2f s", design->id, octaves[o], got, wanted);
      }
    }
    free(ears[0]);
    free(ears[1]);
  }
  kt_hall_designs_free(&designs);
}

static void the_hall_behind_is_later_and_its_own(void **state) {
  (void)state;
  KtContext ctx = context();
  KtHallDesigns designs = {0};
  KtMixSettings *settings = NULL;
  assert_int_equal(kt_hall_designs_load(&ctx, &designs, NULL), KT_OK);
  assert_int_equal(kt_mix_settings_load(&ctx, &settings, NULL), KT_OK);
  const KtHallDesign *design = &designs.items[0];
  float *front[2], *rear[2];
  size_t frames = 0, more = 0;
  assert_int_equal(kt_hall_late(design, front, &frames, NULL), KT_OK);
  assert_int_equal(kt_hall_rear(design, settings, rear, &more, NULL), KT_OK);
  double energy = 0, both = 0;
  size_t starts = 0;
  while (rear[0][starts] == 0) {
    ++starts;
  }
  for (size_t i = 0; i < frames; ++i) {
    energy += (double)rear[0][i] * (double)rear[0][i];
    both += (double)rear[0][i] * (double)front[0][i];
  }
  double wanted_db = (double)(design->late_db + settings->surround_db);
  double wanted_ms = (double)(design->predelay_ms + settings->surround_delay_ms);
  assert_true(fabs(10 * log10(energy) - wanted_db) < 0.1);
  assert_true(fabs((double)starts / 48 - wanted_ms) < 0.5);
  assert_true(fabs(both) < 0.1 * energy);
  double t60 = measured_t60(rear[1], more, 1000);
  assert_true(fabs(t60 / kt_hall_t60(design, 1000) - 1) < 0.15);
  for (int ear = 0; ear < 2; ++ear) {
    free(front[ear]);
    free(rear[ear]);
  }
  kt_mix_settings_free(settings);
  kt_hall_designs_free(&designs);
}

static void seats_are_where_they_sit(void **state) {
  (void)state;
  KtContext ctx = context();
  KtHallDesigns designs = {0};
  const KtHallDesign *design = NULL;
  KtError err = {0};
  assert_int_equal(kt_hall_designs_load(&ctx, &designs, NULL), KT_OK);
  assert_int_equal(kt_hall_design(&designs, "nowhere", &design, &err), KT_ERR_ARGUMENT);
  assert_non_null(strstr(err.message, "scoring_stage"));
  assert_int_equal(kt_hall_design(&designs, "concert_hall", &design, NULL), KT_OK);
  KtSeating left = kt_hall_seat(design, -0.8, 2, 14), right = kt_hall_seat(design, 0.8, 2, 8);
  KtSeating centre = kt_hall_seat(design, 0, 2, 1), back = kt_hall_seat(design, 0, 9, 1);
  double l = (double)(left.direct[0][0] + left.direct[1][0]);
  double r = (double)(left.direct[0][1] + left.direct[1][1]);
  assert_true(20 * log10(l / r) > 3);
  assert_true(right.direct[0][1] > right.direct[0][0]);
  assert_true(left.direct_delay[1] > 0 && left.direct_delay[0] == 0);
  assert_true(centre.direct_delay[0] == 0 && centre.direct_delay[1] == 0);
  // Farther back: less direct sound for the same hall, and duller.
  assert_true(back.direct[0][0] < centre.direct[0][0]);
  assert_true(back.late_gain == centre.late_gain);
  assert_true(back.dull < centre.dull);
  assert_true(centre.taps > 4);
  for (int t = 0; t < centre.taps; ++t) {
    assert_true(centre.tap_delay[t] >= 192 && centre.tap_delay[t] < KT_TAP_MOST);
  }
  kt_hall_designs_free(&designs);
}

static void convolution_is_exact(void **state) {
  (void)state;
  enum { LENGTH = 20000, INPUT = 4 * KT_CONVOLVER_BLOCK };
  KtRng rng = kt_rng(1, "convolution");
  float *h = calloc(LENGTH, sizeof(float)), *x = calloc(INPUT, sizeof(float));
  float *y = calloc(2 * INPUT, sizeof(float));
  // Few points, so that the slow way is quick.
  for (int i = 0; i < 40; ++i) {
    h[kt_rng_int(&rng, 0, LENGTH - 1)] = (float)kt_rng_normal(&rng);
  }
  for (int i = 0; i < 2 * KT_CONVOLVER_BLOCK; ++i) {
    x[i] = (float)kt_rng_normal(&rng);
  }
  KtResponse response;
  KtConvolver convolver;
  assert_int_equal(kt_response_init(&response, h, h, LENGTH, NULL), KT_OK);
  assert_int_equal(kt_convolver_init(&convolver, &response, NULL), KT_OK);
  for (int b = 0; b < 4; ++b) {
    kt_convolver_run(&convolver, x + b * KT_CONVOLVER_BLOCK, y + 2 * b * KT_CONVOLVER_BLOCK);
  }
  double error = 0, power = 0;
  for (int i = 0; i < INPUT; ++i) {
    double wanted = 0;
    for (int k = 0; k < LENGTH && k <= i; ++k) {
      wanted += h[k] != 0 ? (double)h[k] * (double)x[i - k] : 0;
    }
    for (int ear = 0; ear < 2; ++ear) {
      error += pow((double)y[2 * i + ear] - wanted, 2);
      power += wanted * wanted;
    }
  }
  assert_true(10 * log10(power / error) > 110); // dB
  kt_convolver_clear(&convolver);
  kt_response_clear(&response);
  free(h);
  free(x);
  free(y);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(halls_decay_as_designed),
      cmocka_unit_test(the_hall_behind_is_later_and_its_own),
      cmocka_unit_test(seats_are_where_they_sit),
      cmocka_unit_test(convolution_is_exact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
