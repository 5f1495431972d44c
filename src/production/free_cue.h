// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_FREE_CUE_H
#define KT_PRODUCTION_FREE_CUE_H

#include "spot/spot.h"

/// A cue without a film: moods in words for so long. "sad, intimate": words separated by commas, the
/// first weighing most; "calm > afraid > calm": one mood after another, in equal parts of the time.
typedef struct KtFreeCue {
  const char *mood;
  double seconds;
  const char *title; ///< of the production
} KtFreeCue;

/// A film of that length at 24 fps from 00:00:00:00 that has neither picture nor sound.
KtStatus kt_free_film(const KtFreeCue *cue, KtFilm **film, KtError *err);
/// What is felt: KT_ERR_ARGUMENT where no word of a mood is known ("neutral" is).
KtStatus kt_free_story(const KtContext *ctx, const KtFreeCue *cue, const char *language, KtStory **story,
                       KtError *err);
/// One cue, 1m01, from beginning to end.
KtStatus kt_free_spotting(const KtFreeCue *cue, const KtStory *story, KtSpotting **spotting, KtError *err);

#endif
