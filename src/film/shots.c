// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/gradual.h"
#include "film/see.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_CONFIDENCE 0.5F
#define SURE_DISSOLVE    0.95F

static void add_cuts(const KtSights *sights, const float *cuts, KtBoundaries *boundaries,
                     KtArena *arena) {
  for (size_t n = 1; n < sights->count; ++n) {
    KtBoundary *boundary = cuts[n] > LEAST_CONFIDENCE ? kt_array_push(arena, boundaries) : NULL;
    if (boundary) {
      int at = (int)n;
      *boundary = (KtBoundary){at, at, at, at, at, KT_TRANSITION_CUT, cuts[n]};
    }
  }
}

static int by_frame(const void *a, const void *b) {
  const KtBoundary *x = a, *y = b;
  return x->frame - y->frame;
}

/// What is easily mistaken for nothing else comes first.
static int rank(const KtBoundary *boundary) {
  switch (boundary->transition) {
  case KT_TRANSITION_CUT:
    return boundary->confidence > KT_SURE_CUT ? 2 : 4;
  case KT_TRANSITION_DISSOLVE:
    return boundary->confidence > SURE_DISSOLVE ? 1 : 3;
  case KT_TRANSITION_WIPE:
    return 1;
  default:
    return 0;
  }
}

static int by_rank(const void *a, const void *b) {
  const KtBoundary *x = a, *y = b;
  if (rank(x) != rank(y)) {
    return rank(x) - rank(y);
  }
  return x->confidence > y->confidence ? -1 : x->confidence < y->confidence ? 1 : by_frame(a, b);
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
    kt_sights_rest(sights, (size_t)i);
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
  float *cuts = scratch ? KT_NEW(scratch, float, sights->count) : NULL;
  if (!scores || !cuts) {
    kt_arena_free(scratch);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t n = 1; n < sights->count; ++n) {
    kt_sights_rest(sights, n);
    scores[n] = kt_step_score(&sights->items[n]);
  }
  for (size_t n = 1; n < sights->count; ++n) {
    kt_sights_rest(sights, n);
    cuts[n] = kt_cut_fit(sights, scores, n);
  }
  KtBoundaries boundaries = {0};
  kt_fades_find(sights, cuts, film->rate, &boundaries, scratch);
  kt_mixes_find(sights, cuts, film->rate, &boundaries, scratch);
  add_cuts(sights, cuts, &boundaries, scratch);
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
