// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Moments when movement breaks out, stops dead, or strikes once.
#include "film/see.h"

#include <math.h>
#include <stdlib.h>

#define IMPACT_LEAST 0.03F ///< a picture, in lightness
#define IMPACT_OVER  3.0F  ///< times the most around it

static float mean(const float *values, int from, int to) {
  float sum = 0;
  for (int i = from; i < to; ++i) {
    sum += values[i];
  }
  return to > from ? sum / (float)(to - from) : 0;
}

/// The picture on which a step is seen: the first that moved, or the one where movement arrives.
static int exact(const float *changes, int at, int window, bool burst, float low, float high) {
  float middle = low + 0.3F * (high - low);
  int reach = window / 2 < 2 ? 2 : window / 2, best = at;
  if (burst) { // back from inside the movement while it goes on
    best = at + 1;
    while (best < at + reach && changes[best] <= middle) {
      ++best;
    }
    while (best > at - reach && (changes[best - 1] > middle || changes[best - 2] > middle)) {
      --best;
    }
    return changes[best] > middle ? best : best + 1;
  }
  best = at - 1;
  while (best > at - reach && changes[best] <= middle) {
    --best;
  }
  while (best < at + reach - 1 && (changes[best + 1] > middle || changes[best + 2] > middle)) {
    ++best;
  }
  return changes[best] > middle ? best : best - 1;
}

/// Where movement breaks out or stops dead inside a shot: the step between the half second before
/// and after is large, and largest of its neighbours.
static void find_steps(KtFilm *film, const float *changes) {
  int window = (int)(kt_rate_fps(film->rate) * 0.4 + 0.5);
  for (size_t s = 0; s < film->shots.count && window > 2; ++s) {
    const KtShot *shot = &film->shots.items[s];
    int from = shot->start_frame + window, to = shot->end_frame + 1 - window;
    float best = 0, best_low = 0, best_high = 0;
    int best_at = -1;
    for (int i = from; i <= to; ++i) {
      float before = mean(changes, i - window, i), after = mean(changes, i, i + window);
      float high = fmaxf(before, after), low = fminf(before, after);
      float step =
          high > 0.02F && high > 3.5F * (low + 0.002F)
              ? (1.0F - expf(-high / KT_FULL_CHANGE)) - (1.0F - expf(-low / KT_FULL_CHANGE))
              : 0.0F;
      if (step > fabsf(best)) {
        best = after > before ? step : -step;
        best_at = i;
        best_low = low;
        best_high = high;
      }
      if (best_at >= 0 && (i - best_at > window || i == to)) {
        kt_moment_add(film, exact(changes, best_at, window, best > 0, best_low, best_high),
                      best > 0 ? KT_MOMENT_BURST : KT_MOMENT_STOP, fabsf(best) * 1.5F);
        best = 0;
        best_at = -1;
      }
    }
  }
}

/// A blow, a jolt: a picture or a few that differ far more than all around them. They are taken out
/// of the changes.
static void find_impacts(KtFilm *film, float *changes) {
  double fps = kt_rate_fps(film->rate);
  int around = (int)(fps * 0.5 + 0.5), core = (int)(fps * 0.17 + 0.5);
  for (size_t s = 0; s < film->shots.count && core > 1; ++s) {
    const KtShot *shot = &film->shots.items[s];
    for (int i = shot->start_frame + core + 1; i <= shot->end_frame - core; ++i) {
      int from = i - around < shot->start_frame + 1 ? shot->start_frame + 1 : i - around;
      int to = i + around > shot->end_frame ? shot->end_frame : i + around;
      float peak = changes[i], calm = 0;
      bool highest = peak > IMPACT_LEAST;
      for (int k = from; k <= to && highest; ++k) {
        bool close = abs(k - i) < core;
        highest = changes[k] < peak || (k >= i && close); // the first of equals
        calm = close ? calm : fmaxf(calm, changes[k]);
      }
      if (highest && peak > IMPACT_OVER * (calm + 0.004F)) {
        int at = i;
        while (at > i - core + 1 && changes[at - 1] > 0.6F * peak) {
          --at;
        }
        kt_moment_add(film, at, KT_MOMENT_IMPACT, 1.0F - expf(-peak / KT_FULL_CHANGE));
        for (int k = i - core + 1; k < i + core; ++k) {
          changes[k] = fminf(changes[k], calm);
        }
        i += core;
      }
    }
  }
}

void kt_steps_find(KtFilm *film, float *changes) {
  find_impacts(film, changes);
  find_steps(film, changes);
}
