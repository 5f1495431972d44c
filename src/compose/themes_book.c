// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_book.h"

#include "base/data.h"

#include <ctype.h>
#include <string.h>

static const cyaml_strval_t COLOURS[] = {
    {"wonder", KT_COLOUR_WONDER},     {"menace", KT_COLOUR_MENACE},
    {"grandeur", KT_COLOUR_GRANDEUR}, {"intimacy", KT_COLOUR_INTIMACY},
    {"loss", KT_COLOUR_LOSS},         {"romance", KT_COLOUR_ROMANCE},
    {"comedy", KT_COLOUR_COMEDY},     {"mystery", KT_COLOUR_MYSTERY},
};
static const cyaml_strval_t MODES[] = {
    {"locrian", KT_MODE_LOCRIAN}, {"phrygian", KT_MODE_PHRYGIAN},     {"aeolian", KT_MODE_AEOLIAN},
    {"dorian", KT_MODE_DORIAN},   {"mixolydian", KT_MODE_MIXOLYDIAN}, {"ionian", KT_MODE_IONIAN},
    {"lydian", KT_MODE_LYDIAN},
};
static const cyaml_strval_t PLACES[] = {
    {"idea", KT_TUNE_IDEA}, {"answer", KT_TUNE_ANSWER}, {"run", KT_TUNE_RUN}, {"end", KT_TUNE_END}};

static const cyaml_schema_value_t colour_value = {
    CYAML_VALUE_ENUM(CYAML_FLAG_DEFAULT, KtColour, COLOURS, CYAML_ARRAY_LEN(COLOURS))};
static const cyaml_schema_value_t mode_value = {
    CYAML_VALUE_ENUM(CYAML_FLAG_DEFAULT, KtMode, MODES, CYAML_ARRAY_LEN(MODES))};
static const cyaml_schema_value_t text_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};
static const cyaml_schema_value_t float_value = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};
static const cyaml_schema_value_t int_value = {CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int)};

static const cyaml_schema_field_t metre_fields[] = {
    CYAML_FIELD_INT("beats", CYAML_FLAG_DEFAULT, KtTuneMetre, beats),
    CYAML_FIELD_INT("unit", CYAML_FLAG_DEFAULT, KtTuneMetre, unit),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtTuneMetre, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t metre_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneMetre, metre_fields)};

static const cyaml_schema_field_t leap_fields[] = {
    CYAML_FIELD_INT("steps", CYAML_FLAG_DEFAULT, KtTuneLeap, steps),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtTuneLeap, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t leap_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneLeap, leap_fields)};

static const cyaml_schema_field_t character_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, KtTuneCharacter, id, 1, CYAML_UNLIMITED),
    CYAML_FIELD_FLOAT("valence", CYAML_FLAG_DEFAULT, KtTuneCharacter, valence),
    CYAML_FIELD_FLOAT("arousal", CYAML_FLAG_DEFAULT, KtTuneCharacter, arousal),
    CYAML_FIELD_FLOAT("tension", CYAML_FLAG_DEFAULT, KtTuneCharacter, tension),
    CYAML_FIELD_SEQUENCE("colours", CYAML_FLAG_POINTER, KtTuneCharacter, colours, &colour_value, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("palettes", CYAML_FLAG_POINTER, KtTuneCharacter, palettes, &text_value, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("metres", CYAML_FLAG_POINTER, KtTuneCharacter, metres, &metre_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("leaps", CYAML_FLAG_POINTER, KtTuneCharacter, leaps, &leap_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_INT("range", CYAML_FLAG_DEFAULT, KtTuneCharacter, range),
    CYAML_FIELD_FLOAT("appoggiatura", CYAML_FLAG_DEFAULT, KtTuneCharacter, appoggiatura),
    CYAML_FIELD_FLOAT("upbeat", CYAML_FLAG_DEFAULT, KtTuneCharacter, upbeat),
    CYAML_FIELD_FLOAT("chromatic", CYAML_FLAG_OPTIONAL, KtTuneCharacter, chromatic),
    CYAML_FIELD_SEQUENCE_FIXED("bpm", CYAML_FLAG_DEFAULT, KtTuneCharacter, bpm, &float_value, 2),
    CYAML_FIELD_END};
static const cyaml_schema_value_t character_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneCharacter, character_fields)};

static const cyaml_schema_field_t mode_fields[] = {
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_DEFAULT, KtTuneMode, mode, MODES, CYAML_ARRAY_LEN(MODES)),
    CYAML_FIELD_FLOAT("valence", CYAML_FLAG_DEFAULT, KtTuneMode, valence),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtTuneMode, weight),
    CYAML_FIELD_FLOAT("tension", CYAML_FLAG_OPTIONAL, KtTuneMode, tension),
    CYAML_FIELD_SEQUENCE("colours", CYAML_FLAG_POINTER, KtTuneMode, colours, &colour_value, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t tune_mode_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneMode, mode_fields)};

