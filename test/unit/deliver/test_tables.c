// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "base/csv.h"
#include "base/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void assert_line(const char *text, int line, const char *expected) {
  for (int i = 0; i < line; ++i) {
    text = strchr(text, '\n') + 1;
  }
  size_t length = strcspn(text, "\n");
  if (length != strlen(expected) || strncmp(text, expected, length) != 0) {
    fail_msg("line %d is\n  %.*s\nnot\n  %s", line, (int)length, text, expected);
  }
}

static void test_csv_quotes(void **state) {
  (void)state;
  char *text = NULL;
  size_t size = 0;
  KtCsv csv = {.stream = open_memstream(&text, &size)};
  kt_csv_text(&csv, "plain");
  kt_csv_text(&csv, "a, \"b\"\nc");
  kt_csv_text(&csv, NULL);
  kt_csv_text(&csv, "bad \xff\xc3 byte");
  kt_csv_number(&csv, -0.0000001, 3);
  kt_csv_number(&csv, 0.0 / 0.0, 3);
  kt_csv_int(&csv, -7);
  kt_csv_end(&csv);
  fclose(csv.stream);
  assert_string_equal(text, "plain,\"a, \"\"b\"\"\nc\",,bad \xef\xbf\xbd\xef\xbf\xbd byte,0.000,,-7\n");
  free(text);
}

static void test_text_becomes_valid(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  static const struct {
    const char *from, *to;
  } CASES[] = {{"grün", "grün"},
               {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},             // overlong
               {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, // a surrogate
               {"x\xe2\x82", "x\xef\xbf\xbd\xef\xbf\xbd"},           // cut short
               {"\xf0\x9f\x8e\xbb", "\xf0\x9f\x8e\xbb"}};
  for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); ++i) {
    assert_string_equal(kt_text_valid(arena, CASES[i].from), CASES[i].to);
  }
  kt_arena_free(arena);
}

static void test_dates(void **state) {
  (void)state;
  char date[16], time[16];
  kt_date_text(0, date, time);
  assert_string_equal(date, "1970-01-01");
  kt_date_text(1709210096, date, time); // a leap day
  assert_string_equal(date, "2024-02-29");
  assert_string_equal(time, "12:34:56");
  kt_date_text(-1, date, time);
  assert_string_equal(date, "1969-12-31");
  assert_string_equal(time, "23:59:59");
}

static void test_tables(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  assert_int_equal(kt_deliver_tables(&fixture->delivery, &err), KT_OK);
  const char *text = fixture_text(fixture, "spotting.csv");
  assert_line(text, 0, "cue,in,out,seconds,title,function,themes,valence,arousal,tension,entry,exit,status,in_s,out_s,"
                       "reason,characters,locked,unmet");
  assert_line(text, 1, "1m01,01:00:00:12,01:00:04:14,4.100,\"The barn, at \"\"night\"\"\",main title,T1,-0.300,0.200,"
                       "0.400,sneak in,ring off,composed,0.500000,4.600000,opens the film; Ada alone,Ada,no,");
  text = fixture_text(fixture, "silences.csv");
  assert_line(text, 2, "01:00:04:14,01:00:07:00,2.400,4.600000,7.000000,the knock and the question are bare,no");
  text = fixture_text(fixture, "hits.csv");
  assert_line(text, 0, "cue,at,label,kind,weight,tolerance_frames,bar,beat,notated_error_ms,heard_error_ms,at_s,source,locked,note");
  assert_true(strstr(text, "\n1m01,01:00:02:12,cut to the door,hard,0.900,0.50,2,1.000,0.000,") != NULL);
  fixture_free(fixture);
}

static void test_missed_hits_are_told(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtPalette palette = {.tempo_min_bpm = 60, .tempo_max_bpm = 160};
  fixture->delivery.palette = &palette;
  KtScore *score = (KtScore *)(uintptr_t)fixture->delivery.scores[0];
  score->bpm_least = 90;
  score->bpm_most = 120;
  KtHit *hits = fixture->spotting.hits.items;
  hits[1].at = hits[0].at + kt_film_time(0.4); // one beat between them: 150 a minute, and a frame's slack
  score->hits.items[1].met = false;
  score->hits.items[1].tick = score->hits.items[0].tick;
  assert_int_equal(kt_deliver_tables(&fixture->delivery, NULL), KT_OK);
  const char *told = "missed by -400 ms; the hit at 01:00:02:12 is kept; ";
  assert_non_null(strstr(fixture_text(fixture, "hits.csv"), told));
  const char *sheet = fixture_text(fixture, "spotting.csv");
  assert_non_null(strstr(sheet, told));
  assert_non_null(strstr(sheet, "136 to 167 quarters a minute between them would meet both (90 to 120 are allowed)"));
  fixture_free(fixture);
}

static void test_hits_are_heard(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL); // its click stands where the hit is meant
  KtHitResult *results = NULL;
  KtError err = {0};
  assert_int_equal(kt_hit_results(&fixture->delivery, fixture->arena, &results, &err), KT_OK);
  assert_true(results[0].heard_error_ms > -5 && results[0].heard_error_ms < 5);
  fixture->spotting.hits.items[0].at += kt_film_time(.03); // now the music is early
  assert_int_equal(kt_hit_results(&fixture->delivery, fixture->arena, &results, &err), KT_OK);
  assert_true(results[0].heard_error_ms > -35 && results[0].heard_error_ms < -25);
  assert_true(results[0].notated_error_ms > -30.001 && results[0].notated_error_ms < -29.999);
  fixture_free(fixture);
}

static void test_cue_sheet(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  assert_int_equal(kt_deliver_cue_sheet(&fixture->delivery, &err), KT_OK);
  const char *text = fixture_text(fixture, "cue-sheet.csv");
  assert_line(text, 1, "1,1m01,\"The barn, at \"\"night\"\"\",MT,01:00:00:12,01:00:04:14,0:04,4.100,A. Composer,00012345678,"
                       "50.00,House & Co,50.00,specially commissioned,\"Tiny & \"\"Small\"\"\",0:10,0:07");
  text = fixture_text(fixture, "cue-sheet.html");
  assert_non_null(strstr(text, "House &amp; Co"));
  assert_null(strstr(text, "House & Co"));
  fixture->brief.publisher = NULL;
  fixture->brief.composer_share = 0;
  assert_int_equal(kt_deliver_cue_sheet(&fixture->delivery, &err), KT_OK);
  assert_non_null(strstr(fixture_text(fixture, "cue-sheet.csv"), "00012345678,100.00,,,specially"));
  fixture_free(fixture);
}

static void test_drop_frame(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  fixture->film.timecode = (KtTimecode){{30000, 1001}, true, 107892};
  assert_int_equal(kt_deliver_tables(&fixture->delivery, &err), KT_OK);
  assert_non_null(strstr(fixture_text(fixture, "spotting.csv"), "1m02,01:00:06;29,01:00:09;29,3.000"));
  fixture_free(fixture);
}

static void test_no_folder(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  fixture->delivery.folder = "/nowhere/at/all";
  assert_int_equal(kt_deliver_tables(&fixture->delivery, &err), KT_ERR_MISSING);
  assert_non_null(strstr(err.file, "/nowhere/at/all"));
  fixture_free(fixture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_csv_quotes), cmocka_unit_test(test_text_becomes_valid), cmocka_unit_test(test_dates),
      cmocka_unit_test(test_tables),     cmocka_unit_test(test_missed_hits_are_told), cmocka_unit_test(test_hits_are_heard),     cmocka_unit_test(test_cue_sheet),
      cmocka_unit_test(test_drop_frame), cmocka_unit_test(test_no_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
