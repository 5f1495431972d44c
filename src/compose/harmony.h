// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_HARMONY_H
#define KT_COMPOSE_HARMONY_H

#include "compose/sketch.h"

typedef enum KtSlotPlace {
  KT_SLOT_INSIDE,
  KT_SLOT_FIRST,        ///< of a section
  KT_SLOT_BEFORE_CLOSE,
  KT_SLOT_CLOSE,        ///< of a phrase that ends
  KT_SLOT_OPEN,         ///< of a phrase whose end is refused
} KtSlotPlace;

/// Room for one chord.
typedef struct KtSlot {
  KtTick start, end;
  int section;
  KtSlotPlace place;
  float tension;     ///< wanted
  bool forced;       ///< a statement brings its chord
  KtChord given;
  int lead_class;    ///< pitch class the statement has here, -1
  bool pivot;        ///< the last before another key
  KtKey next;        ///< that key
  bool arrives;      ///< the first in another key
  bool final;        ///< the cue's last, calm enough to be home
  float taste[16];   ///< small seeded likings
} KtSlot;
typedef KT_ARRAY(KtSlot) KtSlots;

/// Harmonic rhythm: where chords may change (slots.c).
void kt_harmony_slots(KtSketch *sketch, KtSlots *slots);
/// Tension of a chord in a key, 0..1 (pitch classes).
float kt_chord_tension(const KtHarmonyLore *lore, int root, int bass, KtChordQuality quality,
                       KtKey key);
/// How tense chords should be, on the scale of kt_chord_tension(), where so much tension is intended.
float kt_harmony_wish(const KtSketch *sketch, float tension);

#endif
