// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/said.h"

#include "base/film_time.h"
#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 2 * KT_STOI_RATE };

/// Noise in syllables, four a second, between breaths of all but silence.
static void speak(float *samples, const char *name) {
  KtRng rng = kt_rng(1, name);
  for (int i = 0; i < COUNT; ++i) {
    double t = (double)i / KT_STOI_RATE, syllable = pow(fmax(0, sin(2 * M_PI * 4 * t)), 2);
    samples[i] = (float)((0.02 + syllable) * 0.1 * kt_rng_normal(&rng));
  }
}

static double fall(KtStoi *stoi, double gain, double low_hz) {
  float complex filter[KT_STOI_BINS];
  for (int k = 0; k < KT_STOI_BINS; ++k) {
    filter[k] = kt_stoi_hz(k) >= low_hz ? 1 : 0;
  }
  return kt_stoi_fall(stoi, gain, filter);
}

static void music_costs_words_what_it_covers(void **state) {
  (void)state;
  float *speech = malloc(COUNT * sizeof(float)), *music = malloc(COUNT * sizeof(float));
  KtRng rng = kt_rng(2, "music");
  speak(speech, "speech");
  for (int i = 0; i < COUNT; ++i) {
    music[i] = (float)(0.06 * kt_rng_normal(&rng));
  }
  KtStoi *stoi = NULL;
  assert_int_equal(kt_stoi_open(speech, music, COUNT, &stoi, NULL), KT_OK);
  assert_non_null(stoi);
  assert_true(fabs(fall(stoi, 0, 0)) < 1e-5);
  double last = 0;
  for (double gain_db = -36; gain_db <= 6; gain_db += 6) {
    double now = fall(stoi, pow(10, gain_db / 20), 0);
    assert_true(now > last);
    last = now;
  }
  assert_true(last > 0.1 && last < 1);
  // Six of the fifteen bands lie over 1200 Hz: what is thinned away covers nothing.
  double half = fall(stoi, 0.5, 1200), whole = fall(stoi, 0.5, 0);
  assert_true(half > 0.1 * whole && half < 0.5 * whole);
  kt_stoi_close(stoi);
  assert_int_equal(kt_stoi_open(speech, music, KT_STOI_RATE / 4, &stoi, NULL), KT_OK);
  assert_null(stoi); // a quarter of a second is too little
  free(speech);
  free(music);
}

/// Two sounds into one file, in odd pieces, from where they begin in the film.
static void what_is_said_is_found_again(void **state) {
  (void)state;
  enum { FRAMES = 6 * KT_SAMPLE_RATE, ODD = 777, LATE = 2 * KT_SAMPLE_RATE + 1 };
  const KtSpan lines[] = {{kt_film_time(1), kt_film_time(1.5)}, {kt_film_time(3), kt_film_time(4)}};
  KtWords words;
  KtSaid said;
  assert_int_equal(kt_words_init(&words, lines, 2, NULL), KT_OK);
  assert_int_equal(kt_said_open("/tmp", &words, &said, NULL), KT_OK);
  KtSaidTap film = kt_said_tap(&said, 0, FRAMES), cue = kt_said_tap(&said, LATE, FRAMES);
  assert_int_equal(film.end - film.first, 2);
  assert_int_equal(cue.end - cue.first, 1); // the second line alone
  for (int64_t at = 0; at < FRAMES; at += ODD) {
    float block[2 * ODD];
    for (int i = 0; i < ODD; ++i) {
      block[2 * i] = block[2 * i + 1] = (float)sin(2 * M_PI * 1000 * (double)(at + i) / KT_SAMPLE_RATE);
    }
    assert_int_equal(kt_said_take(&film, block, ODD, 2, NULL), KT_OK);
    size_t skip = at + ODD <= LATE ? ODD : at < LATE ? (size_t)(LATE - at) : 0;
    assert_int_equal(kt_said_take(&cue, block + 2 * skip, ODD - skip, 2, NULL), KT_OK);
  }
  for (size_t piece = 0; piece < 2; ++piece) {
    size_t count = kt_said_length(&words, piece);
    float *got = malloc(2 * count * sizeof(float));
    assert_true(kt_said_read(&said, film.place, film.first, piece, got));
    double energy = 0;
    for (size_t i = 0; i < count; ++i) {
      energy += (double)got[i] * (double)got[i] / (double)count;
    }
    assert_true(fabs(energy - 0.5) < 0.01); // the tone, whole
    if (piece) { // and in its place: both are the same to the value
      assert_true(kt_said_read(&said, cue.place, cue.first, piece, got + count));
      assert_memory_equal(got, got + count, count * sizeof(float));
    }
    free(got);
  }
  kt_said_close(&said);
  kt_words_clear(&words);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(music_costs_words_what_it_covers),
                                     cmocka_unit_test(what_is_said_is_found_again)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
