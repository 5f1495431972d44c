// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_SKETCH_H
#define KT_COMPOSE_SKETCH_H

#include "base/rng.h"
#include "compose/fit.h"
#include "compose/harmony_lore.h"
#include "compose/lore.h"
#include "compose/plan.h"
#include "compose/statement.h"

/// The parts of a cue before instruments.
typedef enum KtCuePart {
  KT_PART_LEAD,
  KT_PART_COUNTER,
  KT_PART_HARMONY_1, ///< highest inner voice
  KT_PART_HARMONY_2,
  KT_PART_HARMONY_3,
  KT_PART_HARMONY_4,
  KT_PART_BASS,
  KT_PART_FIGURE,
  KT_PART_PULSE,
  KT_PART_COLOUR,
  KT_PART_TIMPANI,
  KT_PART_CYMBAL,
  KT_PART_DRUM,
  KT_CUE_PARTS
} KtCuePart;

/// How a section gives way to the next.
typedef enum KtJoin {
  KT_JOIN_PLAIN,
  KT_JOIN_PICKUP,   ///< an upbeat in the lead
  KT_JOIN_SWELL,    ///< all grow into the next downbeat
  KT_JOIN_COMMON,   ///< a common tone is held over
  KT_JOIN_DROP_OUT, ///< silence before the next downbeat
  KT_JOIN_PEDAL,    ///< the bass is held over
} KtJoin;

/// How inner voices that could be held move instead (inner.c).
typedef enum KtInner {
  KT_INNER_HELD,
  KT_INNER_ROCKING,  ///< the lowest between two tones of the chord
  KT_INNER_REPEATED, ///< all but the highest, on the beats the bass leaves
  KT_INNER_SIGHING,  ///< all, once a bar, with a breath before the next
  KT_INNER_PUMPING,  ///< all, away from each beat and back after it
} KtInner;

typedef struct KtCueBar {
  KtTick start, end;
  double seconds;      ///< its length
  KtEmotion emotion;
  float words;         ///< share of it under speech
  bool spoken;         ///< it begins inside a line
  float energy;        ///< 0..1, shaped over the cue
  bool joint;          ///< the fit begins a phrase here
  bool upbeat;         ///< the rest of a bar before the first downbeat
  float turn;          ///< weight of a turn or strong hit at its start, 0 none
  int section, phrase;
} KtCueBar;

typedef struct KtCueSection {
  int first, bars;
  KtTick start, end;
  KtEmotion emotion;
  float energy, words;
  float shade;         ///< how the picture's colours lean, -1 dark .. 1 light
  KtTinge look;         ///< the same, one by one
  float bare;          ///< energy a statement here is meant to have; else the section's
  bool stated;         ///< a recognisable statement is due here
  const KtTexture *texture;
  const KtIdiom *idiom;
  KtKey key;
  int lead_middle;     ///< middle of the lead's register
  int harmony_top;     ///< highest pitch of the inner voices
  const KtFigure *figure, *pulse, *colour, *bass; ///< NULL none
  KtJoin join;         ///< into the next
  int letter, turn;    ///< its part of the cue's form and how often that came before (form.c); letter -1: the story forms it
  int fifths, away;    ///< that part's key, in fifths from home, and its tune's register, in semitones from the usual
  bool keyed;          ///< the form says in which key it stands
  float reserve;       ///< of a level, kept back for later
} KtCueSection;

typedef struct KtCuePhrase {
  int section, first, bars;
  KtTick start, end;
  int statement;       ///< index into KtSketch.placed, -1
  unsigned layers;     ///< bit set of KtRole
  bool lead;           ///< a melody of our own
  bool closed;         ///< ends with a cadence; else it is refused
} KtCuePhrase;

/// A theme statement that has found its place.
typedef struct KtPlaced {
  const KtPlannedStatement *plan;
  KtStatementNotes notes;
  KtCuePart part;
  int bar, bars;
} KtPlaced;

/// A gesture of the picture that was drawn: what stands there is not bent.
typedef struct KtDrawn {
  KtCuePart part;
  KtTick start, end;
  bool grows; ///< a rise: all grow with it
} KtDrawn;

/// Bars that took the metre of the theme stated in them.
typedef struct KtRebarred {
  KtTick start, end;
} KtRebarred;

