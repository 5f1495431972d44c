// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How voices move and lie against each other, heard in notes: in a sketch by its lines, in what an orchestra plays by
// players, where doublings of one line count as one voice.
#ifndef KT_EAR_PART_WRITING_H
#define KT_EAR_PART_WRITING_H

#include "base/context.h"
#include "music/score.h"

#include <stdint.h>

/// What faults are worth and what mending them costs.
typedef struct KtWritingPrices {
  float parallel, beat, deep, unresolved, left, covered;
  float leap, moved, other, thirdless, doubled, inverted, rubs, silent;
} KtWritingPrices;

/// What is no fault where a palette writes it.
typedef struct KtWritingMeant {
  char *palette;
  bool clusters; ///< down low
  bool planing;  ///< chords of one kind shifted as they are
} KtWritingMeant;

/// data/part_writing.yaml
typedef struct KtWritingRules {
  int third_from;        ///< MIDI: over a tone below it nothing lies closer than a fourth
  int fifth_from;        ///< MIDI: over a tone below it nothing lies closer than an octave
  float resolves_within; ///< quarters
  int lead_from;         ///< MIDI: a leading line from here on is not to be covered
  int passes;
  struct KtWritingUsual {
    float moves, parallels, tendencies, unresolved;
  } usual;               ///< counts and shares from which a short cue's mark starts
  KtWritingPrices prices;
  float roles[KT_ROLE_COUNT]; ///< how much dearer it is to change a tone
  KtWritingMeant *meant;
  unsigned meant_count;
} KtWritingRules;

KtStatus kt_writing_load(const KtContext *ctx, KtWritingRules **rules, KtError *err);
void kt_writing_free(KtWritingRules *rules);

/// A tone of one player, and the moments it sounds at.
typedef struct KtTone {
  KtNote *note;
  KtRole role;
  int part;          ///< index into the parts that were given
  int line;          ///< tones of one line are one voice, whoever doubles it; 0..63
  int was;           ///< its pitch when it was heard first
  bool fixed;        ///< a theme's, or drawn: not to be changed
  bool gone;         ///< left out
  unsigned from, to; ///< moments, `to` not included
} KtTone;

/// The way from one moment to the next is looked at in steps: attack to attack, beat to beat, chord to chord, and at
/// half beats from change to change of what sounds.
typedef enum KtPace { KT_PACE_ATTACKS, KT_PACE_BEATS, KT_PACE_CHORDS, KT_PACE_CHANGES, KT_PACES } KtPace;

/// A tick at which something begins, or ends, or a beat falls.
typedef struct KtInstant {
  KtTick at;
  unsigned first, count; ///< in `on`: the tones that sound
  int chord;             ///< index of the chord
  unsigned paces;        ///< bit set of KtPace
  // By kt_writing_refresh():
  int dominant;          ///< root class of the dominant seventh that sounds, -1 none
  unsigned classes, sounding; ///< bit set of pitch classes, how many tones
  unsigned low, high;    ///< the tones that are lowest and highest
  uint64_t low_lines, high_lines; ///< the lines that have their pitches, a bit each
  int lead;              ///< pitch of the leading line, 0 none
  int bass, inner;       ///< the lowest tone of the bass, that of the first inner voice, -1 none
} KtInstant;

typedef struct KtPartWriting {
  const KtWritingRules *rules;
  const KtWritingMeant *meant; ///< NULL: nothing
  const KtScore *score;        ///< its chords and end
  KtTone *tones;               ///< part by part, by start
  unsigned tone_count;
  KtInstant *moments;
  unsigned moment_count;
  unsigned *on;
  unsigned *paced[KT_PACES]; ///< the moments of each pace
  unsigned paced_count[KT_PACES];
} KtPartWriting;

/// What is wrong, counted; `moves` are pairs of outer voices that both move from attack to attack or chord to chord.
typedef struct KtWritingFaults {
  int moves, parallels, attacks, deep, tendencies, unresolved, covered;
} KtWritingFaults;

/// Hears pitched parts, `palette` may be NULL. `heard` lives in the arena and follows the notes: they may be changed in
/// pitch (then kt_writing_refresh()), not moved. False: out of memory, or nothing sounds.
bool kt_writing_hear(KtArena *arena, const KtWritingRules *rules, const char *palette, const KtScore *score,
                     KtPart *const *parts, size_t count, KtPartWriting *heard);
/// After pitches have changed between two moments (both included).
void kt_writing_refresh(KtPartWriting *w, unsigned first, unsigned last);
/// Prices of all faults between two moments (both included).
double kt_writing_cost(const KtPartWriting *w, unsigned first, unsigned last);
KtWritingFaults kt_writing_faults(const KtPartWriting *w);

/// The lowest and the highest that sound at a moment, as tones; false where there are not two pitches.
bool kt_writing_outer(const KtPartWriting *w, unsigned moment, unsigned *low, unsigned *high);
/// The moment that another of its pace follows: of changes, the one since which something else sounds; the same where none.
unsigned kt_writing_before(const KtPartWriting *w, KtPace pace, unsigned i);
/// Whether the outer voices run in fifths or octaves from one moment to another.
bool kt_writing_parallel(const KtPartWriting *w, unsigned from, unsigned to);
/// Whether the bass and the first inner voice do, whatever lies above them.
bool kt_writing_inner_parallel(const KtPartWriting *w, unsigned from, unsigned to);
/// The price of what two tones that sound at once owe to lying close down low, 0 none.
double kt_writing_close(const KtPartWriting *w, unsigned moment, const KtTone *a, const KtTone *b);
/// What a tone owes to not being led where it wants to go, and the tone that follows it; 0 nothing.
double kt_writing_unresolved(const KtPartWriting *w, unsigned tone, unsigned *next);
/// Whether an accompanying tone covers the tune at a moment.
bool kt_writing_covers(const KtPartWriting *w, unsigned moment, const KtTone *tone);

/// Consecutive fifths or octaves between two lines that both move.
bool kt_parallel_motion(int a0, int a1, int b0, int b1);
/// Whether a step from one pitch to another, or none, gives a tendency (-1 down, 1 up, 0 none) what it wants.
bool kt_resolves(int tendency, int from, int to);

#endif
