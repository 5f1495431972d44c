// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a dancer, or anything that moves before the camera, does: rise, fall, sweep, and stand
// still.
#include "film/see.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_LOCAL  0.012F ///< of KtFrame.local: below it nothing of size moves
#define STILL_LOCAL  0.008F
#define STILL_CAMERA 0.012F ///< widths a second
#define LEAST_SPEED  0.05F  ///< widths a second
#define LEAST_TRAVEL 0.03F  ///< widths: a third of a hand's breadth on a laptop's screen
#define LEAST_S      0.12
#define GAP_S        0.1 ///< drawings on threes stand still between
#define STILL_S      0.6
#define SAME_WAY     0.5F ///< cosine: within sixty degrees of the way so far

static void add(KtFilm *film, KtGesture gesture) {
  KtGesture *made = kt_array_push(film->arena, &film->gestures);
  if (made) {
    *made = gesture;
  }
}

typedef struct Way {
  float x, y, share; ///< sums over the pictures that moved
  int first, last, moved;
} Way;

static void finish(KtFilm *film, const Way *way) {
  float travel = sqrtf(way->x * way->x + way->y * way->y);
  const KtFrame *frames = film->frames.items;
  double length_s = way->moved ? kt_seconds(frames[way->last].time - frames[way->first].time) : 0;
  if (!way->moved || length_s < LEAST_S || travel < LEAST_TRAVEL) {
    return;
  }
  bool across = fabsf(way->x) >= fabsf(way->y);
  KtGestureKind kind = across ? (way->x > 0 ? KT_GESTURE_SWEEP_RIGHT : KT_GESTURE_SWEEP_LEFT)
                              : (way->y > 0 ? KT_GESTURE_FALL : KT_GESTURE_RISE);
  float share = way->share / (float)way->moved;
  add(film, (KtGesture){.start = frames[way->first].time,
                        .end = frames[way->last].time,
                        .kind = kind,
                        .direction = atan2f(-way->y, way->x) * 57.29578F,
                        .travel = travel,
                        .strength = 1.0F - expf(-travel / 0.2F * (0.4F + 4.0F * share))});
}

/// Movements of one shot, each as long as it keeps its way.
static void find_ways(KtFilm *film, const KtSights *sights, int from, int to) {
  const KtFrame *frames = film->frames.items;
  Way way = {0};
  for (int i = from + 1; i <= to; ++i) {
    const KtSight *sight = &sights->items[i];
    float step_s = (float)kt_seconds(frames[i].time - frames[i - 1].time);
    float dx = sight->local_x, dy = sight->local_y, far = sqrtf(dx * dx + dy * dy);
    bool moves = frames[i].local > LEAST_LOCAL && far > LEAST_SPEED * step_s;
    float so_far = sqrtf(way.x * way.x + way.y * way.y);
    bool turns = moves && way.moved && dx * way.x + dy * way.y < SAME_WAY * far * so_far;
    bool rests = way.moved && kt_seconds(frames[i].time - frames[way.last].time) > GAP_S;
    if (turns || rests) {
      finish(film, &way);
      way = (Way){0};
    }
    if (moves) {
      way.first = way.moved ? way.first : i;
      way.last = i;
      ++way.moved;
      way.x += dx;
      way.y += dy;
      way.share += sight->local_share;
    }
  }
  finish(film, &way);
}

static bool stands(const KtFilm *film, const KtSights *sights, int i) {
  const KtFrame *frame = &film->frames.items[i];
  float step_s = (float)kt_seconds(frame->time - frame[-1].time);
  float local = sights->items[i].local / fmaxf(step_s * 24.0F, 0.02F) / 0.03F;
  return local < STILL_LOCAL && fabsf(frame->camera_x) + fabsf(frame->camera_y) < STILL_CAMERA &&
         fabsf(frame->zoom) < STILL_CAMERA;
}

static void find_stillness(KtFilm *film, const KtSights *sights, int from, int to) {
  const KtFrame *frames = film->frames.items;
  int first = from; // the first picture of a shot has none before it to differ from
  for (int i = from + 1; i <= to + 1; ++i) {
    if (i <= to && stands(film, sights, i)) {
      continue;
    }
    double length_s = kt_seconds(frames[i - 1].time - frames[first].time);
    if (length_s >= STILL_S) {
      add(film, (KtGesture){.start = frames[first].time,
                            .end = frames[i - 1].time,
                            .kind = KT_GESTURE_STILLNESS,
                            .strength = 1.0F - expf((float)(-length_s / 2.0))});
    }
    first = i;
  }
}

static int by_start(const void *a, const void *b) {
  const KtGesture *x = a, *y = b;
  if (x->start != y->start) {
    return x->start < y->start ? -1 : 1;
  }
  return (int)x->kind - (int)y->kind;
}

void kt_gestures_find(KtFilm *film, const KtSights *sights) {
  for (size_t s = 0; s < film->shots.count; ++s) {
    const KtShot *shot = &film->shots.items[s];
    kt_sights_rest(sights, 256 * s); // now and then
    find_ways(film, sights, shot->start_frame, shot->end_frame);
    find_stillness(film, sights, shot->start_frame, shot->end_frame);
  }
  if (film->gestures.count) {
    qsort(film->gestures.items, film->gestures.count, sizeof(KtGesture), by_start);
  }
}
