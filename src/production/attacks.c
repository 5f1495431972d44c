// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/internal.h"

#include "base/file.h"
#include "orchestra/attacks.h"
#include "render/measure.h"

/// What besides the samples decides when a tone is felt: a filter that opens.
static KtStatus hash_tones(const KtOrchestra *orchestra, const KtHash *library, KtHash *hash, KtError *err) {
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_text(hasher, library->hex);
  kt_hasher_add(hasher, &orchestra->ensemble.brightness, sizeof(orchestra->ensemble.brightness));
  for (int i = 0; i < orchestra->count; ++i) {
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      const KtPreset *preset = &orchestra->instruments[i].presets[a];
      const int whole[] = {preset->bank, preset->program, preset->dynamics_controller, preset->tone_key};
      kt_hasher_add(hasher, whole, sizeof(whole));
      kt_hasher_add_double(hasher, (double)preset->tone_hz);
      kt_hasher_add_double(hasher, (double)preset->attack_s);
      kt_hasher_add_double(hasher, (double)preset->decay_s);
      kt_hasher_add_double(hasher, (double)preset->skip_ms);
    }
  }
  *hash = kt_hasher_finish(hasher);
  return KT_OK;
}

KtStatus kt_know_attacks(const KtContext *ctx, const char *or_here, KtOrchestra *orchestra,
                         const KtHash *library, KtError *err) {
  KtArena *arena = orchestra->arena;
  // The number rises when attacks are measured in another way.
  KtHash hash = {""};
  KtStatus status = hash_tones(orchestra, library, &hash, err);
  if (status) {
    return status;
  }
  const char *name = kt_arena_format(arena, "%.32s-11.csv", hash.hex);
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
  status = kt_attacks_measure(ctx, orchestra, path, err);
  return status ? status : kt_attacks_load(orchestra, path, err);
}
