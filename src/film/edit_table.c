// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Markers in columns: Resolve's and Premiere's CSV or tab text with a header, Avid's tab text
// without one.
#include "film/edit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_CELLS = 64, MOST_CELL = 512 };

typedef enum Meaning { AT, END, LENGTH, NAME, NOTE, COLOUR, MEANINGS } Meaning;

typedef struct Reader {
  KtEdit *edit;
  KtTimecode timecode;
  bool any_rate;
  const char *at;
  char separator;
  int line, next_line;
  char cells[MOST_CELLS][MOST_CELL];
  int columns_of[MOST_CELLS]; ///< 1-based column of a cell's text in its line
  int count;
  int column[MEANINGS]; ///< -1: none
  bool clips_too;       ///< rows without a colour are clips
} Reader;

static const struct {
  const char *name;
  Meaning meaning;
} HEADINGS[] = { // of two columns with one meaning the earlier in this list counts
    {"record in", AT},
    {"in", AT},
    {"timecode", AT},
    {"start timecode", AT},
    {"timecode in", AT},
    {"tc in", AT},
    {"tc", AT},
    {"start", AT},
    {"time", AT},
    {"position", AT},
    {"record out", END},
    {"out", END},
    {"timecode out", END},
    {"tc out", END},
    {"end", END},
    {"duration", LENGTH},
    {"dur", LENGTH},
    {"length", LENGTH},
    {"marker name", NAME},
    {"name", NAME},
    {"title", NAME},
    {"label", NAME},
    {"marker", NAME},
    {"comment", NAME},
    {"notes", NOTE},
    {"description", NOTE},
    {"note", NOTE},
    {"comments", NOTE},
    {"marker color", COLOUR},
    {"color", COLOUR},
    {"colour", COLOUR}};
enum { HEADING_COUNT = sizeof(HEADINGS) / sizeof(*HEADINGS) };

static void put(Reader *reader, size_t *length, char c) {
  if (reader->count < MOST_CELLS && *length < MOST_CELL - 1) {
    reader->cells[reader->count][(*length)++] = c;
    reader->cells[reader->count][*length] = '\0';
  }
}

static void end_cell(Reader *reader, size_t *length) {
  if (reader->count < MOST_CELLS) {
    char *cell = reader->cells[reader->count];
    while (*length && isspace((unsigned char)cell[*length - 1])) {
      cell[--*length] = '\0';
    }
    size_t blank = strspn(cell, " ");
    memmove(cell, cell + blank, *length - blank + 1);
    ++reader->count;
  }
  *length = 0;
}

/// One row, RFC 4180's quotes understood, of as many lines as they span.
static bool next_row(Reader *reader) {
  reader->line = reader->next_line;
  reader->count = 0;
  if (!*reader->at) {
    return false;
  }
  bool quoted = false;
  size_t length = 0;
  const char *line = reader->at;
  memset(reader->cells, 0, sizeof(reader->cells));
  reader->columns_of[0] = 1;
  for (; *reader->at && (quoted || !strchr("\r\n", *reader->at)); ++reader->at) {
    char c = *reader->at;
    reader->next_line += quoted && c == '\n';
    if (quoted && c == '"' && reader->at[1] == '"') {
      put(reader, &length, *reader->at++);
    } else if (c == '"' && (quoted || !length)) {
      quoted = !quoted;
    } else if (!quoted && c == reader->separator) {
      end_cell(reader, &length);
      if (reader->count < MOST_CELLS) {
        reader->columns_of[reader->count] = (int)(reader->at - line) + 2;
      }
    } else {
      put(reader, &length, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
    }
  }
  end_cell(reader, &length);
  reader->next_line += *reader->at != '\0';
  reader->at += reader->at[0] == '\r' && reader->at[1] == '\n' ? 2 : *reader->at != '\0';
  return true;
}

static bool is_timecode(const char *text) {
  unsigned h, m, s;
  char a, b;
  return sscanf(text, "%2u%c%2u%c%2u", &h, &a, &m, &b, &s) == 5 && strchr(":;.", a) &&
         strchr(":;.", b);
}

/// HH:MM:SS:FF with any of Premiere's separators, HH:MM:SS.mmm, or seconds.
static KtStatus read_time(Reader *reader, int cell, KtFilmTime *time, bool *plain, KtError *err) {
  char text[MOST_CELL];
  snprintf(text, sizeof(text), "%s", reader->cells[cell]);
  unsigned h, m, s, ms;
  char tail;
  *plain = true;
  if (sscanf(text, "%2u:%2u:%2u%*1[.,]%3u%c", &h, &m, &s, &ms, &tail) == 4 && strlen(text) > 3 &&
      strspn(text + strlen(text) - 3, "0123456789") == 3) {
    *time = ((KtFilmTime)h * 3600 + m * 60 + s) * KT_FLICKS_PER_SECOND +
            ms * (KT_FLICKS_PER_SECOND / 1000);
    return KT_OK;
  }
  KtError why = {0};
  if (!is_timecode(text)) {
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end != text && !*end && kt_edit_flicks(seconds, time)) {
      return KT_OK;
    }
    return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line,
                       reader->columns_of[cell],
                       "\"%.40s\" is no time; write HH:MM:SS:FF or seconds", text);
  }
  *plain = false;
  KtTimecode timecode = reader->timecode;
  KtRate rate = timecode.rate;
  char *last = text + strlen(text);
  while (last > text && isdigit((unsigned char)last[-1])) {
    --last;
  }
  bool drop = strchr(text, ';') != NULL;
  for (char *c = text; c < last - 1; ++c) {
    *c = isdigit((unsigned char)*c) ? *c : ':';
  }
  timecode.drop = drop && rate.den == 1001 && rate.num % 30000 == 0;
  reader->edit->drop |= timecode.drop;
  int64_t frames = 0;
  if (kt_timecode_parse(&timecode, text, &frames, &why)) {
    return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line,
                       reader->columns_of[cell], "%s", why.message);
  }
  *time = kt_frame_time(rate, frames);
  return KT_OK;
}

