// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"

#include "film/dissolve_trees.h"

#include <math.h>
#include <string.h>

// A dissolve is one picture turning into another: all between lies on the line from the first to
// the last, evenly, and what stood before and after it stands. What is measured of a window is
// judged by boosted trees (dissolve_trees.h).
enum { VALUES = KT_MIX_VALUES, BESIDE = 6, PASSING = 24 };

#define LEAST_DISTANCE 0.02F ///< of the ends: less is no other picture
#define COMES_BACK     0.45F

/// The share of the picture that changes: a title that appears is no new shot.
static float changed(const float *a, const float *b, float distance) {
  int cells = 0;
  for (int i = 0; i < VALUES; i += 3) {
    float l = a[i] - b[i], u = a[i + 1] - b[i + 1], v = a[i + 2] - b[i + 2];
    cells += sqrtf(l * l + u * u + v * v) > 40.0F * distance;
  }
  return (float)cells / KT_GRID;
}

bool kt_passes(const KtSights *sights, int from, int to) {
  const KtSight *a = &sights->items[from], *b = &sights->items[to];
  float near = COMES_BACK * kt_sight_grid_distance(a, b);
  for (int k = 2; k <= PASSING; k += 2) {
    int before = from - k, after = to + k;
    if ((before >= 0 && kt_sight_grid_distance(&sights->items[before], b) < near) ||
        (after < (int)sights->count && kt_sight_grid_distance(a, &sights->items[after]) < near)) {
      return true;
    }
  }
  return false;
}

typedef struct Course {
  float worst, error, back, jump, residue;
} Course;

/// How the share of the later picture runs through the window.
static Course course_of(const KtSights *sights, int from, int to, const float *start,
                        const float *end) {
  Course course = {0};
  float before = 0, length = (float)(to - from);
  for (int t = from + 1; t < to; ++t) {
    KtMix mix = kt_mix_of(start, end, &sights->items[t]);
    course.worst = fmaxf(course.worst, fabsf(mix.share - (float)(t - from) / length));
    course.error += mix.error / (length - 1);
    course.back = fmaxf(course.back, before - mix.share);
    course.jump = fmaxf(course.jump, mix.share - before - 1.0F / length);
    course.residue += sights->items[t].residue / (length - 1);
    before = mix.share;
  }
  return course;
}

static float residue_beside(const KtSights *sights, int from, int to) {
  float sum = 0;
  int found = 0;
  for (int k = 1; k <= BESIDE; ++k) {
    if (from - k > 0) {
      sum += sights->items[from - k].residue;
      ++found;
    }
    if (to + 1 + k < (int)sights->count) {
      sum += sights->items[to + 1 + k].residue;
      ++found;
    }
  }
  return found ? sum / (float)found : 0;
}

bool kt_dissolve_features(const KtSights *sights, int from, int to,
                          float features[KT_DISSOLVE_FEATURES]) {
  const KtSight *a = &sights->items[from], *b = &sights->items[to];
  float whole = kt_sight_grid_distance(a, b), start[VALUES], end[VALUES];
  if (whole < LEAST_DISTANCE) {
    return false;
  }
  kt_grid_values(a, start);
  kt_grid_values(b, end);
  KtMix middle = kt_mix_of(start, end, &sights->items[(from + to) / 2]);
  if (middle.error > 0.45F || fabsf(middle.share - 0.5F) > 0.3F) {
    return false; // most windows end here
  }
  Course course = course_of(sights, from, to, start, end);
  int around = (to - from) / 3 + 1, count = (int)sights->count;
  int left = from - around < 0 ? 0 : from - around;
  int right = to + around >= count ? count - 1 : to + around;
  float before = kt_sight_grid_distance(&sights->items[left], a) / whole;
  float after = kt_sight_grid_distance(b, &sights->items[right]) / whole;
  if (course.worst > 0.3F || course.error > 0.4F || course.back > 0.2F || course.jump > 0.4F ||
      before + after > 1.2F || kt_passes(sights, from, to)) {
    return false;
  }
  float edges = sights->items[(from + to) / 2].edges / (0.5F * (a->edges + b->edges) + 0.002F);
  const float found[KT_DISSOLVE_FEATURES] = {
      logf(whole),
      changed(start, end, whole),
      kt_sights_alike(a, b),
      middle.error,
      fabsf(middle.share - 0.5F),
      course.worst,
      course.error,
      course.back,
      course.jump,
      before + after,
      fmaxf(before, after),
      course.residue - residue_beside(sights, from, to),
      fminf(edges, 3.0F),
      kt_sight_colour_distance(a, b),
      logf((float)(to - from)),
  };
  memcpy(features, found, sizeof(found));
  return true;
}

float kt_dissolve_fit(const KtSights *sights, int from, int to) {
  float features[KT_DISSOLVE_FEATURES];
  if (!kt_dissolve_features(sights, from, to, features)) {
    return 0;
  }
  return kt_trees_ask(dissolve_trees, sizeof(dissolve_trees) / sizeof(*dissolve_trees), features);
}
