// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_HARMONY_H
#define KT_COMPOSE_HARMONY_H

#include "compose/sketch.h"
#include "ear/key.h"

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
  double seconds;    ///< its length
  int section;
  KtSlotPlace place;
  float tension;     ///< wanted
  bool forced;       ///< a statement brings its chord
  KtChord given;
  int lead_class;    ///< pitch class the statement has here, -1
  KtTones lead;      ///< shares of the slot that the statement's tones sound
  bool pivot;        ///< the last before another key
  KtKey next;        ///< that key
  bool arrives;      ///< the first in another key
  bool final;        ///< the cue's last, calm enough to be home
  float taste[16];   ///< small seeded likings
} KtSlot;
typedef KT_ARRAY(KtSlot) KtSlots;

/// Harmonic rhythm: where chords may change (slots.c).
void kt_harmony_slots(KtSketch *sketch, KtSlots *slots);
/// What a chord of pitch classes sounds with a share of other tones; its bass sounds in octaves.
void kt_chord_tones(const KtHarmonyLore *lore, int root, int bass, KtChordQuality quality, const KtTones *beside, KtTones *tones);
/// Tension of what sounds as a chord in a key, 0..1.
float kt_chord_tension(const KtHarmonyLore *lore, int root, int bass, KtChordQuality quality, const KtTones *tones,
                       KtKey key);
/// How much more than the arc harmony swings where the intended tension of a cue ranges so far: a small rise is told
/// by harmony first; 1 where the arc is flat.
double kt_harmony_contrast(const KtWishLore *wish, float range);
/// How much a tone helps a feeling's mode about a tonic to be heard, -1..1: its third most, then what makes the tonic
/// itself clear against its relative's; 0 where the feeling is neither light nor dark.
float kt_mode_worth(KtKey key, int midi, float valence);
/// How far the intended tension of a cue's bars ranges.
float kt_harmony_range(const KtSketch *sketch);
/// How far the cue's arc moves, 0 where it is flat .. 1.
float kt_harmony_moves(const KtSketch *sketch);
/// How tense chords should be, on the scale of kt_chord_tension(), where so much tension is intended.
float kt_harmony_wish(const KtSketch *sketch, float tension);

#endif
