// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static KtSheetTheme themes[] = {{"T1", "Ida"}, {"T2", "the danger"}};
static const char *subjects[] = {"Ida", "Jon", "the danger"};
static const KtSheetFilm film = {
    {{24, 1}, false, 24L * 3600}, KT_FLICKS_PER_SECOND * 60, {themes, 2, 2}, {subjects, 3, 3}};

static const char WAS[] =
    "cue 1m01 01:00:00:00 - 01:00:10:00 One\n function chase\n entry on the cut\n exit ring off\n"
    " about T1\n reason why\n hit 01:00:02:00 hard 0.9 within 1 from cut: blow\n"
    " hit 01:00:05:00 soft 0.5 within 6 from cut: turn\n"
    "silence 01:00:10:00 - 01:00:20:00\n reason air\n"
    "cue 1m02 01:00:20:00 - 01:00:30:00 Two\n function underscore\n entry sneak in\n"
    " exit on the cut\n about T2\n reason because\n"
    "silence 01:00:30:00 - 01:00:40:00\n"
    "cue 1m03 01:00:40:00 - 01:01:00:00 Three\n function end title\n entry sneak in\n"
    " exit ring off\n about T1\n reason end\n";

static KtSheet *sheet_of(const char *text) {
  KtSheet *sheet = NULL;
  KtError err = {0};
  assert_int_equal(kt_sheet_new("mine", &sheet, &err), KT_OK);
  KtStatus status = kt_sheet_read(&film, text, strlen(text), sheet, &err);
  if (status) {
    fail_msg("%d:%d: %s", err.line, err.column, err.message);
  }
  return sheet;
}

typedef struct Merged {
  KtSheet *was, *set, *read, *sheet;
  const char *told;
  KtError err;
  KtStatus status;
} Merged;

/// A merge of what was delivered with `text`, `set` (as kept) in between or NULL.
static Merged merge(const char *set, const char *text) {
  Merged m = {.was = sheet_of(WAS)};
  assert_int_equal(kt_sheet_settle(&film, m.was, NULL), KT_OK);
  if (set) {
    m.set = sheet_of(set);
    assert_int_equal(kt_sheet_settle(&film, m.set, NULL), KT_OK);
  }
  assert_int_equal(kt_sheet_new("mine", &m.read, NULL), KT_OK);
  assert_int_equal(kt_sheet_new("mine", &m.sheet, NULL), KT_OK);
  m.status = kt_sheet_read(&film, text, strlen(text), m.read, &m.err);
  if (!m.status) {
    m.status = kt_sheet_merge(&film, m.was, m.set, m.read, m.sheet, &m.told, &m.err);
  }
  return m;
}

static void clear(Merged *m) {
  kt_sheet_free(m->was);
  kt_sheet_free(m->set);
  kt_sheet_free(m->read);
  kt_sheet_free(m->sheet);
}

/// WAS with one piece of text put for another.
static const char *changed(const char *from, const char *to) {
  static char text[4000];
  const char *at = strstr(WAS, from);
  assert_non_null(at);
  snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - WAS), WAS, to, at + strlen(from));
  return text;
}

static void the_same_sheet_changes_nothing(void **state) {
  (void)state;
  Merged m = merge(NULL, WAS);
  assert_int_equal(m.status, KT_OK);
  assert_string_equal(m.told, "");
  assert_int_equal(m.sheet->cues.count, 3);
  assert_false(m.sheet->cues.items[1].locked);
  assert_int_equal(m.sheet->hits.count + m.sheet->silences.count, 0);
  clear(&m);
}

