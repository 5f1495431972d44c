// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/film_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
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

/// Each frame of 24 hours is printed, read again, and follows the one before.
static void a_day(KtTimecode tc, int64_t frames) {
  char text[KT_TIMECODE_SIZE], before[KT_TIMECODE_SIZE] = "";
  for (int64_t n = 0; n < frames; n += n < 40000 ? 1 : 13) {
    int64_t again = -1;
    kt_timecode_print(&tc, kt_frame_time(tc.rate, n), text);
    assert_int_equal(kt_timecode_parse(&tc, text, &again, NULL), KT_OK);
    assert_int_equal(again, n);
    assert_true(strcmp(before, text) < 0);
    strcpy(before, text);
  }
  kt_timecode_print(&tc, kt_frame_time(tc.rate, frames), text);
  assert_memory_equal(text, "00:00:00", 8); // after 24 h it begins again
}

static void timecode_round_trips(void **state) {
  (void)state;
  a_day((KtTimecode){.rate = {24, 1}}, INT64_C(24) * 86400);
  a_day((KtTimecode){.rate = {24000, 1001}}, INT64_C(24) * 86400);
  a_day((KtTimecode){.rate = {25, 1}}, INT64_C(25) * 86400);
  a_day((KtTimecode){.rate = {60, 1}}, INT64_C(60) * 86400);
  a_day((KtTimecode){.rate = {30000, 1001}, .drop = true}, INT64_C(17982) * 144);
  a_day((KtTimecode){.rate = {60000, 1001}, .drop = true}, INT64_C(35964) * 144);
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
      cmocka_unit_test(timecode_round_trips), cmocka_unit_test(drop_frame_skips_numbers),
      cmocka_unit_test(what_is_no_timecode)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
