// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/csv_read.h"

#include <string.h>
#include <strings.h>

typedef struct Reader {
  KtArena *arena;
  const char *path, *at, *end;
  char separator;
  int line, column;
} Reader;

static char next(Reader *r) {
  char c = *r->at++;
  if (c == '\n' || (c == '\r' && (r->at == r->end || *r->at != '\n'))) {
    ++r->line;
    r->column = 1;
  } else {
    ++r->column;
  }
  return c;
}

static bool line_ends(const Reader *r) {
  return r->at == r->end || *r->at == '\n' || *r->at == '\r';
}

static bool blank(const Reader *r) {
  return r->at < r->end && (*r->at == ' ' || (*r->at == '\t' && r->separator != '\t'));
}

static KtStatus quoted(Reader *r, KtCsvField *field, KtError *err) {
  char *text = kt_arena_alloc(r->arena, (size_t)(r->end - r->at) + 1);
  size_t length = 0;
  next(r);
  for (;;) {
    if (r->at == r->end) {
      return kt_error_at(err, KT_ERR_FORMAT, r->path, field->line, field->column,
                         "this quote is never closed; end it with \", and write \"\" for a quote inside");
    }
    char c = next(r);
    if (c == '"' && (r->at == r->end || *r->at != '"')) {
      break;
    }
    if (c == '"') {
      next(r);
    }
    if (text) {
      text[length++] = c;
    }
  }
  while (blank(r)) {
    next(r);
  }
  if (!line_ends(r) && *r->at != r->separator) {
    return kt_error_at(err, KT_ERR_FORMAT, r->path, r->line, r->column,
                       "text after a closing quote; write \"\" for a quote inside");
  }
  field->text = text ? kt_arena_text_n(r->arena, text, length) : "";
  return KT_OK;
}

static KtStatus read_field(Reader *r, KtCsvRow *row, KtError *err) {
  while (blank(r)) {
    next(r);
  }
  KtCsvField *field = kt_array_push(r->arena, &row->fields);
  if (!field) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *field = (KtCsvField){"", r->line, r->column};
  if (r->at < r->end && *r->at == '"') {
    return quoted(r, field, err);
  }
  const char *start = r->at;
  while (!line_ends(r) && *r->at != r->separator) {
    if (!*r->at) {
      return kt_error_at(err, KT_ERR_FORMAT, r->path, r->line, r->column,
                         "a zero byte: this is no text; save the table as UTF-8 CSV");
    }
    next(r);
  }
  const char *end = r->at;
  while (end > start && (end[-1] == ' ' || end[-1] == '\t')) {
    --end;
  }
  field->text = kt_arena_text_n(r->arena, start, (size_t)(end - start));
  return KT_OK;
}

static KtStatus read_row(Reader *r, KtCsvRow *row, KtError *err) {
  *row = (KtCsvRow){0};
  KtStatus status = KT_OK;
  do {
    status = read_field(r, row, err);
  } while (!status && r->at < r->end && *r->at == r->separator && next(r));
  if (!status && r->at < r->end) {
    char c = next(r);
    if (c == '\r' && r->at < r->end && *r->at == '\n') {
      next(r);
    }
  }
  return status;
}

static bool is_empty(const KtCsvRow *row) {
  for (size_t i = 0; i < row->fields.count; ++i) {
    if (row->fields.items[i].text[0]) {
      return false;
    }
  }
  return true;
}

static char separator_of(const char *at, const char *end) {
  size_t commas = 0, semicolons = 0, tabs = 0;
  for (; at < end && *at != '\n' && *at != '\r'; ++at) {
    commas += *at == ',';
    semicolons += *at == ';';
    tabs += *at == '\t';
  }
  return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
}

KtStatus kt_csv_read(KtArena *arena, const char *path, const char *bytes, size_t size,
                     KtCsvTable *table, KtError *err) {
  *table = (KtCsvTable){0};
  Reader r = {arena, path, bytes, bytes + size, ',', 1, 1};
  if (size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
    r.at += 3;
  }
  r.separator = separator_of(r.at, r.end);
  KtStatus status = KT_OK;
  while (!status && r.at < r.end) {
    KtCsvRow row;
    status = read_row(&r, &row, err);
    if (status || is_empty(&row)) {
      continue;
    }
    if (!table->header.fields.count) {
      table->header = row;
      continue;
    }
    for (size_t i = table->header.fields.count; i < row.fields.count && !status; ++i) {
      const KtCsvField *extra = &row.fields.items[i];
      status = extra->text[0]
                   ? kt_error_at(err, KT_ERR_FORMAT, path, extra->line, extra->column,
                                 "one field more than the header has names; put text with commas in quotes")
                   : KT_OK;
    }
    KtCsvRow *kept = status ? NULL : kt_array_push(arena, &table->rows);
    if (kept) {
      *kept = row;
    }
  }
  return !status && kt_arena_failed(arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

int kt_csv_column(const KtCsvTable *table, const char *name) {
  for (size_t i = 0; i < table->header.fields.count; ++i) {
    if (!strcasecmp(table->header.fields.items[i].text, name)) {
      return (int)i;
    }
  }
  return -1;
}

const KtCsvField *kt_csv_field(const KtCsvRow *row, int column) {
  return column >= 0 && (size_t)column < row->fields.count ? &row->fields.items[column] : NULL;
}
