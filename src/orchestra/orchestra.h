// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRA_ORCHESTRA_H
#define KT_ORCHESTRA_ORCHESTRA_H

#include "base/context.h"
#include "base/plugin.h"
#include "music/score.h"

/// Stems as delivered, left to right on the page: the code in file names ("STR").
typedef enum KtSectionId {
  KT_STEM_STRINGS_HIGH,  ///< STH
  KT_STEM_STRINGS_LOW,   ///< STL
  KT_STEM_WOODWINDS,     ///< WWD
  KT_STEM_BRASS,         ///< BRS
  KT_STEM_PERCUSSION,    ///< PRC
  KT_STEM_KEYS,          ///< KEY: harp, celesta, piano
  KT_STEM_CHOIR,         ///< CHR
  KT_STEM_SYNTH,         ///< SYN: synthesisers and textures
  KT_STEM_COUNT
} KtSectionId;
const char *kt_stem_code(KtSectionId stem);
const char *kt_stem_name(KtSectionId stem);

typedef struct KtAttacks KtAttacks; ///< orchestra/attacks.h

/// How a tone's brightness follows its dynamics, where the samples' own does not: a filter stands so many
/// octaves above the tone's own spectrum (data/ensemble.yaml).
typedef struct KtBrightness {
  float soft_octaves, loud_octaves; ///< at niente and fff
  float curve;                      ///< between them: level ^ curve
  float key_share;                  ///< octaves it moves for each octave of the key
} KtBrightness;

/// One articulation of one instrument in one sample library.
typedef struct KtPreset {
  int bank, program;        ///< -1 where the library has none
  int dynamics_controller;  ///< 2, 11, 1; 0: velocity only
  float gain_db;            ///< to level instruments against each other
  float attack_s;           ///< added by generator for short notes, 0 as it is
  float release_s;          ///< 0 as it is
  float decay_s;            ///< how long a held tone takes to be gone (100 dB), 0 as it is
  float skip_ms;            ///< so much of the sample's beginning is left out
  float lead_ms;            ///< slurred: so much of it runs unheard; 0 as the ensemble has it
  int transpose;            ///< semitones
  float speaks_ms;          ///< measured: how late its attack is felt at mezzo-forte
  float tone_hz;            ///< measured: mean square-root frequency at mezzo-forte; 0: it brightens by itself
  int tone_key;             ///< of which key
  const KtBrightness *brightness; ///< the orchestra's; NULL: as the samples are
  const KtPluginChoice *lv2; ///< a plugin plays it instead of the sample library; NULL
  const char *csound;       ///< data/csound/NAME.orc plays it instead of the sample library; NULL
  const KtAttacks *attacks; ///< the same over keys and dynamics; NULL until measured
} KtPreset;

typedef struct KtInstrument {
  const char *id;           ///< "violin_1"
  const char *name;         ///< "Violins I"
  const char *short_name;   ///< "Vln. I"
  const char *family;       ///< strings, woodwinds, brass, percussion, keys, choir, synth
  KtSectionId stem;
  int low, high;            ///< sounding compass, MIDI
  int comfort_low, comfort_high;
  int clef;                 ///< 0 treble, 1 bass, 2 alto, 3 tenor, 4 percussion
  int transpose;            ///< written minus sounding, semitones (clarinet in B flat 2, basses 12)
  int voices;               ///< notes at once: 1 winds, 2-3 divided strings, 8 harp, 10 piano
  float breath_s;           ///< longest legato at mezzo-forte before a breath; 0 none needed
  float quickest_s;         ///< least time from tone to tone at ease; 0: as quick as one likes
  float weight;             ///< Rimsky-Korsakov's loudness weight in forte, 1 a woodwind
  float speaks_ms;          ///< how late its attack is felt, until it has been measured
  float brightness;         ///< 0 dark .. 1 bright
  float position;           ///< -1 left .. 1 right as seen by the listener
  float depth_m;            ///< distance from the conductor
  int players;
  int desks;                ///< times over that a tone of it is played, 1 at least (data/ensemble.yaml)
  bool pitched;
  const int *keys;          ///< unpitched: keys of the General MIDI drum map it answers
  int key_count;
  KtPreset presets[KT_ART_COUNT];
  bool has[KT_ART_COUNT];   ///< articulations it can play
} KtInstrument;

typedef struct KtSeatRole {
  KtRole role;
  const char **instruments; ///< by preference
  int count;
} KtSeatRole;

/// A palette: which instruments, and the habits of its music. Compose-only habits are read by
/// compose from the same file.
typedef struct KtPalette {
  const char *id;           ///< "epic"
  const char *name;         ///< "Symphonic epic"
  const char *describe;
  float share_min, share_max, cue_min_s, cue_max_s, cue_typical_s, hits_per_minute, restraint;
  float tempo_min_bpm, tempo_max_bpm;
  float pace;               ///< factor on the tempo that a feeling asks for
  int layers_max;
  KtSeatRole roles[KT_ROLE_COUNT];
  const char *hall;         ///< "scoring_stage"
} KtPalette;

enum { KT_DESKS = 4 };

/// One desk of a section: how its tones differ from the others'.
typedef struct KtSectionDesk {
  float cents;              ///< tuned off
  float late_ms;            ///< behind the beat, or before it
  int shift;                ///< semitones to the key whose sample it plays, tuned back
  float place;              ///< -100 left .. 100 right in the section's own width
  float vibrato_cents, vibrato_hz; ///< on top of the sample's own
} KtSectionDesk;

/// How several play as one and one plays a line (data/ensemble.yaml), its dials turned. All zero: each
/// tone once, with its own attack.
typedef struct KtEnsemble {
  KtSectionDesk desks[KT_DESKS];
  int desk_count;
  float own_cents, own_ms;  ///< standard deviation from tone to tone of one desk
  float together_ms;        ///< tones that begin within this are one chord
  float divisi;             ///< 0: each tone of a chord as loud as alone; 1: they share the players
  float slur_fade_ms, slur_lead_ms; ///< fade 0: no slurs
  float bow_soft_s, bow_loud_s, bow_spread, bow_lead_ms; ///< 0: endless bows
  KtBrightness brightness;
} KtEnsemble;

/// A plugin that a person puts on all that a section plays.
typedef struct KtSectionEffect {
  KtSectionId section;
  KtPluginChoice lv2;
} KtSectionEffect;

/// Instruments of the house and the chosen library; read-only once loaded, so threads may share it.
typedef struct KtOrchestra {
  KtArena *arena;
  const char *library;      ///< "MuseScore_General_Full"
  const char *library_path; ///< the sample file found on this machine
  KtInstrument *instruments;
  int count;
  KtEnsemble ensemble;
  KtSectionEffect *effects; ///< in the order they are passed
  int effect_count;
} KtOrchestra;

/// Whether the sample library plays it: neither a synthesiser nor a plugin.
bool kt_preset_is_sampled(const KtPreset *preset);

/// `library` NULL: the default, or else the next that is installed. KT_ERR_MISSING says which Debian
/// package to install.
KtStatus kt_orchestra_load(const KtContext *ctx, const char *library, KtOrchestra **orchestra,
                           KtError *err);
void kt_orchestra_free(KtOrchestra *orchestra);
const KtInstrument *kt_orchestra_find(const KtOrchestra *orchestra, const char *id); ///< NULL: none

/// KT_ERR_ARGUMENT names the palettes there are.
KtStatus kt_palette_load(const KtContext *ctx, KtArena *arena, const char *id, KtPalette *palette,
                         KtError *err);

#endif
