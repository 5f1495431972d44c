// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SECONDS = 40, HOPS = SECONDS * 10 };

static double film_energy[HOPS], plain_energy[HOPS];
static float bands[HOPS][KT_BANDS];

static KtSpan span(double from, double to) {
  return (KtSpan){kt_film_time(from), kt_film_time(to)};
}

static bool said(const KtSpan *lines, size_t count, int hop) {
  bool words = false;
  for (size_t i = 0; i < count; ++i) {
    words = words || (hop * 0.1 >= kt_seconds(lines[i].start) && hop * 0.1 < kt_seconds(lines[i].end));
  }
  return words;
}

/// Energies of a sound with the same in each third octave of speech and nothing elsewhere.
static void fill_bands(double lufs, float out[KT_BANDS]) {
  double weight = 0;
  for (int b = 0; b < KT_SPEECH_BANDS; ++b) {
    weight += kt_band_weight(KT_SPEECH_BAND + b);
  }
  for (int b = 0; b < KT_BANDS; ++b) {
    bool speech = b >= KT_SPEECH_BAND && b < KT_SPEECH_BAND + KT_SPEECH_BANDS;
    out[b] = speech ? (float)(kt_energy(lufs) / weight) : 0;
  }
}

/// Film at -24 LUFS in words and -45 between, music as given from end to end.
static KtWords lay_out(const KtSpan *lines, size_t count, double music_lufs, const KtHops *film) {
  KtWords words;
  assert_int_equal(kt_words_init(&words, lines, count, NULL), KT_OK);
  words.film = film;
  for (int h = 0; h < HOPS; ++h) {
    double lufs = said(lines, count, h) ? -24 : -45;
    float energy[KT_BANDS];
    film_energy[h] = kt_energy(lufs);
    plain_energy[h] = kt_energy(music_lufs);
    fill_bands(lufs, energy);
    kt_words_hop(&words, h, energy);
    fill_bands(music_lufs, bands[h]);
  }
  return words;
}

/// A plan by the settings as they are delivered, but for how much may be masked.
static KtDuck plan(const KtSpan *lines, size_t count, double music_lufs, float masked_most) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
  KtMixSettings *settings = NULL;
  KtHops film = {film_energy, HOPS, HOPS}, plain = {plain_energy, HOPS, HOPS};
  KtWords words = lay_out(lines, count, music_lufs, &film);
  KtDuckCue cue = {.frames = SECONDS * 48000, .plain = &plain,
                   .bands = (const float (*)[KT_BANDS])bands,
                   .before_sample = INT64_MIN, .after_sample = INT64_MAX};
  KtDuck duck;
  assert_int_equal(kt_mix_settings_load(&ctx, &settings, NULL), KT_OK);
  settings->masked_most = masked_most > 0 ? masked_most : settings->masked_most;
  assert_int_equal(kt_duck_plan(settings, &words, &cue, &duck, NULL), KT_OK);
  kt_mix_settings_free(settings);
  kt_words_clear(&words);
  return duck;
}

static double at(const float *values, double seconds) {
  return (double)values[(int)lround(seconds * 100)];
}

/// Music's energy at a step by its gain alone; what the dips take comes on top.
static double level(const KtDuck *duck, int step, double music_lufs) {
  return kt_energy(music_lufs) * pow(10, (double)duck->gain_db[step] / 10);
}

/// The measure written once more, in plain steps of 10 ms: least margin over all windows of 3 s of
/// which half is speech, by the level without the help of the dips.
static double least_margin(const KtSpan *lines, size_t count, const KtDuck *duck, double music_lufs) {
  enum { STEPS = SECONDS * 100, WIDE = 300 };
  double least = HUGE_VAL;
  for (int from = 0; from + WIDE <= STEPS; from += 5) {
    double film = 0, music = 0;
    int words = 0;
    for (int i = from; i < from + WIDE; ++i) {
      bool now = said(lines, count, i / 10);
      film += kt_energy(now ? -24 : -45);
      music += level(duck, i, music_lufs);
      words += now ? 1 : 0;
    }
    if (2 * words >= WIDE) {
      least = fmin(least, 10 * log10(film / music));
    }
  }
  return least;
}

