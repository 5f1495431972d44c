// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_DUCK_H
#define KT_MIX_DUCK_H

#include "film/film.h"
#include "mix/loudness.h"
#include "mix/settings.h"

enum { KT_DUCK_STEP = 480 }; ///< audio frames between two points of the automation: 10 ms

/// What is done to a cue under words, a point every 10 ms from the cue's in.
typedef struct KtDuck {
  size_t count;
  float *gain_db;    ///< <= 0
  float *thin;       ///< 0..1 of the dip in the speech band
  double most_db;    ///< most taken off, >= 0
} KtDuck;

/// A cue's own loudness before anything is taken off it, as it will sound outside speech: plain and
/// with the whole dip.
typedef struct KtDuckCue {
  int64_t start_sample, frames;
  const KtHops *plain, *thinned;
  double gain_db;
} KtDuckCue;

/// `speech` in film time; `film` the film's own sound from film time 0.
KtStatus kt_duck_plan(const KtMixSettings *settings, const KtSpan *speech, size_t speech_count,
                      const KtHops *film, const KtDuckCue *cue, KtDuck *duck, KtError *err);
void kt_duck_clear(KtDuck *duck);

/// Smallest speech over music in LU within one line: over the line, or over every 3 s of a longer
/// one; the film's sound counts at no less than 6 LU under the line's own level, so that a breath in
/// a line asks for nothing. HUGE_VAL where either is silent.
double kt_speech_margin(const KtSpan *line, const KtHops *film, const KtHops *music,
                        int64_t music_start_sample);

#endif
