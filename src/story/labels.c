// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool moment_near(const KtStoryWork *work, KtFilmTime at, KtMomentKind kind) {
  for (size_t i = 0; work->film && i < work->film->moments.count; ++i) {
    const KtMoment *moment = &work->film->moments.items[i];
    if (moment->kind == kind && llabs(moment->at - at) < KT_FLICKS_PER_SECOND) {
      return true;
    }
  }
  return false;
}

static KtFrame mean_picture(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  KtFrame mean = {0};
  float count = 0;
  for (size_t i = 0; i < film->frames.count; ++i) {
    const KtFrame *f = &film->frames.items[i];
    if (f->time >= start && f->time < end) {
      mean.brightness += f->brightness;
      mean.motion += f->motion;
      ++count;
    }
  }
  if (count > 0) {
    mean.brightness /= count;
    mean.motion /= count;
  }
  return mean;
}

static int cuts_between(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  int count = 0;
  for (size_t i = 1; i < film->shots.count; ++i) {
    count += film->shots.items[i].start >= start && film->shots.items[i].start < end;
  }
  return count;
}

/// What the picture does round a moment, four seconds before against four after.
typedef struct Change {
  bool burst, stop, sound, darker, brighter, quicker, more, less;
} Change;

static Change change_at(const KtStoryWork *work, KtFilmTime at) {
  const KtFilm *film = work->film;
  const KtFilmTime window = 4 * KT_FLICKS_PER_SECOND;
  KtFrame before = mean_picture(film, at - window, at);
  KtFrame after = mean_picture(film, at, at + window);
  int cuts = cuts_between(film, at, at + window) - cuts_between(film, at - window, at);
  return (Change){
      .burst = after.motion > 1.5F * before.motion && moment_near(work, at, KT_MOMENT_BURST),
      .stop = before.motion > 1.5F * after.motion && moment_near(work, at, KT_MOMENT_STOP),
      .sound = moment_near(work, at, KT_MOMENT_TRANSIENT),
      .darker = after.brightness<before.brightness - 0.08F, .brighter = after.brightness> before
                    .brightness +
                0.08F,
      .quicker = cuts >= 2,
      .more = after.motion > 1.3F * before.motion,
      .less = before.motion > 1.3F * after.motion};
}

static const char *describe_rise(const Change *c) {
  return c->burst     ? "movement breaks out"
         : c->darker  ? "the picture darkens"
         : c->quicker ? "the cutting quickens"
         : c->more    ? "the movement grows"
         : c->sound   ? "a sudden sound"
                      : NULL;
}

static const char *describe_fall(const Change *c) {
  return c->stop       ? "movement stops"
         : c->less     ? "the movement dies down"
         : c->brighter ? "the picture brightens"
         : c->darker   ? "the picture darkens"
                       : NULL;
}

/// A turn in words that are true of the picture.
const char *kt_turn_describe(const KtStoryWork *work, KtFilmTime at, KtTurnKind kind) {
  static const char *const plain[] = {"the story begins", "they meet",        "something is lost",
                                      "a return",         "the mood turns",   "the tension rises",
                                      "the height of it", "it comes to rest", "the end comes"};
  const char *text = NULL;
  for (size_t i = 0; i < work->blows.count && kind == KT_TURN_LOSS; ++i) {
    if (work->blows.items[i].at == at) {
      return "a blow, and all falls still";
    }
  }
  if (kind == KT_TURN_OPENING) {
    text = work->film ? "the first picture" : NULL;
  } else if (kind == KT_TURN_ENDING) {
    text = work->end < work->duration ? "the credits begin" : NULL;
  } else if (work->film && work->film->frames.count) {
    Change change = change_at(work, at);
    bool rise = kind == KT_TURN_THREAT || kind == KT_TURN_CLIMAX;
    text = rise ? describe_rise(&change) : describe_fall(&change);
    text = text || rise || kind == KT_TURN_CALM ? text : describe_rise(&change);
    text = kind == KT_TURN_REVERSAL && change.burst ? describe_rise(&change) : text;
  }
  return text ? text : plain[kind];
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
