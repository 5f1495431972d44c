// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/data.h"
#include "base/file.h"
#include "base/hash.h"
#include "render/texture_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER(member) CYAML_FIELD_FLOAT(#member, CYAML_FLAG_DEFAULT, KtWorldRules, member)
static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 40)};
static const cyaml_schema_field_t family_fields[] = {
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, KtWorldFamily, words, &word_schema, 1, 100),
    CYAML_FIELD_END};
static const cyaml_schema_value_t family_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtWorldFamily, family_fields)};
static const cyaml_schema_field_t fields[] = {
    NUMBER(least), NUMBER(drone_from), NUMBER(pulse_from), NUMBER(level_db), NUMBER(words_db), NUMBER(fade_s),
    NUMBER(shortest_s),
    CYAML_FIELD_SEQUENCE("families", CYAML_FLAG_POINTER, KtWorldRules, families, &family_schema, 1, 200),
    CYAML_FIELD_END};
static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtWorldRules, fields)};

KtStatus kt_world_rules_load(const KtContext *ctx, KtWorldRules **rules, KtError *err) {
  KtStatus status = kt_data_load(ctx, "textures.yaml", &schema, (void **)rules, NULL, err);
  const KtWorldRules *made = status ? NULL : *rules;
  if (made && (!(made->fade_s >= 0.05F) || !(made->shortest_s >= 1) || !(made->level_db <= 0) ||
               !(made->words_db <= 0))) {
    status = kt_error_set(err, KT_ERR_FORMAT,
                          "textures.yaml: fade_s is at least 0.05, shortest_s 1, level_db and words_db at most 0");
    kt_world_rules_free(*rules);
    *rules = NULL;
  }
  return status;
}

void kt_world_rules_free(KtWorldRules *rules) {
  if (rules) {
    kt_data_free(&schema, rules, 0);
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

KtStatus kt_world_names(KtArena *arena, const char *folder, KtWorldNames *names, KtError *err) {
  DIR *dir = opendir(folder);
  if (!dir) {
    return kt_error_at(err, KT_ERR_MISSING, folder, 0, 0,
                       "no such folder; --textures takes a folder of field recordings");
  }
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    static const char *const sounds[] = {".wav", ".flac", ".ogg", ".aiff", ".aif", ".w64", ".rf64", ".opus",
                                         ".mp3", ".WAV",  ".FLAC", ".OGG", ".AIFF", ".AIF", ".MP3"};
    bool sound = false;
    for (size_t i = 0; entry->d_name[0] != '.' && i < sizeof(sounds) / sizeof(sounds[0]); ++i) {
      sound = sound || !strcmp(kt_path_extension(entry->d_name), sounds[i]);
    }
    const char *path = sound ? kt_path_join(arena, folder, entry->d_name) : NULL;
    if (path && !kt_file_plain(path, NULL)) { // no pipe to wait at for ever
      const char **name = kt_array_push(arena, names);
      if (name) {
        *name = kt_arena_text(arena, entry->d_name);
      }
    }
  }
  closedir(dir);
  if (names->count) {
    qsort(names->items, names->count, sizeof(*names->items), by_name);
  }
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

KtStatus kt_world_hash(const char *folder, KtHash *hash, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtHasher *hasher = kt_hasher_new();
  KtWorldNames names = {0};
  KtStatus status = arena && hasher ? kt_world_names(arena, folder, &names, err)
                                    : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status && !names.count) {
    status = kt_error_at(err, KT_ERR_MISSING, folder, 0, 0,
                         "holds no recording that can be read (WAV, FLAC, Ogg, AIFF)");
  }
  for (size_t i = 0; !status && i < names.count; ++i) {
    KtFileStamp stamp;
    status = kt_file_stamp(kt_path_join(arena, folder, names.items[i]), &stamp, err);
    if (!status) {
      kt_hasher_add_text(hasher, names.items[i]);
      kt_hasher_add_int(hasher, stamp.size);
      kt_hasher_add_int(hasher, stamp.mtime_ns);
    }
  }
  if (hasher) {
    *hash = kt_hasher_finish(hasher);
  }
  kt_arena_free(arena);
  return status;
}