static void words_get_ten_lu(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12), span(20, 26)};
  KtDuck duck = plan(lines, 2, -24, 1); // as loud as the words: 10.8 to be found, some by the dips
  double dips = 0;
  for (int d = 0; d < KT_DIPS; ++d) {
    dips += (double)duck.thin[1100][d] / KT_DIPS;
  }
  assert_true(dips > 0.9);
  for (double t = 10; t < 12; t += 0.1) {
    double gain = at(duck.gain_db, t);
    assert_true(gain <= -2.5 && gain > -12);
  }
  assert_true(at(duck.gain_db, 5) == 0 && duck.thin[500][1] == 0);
  assert_true(at(duck.gain_db, 16) > -0.1); // a long gap lifts all the way
  kt_duck_clear(&duck);
}

static void windows_that_reach_beyond_a_line_count(void **state) {
  (void)state;
  const KtSpan lines[] = {span(8, 9.6), span(20, 21), span(21.6, 22.4), span(31, 33.5)};
  static const double levels[] = {-30, -24, -18};
  for (int i = 0; i < 3; ++i) {
    KtDuck duck = plan(lines, 4, levels[i], 1);
    // Every dip there is at all is no deeper than the settings say: add what it takes off at most.
    double most = 0;
    for (size_t s = 0; s < duck.count; ++s) {
      duck.gain_db[s] -= 8.0F * fminf(fminf(duck.thin[s][0], duck.thin[s][1]), fminf(duck.thin[s][2], duck.thin[s][3]));
      most = fmax(most, -(double)duck.gain_db[s]);
    }
    assert_true(least_margin(lines, 4, &duck, levels[i]) >= 9.7);
    assert_true(most < -24 + 45 + 12);
    kt_duck_clear(&duck);
  }
}

static void little_is_masked(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 16)};
  KtDuck loose = plan(lines, 1, -24, 1), tight = plan(lines, 1, -24, 0.02F);
  // Two hundredths of the energy in each band: 17 dB, the dips give 8. In the middle of the line no
  // window reaches beyond it.
  assert_true(at(tight.gain_db, 13) <= -8 && at(tight.gain_db, 13) >= -11);
  assert_true(at(loose.gain_db, 13) <= -2 && at(loose.gain_db, 13) >= -5);
  kt_duck_clear(&loose);
  kt_duck_clear(&tight);
}

static void what_is_said_softly_counts_as_much(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 13)};
  KtHops film = {film_energy, HOPS, HOPS}, plain = {plain_energy, HOPS, HOPS};
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
  KtMixSettings *settings = NULL;
  assert_int_equal(kt_mix_settings_load(&ctx, &settings, NULL), KT_OK);
  KtDuckCue cue = {.frames = SECONDS * 48000, .plain = &plain, .bands = (const float (*)[KT_BANDS])bands,
                   .before_sample = INT64_MIN, .after_sample = INT64_MAX};
  double gains[2];
  for (int soft = 0; soft < 2; ++soft) {
    KtWords words = lay_out(lines, 1, -30, &film);
    float whisper[KT_BANDS];
    fill_bands(-39, whisper);
    for (int h = 118; soft && h < 130; ++h) { // its end is whispered; as a whole it is 2 dB softer
      kt_words_hop(&words, h, whisper);
    }
    KtDuck duck;
    assert_int_equal(kt_duck_plan(settings, &words, &cue, &duck, NULL), KT_OK);
    gains[soft] = at(duck.gain_db, 11.5);
    kt_duck_clear(&duck);
    kt_words_clear(&words);
  }
  kt_mix_settings_free(settings);
  assert_true(gains[1] < gains[0] - 4);
}

static void it_rises_more_slowly_than_it_falls(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 14)};
  KtDuck duck = plan(lines, 1, -20, 0);
  double fall = 0, rise = 0, thins = 0, thickens = 0;
  for (size_t i = 50; i < duck.count; ++i) {
    fall = fmax(fall, (double)(duck.gain_db[i - 50] - duck.gain_db[i]));
    rise = fmax(rise, (double)(duck.gain_db[i] - duck.gain_db[i - 50]));
    thins = fmax(thins, (double)(duck.thin[i][1] - duck.thin[i - 50][1]));
    thickens = fmax(thickens, (double)(duck.thin[i - 50][1] - duck.thin[i][1]));
  }
  assert_true(fall > 3 && rise < 0.9 * fall && rise > 0.6 * fall);
  assert_true(thickens < 0.9 * thins);
  kt_duck_clear(&duck);
}

