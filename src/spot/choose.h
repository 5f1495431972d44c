// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_CHOOSE_H
#define KT_SPOT_CHOOSE_H

#include "spot/places.h"

typedef struct KtLimits {
  double wanted_share;
  double cue_min_s, cue_max_s, cue_typical_s;
} KtLimits;

/// A cue from one place to another, indices into the list of places.
typedef struct KtChosenCue {
  size_t in, out;
} KtChosenCue;

typedef struct KtChosen {
  KT_ARRAY(KtChosenCue) cues;
  double share;
  double value; ///< of the choice, the price of a missed share included
} KtChosen;

/// The dearest set of cues under the rules, save those in `lifted` (KT_RULE_...): an exact dynamic
/// program over places and the share of music used so far, in 400 steps of the film's length.
KtStatus kt_choose(const KtTimeline *timeline, const KtPlaces *places, const KtLimits *limits,
                   unsigned lifted, KtChosen *chosen, KtError *err);

/// What a cue from place `in` to place `out` is worth by itself; -HUGE_VAL where a rule forbids it.
double kt_cue_worth(const KtTimeline *timeline, const KtLimits *limits, const KtPlace *in,
                    const KtPlace *out, unsigned lifted);
/// What a silence between two cues costs; HUGE_VAL where it is no breath.
double kt_gap_price(const KtTimeline *timeline, const KtLimits *limits, double gap_s,
                    unsigned lifted);
/// Price of silence before the first cue or after the last, of which `free_s` are a gesture.
double kt_edge_price(const KtTimeline *timeline, const KtLimits *limits, double start_s,
                     double end_s, double free_s);
/// Price of having left for good at a time: the film's end without music.
double kt_end_price(const KtTimeline *timeline, const KtLimits *limits, double left_s);
/// A cue that begins here is the end title: it may be as short as the lettering.
bool kt_ends_film(const KtTimeline *timeline, const KtPlace *place);
/// Where one cue may hand over to the next.
bool kt_may_segue(const KtPlace *place);
enum { KT_SHARE_LEVELS = 400 };
int kt_share_level(const KtTimeline *timeline, double at_s); ///< 0..KT_SHARE_LEVELS
double kt_share_price(const KtTimeline *timeline, double share, double wanted);

#endif
