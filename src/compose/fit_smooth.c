// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/fit_path.h"

#include <math.h>

// The times of the beats are a discrete cubic spline under tension (Schweikert 1966): least sum of
// squared second differences, that is, of tempo steps from beat to beat, plus tension times squared
// first differences, with the anchors held. Where a stretch leaves the tempo range its tension is
// raised; at full tension it is straight, and straight stretches are in range. Hits that are not
// hard draw the beat nearest to them, as far as the tempo from bar to bar allows. Fermatas are cut
// out before and put back after; what is free is no part of the curve: it breathes in arches of its
// own (Todd 1992: slow at a phrase's ends), unless a hit is to be met inside.

#define TENSION      0.02 // a neighbour's tempo is felt for about seven beats
#define TENSION_STEP 4.0
#define TENSION_MOST 400.0
#define PULL         0.16 // of a hit that is not hard, times its weight
#define ARCH         0.15 // how much slower a free phrase is at its ends
#define PI           3.14159265358979323846
enum { PULLS = 10, ARCH_BEATS = 12 };

/// Rows of a symmetric system of bandwidth two: main, first and second upper diagonal.
typedef struct Bands {
  double *main, *first, *second, *right;
} Bands;

/// The beats of a path and what holds them.
typedef struct Beats {
  size_t count;
  bool *fixed; ///< an anchor
  bool *held;  ///< an anchor, or in a stretch that has to be straight
  bool *free;  ///< the step from here to the next is played freely
  double *time;
  double *tension; ///< of the step from here to the next
  double *pull;    ///< towards `target`
  double *target;
} Beats;

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

static void spline(Bands *bands, const Beats *beats) {
  static const double bend[3] = {1, -2, 1}, slope[2] = {-1, 1};
  for (size_t i = 0; i < beats->count; ++i) {
    bool free = !beats->held[i];
    bands->main[i] = free ? beats->pull[i] : 1;
    bands->right[i] = free ? beats->pull[i] * beats->target[i] : 0;
    bands->first[i] = bands->second[i] = 0;
  }
  for (size_t i = 0; i + 2 < beats->count; ++i) {
    if (beats->free[i] == beats->free[i + 1]) {
      add_square(bands, beats->held, beats->time, i, bend, 3, 1);
    }
  }
  for (size_t i = 0; i + 1 < beats->count; ++i) {
    add_square(bands, beats->held, beats->time, i, slope, 2, beats->tension[i]);
  }
  solve(bands, beats->held, beats->time, beats->count);
}

/// Straight from anchor to anchor, and held so.
static void straighten(Beats *beats, size_t from, size_t to) {
  double *time = beats->time;
  for (size_t i = from + 1; i < to; ++i) {
    time[i] = time[from] + (time[to] - time[from]) * (double)(i - from) / (double)(to - from);
    beats->held[i] = true;
  }
}

/// Raise the tension of stretches that leave the range, in the end make them straight; false when
/// none does.
static bool tighten(const KtFitProblem *problem, Beats *beats) {
  bool any = false;
  const double *time = beats->time;
  for (size_t from = 0, to = 1; to < beats->count; ++to) {
    if (!beats->fixed[to]) {
      continue;
    }
    double mean = (time[to] - time[from]) / (double)(to - from);
    double least = fmin(1 / problem->rate_max, mean), most = fmax(1 / problem->rate_min, mean);
    bool out = false;
    for (size_t i = from; i < to; ++i) {
      double step = time[i + 1] - time[i];
      out = out || step < least * (1 - 1e-6) || step > most * (1 + 1e-6);
    }
    if (out && beats->tension[from] > TENSION_MOST) {
      straighten(beats, from, to);
    }
    for (size_t i = from; out && i < to; ++i) {
      beats->tension[i] *= TENSION_STEP;
    }
    any = any || out;
    from = to;
  }
  return any;
}

