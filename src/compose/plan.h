// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_PLAN_H
#define KT_COMPOSE_PLAN_H

#include "compose/compose.h"

/// A statement of a theme as the film's plan wants it; the cue may place it up to a phrase away.
typedef struct KtPlannedStatement {
  int theme;
  KtTransform transform;
  KtFilmTime at; ///< film time wished for its start, inside the cue
  bool recognisable;
  bool whole;           ///< all of it is to be told, in one piece
  KtRole role;          ///< lead, counter-line, bass
  KtSubjectState state; ///< why it sounds like this
  KtMode mode;          ///< the mode it is heard in
  float lean;           ///< -1 darker .. 1 lighter: how its chords lean where the tune stays as it is; 0 its own chords
  KtSpelling tonic;     ///< its key's tonic: the cue's, or home where a last return asks for it
  float energy;         ///< 0 alone and bare .. 1 with all
  int other;            ///< KT_TRANSFORM_CONTRAPUNTAL: the theme it sounds against; -1 none
} KtPlannedStatement;

/// What the film asks of one cue before it is composed.
typedef struct KtCuePlan {
  KtKey key;       ///< at its start
  double bpm;      ///< wished, quarters a minute
  int beats, unit; ///< wished metre
  float energy;    ///< the most it may use, 0..1: tutti is kept for a twentieth of the film
  KT_ARRAY(KtPlannedStatement) statements; ///< by time
} KtCuePlan;

struct KtPlan {
  KtArena *arena;
  KtCuePlan *cues; ///< one a cue of the spotting
  size_t count;
};

/// Whether the brief switches something off.
bool kt_desk_off(const KtDesk *desk, const char *what);

#endif