static bool read_heading(Reader *reader) {
  bool any = false;
  for (int c = 0; c < reader->count; ++c) {
    any |= is_timecode(reader->cells[c]);
  }
  for (int m = 0; m < MEANINGS; ++m) {
    reader->column[m] = -1;
  }
  bool record = false;
  for (int h = HEADING_COUNT - 1; h >= 0; --h) {
    for (int c = reader->count - 1; c >= 0 && !any; --c) {
      if (!strcasecmp(reader->cells[c], HEADINGS[h].name)) {
        reader->column[HEADINGS[h].meaning] = c;
        record |= !strcasecmp(HEADINGS[h].name, "record in");
      }
    }
  }
  reader->clips_too = record && reader->column[COLOUR] >= 0;
  return reader->column[AT] >= 0;
}

static bool is_track(const char *text) {
  size_t letters = strspn(text, "ACDTV");
  return letters && letters < 4 && strspn(text + letters, "0123456789") == strlen(text + letters);
}

/// Avid: user, timecode, track, colour, comment. Others: time, then text.
static bool guess_columns(Reader *reader) {
  int at = 0;
  while (at < reader->count && !is_timecode(reader->cells[at])) {
    ++at;
  }
  if (at == reader->count || reader->count < 2) {
    return false;
  }
  reader->column[AT] = at;
  bool avid = at + 3 < reader->count && is_track(reader->cells[at + 1]);
  reader->column[COLOUR] = avid ? at + 2 : -1;
  reader->column[NAME] = avid ? at + 3 : at + 1 < reader->count ? at + 1 : 0;
  return true;
}

static const char *cell(const Reader *reader, Meaning meaning) {
  int column = reader->column[meaning];
  return column >= 0 && column < reader->count ? reader->cells[column] : "";
}

static KtStatus read_row(Reader *reader, KtError *err) {
  KtFilmTime at = 0, end = 0, length = 0;
  bool plain = false, ignored = false;
  if (!*cell(reader, AT) || (reader->clips_too && !*cell(reader, COLOUR))) {
    return KT_OK;
  }
  KtStatus status = read_time(reader, reader->column[AT], &at, &plain, err);
  if (!status && *cell(reader, LENGTH)) {
    if (read_time(reader, reader->column[LENGTH], &length, &ignored, NULL)) {
      length = 0;
    }
  } else if (!status && *cell(reader, END)) {
    status = read_time(reader, reader->column[END], &end, &ignored, err);
    length = end - at;
  }
  if (status) {
    return status;
  }
  if (plain != (reader->edit->start_said && reader->edit->markers.count) &&
      reader->edit->markers.count) {
    return kt_error_at(
        err, KT_ERR_FORMAT, reader->edit->path, reader->line,
        reader->columns_of[reader->column[AT]],
        "times are seconds in one row and timecode in another; write one or the other");
  }
  reader->edit->start_said = plain;
  const char *colour = cell(reader, COLOUR);
  colour += strncasecmp(colour, "ResolveColor", 12) ? 0 : 12;
  bool point = length <= kt_frame_time(reader->timecode.rate, 1);
  kt_edit_marker(reader->edit, at, point ? 0 : length, cell(reader, NAME), cell(reader, NOTE),
                 colour);
  return KT_OK;
}

static char find_separator(const char *text) {
  size_t line = strcspn(text, "\r\n");
  return memchr(text, '\t', line)  ? '\t'
         : memchr(text, ',', line) ? ','
         : memchr(text, '|', line) ? '|'
                                   : ';';
}

KtStatus kt_edit_read_table(KtEdit *edit, const char *text, const KtTimecode *timecode,
                            KtError *err) {
  Reader *reader = KT_NEW(edit->arena, Reader, 1);
  if (!reader) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *reader = (Reader){.edit = edit,
                     .at = text,
                     .separator = find_separator(text),
                     .next_line = 1,
                     .any_rate = !timecode};
  reader->timecode = (KtTimecode){.rate = timecode ? timecode->rate : (KtRate){100, 1}};
  edit->format = KT_EDIT_TABLE;
  KtStatus status = KT_OK;
  bool headed = false, known = false;
  while (!status && !known && next_row(reader)) { // a title or an empty line may come first
    if (reader->line > 20) {
      break;
    }
    headed = read_heading(reader);
    known = headed || guess_columns(reader);
  }
  if (!known) {
    return kt_error_at(
        err, KT_ERR_FORMAT, edit->path, 1, 1,
        "is no edit list, and no column of times is found; give CMX3600 EDL, OpenTimelineIO, "
        "Final Cut XML, ALE, or markers as CSV or tab text with a column In or Timecode");
  }
  if (!headed) {
    status = read_row(reader, err);
  }
  while (!status && next_row(reader)) {
    status = read_row(reader, err);
  }
  return status;
}
