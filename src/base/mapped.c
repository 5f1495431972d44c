// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int open_file(void) {
  const char *named = getenv("TMPDIR");
  const char *const folders[] = {named && named[0] ? named : "/var/tmp", "/var/tmp", "/tmp"};
  int file = -1;
  for (size_t i = 0; file < 0 && i < sizeof(folders) / sizeof(*folders); ++i) {
    file = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  }
  return file;
}

static bool reserve(int file, size_t bytes) {
  int error = EINTR;
  while (error == EINTR) {
    error = posix_fallocate(file, 0, (off_t)bytes);
  }
  return !error;
}

/// In the file where there is one and it has room, else in memory.
bool kt_mapped_grow(KtMapped *mapped, size_t bytes) {
  size_t before = mapped->capacity;
  if (!mapped->items) {
    mapped->file = open_file();
  }
  void *larger = NULL;
  if (mapped->file >= 0 && reserve(mapped->file, bytes)) {
    void *map = mapped->items
                    ? mremap(mapped->items, before, bytes, MREMAP_MAYMOVE)
                    : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, mapped->file, 0);
    larger = map == MAP_FAILED ? NULL : map;
  } else if (mapped->file < 0) {
    larger = realloc(mapped->items, bytes);
  } else { // the disk is full: on in memory
    larger = malloc(bytes);
    if (larger && mapped->items) {
      memcpy(larger, mapped->items, before);
      munmap(mapped->items, before);
    }
    if (larger) {
      close(mapped->file);
      mapped->file = -1;
    }
  }
  if (larger) {
    mapped->items = larger;
    mapped->capacity = bytes;
  }
  return larger != NULL;
}

void kt_mapped_rest(const KtMapped *mapped) {
  if (mapped->items && mapped->file >= 0) {
    madvise(mapped->items, mapped->capacity, MADV_DONTNEED); // the file has them
  }
}

void kt_mapped_clear(KtMapped *mapped) {
  if (mapped->items && mapped->file >= 0) {
    munmap(mapped->items, mapped->capacity);
    close(mapped->file);
  } else if (!mapped->items && mapped->capacity == 0 && mapped->file > 0) {
    close(mapped->file); // opened, but nothing could be put in it
  } else {
    free(mapped->items);
  }
  memset(mapped, 0, sizeof(*mapped));
}
