// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"

#include <math.h>

// A wipe: every part of the picture belongs to the one shot, then soon to the other, and when it
// changes over follows from where it lies: along a line, or by its distance from the middle (iris).
#define LEAST_APART 5.0F  ///< of a part's two colours, CIE 1976, to tell which it shows
#define LEAST_PARTS 0.45F ///< of the picture can tell
#define MOST_MIXED  0.34F ///< 1 where all is half and half
#define LEAST_ORDER 0.82F ///< share of the parts' times that place explains
#define LEAST_RANGE 0.6F  ///< of the transition's length that the times cover

enum { VALUES = KT_MIX_VALUES };

typedef struct Parts {
  float start[VALUES], step[VALUES];
  float square[KT_GRID]; ///< of the distance between the two colours; 0: they cannot be told
  int count;
} Parts;

static bool parts_init(Parts *parts, const KtSight *from, const KtSight *to) {
  kt_grid_values(from, parts->start);
  kt_grid_values(to, parts->step);
  parts->count = 0;
  for (int i = 0; i < KT_GRID; ++i) {
    float square = 0;
    for (int c = 0; c < 3; ++c) {
      parts->step[3 * i + c] -= parts->start[3 * i + c];
      square += parts->step[3 * i + c] * parts->step[3 * i + c];
    }
    bool tells = square > LEAST_APART * LEAST_APART;
    parts->square[i] = tells ? square : 0;
    parts->count += tells;
  }
  return (float)parts->count > LEAST_PARTS * KT_GRID;
}

/// What of the later shot a part shows.
static float share_of(const Parts *parts, int part, const KtSight *sight) {
  const float *start = parts->start + 3 * part, *step = parts->step + 3 * part;
  const uint8_t *cell = sight->grid[part];
  float along = ((float)cell[0] / 2.55F - start[0]) * step[0] +
                ((float)cell[1] - 128.0F - start[1]) * step[1] +
                ((float)cell[2] - 128.0F - start[2]) * step[2];
  return fmaxf(0.0F, fminf(1.0F, along / parts->square[part]));
}

/// How mixed the parts are in one picture; `share` of the later shot.
static float mixed(const Parts *parts, const KtSight *sight, float *share) {
  float sum = 0, later = 0;
  for (int i = 0; i < KT_GRID; ++i) {
    if (parts->square[i] > 0) {
      float part = share_of(parts, i, sight);
      sum += 4 * part * (1 - part);
      later += part;
    }
  }
  *share = later / (float)parts->count;
  return sum / (float)parts->count;
}

/// The share of the times' variance that one axis explains, and the range it gives them.
static float order_along(const Parts *parts, const float *times, const float *axis, float *range) {
  double n = parts->count, t = 0, x = 0, tt = 0, xx = 0, tx = 0, low = HUGE_VAL, high = -HUGE_VAL;
  for (int i = 0; i < KT_GRID; ++i) {
    if (parts->square[i] > 0) {
      double u = (double)times[i], v = (double)axis[i];
      t += u;
      x += v;
      tt += u * u;
      xx += v * v;
      tx += u * v;
      low = fmin(low, v);
      high = fmax(high, v);
    }
  }
  double vt = tt - t * t / n, vx = xx - x * x / n, both = tx - t * x / n;
  if (vt <= 0 || vx <= 0) {
    return 0;
  }
  *range = (float)(fabs(both / vx) * (high - low));
  return (float)(both * both / (vt * vx));
}

static float best_order(const Parts *parts, const float *times, float *range) {
  enum { AXES = 5 };
  float best = 0;
  for (int axis = 0; axis < AXES; ++axis) {
    float values[KT_GRID], spans = 0;
    for (int i = 0; i < KT_GRID; ++i) {
      float x = ((float)(i % KT_GRID_W) + 0.5F) / KT_GRID_W - 0.5F;
      float y = ((float)(i / KT_GRID_W) + 0.5F) / KT_GRID_H - 0.5F;
      const float places[AXES] = {x, y, x + y, x - y, hypotf(x * KT_GRID_W, y * KT_GRID_H)};
      values[i] = places[axis];
    }
    float order = order_along(parts, times, values, &spans);
    if (order > best) {
      best = order;
      *range = spans;
    }
  }
  return best;
}

float kt_wipe_fit(const KtSights *sights, int from, int to) {
  Parts parts;
  float share, range = 0, worst = 0;
  if (!parts_init(&parts, &sights->items[from], &sights->items[to]) ||
      mixed(&parts, &sights->items[(from + to) / 2], &share) > MOST_MIXED || share < 0.2F ||
      share > 0.8F) {
    return 0;
  }
  float times[KT_GRID] = {0}, before = 0, mixture = 0, length = (float)(to - from);
  for (int t = from + 1; t < to; ++t) {
    mixture += mixed(&parts, &sights->items[t], &share) / (length - 1);
    worst = fmaxf(worst, before - share);
    before = share;
    for (int i = 0; i < KT_GRID; ++i) {
      times[i] += parts.square[i] > 0 ? 1 - share_of(&parts, i, &sights->items[t]) : 0;
    }
  }
  float order = best_order(&parts, times, &range);
  if (mixture > MOST_MIXED || worst > 0.15F || order < LEAST_ORDER ||
      range < LEAST_RANGE * length || kt_passes(sights, from, to)) {
    return 0;
  }
  return order * (1 - mixture) * fminf(1.0F, range / length);
}