enum { KT_SUNG_NOTES = 48, KT_LETTERS = 4 };
/// A phrase as it was sung, from its start: the next may answer it.
typedef struct KtSung {
  KtTick start[KT_SUNG_NOTES], duration[KT_SUNG_NOTES];
  int8_t midi[KT_SUNG_NOTES];
  int count;
  bool led;   ///< by an upbeat
  KtTick bar; ///< length of its bars
} KtSung;

/// Work in progress on one cue. Lives for the call; arrays are in `arena`.
typedef struct KtSketch {
  const KtDesk *desk;
  const KtThemes *themes;
  const KtCuePlan *plan;
  const KtCue *cue;
  KtLore lore;
  KtArena *arena;      ///< scratch
  KtScore *score;
  int layers_max;
  KtTick sound_end;    ///< every note is released by here
  KT_ARRAY(KtCueBar) bars;
  KT_ARRAY(KtCueSection) sections;
  KT_ARRAY(KtCuePhrase) phrases;
  KT_ARRAY(KtPlaced) placed;
  KT_ARRAY(KtChord) chords;
  KT_ARRAY(KtDrawn) drawn;
  KT_ARRAY(KtRebarred) rebarred; ///< by start
  KtSung sung[2];      ///< by lead and counter-line, the last phrase of our own
  KtSung first_sung[KT_LETTERS]; ///< by part of the form, the first one in the lead
  int8_t (*voices)[4]; ///< per chord, highest first, -1 where none
  int8_t *bass;        ///< per chord
  KtPart parts[KT_CUE_PARTS]; ///< notes and dynamics in the score's arena
} KtSketch;

// The steps, in order.
KtStatus kt_sketch_time(KtSketch *sketch, KtError *err);      ///< bars fitted to the hits
void kt_sketch_rebar(KtSketch *sketch);                       ///< bars of a statement in its theme's metre (rebar.c)
KtStatus kt_sketch_sections(KtSketch *sketch, KtError *err);  ///< form: sections and textures
KtStatus kt_sketch_place(KtSketch *sketch, KtError *err);     ///< theme statements, then phrases
KtStatus kt_sketch_harmony(KtSketch *sketch, KtError *err);   ///< chords and their bass tones
KtStatus kt_sketch_voicing(KtSketch *sketch, KtError *err);   ///< bass octaves and inner voices
void kt_sketch_lead(KtSketch *sketch);
void kt_sketch_links(KtSketch *sketch);                       ///< upbeats between the phrases of themes
void kt_sketch_counter(KtSketch *sketch);
void kt_sketch_pads(KtSketch *sketch);                        ///< inner voices as notes
/// What a phrase's held voices do, by habit and chance.
KtInner kt_sketch_inner(const KtSketch *sketch, const KtCuePhrase *phrase, KtRng *rng);
/// Voice `voice` of chord `index` between two ticks; false where it is held and nothing was written.
bool kt_sketch_inner_voice(KtSketch *sketch, KtInner inner, int index, int voice, KtTick start, KtTick end);
void kt_sketch_bass(KtSketch *sketch);
/// Whether the bass has a figure in a phrase, and neither words nor a theme in it keep it from that.
bool kt_sketch_bass_moves(const KtSketch *sketch, const KtCuePhrase *phrase);
void kt_sketch_figures(KtSketch *sketch);
void kt_sketch_percussion(KtSketch *sketch);
void kt_sketch_joins(KtSketch *sketch);
void kt_sketch_ending(KtSketch *sketch);
void kt_sketch_upbeat(KtSketch *sketch);   ///< what leads into the first downbeat
void kt_sketch_holds(KtSketch *sketch);    ///< fermatas held, what is free without a pulse
void kt_sketch_under_words(KtSketch *sketch); ///< what moves stands still where somebody speaks
void kt_sketch_gestures(KtSketch *sketch);                    ///< the picture's, drawn (gestures.c)
void kt_sketch_hits(KtSketch *sketch);
void kt_sketch_outer(KtSketch *sketch);                       ///< outer voices do not run parallel, deep down all is open
void kt_sketch_hits_settle(KtSketch *sketch); ///< once levels are known: what is loud attacks with the hit
void kt_sketch_touch(KtSketch *sketch);                       ///< light music is lifted
void kt_sketch_dynamics(KtSketch *sketch);
void kt_sketch_steer(KtSketch *sketch);                       ///< measured tension brought to the arc

