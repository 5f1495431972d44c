// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

// Main title and end credits: near the start and the end of a film, light letters on a ground that
// is dark and mostly plain, for as long as one needs to read. Letters laid over a living picture
// are not found; leaves before the sky look too much like them.
#define LEAST_SHARE     0.05F
#define MOST_BRIGHTNESS 0.45F
#define LEAST_S         2.0
#define BREAK_S         16.0
#define OPENING         0.15 ///< of the film
#define CLOSING         0.75

static bool lettered(const KtSight *sight) {
  bool lines = sight->lettering > LEAST_SHARE && sight->brightness < MOST_BRIGHTNESS;
  bool crawl = sight->brightness < 0.16F && sight->saturation < 0.06F && sight->edges > 0.03F;
  return (lines || crawl) && sight->contrast < 0.4F;
}

static bool is_place(const KtFilm *film, KtFilmTime at) {
  double where = (double)at / (double)(film->duration > 0 ? film->duration : 1);
  return where < OPENING || where > CLOSING;
}

void kt_titles_find(KtFilm *film, const KtSights *sights) {
  KtFilmTime least = kt_film_time(LEAST_S), rest = kt_film_time(BREAK_S);
  const KtFrame *frames = film->frames.items;
  for (size_t i = 0; i < sights->count;) {
    if (!lettered(&sights->items[i]) || !is_place(film, frames[i].time)) {
      ++i;
      continue;
    }
    size_t last = i;
    for (size_t k = i; k < sights->count && frames[k].time - frames[last].time <= rest; ++k) {
      last = lettered(&sights->items[k]) && is_place(film, frames[k].time) ? k : last;
    }
    if (frames[last].time - frames[i].time >= least) {
      KtSpan *span = kt_array_push(film->arena, &film->titles);
      if (span) {
        *span = (KtSpan){frames[i].time, frames[last].time + kt_frame_time(film->rate, 1)};
      }
    }
    i = last + 1;
  }
}
