// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "music/score.h"

#include <string.h>

/// An array as it is, in another arena; no larger than what it holds.
#define COPY(arena, array) ((array)->items = copied((arena), (array)->items, (array)->count, &(array)->capacity, sizeof(*(array)->items)))

static void *copied(KtArena *arena, const void *items, size_t count, size_t *capacity, size_t size) {
  void *made = count ? kt_arena_alloc_items(arena, count, size) : NULL;
  *capacity = made ? count : 0;
  return made ? memcpy(made, items, count * size) : NULL;
}

static const char *text(KtArena *arena, const char *from) {
  return from ? kt_arena_text(arena, from) : NULL;
}

static void copy_parts(KtArena *arena, KtScore *score) {
  COPY(arena, &score->parts);
  for (size_t i = 0; score->parts.items && i < score->parts.count; ++i) {
    KtPart *part = &score->parts.items[i];
    part->id = text(arena, part->id);
    part->instrument = text(arena, part->instrument);
    part->name = text(arena, part->name);
    COPY(arena, &part->notes);
    COPY(arena, &part->dynamics);
  }
}

static void copy_time(KtArena *arena, KtScore *score) {
  COPY(arena, &score->tempo.points);
  COPY(arena, &score->tempo.holds);
  COPY(arena, &score->tempo.free);
  COPY(arena, &score->metres);
  COPY(arena, &score->keys);
  COPY(arena, &score->chords);
  COPY(arena, &score->statements);
  COPY(arena, &score->hits);
  COPY(arena, &score->sections);
  for (size_t i = 0; score->sections.items && i < score->sections.count; ++i) {
    KtSection *section = &score->sections.items[i];
    section->label = text(arena, section->label);
    section->texture = text(arena, section->texture);
  }
}

static KtScore *copy_into(KtArena *arena, const KtScore *score) {
  KtScore *made = arena ? KT_NEW(arena, KtScore, 1) : NULL;
  if (!made) {
    return NULL;
  }
  *made = *score;
  made->arena = arena;
  made->palette = text(arena, score->palette);
  made->name = text(arena, score->name);
  copy_time(arena, made);
  copy_parts(arena, made);
  COPY(arena, &made->marks);
  COPY(arena, &made->outliers);
  COPY(arena, &made->rivals);
  COPY(arena, &made->beyond);
  for (size_t i = 0; made->beyond.items && i < made->beyond.count; ++i) {
    made->beyond.items[i].what = text(arena, made->beyond.items[i].what);
  }
  return kt_arena_failed(arena) ? NULL : made;
}

KtStatus kt_score_copy(const KtScore *score, KtScore **copy, KtError *err) {
  KtArena *measure = kt_arena_new(); // a first copy tells how large the second has to be
  const KtScore *first = copy_into(measure, score);
  KtArena *arena = first ? kt_arena_sized(kt_arena_used(measure)) : NULL;
  KtScore *made = arena ? copy_into(arena, score) : NULL;
  kt_arena_free(measure);
  *copy = made;
  if (!made) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while keeping %s", score->name);
  }
  return KT_OK;
}
