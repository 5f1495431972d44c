// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/low.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const KtMixSettings *settings(void) {
  static KtMixSettings *loaded;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
  if (!loaded) {
    assert_int_equal(kt_mix_settings_load(&ctx, &loaded, NULL), KT_OK);
  }
  return loaded;
}

static void who_is_first_in_order_gives_way(void **state) {
  (void)state;
  const KtMixSettings *s = settings();
  float db[KT_STEM_COUNT];
  // Drums and basses together: a half of the energy lies low, and drums are thinned before basses.
  KtLowEnd heavy = {.whole = {[KT_STEM_STRINGS_HIGH] = 4, [KT_STEM_PERCUSSION] = 3, [KT_STEM_STRINGS_LOW] = 2}, .low = {[KT_STEM_PERCUSSION] = 2.7, [KT_STEM_STRINGS_LOW] = 1.8}};
  kt_low_thin(s, &heavy, db);
  assert_true(db[KT_STEM_PERCUSSION] > 3 && db[KT_STEM_PERCUSSION] <= 6);
  assert_true(db[KT_STEM_STRINGS_LOW] > 0.5F && db[KT_STEM_STRINGS_LOW] <= 3);
  assert_true(db[KT_STEM_STRINGS_HIGH] <= 0 && db[KT_STEM_SYNTH] <= 0);
  // A little too much: the first gives what is needed, the next nothing.
  KtLowEnd little = {.whole = {[KT_STEM_STRINGS_HIGH] = 6, [KT_STEM_PERCUSSION] = 1.3, [KT_STEM_STRINGS_LOW] = 2}, .low = {[KT_STEM_PERCUSSION] = 1.2, [KT_STEM_STRINGS_LOW] = 1.2}};
  kt_low_thin(s, &little, db);
  assert_true(db[KT_STEM_PERCUSSION] > 0 && db[KT_STEM_PERCUSSION] < 2 && db[KT_STEM_STRINGS_LOW] <= 0);
  // As an orchestra is: nothing is done.
  KtLowEnd light = {.whole = {[KT_STEM_STRINGS_HIGH] = 6, [KT_STEM_STRINGS_LOW] = 2}, .low = {[KT_STEM_STRINGS_LOW] = 1.2}};
  kt_low_thin(s, &light, db);
  for (int i = 0; i < KT_STEM_COUNT; ++i) {
    assert_true(db[i] <= 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(who_is_first_in_order_gives_way)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
