// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/instruments.h"
#include "orchestra/plugins.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

KtStatus kt_data_names(const KtContext *ctx, KtArena *arena, const char *folder,
                       const char ***names, int *count, KtError *err) {
  const char *path = kt_path_join(arena, ctx->data_dir, folder);
  DIR *dir = opendir(path);
  if (!dir) {
    return kt_error_at(err, KT_ERR_MISSING, path, 0, 0, "%s: Kinothek's data is not there",
                       strerror(errno));
  }
  KT_ARRAY(const char *) list = {0};
  for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
    if (entry->d_name[0] != '.' && !strcmp(kt_path_extension(entry->d_name), ".yaml")) {
      const char **name = kt_array_push(arena, &list);
      if (name) {
        *name = kt_arena_text_n(arena, entry->d_name, kt_path_stem(entry->d_name));
      }
    }
  }
  closedir(dir);
  if (kt_arena_failed(arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (list.count) { // a folder's own order is the disk's
    qsort(list.items, list.count, sizeof(*list.items), by_name);
  }
  *names = list.items;
  *count = (int)list.count;
  return KT_OK;
}

KtStatus kt_orchestra_load(const KtContext *ctx, const char *library, KtOrchestra **orchestra,
                           KtError *err) {
  *orchestra = NULL;
  KtArena *arena = kt_arena_new();
  KtOrchestra *made = arena ? KT_NEW(arena, KtOrchestra, 1) : NULL;
  if (!made) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  made->arena = arena;
  KtStatus status = kt_instruments_load(ctx, made, err);
  if (!status) {
    status = kt_library_load(ctx, library, made, err);
  }
  if (!status) {
    status = kt_synths_load(ctx, made, err);
  }
  if (!status) {
    status = kt_plugins_load(made, err);
  }
  if (!status) {
    status = kt_ensemble_load(ctx, made, err);
  }
  if (!status && kt_arena_failed(arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *orchestra = made;
  return KT_OK;
}

bool kt_preset_is_sampled(const KtPreset *preset) {
  return !preset->csound && !preset->lv2;
}

void kt_orchestra_free(KtOrchestra *orchestra) {
  if (orchestra) {
    kt_arena_free(orchestra->arena);
  }
}

const KtInstrument *kt_orchestra_find(const KtOrchestra *orchestra, const char *id) {
  for (int i = 0; id && i < orchestra->count; ++i) {
    if (!strcmp(orchestra->instruments[i].id, id)) {
      return &orchestra->instruments[i];
    }
  }
  return NULL;
}
