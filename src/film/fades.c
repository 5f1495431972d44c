// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"

#include <math.h>
#include <stdlib.h>

#define PLAIN_CONTRAST  0.035F ///< below, a picture shows one colour only
#define LONGEST_S       4.0
#define SHORTEST_S      0.15
#define WORST_FIT       0.2F ///< root mean square off the ramp, in parts of its height
#define WORST_MIX       0.4F
#define NO_LONGER_PLAIN 6.0F ///< mean distance from the plain colour, CIE 1976
#define LEAST_HEIGHT    4.0F

static bool is_plain(const KtSight *sight) {
  return sight->contrast < PLAIN_CONTRAST;
}

/// One side of a fade: pictures that leave (`step` -1) or rise from (1) a plain colour.
typedef struct Ramp {
  int full;  ///< the nearest picture that still, or again, shows all
  int plain; ///< the nearest that shows the colour alone
  bool is;
} Ramp;

/// Distance of a picture from a plain colour; mean CIE 1976 difference.
static float far_from(const KtSight *sight, const float colour[3]) {
  float sum = 0;
  for (int i = 0; i < KT_GRID; ++i) {
    float l = (float)sight->grid[i][0] / 2.55F - colour[0];
    float a = (float)sight->grid[i][1] - 128.0F - colour[1];
    float b = (float)sight->grid[i][2] - 128.0F - colour[2];
    sum += sqrtf(l * l + a * a + b * b);
  }
  return sum / KT_GRID;
}

static void mean_colour(const KtSight *sight, float colour[3]) {
  float values[KT_MIX_VALUES];
  kt_grid_values(sight, values);
  for (int c = 0; c < 3; ++c) {
    colour[c] = 0;
    for (int i = 0; i < KT_GRID; ++i) {
      colour[c] += values[3 * i + c] / KT_GRID;
    }
  }
}

static bool mixes(const KtSight *full, const KtSight *middle, const float colour[3]) {
  float to[KT_MIX_VALUES], from[KT_MIX_VALUES];
  kt_grid_values(full, from);
  for (int i = 0; i < KT_MIX_VALUES; ++i) {
    to[i] = colour[i % 3];
  }
  KtMix mix = kt_mix_of(from, to, middle);
  return mix.error < WORST_MIX && mix.share > 0.15F && mix.share < 0.9F;
}

/// Whether the last step is much greater than those before: fades are even.
static bool leaps(const float *values, int last) {
  float before = 0;
  for (int i = 1; i < last; ++i) {
    before = fmaxf(before, fabsf(values[i] - values[i - 1]));
  }
  float step = fabsf(values[last] - values[last - 1]);
  return before > 1.0F ? step > 2.5F * before : step > 25.0F;
}

/// The two bends of the ramp, by least squares. `reach` pictures are looked at, from `inside` the
/// plain stretch outwards.
static Ramp ramp_from(const KtSights *sights, const float *cuts, int inside, int step, int reach,
                      int least) {
  enum { MOST = 512 };
  float values[MOST], colour[3];
  int count = 0;
  mean_colour(&sights->items[inside], colour);
  for (; count < MOST && count < reach; ++count) {
    int i = inside + step * count;
    if (i < 0 || i >= (int)sights->count) {
      break;
    }
    values[count] = far_from(&sights->items[i], colour);
    if (count && cuts[step > 0 ? i : i + 1] > KT_SURE_CUT && leaps(values, count)) {
      break; // here another shot begins, or ends
    }
  }
  Ramp ramp = {inside, inside, false};
  int last_low = 0, low = 0, high = 0;
  while (last_low + 1 < count && values[last_low + 1] < NO_LONGER_PLAIN) {
    ++last_low;
  }
  if (kt_stairs_fit(values, count, last_low, least, &low, &high) < WORST_FIT &&
      values[high] > LEAST_HEIGHT) {
    ramp = (Ramp){inside + step * high, inside + step * low, true};
  }
  ramp.is = ramp.is &&
            mixes(&sights->items[ramp.full], &sights->items[(ramp.full + ramp.plain) / 2], colour);
  return ramp;
}

/// How far from the plain stretch contrast grows: no fit looks much beyond it.
static int ramp_reach(const KtSights *sights, int at, int step, int most) {
  int count = (int)sights->count, i = at;
  float before = sights->items[at].contrast;
  for (int k = 0; k < most; ++k) {
    int next = i + step;
    if (next < 0 || next >= count) {
      break;
    }
    float now = sights->items[next].contrast;
    int beyond = next + 2 * step;
    bool still =
        now > before * 1.01F + 0.001F ||
        (beyond >= 0 && beyond < count && sights->items[beyond].contrast > before * 1.03F + 0.003F);
    if (!still || (now > before + 0.25F && now > before * 1.6F)) {
      break;
    }
    i = next;
    before = now > before ? now : before;
  }
  return abs(i - at);
}

static KtTransition fade_kind(const KtSight *plain) {
  float chroma = plain->saturation;
  if (plain->brightness < 0.12F && chroma < 0.2F) {
    return KT_TRANSITION_FADE_BLACK;
  }
  if (plain->brightness > 0.88F && chroma < 0.12F) {
    return KT_TRANSITION_FADE_WHITE;
  }
  return KT_TRANSITION_FADE_COLOUR;
}

static bool returns(const KtSight *before, const KtSight *after, const KtSight *plain) {
  return kt_sight_grid_distance(before, after) < 0.4F * kt_sight_grid_distance(before, plain);
}

static void add_fade(const KtSights *sights, const float *cuts, int first, int last, KtRate rate,
                     KtBoundaries *boundaries, KtArena *arena) {
  int count = (int)sights->count, most = (int)(kt_rate_fps(rate) * LONGEST_S);
  int least = (int)(kt_rate_fps(rate) * SHORTEST_S), inside = (first + last) / 2;
  int back = inside - first + 2 * ramp_reach(sights, first, -1, most) + 8;
  int on = last - inside + 2 * ramp_reach(sights, last, 1, most) + 8;
  Ramp out = ramp_from(sights, cuts, inside, -1, back, least);
  Ramp in = ramp_from(sights, cuts, inside, 1, on, least);
  if (first > 0 && last + 1 < count && out.full >= 0 && in.full - out.full < kt_rate_fps(rate) &&
      returns(&sights->items[out.is ? out.full : first - 1],
              &sights->items[in.is ? in.full : last + 1], &sights->items[inside])) {
    return; // a light that goes on, or off, and back
  }
  KtBoundary *boundary = out.is || in.is ? kt_array_push(arena, boundaries) : NULL;
  if (!boundary) {
    return;
  }
  int from = out.is ? out.full + 1 : first;
  int start = in.is ? in.plain + 1 : last + 1, to = in.is ? in.full - 1 : last;
  bool opens = first > least && start < count; // not out of the start, not into the end
  *boundary = (KtBoundary){
      opens ? start : 0, from, to, from - 1, to + 1, fade_kind(&sights->items[inside]), 0.9F};
}

void kt_fades_find(const KtSights *sights, const float *cuts, KtRate rate, KtBoundaries *boundaries,
                   KtArena *arena) {
  int count = (int)sights->count;
  for (int first = 0; first < count;) {
    int last = first;
    kt_sights_rest(sights, (size_t)first);
    if (!is_plain(&sights->items[first])) {
      ++first;
      continue;
    }
    while (last + 1 < count && is_plain(&sights->items[last + 1])) {
      ++last;
    }
    add_fade(sights, cuts, first, last, rate, boundaries, arena);
    first = last + 1;
  }
}
