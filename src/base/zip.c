// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/zip.h"

#include <zip.h>

static KtStatus read_file(KtArena *arena, const char *archive, zip_t *zip, const char *name, size_t limit,
                          const char **content, size_t *content_size, KtError *err) {
  zip_stat_t stat;
  if (zip_stat(zip, name, 0, &stat) || !(stat.valid & ZIP_STAT_SIZE)) {
    return kt_error_at(err, KT_ERR_MISSING, archive, 0, 0, "has no file %.100s inside", name);
  }
  if (stat.size > limit) {
    return kt_error_at(err, KT_ERR_FORMAT, archive, 0, 0, "%.100s inside is larger than %zu MB", name, limit >> 20);
  }
  char *out = kt_arena_alloc(arena, (size_t)stat.size + 1);
  zip_file_t *file = out ? zip_fopen(zip, name, 0) : NULL;
  if (!out) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  zip_int64_t got = file ? zip_fread(file, out, stat.size) : -1;
  if (file) {
    zip_fclose(file);
  }
  if (got < 0 || (zip_uint64_t)got != stat.size) {
    return kt_error_at(err, KT_ERR_FORMAT, archive, 0, 0, "%.100s inside is damaged; copy the file again", name);
  }
  out[stat.size] = '\0';
  *content = out;
  *content_size = (size_t)stat.size;
  return KT_OK;
}

KtStatus kt_zip_read(KtArena *arena, const char *archive, const char *bytes, size_t size, const char *name,
                     size_t limit, const char **content, size_t *content_size, KtError *err) {
  *content = NULL;
  *content_size = 0;
  zip_error_t why;
  zip_error_init(&why);
  zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
  KtStatus status;
  if (zip) {
    status = read_file(arena, archive, zip, name, limit, content, content_size, err);
    zip_discard(zip);
  } else {
    zip_source_free(source);
    status = kt_error_at(err, KT_ERR_FORMAT, archive, 0, 0, "is not a zip archive (%.80s); copy the file again",
                         zip_error_strerror(&why));
  }
  zip_error_fini(&why);
  return status;
}
