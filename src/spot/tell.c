// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/tell.h"

#include "story/seen.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

const char *kt_quote(const KtTimeline *t, const KtWords *words) {
  enum { WORDS = 8 };
  const char *text = words->text ? words->text : "";
  const char *speaker = words->speaker && words->speaker[0] ? words->speaker : "";
  if (!text[0]) {
    return speaker[0] ? kt_arena_format(t->arena, "%s's words", speaker) : "the words";
  }
  size_t length = 0;
  int spaces = 0;
  for (; text[length]; ++length) {
    spaces += text[length] == ' ';
    bool ends = text[length] && strchr(".!?", text[length]) && text[length + 1] == ' ' && spaces > 1;
    if (spaces >= WORDS || ends) {
      length += ends ? 1 : 0;
      break;
    }
  }
  bool whole = !text[length] || (length && strchr(".!?", text[length - 1]));
  while (length && strchr(" ,;:", text[length - 1])) {
    --length;
  }
  return kt_arena_format(t->arena, "%s%s\"%.*s%s\"", speaker, speaker[0] ? "'s " : "", (int)length,
                         text, whole ? "" : " ...");
}

bool kt_tells(const KtTimeline *t, const KtWords *words) {
  return words && (words->text[0] || t->words_share > (double)t->rules->words.few);
}

bool kt_has_picture(const KtTimeline *t) {
  return !t->film->sketch && t->film->shots.count > 0;
}

int kt_turn_near(const KtTimeline *t, double at_s, double within_s) {
  int best = -1;
  for (size_t i = 0; i < t->story->turns.count; ++i) {
    const KtTurn *turn = &t->story->turns.items[i];
    bool near = fabs(kt_seconds(turn->at) - at_s) <= within_s;
    if (near && (best < 0 || turn->weight > t->story->turns.items[best].weight)) {
      best = (int)i;
    }
  }
  return best;
}

const char *kt_tell_mood(const KtTimeline *t, const KtEmotion *e) {
  const char *best = "";
  float least = 0;
  for (unsigned i = 0; i < t->rules->moods_count; ++i) {
    const KtMoodWord *mood = &t->rules->moods[i];
    float v = e->valence - mood->valence;
    float a = e->arousal - mood->arousal;
    float s = e->tension - mood->tension;
    float far = v * v + 0.7F * a * a + s * s;
    if (!best[0] || far < least) {
      least = far;
      best = mood->word;
    }
  }
  return best;
}

/// A sentence cut to a clause; names and "I" keep their capitals.
static const char *clause(const KtTimeline *t, const char *text, size_t limit) {
  size_t length = strcspn(text, ".!?\n");
  if (length > limit) {
    size_t cut = limit;
    while (cut > limit / 3 && !strchr(",;", text[cut])) {
      --cut;
    }
    for (size_t word = limit; cut <= limit / 3 && word > 1; --word) {
      cut = text[word] == ' ' ? word : cut;
    }
    length = cut;
  }
  while (length && strchr(" ,;:", text[length - 1])) {
    --length;
  }
  return kt_arena_text_n(t->arena, text, length);
}

const char *kt_tell_scene(const KtTimeline *t, const KtScene *scene) {
  const char *best = "";
  for (const char *at = scene && scene->action ? scene->action : ""; *at;) {
    size_t size = strcspn(at, ".!?\n");
    int words = 0;
    for (size_t i = 0; i < size; ++i) {
      words += at[i] == ' ';
    }
    bool named = false;
    for (size_t c = 0; c < t->story->characters.count && words > 1; ++c) {
      const char *name = t->story->characters.items[c].name;
      named |= strncasecmp(at, name, strlen(name)) == 0;
    }
    if (words > 1 && (named || !best[0])) {
      best = kt_calm_capitals(t->arena, t->story, clause(t, at, 70));
    }
    if (named) {
      break;
    }
    at += size;
    at += strspn(at, ".!?\n\" ");
  }
  return best;
}

/// "Fire" alone says little: what follows it in the script is told with it.
static const char *turn_words(const KtTimeline *t, const KtTurn *turn) {
  const char *phrase = kt_turn_phrase(t, turn);
  size_t size = strlen(phrase);
  const char *rest = turn->text && turn->text[0] ? strstr(turn->text, phrase) : NULL;
  if (size >= 14 || !rest || strchr(phrase, '"') || strlen(rest) <= size + 2) {
    return phrase;
  }
  char mark = rest[size];
  rest += size + strspn(rest + size, ".!? ");
  return kt_arena_format(t->arena, "%s%c %s", phrase, mark ? mark : '.', clause(t, rest, 60));
}

