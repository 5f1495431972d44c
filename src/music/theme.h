// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MUSIC_THEME_H
#define KT_MUSIC_THEME_H

#include "music/score.h"

/// A theme note as degree, so that mode, key, metre and speed can change without losing it.
typedef struct KtThemeNote {
  KtTick start;
  KtTick duration;
  int8_t degree;   ///< 0 the tonic, 7 an octave up, negative below
  int8_t alter;    ///< semitones from the scale
  float accent;    ///< -1..1
} KtThemeNote;

typedef struct KtThemeChord {
  KtTick start;
  KtTick duration;
  int8_t degree;   ///< of the root, with alter
  int8_t alter;
  KtChordQuality quality;
} KtThemeChord;

/// What a theme was judged by, 0 bad .. 1 good.
typedef struct KtThemeMarks {
  float distinct; ///< how far it is from the film's nearest other theme, by intervals and rhythm
  float contour;  ///< how simple its line is
  float singable; ///< compass of a tenth, leaps a voice can take, breath
  float alone;    ///< how well its key is known without its harmony
  float fits;     ///< how well mode, speed and colour suit its subject's feeling
} KtThemeMarks;

typedef struct KtTheme {
  const char *id;       ///< "T1"
  const char *title;    ///< "Maria"
  int subject;          ///< index into KtStory.subjects
  KtKey key;            ///< home key
  int tonic_midi;       ///< MIDI pitch of degree 0 as written
  int beats, unit;      ///< metre
  double bpm;           ///< natural tempo, quarters a minute
  int head;             ///< the first `head` notes are the motif
  KtTick head_ticks;    ///< length of the head, whole beats
  KtTick ticks;         ///< length of the whole, whole bars
  KT_ARRAY(KtThemeNote) notes;
  KT_ARRAY(KtThemeChord) chords;
  float score;          ///< what the critic gave it, 0..1
  KtThemeMarks marks;   ///< beside the film's others
  const char *rhythm_from; ///< "the name Maria", "" where free
  bool locked;
} KtTheme;

/// The themes of a film; owns its arena.
typedef struct KtThemes {
  KtArena *arena;
  KT_ARRAY(KtTheme) items;
} KtThemes;

void kt_themes_free(KtThemes *themes);
/// MIDI pitch of a note of the theme as written.
int kt_theme_pitch(const KtTheme *theme, const KtThemeNote *note);

#endif
