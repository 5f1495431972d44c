// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/internal.h"

#include "base/file.h"
#include "base/json.h"
#include "orchestra/instruments.h"
#include "render/measure.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FURTHER_PASSES = 2 };
static const double far_off_lu = 2; // from its place: marked, for it will be heard

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static const char *list_folder(const KtContext *ctx, KtArena *arena, const char *folder,
                               const char *lines, KtStatus *status, KtError *err) {
  const char **names = NULL;
  int count = 0;
  KtContext there = {.data_dir = folder};
  *status = *status ? *status : kt_data_names(&there, arena, "libraries", &names, &count, err);
  for (int i = 0; i < count && !*status; ++i) {
    KtOrchestra *orchestra = NULL;
    KtError why = {0};
    if (kt_orchestra_load(ctx, names[i], &orchestra, &why)) {
      lines = kt_arena_format(arena, "%s%-20s %s\n", lines, names[i], why.message);
    } else {
      lines = kt_arena_format(arena, "%s%-20s installed: %s\n", lines, names[i], orchestra->library_path);
    }
    kt_orchestra_free(orchestra);
  }
  return lines;
}

KtStatus kt_list_libraries(char **text, KtError *err) {
  KtContext ctx = kt_context_for(NULL);
  KtArena *arena = kt_arena_new();
  KtStatus status = arena ? KT_OK : no_memory(err);
  const char *lines = status ? "" : list_folder(&ctx, arena, ctx.data_dir, "", &status, err);
  const char *own = status ? NULL : kt_user_data(arena);
  if (own && kt_dir_exists(kt_path_join(arena, own, "libraries"))) {
    lines = list_folder(&ctx, arena, own, lines, &status, err);
  }
  const char *synths = KT_CSOUND ? "built in: plays the synthesisers"
                                 : "not built in: the sample library plays the synthesisers";
  const char *plugins = KT_LV2 ? "built in: plugins.yaml names plugins of your own"
                               : "not built in: plugins.yaml is of no use";
  lines = status ? lines : kt_arena_format(arena, "%s%-20s %s\n%-20s %s\n", lines, "csound", synths, "lv2", plugins);
  if (!status && !(*text = strdup(lines))) {
    status = no_memory(err);
  }
  kt_arena_free(arena);
  return status;
}

/// "long, legato"
static const char *articulations(const KtVoice *voice, KtArena *arena, const char *between) {
  const char *text = "";
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    if (voice->articulations >> a & 1U) {
      const char *name = "";
      for (int f = 0; f < KT_ART_COUNT; ++f) {
        name = kt_articulation_flags[f].val == 1 << a ? kt_articulation_flags[f].str : name;
      }
      text = kt_arena_format(arena, "%s%s%s", text, *text ? between : "", name);
    }
  }
  return text;
}

static void check_lines(const KtOrchestra *orchestra, const KtVoices *voices, KtArena *arena,
                        FILE *out) {
  fprintf(out, "%s: %s\n%-17s %-8s %6s %7s %7s  %s\n", orchestra->library, orchestra->library_path,
          "instrument", "preset", "LU off", "felt ms", "left ms", "plays");
  int missing = 0, off = 0;
  for (size_t i = 0; i < voices->items.count; ++i) {
    const KtVoice *voice = &voices->items.items[i];
    double lu = voice->lufs - voice->place_lufs;
    const char *plays = articulations(voice, arena, " ");
    if (!voice->present) {
      ++missing;
      fprintf(out, "%-17s %3d:%-4d missing%17s %s\n", voice->instrument->id, voice->preset->bank,
              voice->preset->program, "", plays);
      continue;
    }
    bool marked = fabs(lu) > far_off_lu;
    off += marked;
    fprintf(out, "%-17s %3d:%-4d %+6.1f%s %6.0f %7.0f  %s\n", voice->instrument->id,
            voice->preset->bank, voice->preset->program, lu, marked ? "!" : " ", voice->felt_ms,
            voice->left_ms, plays);
  }
  fprintf(out, "%zu presets: %d missing, %d more than %.0f LU from their place (!)\n",
          voices->items.count, missing, off, far_off_lu);
}

static void check_json(const KtOrchestra *orchestra, const KtVoices *voices, KtArena *arena,
                       FILE *out) {
  json_t *list = json_array();
  for (size_t i = 0; i < voices->items.count; ++i) {
    const KtVoice *voice = &voices->items.items[i];
    json_t *row = json_object();
    kt_json_set(row, "instrument", json_string(voice->instrument->id));
    kt_json_set(row, "plays", json_string(articulations(voice, arena, " ")));
    kt_json_set(row, "bank", json_integer(voice->preset->bank));
    kt_json_set(row, "program", json_integer(voice->preset->program));
    kt_json_set(row, "present", json_boolean(voice->present));
    kt_json_set(row, "off_lu", kt_json_number(voice->lufs - voice->place_lufs, 2));
    kt_json_set(row, "felt_ms", kt_json_number(voice->felt_ms, 1));
    kt_json_set(row, "left_ms", kt_json_number(voice->left_ms, 1));
    json_array_append_new(list, row);
  }
  json_t *root = json_object();
  kt_json_set(root, "library", json_string(orchestra->library));
  kt_json_set(root, "file", json_string(orchestra->library_path));
  kt_json_set(root, "presets", list);
  json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
  fputc('\n', out);
  json_decref(root);
}

