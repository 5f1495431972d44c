// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "music/pitch.h"

#include <stdio.h>
#include <stdlib.h>

/// Fifths from a mode's tonic to the tonic of its major key: lydian F..B is 0..6 above F.
static int mode_fifths(KtMode mode) {
  static const int fifths[] = {[KT_MODE_LOCRIAN] = -5, [KT_MODE_PHRYGIAN] = -4,
                               [KT_MODE_AEOLIAN] = -3, [KT_MODE_DORIAN] = -2,
                               [KT_MODE_MIXOLYDIAN] = -1, [KT_MODE_IONIAN] = 0,
                               [KT_MODE_LYDIAN] = 1};
  return fifths[mode];
}

static int floor_mod(int a, int b) {
  return ((a % b) + b) % b;
}

static int floor_div(int a, int b) {
  return (a - floor_mod(a, b)) / b;
}

int kt_spelling_step(KtSpelling spelling) {
  return floor_mod(spelling * 4, 7);
}

int kt_spelling_alter(KtSpelling spelling) {
  return floor_div(spelling + 1, 7);
}

int kt_key_fifths(KtKey key) {
  return key.tonic + mode_fifths(key.mode);
}

int kt_mode_degree(KtMode mode, int degree) {
  static const int ionian[7] = {0, 2, 4, 5, 7, 9, 11};
  // Each mode is the major scale begun on another of its steps.
  static const int begins[] = {[KT_MODE_LOCRIAN] = 6, [KT_MODE_PHRYGIAN] = 2,
                               [KT_MODE_AEOLIAN] = 5, [KT_MODE_DORIAN] = 1,
                               [KT_MODE_MIXOLYDIAN] = 4, [KT_MODE_IONIAN] = 0,
                               [KT_MODE_LYDIAN] = 3};
  int from = begins[mode];
  int step = floor_mod(degree, 7);
  int octave = floor_div(degree, 7);
  int semitones = ionian[(from + step) % 7] + 12 * ((from + step) / 7) - ionian[from];
  return semitones + 12 * octave;
}

int kt_key_pitch(KtKey key, int tonic_midi, int degree, int alter) {
  return tonic_midi + kt_mode_degree(key.mode, degree) + alter;
}

KtSpelling kt_key_spell(KtKey key, int midi) {
  int centre = kt_key_fifths(key) + 2; // middle of the key's seven letters, C major: F..B is -1..5
  int class = floor_mod(midi, 12);
  int best = 0, distance = 1000;
  for (int f = centre - 8; f <= centre + 8; ++f) {
    // Among enharmonic twins the sharper wins a tie: raised leading tones over lowered octaves.
    int away = 2 * abs(f - centre) - (f > centre ? 1 : 0);
    if (floor_mod(f * 7, 12) == class && away < distance && f >= -13 && f <= 17) {
      best = f;
      distance = away;
    }
  }
  return (KtSpelling)best;
}

int kt_spelling_octave(KtSpelling spelling, int midi) {
  return floor_div(midi - kt_spelling_alter(spelling), 12) - 1;
}

void kt_spelling_name(KtSpelling spelling, char name[4]) {
  int alter = kt_spelling_alter(spelling);
  int at = 0;
  name[at++] = "CDEFGAB"[kt_spelling_step(spelling)];
  for (int i = 0; i < abs(alter) && at < 3; ++i) {
    name[at++] = alter > 0 ? '#' : 'b';
  }
  name[at] = '\0';
}
