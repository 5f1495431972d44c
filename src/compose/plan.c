// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan.h"

#include "compose/plan_parts.h"

#include <stdlib.h>

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory while planning the score");
}

int kt_plan_theme_of(const KtThemes *themes, int subject) {
  for (size_t i = 0; i < themes->items.count; ++i) {
    if (themes->items.items[i].subject == subject) {
      return (int)i;
    }
  }
  return -1;
}

int kt_plan_lead(const KtPlanner *planner, const KtCue *cue) {
  for (size_t i = 0; i < cue->subjects.count; ++i) {
    int theme = kt_plan_theme_of(planner->themes, cue->subjects.items[i]);
    if (theme >= 0) {
      return theme;
    }
  }
  return 0;
}

/// Whether few enough of the head's intervals change: a third of them, by a semitone.
static bool known_in(const KtTheme *tune, KtMode mode) {
  KtKey key = {tune->key.tonic, mode};
  int off = 0;
  for (int i = 1; i < tune->head && (size_t)i < tune->notes.count; ++i) {
    const KtThemeNote *a = &tune->notes.items[i - 1], *b = &tune->notes.items[i];
    int was = kt_theme_pitch(tune, b) - kt_theme_pitch(tune, a);
    int is = kt_key_pitch(key, tune->tonic_midi, b->degree, b->alter) -
             kt_key_pitch(key, tune->tonic_midi, a->degree, a->alter);
    off += abs(was - is);
  }
  return off <= (tune->head > 4 ? (tune->head - 1) / 3 : 1);
}

KtMode kt_plan_mode(const KtPlanBook *book, const KtTheme *tune, KtPlanShade shade) {
  KtMode mode = kt_plan_shade(book, tune->key.mode, shade);
  if (known_in(tune, mode)) {
    return mode;
  }
  int step = shade == KT_SHADE_DARKER ? -1 : 1; // modes stand from dark to light
  for (int m = (int)tune->key.mode + step; m > KT_MODE_LOCRIAN && m <= KT_MODE_LYDIAN; m += step) {
    if (known_in(tune, (KtMode)m)) {
      return (KtMode)m;
    }
  }
  return mode; // then it is what its subject feels that is heard, not who
}

static bool inside(float value, const float range[2]) {
  return value >= range[0] && value <= range[1];
}

/// The span a moment of the cue belongs to: the one there, or the next within a phrase's reach. A
/// subject the cue is about is present between its spans.
static KtSubjectState nearest_state(const KtSubject *subject, int index, const KtCue *cue,
                                    KtFilmTime time) {
  KtFilmTime reach = 8 * KT_FLICKS_PER_SECOND, nearest = reach;
  KtSubjectState state = KT_STATE_ABSENT;
  for (size_t i = 0; i < subject->spans.count; ++i) {
    const KtSubjectSpan *span = &subject->spans.items[i];
    KtFilmTime away = time < span->start  ? span->start - time
                      : time >= span->end ? time - span->end
                                          : 0;
    if (span->state != KT_STATE_ABSENT && away < nearest) {
      nearest = away;
      state = span->state;
    }
  }
  for (size_t i = 0; state == KT_STATE_ABSENT && i < cue->subjects.count; ++i) {
    state = !i && cue->subjects.items[i] == index ? KT_STATE_PRESENT : state;
  }
  return state;
}

KtSubjectState kt_plan_state_at(const KtPlanner *planner, int theme, const KtCue *cue,
                                KtFilmTime time) {
  const KtStory *story = planner->desk->story;
  int subject = planner->themes->items.items[theme].subject;
  KtSubjectState state = KT_STATE_PRESENT;
  if (subject >= 0 && (size_t)subject < story->subjects.count) {
    state = nearest_state(&story->subjects.items[subject], subject, cue, time);
  }
  const KtThemeLife *life = &planner->lives[theme];
  if (state == KT_STATE_ABSENT && life->introduced) {
    bool dark = kt_story_at(story, time).valence < 0; // music about someone who is not there, or not as he is now
    return dark && kt_plan_opposed(planner, theme, time) ? KT_STATE_LOST : KT_STATE_REMEMBERED;
  }
  if (state != KT_STATE_PRESENT) {
    return state;
  }
  if (life->introduced &&
      (life->last_state == KT_STATE_LOST || life->last_state == KT_STATE_REMEMBERED) &&
      time - life->last_at > 60 * KT_FLICKS_PER_SECOND) {
    return KT_STATE_RETURNED;
  }
  KtEmotion feeling = kt_story_at(story, time);
  for (unsigned i = 0; i < planner->book->feelings_count; ++i) {
    const KtPlanFeeling *row = &planner->book->feelings[i];
    if (inside(feeling.tension, row->tension) && inside(feeling.valence, row->valence) &&
        inside(feeling.arousal, row->arousal)) {
      return row->state;
    }
  }
  return state;
}

static KtStatus plan_film(KtPlanner *planner, KtError *err) {
  KtPlan *plan = planner->plan;
  const KtSpotting *spotting = planner->desk->spotting;
  plan->count = spotting->cues.count;
  plan->cues = KT_NEW(plan->arena, KtCuePlan, plan->count ? plan->count : 1);
  planner->lives = KT_NEW(plan->arena, KtThemeLife, planner->themes->items.count + 1);
  if (!plan->cues || !planner->lives) {
    return no_memory(err);
  }
  KtStatus status = kt_plan_pace(planner, err);
  return status ? status : kt_plan_cues(planner, err);
}

KtStatus kt_compose_plan(const KtDesk *desk, const KtThemes *themes, KtPlan **plan, KtError *err) {
  *plan = NULL;
  if (!themes->items.count) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "a plan needs a theme at least");
  }
  KtArena *arena = kt_arena_new();
  KtPlan *made = arena ? KT_NEW(arena, KtPlan, 1) : NULL;
  KtPlanBook *book = NULL;
  KtStatus status = made ? kt_plan_book_load(desk->ctx, &book, err) : no_memory(err);
  if (!status) {
    made->arena = arena;
    KtPlanner planner = {.desk = desk,
                         .themes = themes,
                         .book = book,
                         .plan = made};
    status = plan_film(&planner, err);
  }
  kt_plan_book_free(book);
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *plan = made;
  return KT_OK;
}

void kt_plan_free(KtPlan *plan) {
  if (plan) {
    kt_arena_free(plan->arena); // the plan itself lives in its arena
  }
}
