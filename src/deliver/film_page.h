// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_FILM_PAGE_H
#define KT_DELIVER_FILM_PAGE_H

#include "deliver/report_page.h"

/// A picture of a shot as JPEG; size 0 where there is none.
typedef struct KtFilmStill {
  uint8_t *bytes;
  size_t size;
  int width, height;
} KtFilmStill;

/// What film.html is drawn from. `page` has the film alone.
typedef struct KtFilmPage {
  KtReportPage page;
  const KtFilm *film;
  KtFilmStill *stills; ///< one a shot
} KtFilmPage;

/// Takes the pictures, one a shot, the more shots the smaller; the shortest go without where there
/// are too many. The caller frees them with kt_film_stills_clear().
KtStatus kt_film_stills_take(KtFilmPage *page, const KtContext *ctx, KtError *err);
void kt_film_stills_clear(KtFilmPage *page);
/// The attribute of an image, "src" or "href", with the picture in it.
void kt_film_still_put(const KtFilmPage *page, size_t shot, const char *attribute);

void kt_film_page_lanes(const KtFilmPage *page); ///< the film from left to right
void kt_film_page_sheet(const KtFilmPage *page); ///< a picture a shot, by scene
void kt_film_page_table(const KtFilmPage *page); ///< shots, and what else has a time

extern const char kt_film_page_style[]; ///< beside the report's own

void kt_film_page_text(const KtFilmPage *page, const char *words); ///< escaped
void kt_film_page_timecode(const KtFilmPage *page, KtFilmTime time);

/// Name of the clip by the edit list; "" where it is not known.
const char *kt_film_shot_name(const KtFilm *film, const KtShot *shot);
const char *kt_film_transition_words(KtTransition transition); ///< "cut", "out of black"

#endif
