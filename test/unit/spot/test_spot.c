// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/spot.h"

#include "spot/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A film and a story built by hand.
typedef struct Made {
  KtArena *arena;
  KtFilm film;
  KtStory story;
} Made;

static const KtStyle drama = {0.3F, 0.6F, 10, 180, 60, 2, 0.5F};
static const KtStyle comedy = {0.5F, 0.85F, 5, 150, 50, 8, 0.4F};

static void add_shot(Made *made, double start_s, double end_s, int scene, float brightness) {
  KtShot *shot = kt_array_push(made->arena, &made->film.shots);
  *shot =
      (KtShot){.start = kt_film_time(start_s),
               .end = kt_film_time(end_s),
               .scene = scene,
               .start_frame = (int)(start_s * 24),
               .end_frame = (int)(end_s * 24) - 1,
               .transition = made->film.shots.count > 1 ? KT_TRANSITION_CUT : KT_TRANSITION_START,
               .brightness = brightness,
               .motion = 0.2F,
               .confidence = 1};
}

static void add_speech(Made *made, double start_s, double end_s) {
  *kt_array_push(made->arena, &made->film.speech) =
      (KtSpan){kt_film_time(start_s), kt_film_time(end_s)};
}

static void add_turn(Made *made, double at_s, KtTurnKind kind, float weight, const char *label) {
  *kt_array_push(made->arena, &made->story.turns) =
      (KtTurn){.at = kt_film_time(at_s), .kind = kind, .weight = weight, .scene = -1,
               .character = -1, .other = -1, .label = label, .text = label};
}

/// Shots of `shot_s`, a scene every fourth; an arc that rises to two thirds and falls.
static Made make(double length_s, double shot_s, bool arc) {
  Made made = {.arena = kt_arena_new()};
  made.film = (KtFilm){.arena = made.arena,
                       .title = "made",
                       .rate = {24, 1},
                       .audio_stream = 1,
                       .duration = kt_film_time(length_s)};
  made.film.timecode.rate = made.film.rate;
  made.story = (KtStory){.arena = made.arena, .title = "made", .alignment = -1};
  for (int i = 0; i * shot_s < length_s; ++i) {
    add_shot(&made, i * shot_s, fmin((i + 1) * shot_s, length_s), i / 4, i % 2 ? 0.3F : 0.6F);
  }
  for (int i = 0; i * 0.5 <= length_s && arc; ++i) {
    double x = i * 0.5 / length_s;
    double height = x < 0.66 ? x / 0.66 : (1 - x) / 0.34;
    KtArcPoint *point = kt_array_push(made.arena, &made.story.arc);
    point->at = kt_film_time(i * 0.5);
    point->emotion = (KtEmotion){.valence = (float)(0.3 - height * 0.6),
                                 .arousal = (float)(height - 0.3),
                                 .tension = (float)(0.1 + 0.7 * height)};
  }
  KtSubject *subject = kt_array_push(made.arena, &made.story.subjects);
  *subject = (KtSubject){.kind = KT_SUBJECT_IDEA, .name = "the film", .character = -1, .weight = 1};
  *kt_array_push(made.arena, &subject->spans) =
      (KtSubjectSpan){0, made.film.duration, KT_STATE_PRESENT, 1};
  return made;
}

static KtSpotting *run_with(const Made *made, const KtBrief *brief, const KtStyle *style,
                            bool temp) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  KtSpotting *spotting = NULL;
  KtError err = {0};
  KtStatus status = kt_spot(&ctx, &made->film, &made->story, brief, style, temp, &spotting, &err);
  if (status) {
    fail_msg("%s:%d: %s", err.file, err.line, err.message);
  }
  return spotting;
}

