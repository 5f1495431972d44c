// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/tension.h"

#include <math.h>
#include <stdlib.h>

/// Weights of what is heard; window and smoothing in steps.
static const double WIDTH_SHARE = 0.36, STRAIN_SHARE = 0.24, LEVEL_SHARE = 0.24, DENSITY_SHARE = 0.16;
/// A tone of less than this share of what sounds does not widen it.
static const double HARDLY_HEARD = 0.02;
/// Loudness (root of summed squares of levels) and attacks a second that are felt as half of all there is:
/// both are felt less and less as they grow, and never not at all.
static const double HALF_LEVEL = 1.2, HALF_DENSITY = 11;

typedef struct Place {
  double x, y, z;
} Place;

/// A spelling's place on the spiral: a quarter turn and a step up for each fifth (Chew 2000, r 1).
static Place place_of(int fifths) {
  double h = sqrt(2.0 / 15.0);
  return (Place){sin(fifths * M_PI / 2), cos(fifths * M_PI / 2), fifths * h};
}

static double distance(Place a, Place b) {
  return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

static Place key_centre(KtKey key) {
  Place sum = {0, 0, 0};
  int fifths = kt_key_fifths(key);
  for (int f = fifths - 1; f <= fifths + 5; ++f) { // the seven letters of the signature
    Place p = place_of(f);
    sum.x += p.x / 7;
    sum.y += p.y / 7;
    sum.z += p.z / 7;
  }
  return sum;
}

static double harmony_of(const KtTones *tones, KtKey key, double *strain) {
  Place centre = {0, 0, 0};
  double widest = 0, total = 0;
  *strain = 0;
  for (int i = 0; i < 64; ++i) {
    total += tones->weight[i];
  }
  if (total <= 0) {
    return 0;
  }
  for (int i = 0; i < 64; ++i) {
    double share = tones->weight[i] / total;
    if (share <= 0) {
      continue;
    }
    Place p = place_of(i - 32);
    centre.x += share * p.x;
    centre.y += share * p.y;
    centre.z += share * p.z;
    for (int k = i + 1; k < 64 && share > HARDLY_HEARD; ++k) {
      if (tones->weight[k] / total > HARDLY_HEARD) {
        widest = fmax(widest, distance(p, place_of(k - 32)));
      }
    }
  }
  *strain = fmin(1, distance(centre, key_centre(key)) / 2.5);
  return fmin(1, widest / 4.0);
}

double kt_harmony_tension(const KtTones *tones, KtKey key) {
  double strain = 0, width = harmony_of(tones, key, &strain);
  return WIDTH_SHARE * width + STRAIN_SHARE * strain;
}

double kt_tension_of(const KtHeard *heard) {
  return WIDTH_SHARE * heard->width + STRAIN_SHARE * heard->strain + LEVEL_SHARE * heard->level +
         DENSITY_SHARE * heard->density;
}

KtHeard kt_heard_between(const KtPart *parts, size_t count, KtTick from, KtTick to, double seconds, KtKey key,
                         KtTones *tones) {
  double loud = 0, attacks = 0;
  for (size_t p = 0; p < count; ++p) {
    const KtPart *part = &parts[p];
    for (size_t i = 0; i < part->notes.count && part->notes.items[i].start < to; ++i) {
      const KtNote *note = &part->notes.items[i];
      KtTick start = note->start > from ? note->start : from;
      KtTick end = note->start + note->duration < to ? note->start + note->duration : to;
      if (end <= start) {
        continue;
      }
      double level = (double)kt_part_level(part, start);
      if (part->role != KT_ROLE_PERCUSSION && note->spelling >= -32 && note->spelling < 32) {
        tones->weight[note->spelling + 32] += (double)(end - start) * (0.2 + level);
      }
      loud += level * level * (double)(end - start) / (double)(to - from);
      attacks += note->start >= from ? 1 : 0;
    }
  }
  double sum = sqrt(loud), each_s = attacks / seconds;
  KtHeard heard = {.level = sum / (sum + HALF_LEVEL), .density = each_s / (each_s + HALF_DENSITY)};
  heard.width = harmony_of(tones, key, &heard.strain);
  return heard;
}

void kt_heard_tension(const KtScore *score, KtFilmTime step, float *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    KtTick from = kt_tempo_tick(&score->tempo, (KtFilmTime)i * step - step);
    KtTick to = kt_tempo_tick(&score->tempo, (KtFilmTime)i * step + step);
    KtTones tones = {0};
    KtHeard heard = kt_heard_between(score->parts.items, score->parts.count, from < 0 ? 0 : from,
                                     to > from ? to : from + 1, 2 * kt_seconds(step), kt_score_key(score, from), &tones);
    values[i] = (float)kt_tension_of(&heard);
  }
  for (int pass = 0; pass < 3; ++pass) { // about four seconds wide at two steps a second
    float before = count ? values[0] : 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      float now = values[i];
      values[i] = (before + 2 * now + values[i + 1]) / 4;
      before = now;
    }
  }
}

typedef struct Ranked {
  float value;
  size_t index;
} Ranked;

static int by_value(const void *a, const void *b) {
  const Ranked *x = a, *y = b;
  return (x->value > y->value) - (x->value < y->value);
}

static void rank(KtArena *scratch, const float *values, size_t count, double *ranks) {
  Ranked *sorted = KT_NEW(scratch, Ranked, count);
  for (size_t i = 0; sorted && i < count; ++i) {
    sorted[i] = (Ranked){values[i], i};
  }
  if (!sorted) {
    return;
  }
  qsort(sorted, count, sizeof(*sorted), by_value);
  for (size_t i = 0; i < count;) {
    size_t end = i + 1;
    while (end < count && !(sorted[end].value > sorted[i].value)) {
      ++end;
    }
    for (size_t k = i; k < end; ++k) {
      ranks[sorted[k].index] = (double)(i + end - 1) / 2;
    }
    i = end;
  }
}

double kt_rank_correlation(KtArena *scratch, const float *a, const float *b, size_t count) {
  double *x = KT_NEW(scratch, double, count), *y = KT_NEW(scratch, double, count);
  if (count < 3 || !x || !y) {
    return 0;
  }
  rank(scratch, a, count, x);
  rank(scratch, b, count, y);
  double mean = (double)(count - 1) / 2, xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < count; ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}
