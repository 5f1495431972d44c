// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/plugins.h"

#include "base/file.h"
#include "orchestra/instruments.h"

#include <math.h>
#include <string.h>

typedef struct EffectRow {
  char *section, *lv2, *preset;
  KtPortRow *ports;
  unsigned ports_count;
} EffectRow;

typedef struct PluginFile {
  KtPluginRow *plugins;
  unsigned plugins_count;
  EffectRow *effects;
  unsigned effects_count;
} PluginFile;

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define POINTER  CYAML_FLAG_POINTER
static const cyaml_schema_field_t port_fields[] = {
    CYAML_FIELD_STRING_PTR("port", POINTER, KtPortRow, port, 1, 200),
    CYAML_FIELD_FLOAT("value", CYAML_FLAG_DEFAULT, KtPortRow, value), CYAML_FIELD_END};
static const cyaml_schema_value_t port_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPortRow, port_fields)};
static const cyaml_schema_field_t plugin_fields[] = {
    CYAML_FIELD_STRING_PTR("instrument", POINTER, KtPluginRow, instrument, 1, 40),
    CYAML_FIELD_FLAGS("for", CYAML_FLAG_STRICT, KtPluginRow, articulations, kt_articulation_flags, KT_ART_COUNT),
    CYAML_FIELD_STRING_PTR("lv2", POINTER, KtPluginRow, lv2, 1, 500),
    CYAML_FIELD_STRING_PTR("preset", POINTER | OPTIONAL, KtPluginRow, preset, 1, 500),
    CYAML_FIELD_SEQUENCE("ports", POINTER | OPTIONAL, KtPluginRow, ports, &port_schema, 0, 500),
    CYAML_FIELD_INT("controller", OPTIONAL, KtPluginRow, controller),
    CYAML_FIELD_INT("transpose", OPTIONAL, KtPluginRow, transpose),
    CYAML_FIELD_FLOAT("gain_db", OPTIONAL, KtPluginRow, gain_db),
    CYAML_FIELD_FLOAT("speaks_ms", OPTIONAL, KtPluginRow, speaks_ms),
    CYAML_FIELD_END};
const cyaml_schema_value_t kt_plugin_row_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPluginRow, plugin_fields)};
static const cyaml_schema_field_t effect_fields[] = {
    CYAML_FIELD_STRING_PTR("section", POINTER, EffectRow, section, 1, 10),
    CYAML_FIELD_STRING_PTR("lv2", POINTER, EffectRow, lv2, 1, 500),
    CYAML_FIELD_STRING_PTR("preset", POINTER | OPTIONAL, EffectRow, preset, 1, 500),
    CYAML_FIELD_SEQUENCE("ports", POINTER | OPTIONAL, EffectRow, ports, &port_schema, 0, 500),
    CYAML_FIELD_END};
static const cyaml_schema_value_t effect_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, EffectRow, effect_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("plugins", POINTER | OPTIONAL, PluginFile, plugins, &kt_plugin_row_schema, 0, 200),
    CYAML_FIELD_SEQUENCE("effects", POINTER | OPTIONAL, PluginFile, effects, &effect_schema, 0, 50),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(POINTER, PluginFile, file_fields)};

static KtStatus choice_of(const char *lv2, const char *preset, const KtPortRow *ports, unsigned count,
                          const char *file, KtArena *arena, KtPluginChoice *to, KtError *err) {
  KtPluginPort *set = KT_NEW(arena, KtPluginPort, count + 1);
  *to = (KtPluginChoice){.uri = kt_arena_text(arena, lv2),
                         .preset = preset ? kt_arena_text(arena, preset) : NULL,
                         .ports = set,
                         .port_count = set ? (int)count : 0};
  for (unsigned i = 0; set && i < count; ++i) {
    if (!isfinite(ports[i].value)) {
      return kt_error_set(err, KT_ERR_FORMAT, "%s: %s: port %s needs a number", file, lv2, ports[i].port);
    }
    set[i] = (KtPluginPort){kt_arena_text(arena, ports[i].port), ports[i].value};
  }
  return KT_OK;
}

