// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A theme that is made is heard: whoever was given no statement is the guest of the cue nearest to him.
#include "compose/plan_parts.h"
#include "compose/statement.h"

#include <math.h>

/// How often a theme that found no room in a cue is tried in another.
enum { TRIES = 4 };
/// The price of a cue in which a person is not; a theme that costs as much is not heard there.
static const double NOT_THERE = 100;

/// A guest's cue: the nearest, and those that were tried in vain.
typedef struct Places {
  bool *tried; ///< a cue each
} Places;

double kt_plan_known_s(const KtTheme *theme, double bpm) {
  return (double)kt_statement_known(theme) / KT_PPQ * 60 / bpm;
}

double kt_plan_host_s(const KtPlanner *planner, int theme, double bpm) {
  const KtTheme *tune = &planner->themes->items.items[theme];
  double least = 0;
  kt_plan_form_s(tune, KT_TRANSFORM_FRAGMENT, bpm, &least);
  return planner->lives[theme].introduced ? least : kt_plan_known_s(tune, bpm);
}

static KtStatus plan_once(KtPlanner *planner, KtError *err) {
  KtPlan *plan = planner->plan;
  for (size_t i = 0; i < planner->themes->items.count; ++i) {
    planner->lives[i] = (KtThemeLife){0};
  }
  planner->since_principal_s = 1e6;
  planner->since_together = 1000;
  planner->planned = planner->marked = planner->with_principal = planner->told_principal = 0;
  KtStatus status = KT_OK;
  for (size_t i = 0; !status && i < plan->count; ++i) {
    plan->cues[i].statements.count = 0;
    status = kt_plan_cue(planner, i, err);
  }
  return status;
}

/// Whether a theme is stated so that it is known; heads hidden in another's music do not count.
static bool is_stated(const KtPlan *plan, int theme) {
  for (size_t i = 0; i < plan->count; ++i) {
    for (size_t k = 0; k < plan->cues[i].statements.count; ++k) {
      const KtPlannedStatement *s = &plan->cues[i].statements.items[k];
      if ((s->theme == theme || s->other == theme) && s->recognisable) {
        return true;
      }
    }
  }
  return false;
}

/// Whether the principal's cues that state its theme are as few as may be.
static bool barely_told(const KtPlanner *planner) {
  return (float)(planner->told_principal - 1) < planner->book->principal_share * (float)planner->with_principal;
}

/// Whether a cue feels the opposite of a theme wherever that could be stated in it.
static bool is_opposed_in(const KtPlanner *planner, int theme, const KtCue *cue) {
  const KtTheme *tune = &planner->themes->items.items[theme];
  double bpm = planner->plan->cues[cue - planner->desk->spotting->cues.items].bpm;
  KtFilmTime latest = cue->out - kt_film_time(kt_plan_known_s(tune, bpm));
  for (KtFilmTime at = cue->in; at == cue->in || at < latest; at += KT_FLICKS_PER_SECOND) {
    if (!kt_plan_opposed(planner, theme, at)) {
      return false;
    }
  }
  return true;
}

/// Whether a place or an idea would be heard instead of the person whose scene a cue is.
static bool takes_a_scene(const KtPlanner *planner, int theme, size_t number) {
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  int lead = kt_plan_lead(planner, cue);
  double seconds = kt_seconds(cue->out - cue->in), bpm = planner->plan->cues[number].bpm;
  bool scene = !kt_plan_is_person(planner, theme) && kt_plan_is_person(planner, lead) &&
               kt_plan_there_s(kt_plan_subject(planner, lead), cue->in, cue->out, true) > seconds / 2;
  return scene && seconds < kt_plan_host_s(planner, lead, bpm) + kt_plan_known_s(&planner->themes->items.items[theme], bpm);
}

