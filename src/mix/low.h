// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_LOW_H
#define KT_MIX_LOW_H

#include "mix/settings.h"
#include "render/render.h"

/// Energy of a section, dry: all of it, and what lies under low_hz.
typedef struct KtLowEnd {
  double whole[KT_STEM_COUNT], low[KT_STEM_COUNT];
} KtLowEnd;

/// Listens to a cue's dry stems.
KtStatus kt_low_hear(const KtMixSettings *settings, const KtStems *stems, KtLowEnd *end, KtError *err);
/// Where more than low_share of the cue lies under low_hz, those who carry it are thinned there, in the order of the
/// settings, each by at most what they say and no more than is needed: dB >= 0 a section. What is left too much is
/// left: a bass that plays alone is a bass.
void kt_low_thin(const KtMixSettings *settings, const KtLowEnd *end, float db[KT_STEM_COUNT]);

#endif
