// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>

// Sudden sounds: where the short-time level leaps out of what was heard before, in the whole band
// or in its edges (a knock under a drone), and stays there for at least 10 ms.
enum { AFTER = 6, BEFORE = 60, GUARD = 2, APART = 80, REST = 32768 }; // steps of 2.5 ms: 15, 150, 5, 200 ms
#define LEAST_RISE_DB 12.0F
#define FULL_RISE_DB  36.0F

static float level_db(double power) {
  return (float)(10.0 * log10(power + 1e-10));
}

static double sum_of(const KtSeries *series, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = from; i < to; ++i) {
    sum += (double)series->items[i];
  }
  return sum;
}

/// How far the sound after `at` stands above what was there before.
static float rise_db(const KtSeries *series, int64_t count, int64_t at) {
  int64_t from = at - GUARD - BEFORE < 0 ? 0 : at - GUARD - BEFORE;
  int64_t until = at - GUARD;
  int64_t to = at + AFTER < count ? at + AFTER : count;
  if (until - from < 8 || to <= at) {
    return 0;
  }
  double before = sum_of(series, from, until) / (double)(until - from);
  double after = sum_of(series, at, to) / (double)(to - at);
  return level_db(after) - level_db(before + 1e-7);
}

/// The step in which the level first reaches a quarter of its coming peak.
static int64_t begin_of(const KtSeries *series, int64_t at) {
  int64_t from = at - 8 < 0 ? 0 : at - 8;
  int64_t to = at + AFTER + 4 < (int64_t)series->count ? at + AFTER + 4 : (int64_t)series->count;
  float peak = 0;
  for (int64_t i = from; i < to; ++i) {
    peak = fmaxf(peak, series->items[i]);
  }
  for (int64_t i = from; i < to; ++i) {
    if (series->items[i] >= peak * 0.1F) {
      return i;
    }
  }
  return at;
}

void kt_onsets_find(const KtHear *hear, KtFilm *film) {
  int64_t count = (int64_t)hear->envelope.count;
  const KtSeries *plain = &hear->envelope, *sharp = &hear->sharp;
  double loud = isfinite(film->integrated_lufs) ? film->integrated_lufs : -23.0;
  float best = 0;
  int64_t best_at = -1;
  bool best_sharp = false;
  for (int64_t i = 0; i <= count; ++i) {
    bool end = i == count;
    if (i % REST == 0) {
      kt_mapped_rest(&hear->envelope_room);
      kt_mapped_rest(&hear->sharp_room);
    }
    float a = end ? 0 : rise_db(plain, count, i);
    float b = end ? 0 : rise_db(sharp, count, i) - 3.0F;
    float rise = fmaxf(a, b);
    int64_t to = i + AFTER < count ? i + AFTER : count;
    bool heard = !end && (double)level_db(sum_of(plain, i, to) / (double)(to - i)) > loud - 14.0;
    if (best_at >= 0 && (end || i - best_at > APART / 2)) {
      KtMoment *moment = kt_array_push(film->arena, &film->moments);
      if (moment) {
        moment->at = kt_sample_film_time(
            begin_of(best_sharp ? sharp : plain, best_at) * KT_ENVELOPE_STEP);
        moment->kind = KT_MOMENT_TRANSIENT;
        moment->strength = fminf(1.0F, best / FULL_RISE_DB);
      }
      i = end ? i : best_at + APART;
      best_at = -1;
      best = 0;
    } else if (heard && rise > LEAST_RISE_DB && rise > best) {
      best = rise;
      best_at = i;
      best_sharp = b > a;
    }
  }
}
