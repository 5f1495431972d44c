// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/speech.h"

#include <math.h>
#include <stdlib.h>
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

// Captions against what the network heard, which knows nothing of them.
#define LEAST_SHIFT_S 0.8 ///< an editor lets a caption come so early or stay so late on purpose
#define SHIFT_STEP_S  0.1
#define CLEARLY       1.3 ///< as well as where they are
#define NEARLY        0.98
#define SURE_ODDS     3.0
#define LEAST_A_BLOCK 0.5 ///< log-odds over the film's own, under captions in their right place
enum { MOST_SHIFT = 60, LEAST_CAPTIONS = 5 };

/// How far the words under captions that are moved by `shift_s` stand over the film's.
static double agreement(const KtFilm *film, const double *sums, size_t blocks, double shift_s,
                        size_t *under) {
  const double block_s = 0.032;
  double sum = 0;
  *under = 0;
  for (size_t i = 0; i < film->captions.count; ++i) {
    const KtCaption *caption = &film->captions.items[i];
    double from = fmax(0.0, (kt_seconds(caption->start) + shift_s) / block_s);
    double to = fmax(0.0, (kt_seconds(caption->end) + shift_s) / block_s);
    size_t first = from < (double)blocks ? (size_t)from : blocks;
    size_t last = to < (double)blocks ? (size_t)to : blocks;
    if (!caption->sound && last > first) {
      sum += sums[last] - sums[first];
      *under += last - first;
    }
  }
  return sum;
}

/// The shift, in steps, that brings captions onto words; the middle of those that do as well.
static int best_shift(const double *scores) {
  int best = 0;
  for (int k = 0; k <= 2 * MOST_SHIFT; ++k) {
    best = scores[k] > scores[best] ? k : best;
  }
  int from = best, to = best;
  while (from > 0 && scores[from - 1] > NEARLY * scores[best]) {
    --from;
  }
  while (to < 2 * MOST_SHIFT && scores[to + 1] > NEARLY * scores[best]) {
    ++to;
  }
  return (from + to) / 2 - MOST_SHIFT;
}

double kt_speech_captions_late_s(const KtHear *hear, const KtFilm *film) {
  const KtSeries *odds = &hear->listen.odds;
  double *sums = odds->count ? calloc(odds->count + 1, sizeof(double)) : NULL;
  double scores[2 * MOST_SHIFT + 1], mean = 0;
  if (!sums || film->captions.count < LEAST_CAPTIONS) {
    free(sums);
    return 0;
  }
  for (size_t i = 0; i < odds->count; ++i) {
    mean += fmax(-SURE_ODDS, fmin(SURE_ODDS, (double)odds->items[i])) / (double)odds->count;
  }
  for (size_t i = 0; i < odds->count; ++i) {
    double here = fmax(-SURE_ODDS, fmin(SURE_ODDS, (double)odds->items[i]));
    sums[i + 1] = sums[i] + here - mean;
  }
  size_t under = 0;
  for (int k = 0; k <= 2 * MOST_SHIFT; ++k) {
    scores[k] = agreement(film, sums, odds->count, (k - MOST_SHIFT) * SHIFT_STEP_S, &under);
  }
  int shift = best_shift(scores);
  double best = scores[shift + MOST_SHIFT], here = agreement(film, sums, odds->count, 0, &under);
  free(sums);
  bool apart = fabs(shift * SHIFT_STEP_S) > LEAST_SHIFT_S && abs(shift) < MOST_SHIFT - 2;
  return apart && best > CLEARLY * here && best > LEAST_A_BLOCK * (double)under
             ? -shift * SHIFT_STEP_S
             : 0.0;
}
