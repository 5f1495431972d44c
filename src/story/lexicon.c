// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/lexicon.h"

#include "base/data.h"
#include "base/file.h"
#include "story/colour_fields.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A family of words that feel alike, as it stands in the file.
typedef struct Family {
  char *is;
  float v, a, t;
  float colours[KT_COLOUR_COUNT];
  char *words;
} Family;

/// A curve is linear between its points and flat beyond them.
typedef struct Point {
  float at, is;
} Point;

typedef struct LexiconFile {
  char *language;
  char *plain, *negations, *intensifiers, *diminishers, *contrasts, *irregular, *ratings;
  Point *valence, *arousal; ///< what a grade means
  unsigned valence_count, arousal_count;
  Family *families;
  unsigned families_count;
} LexiconFile;

static const cyaml_schema_field_t family_fields[] = {
    CYAML_FIELD_STRING_PTR("is", CYAML_FLAG_POINTER, Family, is, 0, CYAML_UNLIMITED),
    CYAML_FIELD_FLOAT("v", CYAML_FLAG_OPTIONAL, Family, v),
    CYAML_FIELD_FLOAT("a", CYAML_FLAG_OPTIONAL, Family, a),
    CYAML_FIELD_FLOAT("t", CYAML_FLAG_OPTIONAL, Family, t),
    KT_COLOUR_FIELDS(Family),
    CYAML_FIELD_STRING_PTR("words", CYAML_FLAG_POINTER, Family, words, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t family_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Family, family_fields)};

static const cyaml_schema_field_t point_fields[] = {
    CYAML_FIELD_FLOAT("at", 0, Point, at), CYAML_FIELD_FLOAT("is", 0, Point, is), CYAML_FIELD_END};
static const cyaml_schema_value_t point_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Point, point_fields)};

#define WORD_LIST(name)                                                                            \
  CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, LexiconFile, name, 0,    \
                         CYAML_UNLIMITED)
