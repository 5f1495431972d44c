// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MUSIC_SCORE_H
#define KT_MUSIC_SCORE_H

#include "music/pitch.h"
#include "music/tempo.h"

#include <stdbool.h>

typedef enum KtArticulation {
  KT_ART_LONG,     ///< sustained, own attack
  KT_ART_LEGATO,   ///< slurred from the note before
  KT_ART_SHORT,    ///< staccato
  KT_ART_MARCATO,  ///< accented and detached
  KT_ART_TENUTO,
  KT_ART_PIZZICATO,
  KT_ART_TREMOLO,  ///< bowed, or a roll on timpani, drums, cymbals
  KT_ART_TRILL,
  KT_ART_SPICCATO, ///< quick short tones of a bow that bounces
  KT_ART_SFORZATO, ///< sforzato-piano: struck, at once soft, then growing
  KT_ART_COUNT
} KtArticulation;

/// What a part is for in the texture.
typedef enum KtRole {
  KT_ROLE_LEAD,
  KT_ROLE_COUNTER,
  KT_ROLE_HARMONY,
  KT_ROLE_BASS,
  KT_ROLE_FIGURE,
  KT_ROLE_PULSE,
  KT_ROLE_PERCUSSION,
  KT_ROLE_COLOUR,
  KT_ROLE_COUNT
} KtRole;

typedef struct KtNote {
  KtTick start;
  KtTick duration;       ///< as notated, > 0
  float accent;          ///< -1..1 on top of the part's dynamic
  int16_t statement;     ///< index into KtScore.statements, -1 where none
  int8_t midi;           ///< sounding pitch; unpitched percussion: the kit's key
  KtSpelling spelling;   ///< of the sounding pitch
  uint8_t articulation;  ///< KtArticulation
  bool hit;              ///< stands on a hit point: never moved in time
  bool gives_way;        ///< begins on a hit that others strike: played a moment after it
  bool breath_after;     ///< the player breathes, the bow is retaken
  bool leads;             ///< of the leading line, in the part that carries it
  bool fixed;             ///< drawn as it is: voice leading leaves it alone
  uint8_t line, role;     ///< line of the sketch it plays, from 1 (0 none), and what that is for (KtRole)
} KtNote;

/// Written dynamic, linear between points: 0 niente, .2 pp, .35 p, .5 mp, .6 mf, .75 f, .9 ff, 1 fff.
typedef struct KtDynamic {
  KtTick tick;
  float level;
} KtDynamic;

typedef struct KtPart {
  const char *id;         ///< unique in the score: "vln1", "lead/1"
  const char *instrument; ///< orchestra id ("violin_1"); NULL before orchestration
  const char *name;       ///< as printed; NULL before orchestration
  KtRole role;
  int low, high;          ///< register asked for, MIDI; the notes lie inside it
  KT_ARRAY(KtNote) notes; ///< by start, then pitch
  KT_ARRAY(KtDynamic) dynamics;
} KtPart;

typedef enum KtChordQuality {
  KT_CHORD_MAJOR,
  KT_CHORD_MINOR,
  KT_CHORD_DIMINISHED,
  KT_CHORD_AUGMENTED,
  KT_CHORD_SUS2,
  KT_CHORD_SUS4,
  KT_CHORD_MAJOR7,
  KT_CHORD_MINOR7,
  KT_CHORD_DOMINANT7,
  KT_CHORD_HALF_DIM7,
  KT_CHORD_DIM7,
  KT_CHORD_ADD9,
  KT_CHORD_MINOR_ADD9,
  KT_CHORD_FIFTH,
  KT_CHORD_QUARTAL,
  KT_CHORD_CLUSTER,
  KT_CHORD_MINOR_MAJOR7,
  KT_CHORD_MINOR6,
  KT_CHORD_DOMINANT7_FLAT9,
  KT_CHORD_DOMINANT7_SHARP11, ///< a major triad a tone above sounds on its root
  KT_CHORD_MAJOR7_SHARP11,
  KT_CHORD_COUNT
} KtChordQuality;

typedef struct KtChord {
  KtTick start;
  KtTick duration;
  KtSpelling root;
  KtSpelling bass;
  KtChordQuality quality;
  KtKey key;      ///< the key it is heard in
  float tension;  ///< measured, 0..1
} KtChord;

/// Pitch classes of a quality above its root; count 1..6.
int kt_chord_classes(KtChordQuality quality, int classes[6]);
/// "Am7/G"-like name.
void kt_chord_name(const KtChord *chord, char name[16]);

typedef struct KtKeyChange {
  KtTick tick;
  KtKey key;
} KtKeyChange;

/// Light, warmth and depth of colour of a stretch of pictures against the film's own: in deviations, -1..1.
typedef struct KtTinge {
  float brightness, warmth, saturation;
} KtTinge;

typedef struct KtSection {
  KtTick start;
  KtTick end;
  const char *label;   ///< rehearsal letter and what it is: "A", "B"
  const char *texture; ///< "pad and melody", "ostinato" ...
  float energy;        ///< 0..1 intended
  float tension;       ///< 0..1 intended
  float heart;         ///< 0..1: a heartbeat would be heard there, 0 none
  float light;         ///< what the picture's colours add to the players' brightness wished
  KtTinge look;         ///< how its pictures differ from the film's
} KtSection;

