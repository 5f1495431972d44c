// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_BOOK_H
#define KT_COMPOSE_THEMES_BOOK_H

#include "base/context.h"
#include "music/theme.h"
#include "story/story.h"

// data/themes.yaml as it is read.

enum { KT_TUNE_UPBEAT_MOST = 3 };

typedef struct KtTuneMetre {
  int beats, unit;
  float weight;
} KtTuneMetre;

typedef struct KtTuneLeap {
  int steps;
  float weight;
} KtTuneLeap;

/// A kind of tune: where in the plane of feeling it lives and what it is made of.
typedef struct KtTuneCharacter {
  const char *id;
  float valence, arousal, tension;
  KtColour *colours;
  unsigned colours_count;
  const char **palettes;
  unsigned palettes_count;
  KtTuneMetre *metres;
  unsigned metres_count;
  KtTuneLeap *leaps;
  unsigned leaps_count;
  int range;          ///< steps from lowest to highest
  float appoggiatura; ///< 0..1: how freely a strong beat leaves the chord
  float upbeat;       ///< chance of one
  float chromatic;    ///< chance of a semitone where the mode has a tone
  float bpm[2];
} KtTuneCharacter;

typedef struct KtTuneMode {
  KtMode mode;
  float valence;
  float weight;       ///< how usual it is
  float tension;      ///< from here on it is in its place, 0 always; what is calmer seldom has it
  KtColour *colours;
  unsigned colours_count;
} KtTuneMode;

typedef struct KtTuneLeaning {
  const char *palette;
  float valence, arousal, tension;
} KtTuneLeaning;

typedef enum KtTunePlace {
  KT_TUNE_IDEA,
  KT_TUNE_ANSWER,
  KT_TUNE_RUN,
  KT_TUNE_END,
} KtTunePlace;

/// A bar of rhythm, quarters; negative: a rest.
typedef struct KtTuneCell {
  int metre[2];
  KtTunePlace place;
  float *bar;
  unsigned bar_count;
  float weight;
  const char **of;
  unsigned of_count;
} KtTuneCell;

/// What leads into the idea's first downbeat: notes of these lengths, so many steps from it.
typedef struct KtTuneUpbeat {
  float *lengths; ///< quarters
  unsigned lengths_count;
  int *steps;
  unsigned steps_count;
  float weight;
  const char **of;
  unsigned of_count;
} KtTuneUpbeat;

typedef struct KtTuneProgression {
  KtMode *modes;
  unsigned modes_count;
  const char *chords;
} KtTuneProgression;

typedef struct KtTuneRelation {
  int fifths;
  float weight;
} KtTuneRelation;

typedef struct KtTuneBook {
  float *steps;
  unsigned steps_count;
  int proposals, polish;
  KtTuneCharacter *characters;
  unsigned characters_count;
  KtTuneMode *modes;
  unsigned modes_count;
  KtTuneLeaning *leanings;
  unsigned leanings_count;
  int *keys;
  unsigned keys_count;
  KtTuneRelation *related;
  unsigned related_count;
  KtTuneCell *cells;
  unsigned cells_count;
  KtTuneUpbeat *upbeats;
  unsigned upbeats_count;
  KtTuneProgression *progressions;
  unsigned progressions_count;
} KtTuneBook;

KtStatus kt_tune_book_load(const KtContext *ctx, KtTuneBook **book, KtError *err);
void kt_tune_book_free(KtTuneBook *book);

enum { KT_TUNE_CHORDS_MAX = 40 };
/// Chords of a progression, `bar` ticks a bar. Count, or -1 where a numeral cannot be read.
int kt_tune_chords(const char *text, KtTick bar, KtThemeChord *chords);

#endif
