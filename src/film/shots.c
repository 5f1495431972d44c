// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"
#include "film/see.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AROUND = 12, FLASH_MOST = 6 };
#define CUT_FROM 0.34F

/// How different a picture is from the one before: colours wherever they are, colours in their
/// place, and what no movement explains.
static float step_score(const KtSight *sight) {
  float colour = kt_sight_colour_distance(sight - 1, sight);
  float place = fminf(1.0F, kt_sight_grid_distance(sight - 1, sight) * 4.0F);
  float residue = fminf(1.0F, sight->residue);
  return 0.35F * colour + 0.25F * place + 0.4F * residue;
}

static float apart(const KtSight *a, const KtSight *b) {
  return 0.5F * kt_sight_colour_distance(a, b) +
         0.5F * fminf(1.0F, kt_sight_grid_distance(a, b) * 4.0F);
}

/// A flash, a spark, a frame of damage: what was before comes back soon after.
static bool returns(const KtSights *sights, size_t n, float away) {
  for (size_t k = 1; k <= FLASH_MOST; ++k) {
    if (n + k < sights->count &&
        apart(&sights->items[n - 1], &sights->items[n + k]) < 0.4F * away) {
      return true;
    }
    if (n >= k + 1 && n - 1 >= k &&
        apart(&sights->items[n], &sights->items[n - 1 - k]) < 0.4F * away) {
      return true;
    }
  }
  return false;
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

static bool is_cut(const KtSights *sights, const float *scores, size_t n, float *confidence) {
  float score = scores[n];
  if (score < CUT_FROM || (n > 1 && scores[n - 1] > score) ||
      (n + 1 < sights->count && scores[n + 1] >= score)) {
    return false;
  }
  const KtSight *sight = &sights->items[n];
  float before = side(scores, sights->count, n, -1), after = side(scores, sights->count, n, 1);
  float colour = kt_sight_colour_distance(sight - 1, sight);
  // A great step out of calm, on one side at least; or a smaller one that stands alone.
  float great = score > 0.55F && colour > 0.22F ? score / (fminf(before, after) + 0.05F) / 2.8F : 0;
  float alone = score / (fmaxf(before, after) + 0.04F) / 3.5F;
  float clear = fmaxf(great, alone);
  float away = apart(sight - 1, sight);
  if (clear < 1.0F || away < 0.12F || returns(sights, n, away)) {
    return false;
  }
  *confidence = fminf(1.0F, 0.3F + 0.35F * fminf(1.0F, (score - CUT_FROM) / 0.3F) +
                                0.35F * fminf(1.0F, (clear - 1.0F) / 1.5F));
  return true;
}

static void add_cuts(const KtSights *sights, const float *scores, KtBoundaries *boundaries,
                     KtArena *arena) {
  for (size_t n = 1; n < sights->count; ++n) {
    float confidence = 0;
    KtBoundary *boundary =
        is_cut(sights, scores, n, &confidence) ? kt_array_push(arena, boundaries) : NULL;
    if (boundary) {
      int at = (int)n;
      *boundary = (KtBoundary){at, at, at, at, at, KT_TRANSITION_CUT, confidence};
    }
  }
}

static int by_frame(const void *a, const void *b) {
  const KtBoundary *x = a, *y = b;
  return x->frame - y->frame;
}

static int rank(const KtBoundary *boundary) {
  switch (boundary->transition) {
  case KT_TRANSITION_CUT:
    return boundary->confidence > 0.8F ? 1 : 3;
  case KT_TRANSITION_DISSOLVE:
    return 2;
  default:
    return 0;
  }
}

static int by_rank(const void *a, const void *b) {
  int x = rank(a), y = rank(b);
  return x != y ? x - y : by_frame(a, b);
}

/// The surer kinds first; what lies within `least` frames of those gives way.
static void settle(KtBoundaries *boundaries, int least) {
  if (!boundaries->count) {
    return;
  }
  qsort(boundaries->items, boundaries->count, sizeof(KtBoundary), by_rank);
  size_t kept = 0;
  for (size_t i = 0; i < boundaries->count; ++i) {
    const KtBoundary now = boundaries->items[i];
    bool free_place = true;
    for (size_t k = 0; k < kept && free_place; ++k) {
      const KtBoundary *other = &boundaries->items[k];
      free_place =
          now.guard_from >= other->guard_to + least || now.guard_to + least <= other->guard_from;
    }
    if (free_place) {
      boundaries->items[kept++] = now;
    }
  }
  boundaries->count = 0;
  for (size_t i = 0; i < kept; ++i) {
    if (boundaries->items[i].frame > 0) { // a guard alone has no frame
      boundaries->items[boundaries->count++] = boundaries->items[i];
    }
  }
  qsort(boundaries->items, boundaries->count, sizeof(KtBoundary), by_frame);
}

static void means(KtFilm *film, const KtSights *sights, KtShot *shot) {
  double sum[4] = {0};
  for (int i = shot->start_frame; i <= shot->end_frame; ++i) {
    sum[0] += (double)sights->items[i].brightness;
    sum[1] += (double)sights->items[i].contrast;
    sum[2] += (double)sights->items[i].saturation;
    sum[3] += (double)sights->items[i].warmth;
  }
  double count = shot->end_frame - shot->start_frame + 1;
  shot->brightness = (float)(sum[0] / count);
  shot->contrast = (float)(sum[1] / count);
  shot->saturation = (float)(sum[2] / count);
  shot->warmth = (float)(sum[3] / count);
  size_t next = (size_t)shot->end_frame + 1;
  shot->start = film->frames.items[shot->start_frame].time;
  shot->end = next < film->frames.count
                  ? film->frames.items[next].time
                  : film->frames.items[next - 1].time + kt_frame_time(film->rate, 1);
}

KtStatus kt_shots_find(KtFilm *film, const KtSights *sights, KtError *err) {
  KtArena *scratch = kt_arena_new();
  float *scores = scratch ? KT_NEW(scratch, float, sights->count) : NULL;
  if (!scores) {
    kt_arena_free(scratch);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t n = 1; n < sights->count; ++n) {
    scores[n] = step_score(&sights->items[n]);
  }
  KtBoundaries boundaries = {0};
  kt_fades_find(sights, film->rate, &boundaries, scratch);
  kt_dissolves_find(sights, scores, film->rate, &boundaries, scratch);
  add_cuts(sights, scores, &boundaries, scratch);
  settle(&boundaries, 3);
  int last = (int)sights->count - 1;
  for (size_t i = 0; i <= boundaries.count; ++i) {
    KtShot *shot = kt_array_push(film->arena, &film->shots);
    if (!shot) {
      break;
    }
    KtBoundary start = {.transition = KT_TRANSITION_START, .confidence = 1.0F};
    const KtBoundary *in = i ? &boundaries.items[i - 1] : &start;
    shot->start_frame = in->frame;
    shot->end_frame = i < boundaries.count ? boundaries.items[i].frame - 1 : last;
    shot->transition = in->transition;
    shot->transition_start_frame = in->from;
    shot->transition_end_frame = in->to;
    shot->confidence = in->confidence;
    means(film, sights, shot);
  }
  bool failed = kt_arena_failed(scratch) || kt_arena_failed(film->arena);
  kt_arena_free(scratch);
  return failed ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
