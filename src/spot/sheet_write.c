// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/sheet_words.h"

#include "base/xml.h"

#include <string.h>

/// Text on one line, as it will be read back.
static void put(FILE *stream, const char *text) {
  for (const char *at = text; *at; ++at) {
    fputc(*at == '\n' || *at == '\r' || *at == '\t' ? ' ' : *at, stream);
  }
}

static void put_line(FILE *stream, const char *word, const char *text) {
  fprintf(stream, "    %-8s ", word);
  put(stream, text);
  fputc('\n', stream);
}

static void write_hit(FILE *stream, const KtSheetFilm *film, const KtSheetHit *hit, bool exact) {
  char at[32];
  kt_sheet_print_time(film, hit->at, exact, at);
  if (hit->struck) {
    fprintf(stream, "    no hit   %s\n", at);
    return;
  }
  fprintf(stream, "    hit      %s %s", at, kt_hit_name(hit->kind));
  if (hit->said & KT_SAID_WEIGHT) {
    fprintf(stream, " %.3f", (double)hit->weight);
  }
  if (hit->said & KT_SAID_TOLERANCE) {
    fprintf(stream, " within %g", (double)hit->tolerance_frames);
  }
  if (hit->source && hit->source[0]) {
    fprintf(stream, " from %.*s", (int)strcspn(hit->source, " \t:"), hit->source);
  }
  fputs(hit->locked ? " locked: " : ": ", stream);
  put(stream, hit->label);
  fputc('\n', stream);
}

static void write_cue(FILE *stream, const KtSheetFilm *film, const KtSheetCue *cue, bool exact) {
  char in[32];
  char out[32];
  fprintf(stream, "cue %s  %s - %s  ", cue->name[0] ? cue->name : "-",
          kt_sheet_print_time(film, cue->in, exact, in),
          kt_sheet_print_time(film, cue->out, exact, out));
  put(stream, cue->said & KT_SAID_TITLE ? cue->title : "");
  fputc('\n', stream);
  if (cue->said & KT_SAID_FUNCTION) {
    put_line(stream, "function", kt_function_name(cue->function));
  }
  if (cue->said & KT_SAID_ENTRY) {
    put_line(stream, "entry", kt_entry_name(cue->entry));
  }
  if (cue->said & KT_SAID_EXIT) {
    put_line(stream, "exit", kt_exit_name(cue->exit));
  }
  if (cue->said & KT_SAID_ABOUT) {
    put_line(stream, "about", cue->about);
  }
  if (cue->locked) {
    put_line(stream, "locked", "yes");
  }
  if (cue->said & KT_SAID_REASON) {
    put_line(stream, "reason", cue->reason);
  }
}

static void write_silence(FILE *stream, const KtSheetFilm *film, const KtSheetSilence *silence,
                          bool exact) {
  char in[32];
  char out[32];
  fprintf(stream, "%s %s - %s\n", silence->locked ? "no music" : "silence",
          kt_sheet_print_time(film, silence->in, exact, in),
          kt_sheet_print_time(film, silence->out, exact, out));
  if (silence->reason && silence->reason[0]) {
    put_line(stream, "reason", silence->reason);
  }
}

static void write_all(FILE *stream, const KtSheetFilm *film, const KtSheet *sheet, bool exact) {
  size_t hit = 0;
  size_t silence = 0;
  for (size_t i = 0; i <= sheet->cues.count; ++i) {
    const KtSheetCue *cue = i < sheet->cues.count ? &sheet->cues.items[i] : NULL;
    while (silence < sheet->silences.count &&
           (!cue || sheet->silences.items[silence].in < cue->in)) {
      write_silence(stream, film, &sheet->silences.items[silence++], exact);
    }
    // Hits that stand between two cues belong to the one before.
    while (hit < sheet->hits.count && cue && sheet->hits.items[hit].at < cue->in) {
      write_hit(stream, film, &sheet->hits.items[hit++], exact);
    }
    if (cue) {
      write_cue(stream, film, cue, exact);
      while (hit < sheet->hits.count && sheet->hits.items[hit].at < cue->out) {
        write_hit(stream, film, &sheet->hits.items[hit++], exact);
      }
    }
  }
  while (hit < sheet->hits.count) {
    write_hit(stream, film, &sheet->hits.items[hit++], exact);
  }
}

void kt_sheet_write(FILE *stream, const KtSheetFilm *film, const KtSheet *sheet) {
  char start[KT_TIMECODE_SIZE];
  kt_timecode_print(&film->timecode, 0, start);
  fprintf(stream,
          "# Spotting sheet. The first picture is %s at %d/%d frames a second; times are timecode "
          "or seconds.\n"
          "# Change a line, delete it, add one, then: kinothek spotting import DIR THIS-FILE, and "
          "kinothek update DIR.\n"
          "# cue NAME IN - OUT TITLE (NAME may be left out for a new one); no music IN - OUT; below "
          "a cue:\n"
          "# hit TIME hard|soft|swell|stop WEIGHT within FRAMES: WHAT; no hit TIME; locked yes|no.\n",
          start, film->timecode.rate.num, film->timecode.rate.den);
  write_all(stream, film, sheet, false);
}

void kt_sheet_write_set(FILE *stream, const KtSheet *sheet) {
  KtSheetFilm none = {0};
  write_all(stream, &none, sheet, true);
  for (size_t i = 0; i < sheet->open.count; ++i) {
    const KtSpan *span = &sheet->open.items[i];
    fprintf(stream, "open %.9f - %.9f\n", kt_seconds(span->start), kt_seconds(span->end));
  }
}
