// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/tension.h"

#include "ear/key.h"

#include <math.h>
#include <stdlib.h>

/// Weights of what is heard.
static const double WIDTH_SHARE = 0.34, STRAIN_SHARE = 0.28, MOTION_SHARE = 0.13, LEVEL_SHARE = 0.14, DENSITY_SHARE = 0.11;
/// A tone of less than this share of what sounds does not widen it.
static const double HARDLY_HEARD = 0.02;
/// What is as wide, as far from the key, as far a step as music gets, in the spiral's unit.
static const double WIDEST = 4.2, FARTHEST = 2.2, FARTHEST_STEP = 1.0;
/// A key is heard in what sounds so many seconds around.
static const double KEY_S = 20;
/// Loudness (root of summed squares of levels) and attacks a second that are felt as half of all there is:
/// both are felt less and less as they grow, and never not at all.
static const double HALF_LEVEL = 1.2, HALF_DENSITY = 11;
/// Weights of a chord's root, fifth and third, and of a key's tonic, dominant and subdominant (Chew 2000).
static const double SHARES[3] = {0.536, 0.274, 0.19};

/// A spelling's place on the spiral: a quarter turn and a step up for each fifth (Chew 2000, r 1).
static KtSpiral place_of(int fifths) {
  static const double x[4] = {0, 1, 0, -1}, y[4] = {1, 0, -1, 0};
  int turn = ((fifths % 4) + 4) % 4;
  return (KtSpiral){x[turn], y[turn], fifths * 0.36514837167011}; // root of 2/15
}

