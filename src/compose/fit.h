// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_FIT_H
#define KT_COMPOSE_FIT_H

#include "music/score.h"

/// A moment the bars are to meet.
typedef struct KtFitHit {
  KtFilmTime at;        ///< from the cue's in
  float weight;         ///< 0..1; from .75 on it wants a downbeat
  bool hard;            ///< must stand on a beat exactly; others pull the bars towards them
  int index;            ///< the caller's own, kept in KtScore.hits
  KtFilmTime tolerance; ///< of one that is not hard: met when its beat is this near; 0: two frames
} KtFitHit;

typedef struct KtFitRequest {
  const KtFitHit *hits; ///< by time
  size_t count;
  KtFilmTime length; ///< of the cue; the last bar ends here or is stretched to it
  double bpm;        ///< wished, quarters a minute
  double bpm_min, bpm_max;
  double change_max; ///< largest tempo change from bar to bar, .06 is 6 per cent
  int beats, unit;   ///< wished metre; others (2, 3, 5 of the same unit) cost
  int phrase_bars;   ///< phrases wished: 4
  KtRate rate;       ///< of the film, to count frames missed
} KtFitRequest;

/// First ticks of the phrases the bars were grouped in, the first at 0; in the score's arena.
typedef KT_ARRAY(KtTick) KtFitPhrases;

/// Joint choice of bar lines, metres and a smooth tempo map: a shortest path whose result is the
/// least of its stated cost (fit_path.h). Fills `score` (with an arena): tempo, metres, end, hits,
/// constant_*. Always a bar at least. Tick 0 is the cue's in and a downbeat; the last bar ends at
/// `length` unless no tempo in range ends one there: then it may end up to a bar after it (sound
/// must still stop at `length`) or before. KT_ERR_ARGUMENT: no length, metre or tempo.
KtStatus kt_fit_time(const KtFitRequest *request, KtScore *score, KtError *err);
/// The same, and how the bars make phrases (`phrases` may be NULL).
KtStatus kt_fit_time_phrases(const KtFitRequest *request, KtScore *score, KtFitPhrases *phrases,
                             KtError *err);

#endif
