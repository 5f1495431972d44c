// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/moods.h"

#include "base/data.h"
#include "story/colour_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
  float v, a, t;
  float colours[KT_COLOUR_COUNT];
  char *words;
} Row;

struct KtMoods {
  Row *rows;
  unsigned count;
};

static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_FLOAT("v", 0, Row, v),
    CYAML_FIELD_FLOAT("a", 0, Row, a),
    CYAML_FIELD_FLOAT("t", 0, Row, t),
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

static void add(KtEmotion *sum, const Row *row) {
  sum->valence += row->v;
  sum->arousal += row->a;
  sum->tension += row->t;
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    sum->colours[c] = fmaxf(sum->colours[c], row->colours[c]);
  }
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
  static const char of_no_feeling[] = "and a an the but mood music cue feeling scene";
  KtEmotion sum = {0};
  int count = 0;
  bool others = false;
  for (const char *at = phrase + strspn(phrase, " \t"); *at;) {
    size_t length = strcspn(at, " \t");
    const Row *row = find(moods, at, length);
    if (row) {
      add(&sum, row);
      ++count;
    } else {
      others = others || !has(of_no_feeling, at, length);
    }
    at += length;
    at += strspn(at, " \t");
  }
  if (!count || others) {
    return felt_of_scene(lexicon, phrase, felt);
  }
  sum.valence /= (float)count;
  sum.arousal /= (float)count;
  sum.tension /= (float)count;
  *felt = sum;
  return true;
}
