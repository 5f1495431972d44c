// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static char path[64];
static int file = -1;

const char *fuzz_file(const uint8_t *data, size_t size) {
  if (file < 0) {
    file = memfd_create("fuzz", 0); // in memory: nothing is left behind after a crash
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
  }
  if (file < 0 || ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size) {
    abort();
  }
  return path;
}
