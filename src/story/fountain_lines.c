// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/fountain.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { GONE = 1 }; ///< stands for a character that was taken out

static void take_out(char *from, const char *to) {
  for (; from < to; ++from) {
    if (*from != '\n') {
      *from = GONE;
    }
  }
}

/// A walk through the text that counts lines and columns as it goes.
typedef struct Walk {
  char *text, *at;
  int line, column;
} Walk;

static void walk_to(Walk *walk, const char *to) {
  for (; walk->at < to; ++walk->at) {
    if (*walk->at == '\n') {
      ++walk->line;
      walk->column = 1;
    } else {
      walk->column += ((unsigned char)*walk->at & 0xC0U) != 0x80;
    }
  }
}

/// A note runs on over lines, but not over an empty one (two spaces keep it open). Where it never
/// ends, `stop` is how far it was looked for: no other note before that ends either.
static char *note_end(char *open, char **stop) {
  char *at = open + 2;
  for (; *at; ++at) {
    if (at[0] == ']' && at[1] == ']') {
      return at;
    }
    if (at[0] == '\n' && (at[1] == '\n' || !at[1])) {
      break;
    }
  }
  *stop = at;
  return NULL;
}

/// Keeps what stands between two marks of two characters as an element and takes it out.
static void keep(KtPaper *paper, Walk *walk, KtElementKind kind, char *open, char *close) {
  walk_to(walk, open);
  const char *text = kt_arena_text_n(paper->arena, open + 2, (size_t)(close - open - 2));
  kt_paper_set(paper, kind, text, walk->line);
  walk_to(walk, close + 2);
  take_out(open, close + 2);
}

/// A boneyard may hold notes and a note may not hold a boneyard: whichever opens first counts.
static KtStatus take_out_kept(KtPaper *paper, const char *name, char *text, KtError *err) {
  Walk walk = {text, text, 1, 1};
  char *bone = strstr(text, "/*");
  char *note = strstr(text, "[[");
  while (bone || note) {
    bool first = bone && (!note || bone < note);
    char *open = first ? bone : note;
    char *stop = NULL;
    char *close = first ? strstr(open + 2, "*/") : note_end(open, &stop);
    if (first && !close) {
      walk_to(&walk, open);
      return kt_error_at(err, KT_ERR_FORMAT, name, walk.line, walk.column,
                         "a boneyard is opened with /* and never closed; add */");
    }
    if (close) {
      keep(paper, &walk, first ? KT_ELEMENT_BONEYARD : KT_ELEMENT_NOTE, open, close);
    } else {
      walk_to(&walk, open);
      kt_paper_warn(paper, name, walk.line, walk.column,
                    "a note is opened with [[ and never closed; read as it stands");
    }
    char *next = close ? close + 2 : stop;
    bone = bone && bone < next ? strstr(next, "/*") : bone;
    note = note && note < next ? strstr(next, "[[") : note;
  }
  return KT_OK;
}

static bool white(char c) {
  return c == ' ' || c == '\t';
}

/// Closes the gaps in one line; false where nothing but taken-out text was on it.
static bool close_gaps(char *start, char *end, size_t *size) {
  bool gap = false;
  char *out = start;
  for (char *at = start; at < end; ++at) {
    bool twice = gap && at[-1] == GONE && white(*at) && (out == start || white(out[-1]));
    if (*at == GONE) {
      gap = true;
    } else if (!twice) { // "waits [[a note]] here": one space stays
      *out++ = *at;
    }
  }
  *size = (size_t)(out - start);
  if (gap) {
    for (char *at = start; at < out; ++at) {
      if (!white(*at)) {
        return true;
      }
    }
  }
  return !gap;
}

static void add_line(KtArena *arena, KtScriptLines *lines, const char *start, size_t size,
                     int number) {
  KtScriptLine *line = kt_array_push(arena, &lines->list);
  if (!line) {
    return;
  }
  size_t all = size;
  bool tail = size && white(start[size - 1]);
  while (size && white(start[size - 1])) {
    --size;
  }
  while (size && white(*start)) {
    ++start;
    --size;
  }
  *line = (KtScriptLine){.start = start,
                         .size = size,
                         .number = number,
                         .blank = !size,
                         .spaces = !size && all >= 2,
                         .tail = tail};
}

