// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two who speak at once, as word processors export them: side by side, a wide gap between.
#include "story/plain.h"

#include <ctype.h>
#include <string.h>

enum { WIDE = 5, APART = 3, NEAR = 8 };

static bool white(char c) {
  return c == ' ' || c == '\t';
}

/// Where the right half of a line begins: after the first gap of `least` columns; 0 where there is
/// none. `column` is that of the line's first letter, then of the right half.
static size_t right_half(const KtScriptLine *line, int least, int *column) {
  int at = *column;
  int gap = 0;
  for (size_t i = 0; i < line->size; ++i) {
    int step =
        line->start[i] == '\t' ? 8 - at % 8 : ((unsigned char)line->start[i] & 0xC0U) != 0x80;
    if (white(line->start[i])) {
      gap += step;
    } else if (gap >= least) {
      *column = at;
      return i;
    } else {
      gap = 0;
    }
    at += step;
  }
  return 0;
}

static KtScriptLine part_of(const KtScriptLine *line, size_t from, size_t to) {
  while (to > from && white(line->start[to - 1])) {
    --to;
  }
  return (KtScriptLine){.start = line->start + from, .size = to - from, .number = line->number};
}

bool kt_plain_is_dual(const KtPlainLine *line) {
  int column = line->indent;
  size_t right = line->line.blank ? 0 : right_half(&line->line, WIDE, &column);
  if (!right || line->heading || line->page_mark || line->line.start[0] == '(') {
    return false;
  }
  KtScriptLine one = part_of(&line->line, 0, right);
  KtScriptLine other = part_of(&line->line, right, line->line.size);
  return kt_line_is_cue(&one) && kt_line_is_cue(&other);
}

/// One of the two: the lines of one half, an aside apart from what is said.
typedef struct Half {
  KT_ARRAY(KtScriptLine) lines;
} Half;

static void take(KtArena *arena, Half *half, KtScriptLine line) {
  KtScriptLine *made = line.size ? kt_array_push(arena, &half->lines) : NULL;
  if (made) {
    *made = line;
  }
}

static bool is_aside(const KtScriptLine *line) {
  return line->size > 2 && line->start[0] == '(' && line->start[line->size - 1] == ')';
}

static void tell(KtPaper *paper, const Half *half, bool dual) {
  KtArena *arena = paper->arena;
  const KtScriptLine *lines = half->lines.items;
  size_t cue = paper->play->elements.count;
  for (size_t i = 0; i < half->lines.count; ++i) {
    const char *text = kt_arena_text_n(arena, lines[i].start, lines[i].size);
    if (i == 0) {
      kt_paper_cue(paper, text, lines[i].number, dual);
    } else if (is_aside(&lines[i])) {
      kt_paper_set(paper, KT_ELEMENT_PARENTHETICAL,
                   kt_arena_text_n(arena, lines[i].start + 1, lines[i].size - 2), lines[i].number);
    } else {
      int number = lines[i].number;
      for (; i + 1 < half->lines.count && !is_aside(&lines[i + 1]); ++i) {
        text = kt_arena_format(arena, "%s\n%.*s", text, (int)lines[i + 1].size, lines[i + 1].start);
      }
      kt_paper_set(paper, KT_ELEMENT_DIALOGUE, text, number);
    }
  }
  kt_paper_speech_end(paper, cue);
}

size_t kt_plain_dual(KtPaper *paper, const KtPlainText *text, size_t at) {
  size_t end = at + 1;
  if (end >= text->lines.count || text->lines.items[end].line.blank ||
      !kt_plain_is_dual(&text->lines.items[at])) {
    return 0;
  }
  Half left = {0}, right = {0};
  int middle = text->lines.items[at].indent;
  right_half(&text->lines.items[at].line, WIDE, &middle);
  for (end = at; end < text->lines.count && !text->lines.items[end].line.blank; ++end) {
    const KtPlainLine *line = &text->lines.items[end];
    int column = line->indent;
    size_t cut = right_half(&line->line, end == at ? WIDE : APART, &column);
    if (!cut && line->indent + NEAR >= middle) {
      take(paper->arena, &right, line->line);
    } else {
      take(paper->arena, &left, part_of(&line->line, 0, cut ? cut : line->line.size));
      take(paper->arena, &right,
           cut ? part_of(&line->line, cut, line->line.size) : (KtScriptLine){0});
    }
  }
  tell(paper, &left, false);
  tell(paper, &right, true);
  return end - at;
}
