// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which key is heard: how far chords go from home is only felt while home is remembered.
#ifndef KT_EAR_KEY_H
#define KT_EAR_KEY_H

#include "ear/tension.h"

/// How well what is heard fits each key, by its tonic's pitch class.
typedef struct KtKeyFits {
  float major[12], minor[12];
  float full; ///< how full the memory is, 0..1
} KtKeyFits;

/// How well tones fit each key (Krumhansl & Kessler 1982).
void kt_key_fits(const KtTones *tones, KtKeyFits *fits);
/// What is remembered after so many seconds of `now`; what is `memory_s` old counts a third.
void kt_key_hear(KtKeyFits *heard, const KtKeyFits *now, double seconds, double memory_s);
/// How far a key is before all others in what is remembered: of its tonic chord over its root about 0.15, below 0 where
/// another fits better.
float kt_key_lead(const KtKeyFits *heard, KtKey key);
/// The key that fits best, major or minor, its tonic written from five flats to six sharps.
KtKey kt_key_heard(const KtKeyFits *heard);

#endif
