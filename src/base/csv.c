// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/csv.h"

#include "base/xml.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void separate(KtCsv *csv) {
  if (csv->in_row) {
    fputc(',', csv->stream);
  }
  csv->in_row = true;
}

void kt_csv_text(KtCsv *csv, const char *text) {
  separate(csv);
  if (!text || !*text) {
    return;
  }
  if (!strpbrk(text, ",\"\r\n") && *text != ' ' && text[strlen(text) - 1] != ' ') {
    kt_text_put(csv->stream, text, KT_TEXT_PLAIN);
    return;
  }
  fputc('"', csv->stream);
  kt_text_put(csv->stream, text, KT_TEXT_QUOTED);
  fputc('"', csv->stream);
}

void kt_csv_number(KtCsv *csv, double value, int decimals) {
  separate(csv);
  if (isfinite(value)) {
    double scale = pow(10, decimals);
    double rounded = round(value * scale) / scale;
    fprintf(csv->stream, "%.*f", decimals, rounded == 0 ? 0.0 : rounded); // never "-0.00"
  }
}

void kt_csv_int(KtCsv *csv, int64_t value) {
  separate(csv);
  fprintf(csv->stream, "%" PRId64, value);
}

void kt_csv_end(KtCsv *csv) {
  fputc('\n', csv->stream);
  csv->in_row = false;
}

void kt_csv_header(KtCsv *csv, const char *names) {
  fputs(names, csv->stream);
  kt_csv_end(csv);
}
