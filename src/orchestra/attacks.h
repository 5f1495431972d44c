// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRA_ATTACKS_H
#define KT_ORCHESTRA_ATTACKS_H

#include "orchestra/orchestra.h"

enum {
  KT_ATTACK_STEP = 1,  ///< semitones between the keys measured
  KT_ATTACK_KEYS = 128, ///< most keys measured of one preset
  KT_ATTACK_LEVELS = 5,
  KT_ATTACK_COLUMNS, ///< the release stands after the dynamics
  KT_LEVEL_POINTS = 16, ///< most of one key
};
/// Velocities (and values of the dynamics controller) at which attacks are measured.
extern const int kt_attack_levels[KT_ATTACK_LEVELS];

/// What velocity takes off a decade where a preset says nothing of its own.
extern const double kt_velocity_db;

/// How loud one key is.
typedef struct KtKeyLevel {
  float even_db; ///< what brings it between its neighbours
  int count;     ///< 0: as velocity says
  struct {
    int velocity;
    float db;    ///< how far it lies there over what velocity says, against mezzo-forte
  } points[KT_LEVEL_POINTS]; ///< velocities rising; straight between them
} KtKeyLevel;

/// Of one preset over its compass and dynamics: how late its attack is felt (perceptual attack time,
/// see ear/onset.h), in milliseconds, and how loud its samples are.
struct KtAttacks {
  int bank, program, controller; ///< whose
  float attack_s, decay_s, skip_ms;
  int first_key;                 ///< the library's key; next ones KT_ATTACK_STEP apart
  int count;
  float ms[KT_ATTACK_KEYS][KT_ATTACK_COLUMNS];
  KtKeyLevel levels[KT_ATTACK_KEYS];
};

/// The table that a preset's is, whose samples are played in the same way.
bool kt_attacks_are_of(const KtAttacks *attacks, const KtPreset *preset);

/// The table measured of a sample library, into the presets that it speaks of. The file is CSV with
/// the header `bank,program,controller,attack_s,decay_s,skip_ms,key,ms_32,ms_56,ms_78,ms_100,ms_120,release_ms,even_db,over`,
/// a preset's keys rising by KT_ATTACK_STEP; over is `velocity:db` parted by blanks, or nothing. KT_ERR_MISSING, KT_ERR_FORMAT with the line.
KtStatus kt_attacks_load(KtOrchestra *orchestra, const char *path, KtError *err);

/// How late a note of `preset` is felt, in milliseconds: as measured at the nearest key, between
/// the dynamics `value` (velocity or controller, 0..127) lies between; else what the library's file
/// says of the preset, else of the instrument.
double kt_attack_ms(const KtInstrument *instrument, const KtPreset *preset, int key, int value);
/// How long a note of `preset` is still felt after its key is let go, in milliseconds: until its energy
/// has fallen by 6 dB, as measured at the nearest key, at most 400. A release that the preset sets by generator
/// falls 100 dB in its time (SoundFont 2.04, 8.1.2, generator 38). 0 where nothing is known.
double kt_release_ms(const KtPreset *preset, int key);
/// What a note of `preset` at the library's `key` needs to be as loud as its neighbours are and as its velocity says, in dB: no key stands out of the line, from one recording to the next there is no step,
/// and all bars and strings that are struck have one range (drums and cymbals keep theirs, which is wider). Where expression
/// is the dynamics, velocity is none. 0 where nothing is known.
double kt_level_db(const KtPreset *preset, int key, int velocity);

#endif
