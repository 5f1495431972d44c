// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool taken(const KtSpotting *spotting, const char *title) {
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    const char *other = spotting->cues.items[i].title;
    if (other && !strcasecmp(other, title)) {
      return true;
    }
  }
  return false;
}

static bool small_word(const char *word, size_t length) {
  static const char *const small[] = {"a",     "an",   "the", "of",   "to",  "and", "his",  "her",
                                      "their", "in",   "on",  "with", "by",  "at",  "from", "is",
                                      "are",   "into", "for", "or",   "but", "as",  "that", "its",
                                      "my",    "your", "up",  "out",  "over"};
  for (size_t i = 0; i < sizeof(small) / sizeof(*small); ++i) {
    if (strlen(small[i]) == length && !strncasecmp(small[i], word, length)) {
      return true;
    }
  }
  return false;
}

static bool joins(const char *word, size_t length) {
  static const char *const words[] = {"but", "and", "then", "so", "now", "well", "oh"};
  for (size_t i = 0; i < sizeof(words) / sizeof(*words); ++i) {
    if (strlen(words[i]) == length && !strncasecmp(words[i], word, length)) {
      return true;
    }
  }
  return false;
}

/// "BEN" is how a script introduces Ben.
static void tame(char *word, size_t length) {
  bool capitals = length > 1;
  for (size_t i = 0; i < length; ++i) {
    capitals &= !islower((unsigned char)word[i]);
  }
  for (size_t i = 1; i < length && capitals; ++i) {
    word[i] = (char)tolower((unsigned char)word[i]);
  }
}

/// At most six words of a phrase, not ending on a small one; "" where nothing good is left.
static const char *shorten(const KtTimeline *t, const char *phrase) {
  char text[64] = "";
  size_t length = 0;
  size_t good = 0;
  int words = 0;
  const char *at = phrase + strspn(phrase, " \"'");
  size_t first = strcspn(at, " ");
  at += joins(at, first) && at[first] ? first + 1 : 0;
  while (*at && words < 6) {
    size_t span = strcspn(at, " \t\n");
    bool comma = span && strchr(",;", at[span - 1]);
    bool ends = span && (strchr(".:!?\"", at[span - 1]) || (comma && words > 1));
    comma &= !ends;
    size_t bare = span - (ends ? 1U : 0U);
    // Captions run lines together: a new capital is a new line, but for I and for names in scripts.
    bool new_line = words > 1 && !t->story->has_script && isupper((unsigned char)*at) && *at != 'I';
    if (new_line || length + bare + 2 >= sizeof(text) || length + bare > 34) {
      break;
    }
    length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%.*s", length ? " " : "",
                               (int)bare, at);
    tame(text + length - bare, bare);
    good = small_word(at, bare) ? good : length;
    ++words;
    if (ends) {
      break;
    }
    at += span + strspn(at + span, " \t\n");
  }
  text[good] = '\0';
  text[0] = (char)toupper((unsigned char)text[0]);
  return good >= 3 ? kt_arena_text(t->arena, text) : "";
}

/// A line that is quoted names the cue by its words, without who says them.
static const char *phrase_title(const KtTimeline *t, const char *label) {
  const char *quote = strchr(label, '"');
  bool told = quote;
  for (size_t i = 0; i < t->story->scenes.count && !told; ++i) {
    const char *action = t->story->scenes.items[i].action;
    char start[16];
    snprintf(start, sizeof(start), "%s", label);
    told = action && strstr(action, start); // what only the picture showed makes no title
  }
  if (!told) {
    return "";
  }
  return strchr(label, '[') ? "" : shorten(t, quote ? quote + 1 : label);
}

static const KtTitleList *mood_titles(const KtTimeline *t, const KtCue *cue) {
  const struct KtRuleTitles *lists = &t->rules->titles;
  switch (cue->function) {
  case KT_FUNCTION_CHASE:
    return &lists->chase;
  case KT_FUNCTION_REVEAL:
    return &lists->reveal;
  case KT_FUNCTION_STING:
    return &lists->sting;
  case KT_FUNCTION_TRANSITION:
    return &lists->transition;
  case KT_FUNCTION_MONTAGE:
    return &lists->montage;
  default:
    break;
  }
  const KtEmotion *e = &cue->emotion;
  if (e->tension > 0.5F || (e->arousal > 0.1F && e->valence < -0.1F)) {
    return &lists->dark;
  }
  if (e->valence < -0.15F) {
    return &lists->sad;
  }
  if (e->arousal > 0) {
    return e->valence > 0.15F ? &lists->bright : e->tension > 0.4F ? &lists->dark : &lists->moving;
  }
  return &lists->calm;
}

static const char *place_title(const KtTimeline *t, const KtCue *cue) {
  const KtScene *scene = kt_timeline_scene(t, cue->in + kt_film_time(1));
  const char *place = scene ? kt_timeline_place(t, scene->start) : "";
  if (!place[0]) {
    return "";
  }
  bool night = scene->time_of_day && strcasestr(scene->time_of_day, "night");
  const char *bare = strncmp(place, "the ", 4) ? place : place + 4;
  const char *title = shorten(t, bare);
  return night && title[0] && strlen(title) < 20 && !strcasestr(title, "night")
             ? kt_arena_format(t->arena, "%s by night", title)
             : title;
}

static const char *lead_title(const KtTimeline *t, const KtCue *cue) {
  if (!cue->subjects.count) {
    return "";
  }
  const KtSubject *lead = &t->story->subjects.items[cue->subjects.items[0]];
  const char *mood = cue->emotion.tension > 0.5F    ? " in danger"
                     : cue->emotion.valence < -0.2F ? " alone"
                                                    : "";
  return lead->kind == KT_SUBJECT_CHARACTER && lead->name
             ? kt_arena_format(t->arena, "%s%s", lead->name, mood)
             : "";
}

static const char *numbered(const KtTimeline *t, const KtSpotting *spotting, const char *title) {
  static const char *const roman[] = {"II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"};
  for (size_t i = 0; i < sizeof(roman) / sizeof(*roman); ++i) {
    const char *text = kt_arena_format(t->arena, "%s %s", title, roman[i]);
    if (!taken(spotting, text)) {
      return text;
    }
  }
  return kt_arena_format(t->arena, "%s (%zu)", title, spotting->cues.count);
}

const char *kt_cue_title(const KtTimeline *t, const KtSpotting *spotting, const KtCue *cue) {
  const char *choices[3] = {"", "", ""};
  if (cue->function == KT_FUNCTION_MAIN_TITLE) {
    choices[0] = "Main title";
  } else if (cue->function == KT_FUNCTION_END_TITLE) {
    choices[0] = "End credits";
  } else if (t->story->has_text) {
    int turn = kt_main_turn(t, kt_seconds(cue->in) - 0.5, kt_seconds(cue->out));
    if (turn >= 0 && t->story->turns.items[turn].label) {
      choices[0] = phrase_title(t, t->story->turns.items[turn].label);
    }
    choices[1] = place_title(t, cue);
    choices[2] = lead_title(t, cue);
  }
  for (int i = 0; i < 3; ++i) {
    if (choices[i][0] && !taken(spotting, choices[i])) {
      return choices[i];
    }
  }
  const KtTitleList *list = mood_titles(t, cue);
  for (unsigned i = 0; i < list->items_count; ++i) {
    if (!taken(spotting, list->items[i])) {
      return kt_arena_text(t->arena, list->items[i]);
    }
  }
  return numbered(t, spotting, choices[0][0] ? choices[0] : list->items[0]);
}
