// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

static void see(Made *made, KtGestureKind kind, double start, double end, float strength) {
  KtGesture *gesture = kt_array_push(made->arena, &made->film.gestures);
  *gesture = (KtGesture){.start = kt_film_time(start), .end = kt_film_time(end), .kind = kind, .strength = strength};
}

/// Most notes in a row of one part that go one way (1 up, -1 down) and begin between two film times.
static int longest_run(const KtScore *score, double from, double to, int way) {
  int most = 0;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *p = &score->parts.items[i];
    int run = 0, last = -1;
    for (size_t n = 0; n < p->notes.count; ++n) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, p->notes.items[n].start));
      if (at < from || at > to) {
        continue;
      }
      run = last >= 0 && (p->notes.items[n].midi - last) * way > 0 ? run + 1 : 1;
      last = p->notes.items[n].midi;
      most = run > most ? run : most;
    }
  }
  return most;
}

static int told(const KtScore *score, const char *kind) {
  int count = 0;
  for (size_t i = 0; i < score->beyond.count; ++i) {
    count += !strcmp(score->beyond.items[i].kind, kind);
  }
  return count;
}

static void gestures_are_drawn(void **state) {
  (void)state;
  static const struct {
    KtGestureKind kind;
    int way;
  } rows[] = {{KT_GESTURE_FALL, -1}, {KT_GESTURE_RISE, 1}, {KT_GESTURE_SWEEP_LEFT, -1}, {KT_GESTURE_SWEEP_RIGHT, 1}};
  for (size_t r = 0; r < 4; ++r) {
    int drawn = 0;
    for (uint64_t seed = 1; seed < 4; ++seed) {
      Made *made = make("comedy", seed);
      for (int k = 0; k < 3; ++k) { // one of them is clear of theme, joints and hits
        see(made, rows[r].kind, 131.0 + 17 * k, 132.2 + 17 * k, 0.9F);
      }
      KtScore *score = compose(made, LONG);
      for (size_t i = 0; i < score->beyond.count; ++i) {
        double at = kt_seconds(kt_tempo_time(&score->tempo, score->beyond.items[i].at));
        assert_true(longest_run(score, at - 0.01, at + 3, rows[r].way) >= 5);
        ++drawn;
      }
      kt_score_free(score);
      kt_arena_free(made->arena);
    }
    assert_true(drawn >= 3);
  }
}

static void gestures_are_few_and_can_be_off(void **state) {
  (void)state;
  static const char *const ids[] = {"comedy", "chamber"};
  int drawn[2];
  for (int p = 0; p < 2; ++p) {
    Made *made = make(ids[p], 3), *plain = make(ids[p], 3);
    for (int k = 0; k < 36; ++k) {
      see(made, KT_GESTURE_FALL, 102.0 + 3.2 * k, 102.8 + 3.2 * k, 0.6F + 0.01F * (float)k);
      see(made, KT_GESTURE_FALL, 232.0 + k, 232.5 + k, 0.9F);
    }
    KtScore *with = compose(made, LONG), *without = compose(plain, LONG), *words = compose(made, SPOKEN);
    drawn[p] = told(with, "gesture");
    assert_int_equal(told(words, "gesture"), 0);
    assert_true(print_of(with) != print_of(without));
    const char **off = kt_array_push(made->arena, &made->brief.off);
    *off = "gesture";
    KtScore *none = compose(made, LONG);
    assert_int_equal(told(none, "gesture"), 0);
    assert_true(print_of(none) == print_of(without));
    kt_score_free(with);
    kt_score_free(without);
    kt_score_free(words);
    kt_score_free(none);
    kt_arena_free(made->arena);
    kt_arena_free(plain->arena);
  }
  assert_in_range(drawn[0], 4, 12);
  assert_in_range(drawn[1], 1, 2);
}

static void stillness_holds_a_chord(void **state) {
  (void)state;
  int drawn = 0;
  for (uint64_t seed = 1; seed < 6; ++seed) {
    Made *made = make("silent", seed);
    see(made, KT_GESTURE_STILLNESS, 160.0, 164.0, 0.85F);
    KtScore *score = compose(made, LONG);
    if (told(score, "gesture")) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, score->beyond.items[0].at));
      const KtPart *figure = part(score, "figure/1");
      for (size_t n = 0; figure && n < figure->notes.count; ++n) {
        double start = kt_seconds(kt_tempo_time(&score->tempo, figure->notes.items[n].start));
        assert_false(start > at + 0.01 && start < at + 1.0 && figure->notes.items[n].articulation != KT_ART_LONG);
      }
      ++drawn;
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  assert_true(drawn > 0);
}

/// Bright pictures lean the cue one way, dark ones the other, and neither does with `off: [colour]`.
static void colours_lean(void **state) {
  (void)state;
  float light[3];
  for (int way = 0; way < 3; ++way) {
    Made *made = make("fairy", 4);
    for (int s = 0; s < 32; ++s) {
      bool here = s >= 10 && s < 22;
      KtShot *shot = kt_array_push(made->arena, &made->film.shots);
      *shot = (KtShot){.start = kt_film_time(10 * s), .end = kt_film_time(10 * s + 10), .brightness = !here ? 0.5F : way == 1 ? 0.2F : 0.8F, .warmth = here && way != 1 ? 0.4F : 0};
    }
    if (way == 2) {
      const char **off = kt_array_push(made->arena, &made->brief.off);
      *off = "colour";
    }
    KtScore *score = compose(made, LONG);
    light[way] = score->sections.items[0].light;
    assert_int_equal(told(score, "colour") > 0, way < 2);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  assert_true(light[0] > 0.02F && light[1] < -0.02F && fabsf(light[2]) < 1e-6F);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gestures_are_drawn),
      cmocka_unit_test(gestures_are_few_and_can_be_off),
      cmocka_unit_test(stillness_holds_a_chord),
      cmocka_unit_test(colours_lean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
