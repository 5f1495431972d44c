// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Streamers and punches: what a conductor watches for, and how they are drawn.
#include "deliver/clicks.h"

#include <stdlib.h>

enum { PUNCH_FRAMES = 3 };
static const double LONG_S = 3, SHORT_S = 2;

static void add(KtArena *arena, KtStreamers *list, KtFilmTime end, KtStreamerColour colour) {
  KtStreamer *streamer = kt_array_push(arena, list);
  if (streamer) {
    *streamer = (KtStreamer){end - kt_film_time(LONG_S), end, colour};
  }
}

static int by_end(const void *a, const void *b) {
  const KtStreamer *x = a;
  const KtStreamer *y = b;
  return x->end != y->end ? (x->end > y->end) - (x->end < y->end) : (int)x->colour - (int)y->colour;
}

KtStatus kt_streamers_of(const KtDelivery *delivery, size_t cue, KtArena *arena,
                         KtStreamers *streamers, KtError *err) {
  const KtCue *spotted = &delivery->spotting->cues.items[cue];
  const KtScore *score = kt_delivery_score(delivery, cue);
  KtClicks clicks;
  *streamers = (KtStreamers){0};
  KtStatus status = kt_clicks_of(score, spotted->out - spotted->in, arena, &clicks, err);
  if (status) {
    return status;
  }
  add(arena, streamers, spotted->in + clicks.items[0].at, KT_STREAMER_YELLOW);
  KtTick downbeat = kt_metres_upbeat(&score->metres); // after an upbeat, if there is one
  add(arena, streamers, spotted->in + (downbeat ? kt_tempo_time(&score->tempo, downbeat) : 0), KT_STREAMER_GREEN);
  for (size_t i = 0; i < delivery->spotting->hits.count; ++i) {
    const KtHit *hit = &delivery->spotting->hits.items[i];
    if (hit->cue == (int)cue && hit->kind != KT_HIT_SOFT) {
      add(arena, streamers, hit->at, KT_STREAMER_WHITE);
    }
  }
  add(arena, streamers, spotted->out, KT_STREAMER_RED);
  if (kt_arena_failed(arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  qsort(streamers->items, streamers->count, sizeof(*streamers->items), by_end);
  for (size_t i = 1; i < streamers->count; ++i) { // one line at a time, where there is the time for it
    KtStreamer *own = &streamers->items[i];
    KtFilmTime before = own[-1].end;
    if (own->start < before) {
      KtFilmTime shortest = own->end - kt_film_time(SHORT_S);
      bool must = own->colour != KT_STREAMER_WHITE;
      own->start = before <= shortest ? before : must ? shortest : own->end; // a punch alone
    }
  }
  return KT_OK;
}

typedef struct Colour {
  uint8_t value[3];
} Colour;

/// ITU-R BT.601, studio levels.
static Colour colour_of(KtStreamerColour colour) {
  static const Colour colours[] = {
      {{210, 16, 146}}, {{145, 54, 34}}, {{235, 128, 128}}, {{81, 90, 240}}};
  return colours[colour];
}

static void fill_row(const KtCanvas *canvas, int plane, int y, int from, int to, Colour colour) {
  int half = plane ? 2 : 1;
  int width = (canvas->width + half - 1) / half;
  uint8_t *row = canvas->plane[plane] + (ptrdiff_t)y * canvas->stride[plane];
  for (int x = from < 0 ? 0 : from; x < to && x < width; ++x) {
    row[x] = colour.value[plane];
  }
}

static void draw_line(const KtCanvas *canvas, double part, Colour colour) {
  int thick = canvas->width / 60 < 4 ? 4 : canvas->width / 60 & ~1;
  int left = (int)(part * (canvas->width - thick)) & ~1;
  for (int plane = 0; plane < 3; ++plane) {
    int half = plane ? 2 : 1;
    for (int y = 0; y < canvas->height / half; ++y) {
      fill_row(canvas, plane, y, left / half, (left + thick) / half, colour);
    }
  }
}

static void draw_punch(const KtCanvas *canvas, Colour colour) {
  for (int plane = 0; plane < 3; ++plane) {
    int half = plane ? 2 : 1;
    int radius = canvas->height / 6 / half;
    int x = canvas->width / 2 / half;
    int y = canvas->height / 2 / half;
    for (int row = -radius; row <= radius; ++row) {
      int reach = 0;
      while ((reach + 1) * (reach + 1) + row * row <= radius * radius) {
        ++reach;
      }
      fill_row(canvas, plane, y + row, x - reach, x + reach + 1, colour);
    }
  }
}

void kt_draw_streamers(const KtCanvas *canvas, const KtStreamers *streamers, KtFilmTime at,
                       KtRate rate) {
  KtFilmTime frame = kt_frame_time(rate, 1);
  for (size_t i = 0; i < streamers->count; ++i) {
    const KtStreamer *own = &streamers->items[i];
    KtFilmTime past = at - own->end;
    if (past >= -frame / 2 && past < PUNCH_FRAMES * frame - frame / 2) {
      draw_punch(canvas, colour_of(own->colour));
    } else if (at >= own->start && past < 0 && own->end > own->start) {
      // The line is at the far edge on the picture before the punch.
      double whole = (double)(own->end - own->start - frame);
      double part = whole > 0 ? (double)(at - own->start) / whole : 1;
      draw_line(canvas, part > 1 ? 1 : part, colour_of(own->colour));
    }
  }
}
