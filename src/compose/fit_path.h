// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_FIT_PATH_H
#define KT_COMPOSE_FIT_PATH_H

#include "compose/fit.h"

enum { KT_FIT_METRES = 4, KT_FIT_PHRASE_MAX = 6, KT_FIT_BEATS_MAX = 12 };

/// A moment that carries a beat: the cue's in, a hard hit, the cue's end.
typedef struct KtFitAnchor {
  double at_s;
  KtFilmTime at;
  double weight;
} KtFitAnchor;

/// A hit that only pulls.
typedef struct KtFitSoft {
  double at_s;
  double tolerance_s;
  double weight;
} KtFitSoft;

/// The request in beats and seconds. Anchor 0 is the in, the last the end; hits nearer than half a
/// frame to each other are one anchor.
typedef struct KtFitProblem {
  KtArena *arena;
  KT_ARRAY(KtFitAnchor) anchors;
  KT_ARRAY(KtFitSoft) softs;
  double rate, rate_min, rate_max; ///< beats a second
  double change_max;
  double half_frame_s;
  int metres[KT_FIT_METRES]; ///< beats; the wished one first
  int metre_count;
  int phrase_bars;
} KtFitProblem;

typedef struct KtFitBar {
  int beats;
  bool phrase_end; ///< the phrase ends with this bar; true of the last bar
} KtFitBar;

/// A solution: bars end to end, and the beat each anchor stands on (-1: left out).
typedef struct KtFitPath {
  KT_ARRAY(KtFitBar) bars;
  int *beats;   ///< one an anchor
  double end_s; ///< where the last bar ends
  double cost;
} KtFitPath;

KtStatus kt_fit_problem(KtArena *arena, const KtFitRequest *request, KtFitProblem *problem,
                        KtError *err);

// The stated cost is the sum of these over a solution:

/// Of `beats` beats from anchor `from` to anchor `to` at one tempo: distance from the wished tempo,
/// anchors left out between them, soft hits away from their beat, an end missed. Infinite where the
/// tempo is out of range. `rate`: beats a second.
double kt_fit_cost_stretch(const KtFitProblem *problem, size_t from, size_t to, int beats,
                           double *rate);
/// The part of it that is for the anchors left out.
double kt_fit_cost_left_out(const KtFitProblem *problem, size_t from, size_t to);
/// Of going from one tempo to the next between the middles of two stretches.
double kt_fit_cost_change(const KtFitProblem *problem, double rate, int beats, double next_rate,
                          int next_beats);
/// Of a bar of metre number `metre` after one of `before`.
double kt_fit_cost_bar(const KtFitProblem *problem, int before, int metre);
/// Of a phrase of 1..KT_FIT_PHRASE_MAX bars.
double kt_fit_cost_phrase(const KtFitProblem *problem, int bars);
/// Of a hit `beat` beats into a bar of `metre` (0: on a bar line, and then whether a phrase
/// begins).
double kt_fit_cost_place(double weight, bool hard, int metre, int beat, bool phrase_start);

/// The sum for a whole solution, computed from its description alone.
double kt_fit_cost(const KtFitProblem *problem, const KtFitPath *path);

/// The solution of least cost.
KtStatus kt_fit_shortest(const KtFitProblem *problem, KtFitPath *path, KtError *err);

/// Seconds of every beat 0..count-1 of the path: anchors fixed, between them the tempo changes as
/// smoothly as the range allows (a discrete spline under tension).
double *kt_fit_smooth(const KtFitProblem *problem, const KtFitPath *path, size_t *count);

#endif
