// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/seen.h"
#include "story/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A turn that no words tell: what is seen and heard there, where that fits the turn.
const char *kt_turn_describe(const KtStoryWork *work, KtFilmTime at, KtTurnKind kind) {
  static const char *const plain[] = {"the story begins", "they meet",        "something is lost",
                                      "a return",         "the mood turns",   "the tension rises",
                                      "the height of it", "it comes to rest", "the end comes"};
  const KtFilm *film = work->film && !work->film->sketch ? work->film : NULL;
  for (size_t i = 0; i < work->blows.count && kind == KT_TURN_LOSS; ++i) {
    if (work->blows.items[i].at == at) {
      return "a blow, and all falls still";
    }
  }
  if (kind == KT_TURN_ENDING) {
    return work->end < work->duration ? "the credits begin" : plain[kind];
  }
  if (!film || !film->frames.count) {
    return plain[kind];
  }
  if (kind == KT_TURN_OPENING) {
    return "the first picture";
  }
  KtSeen seen = kt_seen_at(work->arena, film, at);
  bool restful = seen.sight == KT_SIGHT_STILL || seen.sight == KT_SIGHT_SLOWER ||
                 seen.sight == KT_SIGHT_HUSH || seen.sight == KT_SIGHT_LIGHT ||
                 seen.sight == KT_SIGHT_COLOUR;
  return seen.words[0] && (kind != KT_TURN_CALM || restful) ? seen.words : plain[kind];
}

float kt_strength(const KtEmotion *emotion) {
  return fabsf(emotion->valence) + fmaxf(0, emotion->arousal) + emotion->tension;
}

/// Ends of sentences: the marks, but not the dots of "Mr." or "...".
size_t kt_sentence_size(const char *text) {
  size_t i = 0;
  while (text[i]) {
    char c = text[i++];
    bool mark = c == '!' || c == '?' || (c == '.' && i > 4);
    if (mark && (text[i] == ' ' || text[i] == '\n' || text[i] == '"')) {
      return text[i] == '"' ? i + 1 : i;
    }
  }
  return i;
}

/// "looks at the" is no end: bytes of the text up to a word that can stand last.
static size_t without_loose_end(const char *text, size_t size) {
  static const char *const loose[] = {"the", "a",  "an",  "and", "of",  "at",    "to",   "with",
                                      "in",  "on", "for", "his", "her", "their", "from", "into",
                                      "by",  "as", "but", "or",  "is",  "looks"};
  for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); ++i) {
    size_t end = strlen(loose[i]);
    if (size > end + 12 && text[size - end - 1] == ' ' &&
        !strncmp(text + size - end, loose[i], end)) {
      return without_loose_end(text, size - end - 1);
    }
  }
  return size;
}

const char *kt_phrase(KtStoryWork *work, const char *text, KtPhrase which, size_t limit) {
  const char *best = text;
  size_t best_size = kt_sentence_size(text);
  float most = -100;
  for (const char *at = text; *at && which != KT_PHRASE_FIRST;) {
    size_t size = kt_sentence_size(at);
    const char *sentence = kt_arena_text_n(work->scratch, at, size);
    float known = 0;
    KtEmotion e = work->lexicon ? kt_lexicon_feel(work->lexicon, sentence, &known) : (KtEmotion){0};
    float value = which == KT_PHRASE_STILL ? -e.arousal - e.tension : kt_strength(&e);
    if ((value > most || which == KT_PHRASE_LAST) && size > 2) {
      most = value;
      best = at;
      best_size = size;
    }
    at += size;
    at += strspn(at, " \n\"");
  }
  if (best_size > limit) { // cut at a comma, else at a word
    size_t cut = limit;
    while (cut > limit / 3 && best[cut] != ',' && best[cut] != ';') {
      --cut;
    }
    if (cut <= limit / 3) {
      for (cut = limit; cut > 1 && best[cut] != ' '; --cut) {
      }
    }
    best_size = without_loose_end(best, cut);
  }
  while (best_size && *best == '[') { // "[scream]"
    ++best;
    --best_size;
  }
  while (best_size && strchr(" .,;\n]", best[best_size - 1])) {
    --best_size;
  }
  return kt_arena_text_n(work->arena, best, best_size);
}
