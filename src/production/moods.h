// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_MOODS_H
#define KT_PRODUCTION_MOODS_H

#include "story/lexicon.h"

/// Words of mood and what they ask of music (data/moods.yaml).
typedef struct KtMoods KtMoods;

KtStatus kt_moods_load(const KtContext *ctx, KtMoods **moods, KtError *err);
void kt_moods_free(KtMoods *moods);

/// What a phrase such as "dark and brooding" asks of music: the mean of its words of mood, colours as strong as
/// the strongest. A phrase with other words in it ("not happy", "very sad") is felt by `lexicon` as of a scene.
/// False, and `felt` untouched, where no word of it is known.
bool kt_moods_feel(const KtMoods *moods, const KtLexicon *lexicon, const char *phrase, KtEmotion *felt);

#endif