KtStatus kt_check_library(const char *library, bool json, char **text, KtError *err) {
  KtContext ctx = kt_context_for(NULL);
  KtOrchestra *orchestra = NULL;
  KtVoices voices;
  KtStatus status = kt_orchestra_load(&ctx, library, &orchestra, err);
  KtHash hash = {""};
  if (!status) {
    status = kt_hash_file(orchestra->library_path, &hash, err);
  }
  if (!status) {
    status = kt_know_attacks(&ctx, "/tmp", orchestra, &hash, err);
  }
  if (!status) {
    status = kt_voices_measure(&ctx, orchestra, orchestra->arena, &voices, err);
  }
  size_t size = 0;
  *text = NULL;
  FILE *out = status ? NULL : open_memstream(text, &size);
  if (!status && !out) {
    status = no_memory(err);
  }
  if (out) {
    (json ? check_json : check_lines)(orchestra, &voices, orchestra->arena, out);
    fclose(out);
    status = *text ? KT_OK : no_memory(err);
  }
  kt_orchestra_free(orchestra);
  return status;
}

/// The file's name in small letters, digits and underscores; not one of Kinothek's own.
static const char *id_for(const KtContext *ctx, const char *path, KtArena *arena) {
  char id[33];
  size_t used = 0;
  const char *name = kt_path_name(path);
  for (size_t i = 0; i < kt_path_stem(name) && used < sizeof(id) - 1; ++i) {
    unsigned char c = (unsigned char)name[i];
    if (c < 128 && isalnum(c)) {
      id[used++] = (char)tolower(c);
    } else if (used && id[used - 1] != '_') {
      id[used++] = '_';
    }
  }
  id[used] = '\0';
  const char *shipped = kt_path_join(arena, kt_path_join(arena, ctx->data_dir, "libraries"),
                                     kt_arena_format(arena, "%s.yaml", id));
  return kt_arena_format(arena, "%s%s", used ? id : "library", kt_file_exists(shipped) ? "_own" : "");
}

/// In YAML's double quotes.
static const char *quoted(const char *text, KtArena *arena) {
  char *to = kt_arena_alloc(arena, 2 * strlen(text) + 3), *at = to;
  if (!to) {
    return "";
  }
  *at++ = '"';
  for (; *text; ++text) {
    if (*text == '"' || *text == '\\') {
      *at++ = '\\';
    }
    *at++ = *text;
  }
  *at++ = '"';
  *at = '\0';
  return to;
}

static void write_preset(FILE *out, const KtVoice *voice, KtArena *arena) {
  const KtPreset *preset = voice->preset;
  double gain = (double)preset->gain_db + voice->place_lufs - voice->lufs;
  fprintf(out, "- {instrument: %s, for: [%s], bank: %d, program: %d", voice->instrument->id,
          articulations(voice, arena, ", "), preset->bank, preset->program);
  if (preset->dynamics_controller) {
    fprintf(out, ", controller: %d", preset->dynamics_controller);
  }
  if (preset->transpose) {
    fprintf(out, ", transpose: %d", preset->transpose);
  }
  if (preset->attack_s > 0) {
    fprintf(out, ", attack_s: %.4g", (double)preset->attack_s);
  }
  if (preset->release_s > 0) {
    fprintf(out, ", release_s: %.4g", (double)preset->release_s);
  }
  if (preset->decay_s > 0) {
    fprintf(out, ", decay_s: %.4g", (double)preset->decay_s);
  }
  if (preset->skip_ms > 0) {
    fprintf(out, ", skip_ms: %.4g", (double)preset->skip_ms);
  }
  if (preset->lead_ms > 0) {
    fprintf(out, ", lead_ms: %.4g", (double)preset->lead_ms);
  }
  fprintf(out, ", gain_db: %.1f, speaks_ms: %.0f", fmin(24, fmax(-24, gain)), voice->felt_ms);
  if (voice->tone_hz > 0) {
    fprintf(out, ", tone_hz: %.0f", voice->tone_hz);
  }
  fputs("}\n", out);
}

