// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/limiter.h"

#include "base/rng.h"
#include "mix/loudness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES = 96000, CHANNELS = 2 };

static double db(double x) {
  return pow(10, x / 20);
}

/// Music-like noise with bursts, at a level.
static void fill(float *samples, const char *name, double level_db) {
  KtRng rng = kt_rng(1, name);
  double state = 0;
  for (int i = 0; i < FRAMES * CHANNELS; ++i) {
    state = 0.6 * state + 0.4 * kt_rng_normal(&rng);
    double burst = i / 9600 % 3 == 0 ? 2.0 : 0.3;
    samples[i] = (float)(db(level_db) * burst * state);
  }
}

static double peak_of(const float *samples) {
  KtMeter meter;
  assert_int_equal(kt_meter_init(&meter, CHANNELS, true, false, NULL), KT_OK);
  assert_int_equal(kt_meter_add(&meter, samples, FRAMES, NULL), KT_OK);
  double peak = kt_meter_peak_dbtp(&meter);
  kt_meter_clear(&meter);
  return peak;
}

/// Through the limiter, its delay taken off.
static double run(const float *bed, const float *moving, double ceiling, float *out) {
  KtLimiter *limiter = NULL;
  KtLimiting how = {.ceiling_dbtp = ceiling, .look_ms = 2, .release_ms = 120};
  assert_int_equal(kt_limiter_open(CHANNELS, &how, &limiter, NULL), KT_OK);
  size_t delay = kt_limiter_delay(limiter), total = FRAMES + delay;
  float *b = calloc(total * CHANNELS, sizeof(float)), *m = calloc(total * CHANNELS, sizeof(float));
  float *o = calloc(total * CHANNELS, sizeof(float));
  memcpy(m, moving, FRAMES * CHANNELS * sizeof(float));
  if (bed) {
    memcpy(b, bed, FRAMES * CHANNELS * sizeof(float));
  }
  for (size_t at = 0; at < total; at += 777) { // odd pieces: the result may not depend on them
    size_t now = total - at < 777 ? total - at : 777;
    assert_int_equal(kt_limiter_run(limiter, bed ? b + at * CHANNELS : NULL, m + at * CHANNELS, now,
                                    o + at * CHANNELS, NULL),
                     KT_OK);
  }
  memcpy(out, o + delay * CHANNELS, FRAMES * CHANNELS * sizeof(float));
  double most = kt_limiter_most_db(limiter);
  kt_limiter_close(limiter);
  free(b);
  free(m);
  free(o);
  return most;
}

static void the_ceiling_holds(void **state) {
  (void)state;
  float *x = malloc(FRAMES * CHANNELS * sizeof(float)), *y = malloc(FRAMES * CHANNELS * sizeof(float));
  static const double ceilings[] = {-1, -2, -6};
  for (int i = 0; i < 3; ++i) {
    fill(x, "loud", 2);
    assert_true(peak_of(x) > ceilings[i] + 3);
    double most = run(NULL, x, ceilings[i], y);
    assert_true(most > 3);
    assert_true(peak_of(y) <= ceilings[i]);
    assert_true(peak_of(y) > ceilings[i] - 1); // and not much more than asked
  }
  free(x);
  free(y);
}

/// The largest of the points in between, by a sinc over 400 samples: much farther than the limiter looks.
static double long_peak(const float *x, int frames, int step) {
  double top = 0;
  for (int i = 256; i < frames - 256; ++i) {
    for (int p = 0; p < 4; ++p) {
      double sum = 0;
      for (int k = i - 200; k <= i + 200; ++k) {
        double d = i + p / 4.0 - k;
        double sinc = fabs(d) < 1e-9 ? 1 : sin(M_PI * d) / (M_PI * d);
        sum += (double)x[k * step] * sinc * (0.5 + 0.5 * cos(M_PI * d / 201.0));
      }
      top = fmax(top, fabs(sum));
    }
  }
  return 20 * log10(top);
}

static void high_tones_hide_nothing_between_samples(void **state) {
  (void)state;
  float *x = calloc(FRAMES * CHANNELS, sizeof(float)), *y = malloc(FRAMES * CHANNELS * sizeof(float));
  static const double tones_hz[] = {12000, 15300, 17100, 18500};
  for (int tone = 0; tone < 4; ++tone) {
    memset(x, 0, FRAMES * CHANNELS * sizeof(float));
    for (int i = 1000; i < 2500; ++i) { // a burst, faded in and out over 10 ms
      double edge = fmin(1, fmin(i - 1000, 2500 - i) / 480.0);
      x[2 * i] = (float)(1.3 * edge * sin(2 * M_PI * tones_hz[tone] * i / 48000 + 0.785));
    }
    run(NULL, x, -1, y);
    assert_true(long_peak(y, 3500, CHANNELS) <= -0.97);
    assert_true(long_peak(y, 3500, CHANNELS) > -1.6);
  }
  free(x);
  free(y);
}

