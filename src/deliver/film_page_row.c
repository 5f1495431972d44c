// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/film_page_row.h"

#include <math.h>

double kt_row_x_at(const KtFilmRow *row, double seconds) {
  double at = (seconds - row->from_s) / (row->to_s - row->from_s);
  return KT_ROW_LEFT + KT_ROW_PLOT * (at < 0 ? 0 : at > 1 ? 1 : at);
}

double kt_row_x_of(const KtFilmRow *row, KtFilmTime time) {
  return kt_row_x_at(row, kt_seconds(time));
}

bool kt_row_shows(const KtFilmRow *row, KtFilmTime start, KtFilmTime end) {
  return kt_seconds(end) > row->from_s && kt_seconds(start) < row->to_s;
}

void kt_row_lane(const KtFilmRow *row, const char *name, double y) {
  fprintf(row->out, "<text class=\"lane\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
          KT_ROW_LEFT - 10, y, name);
}

void kt_row_tip(const KtFilmRow *row, KtFilmTime from, KtFilmTime to, const char *what) {
  char start[KT_TIMECODE_SIZE], end[KT_TIMECODE_SIZE];
  kt_timecode_print(&row->film->timecode, from, start);
  kt_timecode_print(&row->film->timecode, to, end);
  fprintf(row->out, "<title>%s%s%s ", start, from == to ? "" : "–", from == to ? "" : end);
  kt_page_text(&row->p->page, what);
  fputs("</title>", row->out);
}

/// As much of a text as fits, with an ellipsis; nothing where not even four letters do.
void kt_row_fitted(const KtFilmRow *row, const char *text, double width, double letter) {
  size_t room = width > 0 ? (size_t)(width / letter) : 0, letters = 0;
  const char *cut = NULL;
  for (const char *c = text; *c; ++c) {
    if (((unsigned char)*c & 0xc0) != 0x80) {
      cut = room && letters == room - 1 ? c : cut;
      ++letters;
    }
  }
  if (letters <= room) {
    kt_page_text(&row->p->page, text);
  } else if (room >= 4 && cut) {
    kt_page_text(&row->p->page, kt_arena_text_n(row->p->page.arena, text, (size_t)(cut - text)));
    fputs("…", row->out);
  }
}

void kt_row_span(const KtFilmRow *row, KtFilmTime start, KtFilmTime end, double y, double height,
                 const char *kind, const char *what) {
  double x = kt_row_x_of(row, start);
  fprintf(row->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
          kind, x, y, fmax(.8, kt_row_x_of(row, end) - x), height);
  kt_row_tip(row, start, end, what);
  fputs("</rect>\n", row->out);
}