static KtStatus take(const KtPluginRow *row, const char *file, KtOrchestra *orchestra, KtError *err) {
  KtInstrument *to = (KtInstrument *)(uintptr_t)kt_orchestra_find(orchestra, row->instrument);
  KtPluginChoice *choice = KT_NEW(orchestra->arena, KtPluginChoice, 1);
  if (!to) {
    return kt_error_set(err, KT_ERR_FORMAT, "%s: there is no instrument %s", file, row->instrument);
  }
  if (!choice) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = choice_of(row->lv2, row->preset, row->ports, row->ports_count, file, orchestra->arena, choice, err);
  for (int a = 0; !status && a < KT_ART_COUNT; ++a) {
    if (row->articulations >> a & 1U) {
      to->presets[a] = (KtPreset){.bank = 0,
                                  .program = 0,
                                  .dynamics_controller = row->controller,
                                  .gain_db = row->gain_db,
                                  .transpose = row->transpose,
                                  .speaks_ms = row->speaks_ms,
                                  .lv2 = choice};
    }
  }
  return status;
}

KtStatus kt_plugins_take(const KtPluginRow *rows, unsigned count, const char *file, KtOrchestra *orchestra,
                         KtError *err) {
  KtStatus status = KT_OK;
  for (unsigned i = 0; !status && i < count; ++i) {
    status = take(&rows[i], file, orchestra, err);
  }
  for (unsigned i = 0; !status && i < count; ++i) {
    KtInstrument *one = (KtInstrument *)(uintptr_t)kt_orchestra_find(orchestra, rows[i].instrument);
    if (!one->presets[KT_ART_LONG].lv2) {
      return kt_error_set(err, KT_ERR_FORMAT, "%s: %s: the articulation long needs a plugin as well", file, one->id);
    }
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      one->presets[a] = one->presets[a].lv2 ? one->presets[a] : one->presets[KT_ART_LONG];
    }
    one->speaks_ms = one->presets[KT_ART_LONG].speaks_ms;
  }
  return status;
}

static KtStatus take_effects(const PluginFile *file, const char *path, KtOrchestra *orchestra, KtError *err) {
  orchestra->effects = KT_NEW(orchestra->arena, KtSectionEffect, file->effects_count + 1);
  if (!orchestra->effects) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = KT_OK;
  for (unsigned i = 0; !status && i < file->effects_count; ++i) {
    const EffectRow *row = &file->effects[i];
    int section = 0;
    while (section < KT_STEM_COUNT && strcmp(kt_stem_code((KtSectionId)section), row->section) != 0) {
      ++section;
    }
    if (section == KT_STEM_COUNT) {
      return kt_error_set(err, KT_ERR_FORMAT, "%s: section %s: must be STH, STL, WWD, BRS, PRC, KEY, CHR or SYN",
                          path, row->section);
    }
    KtSectionEffect *to = &orchestra->effects[orchestra->effect_count++];
    to->section = (KtSectionId)section;
    status = choice_of(row->lv2, row->preset, row->ports, row->ports_count, path, orchestra->arena, &to->lv2, err);
  }
  return status;
}

KtStatus kt_plugins_load(KtOrchestra *orchestra, KtError *err) {
  const char *own = kt_user_data(orchestra->arena);
  const char *path = own ? kt_path_join(orchestra->arena, own, "plugins.yaml") : NULL;
  if (!path || !kt_file_exists(path)) {
    return KT_OK;
  }
  PluginFile *file = NULL;
  KtStatus status = kt_data_load(NULL, path, &file_schema, (void **)&file, NULL, err);
  if (!status) {
    status = kt_plugins_take(file->plugins, file->plugins_count, path, orchestra, err);
  }
  if (!status) {
    status = take_effects(file, path, orchestra, err);
  }
  if (file) {
    kt_data_free(&file_schema, file, 0);
  }
  return status;
}
