// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/read_score.h"

#include "base/file.h"

#include <stdlib.h>

static int by_tick(const void *a, const void *b) {
  const KtTempoMark *x = a, *y = b;
  return (x->tick > y->tick) - (x->tick < y->tick);
}

static void add_point(KtReadScore *score, KtTick tick, double seconds) {
  KtTempoPoint *point = kt_array_push(score->arena, &score->score.tempo.points);
  if (point) {
    *point = (KtTempoPoint){tick, kt_film_time(seconds)};
  }
}

void kt_read_score_tempo(KtReadScore *score, KtTempoMarks *marks, double plain_bpm) {
  if (marks->count) {
    qsort(marks->items, marks->count, sizeof(KtTempoMark), by_tick);
  }
  double bpm = plain_bpm, seconds = 0;
  KtTick at = 0;
  add_point(score, 0, 0);
  for (size_t i = 0; i < marks->count; ++i) {
    const KtTempoMark *mark = &marks->items[i];
    if (mark->tick > at && mark->tick < score->score.end) {
      seconds += (double)(mark->tick - at) / KT_PPQ * 60 / bpm;
      at = mark->tick;
      add_point(score, at, seconds);
    }
    bpm = mark->bpm;
  }
  KtTick end = score->score.end > at ? score->score.end : at + KT_PPQ;
  add_point(score, end, seconds + (double)(end - at) / KT_PPQ * 60 / bpm);
}

void kt_read_score_free(KtReadScore *score) {
  if (score) {
    kt_arena_free(score->arena); // it lives in it
  }
}

KtStatus kt_read_score_file(const char *path, size_t most, KtScoreParse *parse, KtReadScore **score, KtError *err) {
  *score = NULL;
  KtArena *arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = arena ? kt_file_read(arena, path, most, &bytes, &size, err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  status = status ? status : parse(path, bytes, size, score, err);
  kt_arena_free(arena);
  return status;
}
