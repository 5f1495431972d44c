// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { MOST_SYLLABLES = 8 };

/// Letters with an accent stand as these: each has a syllable of its own.
enum { ACUTE = 1, DIAERESIS = 2 };

static bool vowel(char c) {
  return c == ACUTE || c == DIAERESIS || (c && strchr("aeiouy", tolower((unsigned char)c)));
}

/// A word as plain small letters: accents off, but for those of the e that is always said.
static size_t fold(const char *word, size_t size, char out[64]) {
  // U+00C0..U+00FF by their second byte in UTF-8
  static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyps";
  size_t used = 0;
  for (size_t i = 0; i < size && used < 63; ++i) {
    unsigned char c = (unsigned char)word[i];
    unsigned char next = i + 1 < size ? (unsigned char)word[i + 1] : 0;
    if (c == 0xC3 && next >= 0x80 && next < 0xC0) {
      unsigned letter = (next - 0x80U) & 0x1FU;
      out[used++] = letter >= 8 && letter <= 10 ? ACUTE : letter == 11 ? DIAERESIS : latin[letter];
      ++i;
    } else {
      out[used++] = (char)tolower(c);
    }
  }
  out[used] = '\0';
  return used;
}

/// Whether a vowel after a vowel begins a syllable: Ju-li-an, Ro-me-o, Ma-ya, Zo-e.
static bool hiatus(const char *word, size_t i) {
  char before = word[i - 1];
  bool after_y = i > 1 && before == 'y' && vowel(word[i - 2]);
  bool first = i > 1 && !vowel(word[i - 2]); // "Gloria", but not "beautiful"
  return after_y || word[i] == DIAERESIS || word[i] == ACUTE ||
         (before == 'i' && strchr("aou", word[i])) || (before == 'e' && word[i] == 'o' && first);
}

/// Places of the vowels that carry a syllable; a last silent e carries none.
static int nuclei(const char *word, size_t size, size_t at[MOST_SYLLABLES]) {
  int count = 0;
  for (size_t i = 0; i < size && count < MOST_SYLLABLES; ++i) {
    if (!vowel(word[i]) || (i && vowel(word[i - 1]) && !hiatus(word, i))) {
      continue;
    }
    bool liquid = i > 1 && word[i - 1] == 'l' && !vowel(word[i - 2]) && word[i - 2] != 'l';
    bool silent = count && word[i] == 'e' && i + 1 == size && !liquid;
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

static bool ends_in(const char *word, size_t size, const char *const *list) {
  for (; *list; ++list) {
    if (ends(word, size, *list)) {
      return true;
    }
  }
  return false;
}

static int main_stress(const char *word, size_t size, const size_t *at, int count) {
  static const char *const last[] = {"ette", "elle", "een", "ique", "aine", "anne", "ise", NULL};
  static const char *const last_of_two[] = {"ine", "ene", "one", "onne", "ole", NULL};
  static const char *const second_last[] = {"ina",  "ita",  "ella", "etta", "ora", "ander", "ena",
                                            "ika",  "andra", "ias", "iah",  "mona", NULL};
  static const char *const third_last[] = {"io", "eo", "ia", "ea", "ius", "ica", NULL};
  if (count > 1 && (word[size - 1] == ACUTE || ends_in(word, size, last) ||
                    (count == 2 && ends_in(word, size, last_of_two)))) {
    return count - 1;
  }
  if (count > 2 && ends_in(word, size, third_last)) {
    return count - 3;
  }
  if (count > 2 && (ends_in(word, size, second_last) || ends(word, size, "o"))) {
    return count - 2;
  }
  if (count >= 3 && ends(word, size, "a") && consonants(word, at[count - 2], at[count - 1]) >= 2) {
    return count - 2; // "Amanda", "Rebecca"
  }
  return count >= 4 ? count - 3 : 0;
}

static size_t from_table(const KtStoryRules *rules, const char *word, size_t size, char *out) {
  for (unsigned i = 0; i < rules->names_count; ++i) {
    const KtNameRule *rule = &rules->names[i];
    if (strlen(rule->name) == size && !strncasecmp(rule->name, word, size)) {
      size_t length = strlen(rule->stress);
      length = length < MOST_SYLLABLES ? length : MOST_SYLLABLES;
      memcpy(out, rule->stress, length);
      return length;
    }
  }
  return 0;
}

static size_t by_spelling(const char *word, size_t size, char *out) {
  char folded[64];
  size = fold(word, size, folded);
  size_t at[MOST_SYLLABLES];
  int count = nuclei(folded, size, at);
  int strong = main_stress(folded, size, at, count);
  for (int i = 0; i < count; ++i) { // a second stress two before or after the first
    bool before = i == strong - 2 && (count >= 4 || strong == count - 1);
    bool after = count >= 4 && i == strong + 2 && i < count - 1;
    out[i] = i == strong || before || after ? '/' : 'x';
  }
  return (size_t)count;
}

static size_t word_rhythm(const KtStoryRules *rules, const char *word, size_t size, char *out) {
  size_t used = from_table(rules, word, size, out);
  if (used) {
    return used;
  }
  bool mac = size > 4 && !strncasecmp(word, "Mac", 3) && isupper((unsigned char)word[3]) &&
             islower((unsigned char)word[2]);
  bool mc = size > 3 && !strncasecmp(word, "Mc", 2);
  if (mac || mc) {
    size_t prefix = mac ? 3 : 2;
    out[0] = 'x';
    used = from_table(rules, word + prefix, size - prefix, out + 1);
    return 1 + (used ? used : by_spelling(word + prefix, size - prefix, out + 1));
  }
  return size ? by_spelling(word, size, out) : 0;
}

static bool is_weak(const char *word, size_t size) {
  static const char *const weak[] = {"the", "a", "an", "of", "and", "de", "la", "von", "van", "o"};
  for (size_t i = 0; i < sizeof(weak) / sizeof(*weak); ++i) {
    if (size == strlen(weak[i]) && !strncasecmp(word, weak[i], size)) {
      return true;
    }
  }
  return false;
}

const char *kt_name_rhythm(KtArena *arena, const KtStoryRules *rules, const char *name) {
  char out[5 * MOST_SYLLABLES + 1] = "";
  size_t used = 0;
  for (const char *at = name; *at && used + MOST_SYLLABLES + 1 < sizeof(out);) {
    at += strspn(at, " -.&#,'");
    size_t size = strcspn(at, " -.&#,'");
    if (size && is_weak(at, size)) {
      out[used++] = 'x';
    } else if (size == 1 && isdigit((unsigned char)*at)) { // "Guard 2", but a year says nothing
      out[used++] = '/';
      used += *at == '7' ? (out[used] = 'x', 1U) : 0;
    } else if (size && !isdigit((unsigned char)*at)) {
      used += word_rhythm(rules, at, size, out + used);
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
  int first = toupper((unsigned char)*name); // a name begins with a capital; no other letter is tried
  int count = 0;
  for (const char *at = text; size && (at = strchr(at, first));) {
    bool found = !strncasecmp(at, name, size) && (at == text || !in_word(at[-1])) &&
                 !in_word(at[size]);
    count += found;
    at += found ? size : 1;
  }
  return count;
}
