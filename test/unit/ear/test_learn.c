// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "compose/lore.h"
#include "ear/learn.h"
#include "ear/norms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Place {
  char folder[64], into[80];
} Place;

static int make_place(void **state) {
  Place *place = calloc(1, sizeof(*place));
  snprintf(place->folder, sizeof(place->folder), "/tmp/kinothek-learn-XXXXXX");
  *state = place;
  if (!place || !mkdtemp(place->folder)) {
    return -1;
  }
  snprintf(place->into, sizeof(place->into), "%s/tables", place->folder);
  return 0;
}

static int remove_place(void **state) {
  const Place *place = *state;
  char command[200];
  snprintf(command, sizeof(command), "rm -r '%s'", place->folder);
  int gone = system(command);
  free(*state);
  return gone;
}

/// A tune in quarters over whole notes an octave and a third below, 60 quarters a minute: `bars` bars of four.
static void write_score(const Place *place, const char *name, int bars) {
  static const char steps[] = "CDEFGAGE";
  char path[200];
  snprintf(path, sizeof(path), "%s/%s", place->folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "<?xml version=\"1.0\"?><score-partwise version=\"4.0\"><part-list>"
                "<score-part id=\"P1\"><part-name>Flute</part-name></score-part>"
                "<score-part id=\"P2\"><part-name>Violoncello</part-name></score-part></part-list>");
  for (int p = 0; p < 2; ++p) {
    fprintf(file, "<part id=\"P%d\">", p + 1);
    for (int b = 0; b < bars; ++b) {
      fprintf(file, "<measure number=\"%d\"><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
                    "<direction><sound tempo=\"60\"/></direction>", b + 1);
      for (int i = 0; i < (p ? 1 : 4); ++i) {
        fprintf(file, "<note><pitch><step>%c</step><octave>%d</octave></pitch><duration>%d</duration></note>",
                p ? 'C' : steps[(b * 4 + i) % 8], p ? 3 : 5, p ? 4 : 1);
      }
      fprintf(file, "</measure>");
    }
    fprintf(file, "</part>");
  }
  fprintf(file, "</score-partwise>");
  assert_int_equal(fclose(file), 0);
}

static void a_style_is_counted_and_taken(void **state) {
  const Place *place = *state;
  write_score(place, "one.musicxml", 64);
  KtError err = {0};
  KtLearned *learned = NULL;
  assert_int_equal(kt_learned_new(&learned, &err), KT_OK);
  if (kt_learned_add_folder(learned, place->folder, NULL, &err) ||
      kt_learned_write(learned, place->into, "one score", &err)) {
    fail_msg("%s", err.message);
  }
  KtLearnedCount count = kt_learned_count(learned);
  assert_int_equal(count.scores, 1);
  assert_true(fabs(count.seconds - 256) < 1);
  kt_learned_free(learned);
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .learned_dir = place->into, .threads = 1};
  KtNorms norms = {0};
  assert_int_equal(kt_norms_load(&ctx, &norms, &err), KT_OK);
  KtNormRange parts, brief;
  assert_true(kt_norm(&norms, NULL, 30, KT_STAT_PARTS, &parts) && kt_norm(&norms, NULL, 30, KT_STAT_LEAD_SHORT, &brief));
  assert_float_equal(parts.middle, 2, 0.01); // two parts all the time, nothing shorter than a quarter
  assert_float_equal(brief.high, 0, 0.01);
  kt_norms_free(&norms);
  KtLore lore;
  assert_int_equal(kt_lore_load(&ctx, "chamber", &lore, &err), KT_OK);
  int quarter = 7; // of KtLearnedLines.quarters
  assert_float_equal(lore.lines->quarters[quarter], 1, 1e-4);
  assert_true(lore.lines->rhythms[quarter] > 0.99F);
  kt_lore_free(&lore);
}

static void too_little_says_so(void **state) {
  const Place *place = *state;
  KtError err = {0};
  KtLearned *learned = NULL;
  assert_int_equal(kt_learned_new(&learned, &err), KT_OK);
  assert_int_equal(kt_learned_add_folder(learned, "/nowhere/at/all", NULL, &err), KT_ERR_IO);
  assert_int_equal(kt_learned_add_folder(learned, place->folder, NULL, &err), KT_ERR_ARGUMENT); // no score in it
  write_score(place, "two.musicxml", 2);
  assert_int_equal(kt_learned_add_folder(learned, place->folder, NULL, &err), KT_OK);
  assert_int_equal(kt_learned_write(learned, place->into, "two bars", &err), KT_ERR_ARGUMENT);
  char path[100];
  snprintf(path, sizeof(path), "%s/windows.yaml", place->into);
  assert_false(kt_file_exists(path));
  kt_learned_free(learned);
}

static void a_broken_score_is_named(void **state) {
  const Place *place = *state;
  char path[100];
  snprintf(path, sizeof(path), "%s/bad.musicxml", place->folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("<score-partwise><part", file);
  assert_int_equal(fclose(file), 0);
  KtError err = {0};
  KtLearned *learned = NULL;
  assert_int_equal(kt_learned_new(&learned, &err), KT_OK);
  assert_int_equal(kt_learned_add_folder(learned, place->folder, NULL, &err), KT_ERR_FORMAT);
  assert_non_null(strstr(err.file, "bad.musicxml"));
  kt_learned_free(learned);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_style_is_counted_and_taken, make_place, remove_place),
      cmocka_unit_test_setup_teardown(too_little_says_so, make_place, remove_place),
      cmocka_unit_test_setup_teardown(a_broken_score_is_named, make_place, remove_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