/// How far a subject is from a cue: there or not, felt like it or not, room or not.
static double away(const KtPlanner *planner, int theme, size_t number) {
  const KtStory *story = planner->desk->story;
  const KtCue *cue = &planner->desk->spotting->cues.items[number];
  const KtCuePlan *plan = &planner->plan->cues[number];
  const KtTheme *tune = &planner->themes->items.items[theme];
  double seconds = kt_seconds(cue->out - cue->in), known = kt_plan_known_s(tune, plan->bpm);
  double cost = 0.15 * (double)plan->statements.count * 30 / fmax(seconds, 1);
  cost += seconds < known + 1 ? 5 : seconds < 2 * known + 3 ? 0.5 : 0;
  cost += !number || number + 1 == planner->plan->count ? 1.5 : 0; // a title and an end are the principal's
  for (size_t i = 0; i < plan->statements.count; ++i) { // somebody else's only statement is not taken
    const KtThemeLife *life = &planner->lives[plan->statements.items[i].theme];
    bool last = life->stated < 2, due = !plan->statements.items[i].theme && barely_told(planner);
    cost += (last || due) && seconds < 2 * known + 3 ? 3 : 0;
  }
  const KtSubject *who = kt_plan_subject(planner, theme);
  if (!who) {
    return cost;
  }
  KtEmotion here = kt_story_mean(story, cue->in, cue->out);
  double there = kt_plan_there_s(who, cue->in, cue->out, false);
  cost += who->kind == KT_SUBJECT_CHARACTER && there <= 0 ? NOT_THERE : 0;
  cost += is_opposed_in(planner, theme, cue) || takes_a_scene(planner, theme, number) ? NOT_THERE : 0;
  cost -= 1.5 * fmin(1, there / fmin(seconds, 8));
  return cost + fabs((double)(here.valence - who->emotion.valence)) + fabs((double)(here.arousal - who->emotion.arousal)) +
         fabs((double)(here.tension - who->emotion.tension));
}

static int nearest(const KtPlanner *planner, int theme, const Places *places) {
  int best = -1;
  double least = HUGE_VAL;
  for (size_t i = 0; i < planner->plan->count; ++i) {
    const KtCue *cue = &planner->desk->spotting->cues.items[i];
    double cost = away(planner, theme, i);
    if (cue->function != KT_FUNCTION_SOURCE && planner->guests[i] < 0 && !places->tried[i] && cost < fmin(least, NOT_THERE / 2)) {
      least = cost;
      best = (int)i;
    }
  }
  return best;
}

/// One theme's place; where it finds none the plan is as it was.
static KtStatus invite(KtPlanner *planner, int theme, KtError *err) {
  Places places = {KT_NEW(planner->plan->arena, bool, planner->plan->count + 1)};
  KtStatus status = places.tried ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory while planning the score");
  for (int i = 0; i < TRIES && !status; ++i) {
    int cue = nearest(planner, theme, &places);
    if (cue < 0) {
      return KT_OK;
    }
    planner->guests[cue] = theme;
    status = plan_once(planner, err);
    if (status || is_stated(planner->plan, theme)) {
      return status;
    }
    planner->guests[cue] = -1;
    places.tried[cue] = true;
    status = plan_once(planner, err);
  }
  return status;
}

/// Sends away the guest of the first cue a theme leads; false where there is none.
static bool dismiss(KtPlanner *planner, int theme) {
  for (size_t i = 0; i < planner->plan->count; ++i) {
    const KtCue *cue = &planner->desk->spotting->cues.items[i];
    if (planner->guests[i] >= 0 && planner->guests[i] != theme && kt_plan_lead(planner, cue) == theme) {
      planner->guests[i] = -1;
      return true;
    }
  }
  return false;
}

KtStatus kt_plan_cues(KtPlanner *planner, KtError *err) {
  size_t cues = planner->plan->count;
  planner->guests = KT_NEW(planner->plan->arena, int, cues + 1);
  if (!planner->guests) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while planning the score");
  }
  for (size_t i = 0; i < cues; ++i) {
    planner->guests[i] = -1;
  }
  kt_plan_find_home(planner);
  KtStatus status = plan_once(planner, err);
  for (size_t t = 0; t < planner->themes->items.count && !status; ++t) {
    if (!is_stated(planner->plan, (int)t)) {
      status = invite(planner, (int)t, err);
    }
  }
  // who lost his only cue to a guest has it back
  for (size_t t = 0; t < planner->themes->items.count && !status; ++t) {
    if (!is_stated(planner->plan, (int)t) && dismiss(planner, (int)t)) {
      status = plan_once(planner, err);
    }
  }
  return status;
}
