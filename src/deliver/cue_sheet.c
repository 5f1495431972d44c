// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The cue sheet that broadcasters and performing-rights societies ask for.
#include "deliver/common.h"

#include "base/csv.h"
#include "base/xml.h"

#include <math.h>

static const char ORIGIN[] = "specially commissioned";

typedef struct Shares {
  const char *composer, *publisher, *ipi;
  double writer, publishing; ///< per cent
} Shares;

static const char *usage_code(KtFunction function) {
  switch (function) {
  case KT_FUNCTION_MAIN_TITLE: return "MT";
  case KT_FUNCTION_END_TITLE: return "ET";
  case KT_FUNCTION_SOURCE: return "VI";
  default: return "BI";
  }
}

static const char *usage_name(KtFunction function) {
  switch (function) {
  case KT_FUNCTION_MAIN_TITLE: return "main title";
  case KT_FUNCTION_END_TITLE: return "end title";
  case KT_FUNCTION_SOURCE: return "visual instrumental";
  default: return "background instrumental";
  }
}

/// What the brief says; where it names a publisher but no share, writer and publisher halve it.
static Shares shares_of(const KtBrief *brief) {
  Shares shares = {.composer = "", .publisher = "", .ipi = ""};
  if (!brief) {
    shares.writer = 100;
    return shares;
  }
  shares.composer = brief->composer ? brief->composer : "";
  shares.publisher = brief->publisher ? brief->publisher : "";
  shares.ipi = brief->ipi ? brief->ipi : "";
  double said = (double)brief->composer_share;
  shares.writer = said > 0 ? said : *shares.publisher ? 50 : 100;
  shares.publishing = *shares.publisher ? fmax(0, 100 - shares.writer) : 0;
  return shares;
}

