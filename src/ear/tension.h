// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_TENSION_H
#define KT_EAR_TENSION_H

#include "music/score.h"

/// Tension measured in the written notes, one value for each `step` of film time from the cue's in:
/// half of it harmony (how wide the sounding tones lie in the spiral array and how far from the key,
/// Chew 2000; Herremans & Chew 2016), half loudness and density. 0..1, smoothed over some seconds.
void kt_heard_tension(const KtScore *score, KtFilmTime step, float *values, size_t count);

/// Spearman's rank correlation of two series, ties shared; 0 where one of them is flat or count < 3.
double kt_rank_correlation(KtArena *scratch, const float *a, const float *b, size_t count);

#endif
