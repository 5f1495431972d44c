// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pace of the telling from cutting and movement, after Adams, Dorai & Venkatesh (IEEE Transactions
// on Multimedia 4, 2002); on a fixed scale instead of the film's own, so that two films compare.
#include "film/see.h"

#include <math.h>
#include <stdlib.h>

enum { REACH_S = 20 };
#define WIDTH_S    7.0  ///< deviation of the window that looks around
#define BRISK_CUTS 20.0 ///< a minute; as often as a usual scene of action
#define LIVELY     0.25 ///< KtFrame.motion of a usual scene of action

static double window(double away_s) {
  return exp(-0.5 * away_s * away_s / (WIDTH_S * WIDTH_S));
}

void kt_pace_find(KtFilm *film) {
  size_t count = (size_t)(kt_seconds(film->duration)) + 1;
  KtArena *scratch = kt_arena_new();
  double *motion = scratch ? KT_NEW(scratch, double, count) : NULL;
  double *cuts = scratch ? KT_NEW(scratch, double, count) : NULL;
  double *seen = scratch ? KT_NEW(scratch, double, count) : NULL;
  KtPacePoint *points = KT_NEW(film->arena, KtPacePoint, count);
  if (motion && cuts && seen && points) {
    for (size_t i = 0; i < film->frames.count; ++i) {
      size_t second = (size_t)kt_seconds(film->frames.items[i].time);
      if (second < count) {
        motion[second] += (double)film->frames.items[i].motion;
        seen[second] += 1;
      }
    }
    for (size_t i = 1; i < film->shots.count; ++i) {
      size_t second = (size_t)kt_seconds(film->shots.items[i].start);
      cuts[second < count ? second : count - 1] += 1;
    }
    for (size_t i = 0; i < count; ++i) {
      size_t from = i > REACH_S ? i - REACH_S : 0,
             to = i + REACH_S < count ? i + REACH_S : count - 1;
      double weight = 0, cut = 0, moves = 0, weighed = 0;
      for (size_t k = from; k <= to; ++k) { // cuts lie all over their second
        double w = window((double)k - (double)i);
        weight += w;
        cut += w * cuts[k];
        weighed += seen[k] > 0 ? w : 0;
        moves += seen[k] > 0 ? w * motion[k] / seen[k] : 0;
      }
      double a_minute = cut / weight * 60, energy = weighed > 0 ? moves / weighed : 0;
      double both = 0.6 * a_minute / BRISK_CUTS + 0.4 * energy / LIVELY;
      points[i] = (KtPacePoint){(float)a_minute, (float)energy, (float)(1 - exp(-both))};
    }
    film->pace.items = points;
    film->pace.count = film->pace.capacity = count;
  }
  kt_arena_free(scratch);
}
