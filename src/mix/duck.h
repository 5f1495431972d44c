// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_DUCK_H
#define KT_MIX_DUCK_H

#include "mix/said.h"
#include "mix/settings.h"
#include "mix/thin.h"
#include "mix/words.h"

enum { KT_DUCK_STEP = 480 }; ///< audio frames between two points of the automation: 10 ms

/// What is done to a cue under words, a point every 10 ms from the cue's in.
typedef struct KtDuck {
  size_t count;
  float *gain_db;            ///< <= 0
  float (*thin)[KT_DIPS];    ///< 0..1 of each dip in the speech band
  double most_db;            ///< most taken off, >= 0
} KtDuck;

/// A cue before anything is taken off it: its own loudness and band energies per hop, and the gain it
/// sounds with outside speech.
typedef struct KtDuckCue {
  int64_t start_sample, frames;
  const KtHops *plain;
  const float (*bands)[KT_BANDS];      ///< plain->count of them; may be NULL without words
  double gain_db;
  const KtSaidTap *film, *music;       ///< what is said and what is played under it; NULL: only energies are known
  int64_t before_sample, after_sample; ///< where other music ends before it, begins after it
} KtDuckCue;

/// Thins the speech band, then lowers the level, until music lies far enough under every line and
/// every three seconds that are half speech, and STOI falls by no more than it may. What is too short for
/// STOI, or known by its energies only, is judged by the music's share of the energy in the bands of speech.
KtStatus kt_duck_plan(const KtMixSettings *settings, const KtWords *words, const KtDuckCue *cue,
                      KtDuck *duck, KtError *err);
void kt_duck_clear(KtDuck *duck);

#endif
