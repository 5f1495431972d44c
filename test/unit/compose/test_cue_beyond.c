// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

#include "orchestrate/orchestrate.h"

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

/// What of a cue leans with the picture's colours: who plays (brightness by time), where (pitch), and the mode.
typedef struct Leaning {
  double brightness, pitch, mode;
} Leaning;

static Leaning leaning_of(const Made *made, const KtHandbook *book, const KtOrchestra *orchestra, const KtPalette *palette,
                          const KtScore *sketch) {
  KtScore *score = NULL;
  KtError err = {0};
  if (kt_orchestrate(&made->ctx, book, orchestra, palette, sketch, &score, &err)) {
    fail_msg("%s", err.message);
  }
  Leaning sum = {0};
  double length = 0;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *p = &score->parts.items[i];
    const KtInstrument *player = kt_orchestra_find(orchestra, p->instrument);
    for (size_t n = 0; player && p->role != KT_ROLE_PERCUSSION && n < p->notes.count; ++n) {
      double share = (double)p->notes.items[n].duration;
      sum.brightness += share * (double)player->brightness;
      length += share;
    }
  }
  double sketched = 0;
  for (size_t i = 0; i < sketch->parts.count; ++i) { // who plays may move a line by octaves
    for (size_t n = 0; sketch->parts.items[i].role != KT_ROLE_PERCUSSION && n < sketch->parts.items[i].notes.count; ++n) {
      const KtNote *note = &sketch->parts.items[i].notes.items[n];
      sum.pitch += (double)note->duration * note->midi;
      sketched += (double)note->duration;
    }
  }
  for (size_t i = 0; i < score->keys.count; ++i) {
    sum.mode += (double)score->keys.items[i].key.mode / (double)score->keys.count;
  }
  sum.brightness /= length;
  sum.pitch /= sketched;
  kt_score_free(score);
  return sum;
}

/// Dark, cold pictures against light, warm ones: players, register and mode follow, over palettes and seeds.
static void colours_are_heard(void **state) {
  (void)state;
  static const char *const ids[] = {"fairy", "epic", "chamber"};
  KtOrchestra *orchestra = NULL;
  KtHandbook *book = NULL;
  Leaning sum[2];
  memset(sum, 0, sizeof(sum));
  for (int run = 0; run < 9; ++run) {
    for (int way = 0; way < 2; ++way) {
      Made *made = make(ids[run / 3], (uint64_t)run + 1);
      KtPalette palette = {0};
      assert_int_equal(kt_palette_load(&made->ctx, made->arena, ids[run / 3], &palette, NULL), KT_OK);
      if (!orchestra) {
        assert_int_equal(kt_orchestra_load(&made->ctx, NULL, &orchestra, NULL), KT_OK);
        assert_int_equal(kt_handbook_load(&made->ctx, &book, NULL), KT_OK);
      }
      for (int s = 0; s < 32; ++s) {
        bool here = s >= 10 && s < 22;
        KtShot *shot = kt_array_push(made->arena, &made->film.shots);
        *shot = (KtShot){.start = kt_film_time(10 * s), .end = kt_film_time(10 * s + 10), .brightness = !here ? 0.5F : way ? 0.2F : 0.8F, .warmth = !here ? 0 : way ? -0.4F : 0.4F};
      }
      KtScore *score = compose(made, LONG);
      Leaning one = leaning_of(made, book, orchestra, &palette, score);
      sum[way] = (Leaning){sum[way].brightness + one.brightness / 9, sum[way].pitch + one.pitch / 9, sum[way].mode + one.mode / 9};
      kt_score_free(score);
      kt_arena_free(made->arena);
    }
  }
  kt_handbook_free(book);
  kt_orchestra_free(orchestra);
  printf("light %.3f %.2f %.2f, dark %.3f %.2f %.2f\n", sum[0].brightness, sum[0].pitch, sum[0].mode, sum[1].brightness, sum[1].pitch, sum[1].mode);
  assert_true(sum[0].brightness > sum[1].brightness + 0.01);
  assert_true(sum[0].pitch > sum[1].pitch + 1.2);
  assert_true(sum[0].mode > sum[1].mode + 0.5);
}

/// Credits on black are no dark pictures: with lettering over them the same shots lean nothing.
static void cards_lean_nothing(void **state) {
  (void)state;
  for (int lettered = 0; lettered < 2; ++lettered) {
    Made *made = make("epic", 1);
    for (int s = 0; s < 32; ++s) {
      bool here = s >= 10 && s < 22;
      KtShot *shot = kt_array_push(made->arena, &made->film.shots);
      *shot = (KtShot){.start = kt_film_time(10 * s), .end = kt_film_time(10 * s + 10), .brightness = here ? 0.05F : 0.5F,
                       .saturation = here ? 0 : 0.5F};
    }
    if (lettered) {
      KtSpan *span = kt_array_push(made->arena, &made->film.titles);
      *span = (KtSpan){kt_film_time(104), kt_film_time(219)};
    }
    KtScore *score = compose(made, LONG);
    assert_int_equal(told(score, "colour") > 0, !lettered);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

/// The same moments with and without what is seen there: the way of the line is the picture's, and by chance otherwise.
static void contours_follow_only_where_wished(void **state) {
  (void)state;
  int drawn = 0, with = 0, without = 0;
  for (uint64_t seed = 1; seed < 9; ++seed) {
    Made *made = make(seed % 2 ? "comedy" : "fairy", seed);
    for (int k = 0; k < 12; ++k) {
      see(made, k % 2 ? KT_GESTURE_FALL : KT_GESTURE_RISE, 105.0 + 10 * k, 106.2 + 10 * k, 0.7F + 0.02F * (float)k);
    }
    KtScore *score = compose(made, LONG);
    const char **off = kt_array_push(made->arena, &made->brief.off);
    *off = "gesture";
    KtScore *plain = compose(made, LONG);
    for (size_t i = 0; i < score->beyond.count; ++i) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, score->beyond.items[i].at));
      int way = strstr(score->beyond.items[i].what, "fall") ? -1 : 1;
      ++drawn;
      with += longest_run(score, at - 0.01, at + 1.6, way) >= 5 && longest_run(score, at - 0.01, at + 1.6, way) > longest_run(score, at - 0.01, at + 1.6, -way);
      without += longest_run(plain, at - 0.01, at + 1.6, way) >= 5 && longest_run(plain, at - 0.01, at + 1.6, way) > longest_run(plain, at - 0.01, at + 1.6, -way);
    }
    kt_score_free(score);
    kt_score_free(plain);
    kt_arena_free(made->arena);
  }
  assert_true(drawn >= 12);
  assert_true(with * 10 >= drawn * 9);
  assert_true(without * 4 <= drawn);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gestures_are_drawn),
      cmocka_unit_test(gestures_are_few_and_can_be_off),
      cmocka_unit_test(stillness_holds_a_chord),
      cmocka_unit_test(colours_lean),
      cmocka_unit_test(colours_are_heard),
      cmocka_unit_test(cards_lean_nothing),
      cmocka_unit_test(contours_follow_only_where_wished),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
