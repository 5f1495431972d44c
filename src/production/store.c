// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { APPLICATION = 0x4b54484b /* KTHK */, SCHEMA = 1 };

struct KtStore {
  sqlite3 *db;
  char path[1024];
};

static const char TABLES[] =
    "CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS file(kind TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT NOT NULL,"
    " PRIMARY KEY(kind, path)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS version(number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " report TEXT NOT NULL);";

static KtStatus fail(KtStore *store, KtError *err) {
  int code = sqlite3_errcode(store->db);
  KtStatus status = code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? KT_ERR_FORMAT
                    : code == SQLITE_NOMEM                          ? KT_ERR_MEMORY
                                                                    : KT_ERR_IO;
  return kt_error_at(err, status, store->path, 0, 0, "the production cannot be kept: %s",
                     sqlite3_errmsg(store->db));
}

static KtStatus run(KtStore *store, const char *sql, KtError *err) {
  return sqlite3_exec(store->db, sql, NULL, NULL, NULL) ? fail(store, err) : KT_OK;
}

static int pragma(KtStore *store, const char *sql) {
  sqlite3_stmt *statement = NULL;
  int value = -1;
  if (!sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) &&
      sqlite3_step(statement) == SQLITE_ROW) {
    value = sqlite3_column_int(statement, 0);
  }
  sqlite3_finalize(statement);
  return value;
}

static KtStatus check_ours(KtStore *store, KtError *err) {
  int application = pragma(store, "PRAGMA application_id");
  int schema = pragma(store, "PRAGMA user_version");
  int tables = pragma(store, "SELECT count(*) FROM sqlite_master");
  if (application < 0 || tables < 0) {
    return fail(store, err);
  }
  if (application != APPLICATION && tables > 0) {
    return kt_error_at(err, KT_ERR_FORMAT, store->path, 0, 0,
                       "is not a Kinothek production; choose another folder with --out");
  }
  if (schema > SCHEMA) {
    return kt_error_at(err, KT_ERR_FORMAT, store->path, 0, 0,
                       "was made by a later version of kinothek (schema %d); use that one", schema);
  }
  if (application == APPLICATION && schema == SCHEMA) {
    return KT_OK;
  }
  char set[128];
  snprintf(set, sizeof(set), "PRAGMA application_id=%d; PRAGMA user_version=%d;", APPLICATION, SCHEMA);
  KtStatus status = run(store, "BEGIN IMMEDIATE", err);
  if (!status) {
    status = run(store, TABLES, err);
  }
  if (!status) {
    status = run(store, set, err);
  }
  return status ? status : run(store, "COMMIT", err);
}

KtStatus kt_store_open(const char *path, KtStore **store, KtError *err) {
  KtStore *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  snprintf(made->path, sizeof(made->path), "%s", path);
  KtStatus status = KT_OK;
  if (sqlite3_open_v2(path, &made->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)) {
    status = fail(made, err);
  }
  sqlite3_busy_timeout(made->db, 2000);
  if (!status) {
    status = check_ours(made, err);
  }
  if (status) {
    kt_store_close(made);
    return status;
  }
  *store = made;
  return KT_OK;
}

void kt_store_close(KtStore *store) {
  if (store) {
    sqlite3_close_v2(store->db);
    free(store);
  }
}

KtStatus kt_store_begin(KtStore *store, KtError *err) {
  return run(store, "BEGIN IMMEDIATE", err);
}

KtStatus kt_store_commit(KtStore *store, KtError *err) {
  return run(store, "COMMIT", err);
}

void kt_store_rollback(KtStore *store) {
  sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

static sqlite3_stmt *prepare(KtStore *store, const char *sql, const char *a, const char *b) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL)) {
    return NULL;
  }
  if (a) {
    sqlite3_bind_text(statement, 1, a, -1, SQLITE_STATIC);
  }
  if (b) {
    sqlite3_bind_text(statement, 2, b, -1, SQLITE_STATIC);
  }
  return statement;
}

static KtStatus finish(KtStore *store, sqlite3_stmt *statement, KtError *err) {
  bool ok = statement && sqlite3_step(statement) == SQLITE_DONE;
  KtStatus status = ok ? KT_OK : fail(store, err);
  sqlite3_finalize(statement);
  return status;
}

