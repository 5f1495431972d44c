// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/lexicon.h"

#include <stdio.h>
#include <string.h>

/// An ending and what stands in its place; "2" drops one of a doubled consonant as well.
typedef struct Ending {
  const char *ending, *instead;
} Ending;

static const Ending endings[] = {
    {"'s", ""},     {"s'", "s"},     {"iest", "y"},  {"ier", "y"},   {"ies", "y"},  {"ies", "ie"},
    {"ied", "y"},   {"ily", "y"},    {"iness", "y"}, {"ying", "ie"}, {"ves", "f"},  {"ves", "fe"},
    {"sses", "ss"}, {"shes", "sh"},  {"ches", "ch"}, {"xes", "x"},   {"zes", "z"},  {"oes", "o"},
    {"s", ""},      {"ing", "2"},    {"ing", ""},    {"ing", "e"},   {"ed", "2"},   {"ed", ""},
    {"ed", "e"},    {"icked", "ic"}, {"est", "2"},   {"est", ""},    {"est", "e"},  {"er", "2"},
    {"er", ""},     {"er", "e"},     {"ingly", ""},  {"ingly", "e"}, {"edly", ""},  {"edly", "e"},
    {"ally", "al"}, {"ally", ""},    {"bly", "ble"}, {"ly", ""},     {"fully", ""}, {"ness", ""},
    {"ful", ""},    {"ment", ""},    {"ous", ""},    {"y", "2"},     {"y", ""},     {"y", "e"},
    {"ish", ""},    {"ation", "e"},  {"ion", ""},    {"ion", "e"},   {"able", ""},  {"able", "e"},
    {"ings", ""},   {"ings", "e"},   {"ers", ""},    {"ers", "e"},   {"en", ""},    {"like", ""},
};

static bool vowel(char c) {
  return strchr("aeiouy", c) != NULL && c;
}

static bool doubled(const char *stem, size_t size) {
  return size >= 3 && stem[size - 1] == stem[size - 2] && !vowel(stem[size - 1]);
}

static bool has_vowel(const char *stem, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (vowel(stem[i])) {
      return true;
    }
  }
  return false;
}

static bool is_loose(const char *ending) {
  static const char *const loose[] = {"er",   "en",    "ion", "ous",  "ish", "y",   "ment",
                                      "able", "ation", "ers", "ings", "est", "like"};
  for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); ++i) {
    if (!strcmp(ending, loose[i])) {
      return true;
    }
  }
  return false;
}

/// "hated" is of "hate" ("hat" would double its t), "singing" of "sing".
static bool wants_e(const char *stem, size_t size) {
  return size >= 3 && !vowel(stem[size - 1]) && !strchr("wx", stem[size - 1]) &&
         vowel(stem[size - 2]) && !vowel(stem[size - 3]);
}

static void put_lemma(char *lemma, const char *word, size_t stem, const char *instead) {
  size_t size = strlen(instead);
  stem = stem + size < KT_WORD_SIZE ? stem : KT_WORD_SIZE - 1 - size;
  memcpy(lemma, word, stem);
  memcpy(lemma + stem, instead, size + 1);
}

int kt_lemmas(const char *word, char lemmas[12][KT_WORD_SIZE]) {
  int count = 0;
  size_t size = strlen(word);
  for (size_t i = 0; i < sizeof(endings) / sizeof(*endings) && count < 12; ++i) {
    size_t cut = strlen(endings[i].ending);
    if (size < cut + 2 || word[size - 1] != endings[i].ending[cut - 1] ||
        strcmp(word + size - cut, endings[i].ending) != 0) {
      continue;
    }
    size_t stem = size - cut;
    if (stem < 4 && is_loose(endings[i].ending) && endings[i].instead[0] != '2') {
      continue; // "diner" is not about a din
    }
    const char *instead = endings[i].instead;
    if (!has_vowel(word, stem) && strcmp(instead, "y") != 0 && strcmp(instead, "ie") != 0) {
      continue;
    }
    if (instead[0] == '2') {
      if (!doubled(word, stem)) {
        continue;
      }
      --stem;
      instead = "";
    }
    const char *next = i + 1 < sizeof(endings) / sizeof(*endings) ? endings[i + 1].ending : "";
    bool both = !*endings[i].instead && !strcmp(endings[i].ending, next);
    if (both && wants_e(word, stem) && count + 1 < 12) {
      put_lemma(lemmas[count++], word, stem, "e");
    }
    put_lemma(lemmas[count++], word, stem, instead);
  }
  return count;
}

/// "criticise" and "flavour" as they are spelt across the water; false where they are the same.
static bool respell(const char *word, char *other) {
  static const char *const pairs[][2] = {
      {"isation", "ization"}, {"ise", "ize"}, {"isi", "izi"}, {"our", "or"}, {"yse", "yze"}};
  size_t size = strlen(word);
  for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs) && size > 5; ++i) {
    const char *at = strstr(word + 3, pairs[i][0]);
    if (at) {
      size_t from = (size_t)(at - word);
      size_t cut = strlen(pairs[i][0]);
      snprintf(other, KT_WORD_SIZE, "%.*s%s%s", (int)from, word, pairs[i][1], word + from + cut);
      return true;
    }
  }
  return false;
}

/// The word itself, then its lemmas ("hopelessly" is not reached twice).
static const KtWordEntry *find_any(const KtLexicon *lexicon, const char *word) {
  const KtWordEntry *entry = kt_lexicon_word(lexicon, word);
  if (entry) {
    return entry;
  }
  char lemmas[12][KT_WORD_SIZE];
  int count = kt_lemmas(word, lemmas);
  for (int i = 0; i < count; ++i) {
    entry = kt_lexicon_word(lexicon, lemmas[i]);
    if (entry && entry->role == KT_ROLE_FEELING) {
      return entry;
    }
  }
  char other[KT_WORD_SIZE];
  return respell(word, other) ? find_any(lexicon, other) : NULL;
}

const KtWordEntry *kt_lexicon_find(const KtLexicon *lexicon, const char *word, float *sign) {
  *sign = 1;
  const KtWordEntry *entry = find_any(lexicon, word);
  if (entry) {
    return entry;
  }
  size_t size = strlen(word);
  char stem[KT_WORD_SIZE];
  if (size > 5 && size < KT_WORD_SIZE) {
    const char *less = strstr(word, "less");
    if (less && less > word + 2) { // "painless", "fearlessly", "restlessness"
      snprintf(stem, sizeof(stem), "%.*s", (int)(less - word), word);
      *sign = -1;
      return find_any(lexicon, stem);
    }
    static const char *const prefixes[] = {"un", "dis", "non", "in", "im"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); ++i) {
      size_t cut = strlen(prefixes[i]);
      if (!strncmp(word, prefixes[i], cut) && size > cut + 3) {
        entry = find_any(lexicon, word + cut);
        if (entry && entry->role == KT_ROLE_FEELING) {
          *sign = -1;
          return entry;
        }
      }
    }
  }
  return NULL;
}
