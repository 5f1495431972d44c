// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A person's own scores as the norm: tables are made from them once, and a brief names them.
#include "production/learned.h"

#include "base/data.h"
#include "base/file.h"
#include "ear/learn.h"
#include "kinothek/kinothek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TABLES[] = {"windows.yaml", "lines.yaml", "voices.yaml"};

const char *kt_learned_named(KtArena *arena, const char *name) {
  const char *data = strchr(name, '/') ? NULL : kt_user_data(arena);
  return data ? kt_path_join(arena, kt_path_join(arena, data, "learned"), name) : name;
}

KtStatus kt_learned_check(const char *folder, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtStatus status = arena ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]) && !status; ++i) {
    if (!kt_file_exists(kt_path_join(arena, folder, TABLES[i]))) {
      status = kt_error_at(err, KT_ERR_MISSING, folder, 0, 0,
                           "holds no %s; kinothek learn FOLDER makes the tables from a folder of scores", TABLES[i]);
    }
  }
  kt_arena_free(arena);
  return status;
}

KtStatus kt_learned_hash(KtProduction *production, const char *folder, KtHasher *all, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtStatus status = arena ? kt_learned_check(folder, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]) && !status; ++i) {
    KtHash hash = {""};
    status = kt_input_hash(production, kt_arena_format(arena, "learned.%s", TABLES[i]),
                           kt_path_join(arena, folder, TABLES[i]), &hash, err);
    kt_hasher_add_text(all, hash.hex);
  }
  kt_arena_free(arena);
  return status;
}

/// "/music/ravel/" is called ravel.
static const char *called(KtArena *arena, const char *folder) {
  size_t length = strlen(folder);
  while (length > 1 && folder[length - 1] == '/') {
    --length;
  }
  const char *whole = kt_arena_text_n(arena, folder, length);
  return whole ? kt_path_name(whole) : NULL;
}

static char *told(const KtLearnedCount *count, const char *into) {
  char *text = NULL;
  if (asprintf(&text,
               "%d scores, %.0f minutes, %d stretches of half a minute; the tables are in %s\n"
               "A brief takes them with   learned: %s\n%s",
               count->scores, count->seconds / 60, count->windows, into, into,
               count->windows < 60 ? "That is little: with an hour of music the ranges say more.\n" : "") < 0) {
    return NULL;
  }
  return text;
}

KtStatus kt_learn_scores(const char *folder, const char *into, const KtListener *listener, char **text, KtError *err) {
  *text = NULL;
  KtArena *arena = kt_arena_new();
  KtLearned *learned = NULL;
  KtContext ctx = kt_context_for(listener);
  KtStatus status = arena ? kt_learned_new(&learned, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  const char *name = status ? NULL : called(arena, folder);
  const char *where = status || into ? into : kt_learned_named(arena, name);
  if (!status && !into && where == name) {
    status = kt_error_set(err, KT_ERR_ARGUMENT, "there is no home to keep tables in; name a folder with --into");
  }
  status = status ? status : kt_learned_add_folder(learned, folder, &ctx, err);
  if (!status) {
    KtLearnedCount count = kt_learned_count(learned);
    status = kt_learned_write(learned, where, kt_arena_format(arena, "%d scores of %s by kinothek learn", count.scores, name), err);
    *text = status ? NULL : told(&count, where);
  }
  if (!status && !*text) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_learned_free(learned);
  kt_arena_free(arena);
  return status;
}
