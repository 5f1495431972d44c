// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/work.h"
#include "production/learned.h"

#include <string.h>

/// The file that stands for the film's own sound, NULL for the film itself.
const char *kt_work_sound(const KtWork *work) {
  const char *named = work->kept.film_sound;
  return named && strcmp(named, "drop") != 0 && strcmp(named, "keep") != 0 ? named : NULL;
}

/// The folder of field recordings, of the command or of the brief; NULL none.
const char *kt_work_textures(const KtWork *work) {
  return work->kept.textures ? work->kept.textures : work->brief->textures;
}

static KtStatus add_input(KtWork *work, KtHasher *all, const char *kind, const char *path,
                          KtError *err) {
  KtHash hash = {""};
  KtStatus status = path ? kt_input_hash(work->production, kind, path, &hash, err) : KT_OK;
  kt_hasher_add_text(all, kind);
  kt_hasher_add_text(all, path);
  kt_hasher_add_text(all, hash.hex);
  return status;
}

/// What a sheet is spotted from: while it is the same, one that a person changed holds as a whole.
static KtStatus make_inputs_key(KtWork *work, KtError *err) {
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_text(hasher, work->film_key.hex);
  KtStatus status = add_input(work, hasher, "script", work->kept.script, err);
  status = status ? status : add_input(work, hasher, "brief", work->kept.brief, err);
  status = status ? status : add_input(work, hasher, "edl", work->kept.edl, err);
  status = status ? status : add_input(work, hasher, "markers", work->kept.markers, err);
  kt_hasher_add_text(hasher, work->kept.palette);
  kt_hasher_add_text(hasher, work->kept.film_sound);
  work->inputs_key = kt_hasher_finish(hasher);
  return status;
}

/// What was seen in the film is kept under this: edit lists and markers are read over it.
static KtStatus make_film_key(KtWork *work, KtError *err) {
  const KtKept *kept = &work->kept;
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = add_input(work, hasher, "film", kept->film, err);
  status = status ? status : add_input(work, hasher, "subtitles", kept->subtitles, err);
  status = status ? status : add_input(work, hasher, "film_sound", kt_work_sound(work), err);
  // where there are no weights, or others, speech is found otherwise
  const char *weights = kt_path_join(work->arena, work->ctx->data_dir, "weights/silero_vad.onnx");
  status = status
               ? status
               : add_input(work, hasher, "weights", kt_file_exists(weights) ? weights : NULL, err);
  kt_hasher_add_int(hasher, kept->video_stream);
  kt_hasher_add_text(hasher, kept->start_timecode);
  work->film_key = kt_hasher_finish(hasher);
  return status;
}

KtStatus kt_make_keys(KtWork *work, KtError *err) {
  const KtKept *kept = &work->kept;
  KtStatus status = make_film_key(work, err);
  KtHasher *all = status ? NULL : kt_hasher_new();
  if (!all) {
    return status ? status : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_text(all, work->film_key.hex);
  status = add_input(work, all, "script", kept->script, err);
  status = status ? status : add_input(work, all, "brief", kept->brief, err);
  status = status ? status : add_input(work, all, "edl", kept->edl, err);
  status = status ? status : add_input(work, all, "markers", kept->markers, err);
  for (size_t i = 0; work->brief && i < work->brief->themes.count && !status; ++i) {
    status = add_input(work, all, "theme", work->brief->themes.items[i].file, err);
  }
  if (!status) {
    status = kt_input_hash(work->production, "library", work->orchestra->library_path,
                           &work->library_hash, err);
  }
  KtHash data = {""};
  if (!status) {
    status = kt_data_hash(work->production, &data, err);
  }
  KtFileStamp program = {0};
  kt_file_stamp("/proc/self/exe", &program, NULL); // a rebuilt program is another program
  const char *free_length = kt_arena_format(work->arena, "%.17g", kept->seconds);
  const char *texts[] = {
      KT_VERSION,    kept->mood,     free_length,      data.hex,   work->library_hash.hex,
      kept->palette, kept->loudness, kept->film_sound, kept->cues, kept->seed};
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
    kt_hasher_add_text(all, texts[i]);
  }
  if (!status && work->brief && kt_work_textures(work)) {
    KtHash world = {""};
    status = kt_world_hash(kt_work_textures(work), &world, err);
    kt_hasher_add_text(all, world.hex);
  }
  if (!status && work->ctx->learned_dir) {
    status = kt_learned_hash(work->production, work->ctx->learned_dir, all, err);
  }
  kt_hasher_add_int(all, kept->sketch + 2 * kept->suite);
  const char *set = kt_store_get(work->production->store, work->arena, "sheet.set");
  kt_hasher_add_text(all, set ? set : "");
  const char *wishes = kt_store_get(work->production->store, work->arena, KT_THEMES_KEPT);
  kt_hasher_add_text(all, wishes ? wishes : "");
  kt_hasher_add_int(all, program.size);
  kt_hasher_add_int(all, program.mtime_ns);
  work->key = kt_hasher_finish(all);
  return status ? status : make_inputs_key(work, err);
}
