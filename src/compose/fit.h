// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_FIT_H
#define KT_COMPOSE_FIT_H

#include "music/score.h"

/// A moment the bars are to meet.
typedef struct KtFitHit {
  KtFilmTime at;        ///< from the cue's in
  float weight;         ///< 0..1; from .75 on it wants a downbeat
  bool hard;            ///< must stand on a beat exactly
  int index;            ///< the caller's own, kept in KtScore.hits
} KtFitHit;

typedef struct KtFitRequest {
  const KtFitHit *hits; ///< by time
  size_t count;
  KtFilmTime length;    ///< of the cue; the last bar ends here or is stretched to it
  double bpm;           ///< wished, quarters a minute
  double bpm_min, bpm_max;
  double change_max;    ///< largest tempo change from bar to bar, .06 is 6 per cent
  int beats, unit;      ///< wished metre; others (2, 3, 5 of the same unit) cost
  int phrase_bars;      ///< phrases wished: 4
  KtRate rate;          ///< of the film, to count frames missed
} KtFitRequest;

/// Joint choice of bar lines, metres and a smooth tempo map: a shortest path whose result is the
/// least of its stated cost. Fills `score`: tempo, metres, end, hits, constant_*.
KtStatus kt_fit_time(const KtFitRequest *request, KtScore *score, KtError *err);

#endif
