// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the story asks for a heartbeat.
#include "compose/compose.h"
#include "orchestrate/hearts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static bool names_a_heart(const KtHeartBook *book, const char *text) {
  while (text && *text) {
    text += strcspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    size_t length = 0;
    while (isalpha((unsigned char)text[length])) {
      ++length;
    }
    for (unsigned w = 0; length && w < book->words_count; ++w) {
      if (strlen(book->words[w]) == length && !strncasecmp(book->words[w], text, length)) {
        return true;
      }
    }
    text += length;
  }
  return false;
}

static bool is_named(const KtHeartBook *book, const KtStory *story, KtFilmTime from, KtFilmTime to) {
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    if (scene->start < to && scene->end > from && names_a_heart(book, scene->action)) {
      return true;
    }
  }
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    if (line->start < to && line->end > from && names_a_heart(book, line->text)) {
      return true;
    }
  }
  return false;
}

void kt_hearts_feel(const KtHeartBook *book, const KtDesk *desk, KtScore *sketch) {
  const KtHeartRow *row = kt_hearts_row(book, desk->palette ? desk->palette->id : NULL);
  KtFilmTime in = desk->spotting->cues.items[sketch->cue].in;
  for (size_t i = 0; row && i < sketch->sections.count; ++i) {
    KtSection *section = &sketch->sections.items[i];
    KtFilmTime from = in + kt_tempo_time(&sketch->tempo, section->start);
    KtFilmTime to = in + kt_tempo_time(&sketch->tempo, section->end);
    KtEmotion felt = kt_story_mean(desk->story, from, to);
    bool named = is_named(book, desk->story, from, to);
    float least = named ? row->word_tension : row->tension;
    if (felt.tension >= least && section->energy <= row->energy && (named || felt.valence <= row->valence)) {
      section->heart = fminf(1.0F, 0.2F + felt.tension - section->energy + (named ? 0.5F : 0));
      section->heart = fmaxf(section->heart, 0.05F);
    }
  }
}