static const cyaml_schema_field_t file_fields[] = {
    WORD_LIST(language),
    WORD_LIST(plain),
    WORD_LIST(negations),
    WORD_LIST(intensifiers),
    WORD_LIST(diminishers),
    WORD_LIST(contrasts),
    WORD_LIST(irregular),
    WORD_LIST(ratings),
    CYAML_FIELD_SEQUENCE("rated_valence", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, LexiconFile,
                         valence, &point_schema, 2, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("rated_arousal", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, LexiconFile,
                         arousal, &point_schema, 2, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("families", CYAML_FLAG_POINTER, LexiconFile, families, &family_schema, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, LexiconFile, file_fields)};

static size_t hash(const char *word, size_t size) {
  uint64_t h = UINT64_C(14695981039346656037); // FNV-1a
  for (size_t i = 0; i < size; ++i) {
    h = (h ^ (unsigned char)word[i]) * UINT64_C(1099511628211);
  }
  return (size_t)(h ^ h >> 32U);
}

static KtWordEntry *slot(KtWordEntry *slots, size_t count, const char *word, size_t size) {
  size_t at = hash(word, size) & (count - 1);
  while (slots[at].word && (strncmp(slots[at].word, word, size) != 0 || slots[at].word[size])) {
    at = (at + 1) & (count - 1);
  }
  return &slots[at];
}

const KtWordEntry *kt_lexicon_word(const KtLexicon *lexicon, const char *word) {
  const KtWordEntry *found = slot(lexicon->slots, lexicon->slot_count, word, strlen(word));
  return found->word ? found : NULL;
}

const KtWordEntry *kt_lexicon_idiom(const KtLexicon *lexicon, const char *word) {
  const KtWordEntry *found = slot(lexicon->idioms, lexicon->idiom_slots, word, strlen(word));
  return found->word ? found->next_idiom : NULL;
}

static void put_idiom(KtLexicon *lexicon, const char *word, const KtEmotion *feeling) {
  KtWordEntry *idiom = KT_NEW(lexicon->arena, KtWordEntry, 1);
  size_t first = strcspn(word, "_");
  KtWordEntry *head = slot(lexicon->idioms, lexicon->idiom_slots, word, first);
  if (idiom) {
    *idiom = (KtWordEntry){.word = word, .feeling = feeling, .next_idiom = head->next_idiom};
    head->word = head->word ? head->word : kt_arena_text_n(lexicon->arena, word, first);
    head->next_idiom = idiom;
  }
}

/// The first family that holds a word keeps it.
static void put(KtLexicon *lexicon, const char *words, KtWordRole role, const KtEmotion *feeling) {
  for (const char *at = words; at && *at;) {
    at += strspn(at, " \n\t");
    size_t size = strcspn(at, " \n\t");
    if (size && size < KT_WORD_SIZE) {
      KtWordEntry *entry = slot(lexicon->slots, lexicon->slot_count, at, size);
      if (!entry->word) {
        *entry = (KtWordEntry){
            .word = kt_arena_text_n(lexicon->arena, at, size), .feeling = feeling, .role = role};
        lexicon->words += feeling != NULL;
        if (memchr(at, '_', size)) {
          put_idiom(lexicon, entry->word, feeling);
        }
      }
    }
    at += size;
  }
}

static float along(const Point *curve, unsigned count, float at) {
  if (!count) {
    return 0;
  }
  unsigned i = 1;
  while (i + 1 < count && curve[i].at < at) {
    ++i;
  }
  float share = count > 1 ? (at - curve[i - 1].at) / (curve[i].at - curve[i - 1].at) : 0;
  share = fminf(1, fmaxf(0, share));
  return count > 1 ? curve[i - 1].is + share * (curve[i].is - curve[i - 1].is) : curve[0].is;
}

/// A word nobody put into a family is as tense as it is bad and stirring.
static float tension_of(float valence, float arousal) {
  float tense = fmaxf(0, -valence) * (0.5F + 0.4F * arousal) + 0.2F * fmaxf(0, arousal);
  float eased = fmaxf(0, valence) * (0.35F - 0.35F * fmaxf(0, arousal)) - 0.3F * fminf(0, arousal);
  return valence < 0 ? tense : 0.5F * tense - (valence > 0.2F ? eased : 0);
}

/// "murderous" is of the family of "murder", where it is as plainly good or bad.
static const KtEmotion *family_of(const KtLexicon *lexicon, const char *word, size_t size,
                                  float valence) {
  char text[KT_WORD_SIZE];
  char lemmas[12][KT_WORD_SIZE];
  memcpy(text, word, size);
  text[size] = '\0';
  int count = kt_lemmas(text, lemmas);
  for (int i = 0; i < count; ++i) {
    const KtWordEntry *entry = kt_lexicon_word(lexicon, lemmas[i]);
    if (entry && entry->role == KT_ROLE_FEELING && entry->feeling && !entry->graded &&
        entry->feeling->valence * valence > 0.06F) {
      return entry->feeling;
    }
  }
  return NULL;
}

/// Among others a word is what its family says, leaned by its own grades; alone it is as graded.
static void rate(KtLexicon *lexicon, const char *word, size_t size, float valence, float arousal) {
  static const float lean = 0.35F;
  KtWordEntry *entry = slot(lexicon->slots, lexicon->slot_count, word, size);
  KtEmotion *alone = KT_NEW(lexicon->arena, KtEmotion, 1);
  KtEmotion *among = KT_NEW(lexicon->arena, KtEmotion, 1);
  if (!alone || !among) {
    return;
  }
  const KtEmotion *family = entry->word ? entry->feeling : family_of(lexicon, word, size, valence);
  *alone = (KtEmotion){.tension = tension_of(valence, arousal)};
  if (family) {
    *alone = *among = *family;
    among->valence += lean * (valence - among->valence);
    among->arousal += lean * (arousal - among->arousal);
    entry->feeling = among;
  }
  alone->valence = valence;
  alone->arousal = arousal;
  entry->alone = alone;
  if (!entry->word) { // a word with another role has no feeling among others
    *entry = (KtWordEntry){.word = kt_arena_text_n(lexicon->arena, word, size),
                           .feeling = family ? among : alone,
                           .alone = alone,
                           .graded = !family};
    ++lexicon->words;
  }
}

/// "table 54 26, window 60 30": words and their grades.
static KtStatus put_ratings(KtLexicon *lexicon, const LexiconFile *file, const char *name,
                            KtError *err) {
  for (const char *at = file->ratings; at && *at;) {
    at += strspn(at, " \n\t,");
    size_t size = strcspn(at, " \n\t,");
    char *end = NULL;
    double grades[2] = {0};
    const char *number = at + size;
    bool right = size < KT_WORD_SIZE;
    for (int k = 0; k < 2 && size; ++k) {
      grades[k] = strtod(number, &end);
      right = right && end != number && grades[k] >= 10 && grades[k] <= 90;
      number = end;
    }
    if (size && (!right || !strchr(", \n", *number))) {
      return kt_error_at(err, KT_ERR_FORMAT, name, 0, 0,
                         "rating of \"%.*s\": after a word stand two grades from 10 to 90",
                         (int)(size < 40 ? size : 40), at);
    }
    if (size) {
      rate(lexicon, at, size, along(file->valence, file->valence_count, (float)grades[0]),
           along(file->arousal, file->arousal_count, (float)grades[1]));
    }
    at = size ? number : at;
  }
  return KT_OK;
}

/// "went/go fled/flee": a form and its lemma.
static void put_irregular(KtLexicon *lexicon, const char *pairs) {
  for (const char *at = pairs; at && *at;) {
    at += strspn(at, " \n\t");
    size_t size = strcspn(at, " \n\t");
    const char *bar = memchr(at, '/', size);
    if (bar) {
      size_t form = (size_t)(bar - at);
      const KtWordEntry *lemma =
          slot(lexicon->slots, lexicon->slot_count, bar + 1, size - form - 1);
      KtWordEntry *entry = slot(lexicon->slots, lexicon->slot_count, at, form);
      if (lemma->word && !entry->word) {
        *entry = (KtWordEntry){.word = kt_arena_text_n(lexicon->arena, at, form),
                               .feeling = lemma->feeling,
                               .alone = lemma->alone,
                               .graded = lemma->graded,
                               .role = lemma->role};
      }
    }
    at += size;
  }
}

static size_t count_words(const LexiconFile *file) {
  size_t bytes = file->irregular ? strlen(file->irregular) : 0;
  const char *const lists[] = {file->plain,       file->negations, file->intensifiers,
                               file->diminishers, file->contrasts, file->ratings};
  for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); ++i) {
    bytes += lists[i] ? strlen(lists[i]) : 0;
  }
  for (unsigned i = 0; i < file->families_count; ++i) {
    bytes += strlen(file->families[i].words);
  }
  return bytes / 2;
}

