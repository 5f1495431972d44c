// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/fountain.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

typedef struct Reader {
  KtPaper *paper;
  KtArena *arena;
  KtScreenplay *play;
  const KtScriptLine *lines;
  size_t count;
  size_t at;
} Reader;

static bool blank_at(const Reader *r, size_t i) {
  return i >= r->count || r->lines[i].blank;
}

static KtElement *add(Reader *r, KtElementKind kind, const char *text, int line) {
  return kt_paper_set(r->paper, kind, text, line);
}

static KtScriptLine without(const KtScriptLine *line, size_t front, size_t back) {
  KtScriptLine cut = *line;
  cut.start += front;
  cut.size -= front + back;
  while (cut.size && isspace((unsigned char)cut.start[0])) {
    ++cut.start;
    --cut.size;
  }
  while (cut.size && isspace((unsigned char)cut.start[cut.size - 1])) {
    --cut.size;
  }
  return cut;
}

static const char *plain(Reader *r, const KtScriptLine *line) {
  return kt_plain_text(r->arena, line->start, line->size);
}

static void read_heading(Reader *r, const KtScriptLine *line) {
  KtScriptLine cut = without(line, line->start[0] == '.', 0);
  kt_paper_heading(r->paper, plain(r, &cut), line->number);
}

static void read_cue(Reader *r, const KtScriptLine *line) {
  KtScriptLine cut = without(line, line->start[0] == '@', 0);
  bool dual = cut.size && cut.start[cut.size - 1] == '^';
  cut = without(&cut, 0, dual);
  kt_paper_cue(r->paper, plain(r, &cut), line->number, dual);
}

/// Lines put together with line feeds between them; a first character out of `skip` is taken off.
static const char *join(Reader *r, size_t from, size_t to, const char *skip) {
  size_t size = 1;
  for (size_t i = from; i < to; ++i) {
    size += r->lines[i].size + 1;
  }
  char *text = kt_arena_alloc(r->arena, size);
  size_t used = 0;
  for (size_t i = from; text && i < to; ++i) {
    const KtScriptLine *line = &r->lines[i];
    KtScriptLine cut = without(line, line->size && strchr(skip, *line->start), 0);
    if (i > from) {
      text[used++] = '\n';
    }
    used += kt_plain_put(text + used, cut.start, cut.size);
  }
  return text ? text : "";
}

static bool parenthesis_closed(const KtScriptLine *line) {
  return line->size && line->start[line->size - 1] == ')';
}

/// Lines of the paragraph of speech that begins at the current one.
static size_t speech_end(const Reader *r, char first) {
  size_t end = r->at + 1;
  if (first == '(') {
    while (end < r->count && end - r->at < 4 && !parenthesis_closed(&r->lines[end - 1]) &&
           !r->lines[end].blank) {
      ++end;
    }
  } else if (first != '~') {
    while (end < r->count && !r->lines[end].blank && !strchr("(~", r->lines[end].start[0])) {
      ++end;
    }
  }
  return end;
}

static void read_speech(Reader *r) {
  size_t cue = r->play->elements.count - 1;
  while (r->at < r->count && (!r->lines[r->at].blank || r->lines[r->at].spaces)) {
    const KtScriptLine *line = &r->lines[r->at];
    if (line->blank) {
      ++r->at;
      continue;
    }
    char first = line->start[0];
    size_t end = speech_end(r, first);
    const char *text = join(r, r->at, end, first == '~' ? "~" : "");
    size_t size = strlen(text);
    KtElementKind kind = first == '~' ? KT_ELEMENT_LYRIC : KT_ELEMENT_DIALOGUE;
    if (first == '(' && size > 1 && text[size - 1] == ')') {
      kind = KT_ELEMENT_PARENTHETICAL;
      text = kt_arena_text_n(r->arena, text + 1, size - 2);
    }
    add(r, kind, text, line->number);
    r->at = end;
  }
  kt_paper_speech_end(r->paper, cue);
}

/// Lines that stand alone whatever is around them; true where it was one.
static bool read_single(Reader *r, const KtScriptLine *line) {
  KtElement *element = NULL;
  char first = line->start[0];
  if (kt_line_is_page_break(line)) {
    add(r, KT_ELEMENT_PAGE_BREAK, "", line->number);
  } else if (first == '#') {
    size_t depth = strspn(line->start, "#");
    depth = depth < line->size ? depth : line->size;
    KtScriptLine cut = without(line, depth, 0);
    element = add(r, KT_ELEMENT_SECTION, plain(r, &cut), line->number);
    if (element) {
      element->depth = (int)depth;
    }
  } else if (first == '=') {
    KtScriptLine cut = without(line, 1, 0);
    add(r, KT_ELEMENT_SYNOPSIS, plain(r, &cut), line->number);
  } else if (kt_line_is_centred(line)) {
    KtScriptLine cut = without(line, 1, 1);
    add(r, KT_ELEMENT_CENTRED, plain(r, &cut), line->number);
  } else if (first == '>') {
    KtScriptLine cut = without(line, 1, 0);
    add(r, KT_ELEMENT_TRANSITION, plain(r, &cut), line->number);
  } else if (first == '~') {
    KtScriptLine cut = without(line, 1, 0);
    add(r, KT_ELEMENT_LYRIC, plain(r, &cut), line->number);
  } else {
    return false;
  }
  ++r->at;
  return true;
}

