// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include <math.h>
#include <stdlib.h>

#define REACH_S      0.12  ///< smoothing each way; drawings on twos pan on twos
#define LEAST_SPEED  0.02F ///< widths a second at the picture's edge
#define LEAST_AMOUNT 0.03F ///< widths at the edge, over the whole move
#define LEAST_S      0.25
#define EDGE         0.35F ///< widths from the middle where a zoom is compared with a pan
#define SHAKE_S      0.5   ///< window each way for a hand that shakes
#define SHAKE        0.05F ///< widths a second of way that leads nowhere

typedef struct Speed {
  float x, y, zoom;
} Speed;

static float size_of(Speed s) {
  return sqrtf(s.x * s.x + s.y * s.y + s.zoom * s.zoom * EDGE * EDGE);
}

static float along(Speed a, Speed b) {
  return a.x * b.x + a.y * b.y + a.zoom * b.zoom * EDGE * EDGE;
}

/// Distances gone from picture `from` to `to`, inclusive.
static Speed way(const KtFilm *film, int from, int to, float *length) {
  Speed sum = {0};
  *length = 0;
  for (int i = from; i <= to; ++i) {
    const KtFrame *frame = &film->frames.items[i];
    float step_s = i ? (float)kt_seconds(frame->time - frame[-1].time) : 0;
    sum.x += frame->camera_x * step_s;
    sum.y += frame->camera_y * step_s;
    sum.zoom += frame->zoom * step_s;
    *length += step_s * size_of((Speed){frame->camera_x, frame->camera_y, frame->zoom});
  }
  return sum;
}

static void add(KtFilm *film, int from, int to, KtCameraKind kind, Speed gone, float size) {
  KtCameraMove *move = kt_array_push(film->arena, &film->camera);
  const KtFrame *frames = film->frames.items;
  float length_s = (float)kt_seconds(frames[to].time - frames[from - 1].time);
  if (move) {
    bool turns = kind == KT_CAMERA_PAN || kind == KT_CAMERA_TILT;
    *move = (KtCameraMove){
        .start = frames[from].time,
        .end = frames[to].time,
        .kind = kind,
        .direction = turns ? atan2f(-gone.y, gone.x) * 57.29578F : 0,
        .amount = kind == KT_CAMERA_ZOOM ? gone.zoom : size,
        .strength = 1.0F - expf(-size / fmaxf(length_s, 0.04F) / 0.3F),
    };
  }
}

static void finish(KtFilm *film, int from, int to) {
  while (from < to &&
         size_of((Speed){film->frames.items[from].camera_x, film->frames.items[from].camera_y,
                         film->frames.items[from].zoom}) < LEAST_SPEED) {
    ++from; // smoothing saw it before it began
  }
  while (to > from &&
         size_of((Speed){film->frames.items[to].camera_x, film->frames.items[to].camera_y,
                         film->frames.items[to].zoom}) < LEAST_SPEED) {
    --to;
  }
  float length = 0;
  Speed gone = way(film, from, to, &length);
  double length_s = kt_seconds(film->frames.items[to].time - film->frames.items[from].time);
  float shift = sqrtf(gone.x * gone.x + gone.y * gone.y), zoom = fabsf(gone.zoom) * EDGE;
  if (length_s < LEAST_S) {
    return;
  }
  if (shift > LEAST_AMOUNT && shift > 0.5F * zoom) {
    add(film, from, to, fabsf(gone.x) >= fabsf(gone.y) ? KT_CAMERA_PAN : KT_CAMERA_TILT, gone,
        shift);
  }
  if (zoom > LEAST_AMOUNT * 0.5F && zoom > 0.4F * shift) {
    add(film, from, to, KT_CAMERA_ZOOM, gone, zoom);
  }
}

/// Mean speed around a picture, inside the shot.
static Speed smooth(const KtFilm *film, const KtShot *shot, int i, int reach) {
  int from = i - reach <= shot->start_frame ? shot->start_frame + 1 : i - reach;
  int to = i + reach > shot->end_frame ? shot->end_frame : i + reach;
  Speed sum = {0};
  for (int k = from; k <= to; ++k) {
    const KtFrame *frame = &film->frames.items[k];
    sum = (Speed){sum.x + frame->camera_x, sum.y + frame->camera_y, sum.zoom + frame->zoom};
  }
  float count = to >= from ? (float)(to - from + 1) : 1;
  return (Speed){sum.x / count, sum.y / count, sum.zoom / count};
}

static void find_moves(KtFilm *film, const KtShot *shot, int reach) {
  int first = -1;
  Speed so_far = {0};
  for (int i = shot->start_frame + 1; i <= shot->end_frame + 1; ++i) {
    Speed now = i <= shot->end_frame ? smooth(film, shot, i, reach) : (Speed){0};
    bool moves = size_of(now) > LEAST_SPEED;
    if (first >= 0 && (!moves || along(now, so_far) < 0)) {
      finish(film, first, i - 1);
      first = -1;
    }
    if (moves) {
      if (first < 0) {
        first = i;
        so_far = (Speed){0};
      }
      so_far = (Speed){so_far.x + now.x, so_far.y + now.y, so_far.zoom + now.zoom};
    }
  }
}

static void find_shake(KtFilm *film, const KtShot *shot, int reach) {
  int first = -1;
  for (int i = shot->start_frame + 1; i <= shot->end_frame + 1; ++i) {
    bool shakes = false;
    if (i <= shot->end_frame) {
      int from = i - reach <= shot->start_frame ? shot->start_frame + 1 : i - reach;
      int to = i + reach > shot->end_frame ? shot->end_frame : i + reach;
      float length = 0, span_s = (float)kt_seconds(film->frames.items[to].time -
                                                   film->frames.items[from - 1].time);
      Speed gone = way(film, from, to, &length);
      float idle = length - size_of(gone);
      shakes = idle > SHAKE * span_s && idle > 0.4F * length;
    }
    if (shakes && first < 0) {
      first = i;
    } else if (!shakes && first >= 0) {
      float length = 0;
      Speed gone = way(film, first, i - 1, &length);
      if (kt_seconds(film->frames.items[i - 1].time - film->frames.items[first].time) >=
          2 * SHAKE_S) {
        add(film, first, i - 1, KT_CAMERA_HANDHELD, gone, length - size_of(gone));
      }
      first = -1;
    }
  }
}

static int by_start(const void *a, const void *b) {
  const KtCameraMove *x = a, *y = b;
  if (x->start != y->start) {
    return x->start < y->start ? -1 : 1;
  }
  return (int)x->kind - (int)y->kind;
}

void kt_camera_moves_find(KtFilm *film) {
  double fps = kt_rate_fps(film->rate);
  for (size_t s = 0; s < film->shots.count; ++s) {
    find_moves(film, &film->shots.items[s], (int)(fps * REACH_S + 0.5));
    find_shake(film, &film->shots.items[s], (int)(fps * SHAKE_S + 0.5));
  }
  if (film->camera.count) {
    qsort(film->camera.items, film->camera.count, sizeof(KtCameraMove), by_start);
  }
}