KtStatus kt_store_set(KtStore *store, const char *name, const char *value, KtError *err) {
  if (!value) {
    return finish(store, prepare(store, "DELETE FROM setting WHERE name=?", name, NULL), err);
  }
  return finish(store, prepare(store, "INSERT OR REPLACE INTO setting VALUES(?,?)", name, value), err);
}

const char *kt_store_get(KtStore *store, KtArena *arena, const char *name) {
  sqlite3_stmt *statement = prepare(store, "SELECT value FROM setting WHERE name=?", name, NULL);
  const char *value = NULL;
  if (statement && sqlite3_step(statement) == SQLITE_ROW) {
    value = kt_arena_text(arena, (const char *)sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  return value;
}

KtStatus kt_store_put_file(KtStore *store, const char *kind, const KtStoredFile *file, KtError *err) {
  sqlite3_stmt *statement =
      prepare(store, "INSERT OR REPLACE INTO file VALUES(?,?,?,?,?,?)", kind, file->path);
  if (statement) {
    sqlite3_bind_int64(statement, 3, file->stamp.size);
    sqlite3_bind_int64(statement, 4, file->stamp.mtime_ns);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)file->stamp.inode);
    sqlite3_bind_text(statement, 6, file->hash.hex, -1, SQLITE_STATIC);
  }
  return finish(store, statement, err);
}

static void take_file(sqlite3_stmt *statement, KtArena *arena, KtStoredFile *file) {
  memset(file, 0, sizeof(*file));
  file->path = kt_arena_text(arena, (const char *)sqlite3_column_text(statement, 0));
  file->stamp.size = sqlite3_column_int64(statement, 1);
  file->stamp.mtime_ns = sqlite3_column_int64(statement, 2);
  file->stamp.inode = (uint64_t)sqlite3_column_int64(statement, 3);
  snprintf(file->hash.hex, sizeof(file->hash.hex), "%s",
           (const char *)sqlite3_column_text(statement, 4));
}

bool kt_store_find_file(KtStore *store, KtArena *arena, const char *kind, const char *path,
                        KtStoredFile *file) {
  sqlite3_stmt *statement =
      prepare(store, "SELECT path,size,mtime_ns,inode,sha256 FROM file WHERE kind=? AND path=?", kind, path);
  bool found = statement && sqlite3_step(statement) == SQLITE_ROW;
  if (found) {
    take_file(statement, arena, file);
  }
  sqlite3_finalize(statement);
  return found;
}

KtStatus kt_store_list_files(KtStore *store, KtArena *arena, const char *kind, KtStoredFile **files,
                             size_t *count, KtError *err) {
  KT_ARRAY(KtStoredFile) list = {0};
  sqlite3_stmt *statement = prepare(
      store, "SELECT path,size,mtime_ns,inode,sha256 FROM file WHERE kind=? ORDER BY path", kind, NULL);
  int step = SQLITE_ERROR;
  while (statement && (step = sqlite3_step(statement)) == SQLITE_ROW) {
    KtStoredFile *file = kt_array_push(arena, &list);
    if (!file) {
      break;
    }
    take_file(statement, arena, file);
  }
  sqlite3_finalize(statement);
  *files = list.items;
  *count = list.count;
  return step == SQLITE_DONE ? KT_OK : fail(store, err);
}

KtStatus kt_store_drop_file(KtStore *store, const char *kind, const char *path, KtError *err) {
  return finish(store, prepare(store, "DELETE FROM file WHERE kind=? AND path=?", kind, path), err);
}

KtStatus kt_store_drop_kind(KtStore *store, const char *kind, KtError *err) {
  return finish(store, prepare(store, "DELETE FROM file WHERE kind=?", kind, NULL), err);
}

KtStatus kt_store_add_version(KtStore *store, const char *key, const char *report, KtError *err) {
  return finish(store, prepare(store, "INSERT OR REPLACE INTO version(key,report) VALUES(?,?)", key, report), err);
}

int kt_store_version_count(KtStore *store) {
  return pragma(store, "SELECT count(*) FROM version");
}
