// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What was seen of all pictures lies in a file without a name, mapped into memory: of two hours that
// are 140 MB, of which only the part that is being looked at stays resident.
#include "film/see.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST = 4096, REST = 4096 };

static int open_file(void) {
  const char *named = getenv("TMPDIR");
  const char *const folders[] = {named && named[0] ? named : "/var/tmp", "/var/tmp", "/tmp"};
  int file = -1;
  for (size_t i = 0; file < 0 && i < sizeof(folders) / sizeof(*folders); ++i) {
    file = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  }
  return file;
}

/// Larger, in the file where there is one and it has room, else in memory.
static bool grow(KtSights *sights, size_t capacity) {
  size_t bytes = capacity * sizeof(KtSight), before = sights->capacity * sizeof(KtSight);
  if (!sights->items) {
    sights->file = open_file();
  }
  KtSight *larger = NULL;
  if (sights->file >= 0 && !posix_fallocate(sights->file, 0, (off_t)bytes)) {
    void *map = sights->items ? mremap(sights->items, before, bytes, MREMAP_MAYMOVE)
                              : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, sights->file, 0);
    larger = map == MAP_FAILED ? NULL : map;
  } else if (sights->file < 0) {
    larger = realloc(sights->items, bytes);
  } else { // the disk is full: on in memory
    larger = malloc(bytes);
    if (larger && sights->items) {
      memcpy(larger, sights->items, before);
      munmap(sights->items, before);
    }
    if (larger) {
      close(sights->file);
      sights->file = -1;
    }
  }
  if (larger) {
    sights->items = larger;
    sights->capacity = capacity;
  }
  return larger != NULL;
}

KtSight *kt_sights_add(KtSights *sights) {
  if (sights->count == sights->capacity &&
      !grow(sights, sights->capacity ? sights->capacity * 3 / 2 : FIRST)) {
    return NULL;
  }
  kt_sights_rest(sights, sights->count);
  KtSight *sight = &sights->items[sights->count++];
  memset(sight, 0, sizeof(*sight));
  return sight;
}

void kt_sights_rest(const KtSights *sights, size_t at) {
  if (at % REST == 0 && sights->items && sights->file >= 0) {
    madvise(sights->items, sights->capacity * sizeof(KtSight), MADV_DONTNEED); // the file has them
  }
}

void kt_sights_clear(KtSights *sights) {
  if (sights->items && sights->file >= 0) {
    munmap(sights->items, sights->capacity * sizeof(KtSight));
    close(sights->file);
  } else {
    free(sights->items);
  }
  memset(sights, 0, sizeof(*sights));
}
