// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a theme belongs: the film's last return, told whole, and where it would say the opposite of what is felt.
#include "compose/plan_parts.h"

#include <math.h>

/// The last note of the last return rings so long, seconds; and so much before the end it may begin to be told.
static const double RING_S = 1.0;
/// A moment, seconds.
enum { MOMENT_S = 10 };

const KtSubject *kt_plan_subject(const KtPlanner *planner, int theme) {
  const KtStory *story = planner->desk->story;
  int subject = planner->themes->items.items[theme].subject;
  return subject >= 0 && (size_t)subject < story->subjects.count ? &story->subjects.items[subject] : NULL;
}

bool kt_plan_is_person(const KtPlanner *planner, int theme) {
  const KtSubject *who = kt_plan_subject(planner, theme);
  return who && who->kind == KT_SUBJECT_CHARACTER;
}

double kt_plan_there_s(const KtSubject *who, KtFilmTime from, KtFilmTime to, bool known) {
  KtFilmTime there = 0;
  for (size_t i = 0; who && i < who->spans.count; ++i) {
    const KtSubjectSpan *span = &who->spans.items[i];
    KtFilmTime start = span->start > from ? span->start : from, end = span->end < to ? span->end : to;
    bool counts = span->state != KT_STATE_ABSENT && !(known && span->state == KT_STATE_UNKNOWN);
    there += counts && end > start ? end - start : 0;
  }
  return kt_seconds(there);
}

/// Whether what is felt is the opposite of a tune's mode.
static bool feels_otherwise(const KtPlanner *planner, const KtTheme *tune, const KtEmotion *felt) {
  bool dark = tune->key.mode <= KT_MODE_DORIAN; // modes stand from dark to light
  return dark ? felt->valence > planner->book->opposite : felt->valence < -planner->book->opposite;
}

bool kt_plan_opposed(const KtPlanner *planner, int theme, KtFilmTime at) {
  const KtSubject *who = kt_plan_subject(planner, theme);
  if (!who || who->kind == KT_SUBJECT_CHARACTER || kt_subject_at(who, at).state != KT_STATE_ABSENT) {
    return false;
  }
  KtEmotion felt = kt_story_mean(planner->desk->story, at, at + MOMENT_S * KT_FLICKS_PER_SECOND);
  return feels_otherwise(planner, &planner->themes->items.items[theme], &felt);
}

double kt_plan_whole_s(const KtPlanner *planner, double bpm) {
  return (double)planner->themes->items.items[0].ticks / KT_PPQ * 60 / bpm + RING_S;
}

int kt_plan_home(const KtPlanner *planner) {
  const KtSpotting *spotting = planner->desk->spotting;
  size_t cues = spotting->cues.count;
  KtFilmTime end = cues ? spotting->cues.items[cues - 1].out : 0;
  KtFilmTime from = (KtFilmTime)((double)end * (double)planner->book->return_from);
  const KtTheme *tune = &planner->themes->items.items[0];
  int best = -1;
  double least = HUGE_VAL;
  for (size_t i = 0; i < cues; ++i) {
    const KtCue *cue = &spotting->cues.items[i];
    double whole = kt_plan_whole_s(planner, planner->plan->cues[i].bpm);
    KtFilmTime begins = cue->out - kt_film_time(whole);
    if (cue->function == KT_FUNCTION_SOURCE || begins < cue->in || begins < from) {
      continue;
    }
    KtEmotion felt = kt_story_mean(planner->desk->story, begins, cue->out);
    const KtSubject *who = kt_plan_subject(planner, 0);
    double there = fmin(1, kt_plan_there_s(who, begins, cue->out, true) / whole);
    double cost = 0.4 * (double)(cues - 1 - i) - there + (feels_otherwise(planner, tune, &felt) ? 2 : 0) +
                  2 * (double)cue->speech_share;
    if (cost < least) {
      least = cost;
      best = (int)i;
    }
  }
  return best;
}
