// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan.h"
#include "compose/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

/// A film of fifteen minutes with three people, made up: who is there when, and how they fare.
typedef struct Made {
  KtArena *arena;
  KtContext ctx;
  KtStory story;
  KtSpotting spotting;
  KtPalette palette;
  KtBrief brief;
  KtDesk desk;
  KtThemes *themes;
  KtPlan *plan;
} Made;

static void add_span(Made *made, int subject, double start, double end, KtSubjectState state) {
  KtSubjectSpan *span = kt_array_push(made->arena, &made->story.subjects.items[subject].spans);
  *span = (KtSubjectSpan){kt_film_time(start), kt_film_time(end), state, 1};
}

static void add_subject(Made *made, const char *name, const char *rhythm, float weight,
                        float valence) {
  KtSubject *subject = kt_array_push(made->arena, &made->story.subjects);
  *subject = (KtSubject){.name = name,
                         .rhythm = rhythm,
                         .weight = weight,
                         .character = -1,
                         .emotion = {.valence = valence, .tension = 0.4F}};
}

static void add_cue(Made *made, double in, double out, KtFunction function, float valence,
                    float arousal, float tension, const int *subjects, int count) {
  KtCue *cue = kt_array_push(made->arena, &made->spotting.cues);
  *cue = (KtCue){.name = kt_arena_format(made->arena, "1m%02d", (int)made->spotting.cues.count),
                 .in = kt_film_time(in),
                 .out = kt_film_time(out),
                 .function = function,
                 .entry = KT_ENTRY_SNEAK_IN,
                 .emotion = {.valence = valence, .arousal = arousal, .tension = tension}};
  for (int i = 0; i < count; ++i) {
    int *subject = kt_array_push(made->arena, &cue->subjects);
    *subject = subjects[i];
  }
}

static void make_story(Made *made) {
  add_subject(made, "Anna", "/x", 0.6F, 0.2F);
  add_subject(made, "Martin", "/x", 0.3F, 0);
  add_subject(made, "the storm", "", 0.1F, -0.4F);
  add_span(made, 0, 0, 30, KT_STATE_UNKNOWN);
  add_span(made, 0, 30, 300, KT_STATE_PRESENT);
  add_span(made, 0, 300, 400, KT_STATE_AFRAID);
  add_span(made, 0, 500, 640, KT_STATE_LOST);
  add_span(made, 0, 800, 900, KT_STATE_RETURNED);
  add_span(made, 1, 90, 330, KT_STATE_PRESENT);
  add_span(made, 1, 600, 900, KT_STATE_PRESENT);
  add_span(made, 2, 300, 480, KT_STATE_STRONG);
  for (int i = 0; i < 1800; ++i) {
    KtArcPoint *point = kt_array_push(made->arena, &made->story.arc);
    *point = (KtArcPoint){i * KT_FLICKS_PER_SECOND / 2, {.valence = 0.1F, .tension = 0.3F}};
  }
  static const int anna[] = {0}, both[] = {0, 1}, storm[] = {2, 0}, martin[] = {1};
  add_cue(made, 0, 42, KT_FUNCTION_MAIN_TITLE, 0.2F, 0, 0.3F, anna, 1);
  add_cue(made, 60, 130, KT_FUNCTION_UNDERSCORE, 0.3F, -0.2F, 0.2F, both, 2);
  add_cue(made, 150, 156, KT_FUNCTION_STING, -0.3F, 0.5F, 0.7F, anna, 1);
  add_cue(made, 170, 290, KT_FUNCTION_MONTAGE, 0.4F, 0.3F, 0.2F, both, 2);
  add_cue(made, 305, 400, KT_FUNCTION_CHASE, -0.3F, 0.8F, 0.9F, storm, 2);
  add_cue(made, 420, 480, KT_FUNCTION_UNDERSCORE, -0.4F, 0.1F, 0.7F, storm, 1);
  add_cue(made, 520, 600, KT_FUNCTION_UNDERSCORE, -0.5F, -0.5F, 0.4F, anna, 1);
  add_cue(made, 650, 720, KT_FUNCTION_UNDERSCORE, 0, -0.2F, 0.3F, martin, 1);
  add_cue(made, 810, 900, KT_FUNCTION_END_TITLE, 0.5F, 0.4F, 0.2F, both, 2);
}