KtStatus kt_script_lines(KtPaper *paper, const char *name, char *text, KtScriptLines *lines,
                         KtError *err) {
  for (char *c = text; *c; ++c) {
    *c = *c == '\f' ? ' ' : *c;
  }
  KtStatus status = take_out_kept(paper, name, text, err);
  if (status) {
    return status;
  }
  int number = 1;
  for (char *start = text; *start; ++number) {
    char *end = strchr(start, '\n');
    char *next = end ? end + 1 : start + strlen(start);
    size_t size = 0;
    if (close_gaps(start, end ? end : next, &size)) {
      add_line(paper->arena, lines, start, size, number);
    }
    start = next;
  }
  return KT_OK;
}

bool kt_line_is_heading(const KtScriptLine *line) {
  static const char *const starts[] = {"INT./EXT", "EXT./INT", "INT/EXT", "EXT/INT", "I./E",
                                       "I/E",      "INT",      "EXT",     "EST"};
  if (line->size > 1 && line->start[0] == '.') {
    return line->start[1] != '.' && !white(line->start[1]);
  }
  for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); ++i) {
    size_t size = strlen(starts[i]);
    if (line->size > size + 1 && !strncasecmp(line->start, starts[i], size) &&
        (line->start[size] == '.' || white(line->start[size]))) {
      return true;
    }
  }
  return false;
}

bool kt_line_is_cue(const KtScriptLine *line) {
  if (line->size && line->start[0] == '@') {
    return line->size > 1;
  }
  bool letter = false;
  int depth = 0;
  for (size_t i = 0; i < line->size; ++i) {
    unsigned char c = (unsigned char)line->start[i];
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth > 0) {
      continue;
    }
    // small Latin-1 letters are C3 A0..C3 BF in UTF-8, capitals C3 80..C3 9E
    unsigned char next = i + 1 < line->size ? (unsigned char)line->start[i + 1] : 0;
    if (islower(c) || (c == 0xC3 && next >= 0x9F)) {
      return false;
    }
    letter = letter || isupper(c) || c >= 0xC3;
  }
  char last = line->size ? line->start[line->size - 1] : 0;
  return letter && last != '.' && last != '!' && last != '?' && last != ':' && line->size < 60;
}

static bool ends_with(const KtScriptLine *line, const char *end) {
  size_t size = strlen(end);
  return line->size >= size && !strncmp(line->start + line->size - size, end, size);
}

bool kt_line_is_transition(const KtScriptLine *line) {
  if (line->tail) { // a space after it makes it action: the way to say no
    return false;
  }
  for (size_t i = 0; i < line->size; ++i) {
    if (islower((unsigned char)line->start[i])) {
      return false;
    }
  }
  static const char *const whole[] = {
      "FADE IN",        "FADE IN:",      "FADE IN.",       "FADE OUT",
      "FADE OUT.",      "FADE OUT:",     "FADE TO BLACK",  "CUT TO BLACK",
      "FADE TO BLACK.", "CUT TO BLACK.", "FADE TO WHITE.", "FADE TO BLACK:"};
  for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); ++i) {
    if (line->size == strlen(whole[i]) && ends_with(line, whole[i])) {
      return true;
    }
  }
  return ends_with(line, "TO:");
}

bool kt_line_is_page_break(const KtScriptLine *line) {
  for (size_t i = 0; i < line->size; ++i) {
    if (line->start[i] != '=') {
      return false;
    }
  }
  return line->size >= 3;
}

bool kt_line_is_centred(const KtScriptLine *line) {
  return line->size >= 2 && line->start[0] == '>' && line->start[line->size - 1] == '<';
}

/// A mark of emphasis touches a word on one side; between spaces it is a mere character.
static bool emphasis(const char *text, size_t size, size_t i) {
  char before = i ? text[i - 1] : ' ';
  char after = i + 1 < size ? text[i + 1] : ' ';
  if (text[i] == '_' && isalnum((unsigned char)before) && isalnum((unsigned char)after)) {
    return false;
  }
  return !isspace((unsigned char)before) || !isspace((unsigned char)after);
}

size_t kt_plain_put(char *out, const char *text, size_t size) {
  size_t used = 0;
  for (size_t i = 0; i < size; ++i) {
    if (text[i] == '\\' && i + 1 < size && strchr("*_\\~@!.>#=", text[i + 1])) {
      out[used++] = text[++i];
    } else if ((text[i] != '*' && text[i] != '_') || !emphasis(text, size, i)) {
      out[used++] = text[i];
    }
  }
  return used;
}

const char *kt_plain_text(KtArena *arena, const char *text, size_t size) {
  char *out = kt_arena_alloc(arena, size + 1);
  if (!out) {
    return "";
  }
  kt_plain_put(out, text, size);
  return out;
}
