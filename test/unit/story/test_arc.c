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

static float play_then_still(double s) {
  return s > 60 && s < 84 ? 0.2F : 0.005F;
}

static float bright_light(double s) {
  return s < 0 ? 0 : 0.8F;
}
static float dull_light(double s) {
  return s < 0 ? 0 : 0.15F;
}

/// Bright play, a blow at 80 s, then nothing moves and nothing sounds: something is lost. The same
/// in the dark, or without the hush, is not.
static void test_a_blow_and_a_hush_is_a_loss(void **state) {
  (void)state;
  static const struct {
    float before, with, after;
    float (*light)(double);
    bool lost;
  } rows[] = {{-34, -18, -44, bright_light, true},
              {-34, -18, -24, bright_light, false},
              {-34, -18, -44, dull_light, false}};
  for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); ++r) {
    KtFilm *film = film_by_hand(140, 10, play_then_still, rows[r].light);
    film->audio_stream = 1;
    film->integrated_lufs = -26;
    for (int i = 0; i < 1400; ++i) {
      float lufs = i < 795 ? rows[r].before : i < 840 ? rows[r].with : rows[r].after;
      *kt_array_push(film->arena, &film->loudness) = (KtLoudnessPoint){lufs, lufs};
    }
    *kt_array_push(film->arena, &film->moments) =
        (KtMoment){.at = kt_film_time(80), .kind = KT_MOMENT_IMPACT, .strength = 1};
    for (size_t i = 0; i < film->frames.count; ++i) {
      film->frames.items[i].saturation = rows[r].light == bright_light ? 0.5F : 0.1F;
    }
    KtStory *story = read_story(film);
    const KtTurn *loss = turn_of(story, KT_TURN_LOSS);
    if ((loss != NULL) != rows[r].lost) {
      fail_msg("row %zu: a loss is %s", r, loss ? "seen" : "not seen");
    }
    if (loss) {
      assert_true(fabs(kt_seconds(loss->at) - 80) < 0.1);
      assert_string_equal(loss->label, "a blow, and all falls still");
      assert_true(mean(story, 82, 95).valence < mean(story, 40, 78).valence - 0.3F);
      assert_true(mean(story, 82, 90).colours[KT_COLOUR_LOSS] > 0.3F);
    }
    kt_story_free(story);
    kt_film_free(film);
  }
}

/// Each reading is kept apart, and people and pairs have a thread of their own.
static void test_passes_and_threads(void **state) {
  (void)state;
  KtFilm *film = film_by_hand(120, 5, flat, grey);
  add_caption(film, 10, 14, "I love you, Ben. What a wonderful day!");
  add_caption(film, 18, 22, "And I love you, darling.");
  add_caption(film, 80, 84, "He is dead. Murdered. I am terrified.");
  film->captions.items[0].speaker = film->captions.items[2].speaker = "BARBRA";
  film->captions.items[1].speaker = "BEN";
  KtStory *story = read_story(film);
  assert_int_equal(story->passes[KT_PASS_WORDS].count, story->arc.count);
  assert_int_equal(story->passes[KT_PASS_PICTURE].count, story->arc.count);
  assert_int_equal(story->passes[KT_PASS_SOUND].count, 0);
  assert_true(story->passes[KT_PASS_WORDS].items[24].emotion.valence > 0.4F);
  assert_true(story->passes[KT_PASS_WORDS].items[164].emotion.valence < -0.4F);
  assert_int_equal(story->threads.count, 3); // two people and what is between them
  const KtThread *pair = &story->threads.items[2];
  assert_true(pair->other >= 0 && story->threads.items[0].other < 0);
  assert_true(pair->points.items[20].emotion.valence > 0.3F);
  assert_true(pair->points.items[60].presence < 0.1F);
  kt_story_free(story);
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_blows_are_not_glad),
                                     cmocka_unit_test(test_a_blow_and_a_hush_is_a_loss),
                                     cmocka_unit_test(test_passes_and_threads),
                                     cmocka_unit_test(test_a_chase_is_seen),
                                     cmocka_unit_test(test_ideas_own_themes_where_nobody_speaks),
                                     cmocka_unit_test(test_a_flat_film_stays_flat),
                                     cmocka_unit_test(test_shortest_films),
                                     cmocka_unit_test(test_captions_colour_the_arc),
                                     cmocka_unit_test(test_speakers_own_themes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
