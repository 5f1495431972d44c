// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_LEARN_PARTS_H
#define KT_EAR_LEARN_PARTS_H

#include "ear/learn.h"
#include "ear/norms.h"

enum { KT_LEARN_LENGTHS = 6, KT_LEARN_VALUES = 60000, KT_LEARN_RHYTHMS = 14, KT_LEARN_GAPS = 25, KT_LEARN_NAMES = 400 };

/// Lengths of the windows, seconds, and of tones, quarters.
extern const double KT_LEARN_SECONDS[KT_LEARN_LENGTHS], KT_LEARN_QUARTERS[KT_LEARN_RHYTHMS];

typedef struct KtLearnPair {
  char pair[64];
  double octave0, octave1, other;
} KtLearnPair;

/// How long one instrument plays before it rests.
typedef struct KtLearnRuns {
  char name[32];
  double *seconds;
  int count, room;
} KtLearnRuns;

struct KtLearned {
  double *values[KT_LEARN_LENGTHS][KT_STAT_COUNT];
  int count[KT_LEARN_LENGTHS][KT_STAT_COUNT], windows[KT_LEARN_LENGTHS];
  double intervals[25], rhythms[KT_LEARN_RHYTHMS], pairs[KT_LEARN_RHYTHMS][KT_LEARN_RHYTHMS];
  double gaps[3][KT_LEARN_GAPS]; ///< between neighbouring pitches: below C3, C3 to C5, above
  double roots[12], moves[2][2][12];
  double phrase_s[KT_LEARN_VALUES], change_bars[KT_LEARN_VALUES], seconds;
  int phrases, changes, scores;
  KtLearnPair doublings[KT_LEARN_NAMES];
  int doubling_count;
  KtLearnRuns runs[KT_LEARN_NAMES];
  int run_count;
};

#endif
