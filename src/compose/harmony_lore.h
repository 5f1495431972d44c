// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_HARMONY_LORE_H
#define KT_COMPOSE_HARMONY_LORE_H

#include "compose/lore.h"
#include "story/story.h"

typedef struct KtQualityLore {
  KtChordQuality quality;
  float cost;
} KtQualityLore;

/// A chord at home in an idiom though it may lie outside the mode.
typedef struct KtHomeLore {
  int degree;                  ///< semitones above the tonic
  KtChordQuality quality;
  float cost;
} KtHomeLore;

/// A motion with a meaning.
typedef struct KtMoveLore {
  KtChordQuality from, to;
  int up;                      ///< semitones from root to root, 0..11
  float cost;                  ///< below 0: sought
  char *meaning;
  KtColour colour;             ///< felt, it is sought the more
} KtMoveLore;

typedef struct KtIdiom {
  char *id;
  float tension_min, tension_max, valence_min, valence_max;
  float weight;
  float outside;               ///< cost of each chord tone outside the mode
  float stay;                  ///< cost of not moving
  float inversion;             ///< cost of a bass that is not the root
  float common;                ///< cost of each voice that finds no common tone
  float tension_pull;          ///< weight of the wanted tension
  float cadence;               ///< weight of cadences
  bool pedal;                  ///< the bass stays on the tonic
  float slow;                  ///< factor on how long a chord stays
  float roots[12];             ///< cost of root motion, semitones up
  KtQualityLore *qualities;
  unsigned qualities_count;
  KtHomeLore *home;
  unsigned home_count;
  KtMoveLore *moves;
  unsigned moves_count;
} KtIdiom;

/// Where a figure of the spiral array (ear/tension.h) stands in calm and in tense harmony, and how much missing it counts
/// beside missing the whole.
typedef struct KtSpiralLore {
  float calm, tense, counts;
} KtSpiralLore;

/// How far home has to be before all other keys in what is remembered, how long that is, and what it costs where it is not.
typedef struct KtRemindLore {
  float lead, memory_s, counts;
} KtRemindLore;

/// The path through the chords: prices beside an idiom's own.
typedef struct KtPathLore {
  float pull, pull_flat;       ///< of the wanted tension where the arc moves, and where it is flat
  float even;                  ///< where it is flat strain stands as of this wish: between tonic and dominant
  KtSpiralLore width, strain, step;
  KtRemindLore home;
  float opens;                 ///< share of the price of tones outside the mode that full tension lets off
  float leans;                 ///< weight of the felt side of the mode
  float foreign_side;          ///< share by which a chord of that side counts that lies outside the key
  float learned_roots;         ///< weight of roots' motion in real scores
  float seventh_hangs, bass_hangs;
  float tune_colour, tune_chord; ///< another colour of the chord a tune brings, another chord
  float tune_ill;              ///< a chord that carries the tune ill
  float again, again_bass;     ///< a chord heard two before, less the longer ago; over the same bass
  float bass_steps[12];        ///< motion of the bass, semitones up
} KtPathLore;

/// How tense harmony is wished.
typedef struct KtWishLore {
  float calm, range;           ///< measured share of a plain chord at home, and from there to the sharpest
  float spiral;                ///< share of the spiral array in how tense a chord is; the rest is the table
  float bass, lead;            ///< weight of a bass, and of a tune, beside a chord's tones
  float base, usual, away;     ///< of a cue: from here, by its mean tension, by how far a moment is from that
  float flat;                  ///< an arc that ranges no further is flat
  float swing, swing_most;     ///< harmony swings as if the arc ranged this far, so many times as far at most
  float arch;                  ///< the middle of a phrase is tenser than its ends
  float rest, question;        ///< a chord that closes a phrase is calmer, one that leaves it open tenser
  float quicker, quicker_from; ///< octaves by which tense harmony moves faster than calm; as usual at this tension
} KtWishLore;

/// How written tones are bent towards the arc.
typedef struct KtBendLore {
  float worth;                 ///< an alteration brings harmony nearer by this much
  float ideal, ideal_flat;     ///< share by which a whole cue is brought to what is usual for its tension; where the arc is flat
  float hanging_from;          ///< tension from which sevenths and leading tones may hang
  float rubs_from;             ///< and from which a tone may rub the tune an octave away
  float mode;                  ///< price of leaving the felt side of the mode
  float yield;                 ///< share of their level that dynamics give
} KtBendLore;

/// data/harmony.yaml
struct KtHarmonyLore {
  float tension[KT_CHORD_COUNT]; ///< of each quality, in the order of KtChordQuality
  float fifth;                   ///< tension of a fifth's distance from the key
  float bass;                    ///< tension of an inversion
  KtPathLore path;
  KtWishLore wish;
  KtBendLore bend;
  KtIdiom *idioms;
  unsigned idioms_count;
};

KtStatus kt_harmony_lore_load(const KtContext *ctx, KtHarmonyLore **lore, KtError *err);
void kt_harmony_lore_free(KtHarmonyLore *lore);

#endif
