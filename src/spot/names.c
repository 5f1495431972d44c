// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/spot.h"

#include <string.h>

#define NAME_OF(names, value)                                                                      \
  ((size_t)(value) < sizeof(names) / sizeof(*(names)) ? (names)[value] : "")

const char *kt_function_name(KtFunction function) {
  static const char *const names[] = {"main title", "underscore", "transition", "montage",  "chase",
                                      "reveal",     "sting",      "source",     "end title"};
  return NAME_OF(names, function);
}

const char *kt_entry_name(KtEntry entry) {
  static const char *const names[] = {"on the cut", "sneak in", "after the line", "pickup"};
  return NAME_OF(names, entry);
}

const char *kt_exit_name(KtExit exit) {
  static const char *const names[] = {"on the cut", "ring off", "fade under", "segue"};
  return NAME_OF(names, exit);
}

const char *kt_hit_name(KtHitKind kind) {
  static const char *const names[] = {"hard", "soft", "swell", "stop"};
  return NAME_OF(names, kind);
}

int kt_spotting_cue(const KtSpotting *spotting, const char *name) {
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    if (!strcmp(spotting->cues.items[i].name, name)) {
      return (int)i;
    }
  }
  return -1;
}

void kt_spotting_free(KtSpotting *spotting) {
  if (spotting) {
    kt_arena_free(spotting->arena);
  }
}
