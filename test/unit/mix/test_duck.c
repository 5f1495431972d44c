// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECONDS = 40, HOPS = SECONDS * 10 };

static double film_energy[HOPS], plain_energy[HOPS], thinned_energy[HOPS];

static KtSpan span(double from, double to) {
  return (KtSpan){kt_film_time(from), kt_film_time(to)};
}

/// Film at -24 LUFS in words and -45 between; music as given, 1.5 LU less with the dip.
static void lay_out(const KtSpan *lines, size_t count, double music_lufs) {
  for (int h = 0; h < HOPS; ++h) {
    bool words = false;
    for (size_t i = 0; i < count; ++i) {
      words = words || (h * 0.1 >= kt_seconds(lines[i].start) && h * 0.1 < kt_seconds(lines[i].end));
    }
    film_energy[h] = kt_energy(words ? -24 : -45);
    plain_energy[h] = kt_energy(music_lufs);
    thinned_energy[h] = kt_energy(music_lufs - 1.5);
  }
}

static KtDuck plan(const KtSpan *lines, size_t count, double music_lufs) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
  KtMixSettings *settings = NULL;
  lay_out(lines, count, music_lufs);
  KtHops film = {film_energy, HOPS, HOPS}, plain = {plain_energy, HOPS, HOPS};
  KtHops thinned = {thinned_energy, HOPS, HOPS};
  KtDuckCue cue = {.frames = SECONDS * 48000, .plain = &plain, .thinned = &thinned};
  KtDuck duck;
  assert_int_equal(kt_mix_settings_load(&ctx, &settings, NULL), KT_OK);
  assert_int_equal(kt_duck_plan(settings, lines, count, &film, &cue, &duck, NULL), KT_OK);
  kt_mix_settings_free(settings);
  return duck;
}

static double at(const float *values, double seconds) {
  return (double)values[(int)lround(seconds * 100)];
}

static void words_get_ten_lu(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12), span(20, 26)};
  KtDuck duck = plan(lines, 2, -24); // as loud as the words: 10.8 to be found, 1.5 by the dip
  for (double t = 10; t < 12; t += 0.1) {
    assert_true(at(duck.gain_db, t) <= -9.29 && at(duck.gain_db, t) > -9.8);
    assert_true(at(duck.thin, t) > 0.99);
  }
  assert_true(at(duck.gain_db, 25.9) <= -9.29);
  assert_true(fabs(duck.most_db - 9.3) < 0.1);
  assert_true(at(duck.gain_db, 5) == 0 && at(duck.thin, 5) == 0);
  assert_true(at(duck.gain_db, 16) > -0.1); // a long gap lifts all the way
  kt_duck_clear(&duck);
}

static void ramps_are_smooth_and_early(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12)};
  KtDuck duck = plan(lines, 1, -24);
  double starts = 0, thins = 0, steepest = 0;
  for (int i = 1; i < SECONDS * 100; ++i) {
    double step = fabs((double)duck.gain_db[i] - (double)duck.gain_db[i - 1]);
    steepest = fmax(steepest, step);
    if (starts == 0 && duck.gain_db[i] < -0.05F) {
      starts = i / 100.0;
    }
    if (thins == 0 && duck.thin[i] > 0.01F) {
      thins = i / 100.0;
    }
  }
  assert_true(starts > 8.7 && starts < 9.7); // 300 to 1000 ms, done before the first word
  assert_true(at(duck.gain_db, 9.9) <= -9.2);
  assert_true(thins < starts);               // the dip first
  assert_true(steepest < 0.4);               // dB in 10 ms
  kt_duck_clear(&duck);
}

static void gaps_are_held_or_lifted(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12), span(13, 15), span(19, 21)};
  KtDuck duck = plan(lines, 3, -24);
  assert_true(at(duck.gain_db, 12.5) < -9);                                   // a breath: held
  assert_true(at(duck.gain_db, 17) > -6 && at(duck.gain_db, 17) < -3);        // 4 s: lifted a little
  kt_duck_clear(&duck);
}

static void soft_music_is_left_alone(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12)};
  KtDuck duck = plan(lines, 1, -36);
  assert_true(duck.most_db == 0);
  for (size_t i = 0; i < duck.count; ++i) {
    assert_true(duck.gain_db[i] == 0 && duck.thin[i] == 0);
  }
  kt_duck_clear(&duck);
  duck = plan(lines, 1, -33.8); // a little too loud: the dip is enough
  assert_true(duck.most_db == 0);
  assert_true(at(duck.thin, 11) > 0.5);
  kt_duck_clear(&duck);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_get_ten_lu),
      cmocka_unit_test(ramps_are_smooth_and_early),
      cmocka_unit_test(gaps_are_held_or_lifted),
      cmocka_unit_test(soft_music_is_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
