// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/suite.h"

#include "base/file.h"
#include "compose/compose.h"
#include "film/sketch.h"
#include "orchestrate/orchestrate.h"
#include "perform/perform.h"
#include "render/render.h"

#include <math.h>
#include <stdio.h>

enum { THEMES_MOST = 3, POINTS = 8 };
/// A statement and its answer; with the opening and the return that is two to three minutes.
#define FIRST_S 60.0
#define THEME_S 30.0
/// Where the second theme enters, the height is reached, and the way home begins.
#define SECOND_AT 0.28
#define RISE_AT   0.55
#define HEIGHT_AT 0.72
#define HOME_AT   0.87

static const char NAME[] = "0m01", REASON[] = "the film's themes as a concert piece";

/// What the suite is made from and what is made of it.
typedef struct Suite {
  const KtDelivery *of;
  KtArena *arena;
  double seconds;
  KtFilm *film;
  KtStory *story;
  KtSpotting *spotting;
  KtPlan *plan;
  KtScore *score;
  KtPerformance *performance;
  KtStems *stems;
  KtMix *mix;
} Suite;

static size_t themes_of(const KtStory *story) {
  return story->subjects.count < THEMES_MOST ? story->subjects.count : THEMES_MOST;
}

static size_t theme_count(const Suite *suite) {
  return themes_of(suite->of->story);
}

KtConcertPiece kt_suite_piece(const KtDelivery *film, KtArena *arena) {
  const char *list = "";
  size_t count = themes_of(film->story);
  for (size_t i = 0; film->themes && i < film->themes->items.count; ++i) {
    const KtTheme *theme = &film->themes->items.items[i];
    if (theme->subject >= 0 && (size_t)theme->subject < count) {
      list = *list ? kt_arena_format(arena, "%s;%s", list, theme->id) : theme->id;
    }
  }
  return (KtConcertPiece){.cue = NAME,
                          .title = kt_arena_format(arena, "%s: suite", film->story->title),
                          .reason = REASON,
                          .themes = list,
                          .seconds = FIRST_S + THEME_S * (double)count};
}

static KtEmotion at_turn(const KtStory *story, KtTurnKind kind, KtFilmTime otherwise) {
  for (size_t i = 0; i < story->turns.count; ++i) {
    if (story->turns.items[i].kind == kind) {
      KtFilmTime at = story->turns.items[i].at;
      return kt_story_mean(story, at - 3 * KT_FLICKS_PER_SECOND, at + 3 * KT_FLICKS_PER_SECOND);
    }
  }
  return kt_story_at(story, otherwise);
}

static KtEmotion between(const KtEmotion *a, const KtEmotion *b, float share) {
  KtEmotion e = {.valence = a->valence + share * (b->valence - a->valence),
                 .arousal = a->arousal + share * (b->arousal - a->arousal),
                 .tension = a->tension + share * (b->tension - a->tension)};
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    e.colours[c] = a->colours[c] + share * (b->colours[c] - a->colours[c]);
  }
  return e;
}

/// The film's feelings as a concert tells them: whose theme it is, then the height, then home.
static void draw_arc(const Suite *suite) {
  const KtStory *told = suite->of->story;
  KtFilmTime end = suite->of->film->duration;
  KtEmotion first = told->subjects.items[0].emotion;
  KtEmotion second = told->subjects.items[theme_count(suite) - 1].emotion;
  KtEmotion height = at_turn(told, KT_TURN_CLIMAX, end * 3 / 4);
  KtEmotion home = at_turn(told, KT_TURN_ENDING, end);
  height.arousal = fmaxf(height.arousal, 0.7F); // a suite has a height even where the film is quiet
  first.tension = fminf(first.tension, 0.4F);   // and begins so that its themes are heard
  first.arousal = fmaxf(first.arousal, 0.2F);
  second.arousal = fmaxf(second.arousal, 0.1F);
  home.tension = fminf(home.tension, 0.2F);
  const struct {
    double at;
    const KtEmotion *feeling;
  } points[POINTS] = {{0, &first},         {SECOND_AT - 0.04, &first}, {SECOND_AT + 0.1, &second}, {RISE_AT, &second},
                      {HEIGHT_AT, &height}, {HOME_AT - 0.04, &height}, {HOME_AT + 0.06, &home},
                      {1.01, &home}};
  for (double at = 0; at <= suite->seconds + 0.5; at += 0.5) {
    int next = 1;
    while (next < POINTS - 1 && points[next].at * suite->seconds <= at) {
      ++next;
    }
    double from = points[next - 1].at * suite->seconds;
    double to = points[next].at * suite->seconds;
    float share = (float)fmin(1, fmax(0, (at - from) / fmax(0.1, to - from)));
    KtArcPoint *point = kt_array_push(suite->story->arena, &suite->story->arc);
    if (point) {
      *point = (KtArcPoint){kt_film_time(at),
                            between(points[next - 1].feeling, points[next].feeling, share)};
    }
  }
}

