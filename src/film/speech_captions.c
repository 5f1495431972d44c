// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/speech.h"

#include <string.h>

// A caption is up longer than its words, so it only supports what is heard.
#define UNDER_A_CAPTION 1.5F
#define WITHOUT_ONE     (-0.75F)

float kt_speech_caption_help(const KtFilm *film, KtFilmTime at, size_t *next) {
  while (*next < film->captions.count && film->captions.items[*next].end <= at) {
    ++*next;
  }
  const KtCaption *line = &film->captions.items[*next];
  bool words = *next < film->captions.count && line->start <= at && !line->sound;
  return words ? UNDER_A_CAPTION : WITHOUT_ONE;
}

static KtFilmTime heard_within(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  KtFilmTime heard = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    const KtSpan *span = &film->speech.items[i];
    KtFilmTime from = span->start > start ? span->start : start;
    KtFilmTime to = span->end < end ? span->end : end;
    heard += to > from ? to - from : 0;
  }
  return heard;
}

/// Puts a span among the others; those it touches become one with it.
static void put_span(KtFilm *film, KtSpan made) {
  KtSpan *list = film->speech.items;
  size_t kept = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    if (list[i].end < made.start || list[i].start > made.end) {
      list[kept++] = list[i];
    } else {
      made.start = list[i].start < made.start ? list[i].start : made.start;
      made.end = list[i].end > made.end ? list[i].end : made.end;
    }
  }
  film->speech.count = kept;
  size_t at = kept;
  if (kt_array_push(film->arena, &film->speech)) {
    for (list = film->speech.items; at && list[at - 1].start > made.start; --at) {
      list[at] = list[at - 1];
    }
    list[at] = made;
  }
}

/// Captions laid end to end were not timed one by one.
static bool touches(const KtFilm *film, size_t caption) {
  const KtCaption *list = film->captions.items;
  const KtFilmTime near = kt_film_time(0.1);
  return (caption && list[caption].start - list[caption - 1].end < near) ||
         (caption + 1 < film->captions.count && list[caption + 1].start - list[caption].end < near);
}

/// Thunder and sea cover a voice. Where a caption is up about as long as its words take to say, and
/// little of them was heard, the caption knows better.
void kt_speech_lean_on_captions(KtFilm *film) {
  const double letters_per_s = 13, breath_s = 0.3;
  const KtFilmTime plain = kt_film_time(1.5); // so much heard in one box needs no help
  for (size_t i = 0; i < film->captions.count; ++i) {
    const KtCaption *caption = &film->captions.items[i];
    KtFilmTime start = caption->start > 0 ? caption->start : 0;
    KtFilmTime end = caption->end < film->duration ? caption->end : film->duration;
    KtFilmTime said = kt_film_time(breath_s + (double)strlen(caption->text) / letters_per_s);
    bool tight = said >= (end - start) * 3 / 4 && !touches(film, i);
    said = said < end - start ? said : end - start;
    KtFilmTime heard = end > start ? heard_within(film, start, end) : 0;
    if (!caption->sound && tight && said > 0 && heard < plain && heard < said * 11 / 20) {
      put_span(film, (KtSpan){start, start + said});
    }
  }
}
