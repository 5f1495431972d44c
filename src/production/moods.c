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
static const float MOOD_SHARE = 0.7F;
/// A denied feeling is a calmer one than its opposite, and no colour.
static const float DENIED_AROUSAL = 0.3F, DENIED_TENSION = 0.5F;
/// "Not very happy" is less than "not happy".
static const float DENIED_MORE = -0.35F;
/// A word of so many letters may have one wrong, and be named where two are; a shorter one is another word.
enum { SLIP_LETTERS = 6, NEAR_LETTERS = 4 };

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

/// Insertions, losses and exchanges of letters between two words, whatever their case; neighbours swapped count once.
static int slips(const char *a, size_t m, const char *b, size_t n) {
  enum { MOST = 31 };
  int rows[3][MOST + 1];
  if (m > MOST || n > MOST) {
    return MOST;
  }
  for (size_t k = 0; k <= n; ++k) {
    rows[0][k] = (int)k;
  }
  for (size_t i = 1; i <= m; ++i) {
    int *now = rows[i % 3];
    const int *was = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    now[0] = (int)i;
    for (size_t k = 1; k <= n; ++k) {
      int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[k - 1]);
      int least = was[k] < now[k - 1] ? was[k] + 1 : now[k - 1] + 1;
      least = was[k - 1] + (x != y) < least ? was[k - 1] + (x != y) : least;
      bool swapped = i > 1 && k > 1 && x == tolower((unsigned char)b[k - 2]) && tolower((unsigned char)a[i - 2]) == y;
      now[k] = swapped && before[k - 2] + 1 < least ? before[k - 2] + 1 : least;
    }
  }
  return rows[m % 3][n];
}

/// The word of mood with the fewest slips, at most so many; its row, and where in it the word stands.
static const Row *nearest(const KtMoods *moods, const char *word, size_t length, int most, const char **found) {
  const Row *best = NULL;
  for (unsigned i = 0; i < moods->count; ++i) {
    for (const char *at = moods->rows[i].words; *at; at += strspn(at, " ")) {
      size_t own = strcspn(at, " ");
      int off = own < NEAR_LETTERS ? most + 1 : slips(word, length, at, own);
      if (off <= most) {
        most = off - 1;
        best = &moods->rows[i];
        *found = at;
      }
      at += own;
    }
  }
  return best;
}

/// A word as it stands in a phrase: as it is listed, inflected ("hauntingly"), or with a slip ("melancoly") where it is
/// no other word.
static const Row *understood(const KtMoods *moods, const KtLexicon *lexicon, const char *word, size_t length) {
  const Row *row = find(moods, word, length);
  char small[KT_WORD_SIZE] = "", lemmas[12][KT_WORD_SIZE];
  if (row || length >= sizeof(small)) {
    return row;
  }
  for (size_t i = 0; i < length; ++i) {
    small[i] = (char)tolower((unsigned char)word[i]);
  }
  if (kt_lexicon_word(lexicon, small)) {
    return NULL; // a word of its own
  }
  int count = kt_lemmas(small, lemmas);
  for (int i = 0; i < count && !row; ++i) {
    row = find(moods, lemmas[i], strlen(lemmas[i]));
  }
  float sign = 1;
  const char *listed = NULL;
  bool slip = !row && length >= SLIP_LETTERS && !kt_lexicon_find(lexicon, small, &sign);
  return slip ? nearest(moods, word, length, 1, &listed) : row;
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

/// What belongs to a word: letters of any script, digits and apostrophes.
static bool in_word(char c) {
  return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '\'';
}

/// Length of the word that begins here: with its hyphens where it is listed so ("light-hearted"), else up to the first.
static size_t word_at(const KtMoods *moods, const char *at) {
  size_t length = 0, whole = 0;
  while (at[length] && in_word(at[length])) {
    ++length;
  }
  for (whole = length; at[whole] && (in_word(at[whole]) || at[whole] == '-');) {
    ++whole;
  }
  return length && find(moods, at, whole) ? whole : length;
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

/// Words that belong to speaking about music, not to what it feels.
static const char of_no_feeling[] = "and yet a an the but of mood music cue feeling scene piece score theme with in at for to on "
                                    "by from kind style like";

bool kt_moods_feel(const KtMoods *moods, const KtLexicon *lexicon, const char *phrase, KtEmotion *felt) {
  KtEmotion sum = {0}, scene;
  int count = 0;
  bool others = false;
  float degree = 1;
  for (const char *at = phrase; *at;) {
    size_t length = word_at(moods, at);
    const Row *row = length ? understood(moods, lexicon, at, length) : NULL;
    if (row && fabsf(row->degree) > 0) {
      degree *= row->degree;
      degree = degree < 0 ? fmaxf(degree, fabsf(row->degree) > 1 ? DENIED_MORE : -1) : degree;
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

/// Whether a word says something here or in a scene, or need not.
static bool means(const KtMoods *moods, const KtLexicon *lexicon, const char *word, size_t length) {
  char small[KT_WORD_SIZE] = "";
  if (length >= sizeof(small) || understood(moods, lexicon, word, length) || has(of_no_feeling, word, length)) {
    return length < sizeof(small);
  }
  for (size_t i = 0; i < length; ++i) {
    small[i] = (char)tolower((unsigned char)word[i]);
  }
  float sign = 1;
  return kt_lexicon_find(lexicon, small, &sign) != NULL;
}

size_t kt_moods_unknown(const KtMoods *moods, const KtLexicon *lexicon, const char *phrase, const char **word) {
  for (const char *at = phrase; *at;) {
    size_t length = word_at(moods, at);
    if (length && !means(moods, lexicon, at, length)) {
      *word = at;
      return length;
    }
    at += length ? length : 1;
  }
  return 0;
}

size_t kt_moods_nearest(const KtMoods *moods, const char *word, size_t length, const char **near) {
  bool found = length >= NEAR_LETTERS && nearest(moods, word, length, 2, near);
  return found ? strcspn(*near, " ") : 0;
}
