// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/edit.h"

#include "base/file.h"
#include "film/see.h"

#include <stdlib.h>
#include <string.h>

#define BLINK_S 2.0 ///< black no longer than this belongs to the change from one shot to the next

typedef struct Edge {
  int frame, to; ///< `to`: last mixed picture; equal for a cut
  KtTransition transition;
  int listed;
  float confidence;
} Edge;
typedef KT_ARRAY(Edge) Edges;
typedef KT_ARRAY(KtShot) Shots;

static void add_edge(KtArena *arena, Edges *edges, Edge edge) {
  Edge *added = kt_array_push(arena, edges);
  if (added) {
    *added = edge;
  }
}

static bool is_gap(const KtEditEvent *event) {
  return event->blank && !*event->name && !*event->reel;
}

/// What was seen counts where the list says nothing: outside it and in its gaps.
static bool is_open(const KtFilm *film, KtFilmTime time) {
  const KtFilmTime near = 2 * kt_frame_time(film->rate, 1);
  const KtEditEvent *events = film->edit.items;
  size_t count = film->edit.count;
  if (time < events[0].start - near || time > events[count - 1].end + near) {
    return true;
  }
  for (size_t i = 0; i < count; ++i) {
    if (is_gap(&events[i]) && time > events[i].start + near && time < events[i].end - near) {
      return true;
    }
  }
  return false;
}

static int by_frame(const void *a, const void *b) {
  const Edge *x = a, *y = b;
  return x->frame != y->frame ? x->frame - y->frame : y->listed - x->listed;
}

static void listed_edges(const KtFilm *film, KtArena *arena, Edges *edges) {
  size_t count = film->edit.count;
  int pictures = (int)film->frames.count;
  for (size_t i = 0; i < count; ++i) {
    const KtEditEvent *event = &film->edit.items[i];
    if (event->through) {
      continue;
    }
    int at = kt_film_frame_at(film, event->start), to = at;
    if (event->transition_end > event->start) {
      to = kt_film_frame_at(film, event->transition_end - 1);
    }
    add_edge(arena, edges,
             (Edge){at, to, to > at ? event->transition : KT_TRANSITION_CUT, (int)i + 1, 1.0F});
  }
  KtFilmTime end = film->edit.items[count - 1].end;
  int last = kt_film_frame_at(film, end);
  if (end < film->duration && last > 0 && last < pictures && film->frames.items[last].time == end) {
    add_edge(arena, edges, (Edge){last, last, KT_TRANSITION_CUT, 0, 1.0F});
  }
}

static void seen_edges(const KtFilm *film, KtArena *arena, Edges *edges) {
  for (size_t i = 1; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    if (is_open(film, shot->start)) {
      add_edge(arena, edges,
               (Edge){shot->transition_start_frame < shot->start_frame
                          ? shot->start_frame
                          : shot->transition_start_frame,
                      shot->transition_end_frame, shot->transition, 0, shot->confidence});
    }
  }
}

/// Black between two pictures becomes part of the change; a film that begins black, of its start.
static void join_blinks(const KtFilm *film, Edges *edges) {
  size_t kept = 0;
  for (size_t i = 0; i < edges->count; ++i) {
    Edge edge = edges->items[i];
    const KtEditEvent *event = edge.listed ? &film->edit.items[edge.listed - 1] : NULL;
    const Edge *next = i + 1 < edges->count ? &edges->items[i + 1] : NULL;
    if (event && event->blank && next && next->listed &&
        kt_seconds(event->end - event->start) <= BLINK_S &&
        next->frame - edge.frame <= (int)(BLINK_S * kt_rate_fps(film->rate)) + 1) {
      bool gradual = edge.transition != KT_TRANSITION_CUT || next->transition != KT_TRANSITION_CUT;
      edge.transition = gradual ? KT_TRANSITION_FADE_BLACK : KT_TRANSITION_CUT;
      edge.to = gradual ? next->to : edge.frame;
      edge.listed = next->listed;
      ++i;
    }
    if (kept && edges->items[kept - 1].frame == edge.frame) {
      continue;
    }
    edges->items[kept++] = edge;
  }
  edges->count = kept;
}

/// The seen shot that a span shares most with: its scene and its colours are taken.
static const KtShot *most_shared(const KtShot *seen, size_t count, const KtShot *shot) {
  const KtShot *best = &seen[0];
  int most = -1;
  for (size_t i = 0; i < count; ++i) {
    int from = seen[i].start_frame > shot->start_frame ? seen[i].start_frame : shot->start_frame;
    int to = seen[i].end_frame < shot->end_frame ? seen[i].end_frame : shot->end_frame;
    if (to - from > most) {
      most = to - from;
      best = &seen[i];
    }
  }
  return best;
}

