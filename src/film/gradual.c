// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_CONFIDENCE 0.5F

enum { VALUES = KT_MIX_VALUES };

void kt_grid_values(const KtSight *sight, float values[KT_MIX_VALUES]) {
  for (int i = 0; i < KT_GRID; ++i) {
    values[3 * i] = (float)sight->grid[i][0] / 2.55F;
    values[3 * i + 1] = (float)sight->grid[i][1] - 128.0F;
    values[3 * i + 2] = (float)sight->grid[i][2] - 128.0F;
  }
}

float kt_sights_alike(const KtSight *a, const KtSight *b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (int i = 0; i < KT_GRID; ++i) {
    ma += (double)a->grid[i][0] / KT_GRID;
    mb += (double)b->grid[i][0] / KT_GRID;
  }
  for (int i = 0; i < KT_GRID; ++i) {
    double x = (double)a->grid[i][0] - ma, y = (double)b->grid[i][0] - mb;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 6 && bb > 6 ? (float)(ab / sqrt(aa * bb)) : 0.0F;
}

float kt_trees_ask(const KtTree *trees, size_t count, const float *features) {
  float sum = 0;
  for (size_t i = 0; i < count; ++i) {
    int node = 0;
    while (node < KT_TREE_NODES) {
      bool left = features[trees[i].feature[node]] < trees[i].threshold[node];
      node = 2 * node + (left ? 1 : 2);
    }
    sum += trees[i].leaf[node - KT_TREE_NODES];
  }
  return 1.0F / (1.0F + expf(-sum));
}

KtMix kt_mix_of(const float *from, const float *to, const KtSight *sight) {
  float now[VALUES];
  kt_grid_values(sight, now);
  double along = 0, length = 0, rest = 0;
  for (int i = 0; i < VALUES; ++i) {
    double d = (double)(to[i] - from[i]);
    along += d * (double)(now[i] - from[i]);
    length += d * d;
  }
  KtMix mix = {length > 0 ? (float)(along / length) : 0, 0};
  for (int i = 0; i < VALUES; ++i) {
    double d = (double)(now[i] - from[i]) - (double)mix.share * (double)(to[i] - from[i]);
    rest += d * d;
  }
  mix.error = length > 0 ? (float)sqrt(rest / length) : 1;
  return mix;
}

/// How far a flight of stairs, 0 to `low`, rising to its height at `high` and on, is from the
/// values: root mean square, relative to the height.
static float stairs_error(const float *values, int count, int low, int high) {
  double up = 0, square = 0, all = 0;
  for (int i = 0; i < count; ++i) {
    double share = i <= low ? 0 : i >= high ? 1 : (double)(i - low) / (high - low);
    up += share * (double)values[i];
    square += share * share;
    all += (double)(values[i] * values[i]);
  }
  double height = square > 0 ? up / square : 0;
  double rest = all - up * height;
  return height > 0 ? (float)(sqrt(fmax(0, rest) / count) / height) : HUGE_VALF;
}

float kt_stairs_fit(const float *values, int count, int last_low, int least, int *low, int *high) {
  float best = HUGE_VALF;
  for (int a = 0; a <= last_low && a + least < count; ++a) {
    for (int b = a + least; b < count; ++b) {
      float error = stairs_error(values, count, a, b);
      if (error < best) {
        best = error;
        *low = a;
        *high = b;
      }
    }
  }
  return best;
}

/// Where the mixing begins and ends, seen from farther outside.
static void sharpen(const KtSights *sights, const float *cuts, KtBoundary *boundary) {
  enum { MOST = 256 };
  int from = boundary->from - 1, to = boundary->to + 1, wide = (to - from) / 2 + 3;
  int left = from, right = to;
  while (left > 0 && from - left < wide && cuts[left] < KT_SURE_CUT) {
    --left;
  }
  while (right + 1 < (int)sights->count && right - to < wide && cuts[right + 1] < KT_SURE_CUT) {
    ++right;
  }
  float shares[MOST], start[VALUES], end[VALUES];
  int count = right - left + 1, low = 0, high = 0;
  if (count > MOST || count < 6) {
    return;
  }
  kt_grid_values(&sights->items[left], start);
  kt_grid_values(&sights->items[right], end);
  for (int i = 0; i < count; ++i) {
    shares[i] = kt_mix_of(start, end, &sights->items[left + i]).share;
  }
  if (kt_stairs_fit(shares, count, count - 4, 4, &low, &high) < 0.1F) {
    boundary->from = boundary->frame = left + low + 1;
    boundary->to = left + high - 1;
    boundary->guard_from = left + low;
    boundary->guard_to = left + high;
  }
}

bool kt_mix_window(const KtSights *sights, KtRate rate, int at, int length, int *from, int *to) {
  static const float lengths_s[KT_MIX_LENGTHS] = {0.2F, 0.3F, 0.45F, 0.65F, 1.0F, 1.5F, 2.2F, 3.2F};
  int half = (int)(kt_rate_fps(rate) * (double)lengths_s[length] / 2 + 0.5);
  *from = at - half;
  *to = at + half;
  return half >= 3 && *from >= 1 && *to + 2 < (int)sights->count;
}

/// The better of the two kinds that a window might be.
static KtBoundary judge(const KtSights *sights, int from, int to) {
  float dissolve = kt_dissolve_fit(sights, from, to), wipe = kt_wipe_fit(sights, from, to);
  // The ends stand still as a rule; the mixed pictures lie between them.
  KtBoundary found = {from + 1, from + 1, to - 1, from, to, KT_TRANSITION_DISSOLVE, dissolve};
  if (wipe > 0) { // no dissolve looks like one
    found.transition = KT_TRANSITION_WIPE;
    found.confidence = 0.5F + 0.5F * wipe;
  }
  return found;
}

static bool better(const KtBoundary *a, const KtBoundary *b) {
  bool wipe = a->transition == KT_TRANSITION_WIPE;
  return wipe == (b->transition == KT_TRANSITION_WIPE) ? a->confidence > b->confidence : wipe;
}

void kt_mixes_find(const KtSights *sights, const float *cuts, KtRate rate, KtBoundaries *boundaries,
                   KtArena *arena) {
  int count = (int)sights->count;
  KtBoundary best = {0};
  for (int at = 0; at < count; ++at) {
    kt_sights_rest(sights, (size_t)at);
    for (int k = 0; k < KT_MIX_LENGTHS; ++k) {
      int from = 0, to = 0;
      if (!kt_mix_window(sights, rate, at, k, &from, &to)) {
        continue;
      }
      KtBoundary found = judge(sights, from, to);
      if (found.confidence > LEAST_CONFIDENCE && better(&found, &best)) {
        best = found;
      }
    }
    if (best.confidence > 0 && (at > best.to || at + 1 == count)) {
      KtBoundary *boundary = kt_array_push(arena, boundaries);
      if (boundary) {
        *boundary = best;
        sharpen(sights, cuts, boundary);
      }
      best = (KtBoundary){0};
    }
  }
}
