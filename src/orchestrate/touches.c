// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an orchestrator marks when the notes stand: bows that bounce, blows that shrink and grow again, runs.
#include "base/data.h"
#include "orchestrate/desk.h"

#include <string.h>

typedef struct Spiccato {
  int run;
  float longest_s, apart_s, loudest;
} Spiccato;

typedef struct Sforzato {
  char *palette;
  float accent, least_s, most_s, spacing_s;
} Sforzato;

struct KtTouchBook {
  Spiccato spiccato;
  Sforzato *sforzato;
  unsigned sforzato_count;
  KtRunRow *runs;
  unsigned runs_count;
  KtTrillRow *trills;
  unsigned trills_count;
};

#define PLAIN CYAML_FLAG_DEFAULT
#define NUMBER(of, name) CYAML_FIELD_FLOAT(#name, PLAIN, of, name)
static const cyaml_schema_field_t spiccato_fields[] = {
    CYAML_FIELD_INT("run", PLAIN, Spiccato, run), NUMBER(Spiccato, longest_s), NUMBER(Spiccato, apart_s),
    NUMBER(Spiccato, loudest), CYAML_FIELD_END};
static const cyaml_schema_field_t sforzato_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, Sforzato, palette, 1, 40),
    NUMBER(Sforzato, accent), NUMBER(Sforzato, least_s), NUMBER(Sforzato, most_s), NUMBER(Sforzato, spacing_s),
    CYAML_FIELD_END};
static const cyaml_schema_value_t sforzato_schema = {CYAML_VALUE_MAPPING(PLAIN, Sforzato, sforzato_fields)};
static const cyaml_schema_value_t name_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 40)};
static const cyaml_schema_field_t run_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, KtRunRow, palette, 1, 40),
    CYAML_FIELD_SEQUENCE("instruments", CYAML_FLAG_POINTER, KtRunRow, instruments, &name_schema, 1, 12),
    CYAML_FIELD_INT("players", PLAIN, KtRunRow, players), CYAML_FIELD_INT("tones", PLAIN, KtRunRow, tones),
    NUMBER(KtRunRow, accent), NUMBER(KtRunRow, energy), NUMBER(KtRunRow, tone_s), NUMBER(KtRunRow, spacing_s),
    NUMBER(KtRunRow, from), NUMBER(KtRunRow, under),
    CYAML_FIELD_FLOAT("loudest", CYAML_FLAG_OPTIONAL, KtRunRow, loudest), CYAML_FIELD_END};
static const cyaml_schema_value_t run_schema = {CYAML_VALUE_MAPPING(PLAIN, KtRunRow, run_fields)};
static const cyaml_schema_field_t trill_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, KtTrillRow, palette, 1, 40),
    CYAML_FIELD_SEQUENCE("instruments", CYAML_FLAG_POINTER, KtTrillRow, instruments, &name_schema, 1, 12),
    CYAML_FIELD_INT("players", PLAIN, KtTrillRow, players), NUMBER(KtTrillRow, accent), NUMBER(KtTrillRow, least_s),
    NUMBER(KtTrillRow, most_s), NUMBER(KtTrillRow, growth), NUMBER(KtTrillRow, spacing_s), CYAML_FIELD_END};
static const cyaml_schema_value_t trill_schema = {CYAML_VALUE_MAPPING(PLAIN, KtTrillRow, trill_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_MAPPING("spiccato", PLAIN, KtTouchBook, spiccato, spiccato_fields),
    CYAML_FIELD_SEQUENCE("sforzato", CYAML_FLAG_POINTER, KtTouchBook, sforzato, &sforzato_schema, 0, 50),
    CYAML_FIELD_SEQUENCE("runs", CYAML_FLAG_POINTER, KtTouchBook, runs, &run_schema, 0, 50),
    CYAML_FIELD_SEQUENCE("trills", CYAML_FLAG_POINTER, KtTouchBook, trills, &trill_schema, 0, 50), CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtTouchBook, file_fields)};

static double seconds_between(const KtScore *score, KtTick from, KtTick to) {
  return kt_seconds(kt_tempo_time(&score->tempo, to) - kt_tempo_time(&score->tempo, from));
}

static bool is_light(const KtScore *score, const KtPart *part, size_t i, const Spiccato *rule) {
  const KtNote *note = &part->notes.items[i];
  return note->articulation == KT_ART_SHORT && !note->hit && kt_part_level(part, note->start) <= rule->loudest &&
         seconds_between(score, note->start, note->start + note->duration) <= (double)rule->longest_s;
}

/// A bow bounces by itself where short tones follow each other quickly, and not too loud.
static void bounce(const KtScore *score, KtPart *part, const Spiccato *rule) {
  size_t from = 0;
  while (from < part->notes.count) {
    size_t to = from;
    while (to < part->notes.count && is_light(score, part, to, rule) &&
           (to == from || seconds_between(score, part->notes.items[to - 1].start, part->notes.items[to].start) <=
                              (double)rule->apart_s)) {
      ++to;
    }
    for (size_t i = from; to - from >= (size_t)rule->run && i < to; ++i) {
      part->notes.items[i].articulation = KT_ART_SPICCATO;
    }
    from = to > from ? to : from + 1;
  }
}