static Made *make(const char *palette, float tempo_max) {
  KtArena *arena = kt_arena_new();
  Made *made = KT_NEW(arena, Made, 1);
  made->arena = arena;
  made->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 3};
  made->palette = (KtPalette){.id = palette, .tempo_min_bpm = 56, .tempo_max_bpm = 150};
  made->brief = (KtBrief){.tempo_max_bpm = tempo_max};
  make_story(made);
  made->desk = (KtDesk){.ctx = &made->ctx,
                        .story = &made->story,
                        .spotting = &made->spotting,
                        .brief = &made->brief,
                        .palette = &made->palette};
  KtError err = {0};
  if (kt_compose_themes(&made->desk, &made->themes, &err) ||
      kt_compose_plan(&made->desk, made->themes, &made->plan, &err)) {
    fail_msg("%s: %s", err.file, err.message);
  }
  return made;
}

static void unmake(Made *made) {
  kt_plan_free(made->plan);
  kt_themes_free(made->themes);
  kt_arena_free(made->arena);
}

static void test_statements_fit_their_cues(void **state) {
  (void)state;
  Made *made = make("epic", 0);
  assert_int_equal(made->plan->count, made->spotting.cues.count);
  for (size_t c = 0; c < made->plan->count; ++c) {
    const KtCue *cue = &made->spotting.cues.items[c];
    const KtCuePlan *plan = &made->plan->cues[c];
    KtFilmTime end = cue->in;
    assert_true(plan->bpm >= 56 && plan->bpm <= 150);
    assert_true(plan->beats >= 2 && plan->unit >= 2);
    assert_true(plan->energy > 0 && plan->energy <= 1);
    assert_true(abs(kt_key_fifths(plan->key)) <= 7);
    for (size_t i = 0; i < plan->statements.count; ++i) {
      const KtPlannedStatement *s = &plan->statements.items[i];
      KtTick least = 0;
      kt_statement_ticks(&made->themes->items.items[s->theme], s->transform, &least);
      KtFilmTime length = kt_film_time((double)least / KT_PPQ * 60 / plan->bpm);
      assert_true(s->at >= end);
      assert_true(s->at + length <= cue->out);
      assert_true(s->energy <= plan->energy);
      assert_true((s->transform == KT_TRANSFORM_CONTRAPUNTAL) == (s->other >= 0));
      assert_true(s->other != s->theme);
      end = s->at + length;
    }
  }
  unmake(made);
}

static void test_first_is_plain_then_never_twice_alike(void **state) {
  (void)state;
  Made *made = make("chamber", 0);
  int last[8], heard[8] = {0};
  for (size_t c = 0; c < made->plan->count; ++c) {
    for (size_t i = 0; i < made->plan->cues[c].statements.count; ++i) {
      const KtPlannedStatement *s = &made->plan->cues[c].statements.items[i];
      if (s->recognisable && !heard[s->theme]) {
        assert_int_equal(s->transform, KT_TRANSFORM_PLAIN);
        assert_int_equal(s->role, KT_ROLE_LEAD);
        assert_true(s->energy <= 0.35F);
        heard[s->theme] = 1;
      } else if (heard[s->theme] > 0) {
        assert_int_not_equal(s->transform, last[s->theme]);
      }
      last[s->theme] = (int)s->transform;
    }
  }
  assert_true(heard[0] && heard[1]);
  unmake(made);
}

static void test_principal_lives(void **state) {
  (void)state;
  Made *made = make("epic", 0);
  double music = 0;
  int stated = 0, about = 0, with = 0, forms[KT_TRANSFORM_COUNT] = {0}, kinds = 0;
  for (size_t c = 0; c < made->plan->count; ++c) {
    const KtCue *cue = &made->spotting.cues.items[c];
    int here = 0, hers = 0;
    music += kt_seconds(cue->out - cue->in);
    for (size_t i = 0; i < made->plan->cues[c].statements.count; ++i) {
      const KtPlannedStatement *s = &made->plan->cues[c].statements.items[i];
      here += s->theme == 0;
      kinds += s->theme == 0 && !forms[s->transform]++;
    }
    for (size_t i = 0; i < cue->subjects.count; ++i) {
      hers += cue->subjects.items[i] == 0;
    }
    stated += here;
    about += hers;
    with += hers && here;
  }
  assert_true(stated >= music / 90);
  assert_true(with * 2 >= about);
  assert_true(kinds >= 4);
  const KtCuePlan *end = &made->plan->cues[made->plan->count - 1];
  assert_true(end->statements.count > 0);
  assert_int_equal(end->statements.items[0].theme, 0);
  assert_int_equal(end->key.tonic, made->themes->items.items[0].key.tonic); // home at last
  unmake(made);
}

