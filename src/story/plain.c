// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/plain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NEAR = 3, TITLE_LINES = 40 };

typedef struct Reader {
  KtPaper *paper;
  KtArena *arena;
  KtPlainText text;
  size_t at;
  size_t cue;
  bool in_speech;
  bool said;          ///< something was said in this speech
  const char **names; ///< of paragraphs in capitals, sorted; without extensions
  size_t name_count;
} Reader;

static const KtPlainLine *line_at(const Reader *r, size_t i) {
  return &r->text.lines.items[i];
}

static bool blank_at(const Reader *r, size_t i) {
  return i >= r->text.lines.count || line_at(r, i)->line.blank;
}

static const char *text_at(const Reader *r, size_t i) {
  return kt_arena_text_n(r->arena, line_at(r, i)->line.start, line_at(r, i)->line.size);
}

/// Lines [from, to) with line feeds between them; blank ones and marks of the page left out.
static const char *join(const Reader *r, size_t from, size_t to) {
  size_t size = 1;
  for (size_t i = from; i < to; ++i) {
    size += line_at(r, i)->line.size + 1;
  }
  char *text = kt_arena_alloc(r->arena, size);
  size_t used = 0;
  for (size_t i = from; text && i < to; ++i) {
    const KtScriptLine *line = &line_at(r, i)->line;
    if (!line->blank) {
      used += used ? (text[used] = '\n', 1U) : 0;
      memcpy(text + used, line->start, line->size);
      used += line->size;
    }
  }
  return text ? text : "";
}

static void end_speech(Reader *r) {
  if (r->in_speech) {
    kt_paper_speech_end(r->paper, r->cue);
  }
  r->in_speech = false;
}

static void add(Reader *r, KtElementKind kind, size_t to) {
  const char *text = join(r, r->at, to);
  size_t size = strlen(text);
  if (kind == KT_ELEMENT_PARENTHETICAL && size > 1 && text[size - 1] == ')') {
    text = kt_arena_text_n(r->arena, text + 1, size - 2);
  }
  KtElement *element = kt_paper_set(r->paper, kind, text, line_at(r, r->at)->line.number);
  for (size_t i = r->at; element && i < to; ++i) {
    element->revision = line_at(r, i)->revised ? "*" : element->revision;
  }
  r->said = r->said || kind == KT_ELEMENT_DIALOGUE;
  r->at = to;
}

static void add_cue(Reader *r) {
  end_speech(r);
  r->cue = r->paper->play->elements.count;
  r->in_speech = true;
  r->said = false;
  kt_paper_cue(r->paper, text_at(r, r->at), line_at(r, r->at)->line.number, false);
  ++r->at;
}

/// What stands alone however the file is set; true where it was one.
static bool read_single(Reader *r) {
  const KtPlainLine *line = line_at(r, r->at);
  int number = line->line.number;
  if (line->page_mark) { // a speech may go on after it
    kt_paper_set(r->paper, KT_ELEMENT_PAGE_MARK, text_at(r, r->at), number);
  } else if (line->heading) {
    end_speech(r);
    KtElement *heading = kt_paper_heading(r->paper, text_at(r, r->at), number);
    if (heading && *line->scene_number) {
      heading->scene_number = line->scene_number;
    }
  } else if (line->transition) {
    end_speech(r);
    kt_paper_set(r->paper, KT_ELEMENT_TRANSITION, text_at(r, r->at), number);
  } else {
    return false;
  }
  ++r->at;
  return true;
}

static bool read_dual(Reader *r) {
  bool free = !r->at || blank_at(r, r->at - 1) || line_at(r, r->at - 1)->page_mark;
  size_t lines = 0;
  if (free && kt_plain_is_dual(line_at(r, r->at))) {
    end_speech(r);
    lines = kt_plain_dual(r->paper, &r->text, r->at);
  }
  r->at += lines;
  return lines > 0;
}

static bool closed(const KtScriptLine *line) {
  return line->size && line->start[line->size - 1] == ')';
}

/// A line begins something new whatever was before it.
static bool starts(const Reader *r, size_t i) {
  const KtPlainLine *line = line_at(r, i);
  return line->heading || line->transition || line->page_mark;
}

