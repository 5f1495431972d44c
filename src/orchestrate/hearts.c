// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A heart under the music: two soft blows a beat, at the cue's own pulse, in quiet dread.
#include "base/data.h"
#include "orchestrate/desk.h"

#include <math.h>
#include <string.h>

#define NUMBER(of, name) CYAML_FIELD_FLOAT(#name, CYAML_FLAG_DEFAULT, of, name)
static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, KtHeartRow, palette, 1, 40), NUMBER(KtHeartRow, tension),
    NUMBER(KtHeartRow, word_tension), NUMBER(KtHeartRow, energy), NUMBER(KtHeartRow, valence), NUMBER(KtHeartRow, least_s), NUMBER(KtHeartRow, seconds),
    NUMBER(KtHeartRow, from), NUMBER(KtHeartRow, level), CYAML_FIELD_END};
static const cyaml_schema_value_t row_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtHeartRow, row_fields)};
static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 40)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, KtHeartBook, words, &word_schema, 0, 100),
    CYAML_FIELD_SEQUENCE("palettes", CYAML_FLAG_POINTER, KtHeartBook, palettes, &row_schema, 0, 50),
    NUMBER(KtHeartBook, slowest_s), NUMBER(KtHeartBook, fastest_s), NUMBER(KtHeartBook, second_s), CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtHeartBook, file_fields)};

KtStatus kt_hearts_load(const KtContext *ctx, KtHeartBook **book, KtError *err) {
  return kt_data_load(ctx, "hearts.yaml", &file_schema, (void **)book, NULL, err);
}

void kt_hearts_free(KtHeartBook *book) {
  if (book) {
    kt_data_free(&file_schema, book, 0);
  }
}

const KtHeartRow *kt_hearts_row(const KtHeartBook *book, const char *palette) {
  for (unsigned i = 0; palette && i < book->palettes_count; ++i) {
    if (!strcmp(book->palettes[i].palette, palette)) {
      return &book->palettes[i];
    }
  }
  return NULL;
}

/// The blows' distance: a beat, as many of them or as small a share as a heart beats at.
static KtTick beat_of(const KtHeartBook *book, const KtScore *score, KtTick at) {
  KtMetre metre = kt_metres_at(&score->metres, at);
  KtTick beat = kt_metre_beat_ticks(metre);
  double quarter = 60.0 / fmax(20.0, kt_tempo_bpm(&score->tempo, at));
  while ((double)beat / KT_PPQ * quarter < (double)book->fastest_s) {
    beat *= 2;
  }
  while ((double)beat / KT_PPQ * quarter > (double)book->slowest_s && beat > KT_PPQ / 2) {
    beat /= 2;
  }
  return beat;
}

static void write(const KtHeartBook *book, KtScore *score, KtPart *part, int key, KtTick from, KtTick to) {
  KtTick beat = beat_of(book, score, from), sixteenth = KT_PPQ / 4;
  double quarter = 60.0 / fmax(20.0, kt_tempo_bpm(&score->tempo, from));
  KtTick second = (KtTick)lround((double)book->second_s / quarter * 4) * sixteenth;
  second = second < sixteenth ? sixteenth : second > beat / 2 ? beat / 2 : second;
  for (KtTick at = from; at + beat <= to; at += beat) {
    for (int blow = 0; blow < 2; ++blow) {
      KtNote *note = kt_array_push(score->arena, &part->notes);
      if (note) {
        *note = (KtNote){.start = at + blow * second, .duration = sixteenth, .accent = blow ? -0.4F : 0.2F,
                         .statement = -1, .midi = (int8_t)key, .articulation = KT_ART_SHORT};
      }
    }
  }
}

static double seconds_between(const KtScore *score, KtTick from, KtTick to) {
  return kt_seconds(kt_tempo_time(&score->tempo, to) - kt_tempo_time(&score->tempo, from));
}

void kt_scoring_hearts(const KtScoring *scoring, KtScore *score) {
  const KtHeartBook *book = scoring->book->hearts;
  const KtHeartRow *row = kt_hearts_row(book, scoring->palette->id);
  const KtInstrument *one = kt_orchestra_find(scoring->orchestra, "heartbeat");
  const KtSection *most = NULL;
  for (size_t i = 0; i < score->sections.count; ++i) {
    const KtSection *section = &score->sections.items[i];
    most = section->heart > (most ? most->heart : 0) ? section : most;
  }
  if (!row || !most || !one || kt_tempo_free(&score->tempo, most->start)) {
    return;
  }
  KtTick to = most->end;
  for (size_t h = 0; h < score->hits.count; ++h) { // it stops where the blow falls
    const KtScoreHit *hit = &score->hits.items[h];
    to = (hit->struck > 0 || hit->stops) && hit->tick > most->start && hit->tick < to ? hit->tick : to;
  }
  KtTick from = most->start, beat = beat_of(book, score, from), over = 0;
  while (seconds_between(score, from + over, to) > (double)row->seconds) { // it leads to what comes
    over += beat;
  }
  from += over;
  double seconds = seconds_between(score, from, to);
  KtPart *part = seconds >= (double)row->least_s ? kt_scoring_part(scoring, score, one->id, row->from) : NULL;
  if (part && !part->notes.count) {
    part->role = KT_ROLE_PULSE;
    write(book, score, part, kt_scoring_root(score, from, one->comfort_low), from, to);
    kt_scoring_grow(score, part, from, to, row->from, row->level);
  }
}
