// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MUSIC_PITCH_H
#define KT_MUSIC_PITCH_H

#include <stdint.h>

/// A spelled pitch class on the line of fifths: C 0, G 1, D 2, F -1, B flat -2, F sharp 6 ...
typedef int8_t KtSpelling;

/// A mode, in the order dark to light; what a key signature is drawn from.
typedef enum KtMode {
  KT_MODE_LOCRIAN,
  KT_MODE_PHRYGIAN,
  KT_MODE_AEOLIAN,
  KT_MODE_DORIAN,
  KT_MODE_MIXOLYDIAN,
  KT_MODE_IONIAN,
  KT_MODE_LYDIAN,
} KtMode;

typedef struct KtKey {
  KtSpelling tonic;
  KtMode mode;
} KtKey;

static inline int kt_spelling_class(KtSpelling spelling) { ///< 0..11
  return ((spelling * 7) % 12 + 12) % 12;
}
int kt_spelling_step(KtSpelling spelling);   ///< 0..6 for C..B
int kt_spelling_alter(KtSpelling spelling);  ///< semitones: -1 flat, 1 sharp
int kt_key_fifths(KtKey key);                ///< key signature, -7..7
int kt_mode_degree(KtMode mode, int degree); ///< semitones above the tonic; any degree, 0 the tonic
/// MIDI pitch of a scale degree (0 the tonic, any octave by +-7) plus an alteration in semitones.
int kt_key_pitch(KtKey key, int tonic_midi, int degree, int alter);
/// How a chromatic pitch is written in a key: nearest on the line of fifths, -7..+7 kept.
KtSpelling kt_key_spell(KtKey key, int midi);
/// Octave number (scientific: middle C is C4) of a MIDI pitch written with this spelling.
int kt_spelling_octave(KtSpelling spelling, int midi);
/// "F#", "Bb".
void kt_spelling_name(KtSpelling spelling, char name[4]);

#endif
