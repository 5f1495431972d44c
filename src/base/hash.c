// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include "base/file.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct KtHasher {
  struct sha256_ctx sha;
};

KtHasher *kt_hasher_new(void) {
  KtHasher *hasher = calloc(1, sizeof(*hasher));
  if (hasher) {
    sha256_init(&hasher->sha);
  }
  return hasher;
}

void kt_hasher_add(KtHasher *hasher, const void *bytes, size_t size) {
  sha256_update(&hasher->sha, size, bytes);
}

void kt_hasher_add_text(KtHasher *hasher, const char *text) {
  const char *real = text ? text : "";
  kt_hasher_add(hasher, real, strlen(real) + 1);
}

void kt_hasher_add_int(KtHasher *hasher, int64_t value) {
  kt_hasher_add(hasher, &value, sizeof(value));
}

void kt_hasher_add_double(KtHasher *hasher, double value) {
  kt_hasher_add(hasher, &value, sizeof(value));
}

KtHash kt_hasher_finish(KtHasher *hasher) {
  uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest(&hasher->sha, sizeof(digest), digest);
  free(hasher);
  KtHash hash;
  for (size_t i = 0; i < sizeof(digest); ++i) {
    snprintf(hash.hex + 2 * i, 3, "%02x", digest[i]);
  }
  return hash;
}

KtStatus kt_hash_file(const char *path, KtHash *hash, KtError *err) {
  enum { CHUNK = 1 << 20 };
  KtStatus status = kt_file_plain(path, err);
  if (status) {
    return status;
  }
  FILE *stream = fopen(path, "rb");
  if (!stream) {
    return kt_error_at(err, KT_ERR_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
  }
  KtHasher *hasher = kt_hasher_new();
  unsigned char *chunk = malloc(CHUNK);
  status = hasher && chunk ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  size_t got;
  while (!status && (got = fread(chunk, 1, CHUNK, stream)) > 0) {
    kt_hasher_add(hasher, chunk, got);
  }
  if (!status && ferror(stream)) {
    status = kt_error_at(err, KT_ERR_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
  }
  fclose(stream);
  free(chunk);
  if (!status) {
    *hash = kt_hasher_finish(hasher);
  } else {
    free(hasher);
  }
  return status;
}
