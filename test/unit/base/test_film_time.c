// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/film_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const KtRate rates[] = {{24, 1}, {25, 1},       {30, 1},       {48, 1},       {50, 1},
                               {60, 1}, {24000, 1001}, {30000, 1001}, {48000, 1001}, {60000, 1001},
                               {12, 1}, {15, 1},       {100, 1},      {120, 1}};
enum { RATES = sizeof(rates) / sizeof(*rates) };

static void frames_are_whole_flicks(void **state) {
  (void)state;
  for (size_t i = 0; i < RATES; ++i) {
    int64_t one = kt_frame_time(rates[i], 1);
    assert_int_equal(one * rates[i].num, KT_FLICKS_PER_SECOND * rates[i].den);
    assert_int_equal(kt_frame_time(rates[i], 10000000), one * 10000000); // no drift
    assert_int_equal(kt_frame_time(rates[i], -7), one * -7);
  }
  assert_int_equal(kt_frame_time((KtRate){24000, 1001}, 1), 29429400);
  assert_int_equal(kt_frame_time((KtRate){30000, 1001}, 1), 23543520);
  assert_int_equal(kt_sample_film_time(1), 14700);
}

static void frame_at_a_time(void **state) {
  (void)state;
  for (size_t i = 0; i < RATES; ++i) {
    for (int64_t n = -50; n < 5000; n += 37) {
      int64_t at = kt_frame_time(rates[i], n);
      assert_int_equal(kt_time_frame(rates[i], at), n);
      assert_int_equal(kt_time_frame(rates[i], at - 1), n - 1);
    }
  }
}

/// A clock with wheels: what timecode was before there was a formula for it.
typedef struct Wheels {
  int h, m, s, f;
} Wheels;

static void turn(Wheels *w, int fps, bool drop) {
  if (++w->f < fps) {
    return;
  }
  w->f = 0;
  if (++w->s == 60) {
    w->s = 0;
    if (++w->m == 60) {
      w->m = 0;
      w->h = (w->h + 1) % 24;
    }
    w->f = drop && w->m % 10 != 0 ? fps / 15 : 0;
  }
}

/// 24 hours of frames against the wheels and back: all of the first eleven minutes, those around
/// each minute, and every so many (`KINOTHEK_ALL_FRAMES` set: all).
static void a_day(KtTimecode tc, int fps) {
  int64_t count = (int64_t)fps * 86400 - (tc.drop ? (int64_t)fps / 15 * 9 * 144 : 0);
  bool all = getenv("KINOTHEK_ALL_FRAMES") != NULL;
  Wheels w = {0};
  char text[KT_TIMECODE_SIZE], expected[64];
  for (int64_t n = 0; n < count; ++n, turn(&w, fps, tc.drop)) {
    bool edge = w.s == 59 ? w.f >= fps - 3 : w.s == 0 && w.f < 8;
    if (!all && !edge && n > fps * 660 && n % 61 != 0) {
      continue;
    }
    int64_t again = -1;
    KtFilmTime at = kt_frame_time(tc.rate, n);
    snprintf(expected, sizeof(expected), "%02d:%02d:%02d%c%02d", w.h, w.m, w.s, tc.drop ? ';' : ':', w.f);
    kt_timecode_print(&tc, at, text);
    if (strcmp(text, expected) != 0 || kt_timecode_parse(&tc, text, &again, NULL) || again != n ||
        kt_time_frame(tc.rate, at) != n || at * tc.rate.num != n * tc.rate.den * KT_FLICKS_PER_SECOND) {
      fail_msg("frame %lld at %d/%d: %s, expected %s, read as %lld", (long long)n, tc.rate.num,
               tc.rate.den, text, expected, (long long)again);
    }
  }
  assert_int_equal(w.h + w.m + w.s + w.f, 0); // the wheels have gone round once
  kt_timecode_print(&tc, kt_frame_time(tc.rate, count), text);
  assert_memory_equal(text, "00:00:00", 8);
}

static void timecode_is_right_for_24_hours(void **state) {
  (void)state;
  static const struct {
    KtRate rate;
    int fps;
    bool drop;
  } rows[] = {{{24000, 1001}, 24, false}, {{24, 1}, 24, false}, {{25, 1}, 25, false},
              {{30000, 1001}, 30, true},  {{30000, 1001}, 30, false}, {{30, 1}, 30, false},
              {{48000, 1001}, 48, false}, {{48, 1}, 48, false}, {{50, 1}, 50, false},
              {{60000, 1001}, 60, true},  {{60000, 1001}, 60, false}, {{60, 1}, 60, false}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    a_day((KtTimecode){.rate = rows[i].rate, .drop = rows[i].drop}, rows[i].fps);
  }
}

static void drop_frame_skips_numbers(void **state) {
  (void)state;
  KtTimecode tc = {.rate = {30000, 1001}, .drop = true};
  static const struct {
    int64_t frame;
    const char *text;
  } rows[] = {{1799, "00:00:59;29"},
              {1800, "00:01:00;02"},
              {17981, "00:09:59;29"},
              {17982, "00:10:00;00"},
              {107892, "01:00:00;00"}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    char text[KT_TIMECODE_SIZE];
    kt_timecode_print(&tc, kt_frame_time(tc.rate, rows[i].frame), text);
    assert_string_equal(text, rows[i].text);
  }
  int64_t frames = 0;
  assert_int_equal(kt_timecode_parse(&tc, "00:01:00;00", &frames, NULL), KT_ERR_FORMAT);
  assert_int_equal(kt_timecode_parse(&tc, "00:10:00;01", &frames, NULL), KT_OK);
}

static void what_is_no_timecode(void **state) {
  (void)state;
  KtTimecode tc = {.rate = {25, 1}, .start_frames = 90000};
  static const char *const wrong[] = {
      "", "1", "00:00:00", "00:60:00:00", "00:00:60:00", "00:00:00:25", "00:00:00:00x", "a:b:c:d"};
  int64_t frames = 0;
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); ++i) {
    KtError err = {0};
    assert_int_equal(kt_timecode_parse(&tc, wrong[i], &frames, &err), KT_ERR_FORMAT);
    assert_true(err.message[0] != '\0');
  }
  KtFilmTime time = 0;
  assert_int_equal(kt_timecode_time(&tc, "01:00:02:05", &time, NULL), KT_OK);
  assert_int_equal(time, kt_frame_time(tc.rate, 55));
  assert_int_equal(kt_timecode_time(&tc, "12.5", &time, NULL), KT_OK);
  assert_int_equal(time, kt_film_time(12.5));
  assert_int_equal(kt_timecode_time(&tc, "soon", &time, NULL), KT_ERR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_are_whole_flicks), cmocka_unit_test(frame_at_a_time),
      cmocka_unit_test(timecode_is_right_for_24_hours), cmocka_unit_test(drop_frame_skips_numbers),
      cmocka_unit_test(what_is_no_timecode)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
