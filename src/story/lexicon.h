// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_LEXICON_H
#define KT_STORY_LEXICON_H

#include "story/story.h"

enum { KT_WORD_SIZE = 32, KT_IDIOM_WORDS = 5 };

/// What a word is for the grammar of feeling.
typedef enum KtWordRole {
  KT_ROLE_FEELING,     ///< carries a feeling of its own
  KT_ROLE_PLAIN,       ///< articles, pronouns, auxiliaries: not counted
  KT_ROLE_NEGATION,    ///< not, never, without
  KT_ROLE_INTENSIFIER, ///< very, utterly
  KT_ROLE_DIMINISHER,  ///< slightly, barely
  KT_ROLE_CONTRAST,    ///< but, however: what follows weighs more
} KtWordRole;

typedef struct KtWordEntry {
  const char *word; ///< a lemma in small letters; an idiom has underscores
  const KtEmotion *feeling; ///< among other words
  const KtEmotion *alone;   ///< where it stands alone, as graded; NULL: the same
  bool graded;              ///< of no family: `feeling` is its grades
  KtWordRole role;
  const struct KtWordEntry *next_idiom; ///< other idioms with the same first word
} KtWordEntry;

struct KtLexicon {
  KtArena *arena;
  KtWordEntry *slots;  ///< open addressing; `word` NULL is empty
  size_t slot_count;   ///< a power of two
  size_t words;        ///< feelings held, idioms too
  KtWordEntry *idioms; ///< the same by first word
  size_t idiom_slots;
};

const KtWordEntry *kt_lexicon_word(const KtLexicon *lexicon, const char *word);
/// First of the idioms that begin with `word`; the others by next_idiom.
const KtWordEntry *kt_lexicon_idiom(const KtLexicon *lexicon, const char *word);
/// The entry of a word as it stands in a text (any inflection). `sign` is -1 where its ending or
/// beginning turns the feeling round ("unhappy", "painless"), else 1.
const KtWordEntry *kt_lexicon_find(const KtLexicon *lexicon, const char *word, float *sign);

/// Possible lemmas of an inflected English word, likeliest first; returns how many (at most 12).
int kt_lemmas(const char *word, char lemmas[12][KT_WORD_SIZE]);

#endif
