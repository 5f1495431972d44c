// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/loudest.h"
#include "orchestra/attacks.h"
#include "render/measure.h"

#include <math.h>
#include <string.h>

enum {
  MF_CONTROLLER = 74, // level .6 through data/performance.yaml's curves
  MF_VELOCITY = 78,
  STRUCK = KT_SAMPLE_RATE / 5,          // so much of a short tone is looked at
  HELD_FROM = KT_SAMPLE_RATE / 5, HELD = KT_SAMPLE_RATE * 3 / 10, // and of a long one, its attack behind it
  NEAR = 6,                             // keys on either side that a key goes with
  LEAST_NEAR = 5,
  MOST_POINTS = 64,
  FEW = 9,                              // velocities at which each key is looked at
};
static const double held_s = 0.52;
static const double heard_lufs = -80;
static const double step_db = 0.8, bent_db = 0.5; // less than this is no other recording
static const double straight_db = 0.3;
static const double even_most_db = 6;

/// One key while its loudness over velocity is looked for.
typedef struct Key {
  KtProbe *probe;
  const KtPreset *preset;
  int key;
  bool held;
  double over[128]; // how far a velocity lies over what a velocity does to one recording, dB; NAN not heard yet
  int points[MOST_POINTS], count; // where the curve was looked at, rising
} Key;

static double heard(const Key *one, int velocity) {
  int from = KT_PROBE_LEAD + (one->held ? HELD_FROM : 0), length = one->held ? HELD : STRUCK;
  const float *const *take =
      kt_probe_play_at(one->probe, one->preset, one->key, velocity, MF_CONTROLLER, held_s, from + length);
  return take ? kt_loudest_lufs(take[0] + from, take[1] + from, length) : -120;
}

static double over_at(Key *one, int velocity) {
  if (isnan(one->over[velocity])) {
    one->over[velocity] = heard(one, velocity) - kt_velocity_db * log10(velocity / 127.0);
  }
  return one->over[velocity];
}

static void add_point(Key *one, int velocity) {
  if (one->count < MOST_POINTS && (!one->count || one->points[one->count - 1] < velocity)) {
    over_at(one, velocity);
    one->points[one->count++] = velocity;
  }
}

/// Halves the way between two velocities as long as it is not straight: another recording begins at a step.
static void look(Key *one, int low, int high) {
  add_point(one, low);
  int middle = (low + high) / 2;
  if (high - low > 1 && fabs(over_at(one, high) - over_at(one, low)) >= step_db &&
      fabs(over_at(one, middle) - 0.5 * (over_at(one, low) + over_at(one, high))) >= bent_db) {
    look(one, low, middle);
    look(one, middle, high);
  }
  add_point(one, high);
}

/// Points that lie on the way from the last to the next go.
static void keep(const Key *one, KtKeyLevel *level) {
  double at_mezzo_forte = one->over[MF_VELOCITY];
  for (int i = 0, last = 0; i < one->count && level->count < KT_LEVEL_POINTS; ++i) {
    int v = one->points[i];
    if (i && i + 1 < one->count) {
      double share = (double)(v - last) / (one->points[i + 1] - last);
      double way = one->over[last] + share * (one->over[one->points[i + 1]] - one->over[last]);
      if (fabs(one->over[v] - way) < straight_db) {
        continue;
      }
    }
    level->points[level->count].velocity = last = v;
    level->points[level->count++].db = (float)(one->over[v] - at_mezzo_forte);
  }
}

/// Velocities between which to look, rising: some, and where the key beside it has its steps.
static int where(const KtKeyLevel *like, int asked[FEW + KT_LEVEL_POINTS]) {
  static const int few[FEW] = {20, 34, 48, 63, MF_VELOCITY, 91, 104, 115, 126};
  int count = 0;
  for (int v = few[0], f = 0, l = 0; v <= few[FEW - 1]; ++v) {
    f += f < FEW && few[f] < v;
    l += like && l < like->count && like->points[l].velocity < v;
    if ((f < FEW && few[f] == v) || (like && l < like->count && like->points[l].velocity == v)) {
      asked[count++] = v;
    }
  }
  return count;
}

double kt_level_measure(KtProbe *probe, const KtPreset *preset, int key, KtLook how, const KtKeyLevel *like,
                        KtKeyLevel *level) {
  Key one = {.probe = probe, .preset = preset, .key = key, .held = how.held};
  int asked[FEW + KT_LEVEL_POINTS], count = where(like, asked);
  double mezzo_forte = key <= 127 ? heard(&one, MF_VELOCITY) : -120;
  *level = (KtKeyLevel){0};
  if (mezzo_forte <= heard_lufs) {
    return NAN;
  }
  if (!how.curve) {
    return mezzo_forte;
  }
  for (int v = 0; v < 128; ++v) {
    one.over[v] = NAN;
  }
  over_at(&one, MF_VELOCITY);
  for (int i = 0; i + 1 < count; ++i) {
    look(&one, asked[i], asked[i + 1]);
  }
  keep(&one, level);
  return mezzo_forte;
}

void kt_levels_even(KtAttacks *attacks, const double *db) {
  for (int k = 0; k < attacks->count; ++k) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0; // a line through the neighbours: a compass may grow to one end
    for (int i = k - NEAR < 0 ? 0 : k - NEAR; i <= k + NEAR && i < attacks->count; ++i) {
      if (!isnan(db[i])) {
        n += 1;
        x += i - k;
        y += db[i];
        xx += (i - k) * (i - k);
        xy += (i - k) * db[i];
      }
    }
    double spread = n * xx - x * x;
    if (n >= LEAST_NEAR && spread > 0 && !isnan(db[k])) {
      double line = (y * xx - x * xy) / spread;
      attacks->levels[k].even_db = (float)fmax(-even_most_db, fmin(even_most_db, line - db[k]));
    }
  }
}
