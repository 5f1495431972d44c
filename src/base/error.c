// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void kt_one_line(char *text) {
  for (; *text; ++text) {
    if ((unsigned char)*text < ' ' || *text == 0x7f) {
      *text = ' ';
    }
  }
}

static KtStatus fill(KtError *err, KtStatus status, const char *file, int line, int column,
                     const char *format, va_list args) {
  if (!err) {
    return status;
  }
  memset(err, 0, sizeof(*err));
  err->status = status;
  err->line = line;
  err->column = column;
  if (file) {
    snprintf(err->file, sizeof(err->file), "%s", file);
  }
  vsnprintf(err->message, sizeof(err->message), format, args);
  kt_one_line(err->message);
  kt_one_line(err->file);
  return status;
}

KtStatus kt_error_set(KtError *err, KtStatus status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fill(err, status, NULL, 0, 0, format, args);
  va_end(args);
  return status;
}

KtStatus kt_error_at(KtError *err, KtStatus status, const char *file, int line, int column,
                     const char *format, ...) {
  va_list args;
  va_start(args, format);
  fill(err, status, file, line, column, format, args);
  va_end(args);
  return status;
}

void kt_error_print(const KtError *err, char *text, size_t size) {
  char place[600] = "";
  if (err->file[0] && err->line && err->column) {
    snprintf(place, sizeof(place), "%s:%d:%d: ", err->file, err->line, err->column);
  } else if (err->file[0] && err->line) {
    snprintf(place, sizeof(place), "%s:%d: ", err->file, err->line);
  } else if (err->file[0]) {
    snprintf(place, sizeof(place), "%s: ", err->file);
  }
  snprintf(text, size, "%s%s%s%s", place, err->where, err->where[0] ? ": " : "", err->message);
}
