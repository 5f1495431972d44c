// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_LORE_H
#define KT_COMPOSE_LORE_H

#include "base/context.h"
#include "ear/part_writing.h"
#include "music/score.h"

/// A curve as a composer writes it: linear between points, level beyond the ends.
typedef struct KtCurvePoint {
  float at, is;
} KtCurvePoint;

/// How harmony and bass behave in a texture.
typedef enum KtHarmonyManner { KT_HELD, KT_CHORALE, KT_STRUCK } KtHarmonyManner;
typedef enum KtBassManner { KT_BASS_HELD, KT_BASS_LINE, KT_BASS_PEDAL, KT_BASS_PULSE } KtBassManner;

/// A texture: its layers in the order in which they come in, and where it is at home.
typedef struct KtTexture {
  char *id;
  KtRole *layers;
  unsigned layers_count;
  unsigned voices;             ///< inner voices at most, 1..4
  KtHarmonyManner harmony;
  KtBassManner bass;
  float energy_min, energy_max, tension_min, tension_max;
  float words;                 ///< how well it stands under dialogue, 0..1
  float weight;
} KtTexture;

/// Where music has no pulse: feeling and picture below all of these for a while.
typedef struct KtStillLore {
  float arousal, tension;
  float motion;  ///< of the picture, 0..1
  float seconds; ///< a shorter rest is none
  float full;    ///< arousal at which free time is wished in full
} KtStillLore;

/// What fear or anger does in full beside what mode and arousal do.
typedef struct KtPassionLore {
  float from;   ///< fear: tension from which it is felt; anger: how much of it makes short notes heavy, 0..1
  float level;  ///< added to the written dynamic
  float swings; ///< added to 1: how much further phrases rise and fall
  float lead;   ///< semitones the tune goes up
  float top;    ///< semitones the top of the harmony goes up
} KtPassionLore;

/// data/emotion.yaml
typedef struct KtEmotionLore {
  KtCurvePoint *mode;          ///< valence to the place of a mode from dark to light
  unsigned mode_count;
  float tension_darkens;       ///< places a full tension takes off
  KtCurvePoint *level;         ///< arousal to written dynamic
  unsigned level_count;
  KtCurvePoint *lead_register; ///< valence to the middle of the lead, MIDI
  unsigned lead_register_count;
  KtCurvePoint *spread;        ///< arousal to the width of the harmony, semitones
  unsigned spread_count;
  KtCurvePoint *chord_s;       ///< arousal to how long a chord stays, seconds
  unsigned chord_s_count;
  KtCurvePoint *layers;        ///< energy to layers at once
  unsigned layers_count;
  KtCurvePoint *notes_s;       ///< arousal to notes a second of a figure
  unsigned notes_s_count;
  float tremolo_from;          ///< tension from which held strings tremble
  float short_from;            ///< arousal from which notes are lifted
  float long_below;            ///< arousal below which what a figure would lift is held
  float bright_chords;         ///< pull of valence on major against minor chords
  float open_chords;           ///< what a chord without a third costs where the feeling is clear
  float home_again;            ///< share of the charge for coming again that a clear feeling's tonic is spared
  float home_chords;           ///< pull of a clear feeling, light or dark, to the chords of its home
  KtCurvePoint *harmony_tension; ///< intended tension to harmony's share of the heard one
  unsigned harmony_tension_count;
  float tension_slope;         ///< heard tension per intended one
  float foreign_from;          ///< intended tension from which a tone foreign to the chord may be brought in
  float bite_from;             ///< and from which one foreign to the key
  KtCurvePoint *tone_s;        ///< arousal to how long a tone of a melody is, seconds
  unsigned tone_s_count;
  float lift;                  ///< semitones all accompaniment goes up at full valence
  float words_level;           ///< factor on dynamics under words
  float drums_from;            ///< heat from which a hit may have drums
  float rolls_from;            ///< energy from which a section may be rolled into
  unsigned words_layers;       ///< layers at most under words
  KtStillLore still;
  KtPassionLore fear, anger;
  KtTexture *textures;
  unsigned textures_count;
} KtEmotionLore;

/// What becomes of a figure's cell from bar to bar.
typedef enum KtProcess {
  KT_PROCESS_NONE,     ///< it begins anew in each bar
  KT_PROCESS_ADDITIVE, ///< it grows by a step every two bars, over the bar lines, and shrinks again
  KT_PROCESS_PHASE     ///< a second player has it too, and falls a step further behind every two bars
} KtProcess;

/// Which side of the feeling a figure belongs to: nobody skips in grief, nobody hammers in joy.
typedef enum KtFeeling { KT_FEELING_ANY, KT_FEELING_LIGHT, KT_FEELING_DARK } KtFeeling;

/// A figure: a pattern over the tones of the chord (data/figures.yaml explains the notation).
typedef struct KtFigure {
  char *id;
  KtRole layer;
  unsigned per_beat;           ///< steps a quarter note
  char *pattern;
  KtArticulation articulation;
  int low, high;               ///< register, MIDI
  float energy_min, energy_max, tension_min, tension_max;
  float bpm_min, bpm_max;
  unsigned beats;              ///< only in bars of so many beats; 0 any
  bool across;                 ///< runs on over bar lines
  KtProcess process;
  KtFeeling feeling;
  float weight;
} KtFigure;

