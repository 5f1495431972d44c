// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_FILE_H
#define KT_BASE_FILE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/// A plain file one may read, or what a link leads to: KT_ERR_MISSING where there is none,
/// KT_ERR_FORMAT for a folder, and for a pipe or device, which might never end.
KtStatus kt_file_plain(const char *path, KtError *err);

/// The whole of a file as bytes with a NUL after them, in `arena`. KT_ERR_MISSING where there is
/// none, KT_ERR_FORMAT beyond `limit` bytes, KT_ERR_IO.
KtStatus kt_file_read(KtArena *arena, const char *path, size_t limit, const char **bytes,
                      size_t *size, KtError *err);

/// A file written whole or not at all: a temporary neighbour that commit renames over `path`.
typedef struct KtAtomicFile {
  FILE *stream;
  char path[1024];
  char temporary[1080];
} KtAtomicFile;

KtStatus kt_atomic_open(KtAtomicFile *file, const char *path, KtError *err);
KtStatus kt_atomic_commit(KtAtomicFile *file, KtError *err); ///< flush, sync, rename
void kt_atomic_abort(KtAtomicFile *file);                    ///< nothing is left behind
KtStatus kt_file_write(const char *path, const void *bytes, size_t size, KtError *err);

/// For writers that want a path (FFmpeg, libsndfile): write to kt_temporary_path(path), then
/// kt_file_publish() it over `path` or unlink it.
void kt_temporary_path(const char *path, char *temporary, size_t size);
KtStatus kt_file_publish(const char *temporary, const char *path, KtError *err);

KtStatus kt_make_dirs(const char *path, KtError *err); ///< mkdir -p
bool kt_file_exists(const char *path);
bool kt_dir_exists(const char *path);
/// Removes a folder that we made, with all in it (does not follow links).
KtStatus kt_remove_tree(const char *path, KtError *err);
/// "a/b" + "c" = "a/b/c", in `arena`.
const char *kt_path_join(KtArena *arena, const char *folder, const char *name);
/// The part after the last slash, and the length of the name without its last extension.
const char *kt_path_name(const char *path);
size_t kt_path_stem(const char *name);
/// The same, cut so that names made from it (".kt-PID-NAME.scored.mp4") are no longer than a file
/// system takes, 255 bytes.
size_t kt_path_title(const char *name);
const char *kt_path_extension(const char *path); ///< ".mp4", "" where none

/// What tells whether a file is still the one that was hashed.
typedef struct KtFileStamp {
  int64_t size;
  int64_t mtime_ns;
  uint64_t inode;
} KtFileStamp;
KtStatus kt_file_stamp(const char *path, KtFileStamp *stamp, KtError *err);

#endif
