// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/lexicon.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// How negation, degree, contrast and shouting bend a word's feeling follows the findings of
// Polanyi & Zaenen (2006) and the sizes that Hutto & Gilbert (2014) measured with readers.
enum { SENTENCE_WORDS = 96, REACH = 4 };
static const float negated_valence = -0.55F, negated_arousal = 0.4F, negated_tension = 0.3F;
static const float intensified = 1.35F, diminished = 0.6F, shouted = 1.35F;
static const float killing = -0.8F;
static const double things = 0.3; ///< square of the value from which a thing's feeling tells
static const float before_but = 0.5F, after_but = 1.35F;
static const float saturation = 0.65F; ///< one strong word reaches two thirds of the scale

typedef struct Token {
  char word[KT_WORD_SIZE];
  bool capitals;
  bool comma; ///< a clause ends after it
} Token;

typedef struct Sentence {
  Token tokens[SENTENCE_WORDS];
  int count;
  int marks; ///< exclamation marks
  bool question, trailing;
} Sentence;

typedef struct Sum {
  double valence, arousal, tension, free[KT_COLOUR_COUNT];
  double glad;  ///< the part of valence above zero
  double worst; ///< lowest single valence
  double weight;
  int loaded;
} Sum;

typedef struct Mood {
  float strength; ///< of the next words, by degree words
  int left;       ///< words it still reaches
  int negated;    ///< words that a negation still reaches
} Mood;

/// One letter of a word: ASCII, the apostrophe in both shapes, Latin letters in UTF-8.
static size_t letter(const char *at, char *out, size_t *out_size) {
  unsigned char c = (unsigned char)*at;
  *out_size = 0;
  if (isalpha(c)) {
    out[(*out_size)++] = (char)tolower(c);
    return 1;
  }
  if (isdigit(c) || c == '\'') {
    out[(*out_size)++] = (char)c;
    return 1;
  }
  if (c == 0xE2 && !strncmp(at, "\xE2\x80\x99", 3)) {
    out[(*out_size)++] = '\'';
    return 3;
  }
  if (c >= 0xC3 && c <= 0xC9 && at[1]) {
    unsigned char low = (unsigned char)at[1];
    bool capital = c == 0xC3 && low >= 0x80 && low <= 0x9E && low != 0x97;
    out[(*out_size)++] = (char)c;
    out[(*out_size)++] = (char)(capital ? low + 0x20U : low);
    return 2;
  }
  return 0;
}

static const char *read_word(const char *at, Token *token) {
  size_t used = 0;
  int upper = 0;
  int lower = 0;
  char part[4];
  size_t size = 0;
  for (size_t step; (step = letter(at, part, &size)); at += step) {
    upper += isupper((unsigned char)*at) != 0;
    lower += islower((unsigned char)*at) != 0;
    if (used + size < KT_WORD_SIZE - 1) {
      memcpy(token->word + used, part, size);
      used += size;
    }
  }
  while (used && token->word[used - 1] == '\'') { // a closing quote
    --used;
  }
  token->word[used] = '\0';
  size_t open = strspn(token->word, "'");
  memmove(token->word, token->word + open, used - open + 1);
  token->capitals = upper >= 2 && !lower;
  return at;
}

/// Reads up to the end of a sentence; false at the end of the text.
static bool next_sentence(const char **text, Sentence *s) {
  memset(s, 0, sizeof(*s));
  const char *at = *text;
  while (*at) {
    char part[4];
    size_t size = 0;
    if (letter(at, part, &size)) {
      Token spare;
      memset(&spare, 0, sizeof(spare));
      at = read_word(at, s->count < SENTENCE_WORDS ? &s->tokens[s->count] : &spare);
      s->count += s->count < SENTENCE_WORDS && s->tokens[s->count].word[0];
      continue;
    }
    if (*at == '.' || *at == '!' || *at == '?') {
      int dots = 0;
      for (; *at == '.' || *at == '!' || *at == '?'; ++at) {
        s->marks += *at == '!';
        s->question = s->question || *at == '?';
        dots += *at == '.';
      }
      s->trailing = dots >= 3;
      if (s->count) {
        *text = at;
        return true;
      }
      continue;
    }
    bool dash = (*at == '-' && at[1] == '-') || !strncmp(at, "\xE2\x80\x94", 3);
    if (s->count && (*at == ',' || *at == ';' || *at == ':' || *at == '\n' || dash)) {
      s->tokens[s->count - 1].comma = *at != '\n';
    }
    ++at;
  }
  *text = at;
  return s->count > 0;
}

