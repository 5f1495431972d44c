// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/internal.h"

#include "base/data.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Files up to this size are hashed on delivery, so that a mere touch is not taken for a change.
enum { HASHED_OUTPUT_BYTES = 4 << 20 };

static bool same_stamp(const KtFileStamp *a, const KtFileStamp *b) {
  return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode;
}

KtStatus kt_input_hash(KtProduction *production, const char *kind, const char *path, KtHash *hash,
                       KtError *err) {
  KtArena *scratch = kt_arena_new();
  if (!scratch) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStoredFile now = {.path = path};
  KtStoredFile kept;
  KtStatus status = kt_file_stamp(path, &now.stamp, err);
  if (!status) {
    if (kt_store_find_file(production->store, scratch, kind, path, &kept) &&
        same_stamp(&now.stamp, &kept.stamp)) {
      *hash = kept.hash;
    } else if (!(status = kt_hash_file(path, &now.hash, err))) {
      *hash = now.hash;
      status = kt_store_put_file(production->store, kind, &now, err);
    }
  }
  kt_arena_free(scratch);
  return status;
}

/// Relative paths of all plain files under a folder, sorted.
typedef struct Names {
  KtArena *arena;
  KT_ARRAY(const char *) items;
} Names;

static void collect(Names *names, const char *root, const char *inside, int depth) {
  const char *folder = inside[0] ? kt_path_join(names->arena, root, inside) : root;
  DIR *dir = depth < 8 ? opendir(folder) : NULL;
  const struct dirent *entry;
  while (dir && (entry = readdir(dir))) {
    const char *own = entry->d_name; // a film may be called ".hidden.mp4"
    if (!strcmp(own, ".") || !strcmp(own, "..") || !strncmp(own, ".kt-", 4)) {
      continue;
    }
    const char *name = inside[0] ? kt_path_join(names->arena, inside, entry->d_name)
                                 : kt_arena_text(names->arena, entry->d_name);
    const char *path = kt_path_join(names->arena, root, name);
    if (kt_dir_exists(path)) {
      collect(names, root, name, depth + 1);
    } else if (kt_file_exists(path)) {
      const char **item = kt_array_push(names->arena, &names->items);
      if (item) {
        *item = name;
      }
    }
  }
  if (dir) {
    closedir(dir);
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static KtStatus list(const char *root, KtArena *arena, Names *names, KtError *err) {
  *names = (Names){.arena = arena};
  collect(names, root, "", 0);
  if (kt_arena_failed(arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (names->items.count) {
    qsort(names->items.items, names->items.count, sizeof(const char *), by_name);
  }
  return KT_OK;
}

static KtStatus hash_folder(const char *root, const Names *names, KtArena *scratch, KtHasher *hasher,
                            KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; i < names->items.count && !status; ++i) {
    const char *bytes = NULL;
    size_t size = 0;
    status = kt_file_read(scratch, kt_path_join(scratch, root, names->items.items[i]), 64U << 20,
                          &bytes, &size, err);
    if (!status) {
      kt_hasher_add_text(hasher, names->items.items[i]);
      kt_hasher_add(hasher, bytes, size);
    }
  }
  return status;
}

KtStatus kt_data_hash(KtProduction *production, KtHash *hash, KtError *err) {
  KtArena *scratch = kt_arena_new();
  KtHasher *hasher = kt_hasher_new();
  if (!scratch || !hasher) {
    kt_arena_free(scratch);
    free(hasher);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const char *root = production->ctx.data_dir;
  Names names;
  KtStatus status = list(root, scratch, &names, err);
  if (!status && !names.items.count) {
    status = kt_error_at(err, KT_ERR_MISSING, root, 0, 0,
                         "holds no data files; install kinothek or set KINOTHEK_DATA");
  }
  if (!status) {
    status = hash_folder(root, &names, scratch, hasher, err);
  }
  const char *own = kt_user_data(scratch); // sample libraries that a person has added
  if (!status && own && kt_dir_exists(root = kt_path_join(scratch, own, "libraries"))) {
    status = list(root, scratch, &names, err);
    status = status ? status : hash_folder(root, &names, scratch, hasher, err);
  }
  const char *plugins = own ? kt_path_join(scratch, own, "plugins.yaml") : NULL;
  if (!status && plugins && kt_file_exists(plugins)) { // and plugins of a person's own
    const char *bytes = NULL;
    size_t size = 0;
    status = kt_file_read(scratch, plugins, 1U << 20, &bytes, &size, err);
    kt_hasher_add_text(hasher, "plugins.yaml");
    kt_hasher_add(hasher, bytes, size);
  }
  *hash = kt_hasher_finish(hasher);
  kt_arena_free(scratch);
  return status;
}

typedef enum Fate { FATE_OURS, FATE_MISSING, FATE_THEIRS } Fate;

/// Whose is the file that now stands where we delivered one? "next" is what a publish that was
/// stopped half-way was about to put there.
static KtStatus judge(KtProduction *production, KtArena *arena, const char *name, Fate *fate,
                      KtError *err) {
  static const char *const kinds[] = {"out", "next"};
  const char *path = kt_path_join(arena, production->delivery, name);
  KtFileStamp stamp;
  *fate = FATE_MISSING;
  if (kt_file_stamp(path, &stamp, NULL)) {
    return KT_OK;
  }
  *fate = FATE_THEIRS;
  for (size_t i = 0; i < 2 && *fate == FATE_THEIRS; ++i) {
    KtStoredFile file;
    if (!kt_store_find_file(production->store, arena, kinds[i], name, &file)) {
      continue;
    }
    KtHash hash = {""};
    if (same_stamp(&stamp, &file.stamp)) {
      *fate = FATE_OURS;
    } else if (file.hash.hex[0] && stamp.size == file.stamp.size) {
      KtStatus status = kt_hash_file(path, &hash, err);
      if (status) {
        return status;
      }
      *fate = strcmp(hash.hex, file.hash.hex) == 0 ? FATE_OURS : FATE_THEIRS;
    }
  }
  return KT_OK;
}

KtStatus kt_outputs_current(KtProduction *production, bool *current, KtError *err) {
  KtArena *scratch = kt_arena_new();
  if (!scratch) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStoredFile *files = NULL;
  size_t count = 0;
  KtStatus status = kt_store_list_files(production->store, scratch, "out", &files, &count, err);
  *current = count > 0;
  for (size_t i = 0; i < count && !status && *current; ++i) {
    Fate fate;
    status = judge(production, scratch, files[i].path, &fate, err);
    *current = fate == FATE_OURS;
  }
  kt_arena_free(scratch);
  return status;
}

static KtStatus move_aside(KtProduction *production, KtArena *arena, const char *name, KtError *err) {
  const char *from = kt_path_join(arena, production->delivery, name);
  size_t stem = strlen(name) - strlen(kt_path_extension(name));
  const char *to = NULL;
  for (int i = 1; i < 1000; ++i) {
    char number[8] = "";
    if (i > 1) {
      snprintf(number, sizeof(number), "%d", i);
    }
    const char *other = kt_arena_format(arena, "%.*s.yours%s%s", (int)stem, name, number, name + stem);
    to = kt_path_join(arena, production->delivery, other);
    if (!kt_file_exists(to)) {
      break;
    }
  }
  if (rename(from, to)) {
    return kt_error_at(err, KT_ERR_IO, from, 0, 0, "cannot be kept as %s: %s", to, strerror(errno));
  }
  kt_warn(&production->ctx, "%s was changed by hand; it is kept as %s", from, kt_path_name(to));
  return KT_OK;
}

static KtStatus publish_one(KtProduction *production, KtArena *arena, const char *staging,
                            const char *name, KtError *err) {
  const char *from = kt_path_join(arena, staging, name);
  const char *to = kt_path_join(arena, production->delivery, name);
  KtStoredFile file = {.path = name};
  Fate fate;
  KtStatus status = judge(production, arena, name, &fate, err);
  if (!status && fate == FATE_THEIRS) {
    status = move_aside(production, arena, name, err);
  }
  if (!status) {
    status = kt_file_stamp(from, &file.stamp, err);
  }
  if (!status && file.stamp.size <= HASHED_OUTPUT_BYTES) {
    status = kt_hash_file(from, &file.hash, err);
  }
  if (!status) {
    status = kt_store_put_file(production->store, "next", &file, err);
  }
  if (!status) {
    const char *folder = kt_arena_text_n(arena, to, (size_t)(kt_path_name(to) - to - 1));
    status = kt_make_dirs(folder, err);
  }
  if (!status && rename(from, to)) { // keeps size, time and inode
    status = kt_error_at(err, KT_ERR_IO, to, 0, 0, "cannot be written: %s", strerror(errno));
  }
  return status ? status : kt_store_put_file(production->store, "out", &file, err);
}

/// Folders left empty go with their last file.
static void remove_empty_folders(KtProduction *production, KtArena *arena, const char *name) {
  const char *slash = strrchr(name, '/');
  while (slash) {
    const char *inside = kt_arena_text_n(arena, name, (size_t)(slash - name));
    if (rmdir(kt_path_join(arena, production->delivery, inside))) {
      return;
    }
    name = inside;
    slash = strrchr(name, '/');
  }
}

/// Files delivered before that this delivery no longer has.
static KtStatus remove_others(KtProduction *production, KtArena *arena, const Names *kept,
                              KtError *err) {
  KtStoredFile *files = NULL;
  size_t count = 0;
  KtStatus status = kt_store_list_files(production->store, arena, "out", &files, &count, err);
  for (size_t i = 0; i < count && !status; ++i) {
    const char *name = files[i].path;
    Fate fate;
    if (kept->items.count && bsearch(&name, kept->items.items, kept->items.count, sizeof(name), by_name)) {
      continue;
    }
    status = judge(production, arena, name, &fate, err);
    if (!status && fate == FATE_THEIRS) {
      status = move_aside(production, arena, name, err);
    } else if (!status && fate == FATE_OURS) {
      const char *path = kt_path_join(arena, production->delivery, name);
      unlink(path);
      remove_empty_folders(production, arena, name);
    }
    if (!status) {
      status = kt_store_drop_file(production->store, "out", name, err);
    }
  }
  return status;
}

KtStatus kt_outputs_publish(KtProduction *production, const char *staging, bool keep_others,
                            KtError *err) {
  KtArena *scratch = kt_arena_new();
  if (!scratch) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  Names names;
  KtStatus status = list(staging, scratch, &names, err);
  for (size_t i = 0; i < names.items.count && !status; ++i) {
    status = publish_one(production, scratch, staging, names.items.items[i], err);
  }
  if (!status && !keep_others) {
    status = remove_others(production, scratch, &names, err);
  }
  if (!status) {
    status = kt_store_drop_kind(production->store, "next", err);
  }
  kt_arena_free(scratch);
  return status;
}

static int clean_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st;
  if (type == FTW_F && !strncmp(path + ftw->base, ".kt-", 4)) {
    unlink(path);
  }
  return 0;
}

void kt_outputs_clean(const char *folder) {
  nftw(folder, clean_entry, 16, FTW_PHYS);
}
