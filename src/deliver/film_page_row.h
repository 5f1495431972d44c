// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_FILM_PAGE_ROW_H
#define KT_DELIVER_FILM_PAGE_ROW_H

#include "deliver/film_page.h"

enum {
  KT_ROW_WIDTH = 1400,
  KT_ROW_LEFT = 124,
  KT_ROW_PLOT = KT_ROW_WIDTH - KT_ROW_LEFT - 14,
  KT_ROW_COLUMNS = 1262
};

/// A row of the drawing: a stretch of the film, and how far down it has come.
typedef struct KtFilmRow {
  const KtFilmPage *p;
  const KtFilm *film;
  FILE *out;
  double from_s, to_s, y;
} KtFilmRow;

/// Where a time lies, what of the film shows, and what the lanes are drawn with. `letter` is the
/// mean width of one.
double kt_row_x_at(const KtFilmRow *row, double seconds);
double kt_row_x_of(const KtFilmRow *row, KtFilmTime time);
bool kt_row_shows(const KtFilmRow *row, KtFilmTime start, KtFilmTime end);
void kt_row_lane(const KtFilmRow *row, const char *name, double y);
void kt_row_tip(const KtFilmRow *row, KtFilmTime from, KtFilmTime to, const char *what);
void kt_row_fitted(const KtFilmRow *row, const char *text, double width, double letter);
void kt_row_span(const KtFilmRow *row, KtFilmTime start, KtFilmTime end, double y, double height,
                 const char *kind, const char *what);

/// Lanes of what is marked, written, said and heard (film_page_words.c).
void kt_row_markers(KtFilmRow *row);
void kt_row_titles(KtFilmRow *row);
void kt_row_words(KtFilmRow *row);
void kt_row_loudness(KtFilmRow *row);

#endif