static bool same_word(const char *part, size_t size, const char *word) {
  if (!strncmp(part, word, size) && !word[size]) {
    return true;
  }
  if (*part != *word || size < 2) { // no ending changes how a word begins
    return false;
  }
  char lemmas[12][KT_WORD_SIZE];
  int count = kt_lemmas(word, lemmas);
  for (int i = 0; i < count; ++i) {
    if (!strncmp(part, lemmas[i], size) && !lemmas[i][size]) {
      return true;
    }
  }
  return false;
}

/// Words of the idiom if it stands at `first`, else 0. Its words may be inflected.
static int idiom_length(const char *idiom, const Sentence *s, int first) {
  int used = 0;
  for (const char *part = idiom; *part; ++used) {
    size_t size = strcspn(part, "_");
    if (first + used >= s->count || !same_word(part, size, s->tokens[first + used].word)) {
      return 0;
    }
    part += size + (part[size] == '_');
    if (*part && s->tokens[first + used].comma) { // "she stops, breathing hard" is alive
      return 0;
    }
  }
  return used;
}

static const KtWordEntry *find_idiom(const KtLexicon *lexicon, const Sentence *s, int first,
                                     int *length) {
  const KtWordEntry *best = NULL;
  char lemmas[12][KT_WORD_SIZE];
  int count = kt_lemmas(s->tokens[first].word, lemmas);
  for (int i = -1; i < count; ++i) {
    const KtWordEntry *idiom = kt_lexicon_idiom(lexicon, i < 0 ? s->tokens[first].word : lemmas[i]);
    for (; idiom; idiom = idiom->next_idiom) {
      int used = idiom_length(idiom->word, s, first);
      if (used > *length) {
        *length = used;
        best = idiom;
      }
    }
  }
  return best;
}

/// Words of little feeling count for less than their share: a room full of things is no mood.
static double marked(double value, double middle) {
  double square = value * value;
  return value * (0.08 + 0.92 * square / (square + middle));
}

static void add(Sum *sum, const KtWordEntry *entry, bool alone, float sign, const Mood *mood,
                bool capitals) {
  const KtEmotion *feeling = alone && entry->alone ? entry->alone : entry->feeling;
  double middle = entry->graded && !alone ? things : 0.02;
  double strength =
      (double)((mood->left > 0 ? mood->strength : 1.0F) * (capitals ? shouted : 1.0F));
  bool negated = (mood->negated > 0) != (sign < 0);
  double valence = (double)(feeling->valence * (negated ? negated_valence : 1.0F));
  double arousal = (double)(feeling->arousal * (negated ? negated_arousal : 1.0F));
  double tension = (double)(feeling->tension * (negated ? negated_tension : 1.0F));
  if (negated && feeling->tension < 0) { // "not safe" is tense
    tension = -0.8 * (double)feeling->tension;
  }
  valence = marked(valence, middle);
  arousal = marked(arousal, middle);
  tension = marked(tension, middle);
  sum->valence += strength * valence;
  sum->glad += strength * fmax(0, valence);
  sum->worst = fmin(sum->worst, valence);
  sum->arousal += strength * arousal;
  sum->tension += strength * tension;
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    double colour = (double)(feeling->colours[c] * (negated ? 0.3F : 1.0F));
    sum->free[c] *= 1 - fmin(1, 0.8 * strength * colour);
  }
  ++sum->loaded;
}

static void scale(Sum *sum, double factor) {
  sum->valence *= factor;
  sum->glad *= factor;
  sum->arousal *= factor;
  sum->tension *= factor;
}

/// "Help!" cries for what "help" gives: short sentences look for a word with its mark first.
static const KtWordEntry *find_cry(const KtLexicon *lexicon, const Sentence *s, int at) {
  char cry[KT_WORD_SIZE + 1];
  snprintf(cry, sizeof(cry), "%s!", s->tokens[at].word);
  return s->marks && s->count <= 2 ? kt_lexicon_word(lexicon, cry) : NULL;
}

static bool is_negation(const KtLexicon *lexicon, const Token *token, const Token *end) {
  size_t size = strlen(token->word);
  if (size > 3 && !strcmp(token->word + size - 3, "n't")) {
    return true;
  }
  const KtWordEntry *entry = kt_lexicon_word(lexicon, token->word);
  bool no = !strcmp(token->word, "no") && token->comma; // "No, I am happy"
  if (!strcmp(token->word, "never")) {                  // "never been so happy", "never better"
    for (const Token *next = token + 1; next < end && next < token + 4; ++next) {
      if (!strcmp(next->word, "so") || !strcmp(next->word, "such") ||
          !strcmp(next->word, "better")) {
        return false;
      }
    }
  }
  return entry && entry->role == KT_ROLE_NEGATION && !no;
}

