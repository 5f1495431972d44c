// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/paper.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/// Characters of a text, not bytes.
static size_t characters(const char *text, size_t size) {
  size_t count = 0;
  for (size_t i = 0; i < size; ++i) {
    count += ((unsigned char)text[i] & 0xC0U) != 0x80;
  }
  return count;
}

float kt_paper_lines(const char *text, int width) {
  float lines = 0;
  while (*text) {
    size_t size = strcspn(text, "\n");
    lines += fmaxf(1, ceilf((float)characters(text, size) / (float)width));
    text += size + (text[size] == '\n');
  }
  return lines;
}

KtElement *kt_paper_add(KtPaper *paper, KtElementKind kind, const char *text, int line,
                        float height) {
  KtElement *element = kt_array_push(paper->arena, &paper->play->elements);
  if (!element) {
    return NULL;
  }
  *element = (KtElement){.kind = kind,
                         .text = text,
                         .extension = "",
                         .scene_number = "",
                         .revision = "",
                         .line = line,
                         .at = paper->height,
                         .length = height};
  paper->height += height;
  return element;
}

KtElement *kt_paper_set(KtPaper *paper, KtElementKind kind, const char *text, int line) {
  float height = 0;
  switch (kind) {
  case KT_ELEMENT_HEADING: height = 3; break;
  case KT_ELEMENT_ACTION: height = kt_paper_lines(text, KT_WIDE_ACTION) + 1; break;
  case KT_ELEMENT_DIALOGUE: height = kt_paper_lines(text, KT_WIDE_DIALOGUE); break;
  case KT_ELEMENT_PARENTHETICAL: height = kt_paper_lines(text, KT_WIDE_PARENTHETICAL); break;
  case KT_ELEMENT_LYRIC: height = kt_paper_lines(text, KT_WIDE_DIALOGUE); break;
  case KT_ELEMENT_CHARACTER:
  case KT_ELEMENT_SHOT:
  case KT_ELEMENT_TRANSITION:
  case KT_ELEMENT_CENTRED: height = 2; break;
  default: break; // what is about the script takes no paper of the film's
  }
  return kt_paper_add(paper, kind, text, line, height);
}

static const char *trimmed(KtArena *arena, const char *text, size_t size) {
  while (size && isspace((unsigned char)*text)) {
    ++text;
    --size;
  }
  while (size && isspace((unsigned char)text[size - 1])) {
    --size;
  }
  return kt_arena_text_n(arena, text, size);
}

KtElement *kt_paper_heading(KtPaper *paper, const char *text, int line) {
  const char *number = "";
  size_t size = strlen(text);
  const char *open = size > 2 && text[size - 1] == '#' ? memrchr(text, '#', size - 1) : NULL;
  if (open && open > text) {
    number = kt_arena_text_n(paper->arena, open + 1, (size_t)(text + size - 1 - open - 1));
    text = trimmed(paper->arena, text, (size_t)(open - text));
  }
  paper->dual_open = false;
  KtElement *element = kt_paper_set(paper, KT_ELEMENT_HEADING, text, line);
  if (element) {
    element->scene_number = number;
  }
  return element;
}

/// "(V.O.) (CONT'D)" taken off the end of a cue; returns what is left.
static const char *take_extensions(KtArena *arena, const char *text, const char **extension,
                                   bool *continued) {
  size_t size = strlen(text);
  while (size && text[size - 1] == ')') {
    const char *open = memrchr(text, '(', size);
    if (!open || open == text) {
      break;
    }
    const char *inside = kt_arena_text_n(arena, open + 1, (size_t)(text + size - 1 - open - 1));
    if (!strncasecmp(inside, "cont", 4)) {
      *continued = true;
    } else {
      *extension = **extension ? kt_arena_format(arena, "%s, %s", inside, *extension) : inside;
    }
    text = trimmed(arena, text, (size_t)(open - text));
    size = strlen(text);
  }
  return text;
}

KtElement *kt_paper_cue(KtPaper *paper, const char *text, int line, bool dual) {
  const char *extension = "";
  bool continued = false;
  text = take_extensions(paper->arena, text, &extension, &continued);
  dual = dual && paper->dual_open;
  float start = paper->height;
  if (dual) { // beside the one before: it takes no paper of its own
    paper->height = paper->dual_at;
  }
  paper->dual_at = dual ? paper->dual_at : start;
  paper->dual_open = true;
  KtElement *element = kt_paper_set(paper, KT_ELEMENT_CHARACTER, text, line);
  if (element) {
    element->extension = extension;
    element->continued = continued;
    element->dual = dual;
  }
  return element;
}

void kt_paper_speech_end(KtPaper *paper, size_t cue) {
  if (cue < paper->play->elements.count && cue && paper->play->elements.items[cue].dual) {
    const KtElement *last = &paper->play->elements.items[cue - 1];
    paper->height = fmaxf(paper->height, last->at + last->length);
  }
}

/// Two runs that are each in order, merged by line; what was found first comes first.
void kt_paper_sort(KtPaper *paper, size_t first_pass) {
  KtElement *all = paper->play->elements.items;
  size_t count = paper->play->elements.count;
  KtElement *merged = first_pass && count ? KT_NEW(paper->arena, KtElement, count) : NULL;
  if (!merged) {
    return;
  }
  size_t a = 0;
  size_t b = first_pass;
  for (size_t i = 0; i < count; ++i) {
    bool early = a < first_pass && (b >= count || all[a].line <= all[b].line);
    merged[i] = early ? all[a++] : all[b++];
    if (early) { // it stands where the story is by then
      merged[i].at = i ? merged[i - 1].at + merged[i - 1].length : 0;
    }
  }
  paper->play->elements.items = merged;
  paper->play->elements.capacity = count;
}

static const char *one_line(KtArena *arena, const char *text) {
  char *copy = (char *)kt_arena_text(arena, text);
  for (char *c = copy; *c; ++c) {
    *c = *c == '\n' ? ' ' : *c;
  }
  return copy;
}

void kt_paper_name(KtPaper *paper) {
  KtScreenplay *play = paper->play;
  for (size_t i = 0; i < play->title_page.count; ++i) {
    const KtTitleEntry *entry = &play->title_page.items[i];
    if (!strcasecmp(entry->key, "title") && !*play->title) {
      play->title = one_line(paper->arena, entry->value);
    } else if (!strncasecmp(entry->key, "author", 6) && !*play->author) {
      play->author = one_line(paper->arena, entry->value);
    }
  }
}

void kt_paper_warn(KtPaper *paper, const char *name, int line, int column, const char *what) {
  const char **warning = kt_array_push(paper->arena, &paper->play->warnings);
  if (warning) {
    *warning = kt_arena_format(paper->arena, "%s:%d:%d: %s", name, line, column, what);
  }
}