static void describe(const KtFilm *film, KtShot *shot) {
  size_t next = (size_t)shot->end_frame + 1;
  shot->start = film->frames.items[shot->start_frame].time;
  shot->end = next < film->frames.count
                  ? film->frames.items[next].time
                  : film->frames.items[next - 1].time + kt_frame_time(film->rate, 1);
  KtFrame mean = kt_film_average(film, shot->start, shot->end);
  shot->brightness = mean.brightness;
  shot->contrast = mean.contrast;
  shot->saturation = mean.saturation;
  shot->warmth = mean.warmth;
  shot->motion = mean.motion;
}

static void make_shots(KtFilm *film, const Edges *edges, Shots *shots) {
  int last = (int)film->frames.count - 1, scene = 0, was = film->shots.items[0].scene;
  for (size_t i = 0; i <= edges->count; ++i) {
    Edge edge = i ? edges->items[i - 1] : (Edge){0, 0, KT_TRANSITION_START, 0, 1.0F};
    int end = i < edges->count ? edges->items[i].frame - 1 : last;
    if (!i && edges->count && edges->items[0].frame == 0) { // the list begins with the film
      edge = edges->items[0];
      edge.transition = KT_TRANSITION_START;
      end = edges->count > 1 ? edges->items[1].frame - 1 : last;
      i = 1;
    }
    KtShot *shot = end >= edge.frame ? kt_array_push(film->arena, shots) : NULL;
    if (!shot) {
      continue;
    }
    *shot = (KtShot){.start_frame = edge.frame,
                     .end_frame = end,
                     .transition = edge.transition,
                     .transition_start_frame = edge.frame,
                     .transition_end_frame = edge.to > end ? end : edge.to,
                     .confidence = edge.confidence,
                     .listed = edge.listed};
    const KtShot *seen = most_shared(film->shots.items, film->shots.count, shot);
    memcpy(shot->palette, seen->palette, sizeof(shot->palette));
    memcpy(shot->palette_share, seen->palette_share, sizeof(shot->palette_share));
    scene += seen->scene > was;
    was = seen->scene > was ? seen->scene : was;
    shot->scene = scene;
    describe(film, shot);
  }
}

/// A cut that went unseen looks like a burst or a flash; it is none.
static void drop_false_moments(KtFilm *film, const Edges *edges) {
  size_t kept = 0;
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    int at = kt_film_frame_at(film, moment->at);
    bool is_cut = false;
    for (size_t k = 0; k < edges->count && !is_cut; ++k) {
      is_cut = edges->items[k].listed && abs(edges->items[k].frame - at) <= 1;
    }
    for (size_t k = 1; k < film->shots.count && is_cut; ++k) { // seen as a cut all the same
      is_cut = abs(film->shots.items[k].start_frame - at) > 1;
    }
    if (!is_cut || moment->kind == KT_MOMENT_TRANSIENT) {
      film->moments.items[kept++] = *moment;
    }
  }
  film->moments.count = kept;
}

KtStatus kt_edit_cut_shots(KtFilm *film, KtError *err) {
  KtArena *scratch = film->edit.count && film->shots.count ? kt_arena_new() : NULL;
  Edges edges = {0};
  Shots shots = {0};
  if (!scratch) {
    return film->edit.count && film->shots.count ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                                                 : KT_OK;
  }
  listed_edges(film, scratch, &edges);
  seen_edges(film, scratch, &edges);
  if (edges.count) {
    qsort(edges.items, edges.count, sizeof(Edge), by_frame);
    join_blinks(film, &edges);
    drop_false_moments(film, &edges);
    make_shots(film, &edges, &shots);
  }
  bool failed = kt_arena_failed(scratch);
  kt_arena_free(scratch);
  if (failed || kt_arena_failed(film->arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (shots.count) {
    film->shots.items = shots.items;
    film->shots.count = shots.count;
    film->shots.capacity = shots.capacity;
    if (film->pace.count) {
      kt_pace_find(film);
    }
  }
  return KT_OK;
}

static int by_time(const void *a, const void *b) {
  const KtMarker *x = a, *y = b;
  return x->at != y->at ? (x->at < y->at ? -1 : 1) : strcmp(x->name, y->name);
}

KtStatus kt_film_take_edit(KtFilm *film, const char *edit, const char *markers, KtError *err) {
  const char *const paths[] = {edit, markers};
  KtStatus status = KT_OK;
  memset(&film->markers, 0, sizeof(film->markers));
  memset(&film->edit, 0, sizeof(film->edit));
  for (size_t i = 0; i < 2 && !status; ++i) {
    KtArena *arena = paths[i] ? kt_arena_new() : NULL;
    if (!arena) {
      status = paths[i] ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
      continue;
    }
    KtEdit *read = NULL;
    status = kt_edit_read(arena, paths[i], &film->timecode, &read, err);
    status = status ? status : kt_edit_place(film, read, i == 0, err);
    kt_arena_free(arena);
    if (!status && i == 0) {
      film->edit_name = kt_arena_text(film->arena, kt_path_name(edit));
      status = kt_edit_cut_shots(film, err);
    }
  }
  if (!status && film->markers.count > 1) {
    qsort(film->markers.items, film->markers.count, sizeof(KtMarker), by_time);
  }
  if (!status && kt_arena_failed(film->arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return status;
}