static void step(Mood *mood, const Token *token) {
  mood->left -= mood->left > 0;
  mood->negated = token->comma ? 0 : mood->negated - (mood->negated > 0);
}

/// Sums the words of a sentence; `known` and `counted` grow by what the lexicon knows of it.
static Sum sum_sentence(const KtLexicon *lexicon, const Sentence *s, int *known, int *counted) {
  Sum sum = {0};
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    sum.free[c] = 1;
  }
  Mood mood = {.strength = 1};
  double later = 1;
  for (int i = 0; i < s->count; ++i) {
    const Token *token = &s->tokens[i];
    int length = 0;
    const KtWordEntry *entry = find_idiom(lexicon, s, i, &length);
    entry = entry ? entry : find_cry(lexicon, s, i);
    float sign = 1;
    if (!entry && s->count > 1 && is_negation(lexicon, token, s->tokens + s->count)) {
      mood.negated = token->comma ? 0 : REACH;
      continue;
    }
    entry = entry ? entry : kt_lexicon_find(lexicon, token->word, &sign);
    bool alone = entry && s->count == 1 && (entry->feeling || entry->alone);
    KtWordRole role = entry && !alone ? entry->role : KT_ROLE_FEELING;
    if (role == KT_ROLE_FEELING) {
      ++*counted;
      *known += entry != NULL;
    }
    if (role == KT_ROLE_INTENSIFIER || role == KT_ROLE_DIMINISHER) {
      mood.strength = role == KT_ROLE_INTENSIFIER ? intensified : diminished;
      mood.left = 3;
    } else if (role == KT_ROLE_CONTRAST && (sum.loaded || i)) {
      scale(&sum, (double)before_but);
      later = (double)after_but;
      mood = (Mood){.strength = 1};
    } else if (role == KT_ROLE_FEELING && entry) {
      Sum one = sum;
      one.valence = one.glad = one.arousal = one.tension = 0;
      add(&one, entry, alone, sign, &mood, token->capitals);
      scale(&one, later);
      one.valence += sum.valence;
      one.glad += sum.glad;
      one.arousal += sum.arousal;
      one.tension += sum.tension;
      sum = one;
      i += length > 1 ? length - 1 : 0;
    }
    step(&mood, &s->tokens[i]);
  }
  if (sum.worst <= (double)killing) { // "they kill the butterfly": what is dear makes it no better
    sum.valence -= 0.8 * sum.glad;
  }
  return sum;
}

static double squash(double x) {
  return x / sqrt(x * x + (double)saturation * (double)saturation);
}

/// Marks and capitals of the whole sentence.
static void punctuate(const Sentence *s, Sum *sum) {
  int capitals = 0;
  for (int i = 0; i < s->count; ++i) {
    capitals += s->tokens[i].capitals;
  }
  bool shout = capitals == s->count && (s->count > 1 || s->marks);
  int marks = s->marks < 3 ? s->marks : 3;
  sum->arousal += 0.22 * marks + (shout ? 0.35 : 0);
  double stronger = 1 + 0.1 * marks + (shout ? 0.15 : 0);
  sum->valence *= stronger;
  sum->tension *= stronger;
  sum->tension += (s->question ? 0.08 : 0) + (s->trailing ? 0.08 : 0) + (shout ? 0.12 : 0) +
                  (marks && sum->valence < 0 ? 0.1 : 0);
  sum->weight = 0.25 + sqrt((double)sum->loaded) + (marks || shout ? 0.5 : 0);
}

KtEmotion kt_lexicon_feel(const KtLexicon *lexicon, const char *text, float *known) {
  double all = 0;
  double valence = 0;
  double arousal = 0;
  double tension = 0;
  double colours[KT_COLOUR_COUNT] = {0};
  int words = 0;
  int counted = 0;
  Sentence sentence;
  while (next_sentence(&text, &sentence)) {
    Sum sum = sum_sentence(lexicon, &sentence, &words, &counted);
    punctuate(&sentence, &sum);
    all += sum.weight;
    valence += sum.weight * squash(sum.valence);
    arousal += sum.weight * squash(sum.arousal);
    tension += sum.weight * squash(fmax(0, sum.tension));
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      colours[c] += sum.weight * (1 - sum.free[c]);
    }
  }
  if (known) {
    *known = counted ? (float)words / (float)counted : 0;
  }
  KtEmotion emotion = {0};
  if (all > 0) {
    emotion.valence = (float)(valence / all);
    emotion.arousal = (float)(arousal / all);
    emotion.tension = (float)(tension / all);
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      emotion.colours[c] = (float)(colours[c] / all);
    }
  }
  return emotion;
}
