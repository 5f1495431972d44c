// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_SUGGEST_H
#define KT_SPOT_SUGGEST_H

#include "story/story.h"

/// The palette that the story asks for, by the weights in data/suggest.yaml. `id` lives in `arena`.
KtStatus kt_palette_suggest(const KtContext *ctx, KtArena *arena, const KtFilm *film,
                            const KtStory *story, const char **id, KtError *err);

#endif
