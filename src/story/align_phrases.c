// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/align_phrases.h"

#include <math.h>
#include <string.h>

/// Letters tell the length of speech better than words do; a figure is read out.
static double letters_in(const char *text, size_t size) {
  double letters = 0;
  for (const char *c = text; c < text + size; ++c) {
    bool mark = *c == ' ' || *c == '-' || *c == '\'' || *c == '"';
    letters += mark || ((unsigned char)*c & 0xC0U) == 0x80 ? 0 : *c >= '0' && *c <= '9' ? 4 : 1;
  }
  return letters;
}

/// Bytes up to and with the next mark that is spoken as a pause, and which pause that is.
static size_t phrase_size(const char *text, KtBreath *after) {
  size_t size = 0;
  for (; text[size]; ++size) {
    bool stop = strchr(".!?;:", text[size]) || !strncmp(text + size, "\xE2\x80\xA6", 3);
    bool pause = text[size] == ',' || !strncmp(text + size, "--", 2) ||
                 !strncmp(text + size, "\xE2\x80\x94", 3);
    if (stop || pause) {
      *after = stop ? KT_BREATH_SENTENCE : KT_BREATH_COMMA;
      size += strspn(text + size, ".!?;:,-\"')\xE2\x80\xA6\x94\x9D\x99");
      if (!text[size] || text[size] == ' ') {
        return size;
      }
    }
  }
  return size;
}

static void cut_line(const KtStoryWork *work, KtUtterances *phrases, int line, KtBreath before,
                     float action) {
  const char *text = work->story->lines.items[line].text;
  enum { FEW = 3 }; // letters that are no phrase of their own
  for (size_t at = 0; text[at];) {
    KtBreath after = KT_BREATH_SENTENCE;
    size_t size = phrase_size(text + at, &after);
    double letters = letters_in(text + at, size);
    size_t next = at + size + strspn(text + at + size, " \n\t");
    if (letters < FEW && text[next]) { // "No, I don't."
      size_t more = phrase_size(text + next, &after);
      letters += letters_in(text + next, more);
      next += more + strspn(text + next + more, " \n\t");
    }
    KtUttered *made = letters > 0 ? kt_array_push(work->scratch, &phrases->list) : NULL;
    if (made) {
      *made = (KtUttered){line, before, 0.12 + 0.07 * letters, action};
      before = after;
      action = 0;
    }
    at = next;
  }
}

void kt_align_phrases(const KtStoryWork *work, KtUtterances *phrases) {
  int last = -1;
  float ends = 0;
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    if (beat->line < 0) {
      continue;
    }
    float gap = fmaxf(0, beat->at - ends - 2); // the cue and the blank line before it
    const KtLine *lines = work->story->lines.items;
    bool scene = last >= 0 && lines[last].scene != lines[beat->line].scene;
    KtBreath before = scene ? KT_BREATH_SCENE : gap >= 1 ? KT_BREATH_ACTION : KT_BREATH_LINE;
    cut_line(work, phrases, beat->line, before, gap);
    last = beat->line;
    ends = beat->at + beat->length;
  }
}