static void what_a_person_writes_is_taken(void **state) {
  (void)state;
  static const struct {
    const char *from, *to, *told;
  } cases[] = {
      {"01:00:20:00 - 01:00:30:00 Two", "01:00:22:00 - 29.5 Two",
       "1m02 moved to 01:00:22:00 - 01:00:29:12\n"},
      {"01:00:30:00 Two", "01:00:30:00 The sky", "1m02: title set\n"},
      {"entry sneak in\n exit on the cut", "entry pickup\n exit segue", "1m02: entry, exit set\n"},
      {" about T2", " about Jon;T1", "1m02: themes set\n"},
      {"soft 0.5", "hard 0.5", "hit at 01:00:05:00 set (hard: turn)\n"},
      {" hit 01:00:05:00 soft 0.5 within 6 from cut: turn\n", "", "no hit at 01:00:05:00\n"},
      {" reason why\n", " reason why\n hit 4 a door\n", "hit at 01:00:04:00 set (hard: a door)\n"},
      {" reason why\n", " reason why\n locked yes\n", "1m01 locked\n"},
      {"silence 01:00:30:00 - 01:00:40:00\n", "no music 01:00:30:00 - 01:00:40:00\n",
       "no music from 01:00:30:00 to 01:00:40:00\n"},
      {"silence 01:00:30:00 - 01:00:40:00\n", "cue 32 - 38 New\n",
       "1m02A added, 01:00:32:00 - 01:00:38:00\n"},
      {"silence 01:00:30:00 - 01:00:40:00\n", "cue 1m09 32 - 38 New\n",
       "1m09 added, 01:00:32:00 - 01:00:38:00\n"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    Merged m = merge(NULL, changed(cases[i].from, cases[i].to));
    if (m.status) {
      fail_msg("%zu: %d:%d: %s", i, m.err.line, m.err.column, m.err.message);
    }
    assert_string_equal(m.told, cases[i].told);
    clear(&m);
  }
}

static void a_cue_taken_out_leaves_quiet(void **state) {
  (void)state;
  Merged m = merge(NULL, "cue 1m01 01:00:00:00 - 01:00:10:00 One\n"
                         "cue 1m03 01:00:40:00 - 01:01:00:00 Three\n");
  assert_int_equal(m.status, KT_OK);
  assert_non_null(strstr(m.told, "1m02 taken out; no music there\n"));
  assert_int_equal(m.sheet->silences.count, 1);
  assert_true(m.sheet->silences.items[0].locked);
  assert_true(m.sheet->silences.items[0].in == kt_film_time(20));
  assert_true(m.sheet->silences.items[0].out == kt_film_time(30));
  assert_string_equal(m.sheet->cues.items[1].name, "1m03"); // the others keep their names
  clear(&m);
}

static void an_unset_cue_gives_way_to_silence(void **state) {
  (void)state;
  Merged m = merge(NULL, "in,out,reason,locked\n25,35,words,yes\n");
  assert_int_equal(m.status, KT_OK);
  assert_int_equal(m.sheet->cues.count, 2);
  assert_int_equal(m.sheet->open.count, 1);
  assert_int_equal(m.sheet->silences.count, 1);
  clear(&m);
}

static void tables_as_programs_save_them(void **state) {
  (void)state;
  // The timecode was changed, the seconds were not; other columns and separators do no harm.
  Merged m = merge(NULL, "\xEF\xBB\xBF" "cue;in;out;comment;in_s;out_s\r\n"
                         "1m01;01:00:00:00;01:00:10:00;\"a; \"\"b\"\"\";0.000000;10.000000\r\n"
                         "1m02;01:00:21:00;01:00:30:00;;20.000000;30.000000\r\n"
                         "1m03;01:00:40:00;01:01:00:00;;40.000000;60.000000\r\n");
  assert_int_equal(m.status, KT_OK);
  assert_string_equal(m.told, "1m02 moved to 01:00:21:00 - 01:00:30:00\n");
  clear(&m);
  m = merge(NULL, "cue\tat\tat_s\tkind\n1m01\t01:00:02:12\t2.000000\thard\n"
                  "1m01\t01:00:05:00\t5.000000\tsoft\n");
  assert_int_equal(m.status, KT_OK);
  assert_string_equal(m.told, "no hit at 01:00:02:00\nhit at 01:00:02:12 set (hard: blow)\n");
  clear(&m);
}

static void what_was_set_stays_set(void **state) {
  (void)state;
  static const char SET[] = "cue 1m01 0 - 11 One\n locked yes\ncue 1m02 20 - 30 Two\n"
                            "no music 31 - 35\ncue 1m03 40 - 60 Three\nno hit 5\nhit 6 hard: door\n";
  Merged m = merge(SET, "cue,at\n1m01,2\n1m01,5\n1m01,6\n"); // hits only: the rest is as it was set
  assert_int_equal(m.status, KT_OK);
  assert_true(m.sheet->cues.items[0].locked && m.sheet->cues.items[0].out == kt_film_time(11));
  assert_int_equal(m.sheet->silences.count, 1);
  clear(&m);
  m = merge(SET, WAS); // the whole sheet as delivered: all is given back
  assert_int_equal(m.status, KT_OK);
  assert_false(m.sheet->cues.items[0].locked);
  assert_int_equal(m.sheet->silences.count + m.sheet->hits.count, 0);
  assert_non_null(strstr(m.told, "music is allowed again"));
  assert_non_null(strstr(m.told, "the hit at 01:00:06:00 is given back"));
  clear(&m);
}

static void what_is_kept_reads_back(void **state) {
  (void)state;
  Merged m = merge(NULL, changed("soft 0.5 within 6 from cut: turn",
                                 "stop 0.25 within 2: it stops, \"dead\""));
  assert_int_equal(m.status, KT_OK);
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  kt_sheet_write_set(stream, m.sheet);
  fclose(stream);
  KtSheet *again = sheet_of(text);
  assert_int_equal(kt_sheet_settle(&film, again, NULL), KT_OK);
  assert_int_equal(again->hits.count, 1);
  assert_string_equal(again->hits.items[0].label, "it stops, \"dead\"");
  assert_true(again->hits.items[0].at == m.sheet->hits.items[0].at);
  assert_int_equal(again->hits.items[0].kind, KT_HIT_STOP);
  assert_float_equal(again->hits.items[0].weight, 0.25F, 1e-6);
  for (size_t i = 0; i < 3; ++i) {
    assert_true(again->cues.items[i].in == m.sheet->cues.items[i].in);
    assert_string_equal(again->cues.items[i].title, m.sheet->cues.items[i].title);
  }
  free(text);
  kt_sheet_free(again);
  clear(&m);
}

static void bad_sheets_say_where(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int line, column;
    const char *says;
  } cases[] = {
      {"", 0, 0, "holds no sheet"},
      {"colour,size\n1,2\n", 1, 1, "columns are not those of a sheet"},
      {"cue 1m01 01:00:00:00 - 01:00:10:24 x\n", 1, 24, "not a timecode"},
      {"cue 1m01 01:00:00:00 - 02:00:10:00 x\n", 1, 24, "outside the film"},
      {"cue 1m01 9 - 5 x\n", 1, 5, "before it comes in"},
      {"cue 1m01 9 - 9.2 x\n", 1, 5, "half a second"},
      {"cue 1m01 0 - 21 x\ncue 1m02 20 - 30 y\n", 2, 5, "while 1m01 (line 1) still plays"},
      {"cue 1m01 0 - 5 x\ncue 1m01 20 - 30 y\n", 2, 5, "two cues 1m01"},
      {"cue five 0 - 5 x\n", 1, 5, "no name for a cue"},
      {"cue 1m01 0 - 5 x\n  function polka\n", 2, 12, "no function of a cue"},
      {"cue 1m01 0 - 5 x\n  about Bob\n", 2, 9, "nobody knows the theme 'Bob'; there are T1 (Ida)"},
      {"cue 1m01 0 - 5 x\n  hit 7 hard\n", 2, 7, "outside its cue 1m01"},
      {"cue 1m01 0 - 5 x\n  hit 2 hard\n  hit 2.01 soft\n", 3, 7, "two hits on one picture"},
      {"cue 1m01 0 - 5 x\n  hit 3 hard 1.5\n", 2, 14, "number from 0 to 1"},
      {"cue 1m01 0 - 5 x\n  hit 3 loud: a bang\n", 2, 9, "kind of hit"},
      {"cue 1m01 0 - 5 x\n  locked perhaps\n", 2, 10, "write yes or no"},
      {"cue 1m01 0 - 5 x\n dance\n", 2, 2, "a line begins with"},
      {"cue 1m01 0\n", 1, 11, "a time is missing"},
      {"no music 12 - 11\n", 1, 10, "before it begins"},
      {"cue 1m01 0 - 5 x\n locked yes\nno music 4 - 7\n", 3, 10, "cue 1m01 is set"},
      {"cue,in,out\n1m01,0,\"5\n", 2, 8, "never closed"},
      {"cue,in,out\n1m01,0,5,6\n", 2, 10, "one field more"},
      {"cue,in,out,in_s\n1m01,01:00:03:00,5,8\n", 2, 1, "change one of them"},
      {"cue,at,kind\n1m07,3,hard\n", 2, 6, "no cue '1m07'"},
      {"cue,at,kind\n,15,hard\n", 2, 2, "no music at 01:00:15:00"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    Merged m = merge(NULL, cases[i].text);
    if (m.status != KT_ERR_FORMAT || !strstr(m.err.message, cases[i].says) || m.err.line != cases[i].line ||
        m.err.column != cases[i].column) {
      fail_msg("%zu: %d:%d: %s", i, m.err.line, m.err.column, m.err.message);
    }
    clear(&m);
  }
}

static void names_between_others(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  static const struct {
    const char *before, *after;
    int reel;
    const char *name;
  } cases[] = {{NULL, NULL, 1, "1m01"},     {"1m01", "1m02", 1, "1m01A"}, {"1m01A", "1m02", 1, "1m01B"},
               {"1m04", "1m06", 1, "1m05"}, {"1m04", "2m01", 2, "2m00A"}, {"1m09", NULL, 2, "2m01"},
               {NULL, "1m01", 1, "1m00A"}};
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    assert_string_equal(
        kt_cue_name_between(arena, cases[i].before, cases[i].after, cases[i].reel), cases[i].name);
  }
  assert_true(kt_cue_name_is_good("12m004B") && kt_cue_name_is_good("1m02"));
  static const char *const bad[] = {"", "m01", "1m1", "1m02AB", "1m02a", "../1m02", "1m02/", "123m01", "1x02"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    assert_false(kt_cue_name_is_good(bad[i]));
  }
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_sheet_changes_nothing),
      cmocka_unit_test(what_a_person_writes_is_taken),
      cmocka_unit_test(a_cue_taken_out_leaves_quiet),
      cmocka_unit_test(an_unset_cue_gives_way_to_silence),
      cmocka_unit_test(tables_as_programs_save_them),
      cmocka_unit_test(what_was_set_stays_set),
      cmocka_unit_test(what_is_kept_reads_back),
      cmocka_unit_test(bad_sheets_say_where),
      cmocka_unit_test(names_between_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
