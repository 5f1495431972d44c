// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_STORE_H
#define KT_PRODUCTION_STORE_H

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"

#include <stdbool.h>

/// What a production is made of, in one SQLite file: settings, the files that went in, the files
/// that came out, and the report of every version. Changes outside a transaction are made one by one.
typedef struct KtStore KtStore;

/// Opens or makes `path`. KT_ERR_FORMAT: a database that is not ours or damaged, or made by a later
/// version. KT_ERR_IO: the disk is full or read-only.
KtStatus kt_store_open(const char *path, KtStore **store, KtError *err);
void kt_store_close(KtStore *store);

KtStatus kt_store_begin(KtStore *store, KtError *err);
KtStatus kt_store_commit(KtStore *store, KtError *err);
void kt_store_rollback(KtStore *store);

/// Settings by name. get gives NULL where there is none; the text lives in `arena`.
KtStatus kt_store_set(KtStore *store, const char *name, const char *value, KtError *err);
const char *kt_store_get(KtStore *store, KtArena *arena, const char *name);

/// A file that went in (`kind` "film", "script" ...) or came out ("out"), as it was when last read.
typedef struct KtStoredFile {
  const char *path;
  KtFileStamp stamp;
  KtHash hash; ///< empty where it was not hashed
} KtStoredFile;
KtStatus kt_store_put_file(KtStore *store, const char *kind, const KtStoredFile *file, KtError *err);
bool kt_store_find_file(KtStore *store, KtArena *arena, const char *kind, const char *path,
                        KtStoredFile *file);
KtStatus kt_store_list_files(KtStore *store, KtArena *arena, const char *kind, KtStoredFile **files,
                             size_t *count, KtError *err);
KtStatus kt_store_drop_file(KtStore *store, const char *kind, const char *path, KtError *err);

KtStatus kt_store_drop_kind(KtStore *store, const char *kind, KtError *err);

/// Keep the report of a finished version under its key; the same key again replaces it.
KtStatus kt_store_add_version(KtStore *store, const char *key, const char *report, KtError *err);
int kt_store_version_count(KtStore *store);

#endif
