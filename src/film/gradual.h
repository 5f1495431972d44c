// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_GRADUAL_H
#define KT_FILM_GRADUAL_H

#include "film/see.h"

/// Where a shot begins, and the pictures its transition lasts.
typedef struct KtBoundary {
  int frame;    ///< first of the new shot; 0: no boundary, but none may lie in its guard either
  int from, to; ///< pictures of the transition, inclusive
  int guard_from, guard_to; ///< no other boundary lies in here: the fade out too
  KtTransition transition;
  float confidence;
} KtBoundary;
typedef KT_ARRAY(KtBoundary) KtBoundaries;

void kt_fades_find(const KtSights *sights, KtRate rate, KtBoundaries *boundaries, KtArena *arena);
void kt_dissolves_find(const KtSights *sights, const float *scores, KtRate rate,
                       KtBoundaries *boundaries, KtArena *arena);

#endif