/// What holds for every sheet.
static void sheet_holds(const Made *made, const KtSpotting *s) {
  KtFilmTime at = 0;
  size_t cue = 0;
  size_t silence = 0;
  double music = 0;
  while (at < made->film.duration) {
    if (cue < s->cues.count && s->cues.items[cue].in == at) {
      const KtCue *c = &s->cues.items[cue++];
      assert_true(c->out > c->in);
      assert_true(c->name[0] && c->title[0] && c->reason[0]);
      assert_true(c->subjects.count >= 1);
      assert_true(c->in % kt_frame_time(made->film.rate, 1) == 0);
      assert_true(c->out == made->film.duration || c->out % kt_frame_time(made->film.rate, 1) == 0);
      music += kt_seconds(c->out - c->in);
      at = c->out;
    } else {
      assert_true(silence < s->silences.count);
      const KtSilence *q = &s->silences.items[silence++];
      assert_true(q->in == at && q->out > q->in && q->reason[0]);
      if (cue > 0 && cue < s->cues.count) {
        assert_true(kt_seconds(q->out - q->in) >= 2);
      }
      at = q->out;
    }
  }
  assert_true(at == made->film.duration || made->film.duration == 0);
  assert_true(cue == s->cues.count && silence == s->silences.count);
  assert_float_equal(s->share, (float)(music / kt_seconds(made->film.duration)), 1e-4);
  for (size_t i = 0; i < s->hits.count; ++i) {
    const KtHit *hit = &s->hits.items[i];
    assert_true(hit->cue >= 0 && (size_t)hit->cue < s->cues.count);
    assert_true(hit->at > s->cues.items[hit->cue].in && hit->at < s->cues.items[hit->cue].out);
    assert_true(hit->at % kt_frame_time(made->film.rate, 1) == 0);
    assert_true(hit->weight >= 0 && hit->weight <= 1 && hit->label[0] && hit->tolerance_frames > 0);
    assert_true(!i || s->hits.items[i - 1].at <= hit->at);
  }
}

static void no_entry_on_words(const Made *made, const KtSpotting *s) {
  for (size_t i = 0; i < s->cues.count; ++i) {
    double in_s = kt_seconds(s->cues.items[i].in);
    for (size_t j = 0; j < made->film.speech.count; ++j) {
      double start_s = kt_seconds(made->film.speech.items[j].start);
      double end_s = kt_seconds(made->film.speech.items[j].end);
      assert_false(in_s > start_s - 1 && in_s < end_s);
    }
  }
}

static void the_share_is_met(void **state) {
  (void)state;
  static const float shares[] = {0.15F, 0.35F, 0.5F, 0.7F, 0.9F};
  for (size_t i = 0; i < 5; ++i) {
    Made made = make(600, 4.5, true);
    for (int k = 0; k < 60; ++k) {
      add_speech(&made, 7 + k * 10, 10 + k * 10);
    }
    add_turn(&made, 200, KT_TURN_THREAT, 0.8F, "the door opens");
    add_turn(&made, 400, KT_TURN_LOSS, 0.9F, "she is gone");
    KtBrief brief = {.share = shares[i], .restraint = -1, .temp = -1};
    KtSpotting *s = run_with(&made, &brief, &drama, false);
    sheet_holds(&made, s);
    no_entry_on_words(&made, s);
    assert_float_equal(s->share, shares[i], 0.05);
    assert_string_equal(s->bound_by, "");
    kt_spotting_free(s);
    kt_arena_free(made.arena);
  }
}

static void restraint_takes_music_away(void **state) {
  (void)state;
  float share[2];
  for (int i = 0; i < 2; ++i) {
    Made made = make(400, 5, true);
    for (int k = 0; k < 20; ++k) {
      add_speech(&made, 5 + k * 20, 11 + k * 20);
    }
    KtBrief brief = {.share = -1, .restraint = i ? 0.9F : 0.1F, .temp = -1};
    KtSpotting *s = run_with(&made, &brief, &drama, false);
    share[i] = s->share;
    assert_true(s->share > 0.25F && s->share < 0.65F);
    kt_spotting_free(s);
    kt_arena_free(made.arena);
  }
  assert_true(share[0] > share[1] + 0.1F);
}

static void words_end_to_end_leave_no_entry(void **state) {
  (void)state;
  Made made = make(40, 5, true);
  add_speech(&made, 0.3, 39.8);
  KtSpotting *s = run_with(&made, NULL, &drama, false);
  sheet_holds(&made, s);
  assert_int_equal(s->cues.count, 0);
  assert_int_equal(s->silences.count, 1);
  assert_non_null(strstr(s->bound_by, "words"));
  assert_non_null(strstr(s->silences.items[0].reason, "words"));
  kt_spotting_free(s);
  kt_arena_free(made.arena);
}

