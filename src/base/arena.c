// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_STEP = 4 * 1024 * 1024 };

typedef struct Block {
  struct Block *next;
  size_t size;
  size_t used;
  alignas(max_align_t) unsigned char bytes[];
} Block;

struct KtArena {
  Block *block;
  size_t used;
  size_t step;
  bool failed;
};

KtArena *kt_arena_new(void) {
  KtArena *arena = calloc(1, sizeof(*arena));
  if (arena) {
    arena->step = FIRST_BLOCK;
  }
  return arena;
}

void kt_arena_free(KtArena *arena) {
  if (!arena) {
    return;
  }
  Block *block = arena->block;
  while (block) {
    Block *next = block->next;
    free(block);
    block = next;
  }
  free(arena);
}

static Block *add_block(KtArena *arena, size_t size) {
  size_t bytes = size > arena->step ? size : arena->step;
  Block *block = bytes < SIZE_MAX - sizeof(Block) ? calloc(1, sizeof(Block) + bytes) : NULL;
  if (!block) {
    arena->failed = true;
    return NULL;
  }
  block->size = bytes;
  if (size > arena->step && arena->block) { // keep filling the current one
    block->next = arena->block->next;
    arena->block->next = block;
  } else {
    block->next = arena->block;
    arena->block = block;
    arena->step = arena->step < LARGEST_STEP ? arena->step * 2 : arena->step;
  }
  return block;
}

KtArena *kt_arena_sized(size_t bytes) {
  KtArena *arena = kt_arena_new();
  if (arena && bytes) {
    arena->step = bytes < SIZE_MAX / 2 ? (bytes + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t) : 0;
    add_block(arena, arena->step);
    arena->step = FIRST_BLOCK;
  }
  return arena;
}

void *kt_arena_alloc(KtArena *arena, size_t size) {
  size_t align = alignof(max_align_t);
  if (size > SIZE_MAX / 2) {
    arena->failed = true;
    return NULL;
  }
  size = (size + align - 1) / align * align;
  Block *block = arena->block;
  if (!block || block->size - block->used < size) {
    block = add_block(arena, size);
    if (!block) {
      return NULL;
    }
  }
  void *memory = block->bytes + block->used;
  block->used += size;
  arena->used += size;
  return memory;
}

bool kt_arena_failed(const KtArena *arena) {
  return arena->failed;
}

void *kt_arena_alloc_items(KtArena *arena, size_t count, size_t size) {
  if (size && count > SIZE_MAX / 2 / size) {
    arena->failed = true;
    return NULL;
  }
  return kt_arena_alloc(arena, count * size);
}

const char *kt_arena_text_n(KtArena *arena, const char *text, size_t length) {
  char *copy = kt_arena_alloc(arena, length + 1);
  if (!copy) {
    return "";
  }
  if (length) {
    memcpy(copy, text, length);
  }
  return copy;
}

const char *kt_arena_text(KtArena *arena, const char *text) {
  return text ? kt_arena_text_n(arena, text, strlen(text)) : "";
}

const char *kt_arena_format(KtArena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = length >= 0 ? kt_arena_alloc(arena, (size_t)length + 1) : NULL;
  if (text) {
    vsnprintf(text, (size_t)length + 1, format, again);
  }
  va_end(again);
  return text ? text : "";
}

size_t kt_arena_used(const KtArena *arena) {
  return arena->used;
}

void *kt_array_grow(KtArena *arena, void **items, size_t *count, size_t *capacity, size_t size) {
  if (*count == *capacity) {
    size_t larger = *capacity ? *capacity * 2 : 8;
    unsigned char *moved = kt_arena_alloc_items(arena, larger, size);
    if (!moved) {
      return NULL;
    }
    if (*count) {
      memcpy(moved, *items, *count * size);
    }
    *items = moved;
    *capacity = larger;
  }
  return (unsigned char *)*items + (*count)++ * size;
}
