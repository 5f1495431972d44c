// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/instruments.h"

#include <string.h>

typedef struct SoundRow {
  char *instrument, *csound;
  int controller;
  float gain_db, speaks_ms;
} SoundRow;

typedef struct SoundFile {
  SoundRow *sounds;
  unsigned sounds_count;
} SoundFile;

static const cyaml_schema_field_t sound_fields[] = {
    CYAML_FIELD_STRING_PTR("instrument", CYAML_FLAG_POINTER, SoundRow, instrument, 1, 40),
    CYAML_FIELD_STRING_PTR("csound", CYAML_FLAG_POINTER, SoundRow, csound, 1, 40),
    CYAML_FIELD_INT("controller", CYAML_FLAG_OPTIONAL, SoundRow, controller),
    CYAML_FIELD_FLOAT("gain_db", CYAML_FLAG_DEFAULT, SoundRow, gain_db),
    CYAML_FIELD_FLOAT("speaks_ms", CYAML_FLAG_DEFAULT, SoundRow, speaks_ms),
    CYAML_FIELD_END};
static const cyaml_schema_value_t sound_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, SoundRow, sound_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("sounds", CYAML_FLAG_POINTER, SoundFile, sounds, &sound_schema, 0, 100),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, SoundFile, file_fields)};

static KtStatus take(const SoundRow *row, KtOrchestra *orchestra, KtError *err) {
  KtInstrument *to = (KtInstrument *)(uintptr_t)kt_orchestra_find(orchestra, row->instrument);
  if (!to) {
    return kt_error_set(err, KT_ERR_FORMAT, "synths.yaml: there is no instrument %s", row->instrument);
  }
  if (to->presets[KT_ART_LONG].lv2) {
    return KT_OK; // a person's plugin goes before
  }
  if (row->csound[strspn(row->csound, "abcdefghijklmnopqrstuvwxyz_0123456789")]) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "synths.yaml: %s: csound must name a file of data/csound without its ending",
                        row->instrument);
  }
  const char *name = kt_arena_text(orchestra->arena, row->csound);
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    to->presets[a] = (KtPreset){.bank = 0,
                                .program = 0,
                                .dynamics_controller = row->controller,
                                .gain_db = row->gain_db,
                                .speaks_ms = row->speaks_ms,
                                .csound = name};
  }
  to->speaks_ms = row->speaks_ms;
  return KT_OK;
}

KtStatus kt_synths_load(const KtContext *ctx, KtOrchestra *orchestra, KtError *err) {
  SoundFile *file = NULL;
  if (!KT_CSOUND) {
    return KT_OK; // the sample library's presets stay
  }
  KtStatus status = kt_data_load(ctx, "synths.yaml", &file_schema, (void **)&file, NULL, err);
  for (unsigned i = 0; !status && i < file->sounds_count; ++i) {
    status = take(&file->sounds[i], orchestra, err);
  }
  if (file) {
    kt_data_free(&file_schema, file, 0);
  }
  return status;
}
