// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Fear and anger share mode and pace; loudness, register and touch tell one from the other (Juslin 2000; Juslin
// & Laukka 2003).
#include "compose/sketch.h"

#include <math.h>

float kt_fear(const KtEmotionLore *lore, const KtEmotion *e) {
  float dark = kt_clamp(-1.4F * e->valence, 0, 1);
  float tense = (e->tension - lore->fear.from) / (1.0F - lore->fear.from);
  return dark * kt_clamp(fmaxf(e->colours[KT_COLOUR_MENACE], tense), 0, 1);
}

float kt_anger(const KtEmotionLore *lore, const KtEmotion *e) {
  return kt_clamp(-1.4F * e->valence, 0, 1) * kt_clamp(e->arousal, 0, 1) * (1.0F - kt_fear(lore, e));
}
