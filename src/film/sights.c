// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What was seen of all pictures: of two hours that are 140 MB.
#include "film/see.h"

#include <string.h>

enum { FIRST = 4096, REST = 4096 };

KtSight *kt_sights_add(KtSights *sights) {
  if (sights->count == sights->capacity) {
    size_t larger = sights->capacity ? sights->capacity * 3 / 2 : FIRST;
    if (!kt_mapped_grow(&sights->room, larger * sizeof(KtSight))) {
      return NULL;
    }
    sights->items = sights->room.items;
    sights->capacity = larger;
  }
  kt_sights_rest(sights, sights->count);
  KtSight *sight = &sights->items[sights->count++];
  memset(sight, 0, sizeof(*sight));
  return sight;
}

void kt_sights_rest(const KtSights *sights, size_t at) {
  if (at % REST == 0) {
    kt_mapped_rest(&sights->room);
  }
}

void kt_sights_clear(KtSights *sights) {
  kt_mapped_clear(&sights->room);
  memset(sights, 0, sizeof(*sights));
}
