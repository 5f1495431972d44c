// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "film/film.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  KtFilm film = {.arena = kt_arena_new()};
  kt_captions_read(&film, fuzz_file(data, size), NULL);
  kt_arena_free(film.arena);
  return 0;
}
