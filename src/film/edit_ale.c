// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Avid Log Exchange: clips with their sources. It says nothing of where they lie in a film.
#include "film/edit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum Part { HEADING, COLUMN, DATA } Part;

typedef struct Reader {
  KtEdit *edit;
  Part part;
  int line, columns, rows;
  double fps;
} Reader;

static int count_fields(const char *line, size_t length) {
  int count = 1;
  for (size_t i = 0; i < length; ++i) {
    count += line[i] == '\t';
  }
  return count;
}

/// "FPS	24", alone or among others on one line.
static KtStatus heading(Reader *reader, const char *line, size_t length, KtError *err) {
  const char *end = line + length;
  for (const char *p = line; p < end;) {
    size_t key = strcspn(p, "\t\r\n");
    if (key == 3 && !strncasecmp(p, "FPS", 3)) {
      char *stop = NULL;
      reader->fps = strtod(p + 3, &stop);
      if (stop == p + 3 || !kt_edit_rate(reader->fps).num) {
        return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line,
                           (int)(p - line) + 5, "FPS \"%.20s\" is no frame rate",
                           p + 3 + strspn(p + 3, "\t"));
      }
    }
    p += key + 1;
  }
  return KT_OK;
}

static bool is_word(const char *line, size_t length, const char *word) {
  while (length && strchr(" \t\r", line[length - 1])) {
    --length;
  }
  return length == strlen(word) && !strncasecmp(line, word, length);
}

static KtStatus read_line(Reader *reader, const char *line, size_t length, KtError *err) {
  if (is_word(line, length, "Column") && reader->part == HEADING) {
    reader->part = COLUMN;
  } else if (is_word(line, length, "Data") && reader->part != DATA) {
    if (!reader->columns) {
      return kt_error_at(err, KT_ERR_FORMAT, reader->edit->path, reader->line, 1,
                         "Data begins before Column has named the columns");
    }
    reader->part = DATA;
  } else if (reader->part == HEADING) {
    return heading(reader, line, length, err);
  } else if (reader->part == COLUMN && !is_word(line, length, "")) {
    reader->columns = reader->columns ? reader->columns : count_fields(line, length);
  } else if (reader->part == DATA && !is_word(line, length, "")) {
    ++reader->rows;
  }
  return KT_OK;
}

KtStatus kt_edit_read_ale(KtEdit *edit, const char *text, KtError *err) {
  Reader reader = {.edit = edit};
  edit->format = KT_EDIT_ALE;
  KtStatus status = KT_OK;
  while (*text && !status) {
    size_t length = strcspn(text, "\r\n");
    ++reader.line;
    status = read_line(&reader, text, length, err);
    text += length;
    text += text[0] == '\r' && text[1] == '\n' ? 2 : *text != '\0';
  }
  if (!status && reader.part != DATA) {
    status = kt_error_at(err, KT_ERR_FORMAT, edit->path, reader.line, 1,
                         "the log ends before its %s", reader.part == HEADING ? "Column" : "Data");
  }
  edit->named = reader.rows;
  edit->rate = kt_edit_rate(reader.fps);
  return status;
}
