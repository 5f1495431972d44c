// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static float words_in(const char *text) {
  float words = 0;
  for (bool inside = false; *text; ++text) {
    bool letter = !isspace((unsigned char)*text);
    words += letter && !inside ? 1 : 0;
    inside = letter;
  }
  return words;
}

/// "(a beat)", "(long pause)": time that the writer asks for.
static bool asks_for_time(const char *text) {
  return strcasestr(text, "beat") || strcasestr(text, "pause") || strcasestr(text, "silence");
}

static float seconds_of(const KtPaceRules *rules, const KtElement *e) {
  float words = words_in(e->text);
  switch (e->kind) {
  case KT_ELEMENT_CHARACTER: return rules->turn_s;
  case KT_ELEMENT_DIALOGUE: return 60 * words / rules->words_per_minute;
  case KT_ELEMENT_LYRIC: return 60 * words / rules->sung_words_per_minute;
  case KT_ELEMENT_PARENTHETICAL: return asks_for_time(e->text) ? rules->beat_s : 0;
  default: return e->length * rules->page_s / KT_PAGE_LINES;
  }
}

/// From lines of paper to lines of time: a page still plays a minute, but speech lasts as long as
/// its words, and speeches side by side sound together.
void kt_story_pace(const KtPaceRules *rules, KtScreenplay *play) {
  const float lines_a_second = KT_PAGE_LINES / 60;
  float now = 0;
  float turn = 0; ///< where the speech before began
  float longest = 0;
  for (size_t i = 0; i < play->elements.count; ++i) {
    KtElement *e = &play->elements.items[i];
    if (e->kind == KT_ELEMENT_CHARACTER) {
      longest = e->dual ? now : 0;
      now = e->dual ? turn : now;
      turn = now;
    } else if (longest > now && (e->kind == KT_ELEMENT_ACTION || e->kind == KT_ELEMENT_HEADING)) {
      now = longest;
    }
    e->length = seconds_of(rules, e) * lines_a_second;
    e->at = now;
    now += e->length;
  }
  play->length = fmaxf(now, longest);
  play->paced = true;
}
