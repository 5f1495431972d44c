// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/fit_path.h"

#include <math.h>

// The times of the beats are a discrete cubic spline under tension (Schweikert 1966): least sum of
// squared second differences, that is, of tempo steps from beat to beat, plus tension times squared
// first differences, with the anchors held. Where a stretch leaves the tempo range its tension is
// raised; at full tension it is straight, and straight stretches are in range.

#define TENSION      0.02 // a neighbour's tempo is felt for about seven beats
#define TENSION_STEP 4.0
enum { ROUNDS = 16 };

/// Rows of a symmetric system of bandwidth two: main, first and second upper diagonal.
typedef struct Bands {
  double *main, *first, *second, *right;
} Bands;

static void add(Bands *bands, const bool *fixed, const double *time, size_t i, size_t k,
                double value) {
  if (fixed[i]) {
    return;
  }
  if (fixed[k]) {
    bands->right[i] -= value * time[k];
  } else if (k == i) {
    bands->main[i] += value;
  } else if (k == i + 1) {
    bands->first[i] += value;
  } else if (k == i + 2) {
    bands->second[i] += value;
  }
}

/// One squared term (sum of factor * time)^2 over `width` neighbours from `at` on.
static void add_square(Bands *bands, const bool *fixed, const double *time, size_t at,
                       const double *factors, size_t width, double weight) {
  for (size_t i = 0; i < width; ++i) {
    for (size_t k = 0; k < width; ++k) {
      add(bands, fixed, time, at + i, at + k, weight * factors[i] * factors[k]);
    }
  }
}

/// Cholesky-like elimination without pivots: the system is positive definite.
static void solve(Bands *bands, const bool *fixed, double *time, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    double pivot = bands->main[i];
    if (i + 1 < count) {
      double f = bands->first[i] / pivot;
      bands->main[i + 1] -= f * bands->first[i];
      bands->first[i + 1] -= f * bands->second[i];
      bands->right[i + 1] -= f * bands->right[i];
    }
    if (i + 2 < count) {
      double f = bands->second[i] / pivot;
      bands->main[i + 2] -= f * bands->second[i];
      bands->right[i + 2] -= f * bands->right[i];
    }
  }
  for (size_t i = count; i-- > 0;) {
    double value = bands->right[i];
    value -= i + 1 < count ? bands->first[i] * bands->right[i + 1] : 0;
    value -= i + 2 < count ? bands->second[i] * bands->right[i + 2] : 0;
    bands->right[i] = value / bands->main[i];
    if (!fixed[i]) {
      time[i] = bands->right[i];
    }
  }
}

static void spline(Bands *bands, const bool *fixed, const double *tension, double *time,
                   size_t count) {
  static const double bend[3] = {1, -2, 1}, slope[2] = {-1, 1};
  for (size_t i = 0; i < count; ++i) {
    bands->main[i] = fixed[i] ? 1 : 0;
    bands->first[i] = bands->second[i] = bands->right[i] = 0;
  }
  for (size_t i = 0; i + 2 < count; ++i) {
    add_square(bands, fixed, time, i, bend, 3, 1);
  }
  for (size_t i = 0; i + 1 < count; ++i) {
    add_square(bands, fixed, time, i, slope, 2, tension[i]);
  }
  solve(bands, fixed, time, count);
}

/// Raise the tension of stretches that leave the range; false when none does.
static bool tighten(const KtFitProblem *problem, const bool *fixed, const double *time,
                    double *tension, size_t count) {
  bool any = false;
  for (size_t from = 0, to = 1; to < count; ++to) {
    if (!fixed[to]) {
      continue;
    }
    double mean = (time[to] - time[from]) / (double)(to - from);
    double least = fmin(1 / problem->rate_max, mean), most = fmax(1 / problem->rate_min, mean);
    bool out = false;
    for (size_t i = from; i < to; ++i) {
      double step = time[i + 1] - time[i];
      out = out || step < least * (1 - 1e-6) || step > most * (1 + 1e-6);
    }
    for (size_t i = from; out && i < to; ++i) {
      tension[i] *= TENSION_STEP;
    }
    any = any || out;
    from = to;
  }
  return any;
}

static void straighten(const bool *fixed, double *time, size_t count) {
  for (size_t from = 0, to = 1; to < count; ++to) {
    if (fixed[to]) {
      for (size_t i = from + 1; i < to; ++i) {
        time[i] = time[from] + (time[to] - time[from]) * (double)(i - from) / (double)(to - from);
      }
      from = to;
    }
  }
}

double *kt_fit_smooth(const KtFitProblem *problem, const KtFitPath *path, size_t *count) {
  size_t last = problem->anchors.count - 1;
  size_t beats = (size_t)path->beats[last] + 1;
  *count = beats;
  KtArena *arena = problem->arena;
  double *time = KT_NEW(arena, double, beats), *tension = KT_NEW(arena, double, beats);
  bool *fixed = KT_NEW(arena, bool, beats);
  Bands bands = {KT_NEW(arena, double, beats), KT_NEW(arena, double, beats),
                 KT_NEW(arena, double, beats), KT_NEW(arena, double, beats)};
  if (!time || !tension || !fixed || !bands.main || !bands.first || !bands.second || !bands.right) {
    return NULL;
  }
  for (size_t i = 0; i < problem->anchors.count; ++i) {
    if (path->beats[i] >= 0) {
      fixed[path->beats[i]] = true;
      time[path->beats[i]] = i == last ? path->end_s : problem->anchors.items[i].at_s;
    }
  }
  for (size_t i = 0; i < beats; ++i) {
    tension[i] = TENSION;
  }
  bool out = true;
  for (int round = 0; round < ROUNDS && out; ++round) {
    spline(&bands, fixed, tension, time, beats);
    out = tighten(problem, fixed, time, tension, beats);
  }
  if (out) {
    straighten(fixed, time, beats);
  }
  return time;
}