static void add_turn(const Suite *suite, double at, KtTurnKind kind, float weight,
                     const char *label) {
  KtTurn *turn = kt_array_push(suite->story->arena, &suite->story->turns);
  if (turn) {
    *turn = (KtTurn){.at = kt_film_time(at * suite->seconds), .kind = kind, .weight = weight, .character = -1,
                     .other = -1, .label = label, .text = ""};
  }
}

/// The main subjects are there from first to last; the leading one comes back in strength.
static void take_subjects(const Suite *suite) {
  const KtStory *told = suite->of->story;
  KtArena *arena = suite->story->arena;
  for (size_t i = 0; i < told->subjects.count; ++i) {
    KtSubject *subject = kt_array_push(arena, &suite->story->subjects);
    if (!subject) {
      return;
    }
    *subject = told->subjects.items[i];
    subject->spans.items = NULL;
    subject->spans.count = subject->spans.capacity = 0;
    subject->character = -1;
    KtFilmTime turn = kt_film_time(HEIGHT_AT * suite->seconds);
    KtFilmTime end = kt_film_time(suite->seconds);
    const KtSubjectSpan spans[] = {{0, turn, KT_STATE_PRESENT, 1},
                                   {turn, end, i ? KT_STATE_PRESENT : KT_STATE_STRONG, 1}};
    for (size_t k = 0; k < 2 && i < theme_count(suite); ++k) {
      KtSubjectSpan *span = kt_array_push(arena, &subject->spans);
      if (span) {
        *span = spans[k];
      }
    }
  }
}

