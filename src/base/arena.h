// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_ARENA_H
#define KT_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/// Memory that lives and dies together: the result of one stage, or one piece of scratch work.
typedef struct KtArena KtArena;

/// A new arena, or NULL when memory is out. The caller frees it.
KtArena *kt_arena_new(void);
/// One that holds so many bytes in a single block before it grows.
KtArena *kt_arena_sized(size_t bytes);
void kt_arena_free(KtArena *arena);

/// Zeroed memory, aligned for any type; NULL when memory is out, and then
/// kt_arena_failed() says so for good: a stage may check once at its end.
void *kt_arena_alloc(KtArena *arena, size_t size);
bool kt_arena_failed(const KtArena *arena);

/// `count` zeroed items of `type`.
#define KT_NEW(arena, type, count) ((type *)kt_arena_alloc_items((arena), (count), sizeof(type)))
void *kt_arena_alloc_items(KtArena *arena, size_t count, size_t size);

/// Copies of text. kt_arena_text() never returns NULL: out of memory gives "".
const char *kt_arena_text(KtArena *arena, const char *text);
const char *kt_arena_text_n(KtArena *arena, const char *text, size_t length);
const char *kt_arena_format(KtArena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Bytes handed out so far.
size_t kt_arena_used(const KtArena *arena);

/// A growing array inside an arena: `{items, count, capacity}` structs as made by KT_ARRAY.
/// kt_array_push() returns a pointer to a zeroed new item, or NULL when memory is out.
#define KT_ARRAY(type)                                                                             \
  struct {                                                                                         \
    type *items;                                                                                   \
    size_t count;                                                                                  \
    size_t capacity;                                                                               \
  }
#define kt_array_push(arena, array)                                                                \
  ((__typeof__((array)->items))kt_array_grow((arena), (void **)&(array)->items, &(array)->count,   \
                                             &(array)->capacity, sizeof(*(array)->items)))
void *kt_array_grow(KtArena *arena, void **items, size_t *count, size_t *capacity, size_t size);

#endif