static void captions_and_lines_count_as_words_where_nothing_was_heard(void **state) {
  (void)state;
  Made made = make(60, 6, true);
  *kt_array_push(made.arena, &made.film.captions) =
      (KtCaption){kt_film_time(17), kt_film_time(32), "", "I was there", false};
  *kt_array_push(made.arena, &made.film.captions) =
      (KtCaption){kt_film_time(35), kt_film_time(50), "", "[wind]", true};
  KtSpotting *s = run_with(&made, NULL, &drama, false);
  sheet_holds(&made, s);
  for (size_t i = 0; i < s->cues.count; ++i) {
    double in_s = kt_seconds(s->cues.items[i].in);
    assert_false(in_s > 16 && in_s < 32);
  }
  kt_spotting_free(s);
  kt_arena_free(made.arena);
}

static void source_music_is_kept_clear_of_but_temp_is_not(void **state) {
  (void)state;
  Made made = make(300, 5, true);
  *kt_array_push(made.arena, &made.film.music) = (KtSpan){kt_film_time(100), kt_film_time(200)};
  for (int k = 0; k < 15; ++k) {
    add_speech(&made, 12 + k * 20, 15 + k * 20);
  }
  KtBrief brief = {.share = 0.9F, .restraint = -1, .temp = -1};
  KtSpotting *s = run_with(&made, &brief, &drama, false);
  sheet_holds(&made, s);
  for (size_t i = 0; i < s->cues.count; ++i) {
    assert_true(kt_seconds(s->cues.items[i].out) <= 100 || kt_seconds(s->cues.items[i].in) >= 200);
  }
  assert_non_null(strstr(s->bound_by, "own music"));
  kt_spotting_free(s);
  s = run_with(&made, &brief, &drama, true);
  assert_float_equal(s->share, 0.9, 0.05);
  kt_spotting_free(s);
  kt_arena_free(made.arena);
}

static void cues_breathe(void **state) {
  (void)state;
  Made made = make(300, 1, true);
  const KtStyle breathless = {0.5F, 0.9F, 5, 12, 10, 2, 0.5F};
  for (int i = 0; i < 300; ++i) {
    made.film.shots.items[i].scene = 0; // no joint for a segue
  }
  KtBrief brief = {.share = 0.99F, .restraint = -1, .temp = -1};
  KtSpotting *s = run_with(&made, &brief, &breathless, false);
  sheet_holds(&made, s);
  assert_true(s->cues.count >= 18);
  assert_true(s->share < 0.9F);
  assert_true(s->bound_by[0]);
  kt_spotting_free(s);
  kt_arena_free(made.arena);
}

static void a_reveal_is_prepared_by_silence_and_struck(void **state) {
  (void)state;
  Made made = make(240, 5, true);
  add_turn(&made, 120, KT_TURN_THREAT, 1, "the hand comes through the wall");
  for (int k = 0; k < 12; ++k) {
    add_speech(&made, 1 + k * 20, 3 + k * 20);
  }
  made.story.has_text = made.story.has_script = true;
  KtSpotting *s = run_with(&made, NULL, &drama, false);
  sheet_holds(&made, s);
  int cue = -1;
  for (size_t i = 0; i < s->cues.count; ++i) {
    if (fabs(kt_seconds(s->cues.items[i].in) - 120) <= 1.5) {
      cue = (int)i;
    }
  }
  assert_true(cue >= 0);
  assert_true(s->cues.items[cue].function == KT_FUNCTION_REVEAL ||
              s->cues.items[cue].function == KT_FUNCTION_CHASE);
  assert_non_null(strstr(s->cues.items[cue].reason, "hand comes through"));
  bool hard = false;
  for (size_t i = 0; i < s->hits.count; ++i) {
    hard |= s->hits.items[i].cue == cue && s->hits.items[i].kind == KT_HIT_HARD;
  }
  assert_true(hard);
  bool held = false;
  for (size_t i = 0; i < s->silences.count; ++i) {
    held |= strstr(s->silences.items[i].reason, "held back") != NULL;
  }
  assert_true(held);
  kt_spotting_free(s);
  kt_arena_free(made.arena);
}

