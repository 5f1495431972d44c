// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>

/// A blow tells a loss where all that was loud and moving is gone after it, and stays gone. How
/// much must fall, and for how long, is measured from what comes right with the blow.
static const double swing_s = 4.0;   ///< the blow and its echo
static const double hush_s = 6.0;    ///< from when on it must be still
static const double still_s = 7.0;   ///< for so long
static const double fall_db = 12.0;  ///< least fall of the sound
static const double whole_db = 20.0; ///< a fall that leaves no doubt
static const double apart_s = 45.0;  ///< from one loss to the next
static const float least_moved = 0.08F, sharp = 0.7F, sure = 0.45F;

static double loud(const KtFilm *film, double from, double to) {
  double sum = 0;
  double count = 0;
  for (long i = lround(fmax(0, from) * 10); i < lround(to * 10); ++i) {
    if (i < (long)film->loudness.count) {
      double lufs = (double)film->loudness.items[i].momentary_lufs;
      sum += isfinite(lufs) ? fmax(lufs, -60) : -60;
      ++count;
    }
  }
  return count > 0 ? sum / count : -60;
}

static double loudest(const KtFilm *film, double from, double to) {
  double most = -60;
  for (double at = from; at + 2 <= to; at += 0.5) {
    most = fmax(most, loud(film, at, at + 2));
  }
  return most;
}

static float moved(const KtFilm *film, double from, double to) {
  return kt_film_average(film, kt_film_time(fmax(0, from)), kt_film_time(fmax(0, to))).motion;
}

static float weight_of(const KtStoryWork *work, const KtMoment *moment) {
  const KtFilm *film = work->film;
  double at = kt_seconds(moment->at);
  bool sudden = moment->kind == KT_MOMENT_IMPACT || moment->kind == KT_MOMENT_TRANSIENT ||
                moment->kind == KT_MOMENT_FLASH;
  if (!sudden || moment->strength < sharp || at + hush_s + still_s > kt_seconds(work->end)) {
    return 0;
  }
  double fall =
      loudest(film, at - 1, at + swing_s) - loud(film, at + hush_s, at + hush_s + still_s);
  // before it there was less than with it: the blow itself is the height
  double rise = loudest(film, at - 1, at + swing_s) - loud(film, at - 6, at - 1);
  float with = fmaxf(moved(film, at - 2, at), moved(film, at, at + swing_s));
  float after = moved(film, at + hush_s, at + hush_s + still_s);
  if (fall < fall_db || rise < fall_db / 3 || with < least_moved) {
    return 0;
  }
  float still = kt_clamp(1 - after / with, 0, 1);
  return moment->strength * (float)fmin(1, fall / whole_db) * still;
}

void kt_story_blows(KtStoryWork *work) {
  const KtFilm *film = work->film;
  if (!film || !film->loudness.count || !isfinite(film->integrated_lufs)) {
    return;
  }
  for (size_t i = 0; i < film->moments.count; ++i) {
    float weight = weight_of(work, &film->moments.items[i]);
    KtFilmTime at = film->moments.items[i].at;
    KtBlow *last = work->blows.count ? &work->blows.items[work->blows.count - 1] : NULL;
    if (weight < sure) {
      continue;
    }
    if (last && at - last->at < kt_film_time(apart_s)) {
      *last = weight > last->weight ? (KtBlow){at, weight} : *last;
      continue;
    }
    KtBlow *blow = kt_array_push(work->scratch, &work->blows);
    if (blow) {
      *blow = (KtBlow){at, weight};
    }
  }
}