static double distance(KtSpiral a, KtSpiral b) {
  return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

static void add(KtSpiral *sum, KtSpiral what, double share) {
  sum->x += share * what.x;
  sum->y += share * what.y;
  sum->z += share * what.z;
}

static void add_chord(KtSpiral *sum, int root, bool minor, double share) {
  add(sum, place_of(root), share * SHARES[0]);
  add(sum, place_of(root + 1), share * SHARES[1]);
  add(sum, place_of(root + (minor ? -3 : 4)), share * SHARES[2]);
}

static KtSpiral key_centre(KtKey key) {
  KtSpiral centre = {0, 0, 0};
  bool minor = kt_mode_degree(key.mode, 2) == 3;
  add_chord(&centre, key.tonic, minor, SHARES[0]);
  add_chord(&centre, key.tonic + 1, false, SHARES[1]);
  add_chord(&centre, key.tonic - 1, minor, SHARES[2]);
  return centre;
}

/// Where a pitch class lies about a key, in fifths: from its lowered second to its raised fourth.
static int written(int class, KtKey key) {
  int up = (((class * 7 - key.tonic) % 12) + 12) % 12; // fifths above the tonic
  return key.tonic + (up > 6 ? up - 12 : up);
}

bool kt_spiral_centre(const KtTones *tones, KtKey key, KtSpiral *centre) {
  double total = 0;
  *centre = (KtSpiral){0, 0, 0};
  for (int i = 0; i < 12; ++i) {
    total += tones->weight[i];
  }
  for (int i = 0; i < 12 && total > 0; ++i) {
    if (tones->weight[i] > 0) {
      add(centre, place_of(written(i, key)), tones->weight[i] / total);
    }
  }
  return total > 0;
}

double kt_spiral_motion(const KtSpiral *from, const KtSpiral *to) {
  return fmin(1, distance(*from, *to) / FARTHEST_STEP);
}

static double width_of(const KtTones *tones, KtKey key) {
  double total = 0, widest = 0;
  for (int i = 0; i < 12; ++i) {
    total += tones->weight[i];
  }
  for (int i = 0; i < 12; ++i) {
    for (int k = i + 1; k < 12 && tones->weight[i] > HARDLY_HEARD * total; ++k) {
      if (tones->weight[k] > HARDLY_HEARD * total) {
        widest = fmax(widest, distance(place_of(written(i, key)), place_of(written(k, key))));
      }
    }
  }
  return fmin(1, widest / WIDEST);
}

static double harmony_of(const KtTones *tones, KtKey key, double *strain) {
  KtSpiral centre;
  *strain = kt_spiral_centre(tones, key, &centre) ? fmin(1, distance(centre, key_centre(key)) / FARTHEST) : 0;
  return width_of(tones, key);
}

double kt_harmony_heard(const KtTones *tones, KtKey key, double *width, double *strain) {
  *width = harmony_of(tones, key, strain);
  return WIDTH_SHARE * *width + STRAIN_SHARE * *strain;
}

double kt_harmony_tension(const KtTones *tones, KtKey key) {
  double strain = 0, width = 0;
  return kt_harmony_heard(tones, key, &width, &strain);
}

double kt_harmony_off(const KtTones *tones, KtKey key, double width, double strain) {
  double is_far = 0, is_wide = harmony_of(tones, key, &is_far);
  return WIDTH_SHARE * fabs(is_wide - width) + STRAIN_SHARE * fabs(is_far - strain);
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
      if (part->role != KT_ROLE_PERCUSSION) {
        tones->weight[note->midi % 12] += (double)(end - start) * (0.2 + level);
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

void kt_heard_smooth(float *values, size_t count) {
  for (int pass = 0; pass < 3; ++pass) {
    float before = count ? values[0] : 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      float now = values[i];
      values[i] = (before + 2 * now + values[i + 1]) / 4;
      before = now;
    }
  }
}

void kt_heard_tension(const KtScore *score, KtFilmTime step, float *values, size_t count) {
  KtSpiral last = {0, 0, 0};
  bool sounded = false;
  for (size_t i = 0; i < count; ++i) {
    KtFilmTime begin = i ? (KtFilmTime)i * step - step : 0; // of the first only the half that sounds
    KtTick from = kt_tempo_tick(&score->tempo, begin);
    KtTick to = kt_tempo_tick(&score->tempo, (KtFilmTime)i * step + step);
    KtTones tones = {{0}};
    KtKey key = kt_score_key(score, from);
    KtHeard heard = kt_heard_between(score->parts.items, score->parts.count, from < 0 ? 0 : from,
                                     to > from ? to : from + 1, kt_seconds((KtFilmTime)i * step + step - begin), key, &tones);
    KtSpiral centre;
    bool sounds = kt_spiral_centre(&tones, key, &centre);
    double moved = sounds && sounded ? kt_spiral_motion(&last, &centre) : 0;
    values[i] = (float)(kt_tension_of(&heard) + MOTION_SHARE * moved);
    last = sounds ? centre : last;
    sounded = sounded || sounds;
  }
  kt_heard_smooth(values, count);
}

void kt_heard_figures(KtArena *scratch, const KtScore *score, KtFilmTime step, float *figures, size_t count) {
  float *width = figures, *strain = figures + count, *motion = figures + 2 * count;
  float *level = figures + 3 * count, *density = figures + 4 * count;
  KtTones *tones = KT_NEW(scratch, KtTones, count);
  for (size_t i = 0; tones && i < count; ++i) {
    KtFilmTime begin = i ? (KtFilmTime)i * step - step : 0;
    KtTick from = kt_tempo_tick(&score->tempo, begin), to = kt_tempo_tick(&score->tempo, (KtFilmTime)i * step + step);
    KtHeard heard = kt_heard_between(score->parts.items, score->parts.count, from < 0 ? 0 : from, to > from ? to : from + 1,
                                     kt_seconds((KtFilmTime)i * step + step - begin), kt_score_key(score, from), &tones[i]);
    level[i] = (float)heard.level;
    density[i] = (float)heard.density;
  }
  size_t reach = (size_t)(KEY_S * (double)KT_FLICKS_PER_SECOND / (double)step);
  KtSpiral last = {0, 0, 0};
  bool sounded = false;
  for (size_t i = 0; tones && i < count; ++i) {
    KtTones around = {{0}};
    for (size_t k = i > reach ? i - reach : 0; k < count && k <= i + reach; ++k) {
      for (int c = 0; c < 12; ++c) {
        around.weight[c] += tones[k].weight[c];
      }
    }
    KtKeyFits fits = {.full = 1};
    kt_key_fits(&around, &fits);
    KtKey key = kt_key_heard(&fits);
    double wide, far;
    kt_harmony_heard(&tones[i], key, &wide, &far);
    KtSpiral centre;
    bool sounds = kt_spiral_centre(&tones[i], key, &centre);
    width[i] = (float)wide;
    strain[i] = (float)far;
    motion[i] = (float)(sounds && sounded ? kt_spiral_motion(&last, &centre) : 0);
    last = sounds ? centre : last;
    sounded = sounded || sounds;
  }
  for (size_t k = 0; k < 5; ++k) {
    kt_heard_smooth(figures + k * count, count);
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
