// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_HASH_H
#define KT_BASE_HASH_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/// SHA-256 (FIPS 180-4) of what a result was made from: the key it is kept under.
typedef struct KtHasher KtHasher;
typedef struct KtHash {
  char hex[65];
} KtHash;

KtHasher *kt_hasher_new(void); ///< NULL when memory is out
void kt_hasher_add(KtHasher *hasher, const void *bytes, size_t size);
void kt_hasher_add_text(KtHasher *hasher, const char *text); ///< with its end, so that "a","b" != "ab",""
void kt_hasher_add_int(KtHasher *hasher, int64_t value);
void kt_hasher_add_double(KtHasher *hasher, double value);
KtHash kt_hasher_finish(KtHasher *hasher); ///< frees the hasher

KtStatus kt_hash_file(const char *path, KtHash *hash, KtError *err);

#endif
