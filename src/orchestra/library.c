// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/instruments.h"
#include "orchestra/plugins.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct PresetRow {
  char *instrument;
  uint32_t articulations;
  int bank, program, controller, transpose;
  float gain_db, attack_s, release_s, decay_s, skip_ms, lead_ms, speaks_ms, tone_hz;
} PresetRow;

typedef struct LibraryFile {
  char *id, *name, *package;
  int rank;
  char **files;
  unsigned files_count;
  PresetRow *presets;
  unsigned presets_count;
  KtPluginRow *plugins;
  unsigned plugins_count;
} LibraryFile;

/// The libraries known: Kinothek's, and from `shipped` on those that a person has added.
typedef struct Known {
  LibraryFile *files[64];
  int count, shipped;
} Known;

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define POINTER  CYAML_FLAG_POINTER
static const cyaml_schema_field_t preset_fields[] = {
    CYAML_FIELD_STRING_PTR("instrument", POINTER, PresetRow, instrument, 1, 40),
    CYAML_FIELD_FLAGS("for", CYAML_FLAG_STRICT, PresetRow, articulations, kt_articulation_flags,
                      KT_ART_COUNT),
    CYAML_FIELD_INT("bank", CYAML_FLAG_DEFAULT, PresetRow, bank),
    CYAML_FIELD_INT("program", CYAML_FLAG_DEFAULT, PresetRow, program),
    CYAML_FIELD_INT("controller", OPTIONAL, PresetRow, controller),
    CYAML_FIELD_INT("transpose", OPTIONAL, PresetRow, transpose),
    CYAML_FIELD_FLOAT("gain_db", OPTIONAL, PresetRow, gain_db),
    CYAML_FIELD_FLOAT("attack_s", OPTIONAL, PresetRow, attack_s),
    CYAML_FIELD_FLOAT("release_s", OPTIONAL, PresetRow, release_s),
    CYAML_FIELD_FLOAT("decay_s", OPTIONAL, PresetRow, decay_s),
    CYAML_FIELD_FLOAT("skip_ms", OPTIONAL, PresetRow, skip_ms),
    CYAML_FIELD_FLOAT("lead_ms", OPTIONAL, PresetRow, lead_ms),
    CYAML_FIELD_FLOAT("speaks_ms", OPTIONAL, PresetRow, speaks_ms),
    CYAML_FIELD_FLOAT("tone_hz", OPTIONAL, PresetRow, tone_hz),
    CYAML_FIELD_END};
static const cyaml_schema_value_t preset_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, PresetRow, preset_fields)};
static const cyaml_schema_value_t path_schema = {CYAML_VALUE_STRING(POINTER, char, 1, 500)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR("id", POINTER, LibraryFile, id, 1, 40),
    CYAML_FIELD_STRING_PTR("name", POINTER, LibraryFile, name, 1, 80),
    CYAML_FIELD_STRING_PTR("package", POINTER | OPTIONAL, LibraryFile, package, 1, 80),
    CYAML_FIELD_INT("rank", CYAML_FLAG_DEFAULT, LibraryFile, rank),
    CYAML_FIELD_SEQUENCE("files", POINTER, LibraryFile, files, &path_schema, 1, 20),
    CYAML_FIELD_SEQUENCE("presets", POINTER, LibraryFile, presets, &preset_schema, 1, 1000),
    CYAML_FIELD_SEQUENCE("plugins", POINTER | OPTIONAL, LibraryFile, plugins, &kt_plugin_row_schema, 0, 200),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(POINTER, LibraryFile, file_fields)};

/// What plays an articulation for which the library has no preset of its own.
static const KtPreset *next_best(const KtInstrument *one, KtArticulation articulation) {
  KtArticulation near = articulation == KT_ART_SPICCATO ? KT_ART_SHORT
                        : articulation == KT_ART_SFORZATO ? KT_ART_TENUTO
                                                          : KT_ART_LONG;
  return one->presets[near].program >= 0 ? &one->presets[near] : &one->presets[KT_ART_LONG];
}

static void take_presets(const LibraryFile *file, KtOrchestra *orchestra) {
  for (unsigned i = 0; i < file->presets_count; ++i) {
    const PresetRow *row = &file->presets[i];
    KtInstrument *to = (KtInstrument *)kt_orchestra_find(orchestra, row->instrument);
    for (int a = 0; to && a < KT_ART_COUNT; ++a) {
      if (row->articulations >> a & 1U) {
        to->presets[a] = (KtPreset){.bank = row->bank,
                                    .program = row->program,
                                    .dynamics_controller = row->controller,
                                    .gain_db = row->gain_db,
                                    .attack_s = row->attack_s,
                                    .release_s = row->release_s,
                                    .decay_s = row->decay_s,
                                    .skip_ms = row->skip_ms,
                                    .lead_ms = row->lead_ms,
                                    .transpose = row->transpose,
                                    .speaks_ms = row->speaks_ms,
                                    .tone_hz = row->tone_hz,
                                    .tone_key = (to->comfort_low + to->comfort_high) / 2 + row->transpose};
      }
    }
  }
  for (int i = 0; i < orchestra->count; ++i) {
    KtInstrument *to = &orchestra->instruments[i];
    const KtPreset *usual = &to->presets[KT_ART_LONG];
    to->speaks_ms = usual->speaks_ms;
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      if (to->presets[a].program < 0) {
        to->presets[a] = *next_best(to, (KtArticulation)a);
      }
      to->has[a] = to->has[a] && to->presets[a].program >= 0;
    }
  }
}

