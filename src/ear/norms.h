// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_NORMS_H
#define KT_EAR_NORMS_H

#include "base/context.h"
#include "music/score.h"

/// What is counted in a stretch of music.
typedef enum KtStatistic {
  KT_STAT_LEAD_STEP,      ///< share of the leading line's intervals of one or two semitones
  KT_STAT_LEAD_REPEAT,    ///< of repeated tones
  KT_STAT_LEAD_LEAP,      ///< of a fourth or more
  KT_STAT_LEAD_RANGE,     ///< semitones from its lowest to its highest twentieth
  KT_STAT_LEAD_SHORT,     ///< share of its tones of an eighth or less
  KT_STAT_LEAD_VARIETY,   ///< entropy of its durations, bits
  KT_STAT_LEAD_REST,      ///< share of the time in which nobody leads
  KT_STAT_PARTS,          ///< parts that sound at once, middle
  KT_STAT_PARTS_MOST,     ///< at nine tenths of the time
  KT_STAT_PARTS_CHANGE,   ///< how many come or go from beat to beat, mean
  KT_STAT_PITCHES,        ///< different pitches at once, middle
  KT_STAT_DOUBLING,       ///< share of sounding pitches whose name sounds already in another octave
  KT_STAT_LOW_GAP,        ///< semitones from the lowest pitch to the next, middle
  KT_STAT_HIGH_GAP,       ///< between neighbours above middle C, middle
  KT_STAT_SPAN,           ///< from the lowest to the highest pitch, middle
  KT_STAT_CLASSES,        ///< different pitch names in four quarters, mean
  KT_STAT_CHANGE,         ///< how far what sounds differs from beat to beat, 0..1
  KT_STAT_ATTACKS,        ///< moments a quarter at which something begins
  KT_STAT_PART_ATTACKS,   ///< notes a second of a part while it sounds
  KT_STAT_REPEATED_BARS,  ///< share of bars (four quarters) like the one before in every part
  KT_STAT_RUN,            ///< seconds a part plays before a quarter second of rest, middle
  KT_STAT_RUN_LONG,       ///< at nine tenths
  KT_STAT_COUNT
} KtStatistic;
const char *kt_statistic_name(KtStatistic statistic); ///< "lead_step" ..., as in the tables

/// Counts in `score` between two ticks; `lead` is the leading line, by start, one note at a time. What cannot be
/// counted there (no line, no bars) is NAN. Uses `scratch`.
void kt_statistics(KtArena *scratch, const KtScore *score, const KtNote *lead, size_t lead_count, KtTick from,
                   KtTick to, double values[KT_STAT_COUNT]);
/// The leading line of a score by roles: the first leading part that sounds, doublings left out.
const KtNote *kt_leading_line(KtArena *arena, const KtScore *score, size_t *count);

/// Where the middle 95 % of a statistic lie.
typedef struct KtNormRange {
  char *id;
  float low, middle, high;
} KtNormRange;

/// All of them for stretches of about so many seconds.
typedef struct KtNormWindow {
  float seconds;
  int windows; ///< how many were counted
  KtNormRange *ranges;
  unsigned ranges_count;
} KtNormWindow;

/// data/learned/windows.yaml with what a palette names as its own (data/learned/palettes.yaml) put over it.
typedef struct KtNorms {
  KtNormWindow *windows;
  unsigned windows_count;
  struct KtOwnNorms *own;
  unsigned own_count;
} KtNorms;
KtStatus kt_norms_load(const KtContext *ctx, KtNorms *norms, KtError *err);
void kt_norms_free(KtNorms *norms);
/// The range for a palette and a length, between the lengths that were counted by the logarithm of it; false where that
/// statistic is not held against anything.
bool kt_norm(const KtNorms *norms, const char *palette, double seconds, KtStatistic statistic, KtNormRange *out);

#endif
