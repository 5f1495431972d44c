// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_CSV_READ_H
#define KT_BASE_CSV_READ_H

#include "base/arena.h"
#include "base/error.h"

typedef struct KtCsvField {
  const char *text; ///< quotes and blanks round it taken off
  int line, column; ///< where it starts, 1-based
} KtCsvField;

typedef struct KtCsvRow {
  KT_ARRAY(KtCsvField) fields;
} KtCsvRow;

/// A table as people's programs write them: comma, semicolon or tab (whichever the first line has
/// most of), quotes as in RFC 4180, any line end, a byte order mark. Empty lines are left out.
typedef struct KtCsvTable {
  KtCsvRow header;
  KT_ARRAY(KtCsvRow) rows;
} KtCsvTable;

/// `path` is for messages. KT_ERR_FORMAT with line and column: a quote that is never closed, text
/// after a closing quote, a zero byte, a row with more fields than the header.
KtStatus kt_csv_read(KtArena *arena, const char *path, const char *bytes, size_t size,
                     KtCsvTable *table, KtError *err);
/// Column of that name (case and blanks ignored), -1 where there is none.
int kt_csv_column(const KtCsvTable *table, const char *name);
/// The row's field in a column; NULL where the column or the field is not there.
const KtCsvField *kt_csv_field(const KtCsvRow *row, int column);

#endif