static size_t parenthetical_end(const Reader *r) {
  size_t end = r->at + 1;
  while (!closed(&line_at(r, end - 1)->line) && end - r->at < 4 && !blank_at(r, end) &&
         !starts(r, end)) {
    ++end;
  }
  return end;
}

// By columns.

static bool is_column_cue(const Reader *r, size_t i) {
  const KtPlainLine *line = line_at(r, i);
  bool aside = abs(line->indent - r->text.cue) <= 2 * NEAR;
  size_t next = i + 1;
  while (next < r->text.lines.count && line_at(r, next)->line.blank) {
    ++next;
  }
  return line->cue && aside && line->indent > r->text.dialogue + 1 && next < r->text.lines.count &&
         !line_at(r, next)->heading;
}

static bool is_column_speech(const Reader *r, size_t i) {
  const KtPlainLine *line = line_at(r, i);
  bool title = line->cue && line->indent > r->text.dialogue + 2 * NEAR && i && blank_at(r, i - 1);
  return line->indent > r->text.left + NEAR && line->indent < r->text.cue + 2 * NEAR &&
         !starts(r, i) && !title && !is_column_cue(r, i);
}

static void read_columns(Reader *r) {
  const KtPlainLine *line = line_at(r, r->at);
  size_t end = r->at + 1;
  if (is_column_cue(r, r->at)) {
    add_cue(r);
  } else if (r->in_speech && is_column_speech(r, r->at)) {
    bool aside = line->line.start[0] == '(';
    if (aside) {
      end = parenthetical_end(r);
    } else {
      while (!blank_at(r, end) && is_column_speech(r, end) &&
             line_at(r, end)->line.start[0] != '(') {
        ++end;
      }
    }
    add(r,
        aside && closed(&line_at(r, end - 1)->line) ? KT_ELEMENT_PARENTHETICAL
                                                    : KT_ELEMENT_DIALOGUE,
        end);
  } else {
    end_speech(r);
    bool centred = line->indent > r->text.left + 4 * NEAR && blank_at(r, end);
    while (!blank_at(r, end) && !starts(r, end) && !is_column_cue(r, end)) {
      ++end;
    }
    add(r, centred ? KT_ELEMENT_CENTRED : KT_ELEMENT_ACTION, end);
  }
}

// By capitals and blank lines.