/// Solve, tighter where the range is left, until it is kept everywhere.
static void settle(const KtFitProblem *problem, Bands *bands, Beats *beats) {
  for (size_t i = 0; i < beats->count; ++i) {
    beats->tension[i] = TENSION;
    beats->held[i] = beats->fixed[i];
  }
  for (size_t from = 0, to = 1; to < beats->count; ++to) {
    if (beats->fixed[to]) {
      if (beats->free[from]) {
        straighten(beats, from, to);
      }
      from = to;
    }
  }
  do {
    spline(bands, beats);
  } while (tighten(problem, beats));
}

/// Change of tempo, as a log ratio, from a bar that begins at this beat to the next.
static double change_at(const KtFitProblem *problem, const double *time, size_t beat) {
  size_t bar = (size_t)problem->metres[0];
  return fabs(log((time[beat + 2 * bar] - time[beat + bar]) / (time[beat + bar] - time[beat])));
}

/// Weaken what pulls where the tempo changes more than it may and more than it did without; false
/// where it does so nowhere.
static bool weaken(const KtFitProblem *problem, const double *plain, Beats *beats, bool *touched) {
  size_t reach = 2 * (size_t)problem->metres[0];
  bool any = false;
  for (size_t i = 0; i < beats->count; ++i) {
    touched[i] = false;
  }
  for (size_t i = 0; i + reach < beats->count; ++i) {
    double most = fmax(problem->change_max, 1.05 * change_at(problem, plain, i)) + 0.002;
    if (change_at(problem, beats->time, i) > most) {
      any = true;
      // What pulls a bar or two away bends this place too.
      for (size_t k = i > reach ? i - reach : 0; k < beats->count && k <= i + 2 * reach; ++k) {
        touched[k] = true;
      }
    }
  }
  for (size_t i = 0; i < beats->count; ++i) {
    beats->pull[i] *= touched[i] ? 0.3 : 1;
  }
  return any;
}

/// Each hit that is not hard wants the beat nearest to it, the weightiest first.
static void set_pulls(const KtFitProblem *problem, Beats *beats, double strength) {
  for (size_t i = 0; i < beats->count; ++i) {
    beats->pull[i] = 0;
  }
  for (size_t s = 0; s < problem->softs.count; ++s) {
    const KtFitSoft *soft = &problem->softs.items[s];
    size_t best = 0;
    for (size_t i = 1; i < beats->count; ++i) {
      best = fabs(beats->time[i] - soft->at_s) < fabs(beats->time[best] - soft->at_s) ? i : best;
    }
    if (!beats->fixed[best] && strength * soft->weight > beats->pull[best]) {
      beats->pull[best] = strength * soft->weight;
      beats->target[best] = soft->at_s;
    }
  }
}

/// Draw beats to the soft hits, as strongly as the tempo stays calm under it.
static void draw(const KtFitProblem *problem, Bands *bands, Beats *beats, double *plain,
                 bool *touched) {
  for (size_t i = 0; i < beats->count; ++i) {
    plain[i] = beats->time[i];
  }
  set_pulls(problem, beats, PULL);
  for (int round = 0; round < PULLS; ++round) {
    settle(problem, bands, beats);
    if (!weaken(problem, plain, beats, touched)) {
      return;
    }
  }
  for (size_t i = 0; i < beats->count; ++i) {
    beats->time[i] = plain[i];
  }
}

/// Seconds of fermatas up to each anchor, the stretch that ends there included.
static double *holds_of(const KtFitProblem *problem, const KtFitPath *path) {
  double *held = KT_NEW(problem->arena, double, problem->anchors.count);
  size_t from = 0;
  for (size_t to = 1; held && to < problem->anchors.count; ++to) {
    held[to] = held[from];
    if (path->beats[to] >= 0) {
      KtFitStretch stretch;
      kt_fit_cost_stretch(problem, from, to, path->beats[to] - path->beats[from], path->manners[to],
                          &stretch);
      held[to] += stretch.hold_s;
      from = to;
    }
  }
  return held;
}

