// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_MASTER_H
#define KT_MIX_MASTER_H

#include "mix/bed.h"
#include "mix/duck.h"
#include "mix/mix.h"

/// The last desk: the cues in their places over the film's sound, to loudness and under the ceiling.
typedef struct KtMaster {
  const KtContext *ctx;
  const KtMixSettings *settings;
  const KtFilm *film;
  const KtLoudnessSpec *spec;   ///< NULL: the film's sound as it is
  const char *film_sound;       ///< as in KtMixOptions
  const KtWords *words;         ///< with the film sound's loudness
  double score_lufs;            ///< of the cues as they are laid in
  const char *folder;
} KtMaster;

/// Writes music and mix and fills the measures of `mix`, whose cues, frames and channels are set.
KtStatus kt_master(const KtMaster *master, KtMix *mix, KtError *err);

/// Loudness over the film's speech alone, gated.
double kt_dialogue_lufs(const KtFilm *film, const KtHops *hops);

#endif
