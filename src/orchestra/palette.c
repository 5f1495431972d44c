// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/instruments.h"

#include <stdio.h>
#include <string.h>

typedef struct RoleRow {
  char **names;
  unsigned names_count;
} RoleRow;

typedef struct CueRow {
  float min, max, typical;
} CueRow;

typedef struct PaletteFile {
  char *id, *name, *describe, *hall;
  float share[2], tempo_bpm[2];
  CueRow cue_s;
  float hits_per_minute, restraint, pace;
  int layers_max;
  struct {
    char **lead, **counter, **harmony, **bass, **figure, **pulse, **percussion, **colour;
    unsigned lead_count, counter_count, harmony_count, bass_count, figure_count, pulse_count,
        percussion_count, colour_count;
  } roles;
} PaletteFile;
typedef __typeof__(((PaletteFile *)0)->roles) Roles;

#define POINTER CYAML_FLAG_POINTER
#define ROLE(name)                                                                                 \
  CYAML_FIELD_SEQUENCE(#name, POINTER, Roles, name, &name_schema, 1, 60)
static const cyaml_schema_value_t name_schema = {CYAML_VALUE_STRING(POINTER, char, 1, 40)};
static const cyaml_schema_value_t number_schema = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};
static const cyaml_schema_field_t role_fields[] = {
    ROLE(lead),  ROLE(counter),    ROLE(harmony), ROLE(bass), ROLE(figure),
    ROLE(pulse), ROLE(percussion), ROLE(colour),  CYAML_FIELD_END};
static const cyaml_schema_field_t cue_fields[] = {
    CYAML_FIELD_FLOAT("min", CYAML_FLAG_DEFAULT, CueRow, min),
    CYAML_FIELD_FLOAT("max", CYAML_FLAG_DEFAULT, CueRow, max),
    CYAML_FIELD_FLOAT("typical", CYAML_FLAG_DEFAULT, CueRow, typical), CYAML_FIELD_END};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR("id", POINTER, PaletteFile, id, 1, 40),
    CYAML_FIELD_STRING_PTR("name", POINTER, PaletteFile, name, 1, 80),
    CYAML_FIELD_STRING_PTR("describe", POINTER, PaletteFile, describe, 1, 400),
    CYAML_FIELD_SEQUENCE_FIXED("share", CYAML_FLAG_DEFAULT, PaletteFile, share, &number_schema, 2),
    CYAML_FIELD_MAPPING("cue_s", CYAML_FLAG_DEFAULT, PaletteFile, cue_s, cue_fields),
    CYAML_FIELD_FLOAT("hits_per_minute", CYAML_FLAG_DEFAULT, PaletteFile, hits_per_minute),
    CYAML_FIELD_FLOAT("restraint", CYAML_FLAG_DEFAULT, PaletteFile, restraint),
    CYAML_FIELD_SEQUENCE_FIXED("tempo_bpm", CYAML_FLAG_DEFAULT, PaletteFile, tempo_bpm,
                               &number_schema, 2),
    CYAML_FIELD_FLOAT("pace", CYAML_FLAG_DEFAULT, PaletteFile, pace),
    CYAML_FIELD_INT("layers_max", CYAML_FLAG_DEFAULT, PaletteFile, layers_max),
    CYAML_FIELD_MAPPING("roles", CYAML_FLAG_DEFAULT, PaletteFile, roles, role_fields),
    CYAML_FIELD_STRING_PTR("hall", POINTER, PaletteFile, hall, 1, 40),
    CYAML_FIELD_IGNORE("compose", CYAML_FLAG_OPTIONAL), // habits that compose alone reads
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(POINTER, PaletteFile, file_fields)};

static KtSeatRole take_role(KtArena *arena, KtRole role, char *const *names, unsigned count) {
  KtSeatRole seat = {.role = role, .instruments = KT_NEW(arena, const char *, count)};
  for (unsigned i = 0; seat.instruments && i < count; ++i) {
    seat.instruments[seat.count++] = kt_arena_text(arena, names[i]);
  }
  return seat;
}

static void take_palette(KtArena *arena, const PaletteFile *file, KtPalette *palette) {
  *palette = (KtPalette){
      .id = kt_arena_text(arena, file->id),
      .name = kt_arena_text(arena, file->name),
      .describe = kt_arena_text(arena, file->describe),
      .share_min = file->share[0],
      .share_max = file->share[1],
      .cue_min_s = file->cue_s.min,
      .cue_max_s = file->cue_s.max,
      .cue_typical_s = file->cue_s.typical,
      .hits_per_minute = file->hits_per_minute,
      .restraint = file->restraint,
      .tempo_min_bpm = file->tempo_bpm[0],
      .tempo_max_bpm = file->tempo_bpm[1],
      .pace = file->pace,
      .layers_max = file->layers_max,
      .hall = kt_arena_text(arena, file->hall),
  };
#define TAKE(role, field)                                                                          \
  palette->roles[role] = take_role(arena, role, file->roles.field, file->roles.field##_count)
  TAKE(KT_ROLE_LEAD, lead);
  TAKE(KT_ROLE_COUNTER, counter);
  TAKE(KT_ROLE_HARMONY, harmony);
  TAKE(KT_ROLE_BASS, bass);
  TAKE(KT_ROLE_FIGURE, figure);
  TAKE(KT_ROLE_PULSE, pulse);
  TAKE(KT_ROLE_PERCUSSION, percussion);
  TAKE(KT_ROLE_COLOUR, colour);
#undef TAKE
}

static KtStatus check_palette(const KtPalette *palette, KtError *err) {
  bool good = palette->share_min >= 0 && palette->share_max <= 1 &&
              palette->share_min <= palette->share_max && palette->cue_min_s > 0 &&
              palette->cue_min_s <= palette->cue_typical_s &&
              palette->cue_typical_s <= palette->cue_max_s && palette->tempo_min_bpm >= 20 &&
              palette->tempo_max_bpm <= 300 && palette->tempo_min_bpm < palette->tempo_max_bpm &&
              palette->pace >= 0.5F && palette->pace <= 2 &&
              palette->restraint >= 0 && palette->restraint <= 1 && palette->layers_max >= 1;
  return good ? KT_OK
              : kt_error_set(err, KT_ERR_FORMAT,
                             "palettes/%s.yaml: share and restraint lie in 0..1, cue_s rises from "
                             "min over typical to max, tempo_bpm lies in 20..300, pace in 0.5..2, layers_max is 1 "
                             "or more",
                             palette->id);
}

KtStatus kt_palette_load(const KtContext *ctx, KtArena *arena, const char *id, KtPalette *palette,
                         KtError *err) {
  const char **names = NULL;
  int count = 0;
  KtStatus status = kt_data_names(ctx, arena, "palettes", &names, &count, err);
  if (status) {
    return status;
  }
  char known[300] = "";
  bool there = false;
  for (int i = 0; i < count; ++i) {
    size_t used = strlen(known);
    snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "", names[i]);
    there = there || !strcmp(names[i], id);
  }
  if (!there) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "no palette %s; there are %s", id, known);
  }
  PaletteFile *file = NULL;
  const char *name = kt_arena_format(arena, "palettes/%s.yaml", id);
  status = kt_data_load(ctx, name, &file_schema, (void **)&file, NULL, err);
  if (status) {
    return status;
  }
  take_palette(arena, file, palette);
  kt_data_free(&file_schema, file, 0);
  if (kt_arena_failed(arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return check_palette(palette, err);
}
