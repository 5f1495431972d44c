// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film_by_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static float still_then_chase(double s) {
  return s > 100 && s < 150 ? 0.25F : 0.01F;
}
static float dark_in_chase(double s) {
  return s > 100 && s < 150 ? 0.25F : 0.6F;
}
static float flat(double s) {
  return 0.05F + 0.0005F * sinf((float)s);
}
static float grey(double s) {
  (void)s;
  return 0.5F;
}

static KtStory *read_story(const KtFilm *film) {
  KtContext ctx = test_context();
  KtStory *story = NULL;
  KtError err = {0};
  if (kt_story_read(&ctx, film, NULL, "en", &story, &err)) {
    fail_msg("%s", err.message);
  }
  return story;
}

static KtEmotion mean(const KtStory *story, double from, double to) {
  return kt_story_mean(story, kt_film_time(from), kt_film_time(to));
}

static const KtTurn *turn_of(const KtStory *story, KtTurnKind kind) {
  for (size_t i = 0; i < story->turns.count; ++i) {
    if (story->turns.items[i].kind == kind) {
      return &story->turns.items[i];
    }
  }
  return NULL;
}

static void test_a_chase_is_seen(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(200, 5, still_then_chase, dark_in_chase);
  KtStory *story = read_story(film);
  assert_int_equal(story->arc.count, 401);
  assert_int_equal(story->arc.items[3].at, kt_film_time(1.5));
  assert_true(mean(story, 110, 140).arousal > mean(story, 0, 90).arousal + 0.5F);
  assert_true(mean(story, 110, 140).tension > mean(story, 0, 90).tension + 0.25F);
  assert_true(mean(story, 160, 200).arousal < 0);
  assert_true(mean(story, 110, 140).valence < mean(story, 0, 90).valence);
  const KtTurn *threat = turn_of(story, KT_TURN_THREAT);
  const KtTurn *calm = turn_of(story, KT_TURN_CALM);
  assert_non_null(threat);
  assert_true(fabs(kt_seconds(threat->at) - 100) < 8);
  assert_string_equal(threat->label, "the picture darkens");
  assert_non_null(calm);
  assert_true(fabs(kt_seconds(calm->at) - 150) < 8);
  assert_int_equal(story->turns.items[0].kind, KT_TURN_OPENING);
  kt_story_free(story);
  kt_film_free(film);
}

static void test_ideas_own_themes_where_nobody_speaks(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(200, 5, still_then_chase, dark_in_chase);
  KtStory *story = read_story(film);
  assert_true(story->subjects.count >= 2 && story->subjects.count <= 5);
  assert_string_equal(story->subjects.items[0].name, "the calm");
  bool chase = false;
  for (size_t i = 0; i < story->subjects.count; ++i) {
    const KtSubject *subject = &story->subjects.items[i];
    KtFilmTime last = 0;
    for (size_t k = 0; k < subject->spans.count; ++k) {
      assert_true(subject->spans.items[k].start >= last &&
                  subject->spans.items[k].end <= film->duration);
      last = subject->spans.items[k].end;
    }
    if (!strcmp(subject->name, "the chase")) {
      chase = true;
      assert_true(kt_subject_at(subject, kt_film_time(125)).presence > 0.3F);
      assert_int_equal(kt_subject_at(subject, kt_film_time(40)).state, KT_STATE_ABSENT);
    }
  }
  assert_true(chase);
  kt_story_free(story);
  kt_film_free(film);
}

static void test_a_flat_film_stays_flat(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(120, 200, flat, grey);
  KtStory *story = read_story(film);
  for (size_t i = 0; i < story->arc.count; ++i) {
    assert_true(fabsf(story->arc.items[i].emotion.arousal) < 0.3F);
    assert_true(fabsf(story->arc.items[i].emotion.valence) < 0.35F);
  }
  assert_null(turn_of(story, KT_TURN_THREAT));
  assert_null(turn_of(story, KT_TURN_CLIMAX));
  assert_int_equal(story->subjects.count, 1);
  kt_story_free(story);
  kt_film_free(film);
}

