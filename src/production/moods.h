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
/// the strongest. A word may be inflected ("hauntingly"), have a slip in it ("melancoly") or a degree before it ("not",
/// "slightly", "very"); what other words there are is felt by `lexicon` as of a scene.
/// False, and `felt` untouched, where no word of it is known.
bool kt_moods_feel(const KtMoods *moods, const KtLexicon *lexicon, const char *phrase, KtEmotion *felt);

/// The first word of a phrase that says nothing, neither as a mood nor of a scene: its length in bytes, 0 where there is
/// none; `word` points into the phrase.
size_t kt_moods_unknown(const KtMoods *moods, const KtLexicon *lexicon, const char *phrase, const char **word);
/// The word of mood that is likest to a word by its letters, at most two of them wrong: its length in bytes, 0 where there
/// is none; `near` points into what `moods` owns.
size_t kt_moods_nearest(const KtMoods *moods, const char *word, size_t length, const char **near);

#endif