static void ramps_are_smooth_and_early(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12)};
  KtDuck duck = plan(lines, 1, -24, 0);
  double starts = 0, thins = 0, steepest = 0;
  for (int i = 1; i < SECONDS * 100; ++i) {
    double step = fabs((double)duck.gain_db[i] - (double)duck.gain_db[i - 1]);
    steepest = fmax(steepest, step);
    if (starts == 0 && duck.gain_db[i] < -0.05F) {
      starts = i / 100.0;
    }
    if (thins == 0 && duck.thin[i][2] > 0.01F) {
      thins = i / 100.0;
    }
  }
  // The window of three seconds that half lies on the line is low throughout, and the ramp is done
  // before it.
  assert_true(starts > 7 && starts < 9.7);
  assert_true(at(duck.gain_db, 9.9) < -6);
  assert_true(thins > 8.5 && thins < 9.5);
  assert_true(steepest < 0.4); // dB in 10 ms
  kt_duck_clear(&duck);
}

static void gaps_are_held_or_lifted(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12), span(12.6, 14.6), span(15.9, 18), span(22.8, 25)};
  KtDuck duck = plan(lines, 4, -24, 0.01F); // by words alone: windows would let it be louder
  double breath = at(duck.gain_db, 12.3), words = at(duck.gain_db, 17), gap = at(duck.gain_db, 20.4);
  double pause = 0;
  for (double t = 14.6; t < 15.9; t += 0.01) {
    pause = fmax(pause, at(duck.gain_db, t) - fmax(at(duck.gain_db, 13.6), words));
  }
  assert_true(breath < fmax(at(duck.gain_db, 12), at(duck.gain_db, 12.6)) + 0.7); // a breath: held
  assert_true(pause > 1 && pause < 5);                 // a second and a third: it rises
  assert_true(gap > words + 2 && gap < words + 6);     // five seconds: lifted a little
  kt_duck_clear(&duck);
}

static void soft_music_is_left_alone(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 12)};
  KtDuck duck = plan(lines, 1, -44, 0);
  assert_true(duck.most_db == 0);
  for (size_t i = 0; i < duck.count; ++i) {
    assert_true(duck.gain_db[i] == 0 && duck.thin[i][0] == 0 && duck.thin[i][3] == 0);
  }
  kt_duck_clear(&duck);
  duck = plan(lines, 1, -38, 0.012F); // a little too loud: the dips are enough
  assert_true(at(duck.gain_db, 11) == 0);
  assert_true(duck.thin[1100][1] > 0.2F);
  kt_duck_clear(&duck);
}

static void the_margin_is_of_windows_and_short_lines(void **state) {
  (void)state;
  const KtSpan lines[] = {span(10, 11.8), span(20, 20.5)};
  KtHops film = {film_energy, HOPS, HOPS}, plain = {plain_energy, HOPS, HOPS};
  KtWords words = lay_out(lines, 2, -60, &film);
  assert_true(kt_words_window(&words, 88) && kt_words_window(&words, 103));
  assert_false(kt_words_window(&words, 80) || kt_words_window(&words, 185));
  assert_true(fabs(kt_words_margin(&words, &plain, 0) - 33) < 0.3); // half of a window is said
  plain_energy[202] = kt_energy(-30);                                 // a stroke in the short line
  double mean = (4 * kt_energy(-60) + kt_energy(-30)) / 5;
  assert_true(fabs(kt_words_margin(&words, &plain, 0) - (-24 - kt_lufs(mean))) < 0.1);
  memset(plain_energy, 0, sizeof(plain_energy));
  assert_true(kt_words_margin(&words, &plain, 0) == HUGE_VAL);
  kt_words_clear(&words);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_get_ten_lu),
      cmocka_unit_test(windows_that_reach_beyond_a_line_count),
      cmocka_unit_test(little_is_masked),
      cmocka_unit_test(what_is_said_softly_counts_as_much),
      cmocka_unit_test(it_rises_more_slowly_than_it_falls),
      cmocka_unit_test(ramps_are_smooth_and_early),
      cmocka_unit_test(gaps_are_held_or_lifted),
      cmocka_unit_test(soft_music_is_left_alone),
      cmocka_unit_test(the_margin_is_of_windows_and_short_lines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
