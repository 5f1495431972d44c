// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A synthesised blow under the hardest hits of some palettes, and a riser that leads into it.
#include "base/data.h"
#include "orchestrate/desk.h"

#include <string.h>

typedef struct Row {
  char *palette, *blow, *riser;
  float blow_accent, blow_seconds, blow_spacing_s, riser_accent, riser_seconds, riser_spacing_s, level;
} Row;

struct KtSynthHitBook {
  Row *hits;
  unsigned hits_count;
};

#define OPTIONAL CYAML_FLAG_OPTIONAL
static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, Row, palette, 1, 40),
    CYAML_FIELD_STRING_PTR("blow", CYAML_FLAG_POINTER, Row, blow, 1, 40),
    CYAML_FIELD_STRING_PTR("riser", CYAML_FLAG_POINTER | OPTIONAL, Row, riser, 1, 40),
    CYAML_FIELD_FLOAT("blow_accent", 0, Row, blow_accent),
    CYAML_FIELD_FLOAT("blow_seconds", 0, Row, blow_seconds),
    CYAML_FIELD_FLOAT("blow_spacing_s", 0, Row, blow_spacing_s),
    CYAML_FIELD_FLOAT("riser_accent", OPTIONAL, Row, riser_accent),
    CYAML_FIELD_FLOAT("riser_seconds", OPTIONAL, Row, riser_seconds),
    CYAML_FIELD_FLOAT("riser_spacing_s", OPTIONAL, Row, riser_spacing_s),
    CYAML_FIELD_FLOAT("level", 0, Row, level),
    CYAML_FIELD_END};
static const cyaml_schema_value_t row_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Row, row_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("hits", CYAML_FLAG_POINTER, KtSynthHitBook, hits, &row_schema, 0, 50), CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtSynthHitBook, file_fields)};

/// Where people speak, or the scene is calm, there is none, and nothing is added.
float kt_scoring_struck(const KtScore *score, KtTick at) {
  float most = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    for (size_t i = 0; i < part->notes.count; ++i) {
      const KtNote *note = &part->notes.items[i];
      bool low = part->role == KT_ROLE_BASS || note->midi < 55;
      if (note->start == at && note->hit && low && part->role != KT_ROLE_PERCUSSION && note->accent > most) {
        most = note->accent;
      }
    }
  }
  return most;
}

int kt_scoring_root(const KtScore *score, KtTick at, int low) {
  int root = 0;
  for (size_t i = 0; i < score->chords.count && score->chords.items[i].start <= at; ++i) {
    root = kt_spelling_class(score->chords.items[i].root);
  }
  return low + (root - low % 12 + 12) % 12;
}

KtPart *kt_scoring_part(const KtScoring *scoring, KtScore *score, const char *id, float level) {
  const KtInstrument *one = kt_orchestra_find(scoring->orchestra, id);
  KtPart *part = NULL;
  for (size_t p = 0; one && p < score->parts.count; ++p) {
    part = !strcmp(score->parts.items[p].id, id) ? &score->parts.items[p] : part;
  }
  if (part || !one || !(part = kt_array_push(score->arena, &score->parts))) {
    return part;
  }
  part->id = part->instrument = kt_arena_text(score->arena, one->id);
  part->name = kt_arena_text(score->arena, one->name);
  part->low = one->low;
  part->high = one->high;
  part->role = KT_ROLE_COLOUR;
  KtDynamic *dynamic = kt_array_push(score->arena, &part->dynamics);
  if (dynamic) {
    *dynamic = (KtDynamic){0, level};
  }
  return part;
}

/// Free of what the part plays already (it may carry a line of its own).
static bool is_free(const KtPart *part, KtTick from, KtTick to) {
  for (size_t i = 0; part && i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start < to && note->start + note->duration > from) {
      return false;
    }
  }
  return part != NULL;
}

static void add(const KtScoring *scoring, KtScore *score, const Row *row, bool leads, KtTick from, KtTick to) {
  const char *id = leads ? row->riser : row->blow;
  KtPart *part = kt_scoring_part(scoring, score, id, row->level);
  const KtInstrument *one = kt_orchestra_find(scoring->orchestra, id);
  if (!part || !is_free(part, from, to)) {
    return;
  }
  KtNote *note = kt_array_push(score->arena, &part->notes);
  if (note) {
    *note = (KtNote){.start = from,
                     .duration = to - from,
                     .accent = leads ? 0 : 0.3F,
                     .statement = -1,
                     .midi = (int8_t)kt_scoring_root(score, leads ? to : from, one->comfort_low),
                     .articulation = leads ? KT_ART_LONG : KT_ART_MARCATO,
                     .hit = !leads};
  }
}

KtTick kt_scoring_later(const KtScore *score, KtTick tick, double seconds) {
  KtTick at = kt_tempo_tick(&score->tempo, kt_tempo_time(&score->tempo, tick) + kt_film_time(seconds));
  return at < 0 ? 0 : at > score->end ? score->end : at;
}

static void add_all(const KtScoring *scoring, KtScore *score, const Row *row) {
  const size_t orchestra_parts = score->parts.count;
  KtTick blow_free = 0, riser_free = 0;
  for (size_t i = 0; i < score->hits.count; ++i) {
    KtTick at = score->hits.items[i].tick;
    float accent = score->hits.items[i].met ? kt_scoring_struck(score, at) : 0;
    if (accent < row->blow_accent || at < blow_free) {
      continue;
    }
    KtTick end = kt_scoring_later(score, at, (double)row->blow_seconds);
    for (size_t h = i + 1; h < score->hits.count; ++h) { // the next hit stands free of it
      KtTick next = score->hits.items[h].tick;
      end = next > at && next < end ? next : end;
    }
    add(scoring, score, row, false, at, end);
    blow_free = kt_scoring_later(score, at, (double)row->blow_spacing_s);
    KtTick from = kt_scoring_later(score, at, -(double)row->riser_seconds);
    KtTick last = i ? kt_scoring_later(score, score->hits.items[i - 1].tick, 0.8) : 0;
    if (row->riser && accent >= row->riser_accent && at >= riser_free && from >= last && from > 0) {
      add(scoring, score, row, true, from, at);
      riser_free = kt_scoring_later(score, at, (double)row->riser_spacing_s);
    }
  }
  while (score->parts.count > orchestra_parts && !score->parts.items[score->parts.count - 1].notes.count) {
    --score->parts.count;
  }
}

KtStatus kt_synth_hits_load(const KtContext *ctx, KtSynthHitBook **book, KtError *err) {
  return kt_data_load(ctx, "synth_hits.yaml", &file_schema, (void **)book, NULL, err);
}

void kt_synth_hits_free(KtSynthHitBook *book) {
  kt_data_free(&file_schema, book, 0);
}

void kt_scoring_synth_hits(const KtScoring *scoring, KtScore *score) {
  const KtSynthHitBook *book = scoring->book->synth_hits;
  for (unsigned i = 0; i < book->hits_count; ++i) {
    if (!strcmp(book->hits[i].palette, scoring->palette->id)) {
      add_all(scoring, score, &book->hits[i]);
    }
  }
}