static KtStatus write_library(const KtOrchestra *orchestra, const KtVoices *voices, const char *id,
                              const char *path, KtError *err) {
  KtArena *arena = orchestra->arena;
  const char *name = kt_path_name(orchestra->library_path);
  name = kt_arena_text_n(arena, name, kt_path_stem(name) < 70 ? kt_path_stem(name) : 70);
  KtAtomicFile file;
  KtStatus status = kt_atomic_open(&file, path, err);
  if (status) {
    return status;
  }
  fprintf(file.stream,
          "# Written by kinothek library add; keys as in Kinothek's own libraries. May be changed by "
          "hand.\nid: %s\nname: %s\nrank: 100\nfiles:\n- %s\npresets:\n",
          id, quoted(name, arena), quoted(orchestra->library_path, arena));
  for (size_t i = 0; i < voices->items.count; ++i) {
    if (voices->items.items[i].present) {
      write_preset(file.stream, &voices->items.items[i], arena);
    }
  }
  return kt_atomic_commit(&file, err);
}

static const char *summary(const KtVoices *voices, KtArena *arena, size_t *there) {
  const char *missing = "";
  *there = 0;
  for (size_t i = 0; i < voices->items.count; ++i) {
    const KtVoice *voice = &voices->items.items[i];
    *there += voice->present;
    if (!voice->present) {
      missing = kt_arena_format(arena, "%s%s%s (%s)", missing, *missing ? ", " : "",
                                voice->instrument->id, articulations(voice, arena, " "));
    }
  }
  return missing;
}

static KtStatus check_path(const char *file, char *real, KtError *err) {
  KtStatus status = kt_file_plain(file, err);
  if (!status && !realpath(file, real)) {
    status = kt_error_at(err, KT_ERR_MISSING, file, 0, 0, "no such sample library");
  }
  for (const char *at = real; !status && *at; ++at) {
    if ((unsigned char)*at < 32 || *at == 127) {
      status = kt_error_set(err, KT_ERR_ARGUMENT,
                            "a library's path may not hold control characters; rename it");
    }
  }
  if (!status && strlen(real) > 490) {
    status = kt_error_at(err, KT_ERR_ARGUMENT, file, 0, 0, "is too long a path for a library; move it");
  }
  return status;
}

/// What was measured through another library's filters and envelopes is measured again through its own.
static KtStatus measure_again(const KtContext *ctx, const char *id, const char *path, KtError *err) {
  KtOrchestra *own = NULL;
  KtVoices voices;
  KtStatus status = kt_orchestra_load(ctx, id, &own, err);
  KtHash hash = {""};
  status = status ? status : kt_hash_file(own->library_path, &hash, err);
  status = status ? status : kt_know_attacks(ctx, "/tmp", own, &hash, err); // no key stands out of the line
  status = status ? status : kt_voices_measure(ctx, own, own->arena, &voices, err);
  status = status ? status : write_library(own, &voices, id, path, err);
  kt_orchestra_free(own);
  return status;
}

static KtStatus add(const KtContext *ctx, KtOrchestra *orchestra, char **text, KtError *err) {
  KtArena *arena = orchestra->arena;
  KtVoices voices;
  size_t there = 0;
  KtStatus status = kt_voices_measure(ctx, orchestra, arena, &voices, err);
  if (status) {
    return status;
  }
  const char *missing = summary(&voices, arena, &there);
  const char *own = kt_user_data(arena);
  if (!there) {
    return kt_error_at(err, KT_ERR_FORMAT, orchestra->library_path, 0, 0,
                       "has none of the presets of General MIDI; nothing was added");
  }
  if (!own) {
    return kt_error_set(err, KT_ERR_MISSING, "no home to keep libraries in; set XDG_DATA_HOME");
  }
  const char *id = id_for(ctx, orchestra->library_path, arena);
  const char *folder = kt_path_join(arena, own, "libraries");
  const char *path = kt_path_join(arena, folder, kt_arena_format(arena, "%s.yaml", id));
  status = kt_make_dirs(folder, err);
  if (!status) {
    status = write_library(orchestra, &voices, id, path, err);
  }
  for (int pass = 0; pass < FURTHER_PASSES && !status; ++pass) {
    status = measure_again(ctx, id, path, err);
  }
  const char *lines = kt_arena_format(arena, "%s: %zu presets, as %s; use it with --library %s\n%s%s%s", path,
                                      there, id, id, *missing ? "missing: " : "", missing,
                                      *missing ? "\n" : "");
  if (!status && (kt_arena_failed(arena) || !(*text = strdup(lines)))) {
    status = no_memory(err);
  }
  return status;
}

KtStatus kt_add_library(const char *file, char **text, KtError *err) {
  KtContext ctx = kt_context_for(NULL);
  char real[PATH_MAX];
  KtOrchestra *orchestra = NULL;
  KtStatus status = check_path(file, real, err);
  if (!status) {
    status = kt_orchestra_load(&ctx, real, &orchestra, err);
  }
  if (!status) {
    status = add(&ctx, orchestra, text, err);
  }
  kt_orchestra_free(orchestra);
  return status;
}