/// The scene of a loss is bare from its first picture on; a change of mood opens a new cue.
static void a_loss_is_left_bare_and_moods_are_parted(void **state) {
  (void)state;
  Made made = make(180, 5, false);
  for (int i = 0; i <= 360; ++i) {
    bool storm = i >= 120 && i < 200;
    *kt_array_push(made.arena, &made.story.arc) =
        (KtArcPoint){kt_film_time(i * 0.5),
                     storm ? (KtEmotion){.valence = -0.4F, .arousal = 0.8F, .tension = 0.8F}
                           : (KtEmotion){.valence = 0.6F, .arousal = -0.2F, .tension = 0.1F}};
  }
  *kt_array_push(made.arena, &made.story.scenes) = (KtScene){
      .heading = "", .place = "", .time_of_day = "", .action = "", .end = kt_film_time(120)};
  *kt_array_push(made.arena, &made.story.scenes) = (KtScene){.heading = "",
                                                             .place = "",
                                                             .time_of_day = "",
                                                             .action = "",
                                                             .start = kt_film_time(120),
                                                             .end = kt_film_time(180)};
  add_turn(&made, 124, KT_TURN_LOSS, 0.8F, "he is gone");
  KtSpotting *s = run_with(&made, NULL, &comedy, false);
  sheet_holds(&made, s);
  bool bare = false;
  for (size_t i = 0; i < s->silences.count; ++i) {
    const KtSilence *q = &s->silences.items[i];
    bool over = q->in <= kt_film_time(121) && q->out >= kt_film_time(128);
    bare = bare || (over && strstr(q->reason, "silence while he is gone"));
  }
  assert_true(bare);
  bool parted = false;
  for (size_t i = 0; i < s->cues.count; ++i) {
    parted = parted || llabs(s->cues.items[i].in - kt_film_time(60)) <= kt_film_time(5);
  }
  assert_true(parted);
  kt_spotting_free(s);
  kt_arena_free(made.arena);
}

static const char *palette_of(const Made *made) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  const char *id = NULL;
  assert_int_equal(kt_palette_suggest(&ctx, made->arena, &made->film, &made->story, &id, NULL),
                   KT_OK);
  return id;
}

static void palettes_suit_the_film(void **state) {
  (void)state;
  Made made = make(120, 4, true);
  for (size_t i = 0; i < made.film.shots.count; ++i) {
    made.film.shots.items[i].saturation = 0.4F;
  }
  assert_string_equal(palette_of(&made), "fairy"); // a coloured world where nobody speaks
  made.film.audio_stream = -1;
  assert_string_equal(palette_of(&made), "silent");
  made.film.audio_stream = 1;
  for (size_t i = 0; i < made.film.shots.count; ++i) {
    made.film.shots.items[i].saturation = 0.01F;
  }
  assert_string_equal(palette_of(&made), "silent");
  for (int i = 0; i < 20; ++i) {
    add_speech(&made, i * 6, i * 6 + 3.5);
  }
  assert_string_not_equal(palette_of(&made), "silent");
  for (size_t i = 0; i < made.story.arc.count; ++i) {
    made.story.arc.items[i].emotion = (KtEmotion){.valence = -0.5F, .tension = 0.7F};
    made.story.arc.items[i].emotion.colours[KT_COLOUR_MENACE] = 0.6F;
  }
  assert_string_equal(palette_of(&made), "horror");
  kt_arena_free(made.arena);
}

