// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/fountain.h"

#include "base/file.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct Reader {
  KtArena *arena;
  KtScreenplay *play;
  const KtScriptLine *lines;
  size_t count;
  size_t at;
  float height;   ///< paper used so far
  float dual_at;  ///< where the dialogue before began
  bool dual_open; ///< the next cue may stand beside one
} Reader;

const char *kt_element_name(KtElementKind kind) {
  static const char *const names[] = {"heading",       "action",   "character",  "dialogue",
                                      "parenthetical", "lyric",    "transition", "centred",
                                      "section",       "synopsis", "note",       "page break"};
  return names[kind];
}

static bool blank_at(const Reader *r, size_t i) {
  return i >= r->count || r->lines[i].blank;
}

/// Lines a paragraph takes when it is set `width` characters wide.
static float height_of(const char *text, float width) {
  float lines = 0;
  while (*text) {
    size_t size = strcspn(text, "\n");
    lines += fmaxf(1, ceilf((float)size / width));
    text += size + (text[size] == '\n');
  }
  return lines;
}

static KtElement *add(Reader *r, KtElementKind kind, const char *text, int line, float height) {
  KtElement *element = kt_array_push(r->arena, &r->play->elements);
  if (!element) {
    return NULL;
  }
  *element = (KtElement){.kind = kind,
                         .text = text,
                         .extension = "",
                         .scene_number = "",
                         .line = line,
                         .at = r->height,
                         .length = height};
  r->height += height;
  return element;
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
  const char *number = "";
  if (cut.size > 2 && cut.start[cut.size - 1] == '#') {
    const char *open = memrchr(cut.start, '#', cut.size - 1);
    if (open && open > cut.start) {
      size_t size = (size_t)(cut.start + cut.size - 1 - open - 1);
      number = kt_arena_text_n(r->arena, open + 1, size);
      cut = without(&cut, 0, size + 2);
    }
  }
  KtElement *element = add(r, KT_ELEMENT_HEADING, plain(r, &cut), line->number, 3);
  if (element) {
    element->scene_number = number;
  }
}

/// "BRICK BRADDOCK (V.O.) (CONT'D) ^" taken apart.
static void read_cue(Reader *r, const KtScriptLine *line) {
  KtScriptLine cut = without(line, line->start[0] == '@', 0);
  bool dual = cut.size && cut.start[cut.size - 1] == '^';
  cut = without(&cut, 0, dual);
  const char *extension = "";
  bool continued = false;
  while (cut.size && cut.start[cut.size - 1] == ')') {
    const char *open = memrchr(cut.start, '(', cut.size);
    if (!open || open == cut.start) {
      break;
    }
    size_t size = (size_t)(cut.start + cut.size - 1 - open - 1);
    if (size >= 4 && !strncasecmp(open + 1, "cont", 4)) {
      continued = true;
    } else {
      extension = kt_arena_text_n(r->arena, open + 1, size);
    }
    cut = without(&cut, 0, size + 2);
  }
  dual = dual && r->dual_open;
  float start = r->height;
  if (dual) { // beside the one before: it takes no paper of its own
    r->height = r->dual_at;
  }
  r->dual_at = dual ? r->dual_at : start;
  r->dual_open = true;
  KtElement *element = add(r, KT_ELEMENT_CHARACTER, plain(r, &cut), line->number, 2);
  if (element) {
    element->extension = extension;
    element->continued = continued;
    element->dual = dual;
  }
}

static const char *join(Reader *r, size_t from, size_t to, const char *skip) {
  const char *text = "";
  for (size_t i = from; i < to; ++i) {
    KtScriptLine cut =
        without(&r->lines[i], r->lines[i].size && strchr(skip, *r->lines[i].start), 0);
    text = i == from ? plain(r, &cut) : kt_arena_format(r->arena, "%s\n%s", text, plain(r, &cut));
  }
  return text;
}

static bool parenthesis_closed(const KtScriptLine *line) {
  return line->size && line->start[line->size - 1] == ')';
}

static void read_speech(Reader *r) {
  size_t first = r->play->elements.count;
  while (r->at < r->count && (!r->lines[r->at].blank || r->lines[r->at].spaces)) {
    const KtScriptLine *line = &r->lines[r->at];
    size_t end = r->at + 1;
    if (line->blank) {
      ++r->at;
      continue;
    }
    if (line->start[0] == '(') {
      while (end < r->count && end - r->at < 4 && !parenthesis_closed(&r->lines[end - 1]) &&
             !r->lines[end].blank) {
        ++end;
      }
      const char *text = join(r, r->at, end, "");
      bool closed = *text && text[strlen(text) - 1] == ')';
      KtElementKind kind = closed ? KT_ELEMENT_PARENTHETICAL : KT_ELEMENT_DIALOGUE;
      if (closed) {
        text = kt_arena_text_n(r->arena, text + 1, strlen(text) - 2);
      }
      add(r, kind, text, line->number, height_of(text, 25));
    } else if (line->start[0] == '~') {
      add(r, KT_ELEMENT_LYRIC, join(r, r->at, end, "~"), line->number, 1);
    } else {
      while (end < r->count && !r->lines[end].blank && !strchr("(~", r->lines[end].start[0])) {
        ++end;
      }
      const char *text = join(r, r->at, end, "");
      add(r, KT_ELEMENT_DIALOGUE, text, line->number, height_of(text, 35));
    }
    r->at = end;
  }
  // a speech beside another shares its paper: the longer of the two counts
  KtElement *cue = first ? &r->play->elements.items[first - 1] : NULL;
  if (cue && cue->dual && first >= 2) {
    const KtElement *last = &r->play->elements.items[first - 2];
    r->height = fmaxf(r->height, last->at + last->length);
  }
}