static const char *bare_name(const Reader *r, size_t i) {
  const char *text = text_at(r, i);
  size_t size = strcspn(text, "(");
  while (size && isspace((unsigned char)text[size - 1])) {
    --size;
  }
  return kt_arena_text_n(r->arena, text, size);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void gather_names(Reader *r) {
  r->names = KT_NEW(r->arena, const char *, r->text.lines.count + 1);
  for (size_t i = 0; r->names && i < r->text.lines.count; ++i) {
    if (!blank_at(r, i) && line_at(r, i)->cue) {
      r->names[r->name_count++] = bare_name(r, i);
    }
  }
  if (r->name_count) {
    qsort(r->names, r->name_count, sizeof(*r->names), by_name);
  }
}

/// Whether a line in capitals names somebody: it comes again, or has "(V.O.)" or "(wry)" to it.
static bool is_name(const Reader *r, size_t i) {
  const KtPlainLine *line = line_at(r, i);
  size_t next = i + 1;
  while (next < r->text.lines.count &&
         (line_at(r, next)->line.blank || line_at(r, next)->page_mark)) {
    ++next;
  }
  if (!line->cue || next >= r->text.lines.count || line_at(r, next)->heading ||
      line_at(r, next)->cue || line_at(r, next)->transition) {
    return false;
  }
  if (memchr(line->line.start, '(', line->line.size) || line_at(r, next)->line.start[0] == '(') {
    return true;
  }
  const char *name = bare_name(r, i);
  const char **one =
      r->name_count ? bsearch(&name, r->names, r->name_count, sizeof(*r->names), by_name) : NULL;
  return one && ((one > r->names && !strcmp(one[-1], name)) ||
                 (one + 1 < r->names + r->name_count && !strcmp(one[1], name)));
}

static bool ends_sentence(const KtScriptLine *line) {
  char last = line->size ? line->start[line->size - 1] : '.';
  return strchr(".?!\"')-:", last) != NULL;
}

/// A paragraph runs to a blank line; without any, to the end of a sentence at a line's end.
static size_t paragraph_end(const Reader *r) {
  size_t end = r->at + 1;
  bool packed = r->text.mode == KT_PLAIN_PACKED;
  while (!blank_at(r, end) && !starts(r, end) &&
         !(packed && (ends_sentence(&line_at(r, end - 1)->line) || is_name(r, end) ||
                      line_at(r, end)->line.start[0] == '('))) {
    ++end;
  }
  return end;
}

static void read_paragraph(Reader *r) {
  bool aside = line_at(r, r->at)->line.start[0] == '(';
  if (is_name(r, r->at)) {
    add_cue(r);
  } else if (r->in_speech && aside && closed(&line_at(r, parenthetical_end(r) - 1)->line)) {
    r->said = false; // what follows is said too
    add(r, KT_ELEMENT_PARENTHETICAL, parenthetical_end(r));
  } else if (r->in_speech && !r->said) {
    add(r, KT_ELEMENT_DIALOGUE, paragraph_end(r));
  } else {
    end_speech(r);
    add(r, KT_ELEMENT_ACTION, paragraph_end(r));
  }
}

/// What stands before the first heading, where it says who wrote it, is a title page.
static void read_title_page(Reader *r) {
  size_t end = 0;
  bool by = false;
  size_t count = r->text.lines.count;
  while (end < count && end < TITLE_LINES &&
         (blank_at(r, end) || !(line_at(r, end)->heading || line_at(r, end)->transition))) {
    const char *text = blank_at(r, end) ? "" : text_at(r, end);
    size_t size = strlen(text);
    by = by || (size >= 2 && size < 30 && !strcasecmp(text + size - 2, "by"));
    ++end;
  }
  if (!by || end == count || end == TITLE_LINES) {
    return;
  }
  bool next_is_author = false;
  const char *key = "Title";
  for (; r->at < end; ++r->at) {
    const KtPlainLine *line = line_at(r, r->at);
    const char *text = text_at(r, r->at);
    size_t size = strlen(text);
    if (line->page_mark) {
      kt_paper_set(r->paper, KT_ELEMENT_PAGE_MARK, text, line->line.number);
    }
    if (line->page_mark || line->line.blank) {
      continue;
    }
    bool credit = size >= 2 && size < 30 && !strcasecmp(text + size - 2, "by");
    KtTitleEntry *entry = kt_array_push(r->arena, &r->paper->play->title_page);
    if (!entry) {
      return;
    }
    *entry = (KtTitleEntry){credit ? "Credit" : next_is_author ? "Author" : key, text};
    next_is_author = credit;
    key = "Contact";
  }
}

KtStatus kt_plain_read(KtPaper *paper, const char *name, char *text, KtError *err) {
  Reader r = {.paper = paper, .arena = paper->arena};
  kt_plain_survey(paper->arena, text, &r.text);
  static const char *const ways[] = {"", "by columns", "by capitals",
                                     "by capitals, no blank lines"};
  kt_paper_warn(paper, name, 1, 1,
                kt_arena_format(paper->arena, "plain text, read %s", ways[r.text.mode]));
  gather_names(&r);
  read_title_page(&r);
  while (r.at < r.text.lines.count) {
    if (line_at(&r, r.at)->page_start && paper->play->elements.count) {
      kt_paper_set(paper, KT_ELEMENT_PAGE_BREAK, "", line_at(&r, r.at)->line.number);
    }
    if (blank_at(&r, r.at)) {
      ++r.at;
    } else if (read_single(&r) || read_dual(&r)) {
      continue;
    } else if (r.text.mode == KT_PLAIN_INDENTED) {
      read_columns(&r);
    } else {
      read_paragraph(&r);
    }
  }
  end_speech(&r);
  return kt_arena_failed(paper->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
