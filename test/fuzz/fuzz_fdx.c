// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "story/screenplay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  KtArena *arena = kt_arena_new();
  KtScreenplay play = {0};
  kt_screenplay_parse(arena, "fuzz.fdx", (const char *)data, size, &play, NULL);
  kt_arena_free(arena);
  return 0;
}
