// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_MIX_H
#define KT_MIX_MIX_H

#include "film/film.h"
#include "render/render.h"
#include "spot/spot.h"

typedef struct KtMixOptions {
  const char *loudness;    ///< NULL, ebu, atsc, netflix, web
  const char *hall;        ///< "scoring_stage"; from the palette
  const char *film_sound;  ///< NULL or "keep": the film's own; "drop": none; else a file
  const char *const *cue_halls; ///< per cue, as `hall`; NULL: all are in that
} KtMixOptions;

/// Where a cue's mixed sound lies: 32-bit float WAVs at 48 kHz in `music_channels`, sample 0 at `start`.
typedef struct KtCueMix {
  const char *path;                        ///< the cue, before the master
  const char *stem_paths[KT_STEM_COUNT];   ///< NULL where the stem is silent
  int64_t start_sample;                    ///< in the film (the cue's in)
  int64_t frames;
  double integrated_lufs;
  double duck_db;                          ///< most gain taken off under words, >= 0
} KtCueMix;

typedef struct KtMix {
  KtArena *arena;
  KtCueMix *cues;
  size_t count;
  const char *music_path;  ///< score alone after the master, film length, float, `music_channels`
  const char *mix_path;    ///< with the film's sound, film length, float, `mix_channels`
  int mix_channels;
  int music_channels;      ///< as kt_hall_channels() of `mix_channels`
  int64_t frames;
  double gain_db;          ///< constant gain on the sum (spec named), else 0
  double music_lufs;
  double integrated_lufs, dialogue_lufs, true_peak_dbtp, loudness_range_lu;
  double film_peak_dbtp;
  double limiter_max_reduction_db; ///< of the music, or with a spec of the sum
  double glue_max_reduction_db;
  double film_peaks_s;         ///< so long in all the film's own peaks leave the music less than half its level
  double speech_margin_lu;     ///< smallest speech over music, as kt_words_margin(); HUGE_VAL no speech
} KtMix;

/// Room, balance, under the dialogue, to loudness. Streams: memory does not grow with the film.
KtStatus kt_mix(const KtContext *ctx, const KtFilm *film, const KtSpotting *spotting,
                const KtOrchestra *orchestra, const KtStems *stems, size_t count,
                const KtMixOptions *options, const char *folder, KtMix **mix, KtError *err);
void kt_mix_free(KtMix *mix);

#endif
