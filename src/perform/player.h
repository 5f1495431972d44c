// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PERFORM_PLAYER_H
#define KT_PERFORM_PLAYER_H

#include "base/rng.h"
#include "perform/habits.h"
#include "perform/perform.h"

/// Notes between two breaths.
typedef struct KtPhrase {
  size_t first, end; ///< notes
  KtTick start, stop;
  double seconds;
  double mean_pitch;
} KtPhrase;

/// A stroke on its way to events.
typedef struct KtStroke {
  KtTick nominal;       ///< where it is written
  KtTick on, off;
  KtTick written_off;
  float level;          ///< 0..1, all accents in it
  size_t note;          ///< index of the note it plays
  uint8_t key, articulation;
  bool hit, slurred;
  bool stops;           ///< let go on a stop, with all the others
} KtStroke;
typedef KT_ARRAY(KtStroke) KtStrokes;

/// One part while it is being played.
typedef struct KtPlayer {
  const KtScore *score;
  const KtPart *part;
  const KtInstrument *instrument;
  const KtManner *manner;
  KtArena *scratch;
  KtRng rng;
  KT_ARRAY(KtPhrase) phrases;
  size_t *phrase_of; ///< per note
  KtStrokes strokes;
} KtPlayer;

double kt_player_seconds(const KtPlayer *player, KtTick tick);
/// The tick so many milliseconds after (or before) another.
KtTick kt_player_later(const KtPlayer *player, KtTick tick, double milliseconds);

void kt_player_phrase(KtPlayer *player);  ///< cuts the part into phrases
/// The softer, the smaller the gestures: share of a rule's size at a level.
double kt_player_gesture(const KtPlayer *player, double level);
/// Level of the line at a tick inside note `note`, without the note's own accent.
float kt_player_level(const KtPlayer *player, size_t note, KtTick tick);
/// Accent of a note over the line: written, by metre, by repetition.
float kt_player_accent(const KtPlayer *player, size_t note);
void kt_player_strike(KtPlayer *player);  ///< notes to strokes: lengths, rolls, trills
void kt_player_place(KtPlayer *player);   ///< humanised places in time
/// Strokes and controllers as events of a track, sorted.
void kt_player_write(KtPlayer *player, KtArena *arena, KtTrack *track);
/// Controllers alone: dynamics, expression, pedal.
void kt_player_control(const KtPlayer *player, KtArena *arena, KtTrack *track);

#endif