static KtStatus check(const LexiconFile *file, const char *name, KtError *err) {
  for (unsigned i = 0; i < file->families_count; ++i) {
    const Family *f = &file->families[i];
    bool right = f->v >= -1 && f->v <= 1 && f->a >= -1 && f->a <= 1 && f->t >= -1 && f->t <= 1;
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      right = right && f->colours[c] >= 0 && f->colours[c] <= 1;
    }
    if (!right) {
      return kt_error_at(err, KT_ERR_FORMAT, name, 0, 0,
                         "family \"%s\": v, a and t go from -1 to 1, colours from 0 to 1", f->is);
    }
  }
  return KT_OK;
}

static KtStatus fill(KtLexicon *lexicon, const LexiconFile *file, const char *name, KtError *err) {
  put(lexicon, file->negations, KT_ROLE_NEGATION, NULL);
  put(lexicon, file->intensifiers, KT_ROLE_INTENSIFIER, NULL);
  put(lexicon, file->diminishers, KT_ROLE_DIMINISHER, NULL);
  put(lexicon, file->contrasts, KT_ROLE_CONTRAST, NULL);
  put(lexicon, file->plain, KT_ROLE_PLAIN, NULL);
  for (unsigned i = 0; i < file->families_count; ++i) {
    const Family *f = &file->families[i];
    KtEmotion *feeling = KT_NEW(lexicon->arena, KtEmotion, 1);
    if (feeling) {
      *feeling = (KtEmotion){.valence = f->v, .arousal = f->a, .tension = f->t};
      memcpy(feeling->colours, f->colours, sizeof(f->colours));
      put(lexicon, f->words, KT_ROLE_FEELING, feeling);
    }
  }
  KtStatus status = put_ratings(lexicon, file, name, err);
  put_irregular(lexicon, file->irregular);
  return status;
}

static KtStatus build(const LexiconFile *file, const char *name, KtLexicon **lexicon,
                      KtError *err) {
  KtStatus status = KT_OK;
  KtArena *arena = kt_arena_new();
  KtLexicon *made = arena ? KT_NEW(arena, KtLexicon, 1) : NULL;
  if (made) {
    size_t slots = 1024;
    while (slots < count_words(file)) { // every word is three letters at least on average
      slots *= 2;
    }
    made->arena = arena;
    made->slots = KT_NEW(arena, KtWordEntry, slots);
    made->slot_count = slots;
    made->idioms = KT_NEW(arena, KtWordEntry, slots / 4);
    made->idiom_slots = slots / 4;
    if (made->slots && made->idioms) {
      status = fill(made, file, name, err);
    }
  }
  if (!made || kt_arena_failed(arena)) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *lexicon = made;
  return KT_OK;
}

static bool is_language(const char *language) {
  size_t size = strlen(language);
  for (size_t i = 0; i < size; ++i) {
    if (!isalnum((unsigned char)language[i]) && language[i] != '-' && language[i] != '_') {
      return false;
    }
  }
  return size >= 2 && size <= 16;
}

KtStatus kt_lexicon_load(const KtContext *ctx, const char *language, KtLexicon **lexicon,
                         KtError *err) {
  *lexicon = NULL;
  const char *wanted = language && *language ? language : "en";
  if (!is_language(wanted)) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "\"%s\" is no language; give a code such as en",
                        wanted);
  }
  char name[64] = "lexicon/";
  size_t used = strlen(name);
  for (const char *c = wanted; *c && *c != '-' && *c != '_'; ++c) { // "en-GB" is "en"
    name[used++] = (char)tolower((unsigned char)*c);
  }
  memcpy(name + used, ".yaml", 6);
  LexiconFile *file = NULL;
  KtStatus status = kt_data_load(ctx, name, &file_schema, (void **)&file, NULL, err);
  status = status ? status : check(file, name, err);
  status = status ? status : build(file, name, lexicon, err);
  kt_data_free(&file_schema, file, 0);
  return status;
}

void kt_lexicon_free(KtLexicon *lexicon) {
  if (lexicon) {
    kt_arena_free(lexicon->arena);
  }
}