KtRole kt_cue_part_role(KtCuePart part);

// Beyond the screen (beyond.c).
/// How the colours of the picture between two film times differ from the film's, in `look` one by one; -1 dark .. 1 light.
float kt_sketch_shade(const KtSketch *sketch, KtFilmTime from, KtFilmTime to, KtTinge *look);
/// `kind` is static.
void kt_sketch_tell(KtSketch *sketch, KtTick at, const char *kind, const char *what);
void kt_sketch_tell_shade(KtSketch *sketch, const KtCueSection *section, KtMode plain); ///< `plain`: without its lean
void kt_sketch_tell_names(KtSketch *sketch);
/// Whether a part draws a gesture of the picture there.
bool kt_sketch_drawn(const KtSketch *sketch, KtCuePart part, KtTick tick);

// Free time (cue_still.c): spans in which nothing has a pulse, by time, from the cue's in.
typedef KT_ARRAY(KtFitStill) KtFitStills;
void kt_sketch_stills(const KtSketch *sketch, KtFitStills *stills);
/// The moment an upbeat is to lead to, from the cue's in: the weightiest hit or turn of its first
/// seconds; 0 where there is none.
KtFilmTime kt_sketch_arrival(const KtSketch *sketch);

// Helpers (sketch.c).
KtRng kt_sketch_rng(const KtSketch *sketch, const char *step);
/// Whether a theme keeps its durations in the bars from a bar line on.
bool kt_sketch_carries(const KtSketch *sketch, const KtTheme *theme, KtTick start, KtTick ticks);
/// Append a note; nothing where it would have no length or no pitch. Clipped to the sounding cue.
KtNote *kt_sketch_note(KtSketch *sketch, KtCuePart part, KtTick start, KtTick duration, int midi,
                       KtArticulation articulation);
const KtChord *kt_sketch_chord(const KtSketch *sketch, KtTick tick, int *index);
const KtCueBar *kt_sketch_bar(const KtSketch *sketch, KtTick tick);
const KtCuePhrase *kt_sketch_phrase(const KtSketch *sketch, KtTick tick);
KtTick kt_sketch_seconds(const KtSketch *sketch, KtTick at, double seconds); ///< ticks for seconds there
KtTick kt_sketch_beat(const KtSketch *sketch, KtTick tick); ///< ticks of a beat of the metre there
bool kt_sketch_off(const KtSketch *sketch, const char *what); ///< the brief switches it off
bool kt_sketch_layer(const KtCuePhrase *phrase, KtRole role);
/// Whether a section is the one in which a cue of more than one ends and rings off: it sings.
bool kt_sketch_closes(const KtSketch *sketch, const KtCueSection *section);
/// How hot a bar is, 0..1: its tension, or its energy with its arousal.
float kt_sketch_heat(const KtCueBar *bar);
/// Pitch class in a chord, or in a key's scale.
bool kt_in_chord(const KtChord *chord, int midi);
bool kt_in_key(KtKey key, int midi);
float kt_clamp(float x, float low, float high);
/// Whether two pitches are far enough apart for their register (thirds from C3, fifths from B flat 1).
bool kt_open_enough(int low, int high);
/// Pitch class of the leading tone of a chord that has it to resolve (a dominant's third, also of another key, a diminished chord's root);
/// -1 none.
int kt_leading_tone(const KtChord *chord);
/// Where a tone of a chord wants to go: -1 down (a seventh), 1 up (a leading tone), 0 anywhere.
int kt_tendency(const KtChord *chord, int midi);
/// A melody of our own in a part through a phrase, from the cells of the theme it is nearest to.
void kt_sketch_melody(KtSketch *sketch, KtCuePart part, const KtCuePhrase *phrase, int middle, KtRng *rng);
/// Short tones between `share` of the free tones of a part in a phrase (ornament.c).
void kt_sketch_ornament(KtSketch *sketch, KtCuePart part, const KtCuePhrase *phrase, float share, KtRng *rng);
/// Cut notes of a part that sound or start inside a span so that nothing is left of them there.
void kt_sketch_clear(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end);

/// How much fear, and how much anger, a feeling has, 0..1: dark both, fear where it is tense or menacing, anger
/// where it is awake and not afraid.
float kt_fear(const KtEmotionLore *lore, const KtEmotion *e);
float kt_anger(const KtEmotionLore *lore, const KtEmotion *e);

#endif