static bool ends_paragraph(const KtScriptLine *line) {
  return line->blank || line->start[0] == '#' || line->start[0] == '~' || line->start[0] == '>' ||
         kt_line_is_page_break(line) || (line->start[0] == '=' && line->size > 1);
}

static void read_action(Reader *r) {
  size_t end = r->at + 1;
  while (end < r->count && !ends_paragraph(&r->lines[end])) {
    ++end;
  }
  const char *text = join(r, r->at, end, "!");
  add(r, KT_ELEMENT_ACTION, text, r->lines[r->at].number);
  r->at = end;
}

static void read_body(Reader *r) {
  while (r->at < r->count) {
    const KtScriptLine *line = &r->lines[r->at];
    if (line->blank) {
      ++r->at;
      continue;
    }
    bool fresh =
        r->at == 0 || blank_at(r, r->at - 1) ||
        (r->play->elements.count && r->play->elements.items[r->play->elements.count - 1].depth > 0);
    bool alone = blank_at(r, r->at + 1);
    if (line->start[0] == '!') {
      read_action(r);
    } else if (read_single(r, line)) {
      continue;
    } else if (fresh && kt_line_is_heading(line) &&
               (alone || !kt_line_is_heading(&r->lines[r->at + 1]))) {
      read_heading(r, line);
      ++r->at;
    } else if (fresh && alone && kt_line_is_transition(line)) {
      add(r, KT_ELEMENT_TRANSITION, plain(r, line), line->number);
      ++r->at;
    } else if (fresh && !alone && kt_line_is_cue(line) && !kt_line_is_heading(line)) {
      read_cue(r, line);
      ++r->at;
      read_speech(r);
      continue;
    } else {
      r->paper->dual_open = false;
      read_action(r);
    }
  }
}

static size_t key_size(const KtScriptLine *line) {
  const char *colon = line->size ? memchr(line->start, ':', line->size) : NULL;
  return colon ? (size_t)(colon - line->start) : 0;
}

/// A title page opens with a key that has a value beside or, indented, below it; "FADE IN:" has
/// not.
static bool is_title_page(const Reader *r, const char *text) {
  if (!r->count || r->lines[0].blank || !key_size(&r->lines[0]) || isspace((unsigned char)*text)) {
    return false;
  }
  const KtScriptLine *line = &r->lines[0];
  if (kt_line_is_heading(line) || kt_line_is_transition(line) || key_size(line) > 30) {
    return false;
  }
  bool beside = key_size(line) + 1 < line->size;
  bool below = !blank_at(r, 1) && isspace((unsigned char)r->lines[1].start[-1]);
  bool word =
      isalpha((unsigned char)line->start[0]) && memchr(line->start, '.', key_size(line)) == NULL;
  return word && (beside || below || !strncasecmp(line->start, "Title", 5));
}

static void add_title_text(Reader *r, KtTitleEntry *entry, const KtScriptLine *cut) {
  const char *text = plain(r, cut);
  if (*text) {
    entry->value = *entry->value ? kt_arena_format(r->arena, "%s\n%s", entry->value, text) : text;
  }
}

static void read_title_page(Reader *r) {
  KtTitleEntry *entry = NULL;
  for (; r->at < r->count && !r->lines[r->at].blank; ++r->at) {
    const KtScriptLine *line = &r->lines[r->at];
    bool indented = r->at && (line->start[-1] == ' ' || line->start[-1] == '\t');
    if (!indented && key_size(line)) {
      entry = kt_array_push(r->arena, &r->play->title_page);
      if (!entry) {
        return;
      }
      entry->key = kt_arena_text_n(r->arena, line->start, key_size(line));
      entry->value = "";
      KtScriptLine cut = without(line, key_size(line) + 1, 0);
      add_title_text(r, entry, &cut);
    } else if (entry) {
      add_title_text(r, entry, line);
    }
  }
}

KtStatus kt_fountain_read(KtPaper *paper, const char *name, char *text, KtError *err) {
  KtScriptLines lines = {0};
  KtStatus status = kt_script_lines(paper, name, text, &lines, err);
  if (status) {
    return status;
  }
  size_t found = paper->play->elements.count; // notes and boneyards
  Reader r = {.paper = paper,
              .arena = paper->arena,
              .play = paper->play,
              .lines = lines.list.items,
              .count = lines.list.count};
  if (is_title_page(&r, text)) {
    read_title_page(&r);
  }
  read_body(&r);
  kt_paper_sort(paper, found);
  return KT_OK;
}
