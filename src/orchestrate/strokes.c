// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A hard hit is heard where somebody strikes or plucks: bowed and blown tones take their time. Players that
// speak at once double the orchestra there, as few as carry the moment.
#include "base/data.h"
#include "orchestrate/desk.h"

#include <string.h>

typedef struct Player {
  char *on;
  int low;
  bool octave;
} Player;

typedef struct Row {
  char *palette;
  Player *hot, *calm;
  unsigned hot_count, calm_count;
} Row;

typedef struct Least {
  float whisper, tutti, heavy, two, three, seconds;
} Least;

struct KtStrokeBook {
  Least least;
  Row *strokes;
  unsigned strokes_count;
};

#define OPTIONAL CYAML_FLAG_OPTIONAL
static const cyaml_schema_field_t player_fields[] = {
    CYAML_FIELD_STRING_PTR("on", CYAML_FLAG_POINTER, Player, on, 1, 40),
    CYAML_FIELD_INT("low", OPTIONAL, Player, low), CYAML_FIELD_BOOL("octave", OPTIONAL, Player, octave),
    CYAML_FIELD_END};
static const cyaml_schema_value_t player_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Player, player_fields)};
static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, Row, palette, 1, 40),
    CYAML_FIELD_SEQUENCE("hot", CYAML_FLAG_POINTER, Row, hot, &player_schema, 1, 12),
    CYAML_FIELD_SEQUENCE("calm", CYAML_FLAG_POINTER, Row, calm, &player_schema, 1, 12), CYAML_FIELD_END};
static const cyaml_schema_value_t row_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Row, row_fields)};
static const cyaml_schema_field_t least_fields[] = {
    CYAML_FIELD_FLOAT("whisper", 0, Least, whisper), CYAML_FIELD_FLOAT("tutti", 0, Least, tutti),
    CYAML_FIELD_FLOAT("heavy", 0, Least, heavy), CYAML_FIELD_FLOAT("two", 0, Least, two),
    CYAML_FIELD_FLOAT("three", 0, Least, three), CYAML_FIELD_FLOAT("seconds", 0, Least, seconds), CYAML_FIELD_END};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_MAPPING("least", CYAML_FLAG_DEFAULT, KtStrokeBook, least, least_fields),
    CYAML_FIELD_SEQUENCE("strokes", CYAML_FLAG_POINTER, KtStrokeBook, strokes, &row_schema, 0, 50), CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtStrokeBook, file_fields)};

static const KtPart *plays(const KtScore *score, const char *id) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    if (!strcmp(score->parts.items[p].id, id)) {
      return &score->parts.items[p];
    }
  }
  return NULL;
}

/// Tones that sound in a part at some time between two ticks; `again` where the pitch is one of them.
static int busy(const KtPart *part, KtTick from, KtTick to, int midi, bool *again) {
  int count = 0;
  for (size_t i = 0; part && i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start < to && note->start + note->duration > from) {
      ++count;
      *again = *again || note->midi == midi;
    }
  }
  return count;
}

/// Whether a part strikes there already, as far as its hands allow.
static bool strikes_there(const KtPart *part, const KtInstrument *one, KtTick at) {
  int count = 0;
  for (size_t i = 0; part && i < part->notes.count; ++i) {
    count += part->notes.items[i].start == at && part->notes.items[i].hit;
  }
  return count > 0 && (count > 1 || one->voices < 4);
}

/// Kettles are tuned beforehand: around a hit no more pitches than there are drums.
static bool is_tuned(const KtScoring *scoring, const KtPart *part, KtTick from, KtTick to, int midi) {
  bool seen[128] = {false};
  int pitches = 1;
  seen[midi] = true;
  for (size_t i = 0; part && i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    if (note->start >= from && note->start < to && note->midi >= 0 && !seen[note->midi]) {
      seen[note->midi] = true;
      ++pitches;
    }
  }
  return pitches <= scoring->habits->timpani_drums;
}

