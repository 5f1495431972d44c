// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Silence, and the room or landscape heard where nobody speaks and no music plays, in steps of
// 100 ms.
#define SILENT_LUFS (-60.0) ///< below the floor of most rooms that were recorded
#define DEEP_LU     40.0    ///< or so far below the whole film
#define OTHER_LU    6.0     ///< a lasting change by this much is another place
enum { SHORTEST_SILENCE = 5, SHORTEST = 20, AHEAD = 20, AIR = 2 };

typedef enum State { FREE, SILENT, TAKEN } State;

static float lufs(float power) {
  return power > 1e-12F ? -0.691F + 10.0F * log10f(power) : -120.0F;
}

/// Words end in the room's answer: `air` steps around a span are not free either.
static void take(char *states, size_t count, const KtSpan *spans, size_t span_count, size_t air) {
  for (size_t s = 0; s < span_count; ++s) {
    size_t from = (size_t)(kt_seconds(spans[s].start) * 10.0);
    size_t to = (size_t)ceil(kt_seconds(spans[s].end) * 10.0) + air;
    for (size_t i = from > air ? from - air : 0; i < to && i < count; ++i) {
      states[i] = TAKEN;
    }
  }
}

static KtFilmTime step_time(const KtFilm *film, size_t step) {
  KtFilmTime time = kt_film_time(0.1 * (double)step);
  return time < film->duration ? time : film->duration;
}

static void find_silence(KtFilm *film, const KtSeries *powers, char *states) {
  double least = isfinite(film->integrated_lufs) ? film->integrated_lufs - DEEP_LU : SILENT_LUFS;
  least = fmin(fmax(least, SILENT_LUFS - 10.0), SILENT_LUFS + 5.0);
  for (size_t i = 0; i < powers->count;) {
    size_t from = i;
    while (i < powers->count && (double)lufs(powers->items[i]) < least) {
      ++i;
    }
    if (i - from >= SHORTEST_SILENCE) {
      memset(states + from, SILENT, i - from);
      KtSpan *span = kt_array_push(film->arena, &film->silence);
      if (span) {
        *span = (KtSpan){step_time(film, from), step_time(film, i)};
      }
    }
    i += i == from;
  }
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/// The middle of the values; `scratch` has room for them.
static float median(const float *levels, size_t count, float *scratch) {
  for (size_t i = 0; i < count; ++i) {
    scratch[i] = levels[i];
  }
  qsort(scratch, count, sizeof(float), by_value);
  return scratch[count / 2];
}

static void add(const KtHear *hear, KtFilm *film, const float *levels, size_t from, size_t to,
                float *scratch) {
  size_t count = to - from;
  KtAmbience *ambience = count < SHORTEST ? NULL : kt_array_push(film->arena, &film->ambience);
  if (!ambience) {
    return;
  }
  *ambience = (KtAmbience){step_time(film, from), step_time(film, to), 0, 0, 0};
  ambience->lufs = median(levels + from, count, scratch); // an event in it does not count
  float low = scratch[count / 10], high = scratch[count - 1 - count / 10];
  ambience->range_lu = high - low;
  double tilt = 0;
  size_t seen = 0;
  for (size_t i = from * 10; i < to * 10 && i < hear->voice_count; ++i, ++seen) {
    tilt += (double)hear->voices[i].tilt_db;
  }
  kt_mapped_rest(&hear->voice_room);
  ambience->tilt_db = seen ? (float)(tilt / (double)seen) : 0;
}

static double mean(const float *levels, size_t from, size_t to) {
  double sum = 0;
  for (size_t i = from; i < to; ++i) {
    sum += (double)levels[i];
  }
  return to > from ? sum / (double)(to - from) : 0;
}

/// One free stretch, cut where it becomes another place.
static void find_places(const KtHear *hear, KtFilm *film, const float *levels, size_t from,
                        size_t to, float *scratch) {
  size_t start = from;
  double sum = 0;
  for (size_t i = from; i < to; ++i) {
    double here = i > start ? sum / (double)(i - start) : 0;
    if (i - start >= SHORTEST && i + AHEAD <= to &&
        fabs(mean(levels, i, i + AHEAD) - here) > OTHER_LU) {
      size_t cut = i; // the step itself lies in the window ahead
      while (cut + 1 < i + AHEAD && fabs((double)levels[cut] - here) < OTHER_LU / 2) {
        ++cut;
      }
      add(hear, film, levels, start, cut, scratch);
      start = i = cut;
      sum = 0;
    }
    sum += (double)levels[i];
  }
  add(hear, film, levels, start, to, scratch);
}

bool kt_ambience_find(const KtHear *hear, KtFilm *film) {
  const KtSeries *powers = &hear->loudness.powers;
  char *states = calloc(powers->count + 1, 1);
  float *levels = calloc(2 * powers->count + 1, sizeof(float));
  bool ok = states && levels;
  if (ok) {
    for (size_t i = 0; i < powers->count; ++i) {
      levels[i] = lufs(powers->items[i]);
    }
    find_silence(film, powers, states);
    take(states, powers->count, film->speech.items, film->speech.count, AIR);
    take(states, powers->count, film->music.items, film->music.count, 0);
    for (size_t i = 0; i < powers->count;) {
      size_t from = i;
      while (i < powers->count && states[i] == FREE) {
        ++i;
      }
      if (i > from) {
        find_places(hear, film, levels, from, i, levels + powers->count);
      }
      i += i == from;
    }
  }
  free(states);
  free(levels);
  return ok;
}
