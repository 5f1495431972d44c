// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_MELODY_H
#define KT_COMPOSE_MELODY_H

#include "compose/sketch.h"

enum { KT_LINE_NOTES = 96, KT_PHRASE_BARS = 8 };

/// What a phrase is made of.
typedef enum KtLineMove {
  KT_LINE_CELL,   ///< the theme's head
  KT_LINE_TURNED, ///< the same upside down
  KT_LINE_HALF,   ///< its first half
  KT_LINE_RUN,    ///< equal quick notes
  KT_LINE_SONG,   ///< as real lines go
  KT_LINE_BREATH,
} KtLineMove;

typedef struct KtLineForm {
  char *id;
  KtLineMove *moves;
  unsigned moves_count;
  int bars_min, bars_max;
  float arousal_min, arousal_max, weight;
} KtLineForm;

/// data/melody.yaml
struct KtMelodyLore {
  float bars[KT_PHRASE_BARS]; ///< how common phrases of 1, 2 .. bars are
  float whole;                ///< how often three to five bars between statements are one phrase
  float stirred;              ///< arousal from which what moves comes in before what is held
  float joint_bars;           ///< factor where the bars were fitted to end a phrase
  struct KtLineBegins {
    float on, upbeat, after;
  } begins, joint;
  struct KtLineEnds {
    float sung, held, short_, through;
  } ends, stirred_ends;       ///< where it is calm, and where it is stirred
  float end_late;             ///< how often the last tone begins in the middle of its bar
  KtLineForm *forms;
  unsigned forms_count;
  float answer, take, breath_held, link, link_stirred, link_held;
  int take_tones;
  float syncopation;          ///< weight of a tone that begins off the beat and lasts over the next, inside a bar
  float tied_over;            ///< and over a bar line
  KtRangeLore run;
  float run_quicker, follow;
  struct KtCounterLore {
    float more;  ///< share of sung phrases that get a second line beyond their texture's layers
    float calm;  ///< arousal below which a second line moves half as often
    int moves;   ///< how often it moves while one tone of the lead is held
    float contrary, together, similar, parallel; ///< prices of moving with a new tone of the lead
    float idle, held, suspension;                ///< of staying: while the lead holds, for another bar, into a dissonance (a gain)
  } counter;
  KtRangeLore peak_at, peak, start, end;
  struct KtLinePrices {
    float rare, wide, away, foreign_strong, foreign_weak, foreign_last, outside, foreign_left, turn, leap_on, leap_chord,
        leap_wide, again, above_peak, ends_open;
  } price;
};

KtStatus kt_melody_lore_load(const KtContext *ctx, KtMelodyLore **lore, KtError *err);
void kt_melody_lore_free(KtMelodyLore *lore);

/// A note before it has a pitch.
typedef struct KtLineNote {
  KtTick start, duration;
  float step;  ///< semitones the cell would move here from the note before; KT_LINE_FREE where it does not say
  bool strong; ///< on a strong beat, and long enough to be heard there
  bool breath; ///< a rest follows, or the phrase ends
} KtLineNote;
#define KT_LINE_FREE 99.0F

/// A phrase's line while it is made.
typedef struct KtMelodyLine {
  KtSketch *sketch;
  const KtCuePhrase *phrase;
  KtCuePart part;
  KtLineNote notes[KT_LINE_NOTES];
  int count;
  int middle; ///< of its register, MIDI
} KtMelodyLine;

/// Fills a line's notes: where the phrase begins, what it is made of, how it ends.
void kt_line_rhythm(KtMelodyLine *line, KtRng *rng);
/// Chooses pitches for all notes, MIDI, into `out`; false where there are none to choose from.
bool kt_line_pitches(const KtMelodyLine *line, KtRng *rng, int out[KT_LINE_NOTES]);
/// What is felt as the beat: three eighths in six-eight.
KtTick kt_line_pulse(const KtSketch *sketch, KtTick tick);
/// The value next shorter than the beat: an eighth, in all usual metres.
KtTick kt_line_half(const KtSketch *sketch, KtTick tick);
/// Between the least and the most, around the middle: the mean of two throws.
float kt_line_between(const KtRangeLore *range, KtRng *rng);

#endif
