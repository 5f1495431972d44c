// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "compose/themes_abc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  KtArena *arena = kt_arena_new();
  KtTheme theme = {0};
  kt_theme_read_abc(arena, fuzz_file(data, size), &theme, NULL);
  kt_arena_free(arena);
  return 0;
}
