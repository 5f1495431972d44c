// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/moods.h"

#include "base/data.h"
#include "story/colour_fields.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Of a phrase that has words of both kinds, what the words of mood say of it; the rest is what the scene says.
static const float MOOD_SHARE = 0.6F;
/// A denied feeling is a calmer one than its opposite, and no colour.
static const float DENIED_AROUSAL = 0.3F, DENIED_TENSION = 0.5F;

typedef struct Row {
  float v, a, t;
  float degree; ///< not 0: these words are no mood but make the next one stronger, weaker or deny it
  float colours[KT_COLOUR_COUNT];
  char *words;
} Row;

struct KtMoods {
  Row *rows;
  unsigned count;
};

static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_FLOAT("v", CYAML_FLAG_OPTIONAL, Row, v),
    CYAML_FIELD_FLOAT("a", CYAML_FLAG_OPTIONAL, Row, a),
    CYAML_FIELD_FLOAT("t", CYAML_FLAG_OPTIONAL, Row, t),
    CYAML_FIELD_FLOAT("degree", CYAML_FLAG_OPTIONAL, Row, degree),
    KT_COLOUR_FIELDS(Row),
    CYAML_FIELD_STRING_PTR("words", CYAML_FLAG_POINTER, Row, words, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t ROW = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Row, FIELDS)};
static const cyaml_schema_value_t ROWS = {CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, Row, &ROW, 1, 1000)};

KtStatus kt_moods_load(const KtContext *ctx, KtMoods **moods, KtError *err) {
  *moods = NULL;
  KtMoods *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = kt_data_load(ctx, "moods.yaml", &ROWS, (void **)&made->rows, &made->count, err);
  if (status) {
    free(made);
    return status;
  }
  *moods = made;
  return KT_OK;
}

void kt_moods_free(KtMoods *moods) {
  if (moods) {
    kt_data_free(&ROWS, moods->rows, moods->count);
    free(moods);
  }
}

/// Whether a list of words separated by spaces has this one, whatever its case.
static bool has(const char *words, const char *word, size_t length) {
  for (const char *at = words; *at;) {
    size_t own = strcspn(at, " ");
    if (own == length && !strncasecmp(at, word, length)) {
      return true;
    }
    at += own;
    at += strspn(at, " ");
  }
  return false;
}

static const Row *find(const KtMoods *moods, const char *word, size_t length) {
  for (unsigned i = 0; i < moods->count; ++i) {
    if (has(moods->rows[i].words, word, length)) {
      return &moods->rows[i];
    }
  }
  return NULL;
}

static float within(float x, float low, float high) {
  return fmaxf(low, fminf(x, high));
}

/// A mood's share of a phrase: as it is, stronger, weaker, or (below 0) denied.
static void add(KtEmotion *sum, const Row *row, float degree) {
  bool denied = degree < 0;
  sum->valence += within(degree * row->v, -1, 1);
  sum->arousal += denied ? -DENIED_AROUSAL * row->a : within(degree * row->a, -1, 1);
  sum->tension += denied ? DENIED_TENSION * row->t : within(degree * row->t, 0, 1);
  for (int c = 0; c < KT_COLOUR_COUNT && !denied; ++c) {
    sum->colours[c] = fmaxf(sum->colours[c], within(degree * row->colours[c], 0, 1));
  }
}

static void blend(KtEmotion *moods, const KtEmotion *scene) {
  moods->valence += (1 - MOOD_SHARE) * (scene->valence - moods->valence);
  moods->arousal += (1 - MOOD_SHARE) * (scene->arousal - moods->arousal);
  moods->tension += (1 - MOOD_SHARE) * (scene->tension - moods->tension);
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    moods->colours[c] = fmaxf(moods->colours[c], (1 - MOOD_SHARE) * scene->colours[c]);
  }
}

/// What belongs to a word: letters of any script, digits, hyphens and apostrophes.
static bool in_word(char c) {
  return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '-' || c == '\'';
}

/// Whether there is a letter at all; signs of four bytes are pictures.
static bool has_letters(const char *phrase) {
  for (; *phrase; ++phrase) {
    unsigned char c = (unsigned char)*phrase;
    if (isalpha(c) || (c >= 0xC2 && c < 0xE0)) {
      return true;
    }
  }
  return false;
}

/// The phrase felt as of a scene, not as its words alone are graded.
static bool felt_of_scene(const KtLexicon *lexicon, const char *phrase, KtEmotion *felt) {
  KtArena *arena = kt_arena_new();
  const char *scene = arena ? kt_arena_format(arena, "the %s", phrase) : NULL;
  float known = 0;
  KtEmotion e = scene ? kt_lexicon_feel(lexicon, scene, &known) : (KtEmotion){0};
  kt_arena_free(arena);
  if (known > 0) {
    *felt = e;
  }
  return known > 0;
}

bool kt_moods_feel(const KtMoods *moods, const KtLexicon *lexicon, const char *phrase, KtEmotion *felt) {
  static const char of_no_feeling[] = "and yet a an the but of mood music cue feeling scene piece score theme";
  KtEmotion sum = {0}, scene;
  int count = 0;
  bool others = false;
  float degree = 1;
  for (const char *at = phrase; *at;) {
    size_t length = 0;
    while (at[length] && in_word(at[length])) {
      ++length;
    }
    const Row *row = length ? find(moods, at, length) : NULL;
    if (row && fabsf(row->degree) > 0) {
      degree *= row->degree;
    } else if (row) {
      add(&sum, row, degree);
      degree = 1;
      ++count;
    } else if (length) {
      others = others || !has(of_no_feeling, at, length);
    }
    at += length ? length : 1;
  }
  if (!count) {
    return has_letters(phrase) && felt_of_scene(lexicon, phrase, felt);
  }
  sum.valence /= (float)count;
  sum.arousal /= (float)count;
  sum.tension /= (float)count;
  if (others && felt_of_scene(lexicon, phrase, &scene)) {
    blend(&sum, &scene);
  }
  *felt = sum;
  return true;
}
