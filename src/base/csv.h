// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_CSV_H
#define KT_BASE_CSV_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/// A table of comma-separated values: quoting as RFC 4180 says, UTF-8, lines end in a line feed
/// (spreadsheets take it, and so do line-based tools). The stream is the caller's.
typedef struct KtCsv {
  FILE *stream;
  bool in_row;
} KtCsv;

void kt_csv_text(KtCsv *csv, const char *text);                   ///< NULL: an empty field
void kt_csv_number(KtCsv *csv, double value, int decimals);       ///< empty where not finite
void kt_csv_int(KtCsv *csv, int64_t value);
void kt_csv_end(KtCsv *csv);                                      ///< ends the row
/// The header line, from "cue,in,out".
void kt_csv_header(KtCsv *csv, const char *names);

#endif