/// The first of a library's files that is on this machine; NULL where none is.
static const char *installed(const LibraryFile *file) {
  for (unsigned i = 0; i < file->files_count; ++i) {
    if (kt_file_exists(file->files[i])) {
      return file->files[i];
    }
  }
  return NULL;
}

/// A library asked for by a file of its own: one whose file name (behind links: Debian's names for "the
/// one installed" are such) is the same speaks its presets, any other is taken for General MIDI (the last
/// in rank).
static bool same_name(const LibraryFile *file, const char *path) {
  char real[PATH_MAX];
  const char *name = kt_path_name(realpath(path, real) ? real : path);
  size_t stem = kt_path_stem(name);
  for (unsigned i = 0; i < file->files_count; ++i) {
    const char *other = kt_path_name(file->files[i]);
    if (kt_path_stem(other) == stem && !strncmp(other, name, stem)) {
      return true;
    }
  }
  return false;
}

static bool asked_by_id(const LibraryFile *file, const char *library) {
  return !strcmp(file->id, library) || !strcmp(file->name, library);
}

/// Which of the libraries to take, and its file. -1: none is there.
static int choose(const Known *known, const char *library, const char **path) {
  LibraryFile *const *files = known->files;
  int best = -1;
  for (int i = 0; i < known->count; ++i) {
    const char *found = installed(files[i]);
    if (library && strchr(library, '/')) {
      found = kt_file_exists(library) ? library : NULL;
      if (found && same_name(files[i], library)) {
        *path = library;
        return i;
      }
      if (found && i < known->shipped && (best < 0 || files[i]->rank > files[best]->rank)) {
        best = i;
        *path = library;
      }
    } else if (found && (!library || asked_by_id(files[i], library)) &&
               (best < 0 || files[i]->rank < files[best]->rank)) {
      best = i;
      *path = found;
    }
  }
  return best;
}

static KtStatus not_there(const LibraryFile *file, const char *library, KtError *err) {
  if (file->package) {
    return kt_error_set(err, KT_ERR_MISSING,
                        "the sample library %s is not installed: apt-get install %s", library,
                        file->package);
  }
  return kt_error_at(err, KT_ERR_MISSING, file->files[0], 0, 0,
                     "the file of the sample library %s is gone; put it back or add another",
                     library);
}

static KtStatus none_found(const Known *known, const char *library, KtError *err) {
  if (library && strchr(library, '/')) {
    return kt_error_at(err, KT_ERR_MISSING, library, 0, 0, "no such sample library");
  }
  char names[512] = "";
  int first = 0;
  for (int i = 0; i < known->count; ++i) {
    const LibraryFile *file = known->files[i];
    if (library && asked_by_id(file, library)) {
      return not_there(file, library, err);
    }
    size_t used = strlen(names);
    snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "", file->id);
    first = file->package && file->rank < known->files[first]->rank ? i : first;
  }
  if (library) {
    return kt_error_set(err, KT_ERR_ARGUMENT,
                        "no sample library %s; known: %s, or the path of an SF2 or SF3 file",
                        library, names);
  }
  return kt_error_set(err, KT_ERR_MISSING, "no sample library is installed: apt-get install %s",
                      known->files[first]->package);
}

static KtStatus read_folder(const KtContext *ctx, KtArena *arena, Known *known, KtError *err) {
  const char **names = NULL;
  int count = 0, most = (int)(sizeof(known->files) / sizeof(*known->files));
  KtStatus status = kt_data_names(ctx, arena, "libraries", &names, &count, err);
  for (int i = 0; !status && i < count && known->count < most; ++i) {
    const char *name = kt_arena_format(arena, "libraries/%s.yaml", names[i]);
    status = kt_data_load(ctx, name, &file_schema, (void **)&known->files[known->count], NULL, err);
    known->count += !status;
  }
  return status;
}

KtStatus kt_library_load(const KtContext *ctx, const char *library, KtOrchestra *orchestra,
                         KtError *err) {
  KtArena *arena = orchestra->arena;
  Known known = {0};
  KtStatus status = read_folder(ctx, arena, &known, err);
  known.shipped = known.count;
  const char *own = kt_user_data(arena);
  if (!status && own && kt_dir_exists(kt_path_join(arena, own, "libraries"))) {
    KtContext theirs = {.data_dir = own};
    status = read_folder(&theirs, arena, &known, err);
  }
  if (!status) {
    const char *path = NULL;
    int chosen = choose(&known, library, &path);
    if (chosen >= 0) {
      orchestra->library = kt_arena_text(arena, known.files[chosen]->name);
      orchestra->library_path = kt_arena_text(arena, path);
      take_presets(known.files[chosen], orchestra);
      status = kt_plugins_take(known.files[chosen]->plugins, known.files[chosen]->plugins_count,
                               known.files[chosen]->id, orchestra, err);
    } else {
      status = none_found(&known, library, err);
    }
  }
  for (int i = 0; i < known.count; ++i) {
    kt_data_free(&file_schema, known.files[i], 0);
  }
  return status;
}
