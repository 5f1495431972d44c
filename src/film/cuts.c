// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"

#include "film/cut_trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A cut is a step that is great beside the steps around it, after which nothing of what was before
// comes back soon: neither at once (a flash, a stray picture), nor little by little (a shape that
// goes away), nor when a light goes out (lightning, a burst). What is measured of a step is judged
// by boosted trees (cut_trees.h).
enum { AROUND = 12, AT_ONCE = 6, BY_DEGREES = 24, LIGHT_NOISE = 8, EDGE = 3 };
#define LEAST_SCORE 0.15F
#define LEAST_AWAY  0.02F
#define BESIDE                                                                                     \
  0.8F ///< a cut need not be the greatest step: what fills the lens before it leaps too

float kt_step_score(const KtSight *sight) {
  float colour = kt_sight_colour_distance(sight - 1, sight);
  float place = fminf(1.0F, kt_sight_grid_distance(sight - 1, sight) * 4.0F);
  float residue = fminf(1.0F, sight->residue);
  return 0.35F * colour + 0.25F * place + 0.4F * residue;
}

static float apart(const KtSight *a, const KtSight *b) {
  return 0.5F * kt_sight_colour_distance(a, b) +
         0.5F * fminf(1.0F, kt_sight_grid_distance(a, b) * 4.0F);
}

static int by_float(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/// What steps are like on one side of `n`: the one next to it, or the upper quartile of half a
/// second, whichever is more.
static float side(const float *scores, size_t count, size_t n, int step) {
  float values[AROUND], next = 0;
  size_t found = 0;
  for (int k = 1; k <= AROUND; ++k) {
    int64_t i = (int64_t)n + k * step;
    if (i < 1 || i >= (int64_t)count) {
      break;
    }
    values[found++] = scores[i];
    next = fmaxf(next, k == 1 ? scores[i] : 0.0F);
  }
  qsort(values, found, sizeof(float), by_float);
  return found ? fmaxf(next, values[found * 3 / 4]) : 0;
}

typedef struct Return {
  float at_once, by_degrees, lit; ///< 0: all is as it was; 1 and more: nothing is
} Return;

/// How much of a picture is lighter, or as light, as another. Light falls on what is there.
static float lighter(const KtSight *sight, const KtSight *than) {
  int cells = 0;
  for (int i = 0; i < KT_GRID; ++i) {
    cells += sight->grid[i][0] + LIGHT_NOISE >= than->grid[i][0];
  }
  return (float)cells / KT_GRID;
}

/// How nearly pictures on the far side of the step, seen from `stays`, become what `stays` is. The
/// way is by degrees when no step on it is as great as the first.
static Return returns(const KtSights *sights, const float *scores, size_t n, int step, float away) {
  Return back = {2, 2, 2};
  int64_t stays = step > 0 ? (int64_t)n - 1 : (int64_t)n;
  float most = 0, light = 1;
  for (int k = 1; k <= BY_DEGREES; ++k) {
    int64_t i = step > 0 ? (int64_t)n + k : (int64_t)n - 1 - k;
    if (i < 0 || i >= (int64_t)sights->count) {
      break;
    }
    light = fminf(light, lighter(&sights->items[i - step], &sights->items[stays]));
    float left = apart(&sights->items[stays], &sights->items[i]) / away;
    most = fmaxf(most, scores[step > 0 ? i : i + 1] / scores[n]);
    back.by_degrees = fminf(back.by_degrees, fmaxf(left, most));
    back.lit = fminf(back.lit, fmaxf(left, 4 * (1 - light)));
    back.at_once = k <= AT_ONCE ? fminf(back.at_once, left) : back.at_once;
  }
  return back;
}

bool kt_cut_features(const KtSights *sights, const float *scores, size_t n,
                     float features[KT_CUT_FEATURES]) {
  float score = scores[n];
  if (n < EDGE || n + EDGE > sights->count || score < LEAST_SCORE ||
      (n > 1 && scores[n - 1] * BESIDE > score) ||
      (n + 1 < sights->count && scores[n + 1] * BESIDE > score)) {
    return false;
  }
  const KtSight *after = &sights->items[n], *before = after - 1;
  float away = apart(before, after);
  if (away < LEAST_AWAY) {
    return false;
  }
  float calm = side(scores, sights->count, n, -1), calm_after = side(scores, sights->count, n, 1);
  Return on = returns(sights, scores, n, 1, away), back = returns(sights, scores, n, -1, away);
  float contrast = 0.5F * (before->contrast + after->contrast) + 0.02F;
  float ends = 0.5F * (before->edges + after->edges) + 0.002F;
  const float found[KT_CUT_FEATURES] = {
      score,
      logf(kt_sight_colour_distance(before, after) + 0.02F),
      logf(kt_sight_grid_distance(before, after) + 0.003F),
      fminf(1.2F, after->residue),
      logf(score / (fminf(calm, calm_after) + 0.04F)),
      logf(score / (fmaxf(calm, calm_after) + 0.04F)),
      logf(kt_sight_grid_distance(before, after) / contrast + 0.01F),
      fminf(1.5F, on.at_once),
      fminf(1.5F, back.at_once),
      fminf(1.5F, on.by_degrees),
      fminf(1.5F, back.by_degrees),
      fminf(1.5F, on.lit),
      fminf(1.5F, back.lit),
      after->brightness - before->brightness,
      logf(1.01F - kt_sights_alike(before, after)),
      fminf(2.0F, fabsf(after->edges - before->edges) / ends),
      fminf(3.0F, after->change / contrast),
  };
  memcpy(features, found, sizeof(found));
  return true;
}

float kt_cut_fit(const KtSights *sights, const float *scores, size_t n) {
  float features[KT_CUT_FEATURES];
  return kt_cut_features(sights, scores, n, features)
             ? kt_trees_ask(cut_trees, sizeof(cut_trees) / sizeof(*cut_trees), features)
             : 0;
}
