// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include <stdlib.h>

// Main title and end credits, near the start and the end of a film. Small type: light letters on a
// ground that is dark and mostly plain, for as long as one needs to read; over a living picture it
// is not found, leaves before the sky look too much like it. Large letters: a line of strokes that
// stays, whatever is behind it; railings and leaves come and go from picture to picture.
#define LEAST_SHARE     0.05F
#define MOST_BRIGHTNESS 0.45F
#define LEAST_S         2.0
#define BREAK_S         16.0
#define OPENING         0.15 ///< of the film
#define CLOSING         0.75
#define LEAST_STROKES   4.0F
#define CARD_S          2.0 ///< shorter is no title
#define CARD_BREAK_S    0.15
#define CARD_STAYS      0.95 ///< of its pictures have the line
#define CARD_LATE_S     1.6 ///< after its shot begins: branches and faces come later, or were there
#define CARD_FADES_S    1.2 ///< from a card's letters to the ends of its shot

static bool lettered(const KtSight *sight) {
  bool lines = sight->lettering > LEAST_SHARE && sight->brightness < MOST_BRIGHTNESS;
  bool crawl = sight->brightness < 0.16F && sight->saturation < 0.06F && sight->edges > 0.03F;
  return (lines || crawl) && sight->contrast < 0.4F;
}

static bool is_place(const KtFilm *film, KtFilmTime at) {
  double where = (double)at / (double)(film->duration > 0 ? film->duration : 1);
  return where < OPENING || where > CLOSING;
}

static void find_type(KtFilm *film, const KtSights *sights) {
  KtFilmTime least = kt_film_time(LEAST_S), rest = kt_film_time(BREAK_S);
  const KtFrame *frames = film->frames.items;
  for (size_t i = 0; i < sights->count;) {
    kt_sights_rest(sights, i);
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

/// A card fades with its shot: where it takes up most of one, the shot's ends are the title's.
static KtSpan card_in_shot(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  const KtShot *shot = &film->shots.items[kt_film_shot_at(film, (start + end) / 2)];
  KtFilmTime fades = kt_film_time(CARD_FADES_S);
  return (KtSpan){
      start > shot->start && start - shot->start < fades ? shot->start : start,
      end < shot->end && shot->end - end < fades ? shot->end : end,
  };
}

static void find_cards(KtFilm *film, const KtSights *sights) {
  const KtFrame *frames = film->frames.items;
  for (size_t i = 0; i < sights->count; ++i) {
    kt_sights_rest(sights, i);
    if (sights->items[i].strokes < LEAST_STROKES || !is_place(film, frames[i].time)) {
      continue;
    }
    size_t last = i, with = 0;
    for (size_t k = i; k < sights->count; ++k) {
      if (frames[k].time - frames[last].time > kt_film_time(CARD_BREAK_S)) {
        break;
      }
      bool lined = sights->items[k].strokes >= LEAST_STROKES;
      with += lined;
      last = lined ? k : last;
    }
    KtFilmTime end = frames[last].time + kt_frame_time(film->rate, 1);
    const KtShot *shot = &film->shots.items[kt_film_shot_at(film, frames[i].time)];
    if (end - frames[i].time >= kt_film_time(CARD_S) &&
        frames[i].time - shot->start <= kt_film_time(CARD_LATE_S) &&
        (double)with >= CARD_STAYS * (double)(last - i + 1)) {
      KtSpan *span = kt_array_push(film->arena, &film->titles);
      if (span) {
        *span = card_in_shot(film, frames[i].time, end);
      }
    }
    i = last;
  }
}

static int by_start(const void *a, const void *b) {
  const KtSpan *x = a, *y = b;
  return (x->start > y->start) - (x->start < y->start);
}

void kt_titles_find(KtFilm *film, const KtSights *sights) {
  find_type(film, sights);
  find_cards(film, sights);
  if (!film->titles.count) {
    return;
  }
  qsort(film->titles.items, film->titles.count, sizeof(KtSpan), by_start);
  size_t kept = 0;
  for (size_t i = 1; i < film->titles.count; ++i) { // what touches is one
    KtSpan *before = &film->titles.items[kept], now = film->titles.items[i];
    if (now.start <= before->end) {
      before->end = now.end > before->end ? now.end : before->end;
    } else {
      film->titles.items[++kept] = now;
    }
  }
  film->titles.count = kept + 1;
}
