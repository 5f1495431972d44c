// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet.h"
#include "spot/tell.h"

#include "story/seen.h"

#include <ctype.h>
#include <math.h>
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

static bool is_one_of(const char *word, size_t length, const char *const *list) {
  for (; *list; ++list) {
    if (strlen(*list) == length && !strncasecmp(*list, word, length)) {
      return true;
    }
  }
  return false;
}

/// Words that begin a clause or a phrase of place and time, which a title can do without.
static bool turns_aside(const char *word, size_t length) {
  static const char *const words[] = {"as",   "while", "when",  "who",    "which",  "because", "until",
                                      "that", "for",   "after", "before", "during", "by",      "from",
                                      "in",   "under", "with",  "like",   "on",     "at",      NULL};
  return is_one_of(word, length, words);
}

static bool determines(const char *word, size_t length) {
  static const char *const words[] = {"the", "a",   "an",  "his", "her", "their", "its",
                                      "he",  "she", "they", "it",  "we",  "you",   "i", NULL};
  return is_one_of(word, length, words);
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

static bool asks(const char *word, size_t length) {
  static const char *const words[] = {"who", "who's", "what", "what's", "where", "where's", "why", "how", "do", "don't", NULL};
  return is_one_of(word, length, words);
}

/// Past marks, "but" and "and", cries of one short word, and an opening of time or place:
/// "For a moment the house is quiet" is called by the house.
static const char *title_start(const char *at) {
  at += strspn(at, " \"'.-[");
  size_t first = strcspn(at, " ");
  if (first && first < 5 && strchr(".!,", at[first - 1]) && at[first]) {
    at += first + strspn(at + first, " ");
    first = strcspn(at, " ");
  }
  at += joins(at, first) && at[first] ? first + 1 : 0;
  if (!turns_aside(at, strcspn(at, " "))) {
    return at;
  }
  int words = 0;
  for (const char *next = at; *next && words < 6; ++words) {
    size_t span = strcspn(next, " ");
    if (words > 1 && determines(next, span)) {
      return next;
    }
    if (strchr(".!?", next[span ? span - 1 : 0])) {
      break;
    }
    next += span + strspn(next + span, " ");
  }
  return at;
}

/// A sentence of at most seven words, or its first clause of six; "" where neither stands alone.
static const char *shorten(const KtTimeline *t, const char *phrase) {
  enum { MOST_WORDS = 7, MOST_BYTES = 36 };
  char text[64] = "";
  size_t length = 0;
  size_t good = 0;
  int words = 0;
  bool done = false;
  bool asked = false;
  const char *at = title_start(phrase);
  bool question = asks(at, strcspn(at, " ,.?!"));
  const char *last = at;
  size_t whole = strcspn(at, ".!?\"\n:;");
  bool fits = whole <= MOST_BYTES;
  while (*at && !done) {
    size_t span = strcspn(at, " \t\n");
    bool ends = span && strchr(".:!?\";", at[span - 1]);
    bool comma = span && at[span - 1] == ',';
    size_t bare = span - (ends || comma ? 1U : 0U);
    // Captions run lines together: a new capital is a new line, but for I and for names.
    bool line = words > 1 && !t->story->has_script && isupper((unsigned char)*at) && *at != 'I' &&
                !small_word(last, strcspn(last, " "));
    bool clause = words > 2 && (joins(at, bare) || turns_aside(at, bare)) && !fits;
    if (line || clause) {
      done = true;
      const char *rest = at;
      if (line && question && strlen(rest) < 30) {
        return shorten(t, rest); // "Extraordinary fellow?"
      }
      good = question ? 0 : good;
      break;
    }
    if (words == MOST_WORDS || length + bare + 2 > MOST_BYTES) {
      break;
    }
    length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%.*s", length ? " " : "",
                               (int)(comma && fits ? span : bare), at);
    tame(text + length - bare, bare);
    good = small_word(at, bare) && !ends ? good : length;
    ++words;
    last = at;
    asked = ends && at[span - 1] == '?';
    done = ends || (comma && words > 1 && !fits);
    at += span + strspn(at + span, " \t\n");
    done |= !*at;
  }
  text[done ? good : 0] = '\0';
  text[strcspn(text, "]")] = '\0';
  for (size_t end = strlen(text); end && strchr(",;:?", text[end - 1]); --end) {
    text[end - 1] = '\0';
  }
  if (asked && done && good == length && strlen(text) + 1 < sizeof(text)) {
    strcat(text, "?");
  }
  text[0] = (char)toupper((unsigned char)text[0]);
  return strlen(text) >= 3 ? kt_arena_text(t->arena, text) : "";
}

/// A line that is quoted names the cue by its words, without who says them.
static const char *phrase_title(const KtTimeline *t, const char *label) {
  const char *quote = strchr(label, '"');
  return strchr(label, '[') ? "" : shorten(t, quote ? quote + 1 : label);
}

/// How far a span stands out from the film's shots, in their deviations.
static double stands_out(const KtTimeline *t, const KtCue *cue, int feature) {
  double sum = 0, square = 0, time = 0;
  double here = 0;
  KtFrame is = kt_film_average(t->film, cue->in, cue->out);
  for (size_t i = 0; i < t->film->shots.count; ++i) {
    const KtShot *shot = &t->film->shots.items[i];
    const float own[] = {shot->brightness, shot->warmth, shot->motion};
    double length = kt_seconds(shot->end - shot->start);
    sum += length * (double)own[feature];
    square += length * (double)own[feature] * (double)own[feature];
    time += length;
  }
  const float value[] = {is.brightness, is.warmth, is.motion};
  here = (double)value[feature];
  double mean = time > 0 ? sum / time : 0;
  double spread = time > 0 ? sqrt(fmax(0, square / time - mean * mean)) : 0;
  return spread > 0.02 ? (here - mean) / spread : 0;
}