static void test_states_are_heard(void **state) {
  (void)state;
  Made *made = make("epic", 0);
  int afraid = 0, lost = 0, together = 0;
  for (size_t c = 0; c < made->plan->count; ++c) {
    for (size_t i = 0; i < made->plan->cues[c].statements.count; ++i) {
      const KtPlannedStatement *s = &made->plan->cues[c].statements.items[i];
      const KtTheme *theme = &made->themes->items.items[s->theme];
      if (s->state == KT_STATE_AFRAID && s->transform != KT_TRANSFORM_PLAIN) {
        assert_true(s->mode < theme->key.mode || theme->key.mode <= KT_MODE_PHRYGIAN);
        ++afraid;
      }
      lost += s->state == KT_STATE_LOST;
      together += s->transform == KT_TRANSFORM_CONTRAPUNTAL;
    }
  }
  assert_true(afraid > 0);
  assert_true(lost > 0);
  assert_true(together > 0);
  unmake(made);
}

static void test_energy_is_kept_back(void **state) {
  (void)state;
  Made *made = make("epic", 0);
  int full = 0;
  size_t loudest = 0;
  for (size_t c = 0; c < made->plan->count; ++c) {
    full += made->plan->cues[c].energy > 0.85F;
    loudest = made->plan->cues[c].energy > made->plan->cues[loudest].energy ? c : loudest;
  }
  assert_true(full <= 1);
  assert_int_equal(made->spotting.cues.items[loudest].function, KT_FUNCTION_CHASE);
  unmake(made);
}

static void test_brief_bounds_the_tempo(void **state) {
  (void)state;
  Made *made = make("pulse", 80);
  for (size_t c = 0; c < made->plan->count; ++c) {
    assert_true(made->plan->cues[c].bpm <= 80);
  }
  unmake(made);
}

/// A cue in a world of its own keeps that palette's pace.
static void test_a_world_has_its_tempo(void **state) {
  (void)state;
  Made *made = make("pulse", 0);
  KtPalette slow = {.id = "horror", .tempo_min_bpm = 40, .tempo_max_bpm = 52};
  const KtPalette *of[16];
  for (size_t c = 0; c < made->plan->count; ++c) {
    of[c] = c == 3 ? &slow : &made->palette;
  }
  made->desk.cue_palettes = of;
  KtPlan *plan = NULL;
  assert_int_equal(kt_compose_plan(&made->desk, made->themes, &plan, NULL), KT_OK);
  assert_true(made->plan->cues[3].bpm >= 56 && plan->cues[3].bpm <= 52);
  assert_true(fabs(plan->cues[1].bpm - made->plan->cues[1].bpm) < 1e-9);
  kt_plan_free(plan);
  unmake(made);
}

/// Somebody no cue is about is heard of where she is; somebody who is nowhere is not.
static void test_everybody_is_heard_of(void **state) {
  (void)state;
  Made *made = make("chamber", 0);
  add_subject(made, "Clara", "x/", 0.2F, 0.1F);
  add_subject(made, "Nemo", "/x", 0.2F, 0.1F);
  add_span(made, 3, 655, 715, KT_STATE_PRESENT);
  add_span(made, 4, 730, 780, KT_STATE_PRESENT); // between two cues
  KtThemes *themes = NULL;
  KtPlan *plan = NULL;
  assert_int_equal(kt_compose_themes(&made->desk, &themes, NULL), KT_OK);
  assert_int_equal(kt_compose_plan(&made->desk, themes, &plan, NULL), KT_OK);
  int times[5] = {0};
  for (size_t c = 0; c < plan->count; ++c) {
    for (size_t i = 0; i < plan->cues[c].statements.count; ++i) {
      const KtPlannedStatement *s = &plan->cues[c].statements.items[i];
      times[s->theme] += s->recognisable;
      if (s->theme == 3) {
        assert_int_equal(c, 7);
        assert_int_equal(s->transform, KT_TRANSFORM_PLAIN);
      }
    }
  }
  assert_true(times[0] && times[1] && times[2]);
  assert_int_equal(times[3], 1);
  assert_int_equal(times[4], 0);
  kt_plan_free(plan);
  kt_themes_free(themes);
  unmake(made);
}

