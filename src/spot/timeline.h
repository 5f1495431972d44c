// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_TIMELINE_H
#define KT_SPOT_TIMELINE_H

#include "spot/rules.h"
#include "spot/spot.h"

/// Where somebody speaks, and which line it is where that is known.
typedef struct KtWords {
  double start_s, end_s;
  int line;                   ///< index into the story's lines, -1
  const char *text, *speaker; ///< "" where unknown
  float feeling;              ///< 0..1, how strongly the line is felt
} KtWords;

typedef struct KtReach {
  double start_s, end_s;
} KtReach;

/// A silence that is wanted, and the turn it is for.
typedef struct KtHeld {
  double start_s, end_s;
  int turn;
  bool after; ///< after a loss, else before a reveal
} KtHeld;

/// A cue that a person set; it is chosen, whatever the rules say.
typedef struct KtPin {
  KtFilmTime in, out;
  int cue; ///< index into the sheet's cues
} KtPin;

enum { KT_CELLS_PER_SECOND = 4 };

/// The film as the spotting table sees it: what music is worth at each moment, and where it may not
/// be.
typedef struct KtTimeline {
  KtArena *arena;
  const KtFilm *film;
  const KtStory *story;
  const KtSpotRules *rules;
  KtRate rate;
  double duration_s;
  size_t cells;       ///< a quarter of a second each, the last may reach beyond the film
  KtEmotion *emotion; ///< per cell
  float *motion;      ///< per cell
  double *need_sum;   ///< sum of need before a cell, cells + 1 values, in seconds of need
  double *mood_sum;   ///< sums before a cell of valence, arousal, tension and of all their squares
  KT_ARRAY(KtWords) words;
  KT_ARRAY(KtReach) source; ///< music in the film itself to be kept clear of
  KT_ARRAY(KtHeld) held;
  KT_ARRAY(KtPin) pins;     ///< by time, no overlap
  KT_ARRAY(KtReach) barred; ///< no music that is not pinned
  double words_share;
  double credits_s; ///< where the end credits begin; the film's length where there are none
  bool temp;
  bool heard; ///< the film has sound: its words are heard, not only read
} KtTimeline;

/// `written_silence` false: the director wants no silences held on purpose.
KtStatus kt_timeline_make(KtArena *arena, const KtFilm *film, const KtStory *story,
                          const KtSpotRules *rules, bool temp, bool written_silence,
                          KtTimeline *timeline, KtError *err);
double kt_timeline_need(const KtTimeline *timeline, double start_s, double end_s);
KtEmotion kt_timeline_mean(const KtTimeline *timeline, double start_s, double end_s);
double kt_timeline_motion(const KtTimeline *timeline, double start_s, double end_s);
double kt_timeline_words(const KtTimeline *timeline, double start_s, double end_s); ///< share 0..1
/// How much moods differ inside a span (variance of valence, arousal and tension together).
double kt_timeline_mixed(const KtTimeline *t, double start_s, double end_s);
bool kt_timeline_speaks(const KtTimeline *timeline, double start_s, double end_s);
const KtWords *kt_timeline_next_words(const KtTimeline *timeline,
                                      double at_s); ///< starts at or after
const KtWords *kt_timeline_last_words(const KtTimeline *timeline,
                                      double at_s); ///< ends at or before
bool kt_timeline_barred(const KtTimeline *timeline, KtFilmTime in, KtFilmTime out);
bool kt_timeline_pinned(const KtTimeline *timeline, KtFilmTime in, KtFilmTime out);
bool kt_timeline_source(const KtTimeline *timeline, double start_s, double end_s);
/// Nearest frame boundary; the film's end is one.
KtFilmTime kt_timeline_snap(const KtTimeline *timeline, KtFilmTime time);
/// Scene of the story at a time, NULL where none.
const KtScene *kt_timeline_scene(const KtTimeline *timeline, KtFilmTime time);
/// "the farmhouse hall"; "" where the script gives no place.
const char *kt_timeline_place(const KtTimeline *timeline, KtFilmTime time);
/// A turn after which things are not as they were: a reveal for music; a loss.
bool kt_turn_reveals(KtTurnKind kind);
const char *kt_turn_phrase(const KtTimeline *timeline, const KtTurn *turn);

#endif