static void hits_keep_apart_and_follow_the_style(void **state) {
  (void)state;
  size_t count[2];
  for (int i = 0; i < 2; ++i) {
    Made made = make(300, 2.5, true);
    for (int k = 0; k < 90; ++k) {
      *kt_array_push(made.arena, &made.film.moments) = (KtMoment){
          kt_frame_time(made.film.rate, 40 + 77 * k), KT_MOMENT_BURST, 0.5F + 0.005F * (float)k};
    }
    const KtStyle *style = i ? &comedy : &drama;
    KtSpotting *s = run_with(&made, NULL, style, false);
    sheet_holds(&made, s);
    count[i] = s->hits.count;
    for (size_t k = 1; k < s->hits.count && !i; ++k) {
      assert_true(s->hits.items[k].cue != s->hits.items[k - 1].cue ||
                  kt_seconds(s->hits.items[k].at - s->hits.items[k - 1].at) >= 1.5);
    }
    kt_spotting_free(s);
    kt_arena_free(made.arena);
  }
  assert_true(count[1] > 2 * count[0]);
}

static void odd_films_give_sensible_sheets(void **state) {
  (void)state;
  static const struct {
    double length_s, shot_s;
    bool arc, sound;
    size_t cues_least, cues_most;
  } films[] = {
      {2, 2, false, true, 1, 1},    {2, 2, false, false, 1, 1},     {0.04, 1, false, true, 0, 0},
      {0, 1, false, true, 0, 0},    {9.6, 9.6, true, true, 1, 1},   {7200, 5, true, true, 30, 200},
      {63.2, 3, true, false, 1, 3}, {120, 120, false, false, 1, 4}, {30, 6, true, true, 1, 2},
  };
  for (size_t i = 0; i < sizeof(films) / sizeof(*films); ++i) {
    Made made = make(films[i].length_s, films[i].shot_s, films[i].arc);
    made.film.audio_stream = films[i].sound ? 1 : -1;
    for (int k = 0; k < 1500 && films[i].length_s > 7000; ++k) { // a feature has much in it
      add_speech(&made, 3.5 + k * 4.7, 5.1 + k * 4.7);
      *kt_array_push(made.arena, &made.film.moments) =
          (KtMoment){kt_frame_time(made.film.rate, 40 + 111 * k),
                     k % 2 ? KT_MOMENT_STOP : KT_MOMENT_BURST, 0.6F};
      if (k % 25 == 0) {
        add_turn(&made, 2 + k * 4.7, KT_TURN_REVERSAL, 0.5F + 0.3F * (float)(k % 2), "all turns");
      }
    }
    KtSpotting *s = run_with(&made, NULL, &drama, false);
    if (films[i].length_s > 0) {
      sheet_holds(&made, s);
    }
    if (s->cues.count < films[i].cues_least || s->cues.count > films[i].cues_most) {
      fail_msg("film %zu: %zu cues, bound by '%s'", i, s->cues.count, s->bound_by);
    }
    kt_spotting_free(s);
    kt_arena_free(made.arena);
  }
}

static void the_same_film_is_spotted_the_same(void **state) {
  (void)state;
  char text[2][8000] = {"", ""};
  for (int i = 0; i < 2; ++i) {
    Made made = make(500, 3.7, true);
    add_turn(&made, 250, KT_TURN_MEETING, 0.7F, "");
    KtSpotting *s = run_with(&made, NULL, &comedy, false);
    size_t used = 0;
    for (size_t k = 0; k < s->cues.count; ++k) {
      used += (size_t)snprintf(text[i] + used, sizeof(text[i]) - used, "%lld %s %s;",
                               (long long)s->cues.items[k].in, s->cues.items[k].title,
                               s->cues.items[k].reason);
    }
    kt_spotting_free(s);
    kt_arena_free(made.arena);
  }
  assert_string_equal(text[0], text[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_share_is_met),
      cmocka_unit_test(restraint_takes_music_away),
      cmocka_unit_test(words_end_to_end_leave_no_entry),
      cmocka_unit_test(captions_and_lines_count_as_words_where_nothing_was_heard),
      cmocka_unit_test(source_music_is_kept_clear_of_but_temp_is_not),
      cmocka_unit_test(cues_breathe),
      cmocka_unit_test(a_reveal_is_prepared_by_silence_and_struck),
      cmocka_unit_test(a_loss_is_left_bare_and_moods_are_parted),
      cmocka_unit_test(palettes_suit_the_film),
      cmocka_unit_test(hits_keep_apart_and_follow_the_style),
      cmocka_unit_test(odd_films_give_sensible_sheets),
      cmocka_unit_test(the_same_film_is_spotted_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
