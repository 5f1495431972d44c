// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// "She kneels" told as "Ida kneels", where the script leaves no doubt who she is.
#include "story/seen.h"
#include "story/work.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static int count_words(const char *text, const char *const *words) {
  int count = 0;
  for (; *words; ++words) {
    count += kt_name_count(text, *words);
  }
  return count;
}

static int votes(const char *text) {
  static const char *const hers[] = {"She", "Her", "Hers", "Herself", NULL};
  static const char *const his[] = {"He", "His", "Him", "Himself", NULL};
  char word[24];
  int sum = 0;
  for (const char *at = text; *at;) {
    size_t size = strcspn(at, " .,;!?\n");
    if (size && size < sizeof(word)) {
      memcpy(word, at, size);
      word[size] = '\0';
      word[0] = (char)toupper((unsigned char)word[0]);
      sum += count_words(word, hers) - count_words(word, his);
    }
    at += size + strspn(at + size, " .,;!?\n");
  }
  return sum;
}

/// Above 0 she, below 0 he, by sentences that name one person only and those that follow them.
static int gender_of(KtStoryWork *work, int who) {
  const KtStory *story = work->story;
  int sum = 0;
  for (size_t s = 0; s < story->scenes.count; ++s) {
    bool about = false;
    for (const char *at = story->scenes.items[s].action; at && *at;) {
      size_t size = kt_sentence_size(at);
      const char *sentence = kt_arena_text_n(work->scratch, at, size);
      bool other = false;
      for (size_t c = 0; c < story->characters.count; ++c) {
        other |= (int)c != who && kt_name_count(sentence, story->characters.items[c].name);
      }
      bool named = kt_name_count(sentence, story->characters.items[who].name) > 0;
      about = !other && (named || about);
      sum += about ? votes(sentence) : 0;
      at += size;
      at += strspn(at, " \n\"");
    }
  }
  return sum;
}

/// Who of the scene's people "she" or "he" must be; -1 where it could be two or nobody.
static int only_one(KtStoryWork *work, int scene, bool she) {
  const KtScene *here = &work->story->scenes.items[scene];
  int found = -1;
  int unknown = -1;
  int fits = 0;
  int open = 0;
  for (size_t i = 0; i < here->characters.count; ++i) {
    int who = here->characters.items[i];
    int gender = gender_of(work, who);
    if (gender && (gender > 0) == she) {
      found = who;
      ++fits;
    } else if (!gender) {
      unknown = who;
      ++open;
    }
  }
  return fits == 1 ? found : !fits && open == 1 ? unknown : -1;
}

const char *kt_calm_capitals(KtArena *arena, const KtStory *story, const char *phrase) {
  size_t length = strlen(phrase);
  char *text = kt_arena_alloc(arena, length + 1);
  if (!text) {
    return phrase;
  }
  memcpy(text, phrase, length + 1);
  for (size_t i = 0; i < length;) {
    size_t end = i;
    bool capitals = true;
    for (; text[end] && (isalpha((unsigned char)text[end]) || text[end] == '\''); ++end) {
      capitals &= !islower((unsigned char)text[end]);
    }
    bool name = false;
    for (size_t c = 0; c < story->characters.count && end > i + 1 && capitals; ++c) {
      const char *own = story->characters.items[c].name;
      for (const char *at = own; at && *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        size_t part = strcspn(at, " ");
        name |= part <= end - i && !strncasecmp(at, text + i, part) && (part == end - i || text[i + part] == '\'');
      }
    }
    for (size_t k = i + (name || !i ? 1 : 0); k < end && capitals && end > i + 2; ++k) {
      text[k] = (char)tolower((unsigned char)text[k]);
    }
    i = end > i ? end : i + 1;
  }
  return text;
}

const char *kt_phrase_named(KtStoryWork *work, int scene, const char *phrase) {
  const char *text = kt_calm_capitals(work->arena, work->story, phrase);
  if (!text) {
    return phrase;
  }
  bool she = !strncmp(text, "She ", 4);
  bool he = !strncmp(text, "He ", 3);
  bool placed = scene >= 0 && (size_t)scene < work->story->scenes.count;
  int who = placed && (she || he) ? only_one(work, scene, she) : -1;
  return who >= 0 ? kt_arena_format(work->arena, "%s%s", work->story->characters.items[who].name,
                                    text + (she ? 3 : 2))
                  : text;
}