const char *kt_tell_turn(const KtTimeline *t, const KtTurn *turn) {
  const char *words = turn_words(t, turn);
  const KtStory *story = t->story;
  bool told = turn->text && turn->text[0];
  if (!told || !story->has_script) {
    return words;
  }
  const char *one = turn->character >= 0 ? story->characters.items[turn->character].name : "";
  const char *two = turn->other >= 0 ? story->characters.items[turn->other].name : "";
  switch (turn->kind) {
  case KT_TURN_MEETING:
    return two[0] && one[0] ? kt_arena_format(t->arena, "%s and %s meet: %s", one, two, words) : words;
  case KT_TURN_RETURN:
    return two[0]   ? kt_arena_format(t->arena, "%s and %s are together again: %s", one, two, words)
           : one[0] ? kt_arena_format(t->arena, "%s is back: %s", one, words)
                    : words;
  case KT_TURN_CLIMAX:
    return kt_arena_format(t->arena, "the height of the story: %s", words);
  case KT_TURN_THREAT:
    return kt_arena_format(t->arena, "danger shows: %s", words);
  default:
    return words;
  }
}

const char *kt_tell_lower(const KtTimeline *t, const char *event) {
  bool name = event[0] == 'I' && (event[1] == ' ' || event[1] == '\'');
  for (size_t i = 0; i < t->story->characters.count && !name; ++i) {
    const char *own = t->story->characters.items[i].name;
    size_t size = strcspn(own, " ");
    name = !strncmp(event, own, size) && !isalpha((unsigned char)event[size]);
  }
  char *text = name || !isupper((unsigned char)event[0]) ? NULL : kt_arena_alloc(t->arena, strlen(event) + 1);
  if (!text) {
    return event;
  }
  memcpy(text, event, strlen(event) + 1);
  text[0] = (char)tolower((unsigned char)text[0]);
  return text;
}

const char *kt_tell_joined(const KtTimeline *t, const char *event) {
  static const char *const things[] = {"a ", "sudden ", "the credits", "the end", NULL};
  if (!event[0]) {
    return "";
  }
  if (strchr(event, '"')) {
    return kt_arena_format(t->arena, "on %s", event);
  }
  if (!strncmp(event, "the cut ", 8) || !strncmp(event, "the change ", 11)) {
    return kt_arena_format(t->arena, "on %s", event);
  }
  if (!strncmp(event, "the height ", 11)) {
    return kt_arena_format(t->arena, "at %s", event);
  }
  for (const char *const *thing = things; *thing; ++thing) {
    if (!strncmp(event, *thing, strlen(*thing))) {
      return kt_arena_format(t->arena, "with %s", event);
    }
  }
  return kt_arena_format(t->arena, "as %s", kt_tell_lower(t, event));
}

const char *kt_tell_moment(const KtTimeline *t, double at_s, int turn) {
  if (at_s >= t->duration_s - 0.05) {
    return "the end";
  }
  if (at_s > t->credits_s - 2) {
    return "the credits";
  }
  const KtStory *story = t->story;
  if (turn >= 0 && !story->turns.items[turn].text[0] && !kt_has_picture(t)) {
    turn = -1; // the arc turns; nothing there can be named
  }
  if (turn >= 0 && (story->turns.items[turn].text[0] || !story->has_script)) {
    const KtTurn *here = &story->turns.items[turn];
    KtSeen seen = here->text[0] || !kt_has_picture(t) ? (KtSeen){KT_SIGHT_NONE, ""}
                                                      : kt_seen_at(t->arena, t->film, kt_film_time(at_s));
    return seen.words[0] ? seen.words : kt_tell_turn(t, here);
  }
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    const char *deed = fabs(kt_seconds(scene->start) - at_s) < 0.7 ? kt_tell_scene(t, scene) : "";
    if (deed[0]) {
      return deed;
    }
  }
  const KtWords *said = kt_timeline_last_words(t, at_s);
  bool line = story->has_text && said && said->text[0] && at_s - said->end_s < 3; // tells more
  return kt_has_picture(t) && !line
             ? kt_seen_at(t->arena, t->film, kt_film_time(at_s)).words
             : "";
}