static void test_shortest_films(void **state) {
  (void)state;
  static const double lengths[] = {0, 0.04, 2, 9.6};
  for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); ++i) {
    KtFilm *film = film_by_hand(lengths[i], 5, flat, grey);
    KtStory *story = read_story(film);
    assert_true(story->arc.count >= 1);
    assert_true(story->subjects.count >= 1);
    for (size_t k = 0; k < story->turns.count; ++k) {
      assert_true(story->turns.items[k].at >= 0 && story->turns.items[k].at <= film->duration);
    }
    kt_story_free(story);
    kt_film_free(film);
  }
}

/// Without words of its language the arc is of picture and sound alone.
static void test_captions_colour_the_arc(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(120, 5, flat, grey);
  add_caption(film, 20, 24, "I love you, darling. What a wonderful day!");
  add_caption(film, 80, 84, "He is dead. Murdered. I am terrified.");
  KtStory *story = read_story(film);
  assert_true(story->has_text);
  assert_false(story->has_script);
  assert_int_equal(story->lines.count, 2);
  assert_true(mean(story, 20, 26).valence > 0.3F);
  assert_true(mean(story, 80, 86).valence < -0.3F);
  assert_true(mean(story, 80, 86).tension > mean(story, 20, 26).tension + 0.3F);
  KtContext ctx = test_context();
  KtStory *foreign = NULL;
  assert_int_equal(kt_story_read(&ctx, film, NULL, "tlh", &foreign, NULL), KT_OK);
  assert_int_equal(foreign->warnings.count, 1);
  assert_true(fabsf(mean(foreign, 80, 86).valence) < 0.35F);
  kt_story_free(foreign);
  kt_story_free(story);
  kt_film_free(film);
}

static void test_speakers_own_themes(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(120, 5, flat, grey);
  add_caption(film, 10, 14, "Is anyone there? I am afraid.");
  add_caption(film, 30, 33, "Only me.");
  add_caption(film, 60, 64, "You came back for me, Emo.");
  film->captions.items[0].speaker = film->captions.items[2].speaker = "PROOG";
  film->captions.items[1].speaker = "EMO";
  KtStory *story = read_story(film);
  assert_int_equal(story->characters.count, 2);
  assert_int_equal(story->subjects.items[0].kind, KT_SUBJECT_CHARACTER);
  assert_string_equal(story->subjects.items[0].name, "Proog");
  assert_int_equal(story->lines.items[1].character, 1);
  kt_story_free(story);
  kt_film_free(film);
}

static float still_motion(double s) {
  (void)s;
  return 0.02F;
}
static float even_light(double s) {
  (void)s;
  return 0.5F;
}

/// Light alone is no mood: sudden sounds one on the other, while it is loud, are blows.
static void test_blows_are_not_glad(void **state) {
  (void)state;
  double mood[2] = {0};
  for (int blows = 0; blows < 2; ++blows) {
    KtFilm *film = film_by_hand(120, 10, still_motion, even_light);
    film->audio_stream = 1;
    film->integrated_lufs = -20;
    for (int i = 0; i < 1200; ++i) {
      float lufs = i > 600 && i < 800 ? -12.0F : -26.0F;
      *kt_array_push(film->arena, &film->loudness) = (KtLoudnessPoint){lufs, lufs};
    }
    for (int i = 0; blows && i < 12; ++i) {
      *kt_array_push(film->arena, &film->moments) =
          (KtMoment){.at = kt_film_time(64 + i), .kind = KT_MOMENT_TRANSIENT, .strength = 0.8F};
    }
    KtContext ctx = test_context();
    KtStory *story = NULL;
    assert_int_equal(kt_story_read(&ctx, film, NULL, "en", &story, NULL), KT_OK);
    mood[blows] = (double)kt_story_at(story, kt_film_time(70)).valence;
    kt_story_free(story);
    kt_film_free(film);
  }
  assert_true(mood[1] < mood[0] - 0.05);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_blows_are_not_glad),
                                     cmocka_unit_test(test_a_chase_is_seen),
                                     cmocka_unit_test(test_ideas_own_themes_where_nobody_speaks),
                                     cmocka_unit_test(test_a_flat_film_stays_flat),
                                     cmocka_unit_test(test_shortest_films),
                                     cmocka_unit_test(test_captions_colour_the_arc),
                                     cmocka_unit_test(test_speakers_own_themes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