/// One tone of a stroke, where a hand is free and the tone does not sound already.
static bool write(KtScore *score, KtPart *part, const KtInstrument *one, const KtNote *tone) {
  bool again = false;
  bool free = busy(part, tone->start, tone->start + tone->duration, tone->midi, &again) < one->voices && !again;
  KtNote *note = free && tone->midi <= one->high ? kt_array_push(score->arena, &part->notes) : NULL;
  if (note) {
    *note = *tone;
  }
  return note != NULL;
}

static bool sounds(const KtInstrument *one) {
  for (int a = 0; one && a < KT_ART_COUNT; ++a) {
    if (one->presets[a].csound || one->presets[a].program >= 0) {
      return true;
    }
  }
  return false;
}

/// One player's stroke; false where it cannot play there.
static bool strike(const KtScoring *scoring, KtScore *score, const Player *player, KtTick at, KtTick end, float level,
                   float accent) {
  const KtInstrument *one = kt_orchestra_find(scoring->orchestra, player->on);
  if (!sounds(one)) {
    return false;
  }
  int midi = one->pitched ? kt_scoring_root(score, at, player->low) : (one->low + one->high) / 2;
  KtTick near = 8 * KT_PPQ;
  const KtPart *had = plays(score, one->id);
  if (midi < one->low || midi > one->high ||
      (!strcmp(one->id, "timpani") && !is_tuned(scoring, had, at - near, at + near, midi))) {
    return false;
  }
  KtPart *part = kt_scoring_part(scoring, score, one->id, level);
  if (!part) {
    return false;
  }
  if (!had && one->stem == KT_STEM_PERCUSSION) {
    part->role = KT_ROLE_PERCUSSION;
  }
  KtNote tone = {.start = at,
                 .duration = end - at,
                 .accent = accent,
                 .statement = -1,
                 .midi = (int8_t)midi,
                 .articulation = KT_ART_MARCATO,
                 .hit = true};
  bool struck = write(score, part, one, &tone);
  if (player->octave) {
    tone.midi = (int8_t)(midi + 12);
    struck = write(score, part, one, &tone) || struck;
  }
  if (!part->notes.count) {
    --score->parts.count; // it was made for this
  }
  return struck;
}

static void strike_hit(const KtScoring *scoring, KtScore *score, const Least *least, const Row *row, size_t hit) {
  const KtScoreHit *own = &score->hits.items[hit];
  KtTick end = kt_scoring_later(score, own->tick, (double)least->seconds);
  for (size_t h = 0; h < score->hits.count; ++h) { // the next hit stands free of it
    KtTick next = score->hits.items[h].tick;
    end = next > own->tick && next < end ? next : end;
  }
  if (end <= own->tick) {
    return;
  }
  float accent = kt_scoring_struck(score, own->tick), loudest = kt_score_loudest(score, own->tick);
  bool hot = accent > 0;
  const Player *players = hot ? row->hot : row->calm;
  unsigned count = hot ? row->hot_count : row->calm_count;
  float wanted = least->whisper + (least->tutti - least->whisper) * loudest * loudest, weight = 0;
  unsigned heads = 0, most = loudest >= least->three ? 3 : loudest >= least->two || accent >= least->heavy ? 2 : 1;
  for (unsigned i = 0; i < count && (weight < wanted || heads < most); ++i) {
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, players[i].on);
    if (one && (strikes_there(plays(score, one->id), one, own->tick) ||
                strike(scoring, score, &players[i], own->tick, end, loudest, hot ? accent : own->struck))) {
      weight += one->weight;
      ++heads;
    }
  }
}

KtStatus kt_strokes_load(const KtContext *ctx, KtStrokeBook **book, KtError *err) {
  return kt_data_load(ctx, "strokes.yaml", &file_schema, (void **)book, NULL, err);
}

void kt_strokes_free(KtStrokeBook *book) {
  kt_data_free(&file_schema, book, 0);
}

void kt_scoring_strokes(const KtScoring *scoring, KtScore *score) {
  const KtStrokeBook *book = scoring->book->strokes;
  for (unsigned i = 0; i < book->strokes_count; ++i) {
    for (size_t h = 0; h < score->hits.count && !strcmp(book->strokes[i].palette, scoring->palette->id); ++h) {
      if (score->hits.items[h].struck > 0) {
        strike_hit(scoring, score, &book->least, &book->strokes[i], h);
      }
    }
  }
}
