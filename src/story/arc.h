// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_ARC_H
#define KT_STORY_ARC_H

#include "story/work.h"

/// What each sense felt, two values a second.
typedef struct KtSenses {
  KtEmotion *words, *picture, *sound;
  float *word_weight;
  bool has_picture, has_sound;
  size_t count;
} KtSenses;

/// Fills picture and sound where the film has them.
void kt_arc_sense(KtStoryWork *work, KtSenses *senses);
/// The value below which `share` of the film lies; credits do not count.
float kt_arc_quantile(KtStoryWork *work, const float *values, size_t all, float share);

#endif
