// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a cue may leave the beat: stillness, and what its upbeat leads to.
#include "compose/sketch.h"

#include <math.h>

static const double STEP_S = 0.5;
static const double UPBEAT_S = 3.0; ///< an upbeat is no longer

/// Movement of the picture there, 0..1; 0 without a picture.
static float motion_at(const KtFilm *film, KtFilmTime at) {
  for (size_t i = 0; film && i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    if (at >= shot->start && at < shot->end) {
      return shot->motion;
    }
  }
  return 0;
}

static bool is_still(const KtSketch *sketch, KtFilmTime at, float *arousal) {
  const KtStillLore *still = &sketch->lore.emotion->still;
  KtEmotion e = kt_story_mean(sketch->desk->story, at, at + kt_film_time(STEP_S));
  *arousal = e.arousal;
  return e.arousal < still->arousal && e.tension < still->tension &&
         motion_at(sketch->desk->film, at) < still->motion;
}

static void add_still(const KtSketch *sketch, KtFilmTime from, KtFilmTime to, double arousal, KtFitStills *stills) {
  const KtStillLore *still = &sketch->lore.emotion->still;
  if (kt_seconds(to - from) < (double)still->seconds) {
    return;
  }
  KtFitStill *made = kt_array_push(sketch->arena, stills);
  if (made) {
    float wish = ((float)arousal - still->arousal) / (still->full - still->arousal);
    *made = (KtFitStill){from - sketch->cue->in, to - sketch->cue->in, kt_clamp(wish, 0, 1)};
  }
}

void kt_sketch_stills(const KtSketch *sketch, KtFitStills *stills) {
  const KtCue *cue = sketch->cue;
  KtFilmTime step = kt_film_time(STEP_S), from = cue->in;
  double sum = 0;
  if (cue->function == KT_FUNCTION_CHASE || cue->function == KT_FUNCTION_MONTAGE) {
    return;
  }
  for (KtFilmTime at = cue->in; at < cue->out; at += step) {
    float arousal;
    if (is_still(sketch, at, &arousal)) {
      sum += (double)arousal;
      continue;
    }
    add_still(sketch, from, at, at > from ? sum / ((double)(at - from) / (double)step) : 0, stills);
    from = at + step;
    sum = 0;
  }
  double steps = (double)(cue->out - from) / (double)step;
  add_still(sketch, from, cue->out, steps > 0 ? sum / fmax(1, steps) : 0, stills);
}

KtFilmTime kt_sketch_arrival(const KtSketch *sketch) {
  const KtDesk *desk = sketch->desk;
  KtFilmTime in = sketch->cue->in, latest = in + kt_film_time(UPBEAT_S), found = 0;
  float most = 0;
  for (size_t i = 0; i < desk->spotting->hits.count; ++i) {
    const KtHit *hit = &desk->spotting->hits.items[i];
    if (hit->cue == sketch->score->cue && hit->at > in && hit->at <= latest && hit->weight > most) {
      found = hit->at;
      most = hit->weight;
    }
  }
  for (size_t i = 0; !found && i < desk->story->turns.count; ++i) {
    const KtTurn *turn = &desk->story->turns.items[i];
    found = turn->at > in && turn->at <= latest ? turn->at : 0;
  }
  for (size_t i = 0; found && desk->film && i < desk->film->shots.count; ++i) { // the cut the eye sees
    KtFilmTime cut = desk->film->shots.items[i].start;
    found = cut > in && fabs(kt_seconds(cut - found)) < 0.3 ? cut : found;
  }
  return found ? found - in : 0;
}
