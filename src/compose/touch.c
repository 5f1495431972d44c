// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Touch: what is light and quick is lifted, what is quiet is held, whoever plays it.
#include "compose/sketch.h"

/// How much of a part's shorter notes is lifted where the music is as light as it can be.
static float lightness_of(KtCuePart part) {
  switch (part) {
  case KT_PART_FIGURE:
    return 1.0F;
  case KT_PART_BASS:
    return 0.9F;
  case KT_PART_LEAD:
  case KT_PART_COUNTER:
    return 0.7F;
  default:
    return 0;
  }
}

static void lift(const KtSketch *sketch, KtNote *note, float share, KtRng *rng) {
  const KtCueBar *bar = kt_sketch_bar(sketch, note->start);
  const KtCueSection *s = &sketch->sections.items[bar->section];
  const KtEmotionLore *lore = sketch->lore.emotion;
  float light = (s->emotion.arousal - lore->short_from) / (1.0F - lore->short_from) + 0.4F * sketch->lore.habits->staccato;
  light = kt_clamp(light * (s->emotion.valence > 0 ? 1.8F : 1.2F), 0, 1);
  KtTick beat = kt_sketch_beat(sketch, note->start);
  bool may = note->articulation == KT_ART_LONG || note->articulation == KT_ART_LEGATO || note->articulation == KT_ART_TENUTO;
  double chance = kt_rng_unit(rng);
  if (may && !note->hit && !note->breath_after && note->duration <= beat && chance < (double)(light * share)) {
    note->articulation = KT_ART_SHORT;
  }
}

void kt_sketch_touch(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "touch");
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    float share = lightness_of((KtCuePart)part);
    for (size_t i = 0; share > 0 && i < sketch->parts[part].notes.count; ++i) {
      lift(sketch, &sketch->parts[part].notes.items[i], share, &rng);
    }
  }
}