static const cyaml_schema_field_t leaning_fields[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, KtTuneLeaning, palette, 1,
                           CYAML_UNLIMITED),
    CYAML_FIELD_FLOAT("valence", CYAML_FLAG_DEFAULT, KtTuneLeaning, valence),
    CYAML_FIELD_FLOAT("arousal", CYAML_FLAG_DEFAULT, KtTuneLeaning, arousal),
    CYAML_FIELD_FLOAT("tension", CYAML_FLAG_DEFAULT, KtTuneLeaning, tension), CYAML_FIELD_END};
static const cyaml_schema_value_t leaning_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneLeaning, leaning_fields)};

static const cyaml_schema_field_t relation_fields[] = {
    CYAML_FIELD_INT("fifths", CYAML_FLAG_DEFAULT, KtTuneRelation, fifths),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtTuneRelation, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t relation_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneRelation, relation_fields)};

static const cyaml_schema_field_t cell_fields[] = {
    CYAML_FIELD_SEQUENCE_FIXED("metre", CYAML_FLAG_DEFAULT, KtTuneCell, metre, &int_value, 2),
    CYAML_FIELD_ENUM("place", CYAML_FLAG_DEFAULT, KtTuneCell, place, PLACES,
                     CYAML_ARRAY_LEN(PLACES)),
    CYAML_FIELD_SEQUENCE("bar", CYAML_FLAG_POINTER, KtTuneCell, bar, &float_value, 1, 16),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtTuneCell, weight),
    CYAML_FIELD_SEQUENCE("of", CYAML_FLAG_POINTER, KtTuneCell, of, &text_value, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t cell_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneCell, cell_fields)};

static const cyaml_schema_field_t upbeat_fields[] = {
    CYAML_FIELD_SEQUENCE("lengths", CYAML_FLAG_POINTER, KtTuneUpbeat, lengths, &float_value, 1, KT_TUNE_UPBEAT_MOST),
    CYAML_FIELD_SEQUENCE("steps", CYAML_FLAG_POINTER, KtTuneUpbeat, steps, &int_value, 1, KT_TUNE_UPBEAT_MOST),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtTuneUpbeat, weight),
    CYAML_FIELD_SEQUENCE("of", CYAML_FLAG_POINTER, KtTuneUpbeat, of, &text_value, 1, CYAML_UNLIMITED), CYAML_FIELD_END};
static const cyaml_schema_value_t upbeat_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneUpbeat, upbeat_fields)};

