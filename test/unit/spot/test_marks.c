// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void names_and_what_they_ask(void **state) {
  (void)state;
  static const struct {
    const char *name, *note, *colour;
    int kind; ///< -1: nothing
  } rows[] = {{"HIT", "", "", KT_HIT_HARD},
              {"Hit: door", "", "blue", KT_HIT_HARD},
              {"door (hit)", "", "", KT_HIT_HARD},
              {"sting!", "", "", KT_HIT_HARD},
              {"soft hit", "", "", KT_HIT_SOFT},
              {"big swell here", "", "", KT_HIT_SWELL},
              {"STOP", "", "", KT_HIT_STOP},
              {"", "hit the door", "", KT_HIT_HARD},
              {"no hit", "", "", -1},
              {"white", "", "", -1},
              {"whitening", "hit", "", -1},
              {"ANIM FIX NEEDED", "", "red", -1},
              {"", "", "red", -1},
              {"", "", "", -1}};
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA")};
  KtSpotRules *rules = NULL;
  assert_int_equal(kt_spot_rules_load(&ctx, &rules, NULL), KT_OK);
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtMarker marker = {.name = rows[i].name, .note = rows[i].note, .colour = rows[i].colour};
    KtHitKind kind = KT_HIT_SOFT;
    double weight = kt_marker_means(rules, &marker, &kind);
    if ((weight > 0) != (rows[i].kind >= 0) || (weight > 0 && (int)kind != rows[i].kind)) {
      fail_msg("\"%s\": kind %d, weight %g", rows[i].name, (int)kind, weight);
    }
    assert_true(weight == 0 || weight >= 0.9);
  }
  kt_spot_rules_free(rules);
}

static void labels(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtMarker door = {.name = "HIT: door", .note = "", .colour = ""};
  KtMarker bare = {.name = "HIT", .note = "", .colour = ""};
  assert_string_equal(kt_marker_label(arena, &door), "door");
  assert_string_equal(kt_marker_label(arena, &bare), "marked: HIT");
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(names_and_what_they_ask),
                                     cmocka_unit_test(labels)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