static KtStatus tell(Suite *suite, KtError *err) {
  KtArena *arena = kt_arena_new();
  suite->story = arena ? KT_NEW(arena, KtStory, 1) : NULL;
  if (!suite->story) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *suite->story = (KtStory){.arena = arena,
                            .title = suite->of->story->title,
                            .language = suite->of->story->language,
                            .alignment = -1};
  draw_arc(suite);
  add_turn(suite, SECOND_AT, KT_TURN_MEETING, 0.5F, "the second theme");
  add_turn(suite, HEIGHT_AT, KT_TURN_CLIMAX, 0.9F, "the height");
  add_turn(suite, HOME_AT, KT_TURN_CALM, 0.6F, "home");
  take_subjects(suite);
  KtScene *scene = kt_array_push(arena, &suite->story->scenes);
  if (scene) {
    *scene = (KtScene){.heading = "", .place = "", .time_of_day = "", .action = "", .number = "",
                       .end = kt_film_time(suite->seconds), .confidence = 1};
    scene->emotion = kt_story_mean(suite->story, 0, scene->end);
  }
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

static void add_hit(const Suite *suite, double at, KtHitKind kind, float weight, const char *label) {
  KtHit *hit = kt_array_push(suite->spotting->arena, &suite->spotting->hits);
  if (hit) {
    *hit = (KtHit){.at = kt_film_time(at * suite->seconds),
                   .label = label,
                   .kind = kind,
                   .weight = weight,
                   .tolerance_frames = 24,
                   .source = "turn"};
  }
}

static KtStatus spot(Suite *suite, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtSpotting *made = arena ? KT_NEW(arena, KtSpotting, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *made = (KtSpotting){.arena = arena, .share = 1, .wanted_share = 1, .bound_by = ""};
  suite->spotting = made;
  KtCue *cue = kt_array_push(arena, &made->cues);
  if (cue) {
    *cue = (KtCue){.name = NAME,
                   .title = kt_arena_format(arena, "%s: suite", suite->of->story->title),
                   .out = kt_film_time(suite->seconds),
                   .function = KT_FUNCTION_MAIN_TITLE,
                   .entry = KT_ENTRY_ON_CUT,
                   .exit = KT_EXIT_RING_OFF,
                   .reason = REASON,
                   .emotion = kt_story_mean(suite->story, 0, kt_film_time(suite->seconds))};
    for (size_t i = 0; i < theme_count(suite); ++i) {
      int *subject = kt_array_push(arena, &cue->subjects);
      if (subject) {
        *subject = (int)i;
      }
    }
  }
  add_hit(suite, SECOND_AT, KT_HIT_SOFT, 0.4F, "the second theme");
  add_hit(suite, HEIGHT_AT, KT_HIT_SWELL, 0.9F, "the height");
  add_hit(suite, HOME_AT, KT_HIT_SOFT, 0.4F, "home");
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

static KtStatus compose(Suite *suite, KtError *err) {
  const KtDelivery *of = suite->of;
  KtDesk desk = {of->ctx, suite->film, suite->story, suite->spotting, of->brief, of->palette, NULL, NULL};
  KtScore *sketch = NULL;
  KtHandbook *book = NULL;
  KtStatus status = kt_compose_plan(&desk, of->themes, &suite->plan, err);
  status = status ? status : kt_handbook_load(of->ctx, &book, err);
  status = status ? status : kt_compose_cue(&desk, of->themes, suite->plan, 0, &sketch, err);
  status = status ? status
                  : kt_orchestrate(of->ctx, book, of->orchestra, of->palette, sketch, &suite->score, err);
  kt_score_free(sketch);
  kt_handbook_free(book);
  return status ? status
                : kt_perform(of->ctx, of->orchestra, suite->score, &suite->performance, err);
}

static KtStatus sound(Suite *suite, const char *cache, KtError *err) {
  const KtDelivery *of = suite->of;
  const char *dry = kt_path_join(suite->arena, cache, "suite");
  const char *wet = kt_path_join(suite->arena, cache, "suite-mix");
  KtStatus status = kt_make_dirs(dry, err);
  status = status ? status : kt_remove_tree(wet, err);
  status = status ? status : kt_make_dirs(wet, err);
  status = status ? status
                  : kt_render(of->ctx, of->orchestra, &suite->performance, 1, dry, &suite->stems,
                              err);
  return status ? status
                : kt_mix(of->ctx, suite->film, suite->spotting, of->orchestra, suite->stems, 1,
                         of->mix_options, wet, &suite->mix, err);
}

static KtStatus deliver(Suite *suite, KtError *err) {
  KtDelivery mine = *suite->of;
  mine.folder = kt_path_join(suite->arena, suite->of->folder, "suite");
  mine.name = "suite";
  mine.film = suite->film;
  mine.story = suite->story;
  mine.spotting = suite->spotting;
  mine.scores = &suite->score;
  mine.performances = &suite->performance;
  mine.mix = suite->mix;
  mine.cues_wanted = NULL;
  const char *from = kt_path_join(suite->arena, mine.folder, "cues/0m01");
  const char *cues = kt_path_join(suite->arena, suite->of->folder, "cues");
  const char *to = kt_path_join(suite->arena, cues, "0m01");
  KtStatus status = kt_make_dirs(mine.folder, err);
  status = status ? status : kt_deliver_midi(&mine, 0, err);
  status = status ? status : kt_deliver_musicxml(&mine, 0, err);
  status = status ? status : kt_deliver_audio(&mine, err);
  status = status ? status : kt_make_dirs(cues, err);
  if (!status && rename(from, to)) {
    status = kt_error_at(err, KT_ERR_IO, to, 0, 0, "cannot be written");
  }
  kt_remove_tree(mine.folder, NULL);
  return status;
}

KtStatus kt_suite_deliver(const KtDelivery *film, const char *cache, KtError *err) {
  Suite suite = {.of = film, .arena = kt_arena_new()};
  if (!suite.arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  suite.seconds = kt_suite_piece(film, suite.arena).seconds;
  KtMixOptions options = *film->mix_options;
  options.film_sound = NULL;
  options.cue_halls = NULL;
  KtDelivery of = *film;
  of.mix_options = &options;
  suite.of = &of;
  KtFilmSketch sketch = {.path = "", .title = "suite", .start_timecode = "00:00:00:00",
                         .duration = kt_film_time(suite.seconds)};
  KtStatus status = kt_film_sketch(&sketch, &suite.film, err);
  status = status ? status : tell(&suite, err);
  status = status ? status : spot(&suite, err);
  status = status ? status : compose(&suite, err);
  status = status ? status : sound(&suite, cache, err);
  status = status ? status : deliver(&suite, err);
  kt_remove_tree(kt_path_join(suite.arena, cache, "suite-mix"), NULL);
  kt_mix_free(suite.mix);
  kt_stems_free(suite.stems, suite.stems ? 1 : 0);
  kt_performance_free(suite.performance);
  kt_score_free(suite.score);
  kt_plan_free(suite.plan);
  kt_spotting_free(suite.spotting);
  kt_story_free(suite.story);
  kt_film_free(suite.film);
  kt_arena_free(suite.arena);
  return status;
}
