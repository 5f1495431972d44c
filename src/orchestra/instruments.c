// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/instruments.h"

#include <string.h>

const cyaml_strval_t kt_articulation_flags[KT_ART_COUNT] = {
    {"long", 1 << KT_ART_LONG},           {"legato", 1 << KT_ART_LEGATO},
    {"short", 1 << KT_ART_SHORT},         {"marcato", 1 << KT_ART_MARCATO},
    {"tenuto", 1 << KT_ART_TENUTO},       {"pizzicato", 1 << KT_ART_PIZZICATO},
    {"tremolo", 1 << KT_ART_TREMOLO},     {"trill", 1 << KT_ART_TRILL},
    {"spiccato", 1 << KT_ART_SPICCATO},   {"sforzato", 1 << KT_ART_SFORZATO},
};

typedef struct InstrumentRow {
  char *id, *name, *short_name, *family, *compass, *comfort;
  int stem, clef, transpose, voices, players, desks;
  float breath_s, quickest_s, weight, brightness, position, depth_m;
  bool unpitched;
  int *keys;
  unsigned keys_count;
  uint32_t plays;
} InstrumentRow;

typedef struct InstrumentFile {
  InstrumentRow *instruments;
  unsigned instruments_count;
} InstrumentFile;

static const char *const stem_codes[KT_STEM_COUNT] = {"STH", "STL", "WWD", "BRS",
                                                      "PRC", "KEY", "CHR", "SYN"};
static const char *const stem_names[KT_STEM_COUNT] = {
    "High strings", "Low strings", "Woodwinds", "Brass", "Percussion", "Keys", "Choir", "Synth"};

static const cyaml_strval_t stems[] = {
    {"STH", KT_STEM_STRINGS_HIGH}, {"STL", KT_STEM_STRINGS_LOW}, {"WWD", KT_STEM_WOODWINDS},
    {"BRS", KT_STEM_BRASS},        {"PRC", KT_STEM_PERCUSSION},  {"KEY", KT_STEM_KEYS},
    {"CHR", KT_STEM_CHOIR},        {"SYN", KT_STEM_SYNTH},
};
static const cyaml_strval_t clefs[] = {
    {"treble", 0}, {"bass", 1}, {"alto", 2}, {"tenor", 3}, {"percussion", 4}};

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define POINTER  CYAML_FLAG_POINTER
static const cyaml_schema_value_t key_schema = {CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int)};
static const cyaml_schema_field_t instrument_fields[] = {
    CYAML_FIELD_STRING_PTR("id", POINTER, InstrumentRow, id, 1, 40),
    CYAML_FIELD_STRING_PTR("name", POINTER, InstrumentRow, name, 1, 40),
    CYAML_FIELD_STRING_PTR("short", POINTER, InstrumentRow, short_name, 1, 20),
    CYAML_FIELD_STRING_PTR("family", POINTER, InstrumentRow, family, 1, 20),
    CYAML_FIELD_ENUM("stem", CYAML_FLAG_STRICT, InstrumentRow, stem, stems, CYAML_ARRAY_LEN(stems)),
    CYAML_FIELD_STRING_PTR("compass", POINTER, InstrumentRow, compass, 5, 12),
    CYAML_FIELD_STRING_PTR("comfort", POINTER | OPTIONAL, InstrumentRow, comfort, 5, 12),
    CYAML_FIELD_ENUM("clef", CYAML_FLAG_STRICT, InstrumentRow, clef, clefs, CYAML_ARRAY_LEN(clefs)),
    CYAML_FIELD_INT("transpose", OPTIONAL, InstrumentRow, transpose),
    CYAML_FIELD_INT("voices", CYAML_FLAG_DEFAULT, InstrumentRow, voices),
    CYAML_FIELD_FLOAT("breath_s", OPTIONAL, InstrumentRow, breath_s),
    CYAML_FIELD_FLOAT("quickest_s", OPTIONAL, InstrumentRow, quickest_s),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, InstrumentRow, weight),
    CYAML_FIELD_FLOAT("brightness", CYAML_FLAG_DEFAULT, InstrumentRow, brightness),
    CYAML_FIELD_FLOAT("position", CYAML_FLAG_DEFAULT, InstrumentRow, position),
    CYAML_FIELD_FLOAT("depth_m", CYAML_FLAG_DEFAULT, InstrumentRow, depth_m),
    CYAML_FIELD_INT("players", CYAML_FLAG_DEFAULT, InstrumentRow, players),
    CYAML_FIELD_INT("desks", OPTIONAL, InstrumentRow, desks),
    CYAML_FIELD_BOOL("unpitched", OPTIONAL, InstrumentRow, unpitched),
    CYAML_FIELD_SEQUENCE("keys", POINTER | OPTIONAL, InstrumentRow, keys, &key_schema, 0, 40),
    CYAML_FIELD_FLAGS("plays", CYAML_FLAG_STRICT, InstrumentRow, plays, kt_articulation_flags,
                      KT_ART_COUNT),
    CYAML_FIELD_END};
