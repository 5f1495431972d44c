// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"

#include <math.h>
#include <stdlib.h>

#define PLAIN_CONTRAST 0.035F ///< below, a picture shows one colour only

static bool is_plain(const KtSight *sight) {
  return sight->contrast < PLAIN_CONTRAST;
}

/// The last picture, walking from the plain picture `at` by `step`, in which contrast still grows.
static int ramp_end(const KtSights *sights, int at, int step, int most) {
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
    if (!still) {
      break;
    }
    // A cut inside the ramp ends it.
    if (now > before + 0.25F && now > before * 1.6F) {
      break;
    }
    i = next;
    before = now > before ? now : before;
  }
  return i;
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

void kt_fades_find(const KtSights *sights, KtRate rate, KtBoundaries *boundaries, KtArena *arena) {
  int count = (int)sights->count, most = (int)(kt_rate_fps(rate) * 4);
  int least = (int)(kt_rate_fps(rate) * 0.15);
  for (int first = 0; first < count;) {
    if (!is_plain(&sights->items[first])) {
      ++first;
      continue;
    }
    int last = first;
    while (last + 1 < count && is_plain(&sights->items[last + 1])) {
      ++last;
    }
    int out = ramp_end(sights, first, -1, most);
    int in = ramp_end(sights, last, 1, most);
    bool fades = first - out >= least || in - last >= least;
    KtBoundary *boundary = fades ? kt_array_push(arena, boundaries) : NULL;
    if (boundary) {
      bool opens = first > least && last + 1 < count; // not out of the start, not into the end
      int end = in - last >= least ? in : last + 1;
      *boundary = (KtBoundary){opens ? last + 1 : 0,
                               last + 1,
                               end,
                               out,
                               in,
                               fade_kind(&sights->items[(first + last) / 2]),
                               0.9F};
    }
    first = last + 1;
  }
}

enum { VALUES = KT_GRID * 3 };

/// The grid in steps that look alike: L* 0..255 stands 2.55 times too high.
static void grid_of(const KtSight *sight, float *values) {
  for (int i = 0; i < KT_GRID; ++i) {
    values[3 * i] = (float)sight->grid[i][0] / 2.55F;
    values[3 * i + 1] = (float)sight->grid[i][1] - 128.0F;
    values[3 * i + 2] = (float)sight->grid[i][2] - 128.0F;
  }
}

/// Whether two pictures show the same in another light: correlation of their lightness.
static float alike(const float *a, const float *b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (int i = 0; i < VALUES; i += 3) {
    ma += (double)a[i] / KT_GRID;
    mb += (double)b[i] / KT_GRID;
  }
  for (int i = 0; i < VALUES; i += 3) {
    double x = (double)a[i] - ma, y = (double)b[i] - mb;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 1 && bb > 1 ? (float)(ab / sqrt(aa * bb)) : 0.0F;
}

/// The share of the picture that changes: a title that appears is no new shot.
static float changed(const float *a, const float *b) {
  int cells = 0;
  for (int i = 0; i < VALUES; i += 3) {
    float l = a[i] - b[i], u = a[i + 1] - b[i + 1], v = a[i + 2] - b[i + 2];
    cells += l * l + u * u + v * v > 25.0F;
  }
  return (float)cells / KT_GRID;
}

typedef struct Mix {
  float share; ///< of the later picture
  float error; ///< what the mixture leaves, relative to the two pictures' distance
} Mix;

static Mix mix_of(const float *from, const float *to, const KtSight *sight) {
  float now[VALUES];
  grid_of(sight, now);
  double along = 0, length = 0, rest = 0;
  for (int i = 0; i < VALUES; ++i) {
    double d = (double)(to[i] - from[i]);
    along += d * (double)(now[i] - from[i]);
    length += d * d;
  }
  Mix mix = {length > 0 ? (float)(along / length) : 0, 0};
  for (int i = 0; i < VALUES; ++i) {
    double d = (double)(now[i] - from[i]) - (double)mix.share * (double)(to[i] - from[i]);
    rest += d * d;
  }
  mix.error = length > 0 ? (float)sqrt(rest / length) : 1;
  return mix;
}

/// How well the pictures from..to are one picture turning into another: 0 not at all, up to 1.
static float dissolve_fit(const KtSights *sights, int from, int to) {
  const KtSight *a = &sights->items[from], *b = &sights->items[to];
  if (kt_sight_grid_distance(a, b) < 0.07F) {
    return 0;
  }
  float start[VALUES], end[VALUES];
  grid_of(a, start);
  grid_of(b, end);
  if (changed(start, end) < 0.5F) {
    return 0;
  }
  Mix middle = mix_of(start, end, &sights->items[(from + to) / 2]);
  if (middle.error > 0.25F || fabsf(middle.share - 0.5F) > 0.2F || alike(start, end) > 0.75F) {
    return 0;
  }
  float worst = 0, before = 0, error = 0;
  for (int t = from + 1; t < to; ++t) {
    Mix mix = mix_of(start, end, &sights->items[t]);
    float expected = (float)(t - from) / (float)(to - from);
    worst = fmaxf(worst, fabsf(mix.share - expected));
    error += mix.error / (float)(to - from - 1);
    if (mix.share < before - 0.06F || mix.share - before > 0.4F) {
      return 0;
    }
    before = mix.share;
  }
  if (worst > 0.2F || error > 0.22F) {
    return 0;
  }
  // Before and after it the pictures stand, compared with what they change in between.
  int around = (to - from) / 3 + 1, count = (int)sights->count;
  int left = from - around < 0 ? 0 : from - around;
  int right = to + around >= count ? count - 1 : to + around;
  float whole = kt_sight_grid_distance(a, b);
  float drift = kt_sight_grid_distance(&sights->items[left], a) +
                kt_sight_grid_distance(b, &sights->items[right]);
  if (drift > 0.5F * whole) {
    return 0;
  }
  return (1.0F - worst / 0.2F * 0.3F) * (1.0F - error / 0.22F * 0.4F) *
         (1.0F - drift / whole * 0.6F);
}

void kt_dissolves_find(const KtSights *sights, const float *scores, KtRate rate,
                       KtBoundaries *boundaries, KtArena *arena) {
  (void)scores;
  static const float lengths_s[] = {0.2F, 0.3F, 0.45F, 0.65F, 1.0F, 1.5F, 2.2F, 3.2F};
  int count = (int)sights->count;
  double fps = kt_rate_fps(rate);
  KtBoundary best = {0};
  for (int at = 0; at < count; ++at) {
    for (size_t k = 0; k < sizeof(lengths_s) / sizeof(*lengths_s); ++k) {
      int half = (int)(fps * (double)lengths_s[k] / 2 + 0.5);
      int from = at - half, to = at + half;
      if (half < 3 || from < 1 || to + 2 >= count) {
        continue;
      }
      float fit = dissolve_fit(sights, from, to);
      if (fit > 0.3F && fit > best.confidence) {
        // The ends stand still as a rule; the mixed pictures lie between them.
        best = (KtBoundary){from + 1, from + 1, to - 1, from, to, KT_TRANSITION_DISSOLVE, fit};
      }
    }
    if (best.confidence > 0 && (at > best.to || at + 1 == count)) {
      KtBoundary *boundary = kt_array_push(arena, boundaries);
      if (boundary) {
        *boundary = best;
      }
      best.confidence = 0;
    }
  }
}
