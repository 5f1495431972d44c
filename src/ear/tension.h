// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_TENSION_H
#define KT_EAR_TENSION_H

#include "music/score.h"

/// What is heard between two ticks, each 0..1.
typedef struct KtHeard {
  double width;   ///< how far apart the sounding tones lie in the spiral array (cloud diameter)
  double strain;  ///< how far their centre lies from the key's (tensile strain)
  double level;   ///< loudness
  double density; ///< attacks
} KtHeard;

/// Tones by spelling: weight[spelling + 32] in any unit.
typedef struct KtTones {
  double weight[64];
} KtTones;

/// Adds what parts sound between two ticks to `tones` (the notes are spelled, percussion left out) and
/// measures it; `seconds` is how long that is.
KtHeard kt_heard_between(const KtPart *parts, size_t count, KtTick from, KtTick to, double seconds, KtKey key,
                         KtTones *tones);
/// The harmony's share of tension: width and strain of tones, weighted as in kt_heard_tension().
double kt_harmony_tension(const KtTones *tones, KtKey key);
/// All of it, weighted.
double kt_tension_of(const KtHeard *heard);

/// Tension measured in the written notes, one value for each `step` of film time from the cue's in:
/// three fifths of it harmony (how wide the sounding tones lie in the spiral array and how far from the key,
/// Chew 2000; Herremans & Chew 2016), two fifths loudness and density. 0..1, smoothed over some seconds.
void kt_heard_tension(const KtScore *score, KtFilmTime step, float *values, size_t count);

/// Spearman's rank correlation of two series, ties shared; 0 where one of them is flat or count < 3.
double kt_rank_correlation(KtArena *scratch, const float *a, const float *b, size_t count);

#endif