typedef enum KtTransform {
  KT_TRANSFORM_PLAIN,
  KT_TRANSFORM_FRAGMENT,
  KT_TRANSFORM_AUGMENTATION,
  KT_TRANSFORM_DIMINUTION,
  KT_TRANSFORM_SEQUENCE,
  KT_TRANSFORM_INVERSION,
  KT_TRANSFORM_MODE,
  KT_TRANSFORM_REHARMONISED,
  KT_TRANSFORM_TRUNCATED,
  KT_TRANSFORM_CONTRAPUNTAL,
  KT_TRANSFORM_COUNT
} KtTransform;
const char *kt_transform_name(KtTransform transform); ///< as in report.json

typedef struct KtStatement {
  int theme;           ///< index into the film's themes
  int part;            ///< index into KtScore.parts
  KtTick start;
  KtTick end;
  KtTransform transform;
  int transpose;       ///< semitones from the theme as written in themes.abc
  int notes;           ///< how many of them
  bool recognisable;   ///< meant to be heard as the theme
} KtStatement;

/// A hit point as it stands in the music.
typedef struct KtScoreHit {
  int hit;             ///< index into KtSpotting.hits
  KtTick tick;         ///< the beat it was given
  bool met;            ///< false: no tempo in range could meet it; tick is the nearest beat
  float struck;        ///< weight of a hard hit that is met, 0..1; 0: nothing is struck there
  bool led;            ///< a run or a trill leads into it: one is enough
  bool stops;          ///< all is released there
} KtScoreHit;

/// A critic's mark, 0 bad .. 1 good, and how much it weighs.
typedef struct KtMark {
  const char *name; ///< static
  float value, weight;
} KtMark;

/// A statistic outside the range it is held against.
typedef struct KtOutlier {
  const char *name; ///< static
  float value, low, high;
} KtOutlier;

/// What of the picture or the words beyond the story shaped the notes.
typedef struct KtBeyond {
  KtTick at;
  const char *kind; ///< "gesture", "colour", "name_rhythm"; static
  const char *what; ///< as told to a person
} KtBeyond;

/// One cue's music. Ticks count from the cue's `in`. The score owns its arena.
typedef struct KtScore {
  KtArena *arena;
  int cue;             ///< index into KtSpotting.cues
  const char *palette; ///< id of the palette it is orchestrated for; NULL in a sketch
  const char *name;    ///< "1m01"
  KtTempoMap tempo;
  KtMetres metres;
  KtTick end;          ///< end of the last bar; sound may ring after it
  KT_ARRAY(KtKeyChange) keys;
  KT_ARRAY(KtSection) sections;
  KT_ARRAY(KtChord) chords;
  KT_ARRAY(KtPart) parts;
  KT_ARRAY(KtStatement) statements;
  KT_ARRAY(KtScoreHit) hits;
  double bpm_least, bpm_most; ///< what the bars were fitted within, quarters a minute; 0 unknown
  double constant_bpm;        ///< the best single tempo, for comparison
  int constant_missed;        ///< hard hits it would have missed by more than a frame
  int constant_near;          ///< and by more than half a frame
  double constant_off_frames; ///< mean miss in frames
  KT_ARRAY(KtMark) marks;     ///< the critic's, where there was one
  KT_ARRAY(KtOutlier) outliers; ///< statistics outside real scores' middle 95 %
  int counted;                ///< statistics held against them
  KT_ARRAY(float) rivals;     ///< totals of all proposals
  int chosen;                 ///< which of them this is
  KT_ARRAY(KtBeyond) beyond;
} KtScore;

void kt_score_free(KtScore *score);
/// The same score in an arena no larger than what it holds: composing leaves behind several times as much. The caller
/// frees both.
KtStatus kt_score_copy(const KtScore *score, KtScore **copy, KtError *err);
/// Sort notes, name keys and chords as they read best, give every note its spelling, check that the score holds together: notes inside the
/// cue, parts in register. KT_ERR_FORMAT names what does not.
KtStatus kt_score_finish(KtScore *score, KtError *err);
/// Of two names for the same key (F sharp, G flat) the one with fewer accidentals that is nearer to the keys beside
/// it; chords are named in the key they stand in. A part of kt_score_finish().
void kt_score_name_keys(KtScore *score);
/// The key at a tick; before the first, the first; C major where none is written.
KtKey kt_score_key(const KtScore *score, KtTick tick);
/// How a sounding pitch is written there: as the chord has it, else as the key does.
KtSpelling kt_score_spell(const KtScore *score, KtTick tick, int midi);
/// The level of the loudest part that sounds at a tick, 0..1; 0 where none does.
float kt_score_loudest(const KtScore *score, KtTick tick);
/// Level of a part's dynamic at a tick, 0..1.
float kt_part_level(const KtPart *part, KtTick tick);

#endif