/// By what the picture is beside the rest of the film; NULL where it is as ever.
static const KtTitleList *picture_titles(const KtTimeline *t, const KtCue *cue) {
  const double plain = 0.6;
  const struct KtRuleTitles *lists = &t->rules->titles;
  const KtTitleList *up[] = {&lists->brighter, &lists->warmer, &lists->faster};
  const KtTitleList *down[] = {&lists->darker, &lists->colder, &lists->slower};
  const KtTitleList *best = NULL;
  double most = plain;
  for (int i = 0; i < 3 && cue->function == KT_FUNCTION_UNDERSCORE; ++i) {
    double out = stands_out(t, cue, i);
    if (fabs(out) > most) {
      most = fabs(out);
      best = out > 0 ? up[i] : down[i];
    }
  }
  return best;
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

/// By what is seen where the cue starts; NULL where nothing stands out or words could tell.
static const KtTitleList *seen_titles(const KtTimeline *t, const KtCue *cue) {
  const struct KtRuleTitles *lists = &t->rules->titles;
  if (!kt_has_picture(t) || cue->function != KT_FUNCTION_UNDERSCORE) {
    return NULL;
  }
  const KtEmotion *e = &cue->emotion;
  if (e->valence > 0.25F && e->tension < 0.2F && e->arousal < 0) {
    return &lists->idyll;
  }
  switch (kt_seen_at(t->arena, t->film, cue->in).sight) {
  case KT_SIGHT_RISE:
    return &lists->rise;
  case KT_SIGHT_DROP:
    return &lists->drop;
  case KT_SIGHT_RUSH:
    return &lists->rush;
  case KT_SIGHT_BLOW:
    return &lists->blow;
  case KT_SIGHT_STILL:
    return &lists->still;
  case KT_SIGHT_DARK:
    return &lists->dark_cut;
  case KT_SIGHT_LIGHT:
    return &lists->light_cut;
  default:
    return NULL;
  }
}

static const char *place_title(const KtTimeline *t, const KtCue *cue) {
  const KtScene *scene = kt_timeline_scene(t, cue->in + kt_film_time(1));
  const char *place = scene ? kt_timeline_place(t, scene->start) : "";
  if (!place[0]) {
    return "";
  }
  bool night = scene->time_of_day && strcasestr(scene->time_of_day, "night");
  const char *bare = strncmp(place, "the ", 4) ? place : place + 4;
  const char *title = shorten(t, strchr(bare, ' ') ? bare : place); // "The beach", "Farmhouse hall"
  return night && title[0] && strlen(title) < 20 && !strcasestr(title, "night")
             ? kt_arena_format(t->arena, "%s by night", title)
             : title;
}

/// The weightiest turn in the cue, or just before it, that the script has words for.
static const char *turn_title(const KtTimeline *t, const KtCue *cue) {
  const double before_s = 2.5;
  const char *best = "";
  float most = 0;
  for (size_t i = 0; i < t->story->turns.count; ++i) {
    const KtTurn *turn = &t->story->turns.items[i];
    double at_s = kt_seconds(turn->at);
    bool here = at_s >= kt_seconds(cue->in) - before_s && at_s < kt_seconds(cue->out);
    const char *title = here && turn->label && turn->text && turn->text[0] && turn->weight > most ? phrase_title(t, turn->label) : "";
    if (title[0]) {
      best = title;
      most = turn->weight;
    }
  }
  return best;
}

/// Captions alone: the most felt line of the cue that can stand as a title.
static const char *line_title(const KtTimeline *t, const KtSpotting *spotting, const KtCue *cue) {
  const double before_s = 4;
  const char *best = "";
  float most = -1;
  for (size_t i = 0; i < t->words.count; ++i) {
    const KtWords *words = &t->words.items[i];
    bool here = words->end_s > kt_seconds(cue->in) - before_s && words->start_s < kt_seconds(cue->out);
    const char *title = here && words->text[0] && words->feeling > most ? phrase_title(t, words->text) : "";
    if (strchr(title, ' ') && !taken(spotting, title)) {
      best = title;
      most = words->feeling;
    }
  }
  return best;
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
  const char *choices[4] = {"", "", "", ""};
  if (cue->function == KT_FUNCTION_MAIN_TITLE) {
    choices[0] = "Main title";
  } else if (cue->function == KT_FUNCTION_END_TITLE) {
    choices[0] = t->credits_s < t->duration_s && kt_seconds(cue->out) > t->credits_s + 15 ? "End credits" : "End title";
  } else if (t->story->has_text) {
    choices[0] = turn_title(t, cue);
    choices[1] = place_title(t, cue);
    choices[2] = t->story->has_script ? "" : line_title(t, spotting, cue);
    choices[3] = lead_title(t, cue);
  }
  for (int i = 0; i < 4; ++i) {
    if (choices[i][0] && !taken(spotting, choices[i])) {
      return choices[i];
    }
  }
  const KtTitleList *list = mood_titles(t, cue);
  const KtTitleList *lists[] = {seen_titles(t, cue), kt_has_picture(t) ? picture_titles(t, cue) : NULL, list};
  for (int k = 0; k < 3; ++k) {
    for (unsigned i = 0; lists[k] && i < lists[k]->items_count; ++i) {
      if (!taken(spotting, lists[k]->items[i])) {
        return kt_arena_text(t->arena, lists[k]->items[i]);
      }
    }
  }
  return numbered(t, spotting, choices[0][0] ? choices[0] : list->items[0]);
}