/// Lines that stand alone whatever is around them; true where it was one.
static bool read_single(Reader *r, const KtScriptLine *line) {
  KtElement *element = NULL;
  char first = line->start[0];
  if (kt_line_is_page_break(line)) {
    add(r, KT_ELEMENT_PAGE_BREAK, "", line->number, 0);
  } else if (first == '#') {
    size_t depth = strspn(line->start, "#");
    depth = depth < line->size ? depth : line->size;
    KtScriptLine cut = without(line, depth, 0);
    element = add(r, KT_ELEMENT_SECTION, plain(r, &cut), line->number, 0);
    if (element) {
      element->depth = (int)depth;
    }
  } else if (first == '=') {
    KtScriptLine cut = without(line, 1, 0);
    add(r, KT_ELEMENT_SYNOPSIS, plain(r, &cut), line->number, 0);
  } else if (kt_line_is_centred(line)) {
    KtScriptLine cut = without(line, 1, 1);
    add(r, KT_ELEMENT_CENTRED, plain(r, &cut), line->number, 2);
  } else if (first == '>') {
    KtScriptLine cut = without(line, 1, 0);
    add(r, KT_ELEMENT_TRANSITION, plain(r, &cut), line->number, 2);
  } else if (first == '~') {
    KtScriptLine cut = without(line, 1, 0);
    add(r, KT_ELEMENT_LYRIC, plain(r, &cut), line->number, 1);
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
  add(r, KT_ELEMENT_ACTION, text, r->lines[r->at].number, height_of(text, 60) + 1);
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
      r->dual_open = false;
      read_heading(r, line);
      ++r->at;
    } else if (fresh && alone && kt_line_is_transition(line)) {
      add(r, KT_ELEMENT_TRANSITION, plain(r, line), line->number, 2);
      ++r->at;
    } else if (fresh && !alone && kt_line_is_cue(line) && !kt_line_is_heading(line)) {
      read_cue(r, line);
      ++r->at;
      read_speech(r);
      continue;
    } else {
      r->dual_open = false;
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

static int by_place(const void *left, const void *right) {
  const KtElement *a = left;
  const KtElement *b = right;
  return a->line != b->line ? a->line - b->line
                            : (b->kind == KT_ELEMENT_NOTE) - (a->kind == KT_ELEMENT_NOTE);
}

static const char *one_line(KtArena *arena, const char *text) {
  char *copy = (char *)kt_arena_text(arena, text);
  for (char *c = copy; *c; ++c) {
    *c = *c == '\n' ? ' ' : *c;
  }
  return copy;
}

static void name_title(Reader *r) {
  r->play->title = "";
  r->play->author = "";
  for (size_t i = 0; i < r->play->title_page.count; ++i) {
    const KtTitleEntry *entry = &r->play->title_page.items[i];
    if (!strcasecmp(entry->key, "title")) {
      r->play->title = one_line(r->arena, entry->value);
    } else if (!strncasecmp(entry->key, "author", 6)) {
      r->play->author = one_line(r->arena, entry->value);
    }
  }
}

KtStatus kt_screenplay_parse(KtArena *arena, const char *name, const char *bytes, size_t size,
                             KtScreenplay *play, KtError *err) {
  *play = (KtScreenplay){.title = "", .author = ""};
  char *text = NULL;
  const char *warning = NULL;
  KtStatus status = kt_script_text(arena, name, bytes, size, &text, &warning, err);
  KtScriptLines lines = {0};
  status = status ? status : kt_script_lines(arena, name, text, play, &lines, err);
  if (status) {
    return status;
  }
  const char **note = warning ? kt_array_push(arena, &play->warnings) : NULL;
  if (note) {
    *note = warning;
  }
  Reader r = {.arena = arena, .play = play, .lines = lines.list.items, .count = lines.list.count};
  if (is_title_page(&r, text)) {
    read_title_page(&r);
  }
  name_title(&r);
  read_body(&r);
  if (play->elements.count) {
    qsort(play->elements.items, play->elements.count, sizeof(KtElement), by_place);
  }
  play->length = r.height;
  return kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

KtStatus kt_screenplay_read(KtArena *arena, const char *path, KtScreenplay *play, KtError *err) {
  const char *bytes = NULL;
  size_t size = 0;
  KtStatus status = kt_file_read(arena, path, 16U << 20, &bytes, &size, err);
  if (status) {
    return status;
  }
  if (size > 5 && !strncmp(bytes, "<?xml", 5)) {
    return kt_error_at(err, KT_ERR_UNSUPPORTED, path, 1, 1,
                       "an XML file (Final Draft?); export the script as Fountain");
  }
  return kt_screenplay_parse(arena, path, bytes, size, play, err);
}
