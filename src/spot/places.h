// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_PLACES_H
#define KT_SPOT_PLACES_H

#include "spot/timeline.h"

/// What makes a moment one where music may come or go.
typedef enum KtMark {
  KT_MARK_FILM_START = 1 << 0,
  KT_MARK_FILM_END = 1 << 1,
  KT_MARK_CUT = 1 << 2,
  KT_MARK_SCENE = 1 << 3,
  KT_MARK_TURN = 1 << 4,
  KT_MARK_LINE_END = 1 << 5,
  KT_MARK_LINE_START = 1 << 6, ///< just before it
  KT_MARK_BURST = 1 << 7,
  KT_MARK_STOP = 1 << 8,
  KT_MARK_TITLE_IN = 1 << 9,
  KT_MARK_TITLE_OUT = 1 << 10,
  KT_MARK_PICKUP = 1 << 11, ///< an upbeat before a turn
  KT_MARK_PIN = 1 << 12,    ///< a person's cue or silence comes or goes here
  KT_MARK_PIN_IN = 1 << 13, ///< a person's cue comes
  KT_MARK_PIN_OUT = 1 << 14,
} KtMark;

/// Hard rules that can be lifted to learn which one binds.
enum { KT_RULE_WORDS = 1, KT_RULE_SOURCE = 2, KT_RULE_LENGTH = 4, KT_RULE_BREATH = 8 };

typedef struct KtPlace {
  KtFilmTime at;
  double at_s;
  unsigned marks;
  int turn, shot; ///< index, -1
  float strength; ///< of burst, stop or turn
  double in, out; ///< what entering or leaving here is worth
  bool may_in;    ///< words allow it
} KtPlace;

typedef struct KtPlaces {
  KT_ARRAY(KtPlace) list; ///< by time, the film's two ends among them
} KtPlaces;

KtStatus kt_places_find(const KtTimeline *timeline, KtPlaces *places, KtError *err);

#endif
