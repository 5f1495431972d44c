// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PERFORM_PERFORM_H
#define KT_PERFORM_PERFORM_H

#include "music/score.h"
#include "orchestra/orchestra.h"

typedef enum KtEventKind { KT_EVENT_CONTROL, KT_EVENT_NOTE_OFF, KT_EVENT_NOTE_ON } KtEventKind;

/// An event of the performance. The order at one tick is control, off, on.
typedef struct KtEvent {
  KtTick tick;          ///< from the cue's in, humanised
  uint8_t kind;         ///< KtEventKind
  uint8_t key;          ///< MIDI key as sounding, or controller number
  uint8_t value;        ///< velocity or controller value, 0..127
  uint8_t articulation; ///< KtArticulation of the note: which preset plays it
  bool hit;             ///< note on: stands on a hit point; note off: on a stop
  bool slurred;         ///< note on: bound to the tone before, without an attack of its own
} KtEvent;

typedef struct KtTrack {
  int part;                   ///< index into KtScore.parts
  const char *name;
  const KtInstrument *instrument;
  KT_ARRAY(KtEvent) events;   ///< by tick
} KtTrack;

/// How a cue is played. No attack compensation in it: that belongs to our samples and is added at
/// render. Owns its arena.
typedef struct KtPerformance {
  KtArena *arena;
  const KtScore *score;       ///< borrowed: tempo map, names
  KT_ARRAY(KtTrack) tracks;
  uint64_t seed;
} KtPerformance;

KtStatus kt_perform(const KtContext *ctx, const KtOrchestra *orchestra, const KtScore *score,
                    KtPerformance **performance, KtError *err);
void kt_performance_free(KtPerformance *performance);

#endif
