// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/form.h"
#include "made.h"

enum { BARS = 4, MOST = 9 };

/// A sketch of sections of four bars; `moves` is how far valence rises from the first to the last.
static KtSketch *sketched(Made *made, int sections, float arousal, float moves) {
  KtSketch *sketch = KT_NEW(made->arena, KtSketch, 1);
  *sketch = (KtSketch){.desk = &made->desk, .cue = &made->spotting.cues.items[LONG], .arena = made->arena};
  KtError err = {0};
  assert_int_equal(kt_lore_load(&made->ctx, "epic", &sketch->lore, &err), KT_OK);
  for (int i = 0; i < sections; ++i) {
    KtCueSection *s = kt_array_push(made->arena, &sketch->sections);
    float where = sections > 1 ? (float)i / (float)(sections - 1) : 0;
    *s = (KtCueSection){.first = i * BARS, .bars = BARS, .energy = 0.5F, .bare = 0.5F,
                        .emotion = {.valence = moves * where, .arousal = arousal, .tension = 0.2F}};
    for (int b = 0; b < BARS; ++b) {
      KtCueBar *bar = kt_array_push(made->arena, &sketch->bars);
      *bar = (KtCueBar){.energy = 0.5F, .section = i};
    }
  }
  kt_sketch_form(sketch);
  return sketch;
}

static void parts_return(void **state) {
  (void)state;
  for (int count = 3; count <= MOST; ++count) {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      Made *made = make("epic", seed);
      KtSketch *sketch = sketched(made, count, 0, 0);
      const KtCueSection *s = sketch->sections.items;
      bool others = false;
      for (int i = 0; i < count; ++i) {
        others = others || s[i].letter > 0;
        for (int k = 0; k < i; ++k) {
          assert_true(s[k].letter != s[i].letter || (s[k].fifths == s[i].fifths && s[k].away == s[i].away && s[k].turn <= s[i].turn));
        }
      }
      assert_true(others);
      assert_int_equal(s[0].letter, 0);
      assert_int_equal(s[count - 1].letter, 0); // it ends where it began
      assert_true(s[count - 1].turn > 0);
      assert_int_equal(s[count - 1].fifths, 0);
      assert_true(s[count - 1].energy > s[0].energy);
      kt_lore_free(&sketch->lore);
      kt_arena_free(made->arena);
    }
  }
}

static void the_story_forms_what_moves(void **state) {
  (void)state;
  Made *made = make("epic", 1);
  KtSketch *moving = sketched(made, 5, 0, 1.5F), *two = sketched(made, 2, 0, 0);
  for (int i = 0; i < 5; ++i) {
    assert_int_equal(moving->sections.items[i].letter, -1);
  }
  assert_int_equal(two->sections.items[1].letter, -1); // too short for a form
  kt_lore_free(&moving->lore);
  kt_lore_free(&two->lore);
  kt_arena_free(made->arena);
}

static void loudness_is_kept_back(void **state) {
  (void)state;
  Made *made = make("epic", 1);
  KtSketch *sketch = sketched(made, 5, 0.9F, 0);
  const KtCueSection *s = sketch->sections.items;
  assert_true(s[0].reserve > 0.08F);
  for (int i = 1; i < 5; ++i) {
    assert_true(s[i].reserve <= s[i - 1].reserve);
  }
  assert_true(s[4].reserve == 0);
  kt_lore_free(&sketch->lore);
  kt_arena_free(made->arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_return),
      cmocka_unit_test(the_story_forms_what_moves),
      cmocka_unit_test(loudness_is_kept_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
