// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_GLUE_H
#define KT_MIX_GLUE_H

#include "mix/settings.h"

#include <stddef.h>

/// Holds a score together: what for a moment stands far over the music around it gives way by a little, all channels
/// alike, and comes back slowly. It hears how loud it is now against the last seconds, so that a soft cue and a loud one,
/// a crescendo and a hush keep their levels; only single strokes lean back into the tutti.
typedef struct KtGlue {
  double over_db, share, most_db, attack, release, floor_db; ///< steps of a millisecond
  double fast, slow;  ///< energies
  double gain_db;     ///< <= 0, at the end of the last step
  double from, to;    ///< gains at the ends of this step
  double taken_db;    ///< most so far
  size_t at;          ///< audio frames into the step
  double energy;      ///< of them
} KtGlue;

/// `score_lufs`: how loud the whole score is; what stays near it is left alone.
KtGlue kt_glue_new(const KtMixSettings *settings, double score_lufs);
/// `count` audio frames of `channels`, interleaved, in place. Nothing is delayed.
void kt_glue_run(KtGlue *glue, float *samples, size_t count, size_t channels);
double kt_glue_most_db(const KtGlue *glue); ///< most taken off so far, >= 0

#endif