/// The same problem on a clock that stands still through fermatas.
static void stop_clock(const KtFitPath *path, const KtFitProblem *problem, KtFitProblem *stopped,
                       const double *held, Beats *beats) {
  size_t last = problem->anchors.count - 1, from = 0;
  for (size_t i = 0; i <= last; ++i) {
    if (path->beats[i] < 0) {
      continue;
    }
    double before = from < i ? problem->anchors.items[from].at_s : 0;
    size_t beat = (size_t)path->beats[i];
    beats->fixed[beat] = true;
    beats->time[beat] = (i == last ? path->end_s : problem->anchors.items[i].at_s) - held[i];
    for (size_t k = (size_t)path->beats[from]; k < beat; ++k) {
      beats->free[k] = path->manners[i] == KT_FIT_FREE;
    }
    for (size_t s = 0; s < stopped->softs.count && i > 0; ++s) {
      double at_s = problem->softs.items[s].at_s;
      if (at_s > before && at_s < problem->anchors.items[i].at_s) {
        stopped->softs.items[s].at_s = fmin(at_s - held[from], beats->time[beat]);
      }
    }
    from = i;
  }
}

/// The beats of free stretches, straight so far, in arches.
static void breathe(const KtFitProblem *problem, size_t from, size_t to, double *time) {
  double start = time[from], length = time[to] - start, beats = (double)(to - from);
  for (size_t i = 0; i < problem->softs.count; ++i) {
    if (problem->softs.items[i].at_s > start && problem->softs.items[i].at_s < time[to]) {
      return;
    }
  }
  double arches = fmax(1, nearbyint(beats / ARCH_BEATS));
  for (size_t i = from + 1; i < to && beats >= 4; ++i) {
    double u = (double)(i - from) / beats;
    time[i] = start + length * (u + ARCH / (2 * PI * arches) * sin(2 * PI * arches * u));
  }
}

/// What was cut out comes back: every beat after a fermata is that much later.
static void start_clock(const KtFitProblem *problem, const KtFitPath *path, const double *held,
                        Beats *beats) {
  size_t from = 0;
  for (size_t to = 1; to < problem->anchors.count; ++to) {
    if (path->beats[to] < 0) {
      continue;
    }
    size_t a = (size_t)path->beats[from], b = (size_t)path->beats[to];
    for (size_t i = a + 1; i <= b; ++i) {
      beats->time[i] += i < b ? held[from] : held[to];
    }
    if (path->manners[to] == KT_FIT_FREE) {
      breathe(problem, a, b, beats->time);
    }
    from = to;
  }
}

static bool make_beats(KtArena *arena, size_t n, Beats *beats) {
  *beats = (Beats){n,
                   KT_NEW(arena, bool, n),
                   KT_NEW(arena, bool, n),
                   KT_NEW(arena, bool, n),
                   KT_NEW(arena, double, n),
                   KT_NEW(arena, double, n),
                   KT_NEW(arena, double, n),
                   KT_NEW(arena, double, n)};
  return !kt_arena_failed(arena);
}

double *kt_fit_smooth(const KtFitProblem *problem, const KtFitPath *path, size_t *count) {
  size_t n = (size_t)path->beats[problem->anchors.count - 1] + 1;
  *count = n;
  KtArena *arena = problem->arena;
  Beats beats;
  Bands bands = {KT_NEW(arena, double, n), KT_NEW(arena, double, n), KT_NEW(arena, double, n),
                 KT_NEW(arena, double, n)};
  double *plain = KT_NEW(arena, double, n);
  bool *touched = KT_NEW(arena, bool, n);
  KtFitProblem stopped = *problem;
  stopped.softs.items = KT_NEW(arena, KtFitSoft, problem->softs.count + 1);
  double *held = holds_of(problem, path);
  if (!plain || !touched || !stopped.softs.items || !held || !make_beats(arena, n, &beats)) {
    return NULL;
  }
  for (size_t i = 0; i < problem->softs.count; ++i) {
    stopped.softs.items[i] = problem->softs.items[i];
  }
  stop_clock(path, problem, &stopped, held, &beats);
  settle(&stopped, &bands, &beats);
  if (stopped.softs.count) {
    draw(&stopped, &bands, &beats, plain, touched);
  }
  start_clock(problem, path, held, &beats);
  return beats.time;
}
