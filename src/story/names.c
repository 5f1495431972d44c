// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { MOST_SYLLABLES = 8 };

static bool vowel(char c) {
  return c && strchr("aeiouy", tolower((unsigned char)c)) != NULL;
}

/// Places of the vowels that carry a syllable; a last silent e and the e of -es carry none.
static int nuclei(const char *word, size_t size, size_t at[MOST_SYLLABLES]) {
  int count = 0;
  for (size_t i = 0; i < size && count < MOST_SYLLABLES; ++i) {
    bool after_y = i > 1 && word[i - 1] == 'y' && vowel(word[i - 2]); // "Maya"
    bool glide = i && word[i - 1] == 'i' && strchr("aou", word[i]);
    if (!vowel(word[i]) || (i && vowel(word[i - 1]) && !glide && !after_y)) {
      continue;
    }
    bool silent = count && tolower((unsigned char)word[i]) == 'e' && i + 1 == size &&
                  !(i && word[i - 1] == 'l' && i > 1 && !vowel(word[i - 2]));
    if (word[i] == 'y' && i + 1 < size && vowel(word[i + 1])) {
      continue;
    }
    if (!silent) {
      at[count++] = i;
    }
  }
  return count ? count : (at[0] = 0, 1);
}

static bool ends(const char *word, size_t size, const char *end) {
  size_t length = strlen(end);
  return size >= length && !strncasecmp(word + size - length, end, length);
}

/// Consonants between two places: two or more make the syllable before them heavy.
static size_t consonants(const char *word, size_t from, size_t to) {
  size_t count = 0;
  for (size_t i = from + 1; i < to; ++i) {
    count += !vowel(word[i]) && !(i + 1 < to && word[i + 1] == 'h');
  }
  return count;
}

static int main_stress(const char *word, size_t size, const size_t *at, int count) {
  static const char *const last[] = {"ette", "elle", "een", "ine", "ique", "aine", "anne", "ise"};
  static const char *const second_last[] = {"ina", "ita",   "ella", "etta",
                                            "ora", "ander", "ena",  "ika"};
  for (size_t i = 0; count > 1 && i < sizeof(last) / sizeof(*last); ++i) {
    if (ends(word, size, last[i])) {
      return count - 1;
    }
  }
  for (size_t i = 0; count > 2 && i < sizeof(second_last) / sizeof(*second_last); ++i) {
    if (ends(word, size, second_last[i])) {
      return count - 2;
    }
  }
  if (count >= 3 && ends(word, size, "a") && consonants(word, at[count - 2], at[count - 1]) >= 2) {
    return count - 2; // "Amanda", "Rebecca"
  }
  return count >= 4 ? count - 3 : 0;
}

static size_t word_rhythm(const KtStoryRules *rules, const char *word, size_t size, char *out) {
  for (unsigned i = 0; i < rules->names_count; ++i) {
    const KtNameRule *rule = &rules->names[i];
    if (strlen(rule->name) == size && !strncasecmp(rule->name, word, size)) {
      size_t length = strlen(rule->stress);
      length = length < MOST_SYLLABLES ? length : MOST_SYLLABLES;
      memcpy(out, rule->stress, length);
      return length;
    }
  }
  size_t at[MOST_SYLLABLES];
  int count = nuclei(word, size, at);
  int strong = main_stress(word, size, at, count);
  for (int i = 0; i < count; ++i) { // a second stress two before or after the first
    out[i] = i == strong || (count >= 4 && i == strong - 2) ||
                     (count >= 4 && i == strong + 2 && i < count - 1)
                 ? '/'
                 : 'x';
  }
  return (size_t)count;
}

const char *kt_name_rhythm(KtArena *arena, const KtStoryRules *rules, const char *name) {
  char out[4 * MOST_SYLLABLES + 1] = "";
  size_t used = 0;
  for (const char *at = name; *at && used + MOST_SYLLABLES < sizeof(out);) {
    at += strspn(at, " -.&#,'");
    size_t size = strcspn(at, " -.&#,'");
    if (size && !isdigit((unsigned char)*at)) {
      bool weak =
          (size == 3 && !strncasecmp(at, "the", 3)) || (size == 2 && !strncasecmp(at, "of", 2));
      if (weak) {
        out[used++] = 'x';
      } else {
        used += word_rhythm(rules, at, size, out + used);
      }
    }
    at += size;
  }
  return kt_arena_text_n(arena, out, used);
}

static bool in_word(char c) {
  return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

int kt_name_count(const char *text, const char *name) {
  size_t size = strlen(name);
  int count = 0;
  for (const char *at = text; size && (at = strcasestr(at, name)); at += size) {
    bool alone = (at == text || !in_word(at[-1])) && !in_word(at[size]);
    count += alone && isupper((unsigned char)*at);
  }
  return count;
}
