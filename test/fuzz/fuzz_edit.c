// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "film/film.h"

enum { PICTURES = 600, EVERY = 100 };

/// Every reader by its content, and the list laid on a film of twenty-five seconds.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  KtArena *arena = kt_arena_new();
  KtFilm film = {.arena = arena, .rate = {24, 1}};
  film.timecode.rate = film.rate;
  film.duration = kt_frame_time(film.rate, PICTURES);
  for (int i = 0; i < PICTURES; ++i) {
    KtFrame *frame = kt_array_push(arena, &film.frames);
    KtShot *shot = i % EVERY ? NULL : kt_array_push(arena, &film.shots);
    frame->time = kt_frame_time(film.rate, i);
    if (shot) {
      *shot = (KtShot){.start_frame = i,
                       .end_frame = i + EVERY - 1,
                       .start = frame->time,
                       .end = kt_frame_time(film.rate, i + EVERY),
                       .transition = KT_TRANSITION_CUT};
    }
  }
  kt_edit_check(path, NULL);
  kt_film_take_edit(&film, path, path, NULL);
  kt_arena_free(arena);
  return 0;
}
