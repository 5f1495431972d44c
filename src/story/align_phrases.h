// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_ALIGN_PHRASES_H
#define KT_STORY_ALIGN_PHRASES_H

#include "story/work.h"

/// What lies before a phrase on paper; a longer pause is expected from each to the next.
typedef enum KtBreath {
  KT_BREATH_COMMA,
  KT_BREATH_SENTENCE,
  KT_BREATH_LINE,
  KT_BREATH_ACTION,
  KT_BREATH_SCENE,
} KtBreath;

/// Words that are said in one breath, from one mark of punctuation to the next.
typedef struct KtUttered {
  int line; ///< index into the story's lines
  KtBreath before;
  double said_s; ///< how long it takes at an ordinary pace
  float action;  ///< lines of action on paper before it
} KtUttered;

typedef struct KtUtterances {
  KT_ARRAY(KtUttered) list;
} KtUtterances;

/// Every line of the story cut into phrases, in the order of the script.
void kt_align_phrases(const KtStoryWork *work, KtUtterances *phrases);

#endif