/// Where a held chord of a part that strikes at `at` may end: before the part's next tone, the next hit, or after
/// `most_s`. 0 where it does not strike, or not together.
static KtTick held_until(const KtScore *score, const KtPart *part, KtTick at, const Sforzato *row) {
  KtTick until = kt_scoring_later(score, at, (double)row->most_s);
  bool strikes = false;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start == at) {
      bool plain = note->hit && note->statement < 0 && note->articulation == KT_ART_MARCATO;
      if (!plain) {
        return 0;
      }
      strikes = true;
    } else if (note->start < at && note->start + note->duration > at) {
      return 0; // one of its players is still holding something else
    } else if (note->start > at && note->start < until) {
      until = note->start;
    }
  }
  for (size_t h = 0; h < score->hits.count; ++h) {
    KtTick hit = score->hits.items[h].tick;
    until = hit > at && hit < until ? hit : until;
  }
  return strikes ? until : 0;
}

/// Whether one breath lasts from what a wind player blows before the stroke to its end.
static bool has_breath(const KtScore *score, const KtPart *part, const KtInstrument *one, KtTick at, KtTick until) {
  KtTick from = at;
  for (size_t i = part->notes.count; i-- > 0;) { // by time, but for a few at the end: those are looked at as well
    const KtNote *note = &part->notes.items[i];
    bool before = note->start < from && note->start + note->duration >= from - KT_PPQ / 4;
    from = before ? note->start : from;
  }
  double limit = 0.9 * (double)one->breath_s * (one->players > 1 ? 2 : 1);
  return one->breath_s <= 0 || seconds_between(score, from, until) <= limit;
}

/// Those who strike together on a hot hit hold on, shrink at once, and grow into what comes.
static void shrink_and_grow(const KtScoring *scoring, KtScore *score, const Sforzato *row, KtTick at, KtTick *free) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    KtPart *part = &score->parts.items[p];
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, part->instrument);
    KtTick until = one && one->has[KT_ART_SFORZATO] && part->role != KT_ROLE_FIGURE && part->role != KT_ROLE_PULSE
                       ? held_until(score, part, at, row)
                       : 0;
    if (until && one->breath_s > 0) {
      until = kt_scoring_later(score, until, -(double)scoring->book->habits->breath_rest_s);
    }
    if (!until || seconds_between(score, at, until) < (double)row->least_s || !has_breath(score, part, one, at, until)) {
      continue;
    }
    for (size_t i = 0; i < part->notes.count; ++i) {
      KtNote *note = &part->notes.items[i];
      if (note->start == at) {
        note->articulation = KT_ART_SFORZATO;
        note->duration = until - at;
        note->breath_after = one->breath_s > 0;
        *free = kt_scoring_later(score, at, (double)row->spacing_s);
      }
    }
  }
}

static void strike_and_hush(const KtScoring *scoring, KtScore *score, const Sforzato *row) {
  KtTick free = 0;
  for (size_t h = 0; h < score->hits.count; ++h) {
    KtTick at = score->hits.items[h].tick;
    if (score->hits.items[h].struck > 0 && at >= free && kt_scoring_struck(score, at) >= row->accent) {
      shrink_and_grow(scoring, score, row, at, &free);
    }
  }
}

KtStatus kt_touches_load(const KtContext *ctx, KtTouchBook **book, KtError *err) {
  return kt_data_load(ctx, "touches.yaml", &file_schema, (void **)book, NULL, err);
}

void kt_touches_free(KtTouchBook *book) {
  if (book) {
    kt_data_free(&file_schema, book, 0);
  }
}

void kt_scoring_touches(const KtScoring *scoring, KtScore *score) {
  const KtTouchBook *book = scoring->book->touches;
  for (unsigned i = 0; i < book->runs_count; ++i) {
    if (!strcmp(book->runs[i].palette, scoring->palette->id)) {
      kt_scoring_runs(scoring, score, &book->runs[i]);
    }
  }
  for (unsigned i = 0; i < book->trills_count; ++i) {
    if (!strcmp(book->trills[i].palette, scoring->palette->id)) {
      kt_scoring_trills(scoring, score, &book->trills[i]);
    }
  }
  for (unsigned i = 0; i < book->sforzato_count; ++i) {
    if (!strcmp(book->sforzato[i].palette, scoring->palette->id)) {
      strike_and_hush(scoring, score, &book->sforzato[i]);
    }
  }
  for (size_t p = 0; p < score->parts.count; ++p) {
    KtPart *part = &score->parts.items[p];
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, part->instrument);
    if (one && one->has[KT_ART_SPICCATO]) {
      bounce(score, part, &book->spiccato);
    }
  }
}