typedef struct KtRangeLore {
  float low, middle, high;
} KtRangeLore;

typedef struct KtLeaning {
  char *id;
  float weight;
} KtLeaning;

/// What drums play through a bar: lines of strokes, each for a key of the General MIDI kit.
typedef struct KtGroove {
  char *id;
  unsigned per_beat;           ///< steps a quarter note
  float energy_min, energy_max;
  float weight;
  bool light;                  ///< also where the texture has no percussion, if a figure moves
  struct KtGrooveLine {
    int key;                   ///< 0: the kettle that has the chord's bass
    char *strokes;             ///< X hard, x plain, o soft, . rest; begun anew in each bar
  } *lines;
  unsigned lines_count;
} KtGroove;

/// data/habits/ID.yaml
typedef struct KtHabits {
  float level_min, level_max;  ///< written dynamics stay between
  int octave;                  ///< semitones on all registers
  float layers;                ///< factor on layers at once
  float lead;                  ///< how much of the time a melody sounds, 0..1
  float counter;               ///< liking for a second line, 0..1
  float percussion;            ///< 0 none .. 1 much
  bool timpani, cymbal, drum;
  float hit;                   ///< how hard a hit is struck, 0..1
  float rest;                  ///< liking for silence between phrases, 0..1
  float inner;                 ///< how often held inner voices move instead, 0..1
  float staccato;              ///< -1 all long .. 1 all short
  float chord;                 ///< factor on how long a chord stays
  int voices;                  ///< inner voices at most
  float motion;                ///< how much more inner voices move than they would, 0..1
  float turn;                  ///< how much more often a held inner voice turns, -1..1
  float ornament;              ///< share of a free tune's steps that get a short tone between, 0..1
  float wide;                  ///< semitones by which the inner voices lie higher
  float roam;                  ///< how far a free tune changes its register from phrase to phrase, 0..1
  float repeat;                ///< how many times longer than usual a figure keeps its shape; 0 is 1
  float speed;                 ///< factor on how quick figures are; 0: 1
  float pump;                  ///< how often held chords make room for each beat and swell after it, 0..1
  float bass;                  ///< how often the bass has a figure, 0..1
  float elsewhere;             ///< weight of figures that are not named
  KtGroove *drums;
  unsigned drums_count;
  KtLeaning *textures;
  unsigned textures_count;
  KtLeaning *idioms;
  unsigned idioms_count;
  KtLeaning *figures;
  unsigned figures_count;
} KtHabits;

/// How leading lines of real scores move (data/learned/lines.yaml).
enum { KT_LEARNED_LENGTHS = 14 };
typedef struct KtLearnedLines {
  float intervals[25];                       ///< shares of -12..12 semitones
  float quarters[KT_LEARNED_LENGTHS];        ///< lengths
  float rhythms[KT_LEARNED_LENGTHS];         ///< shares of them
  struct KtLearnedNext {
    float next[KT_LEARNED_LENGTHS];
  } *follows;                                ///< after each, shares of the next
  unsigned follows_count;
  KtRangeLore phrase_s, lead_bars;
} KtLearnedLines;

/// How real orchestras space and move (data/learned/voices.yaml).
typedef struct KtLearnedVoices {
  float gaps[3][25]; ///< shares of 0..24 semitones between neighbours: below C3, C3 to C5, above
  float roots[12];   ///< shares of a root's motion upwards, semitones
  float moves[4][12]; ///< by quality: major to major, major to minor, minor to major, minor to minor
  struct KtLearnedDoubling {
    char *pair;
    float unison, octave, notes;
  } *doublings;
  unsigned doublings_count;
  struct KtLearnedRuns {
    char *name;        ///< of an instrument, as scores print it: "flute", "bb clarinet"
    float middle, most; ///< how long it plays before it rests, seconds
    int runs;
  } *runs;
  unsigned runs_count;
} KtLearnedVoices;

typedef struct KtHarmonyLore KtHarmonyLore; ///< harmony_lore.h
typedef struct KtBeyondLore KtBeyondLore; ///< beyond.h
typedef struct KtMelodyLore KtMelodyLore; ///< melody.h

/// What a composer knows: the tables of the data folder, read-only.
typedef struct KtLore {
  KtEmotionLore *emotion;
  KtHarmonyLore *harmony;
  KtFigure *figures;
  unsigned figures_count;
  KtHabits *habits;
  KtLearnedLines *lines;
  KtLearnedVoices *voices;
  KtBeyondLore *beyond;
  KtMelodyLore *melody;
  struct KtVariantLore *variants; ///< compose/figures.h
  KtWritingRules *writing;
  struct KtFormLore *form;        ///< compose/form.h
} KtLore;

/// data/learned/voices.yaml alone, for who orchestrates.
KtStatus kt_learned_voices_load(const KtContext *ctx, KtLearnedVoices **voices, KtError *err);
void kt_learned_voices_free(KtLearnedVoices *voices);
/// With the habits of a palette; NULL: chamber music.
KtStatus kt_lore_load(const KtContext *ctx, const char *palette, KtLore *lore, KtError *err);
void kt_lore_free(KtLore *lore);

float kt_curve(const KtCurvePoint *points, unsigned count, float at);
/// Weight of an id among leanings; `otherwise` where it is not named.
float kt_leaning(const KtLeaning *items, unsigned count, const char *id, float otherwise);

#endif
