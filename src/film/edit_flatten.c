// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/edit.h"

#include <stdlib.h>
#include <string.h>

static int by_start(const void *a, const void *b) {
  const KtEditClip *x = *(KtEditClip *const *)a, *y = *(KtEditClip *const *)b;
  if (x->start != y->start) {
    return x->start < y->start ? -1 : 1;
  }
  return (x > y) - (x < y); // as they were read
}

static int by_time(const void *a, const void *b) {
  KtFilmTime x = *(const KtFilmTime *)a, y = *(const KtFilmTime *)b;
  return (x > y) - (x < y);
}

static int by_at(const void *a, const void *b) {
  const KtMarker *x = a, *y = b;
  return x->at != y->at ? (x->at < y->at ? -1 : 1) : strcmp(x->name, y->name);
}

/// The clips that run at a time, in order of their start.
typedef struct Running {
  const KtEditClip **items;
  size_t count;
} Running;

static const KtEditClip *top_of(Running *running, KtFilmTime now) {
  const KtEditClip *top = NULL;
  size_t kept = 0;
  for (size_t i = 0; i < running->count; ++i) {
    const KtEditClip *clip = running->items[i];
    if (clip->end > now) {
      running->items[kept++] = clip;
      top = !top || clip->layer >= top->layer ? clip : top; // of two on a layer the later
    }
  }
  running->count = kept;
  return top;
}

/// The same source goes on where it was: an edit that nobody sees.
static bool goes_on(const KtEditClip *was, const KtEditClip *is) {
  return was && is && was->even && is->even && is->in == KT_TRANSITION_CUT && !is->blank &&
         was->end == is->start && was->source + (was->end - was->start) == is->source &&
         !strcmp(was->name, is->name) && !strcmp(was->reel, is->reel);
}

static void add_event(KtEdit *edit, const KtEditClip *was, const KtEditClip *is, KtFilmTime now,
                      KtFilmTime next) {
  KtEditEvent *event = kt_array_push(edit->arena, &edit->events);
  if (!event) {
    return;
  }
  *event = (KtEditEvent){.start = now,
                         .end = next,
                         .transition = KT_TRANSITION_CUT,
                         .transition_end = now,
                         .name = is ? is->name : "",
                         .reel = is ? is->reel : "",
                         .blank = !is || is->blank,
                         .through = goes_on(was, is)};
  if (is && is->start == now && is->in_time > 0) {
    event->transition = is->in;
    event->transition_end = now + is->in_time;
  } else if (was && was->end == now && was->out_time > 0) {
    bool nothing = event->blank && was->out == KT_TRANSITION_DISSOLVE;
    event->transition = nothing ? KT_TRANSITION_FADE_BLACK : was->out;
    event->transition_end = now + was->out_time;
  }
}

static void walk(KtEdit *edit, KtEditClip **clips, const KtFilmTime *times, size_t count,
                 Running *running) {
  const KtEditClip *shown = NULL;
  bool gap = true;
  size_t next = 0;
  for (size_t i = 0; i + 1 < count; ++i) {
    if (times[i] == times[i + 1]) {
      continue;
    }
    while (next < edit->clips.count && clips[next]->start <= times[i]) {
      running->items[running->count++] = clips[next++];
    }
    const KtEditClip *top = top_of(running, times[i]);
    bool same = edit->events.count && top == shown && !top == gap;
    if (same) {
      edit->events.items[edit->events.count - 1].end = times[i + 1];
    } else {
      add_event(edit, shown, top, times[i], times[i + 1]);
    }
    shown = top;
    gap = !top;
  }
  if (shown && shown->out_time > 0) { // the last picture fades out
    add_event(edit, shown, NULL, shown->end, shown->end + shown->out_time);
  }
}

KtStatus kt_edit_flatten(KtEdit *edit, KtError *err) {
  size_t count = edit->clips.count;
  if (edit->markers.count > 1) {
    qsort(edit->markers.items, edit->markers.count, sizeof(KtMarker), by_at);
  }
  if (!count) {
    return KT_OK;
  }
  KtEditClip **clips = KT_NEW(edit->arena, KtEditClip *, count);
  KtFilmTime *times = KT_NEW(edit->arena, KtFilmTime, count * 2);
  Running running = {KT_NEW(edit->arena, const KtEditClip *, count), 0};
  if (!clips || !times || !running.items) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < count; ++i) {
    clips[i] = &edit->clips.items[i];
    times[i * 2] = clips[i]->start;
    times[i * 2 + 1] = clips[i]->end;
    edit->layers = clips[i]->layer != clips[0]->layer ? 2 : edit->layers;
  }
  qsort(clips, count, sizeof(*clips), by_start);
  qsort(times, count * 2, sizeof(*times), by_time);
  walk(edit, clips, times, count * 2, &running);
  return KT_OK;
}
