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

/// Whether the cue may begin before its first bar line.
typedef enum KtFitUpbeat {
  KT_FIT_UPBEAT_NEVER,  ///< a downbeat with the first picture
  KT_FIT_UPBEAT_MAY,    ///< where a bar line fits better later
  KT_FIT_UPBEAT_WANTED, ///< into the first moment that has to be met
} KtFitUpbeat;

/// Whether a beat may be held over its time: the last of a phrase, never another.
typedef enum KtFitFermata {
  KT_FIT_FERMATA_NEVER,
  KT_FIT_FERMATA_END, ///< the cue's last beat
  KT_FIT_FERMATA_MAY, ///< the end of any phrase that leads to a moment that has to be met
} KtFitFermata;

/// Where music has no pulse: stillness. What lies inside may be played freely.
typedef struct KtFitStill {
  KtFilmTime start, end;
  float wish; ///< 0..1: how much free time is wished there
} KtFitStill;

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
  KtFitUpbeat upbeat;
  KtFilmTime arrival; ///< what an upbeat that is wanted leads to, from the cue's in; 0: the first hard hit
  KtFitFermata fermata;
  const KtFitStill *stills; ///< by time
  size_t still_count;
} KtFitRequest;

/// First ticks of the phrases the bars were grouped in, the first at 0; in the score's arena.
typedef KT_ARRAY(KtTick) KtFitPhrases;

/// Joint choice of bar lines, metres and a smooth tempo map: a shortest path whose result is the
/// least of its stated cost (fit_path.h). Fills `score` (with an arena): tempo, metres, end, hits,
/// constant_*. Always a bar at least. Tick 0 is the cue's in and a downbeat, or the first beat of an
/// upbeat (KtMetres); fermatas and free time stand in the tempo map. The last bar ends at
/// `length` unless no tempo in range ends one there: then it may end up to a bar after it (sound
/// must still stop at `length`) or before. KT_ERR_ARGUMENT: no length, metre or tempo.
KtStatus kt_fit_time(const KtFitRequest *request, KtScore *score, KtError *err);
/// The same, and how the bars make phrases (`phrases` may be NULL).
KtStatus kt_fit_time_phrases(const KtFitRequest *request, KtScore *score, KtFitPhrases *phrases,
                             KtError *err);

#endif
