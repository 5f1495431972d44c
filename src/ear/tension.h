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

/// What sounds, by pitch class, in any unit.
typedef struct KtTones {
  double weight[12];
} KtTones;

/// A place in the spiral array.
typedef struct KtSpiral {
  double x, y, z;
} KtSpiral;

/// Adds what parts sound between two ticks to `tones` (percussion left out) and measures it; `seconds` is how long that is.
KtHeard kt_heard_between(const KtPart *parts, size_t count, KtTick from, KtTick to, double seconds, KtKey key,
                         KtTones *tones);
/// Smooths values of two a second in place, as a listener joins about four seconds.
void kt_heard_smooth(float *values, size_t count);
/// The share of tension that width and strain of tones have, weighted as in kt_heard_tension().
double kt_harmony_tension(const KtTones *tones, KtKey key);
/// Width and strain of tones, each 0..1; returns the same share as kt_harmony_tension().
double kt_harmony_heard(const KtTones *tones, KtKey key, double *width, double *strain);
/// How far width and strain are off what is wanted of each, weighted alike.
double kt_harmony_off(const KtTones *tones, KtKey key, double width, double strain);
/// All but what motion adds, weighted.
double kt_tension_of(const KtHeard *heard);
/// Centre of tones, each written as harmony of the key writes it (lowered second to raised fourth); false without tones.
bool kt_spiral_centre(const KtTones *tones, KtKey key, KtSpiral *centre);
/// How far it is from one centre to the next, 0..1 (cloud momentum).
double kt_spiral_motion(const KtSpiral *from, const KtSpiral *to);

/// Tension measured in the written notes, one value for each `step` of film time from the cue's in:
/// three quarters of it harmony (how wide the sounding tones lie in the spiral array, how far from the key, and how
/// far they move; Chew 2000, Herremans & Chew 2016), a quarter loudness and density. 0..1, smoothed over some seconds.
void kt_heard_tension(const KtScore *score, KtFilmTime step, float *values, size_t count);

/// What harmony is heard as by who does not know its key but hears it in the half minute around: width, strain and motion,
/// and beside it loudness and density, `step` by step as kt_heard_tension() has them, smoothed alike. `figures` has room for
/// five times `count`.
void kt_heard_figures(KtArena *scratch, const KtScore *score, KtFilmTime step, float *figures, size_t count);

/// Spearman's rank correlation of two series, ties shared; 0 where one of them is flat or count < 3.
double kt_rank_correlation(KtArena *scratch, const float *a, const float *b, size_t count);

#endif