static void what_is_under_it_is_left_alone(void **state) {
  (void)state;
  float *x = malloc(FRAMES * CHANNELS * sizeof(float)), *y = malloc(FRAMES * CHANNELS * sizeof(float));
  fill(x, "soft", -20);
  assert_true(run(NULL, x, -1, y) == 0);
  assert_memory_equal(x, y, FRAMES * CHANNELS * sizeof(float));
  free(x);
  free(y);
}

static void music_gives_way_to_the_film(void **state) {
  (void)state;
  float *film = malloc(FRAMES * CHANNELS * sizeof(float));
  float *music = malloc(FRAMES * CHANNELS * sizeof(float));
  float *out = malloc(FRAMES * CHANNELS * sizeof(float));
  fill(film, "film", -8);
  fill(music, "music", -6);
  double film_peak = peak_of(film), ceiling = fmax(film_peak, -1);
  run(film, music, ceiling, out);
  double louder = 0;
  for (int i = 0; i < FRAMES * CHANNELS; ++i) {
    louder = fmax(louder, fabs((double)out[i]) - fabs((double)music[i]));
    out[i] += film[i];
    music[i] += film[i];
  }
  assert_true(peak_of(music) > ceiling + 1); // it would have gone over
  assert_true(peak_of(out) <= ceiling + 0.05);
  assert_true(louder <= 0);
  free(film);
  free(music);
  free(out);
}

/// Where the film alone fills the ceiling, music gives way by little and for long, or wholly and for a moment.
static void the_films_own_peaks_cost_the_music_a_moment(void **state) {
  (void)state;
  float *film = calloc(FRAMES * CHANNELS, sizeof(float)), *music = malloc(FRAMES * CHANNELS * sizeof(float));
  float *out = malloc(FRAMES * CHANNELS * sizeof(float)), *late = calloc(FRAMES * CHANNELS, sizeof(float));
  fill(music, "music", -24);
  for (int i = 0; i < 96; ++i) { // a bang of 2 ms at +5 dBFS
    film[(48000 + i) * CHANNELS] = (float)(db(5) * sin(M_PI * i / 96));
  }
  double ceiling = peak_of(film);
  KtLimiting how = {.ceiling_dbtp = ceiling, .look_ms = 2, .release_ms = 120, .bed_near_db = 9, .bed_near_most_db = 2};
  KtLimiting quick = {.ceiling_dbtp = ceiling, .look_ms = 0.5, .release_ms = 1.5};
  KtLimiter *first = NULL, *second = NULL;
  assert_int_equal(kt_limiter_open(CHANNELS, &how, &first, NULL), KT_OK);
  assert_int_equal(kt_limiter_open(CHANNELS, &quick, &second, NULL), KT_OK);
  size_t delay = kt_limiter_delay(first), both = delay + kt_limiter_delay(second);
  memcpy(late + delay * CHANNELS, film, (FRAMES - delay) * CHANNELS * sizeof(float));
  assert_int_equal(kt_limiter_run(first, film, music, FRAMES, out, NULL), KT_OK);
  assert_int_equal(kt_limiter_run(second, late, out, FRAMES, out, NULL), KT_OK);
  assert_true(kt_limiter_most_db(first) <= 2.01);
  assert_true(kt_limiter_half_s(second) < 0.008);
  double before = 0, after = 0;
  for (size_t i = 48000; i < 52800; ++i) { // the tenth of a second with the bang
    before += pow((double)music[i * CHANNELS], 2);
    after += pow((double)out[(i + both) * CHANNELS], 2);
  }
  assert_true(10 * log10(before / after) < 3);
  for (size_t i = 0; i < (FRAMES - both) * CHANNELS; ++i) {
    film[i] += out[i + both * CHANNELS];
  }
  assert_true(peak_of(film) <= ceiling + 0.01);
  kt_limiter_close(first);
  kt_limiter_close(second);
  free(film);
  free(music);
  free(out);
  free(late);
}

static void meters_agree_with_the_standard(void **state) {
  (void)state;
  // EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS.
  float *x = malloc(FRAMES * CHANNELS * sizeof(float));
  for (int i = 0; i < FRAMES; ++i) {
    x[2 * i] = x[2 * i + 1] = (float)(db(-23) * sin(2 * M_PI * 1000 * i / 48000.0));
  }
  KtMeter meter;
  assert_int_equal(kt_meter_init(&meter, CHANNELS, true, false, NULL), KT_OK);
  assert_int_equal(kt_meter_add(&meter, x, FRAMES, NULL), KT_OK);
  assert_int_equal(meter.hops.count, 20);
  assert_true(fabs(kt_hops_lufs(&meter.hops) + 23) < 0.1);
  assert_true(fabs(kt_meter_peak_dbtp(&meter) + 23) < 0.1);
  kt_meter_clear(&meter);
  free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_ceiling_holds),
      cmocka_unit_test(high_tones_hide_nothing_between_samples),
      cmocka_unit_test(what_is_under_it_is_left_alone),
      cmocka_unit_test(music_gives_way_to_the_film),
      cmocka_unit_test(the_films_own_peaks_cost_the_music_a_moment),
      cmocka_unit_test(meters_agree_with_the_standard),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
