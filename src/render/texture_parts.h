// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of texture.h share.
#ifndef KT_RENDER_TEXTURE_PARTS_H
#define KT_RENDER_TEXTURE_PARTS_H

#include "render/texture.h"

typedef struct KtWorldFamily {
  char **words;
  unsigned words_count;
} KtWorldFamily;

/// data/textures.yaml.
typedef struct KtWorldRules {
  float least, drone_from, pulse_from, level_db, words_db, fade_s, shortest_s;
  KtWorldFamily *families;
  unsigned families_count;
} KtWorldRules;
KtStatus kt_world_rules_load(const KtContext *ctx, KtWorldRules **rules, KtError *err);
void kt_world_rules_free(KtWorldRules *rules);

/// The plain files of a folder, sorted by name, in `arena`.
typedef KT_ARRAY(const char *) KtWorldNames;
KtStatus kt_world_names(KtArena *arena, const char *folder, KtWorldNames *names, KtError *err);

/// A recording as it is worked with: stereo at 48 kHz, at most a minute of it.
typedef struct KtRecording {
  float *samples;
  int64_t frames;
  float tilt_db, range_lu; ///< as KtAmbience has them
} KtRecording;
/// KT_ERR_FORMAT for what is no sound or shorter than a second.
KtStatus kt_recording_read(const char *path, KtRecording *recording, KtError *err);
void kt_recording_clear(KtRecording *recording);

typedef struct KtWorldChord {
  int64_t from, to;  ///< audio frames from the cue's in
  double root_hz;    ///< in the octave from C2
  int fifth;         ///< semitones: 7; 6 or 8 where the chord has no pure one
} KtWorldChord;
typedef struct KtWorldStep {
  int64_t at;
  float weight;      ///< 0..1
} KtWorldStep;
typedef struct KtWorldSpan {
  int64_t from, to;
} KtWorldSpan;

/// Everything that a texture's sound depends on.
typedef struct KtWorldRecipe {
  KtWorldKind kind;
  uint64_t seed;
  int64_t from, to;  ///< audio frames from the cue's in
  double level, words, fade_s; ///< factors
  KT_ARRAY(KtWorldChord) chords;
  KT_ARRAY(KtWorldStep) steps;
  KT_ARRAY(KtWorldSpan) spoken;
} KtWorldRecipe;
/// The sound from the cue's in to recipe->to, stereo, for the caller to free(). NULL: no memory.
float *kt_world_sound(const KtRecording *recording, const KtWorldRecipe *recipe);

#endif
