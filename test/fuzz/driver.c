// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target without libFuzzer: every file of a corpus, then changes of it that are the same
// on each run. usage: fuzz_NAME CORPUS [CHANGES]
#include "fuzz.h"

#include "base/file.h"
#include "base/rng.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 16 };

/// One to eight bytes changed, put in, taken out or doubled.
static size_t change(KtRng *rng, uint8_t *bytes, size_t size) {
  static const char spice[] = "\0\xff\n\r\t :-#[]{}()<>\"'/*&|^_=~@!.,0123456789zZ%";
  int count = kt_rng_int(rng, 1, 8);
  for (int i = 0; i < count; ++i) {
    size_t at = size ? (size_t)kt_rng_int(rng, 0, (int)size - 1) : 0;
    size_t run = (size_t)kt_rng_int(rng, 1, 40);
    run = at + run > size ? size - at : run;
    uint8_t one = (uint8_t)spice[kt_rng_int(rng, 0, (int)sizeof(spice) - 2)];
    switch (kt_rng_int(rng, 0, 4)) {
    case 0:
      size = size ? at : 0; // cut short
      break;
    case 1:
      memmove(bytes + at, bytes + at + run, size - at - run);
      size -= run;
      break;
    case 2:
      if (size + run <= MOST_BYTES) {
        memmove(bytes + at + run, bytes + at, size - at);
        size += run;
      }
      break;
    default:
      if (size) {
        bytes[at] = one;
      }
    }
  }
  return size;
}

static void run_file(const char *path, int changes) {
  KtArena *arena = kt_arena_new();
  const char *text = NULL;
  size_t size = 0;
  if (!arena || kt_file_read(arena, path, MOST_BYTES, &text, &size, NULL)) {
    fprintf(stderr, "%s cannot be read\n", path);
    exit(1);
  }
  KtRng rng = kt_rng(1, kt_path_name(path));
  LLVMFuzzerTestOneInput((const uint8_t *)text, size);
  for (int i = 0; i < changes; ++i) {
    uint8_t *bytes = malloc(MOST_BYTES);
    memcpy(bytes, text, size);
    size_t length = change(&rng, bytes, size);
    uint8_t *exact = malloc(length ? length : 1); // so that a sanitizer sees a read past the end
    memcpy(exact, bytes, length);
    free(bytes);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
  }
  kt_arena_free(arena);
}

int main(int argc, char **argv) {
  int changes = argc > 2 ? atoi(argv[2]) : 1000;
  struct dirent **names = NULL;
  int count = argc > 1 ? scandir(argv[1], &names, NULL, alphasort) : -1;
  int run = 0;
  for (int i = 0; i < count; ++i) {
    if (names[i]->d_name[0] != '.') {
      char path[2048];
      snprintf(path, sizeof(path), "%s/%s", argv[1], names[i]->d_name);
      run_file(path, changes);
      ++run;
    }
    free(names[i]);
  }
  free(names);
  printf("%d files, %d changes of each\n", run, changes);
  return run ? 0 : 1;
}
