// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A roll of cymbals that swells into the hardest hits.
#include "base/data.h"
#include "orchestrate/desk.h"

#include <stdlib.h>
#include <string.h>

typedef struct Row {
  char *palette, *instrument;
  float accent, seconds, least_s, spacing_s, from, level;
} Row;

struct KtSwellBook {
  Row *swells;
  unsigned swells_count;
};

#define NUMBER(name) CYAML_FIELD_FLOAT(#name, CYAML_FLAG_DEFAULT, Row, name)
static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, Row, palette, 1, 40),
    CYAML_FIELD_STRING_PTR("instrument", CYAML_FLAG_POINTER, Row, instrument, 1, 40),
    NUMBER(accent), NUMBER(seconds), NUMBER(least_s), NUMBER(spacing_s), NUMBER(from), NUMBER(level),
    CYAML_FIELD_END};
static const cyaml_schema_value_t row_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Row, row_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("swells", CYAML_FLAG_POINTER, KtSwellBook, swells, &row_schema, 0, 50), CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtSwellBook, file_fields)};

static int by_tick(const void *a, const void *b) {
  const KtDynamic *x = a, *y = b;
  return x->tick != y->tick ? (x->tick < y->tick ? -1 : 1) : (x->level > y->level) - (x->level < y->level);
}

void kt_scoring_grow(KtScore *score, KtPart *part, KtTick from, KtTick to, float low, float high) {
  float before = kt_part_level(part, from);
  float after = kt_part_level(part, to);
  size_t kept = 0;
  for (size_t i = 0; i < part->dynamics.count; ++i) {
    KtTick tick = part->dynamics.items[i].tick;
    if (tick < from || tick > to) {
      part->dynamics.items[kept++] = part->dynamics.items[i];
    }
  }
  part->dynamics.count = kept;
  const KtDynamic points[] = {{from - 1, before}, {from, low}, {to - 1, high}, {to, after}};
  for (size_t i = 0; i < 4; ++i) {
    KtDynamic *fresh = points[i].tick >= 0 ? kt_array_push(score->arena, &part->dynamics) : NULL;
    if (fresh) {
      *fresh = points[i];
    }
  }
  qsort(part->dynamics.items, part->dynamics.count, sizeof(KtDynamic), by_tick);
}

static bool is_free(const KtPart *part, KtTick from, KtTick to) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start < to && note->start + note->duration > from) {
      return false;
    }
  }
  return true;
}

static bool swell(const KtScoring *scoring, KtScore *score, const KtInstrument *one, const Row *row, KtTick from,
                  KtTick to) {
  KtPart *part = kt_scoring_part(scoring, score, one->id, row->from);
  if (!part || !is_free(part, from, to)) {
    return false;
  }
  KtNote *note = kt_array_push(score->arena, &part->notes);
  if (!note) {
    return false;
  }
  *note = (KtNote){.start = from,
                   .duration = to - from,
                   .statement = -1,
                   .midi = (int8_t)one->low,
                   .articulation = KT_ART_TREMOLO};
  kt_scoring_grow(score, part, from, to, row->from, row->level);
  return true;
}

static void add_all(const KtScoring *scoring, KtScore *score, const Row *row) {
  const KtInstrument *one = kt_orchestra_find(scoring->orchestra, row->instrument);
  KtTick free = 0;
  for (size_t i = 0; one && one->has[KT_ART_TREMOLO] && i < score->hits.count; ++i) {
    KtTick at = score->hits.items[i].tick;
    if (!score->hits.items[i].met || at < free || kt_scoring_struck(score, at) < row->accent) {
      continue;
    }
    KtTick from = kt_scoring_later(score, at, -(double)row->seconds);
    KtTick last = i ? kt_scoring_later(score, score->hits.items[i - 1].tick, 0.5) : 0;
    from = from < last ? last : from;
    from = (from + KT_PPQ / 2 - 1) / (KT_PPQ / 2) * (KT_PPQ / 2); // it can be written down
    if (from <= kt_scoring_later(score, at, -(double)row->least_s) && swell(scoring, score, one, row, from, at)) {
      free = kt_scoring_later(score, at, (double)row->spacing_s);
    }
  }
}

KtStatus kt_swells_load(const KtContext *ctx, KtSwellBook **book, KtError *err) {
  return kt_data_load(ctx, "swells.yaml", &file_schema, (void **)book, NULL, err);
}

void kt_swells_free(KtSwellBook *book) {
  kt_data_free(&file_schema, book, 0);
}

void kt_scoring_swells(const KtScoring *scoring, KtScore *score) {
  const KtSwellBook *book = scoring->book->swells;
  for (unsigned i = 0; i < book->swells_count; ++i) {
    if (!strcmp(book->swells[i].palette, scoring->palette->id)) {
      add_all(scoring, score, &book->swells[i]);
    }
  }
}
