// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_PLAN_BOOK_H
#define KT_COMPOSE_PLAN_BOOK_H

#include "base/context.h"
#include "music/score.h"
#include "story/story.h"

// data/plan.yaml as it is read.

typedef struct KtPlanTempo {
  float low_bpm, high_bpm, edit_pull, theme_pull, slow_cuts, fast_cuts;
} KtPlanTempo;

/// A pulse with a meaning: which cues have it, and how fast it is.
typedef struct KtPlanPulse {
  char *name;
  bool chase;
  float arousal[2], tension[2];
  float bpm[2];
  float pull; ///< 0..1 of the way into that range
} KtPlanPulse;

typedef struct KtPlanEnergy {
  float share, most;
} KtPlanEnergy;

typedef struct KtPlanMode {
  KtMode mode, darker, lighter;
} KtPlanMode;

/// "moment": as the feeling there asks.
typedef enum KtPlanShade { KT_SHADE_SAME, KT_SHADE_DARKER, KT_SHADE_LIGHTER, KT_SHADE_MOMENT } KtPlanShade;

typedef struct KtPlanState {
  KtSubjectState state;
  KtTransform *forms;
  unsigned forms_count;
  KtRole role;
  KtPlanShade shade;
  float energy;
  bool hidden;
  int *fifths;
  unsigned fifths_count;
} KtPlanState;

typedef struct KtPlanFeeling {
  KtSubjectState state;
  float tension[2], valence[2], arousal[2];
} KtPlanFeeling;

typedef struct KtPlanBook {
  float statement_every_s, principal_every_s;
  float marked_share;    ///< of the statements, the share that is to keep its tune as it is
  float principal_share; ///< of the cues with the principal's subject, the share that states its theme
  float worn;            ///< what each use of a form costs the next
  float darker_below, lighter_above; ///< valence of a moment that shades a theme
  float first_energy, first_stirred; ///< of a first time; what full arousal adds
  float stirred, calm;   ///< how much full arousal likes a quick form, and none of it a slow one
  float opposite;        ///< valence beyond which, on the other side than its tune's mode, a place or an idea is not told of
  float return_from;     ///< share of the music's span from which on the film's last return may begin
  KtPlanTempo tempo;
  KtPlanPulse *pulses;
  unsigned pulses_count;
  KtPlanEnergy *energy;
  unsigned energy_count;
  KtPlanMode *modes;
  unsigned modes_count;
  KtPlanState *states;
  unsigned states_count;
  KtPlanFeeling *feelings;
  unsigned feelings_count;
} KtPlanBook;

/// KT_ERR_FORMAT also where a state or mode has no row.
KtStatus kt_plan_book_load(const KtContext *ctx, KtPlanBook **book, KtError *err);
void kt_plan_book_free(KtPlanBook *book);
const KtPlanState *kt_plan_state(const KtPlanBook *book, KtSubjectState state);
KtMode kt_plan_shade(const KtPlanBook *book, KtMode mode, KtPlanShade shade);

#endif