static const cyaml_schema_field_t progression_fields[] = {
    CYAML_FIELD_SEQUENCE("modes", CYAML_FLAG_POINTER, KtTuneProgression, modes, &mode_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("chords", CYAML_FLAG_POINTER, KtTuneProgression, chords, 1,
                           CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t progression_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTuneProgression, progression_fields)};

static const cyaml_schema_field_t book_fields[] = {
    CYAML_FIELD_SEQUENCE("steps", CYAML_FLAG_POINTER, KtTuneBook, steps, &float_value, 8, 8),
    CYAML_FIELD_INT("proposals", CYAML_FLAG_DEFAULT, KtTuneBook, proposals),
    CYAML_FIELD_INT("polish", CYAML_FLAG_DEFAULT, KtTuneBook, polish),
    CYAML_FIELD_SEQUENCE("characters", CYAML_FLAG_POINTER, KtTuneBook, characters, &character_value,
                         1, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("modes", CYAML_FLAG_POINTER, KtTuneBook, modes, &tune_mode_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("leanings", CYAML_FLAG_POINTER, KtTuneBook, leanings, &leaning_value, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("keys", CYAML_FLAG_POINTER, KtTuneBook, keys, &int_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("related", CYAML_FLAG_POINTER, KtTuneBook, related, &relation_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("cells", CYAML_FLAG_POINTER, KtTuneBook, cells, &cell_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("upbeats", CYAML_FLAG_POINTER, KtTuneBook, upbeats, &upbeat_value, 1, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("progressions", CYAML_FLAG_POINTER, KtTuneBook, progressions,
                         &progression_value, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t book_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtTuneBook, book_fields)};

static KtStatus check_cells(const KtTuneBook *book, KtError *err) {
  for (unsigned i = 0; i < book->cells_count; ++i) {
    const KtTuneCell *cell = &book->cells[i];
    double sum = 0, bar = 4.0 * cell->metre[0] / cell->metre[1];
    for (unsigned k = 0; k < cell->bar_count; ++k) {
      sum += (double)(cell->bar[k] < 0 ? -cell->bar[k] : cell->bar[k]);
    }
    if (sum < bar - 1e-4 || sum > bar + 1e-4) {
      return kt_error_set(err, KT_ERR_FORMAT,
                          "themes.yaml: cell %u of %d/%d lasts %.2f quarters; a bar has %.2f",
                          i + 1, cell->metre[0], cell->metre[1], sum, bar);
    }
  }
  for (unsigned i = 0; i < book->upbeats_count; ++i) {
    if (book->upbeats[i].lengths_count != book->upbeats[i].steps_count) {
      return kt_error_set(err, KT_ERR_FORMAT, "themes.yaml: upbeat %u has %u lengths and %u steps; write as many of each",
                          i + 1, book->upbeats[i].lengths_count, book->upbeats[i].steps_count);
    }
  }
  for (unsigned i = 0; i < book->progressions_count; ++i) {
    KtThemeChord chords[KT_TUNE_CHORDS_MAX];
    const KtTuneProgression *progression = &book->progressions[i];
    if (kt_tune_chords(progression->chords, KT_PPQ, chords) < 8) {
      return kt_error_set(err, KT_ERR_FORMAT,
                          "themes.yaml: cannot read the progression \"%s\": eight bars of numerals",
                          progression->chords);
    }
  }
  return KT_OK;
}

KtStatus kt_tune_book_load(const KtContext *ctx, KtTuneBook **book, KtError *err) {
  void *value = NULL;
  KtStatus status = kt_data_load(ctx, "themes.yaml", &book_value, &value, NULL, err);
  *book = value;
  if (!status) {
    status = check_cells(*book, err);
  }
  if (status) {
    kt_tune_book_free(*book);
    *book = NULL;
  }
  return status;
}

void kt_tune_book_free(KtTuneBook *book) {
  kt_data_free(&book_value, book, 0);
}

/// One numeral such as "bVII7"; characters read, 0 where it is none.
static size_t read_numeral(const char *text, KtThemeChord *chord) {
  static const char *const numerals[] = {"vii", "iii", "vi", "iv", "ii", "v", "i"};
  static const int8_t degrees[] = {6, 2, 5, 3, 1, 4, 0};
  static const struct {
    const char *text;
    int large, small;
  } kinds[] = {
      {"maj7", KT_CHORD_MAJOR7, KT_CHORD_MINOR_MAJOR7},
      {"sus4", KT_CHORD_SUS4, KT_CHORD_SUS4},
      {"sus2", KT_CHORD_SUS2, KT_CHORD_SUS2},
      {"add9", KT_CHORD_ADD9, KT_CHORD_MINOR_ADD9},
      {"o7", KT_CHORD_DIM7, KT_CHORD_DIM7},
      {"h7", KT_CHORD_HALF_DIM7, KT_CHORD_HALF_DIM7},
      {"o", KT_CHORD_DIMINISHED, KT_CHORD_DIMINISHED},
      {"+", KT_CHORD_AUGMENTED, KT_CHORD_AUGMENTED},
      {"7", KT_CHORD_DOMINANT7, KT_CHORD_MINOR7},
      {"5", KT_CHORD_FIFTH, KT_CHORD_FIFTH},
      {"", KT_CHORD_MAJOR, KT_CHORD_MINOR},
  };
  size_t at = 0;
  chord->alter = 0;
  if (text[at] == 'b' || text[at] == '#') {
    chord->alter = text[at++] == 'b' ? -1 : 1;
  }
  for (size_t i = 0; i < sizeof(numerals) / sizeof(*numerals); ++i) {
    size_t length = strlen(numerals[i]);
    if (strncasecmp(text + at, numerals[i], length)) {
      continue;
    }
    bool large = isupper((unsigned char)text[at]) != 0;
    chord->degree = degrees[i];
    at += length;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); ++k) {
      if (!strncmp(text + at, kinds[k].text, strlen(kinds[k].text))) {
        chord->quality = (KtChordQuality)(large ? kinds[k].large : kinds[k].small);
        return at + strlen(kinds[k].text);
      }
    }
  }
  return 0;
}

int kt_tune_chords(const char *text, KtTick bar, KtThemeChord *chords) {
  int count = 0, first = 0;
  KtTick at = 0;
  for (;;) {
    while (*text == ' ') {
      ++text;
    }
    if (*text == '|' || !*text) { // the bar's chords share it
      int here = count - first;
      for (int i = first; i < count; ++i) {
        chords[i].start = at + bar * (i - first) / here;
        chords[i].duration = bar / here;
      }
      if (here) {
        at += bar;
      }
      first = count;
      if (!*text++) {
        return count;
      }
      continue;
    }
    size_t read = count < KT_TUNE_CHORDS_MAX ? read_numeral(text, &chords[count]) : 0;
    if (!read || (text[read] && text[read] != ' ' && text[read] != '|')) {
      return -1;
    }
    text += read;
    ++count;
  }
}
