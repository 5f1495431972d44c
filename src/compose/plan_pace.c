// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan_parts.h"

#include <math.h>
#include <stdlib.h>

/// Cuts a minute while the cue plays, as 0 slow .. 1 fast; -1 without a picture.
static double edit_pace(const KtPlanner *planner, const KtCue *cue) {
  const KtFilm *film = planner->desk->film;
  const KtPlanTempo *tempo = &planner->book->tempo;
  if (!film || !film->shots.count || cue->out <= cue->in) {
    return -1;
  }
  int cuts = 0;
  for (size_t i = 1; i < film->shots.count; ++i) {
    cuts += film->shots.items[i].start > cue->in && film->shots.items[i].start < cue->out;
  }
  double a_minute = cuts * 60 / fmax(kt_seconds(cue->out - cue->in), 4);
  double at = log(fmax(a_minute, 0.1) / (double)tempo->slow_cuts) /
              log((double)(tempo->fast_cuts / tempo->slow_cuts));
  return fmin(fmax(at, 0), 1);
}

static const KtPalette *palette_of(const KtDesk *desk, const KtCue *cue) {
  return desk->cue_palettes ? desk->cue_palettes[cue - desk->spotting->cues.items] : desk->palette;
}

/// Comedy skips where horror drags: what the palette makes of a feeling's tempo.
static double pace_of(const KtDesk *desk, const KtCue *cue) {
  const KtPalette *palette = palette_of(desk, cue);
  return palette && palette->pace > 0 ? (double)palette->pace : 1;
}

void kt_plan_tempo_range(const KtDesk *desk, const KtCue *cue, double *low, double *high) {
  const KtPalette *palette = palette_of(desk, cue);
  *low = palette && palette->tempo_min_bpm > 0 ? (double)palette->tempo_min_bpm : 50;
  *high = palette && palette->tempo_max_bpm > 0 ? (double)palette->tempo_max_bpm : 168;
  if (desk->brief && desk->brief->tempo_min_bpm > 0) {
    *low = (double)desk->brief->tempo_min_bpm;
    *high = fmax(*high, *low);
  }
  if (desk->brief && desk->brief->tempo_max_bpm > 0) {
    *high = (double)desk->brief->tempo_max_bpm;
    *low = fmin(*low, *high);
  }
}

/// A felt beat drawn into the range of the pulse that the cue's feeling means; as it is where it means none.
static double drawn_to_pulse(const KtPlanBook *book, const KtCue *cue, double felt) {
  const KtEmotion *e = &cue->emotion;
  for (unsigned i = 0; i < book->pulses_count; ++i) {
    const KtPlanPulse *pulse = &book->pulses[i];
    bool fits = pulse->chase == (cue->function == KT_FUNCTION_CHASE) && e->arousal >= pulse->arousal[0] &&
                e->arousal <= pulse->arousal[1] && e->tension >= pulse->tension[0] && e->tension <= pulse->tension[1];
    if (fits) {
      double goal = fmin(fmax(felt, (double)pulse->bpm[0]), (double)pulse->bpm[1]);
      return exp(log(felt) * (1 - (double)pulse->pull) + log(goal) * (double)pulse->pull);
    }
  }
  return felt;
}

/// Tempo by arousal and cutting, drawn towards the theme's own, and to a pulse that means something.
static double cue_bpm(const KtPlanner *planner, const KtCue *cue, const KtTheme *theme) {
  const KtPlanTempo *tempo = &planner->book->tempo;
  double arousal = 0.5 + 0.5 * (double)cue->emotion.arousal, pace = edit_pace(planner, cue);
  double pull = pace < 0 ? 0 : (double)tempo->edit_pull;
  double at = arousal * (1 - pull) + fmax(pace, 0) * pull;
  double bpm = (double)tempo->low_bpm * pow((double)(tempo->high_bpm / tempo->low_bpm), at);
  bpm *= 1 + 0.08 * (double)cue->emotion.valence;
  bpm *= pace_of(planner->desk, cue);
  bool grouped = theme->unit == 8 && theme->beats % 3 == 0;
  bpm *= grouped ? 1.4 : 1; // the beat felt is longer than a quarter there
  double own = theme->bpm;
  double share = (double)tempo->theme_pull;
  bpm = exp(log(bpm) * (1 - share) + log(own) * share);
  double grouping = grouped ? 1.5 : 1; // quarters to a beat felt
  bpm = grouping * drawn_to_pulse(planner->book, cue, bpm / grouping);
  double low, high;
  kt_plan_tempo_range(planner->desk, cue, &low, &high);
  return nearbyint(fmin(fmax(bpm, low), high) * 2) / 2;
}

typedef struct Loud {
  size_t cue;
  double want, seconds;
} Loud;

static int louder(const void *a, const void *b) {
  const Loud *x = a, *y = b;
  if (x->want != y->want) {
    return x->want < y->want ? 1 : -1;
  }
  return x->cue < y->cue ? -1 : x->cue > y->cue;
}

/// What a cue would use were there no others.
static double wanted_energy(const KtCue *cue) {
  double want = 0.35 + 0.3 * (double)cue->emotion.arousal + 0.25 * (double)cue->emotion.tension +
                0.2 * (double)cue->emotion.colours[KT_COLOUR_GRANDEUR];
  want +=
      cue->function == KT_FUNCTION_MAIN_TITLE || cue->function == KT_FUNCTION_END_TITLE ? 0.2 : 0;
  want += cue->function == KT_FUNCTION_CHASE ? 0.15 : 0;
  want -= 0.35 * (double)cue->speech_share;
  want -= (double)cue->emotion.colours[KT_COLOUR_INTIMACY] * 0.15;
  return fmin(fmax(want, 0.08), 1);
}

/// Full force only for the loudest small share of the music; everything else stays below it.
static KtStatus share_energy(KtPlanner *planner, KtError *err) {
  const KtSpotting *spotting = planner->desk->spotting;
  size_t count = spotting->cues.count;
  Loud *order = KT_NEW(planner->plan->arena, Loud, count ? count : 1);
  if (!order) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while planning the score");
  }
  double total = 0, used = 0;
  for (size_t i = 0; i < count; ++i) {
    const KtCue *cue = &spotting->cues.items[i];
    order[i] = (Loud){i, wanted_energy(cue), kt_seconds(cue->out - cue->in)};
    total += order[i].seconds;
  }
  qsort(order, count, sizeof(*order), louder);
  for (size_t i = 0; i < count; ++i) {
    unsigned row = 0;
    while (row + 1 < planner->book->energy_count &&
           used > 1e-9 + total * (double)planner->book->energy[row].share) {
      ++row;
    }
    double most = (double)planner->book->energy[row].most;
    // A cue keeps some of its own measure, so that a quiet film has no tutti.
    double energy = i ? fmin(most, 0.5 * most + 0.6 * order[i].want) : fmin(1, order[i].want + 0.3);
    planner->plan->cues[order[i].cue].energy = (float)fmin(most, energy);
    used += order[i].seconds;
  }
  return KT_OK;
}

KtStatus kt_plan_pace(KtPlanner *planner, KtError *err) {
  const KtSpotting *spotting = planner->desk->spotting;
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    const KtCue *cue = &spotting->cues.items[i];
    const KtTheme *theme = &planner->themes->items.items[kt_plan_lead(planner, cue)];
    KtCuePlan *plan = &planner->plan->cues[i];
    plan->bpm = cue_bpm(planner, cue, theme);
    plan->beats = theme->beats;
    plan->unit = theme->unit;
  }
  return share_energy(planner, err);
}
