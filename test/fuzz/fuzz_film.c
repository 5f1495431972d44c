// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "film/film.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t *copy = malloc(size + 1);
  memcpy(copy, data, size);
  uint64_t sum = UINT64_C(14695981039346656037);
  for (size_t i = 0; i + sizeof(sum) < size; ++i) {
    sum = (sum ^ copy[i]) * UINT64_C(1099511628211);
  }
  if (size > sizeof(sum)) { // a right sum, so that the changes get past it
    memcpy(copy + size - sizeof(sum), &sum, sizeof(sum));
  }
  KtFilm *film = NULL;
  if (!kt_film_load(fuzz_file(copy, size), &film, NULL)) {
    kt_film_free(film);
  }
  free(copy);
  return 0;
}
