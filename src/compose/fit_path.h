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
  size_t soft; ///< the first soft hit after it
} KtFitAnchor;

/// A hit that only pulls. By time.
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
  double log_rate;
  double change_max;
  double half_frame_s;
  int metres[KT_FIT_METRES]; ///< beats; the wished one first
  int metre_count;
  int phrase_bars;
  KtFitUpbeat upbeat;
  size_t arrival; ///< the anchor an upbeat is to lead to; 0: the first
  KtFitFermata fermata;
  const KtFitStill *stills;
  size_t still_count;
} KtFitProblem;

/// How a stretch goes from one anchor to the next.
typedef enum KtFitManner {
  KT_FIT_STEADY, ///< at one tempo
  KT_FIT_HELD,   ///< at one tempo; its last beat, a phrase's last, under a fermata
  KT_FIT_FREE,   ///< without a pulse: a tempo out of range will do, and no tempo is changed
  KT_FIT_MANNERS
} KtFitManner;

/// So many beats from an anchor to a later one.
typedef struct KtFitStretch {
  int beats;
  KtFitManner manner;
  double rate;     ///< beats a second
  double log_rate; ///< its logarithm
  double hold_s;   ///< what the last beat lasts longer
} KtFitStretch;

typedef struct KtFitBar {
  int beats;
  bool phrase_end; ///< the phrase ends with this bar; true of the last bar
} KtFitBar;

/// A solution: an upbeat (0: none), bars end to end, and the beat each anchor stands on (-1: left out).
typedef struct KtFitPath {
  int upbeat; ///< beats of the wished metre before the first bar line
  KT_ARRAY(KtFitBar) bars;
  int *beats;           ///< one an anchor, from the cue's in
  KtFitManner *manners; ///< of the stretch that ends at each anchor
  double end_s; ///< where the last bar ends
  double cost;
} KtFitPath;

KtStatus kt_fit_problem(KtArena *arena, const KtFitRequest *request, KtFitProblem *problem,
                        KtError *err);

// The stated cost is the sum of these over a solution:

/// Of `beats` beats from anchor `from` to anchor `to`: distance from the wished tempo, anchors left
/// out between them, soft hits away from their beat, an end missed, a fermata, free time that is not
/// wished. Infinite where the tempo is out of range or the manner is not allowed. Fills `stretch`.
double kt_fit_cost_stretch(const KtFitProblem *problem, size_t from, size_t to, int beats,
                           KtFitManner manner, KtFitStretch *stretch);
/// The beat of a stretch that is nearest to a time from its start; `away_s`: how far it is.
int kt_fit_nearest_beat(const KtFitStretch *stretch, double seconds, double *away_s);
/// The part of it that is for the anchors left out.
double kt_fit_cost_left_out(const KtFitProblem *problem, size_t from, size_t to);
/// Of going from one tempo to the next between the middles of two stretches.
double kt_fit_cost_change(const KtFitProblem *problem, const KtFitStretch *stretch,
                          const KtFitStretch *next);
/// Of an upbeat of so many beats, 0 for none; `arrives`: its bar line is where it is to lead to.
/// Infinite where it may not be, or is a bar long.
double kt_fit_cost_upbeat(const KtFitProblem *problem, int beats, bool arrives);
/// Whether a first stretch with an upbeat arrives so.
bool kt_fit_arrives(const KtFitProblem *problem, int upbeat, size_t to, int beats);
/// Of a soft hit `beat` beats after the in of a cue whose upbeat is longer than that.
double kt_fit_cost_in_upbeat(const KtFitProblem *problem, double weight, int upbeat, int beat);
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