static const cyaml_schema_value_t instrument_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, InstrumentRow, instrument_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("instruments", POINTER, InstrumentFile, instruments, &instrument_schema, 1,
                         300),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(POINTER, InstrumentFile, file_fields)};

const char *kt_stem_code(KtSectionId stem) {
  return stem_codes[stem];
}

const char *kt_stem_name(KtSectionId stem) {
  return stem_names[stem];
}

/// "Bb1" is 34; -1 for what is no pitch. Reads at `*text` and moves it behind.
static int read_pitch(const char **text) {
  static const int steps[] = {9, 11, 0, 2, 4, 5, 7}; // A..G
  const char *c = *text;
  while (*c == ' ') {
    ++c;
  }
  if (*c < 'A' || *c > 'G') {
    return -1;
  }
  int pitch = steps[*c++ - 'A'];
  for (; *c == '#' || *c == 'b'; ++c) {
    pitch += *c == '#' ? 1 : -1;
  }
  if (*c < '0' || *c > '9') {
    return -1;
  }
  *text = c + 1;
  return pitch + 12 * (*c - '0' + 1);
}

static bool read_range(const char *text, int *low, int *high) {
  *low = read_pitch(&text);
  *high = read_pitch(&text);
  return *low >= 0 && *high >= *low && !*text;
}

static KtStatus take_row(const InstrumentRow *row, KtArena *arena, KtInstrument *to, KtError *err) {
  *to = (KtInstrument){
      .id = kt_arena_text(arena, row->id),
      .name = kt_arena_text(arena, row->name),
      .short_name = kt_arena_text(arena, row->short_name),
      .family = kt_arena_text(arena, row->family),
      .stem = (KtSectionId)row->stem,
      .clef = row->clef,
      .transpose = row->transpose,
      .voices = row->voices,
      .breath_s = row->breath_s,
      .quickest_s = row->quickest_s,
      .weight = row->weight,
      .brightness = row->brightness,
      .position = row->position,
      .depth_m = row->depth_m,
      .players = row->players,
      .desks = row->desks ? row->desks : 1,
      .pitched = !row->unpitched,
      .key_count = (int)row->keys_count,
  };
  if (!read_range(row->compass, &to->low, &to->high) ||
      !read_range(row->comfort ? row->comfort : row->compass, &to->comfort_low,
                  &to->comfort_high) ||
      to->comfort_low < to->low || to->comfort_high > to->high) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "instruments.yaml: %s: compass and comfort must be two pitches such as "
                        "\"G3 A7\", comfort inside compass",
                        row->id);
  }
  if (row->voices < 1 || row->players < 1 || row->weight <= 0) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "instruments.yaml: %s: voices, players and weight must be above 0", row->id);
  }
  if (to->desks < 1 || to->desks > KT_DESKS) {
    return kt_error_set(err, KT_ERR_FORMAT, "instruments.yaml: %s: desks must be 1 to %d", row->id, KT_DESKS);
  }
  int *keys = KT_NEW(arena, int, row->keys_count);
  if (keys && row->keys_count) {
    memcpy(keys, row->keys, row->keys_count * sizeof(int));
  }
  to->keys = keys;
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    to->has[a] = row->plays >> a & 1U;
    to->presets[a] = (KtPreset){.bank = -1, .program = -1};
  }
  return KT_OK;
}

KtStatus kt_instruments_load(const KtContext *ctx, KtOrchestra *orchestra, KtError *err) {
  InstrumentFile *file = NULL;
  KtStatus status =
      kt_data_load(ctx, "instruments.yaml", &file_schema, (void **)&file, NULL, err);
  if (status) {
    return status;
  }
  orchestra->instruments = KT_NEW(orchestra->arena, KtInstrument, file->instruments_count);
  if (!orchestra->instruments) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (unsigned i = 0; !status && i < file->instruments_count; ++i) {
    const InstrumentRow *row = &file->instruments[i];
    if (kt_orchestra_find(orchestra, row->id)) {
      status = kt_error_set(err, KT_ERR_FORMAT, "instruments.yaml: %s stands there twice", row->id);
      break;
    }
    status = take_row(row, orchestra->arena, &orchestra->instruments[i], err);
    orchestra->count = (int)i + 1;
  }
  kt_data_free(&file_schema, file, 0);
  return status;
}
