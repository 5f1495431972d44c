// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/internal.h"

#include "base/file.h"
#include "orchestra/attacks.h"
#include "render/measure.h"

KtStatus kt_know_attacks(const KtContext *ctx, const char *or_here, KtOrchestra *orchestra,
                         const KtHash *library, KtError *err) {
  KtArena *arena = orchestra->arena;
  // The number rises when attacks are measured in another way.
  const char *name = kt_arena_format(arena, "%.32s-4.csv", library->hex);
  const char *shipped = kt_path_join(arena, kt_path_join(arena, ctx->data_dir, "attacks"), name);
  if (kt_file_exists(shipped)) {
    return kt_attacks_load(orchestra, shipped, err);
  }
  const char *cache = kt_user_cache(arena);
  const char *folder = cache ? kt_path_join(arena, cache, "attacks") : or_here;
  KtError slip = {0};
  if (kt_make_dirs(folder, &slip)) {
    folder = or_here;
  }
  const char *path = kt_path_join(arena, folder, name);
  if (kt_file_exists(path) && !kt_attacks_load(orchestra, path, &slip)) {
    return KT_OK;
  }
  kt_progress(ctx, "library", 0);
  KtStatus status = kt_attacks_measure(ctx, orchestra, path, err);
  return status ? status : kt_attacks_load(orchestra, path, err);
}
