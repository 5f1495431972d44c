// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

/// A sound of speech too short and too far from the next to begin a line with.
static bool is_blip(const KtFilm *film, size_t span) {
  const KtSpan *here = &film->speech.items[span];
  bool brief = here->end - here->start < kt_film_time(0.6);
  bool far = span + 1 == film->speech.count || here[1].start - here->end > kt_film_time(2);
  return brief && far;
}

void kt_align_tighten(KtStoryWork *work) {
  const KtFilm *film = work->film;
  for (size_t i = 0; i < work->story->lines.count; ++i) {
    KtLine *line = &work->story->lines.items[i];
    bool begun = false; // somebody speaks already: the line is inside what is heard
    KtFilmTime first = -1;
    KtFilmTime last = -1;
    for (size_t k = 0; k < film->speech.count && line->confidence > 0; ++k) {
      const KtSpan *span = &film->speech.items[k];
      if (span->end <= line->start || span->start >= line->end || is_blip(film, k)) {
        continue;
      }
      begun = begun || span->start <= line->start;
      first = first < 0 ? span->start : first;
      last = span->end;
    }
    if (first > line->start && !begun) {
      line->start = first;
    }
    if (last > line->start && last < line->end) {
      line->end = last;
    }
  }
}
