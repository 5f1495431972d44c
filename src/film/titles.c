// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

// Lettering: a part of the picture, and not most of it, is as fine and hard as letters are, on a
// ground that is otherwise plain, for as long as one needs to read.
#define LEAST_SHARE 0.03F
#define MOST_SHARE 0.55F
#define LEAST_S 1.5
#define BREAK_S 1.0

static bool lettered(const KtSight *sight) {
  return sight->lettering > LEAST_SHARE && sight->lettering < MOST_SHARE &&
         sight->edges < 0.09F && sight->colours[0] + sight->colours[5] + sight->colours[6] > 140;
}

void kt_titles_find(KtFilm *film, const KtSights *sights) {
  KtFilmTime least = kt_film_time(LEAST_S), rest = kt_film_time(BREAK_S);
  const KtFrame *frames = film->frames.items;
  for (size_t i = 0; i < sights->count;) {
    if (!lettered(&sights->items[i])) {
      ++i;
      continue;
    }
    size_t last = i;
    for (size_t k = i; k < sights->count && frames[k].time - frames[last].time <= rest; ++k) {
      last = lettered(&sights->items[k]) ? k : last;
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