/// Whole seconds, as the societies count: "1:23", "1:02:03".
static void clock_text(double seconds, char text[24]) {
  long whole = lround(seconds);
  if (whole >= 3600) {
    snprintf(text, 24, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    snprintf(text, 24, "%ld:%02ld", whole / 60, whole % 60);
  }
}

static double total_music_s(const KtDelivery *delivery) {
  double total = 0;
  for (size_t i = 0; i < delivery->spotting->cues.count; ++i) {
    const KtCue *cue = &delivery->spotting->cues.items[i];
    total += kt_seconds(cue->out - cue->in);
  }
  return total;
}

static void csv_rights(const KtDelivery *delivery, const Shares *shares, KtCsv *csv) {
  char clock[24];
  kt_csv_text(csv, shares->composer);
  kt_csv_text(csv, shares->ipi);
  kt_csv_number(csv, shares->writer, 2);
  kt_csv_text(csv, shares->publisher);
  kt_csv_number(csv, *shares->publisher ? shares->publishing : (double)NAN, 2);
  kt_csv_text(csv, ORIGIN);
  kt_csv_text(csv, delivery->film->title);
  clock_text(kt_seconds(delivery->film->duration), clock);
  kt_csv_text(csv, clock);
  clock_text(total_music_s(delivery), clock);
  kt_csv_text(csv, clock);
}

static void csv_rows(const KtDelivery *delivery, KtCsv *csv) {
  Shares shares = shares_of(delivery->brief);
  char timecode[KT_TIMECODE_SIZE], clock[24];
  kt_csv_header(csv, "number,cue,title,usage,in,out,duration,seconds,composer,ipi,share,publisher,"
                     "publisher_share,origin,production,production_duration,total_music");
  for (size_t i = 0; i < delivery->spotting->cues.count; ++i) {
    const KtCue *cue = &delivery->spotting->cues.items[i];
    double seconds = kt_seconds(cue->out - cue->in);
    kt_csv_int(csv, (int64_t)i + 1);
    kt_csv_text(csv, cue->name);
    kt_csv_text(csv, cue->title);
    kt_csv_text(csv, usage_code(cue->function));
    kt_timecode_print(&delivery->film->timecode, cue->in, timecode);
    kt_csv_text(csv, timecode);
    kt_timecode_print(&delivery->film->timecode, cue->out, timecode);
    kt_csv_text(csv, timecode);
    clock_text(seconds, clock);
    kt_csv_text(csv, clock);
    kt_csv_number(csv, seconds, 3);
    csv_rights(delivery, &shares, csv);
    kt_csv_end(csv);
  }
}

/// A concert piece is no music of the production: no timecode, and not in its total.
static void csv_suite(const KtDelivery *delivery, KtCsv *csv) {
  const KtConcertPiece *suite = delivery->suite;
  Shares shares = shares_of(delivery->brief);
  char clock[24];
  if (!suite) {
    return;
  }
  kt_csv_int(csv, (int64_t)delivery->spotting->cues.count + 1);
  kt_csv_text(csv, suite->cue);
  kt_csv_text(csv, suite->title);
  kt_csv_text(csv, "concert");
  kt_csv_text(csv, "");
  kt_csv_text(csv, "");
  clock_text(suite->seconds, clock);
  kt_csv_text(csv, clock);
  kt_csv_number(csv, suite->seconds, 3);
  csv_rights(delivery, &shares, csv);
  kt_csv_end(csv);
}

static const char STYLE[] =
    "body{font:15px/1.45 'Iowan Old Style','Palatino Linotype',Palatino,Georgia,serif;color:#1c1a17;"
    "background:#fff;margin:2.5rem auto;max-width:72rem;padding:0 1.5rem}"
    "h1{font-size:1.5rem;margin:0 0 .2rem}dl{display:grid;grid-template-columns:max-content 1fr;"
    "gap:.15rem 1.2rem;margin:1rem 0 1.6rem}dt{color:#6b645a}dd{margin:0}"
    "table{border-collapse:collapse;width:100%;font-size:.92rem}caption{text-align:left;"
    "padding-bottom:.5rem;color:#6b645a}th{text-align:left;border-bottom:2px solid #1c1a17;"
    "font-weight:600;padding:.3rem .7rem .3rem 0}td{border-bottom:1px solid #d8d2c6;"
    "padding:.35rem .7rem .35rem 0;vertical-align:top;font-variant-numeric:tabular-nums}"
    "td.n,th.n{text-align:right}.t{font-family:ui-monospace,'DejaVu Sans Mono',monospace;"
    "font-size:.86em;white-space:nowrap}small{color:#6b645a}@media print{body{margin:0}}";

static void put(FILE *out, const char *text) {
  kt_text_put(out, text, KT_TEXT_XML);
}

static void html_fact(FILE *out, const char *term, const char *text) {
  fprintf(out, "<dt>%s</dt><dd>", term);
  put(out, text);
  fputs("</dd>\n", out);
}

static void html_head(const KtDelivery *delivery, FILE *out) {
  char date[16], time[16], clock[24];
  fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>Cue sheet: ", out);
  put(out, delivery->film->title);
  fprintf(out, "</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n<style>%s</style>"
               "</head><body>\n<h1>Music cue sheet</h1>\n<dl>\n", STYLE);
  html_fact(out, "Production", delivery->film->title);
  clock_text(kt_seconds(delivery->film->duration), clock);
  html_fact(out, "Length of production", clock);
  clock_text(total_music_s(delivery), clock);
  html_fact(out, "Total music", clock);
  if (delivery->origination) {
    kt_date_text(delivery->origination, date, time);
    html_fact(out, "Prepared", date);
  }
  fputs("</dl>\n", out);
}

static void html_rights(const Shares *shares, FILE *out) {
  put(out, *shares->composer ? shares->composer : "to be named");
  fprintf(out, "%s", *shares->ipi ? "<br><small>IPI " : "");
  put(out, shares->ipi);
  fprintf(out, "%s</td><td class=\"n\">%.4g %%</td><td>", *shares->ipi ? "</small>" : "", shares->writer);
  put(out, *shares->publisher ? shares->publisher : "–");
  if (*shares->publisher) {
    fprintf(out, "</td><td class=\"n\">%.4g %%", shares->publishing);
  } else {
    fputs("</td><td class=\"n\">–", out);
  }
  fprintf(out, "</td><td>%s</td></tr>\n", ORIGIN);
}

static void html_suite(const KtDelivery *delivery, const Shares *shares, FILE *out) {
  const KtConcertPiece *suite = delivery->suite;
  char clock[24];
  if (!suite) {
    return;
  }
  clock_text(suite->seconds, clock);
  fprintf(out, "<tr><td class=\"n\">%zu</td><td>%s</td><td>", delivery->spotting->cues.count + 1, suite->cue);
  put(out, suite->title);
  fprintf(out, "</td><td>concert</td><td colspan=\"2\">not in the production</td><td class=\"n\">%s</td><td>",
          clock);
  html_rights(shares, out);
}

static void html_row(const KtDelivery *delivery, size_t index, const Shares *shares, FILE *out) {
  const KtCue *cue = &delivery->spotting->cues.items[index];
  char in[KT_TIMECODE_SIZE], to[KT_TIMECODE_SIZE], clock[24];
  kt_timecode_print(&delivery->film->timecode, cue->in, in);
  kt_timecode_print(&delivery->film->timecode, cue->out, to);
  clock_text(kt_seconds(cue->out - cue->in), clock);
  fprintf(out, "<tr><td class=\"n\">%zu</td><td>", index + 1);
  put(out, cue->name);
  fputs("</td><td>", out);
  put(out, cue->title);
  fprintf(out, "</td><td><abbr title=\"%s\">%s</abbr></td><td class=\"t\">%s</td><td class=\"t\">%s"
               "</td><td class=\"n\">%s</td><td>", usage_name(cue->function),
          usage_code(cue->function), in, to, clock);
  html_rights(shares, out);
}

static void html_page(const KtDelivery *delivery, FILE *out) {
  Shares shares = shares_of(delivery->brief);
  html_head(delivery, out);
  fputs("<table><caption>BI background instrumental, VI visual instrumental, MT main title, ET end "
        "title. Times are the film's timecode.</caption>\n<thead><tr><th class=\"n\">No.</th><th>Cue"
        "</th><th>Title</th><th>Usage</th><th>In</th><th>Out</th><th class=\"n\">Duration</th><th>"
        "Composer</th><th class=\"n\">Share</th><th>Publisher</th><th class=\"n\">Share</th><th>Origin"
        "</th></tr></thead>\n<tbody>\n", out);
  for (size_t i = 0; i < delivery->spotting->cues.count; ++i) {
    html_row(delivery, i, &shares, out);
  }
  html_suite(delivery, &shares, out);
  fputs("</tbody></table>\n", out);
  if (!*shares.composer) {
    fputs("<p><small>No composer is named; say <code>credits: {composer: ..., ipi: ...}</code> in the "
          "brief.</small></p>\n", out);
  }
  if (delivery->film->music.count) {
    fputs("<p><small>The film's own sound holds music as well; it is not part of this score and has to "
          "be added by who licensed it:", out);
    for (size_t i = 0; i < delivery->film->music.count; ++i) {
      char in[KT_TIMECODE_SIZE], to[KT_TIMECODE_SIZE];
      kt_timecode_print(&delivery->film->timecode, delivery->film->music.items[i].start, in);
      kt_timecode_print(&delivery->film->timecode, delivery->film->music.items[i].end, to);
      fprintf(out, "%s %s–%s", i ? "," : "", in, to);
    }
    fputs(".</small></p>\n", out);
  }
  fputs("</body></html>\n", out);
}

KtStatus kt_deliver_cue_sheet(const KtDelivery *delivery, KtError *err) {
  char path[KT_PATH_SIZE];
  KtAtomicFile file = {0};
  KtStatus status = kt_delivery_path(delivery, path, err, "cue-sheet.csv");
  if (!status && !(status = kt_atomic_open(&file, path, err))) {
    KtCsv csv = {.stream = file.stream};
    csv_rows(delivery, &csv);
    csv_suite(delivery, &csv);
    status = kt_atomic_commit(&file, err);
  }
  if (!status) {
    status = kt_delivery_path(delivery, path, err, "cue-sheet.html");
  }
  if (!status && !(status = kt_atomic_open(&file, path, err))) {
    html_page(delivery, file.stream);
    status = kt_atomic_commit(&file, err);
  }
  return status;
}