/// The principal theme comes back at the end told to its last note, in a piece and at home.
static void test_the_return_is_whole(void **state) {
  (void)state;
  Made *made = make("epic", 0);
  const KtTheme *tune = &made->themes->items.items[0];
  int whole = 0;
  for (size_t c = 0; c < made->plan->count; ++c) {
    const KtCuePlan *plan = &made->plan->cues[c];
    for (size_t i = 0; i < plan->statements.count; ++i) {
      const KtPlannedStatement *s = &plan->statements.items[i];
      double left = kt_seconds(made->spotting.cues.items[c].out - s->at);
      if (s->whole) {
        ++whole;
        assert_int_equal(s->theme, 0);
        assert_int_equal(s->state, KT_STATE_RETURNED);
        assert_int_equal(c, made->plan->count - 1);
        assert_true(left >= (double)tune->ticks / KT_PPQ * 60 / plan->bpm);
        assert_true(s->transform == KT_TRANSFORM_PLAIN || s->transform == KT_TRANSFORM_CONTRAPUNTAL ||
                    s->transform == KT_TRANSFORM_REHARMONISED);
      }
    }
  }
  assert_int_equal(whole, 1);
  unmake(made);
}

/// Times a theme is planned, with all moments of the film felt alike.
static int times_felt(Made *made, int theme, float valence) {
  KtPlan *plan = NULL;
  int times = 0;
  for (size_t i = 0; i < made->story.arc.count; ++i) {
    made->story.arc.items[i].emotion.valence = valence;
  }
  assert_int_equal(kt_compose_plan(&made->desk, made->themes, &plan, NULL), KT_OK);
  for (size_t c = 0; c < plan->count; ++c) {
    for (size_t i = 0; i < plan->cues[c].statements.count; ++i) {
      times += plan->cues[c].statements.items[i].theme == theme;
    }
  }
  kt_plan_free(plan);
  return times;
}

/// An idea that is nowhere is heard where it is felt, and not where the opposite is.
static void test_an_idea_is_not_told_where_the_opposite_is_felt(void **state) {
  (void)state;
  Made *made = make("chamber", 0);
  add_subject(made, "the dread", "", 0.1F, -0.8F);
  made->story.subjects.items[3].kind = KT_SUBJECT_IDEA;
  kt_themes_free(made->themes);
  assert_int_equal(kt_compose_themes(&made->desk, &made->themes, NULL), KT_OK);
  assert_true(made->themes->items.items[3].key.mode <= KT_MODE_DORIAN);
  assert_int_equal(times_felt(made, 3, 0.4F), 0);
  assert_true(times_felt(made, 3, -0.4F) > 0);
  unmake(made);
}

/// Who is seen in a cue for the first time is heard there beside the one it is about.
static void test_who_is_new_is_heard_where_he_is_seen(void **state) {
  (void)state;
  Made *made = make("chamber", 0);
  add_subject(made, "Clara", "x/", 0.2F, 0.1F);
  add_span(made, 3, 170, 290, KT_STATE_PRESENT); // in a montage of two others
  KtThemes *themes = NULL;
  KtPlan *plan = NULL;
  assert_int_equal(kt_compose_themes(&made->desk, &themes, NULL), KT_OK);
  assert_int_equal(kt_compose_plan(&made->desk, themes, &plan, NULL), KT_OK);
  int clara = 0, others = 0;
  for (size_t i = 0; i < plan->cues[3].statements.count; ++i) {
    const KtPlannedStatement *s = &plan->cues[3].statements.items[i];
    clara += s->theme == 3 && s->recognisable && s->transform == KT_TRANSFORM_PLAIN;
    others += s->theme != 3;
  }
  assert_int_equal(clara, 1);
  assert_true(others > 0);
  kt_plan_free(plan);
  kt_themes_free(themes);
  unmake(made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_statements_fit_their_cues),
      cmocka_unit_test(test_first_is_plain_then_never_twice_alike),
      cmocka_unit_test(test_principal_lives),
      cmocka_unit_test(test_everybody_is_heard_of),
      cmocka_unit_test(test_the_return_is_whole),
      cmocka_unit_test(test_an_idea_is_not_told_where_the_opposite_is_felt),
      cmocka_unit_test(test_who_is_new_is_heard_where_he_is_seen),
      cmocka_unit_test(test_states_are_heard),
      cmocka_unit_test(test_energy_is_kept_back),
      cmocka_unit_test(test_brief_bounds_the_tempo),
      cmocka_unit_test(test_a_world_has_its_tempo),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
