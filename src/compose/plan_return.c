// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a theme belongs: the film's last return, told whole, and where it would say the opposite of what is felt.
#include "compose/plan_parts.h"

#include <math.h>

/// The last note of the last return rings so long, seconds.
static const double RING_S = 1.0;
/// A cue may go this much faster than its scene asks so that all of the tune fits.
static const double HURRY_MOST = 1.25;
/// As long as a tune is told, about, seconds.
enum { MOMENT_S = 14 };

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

/// The tempo at which a cue holds all of the principal theme: its own or a little more; 0 where that is not enough.
static double tempo_for_all(const KtPlanner *planner, size_t number) {
  const KtTheme *tune = &planner->themes->items.items[0];
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  double bpm = planner->plan->cues[number].bpm, low = 0, high = 0, room = kt_seconds(cue->out - cue->in) - RING_S;
  kt_plan_tempo_range(planner->desk, cue, &low, &high);
  double most = fmin(fmax(HURRY_MOST * bpm, tune->bpm), high); // its own tempo is no haste
  double needed = room > 0 ? ceil((double)tune->ticks / KT_PPQ * 60 / room) : HUGE_VAL;
  return needed <= bpm ? bpm : needed <= most ? needed : 0;
}

/// How ill the end of a cue is suited to the return, told at a tempo.
static double misfit(const KtPlanner *planner, size_t number, double bpm) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  double whole = kt_plan_whole_s(planner, bpm);
  KtFilmTime begins = cue->out - kt_film_time(whole);
  KtEmotion felt = kt_story_mean(planner->desk->story, begins, cue->out);
  double there = fmin(1, kt_plan_there_s(kt_plan_subject(planner, 0), begins, cue->out, true) / whole);
  return 0.4 * (double)(planner->plan->count - 1 - number) - there + 2 * log2(bpm / planner->plan->cues[number].bpm) +
         (feels_otherwise(planner, &planner->themes->items.items[0], &felt) ? 2 : 0) + 2 * (double)cue->speech_share;
}

void kt_plan_find_home(KtPlanner *planner) {
  const KtSpotting *spotting = planner->desk->spotting;
  size_t cues = spotting->cues.count;
  KtFilmTime end = cues ? spotting->cues.items[cues - 1].out : 0;
  KtFilmTime from = (KtFilmTime)((double)end * (double)planner->book->return_from);
  double least = HUGE_VAL;
  planner->home = -1;
  for (size_t i = 0; i < cues; ++i) {
    const KtCue *cue = &spotting->cues.items[i];
    double bpm = tempo_for_all(planner, i);
    if (cue->function == KT_FUNCTION_SOURCE || bpm <= 0 || cue->out - kt_film_time(kt_plan_whole_s(planner, bpm)) < from) {
      continue;
    }
    double cost = misfit(planner, i, bpm);
    if (cost < least) {
      least = cost;
      planner->home = (int)i;
      planner->home_bpm = bpm;
    }
  }
}
