// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_MAPPED_H
#define KT_BASE_MAPPED_H

#include <stdbool.h>
#include <stddef.h>

/// Long lists that are written once and read in order: they lie in a file without a name, mapped into
/// memory, of which only the part that is being looked at need stay resident. Where no file can be
/// had they lie in memory.
typedef struct KtMapped {
  void *items;
  size_t capacity; ///< bytes
  int file;        ///< -1: in memory
} KtMapped;
/// Room for `bytes` in all; `items` may move. Zero to begin with. False: out of memory.
bool kt_mapped_grow(KtMapped *mapped, size_t bytes);
/// Lets everything leave memory; pointers stay good, and what is touched comes back.
void kt_mapped_rest(const KtMapped *mapped);
void kt_mapped_clear(KtMapped *mapped);

#endif
