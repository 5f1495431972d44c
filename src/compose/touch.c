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

/// How light the music is where a note stands, 0..1.
static float lightness_at(const KtSketch *sketch, const KtCueBar *bar) {
  const KtEmotion *emotion = &sketch->sections.items[bar->section].emotion;
  const KtEmotionLore *lore = sketch->lore.emotion;
  float light = (emotion->arousal - lore->short_from) / (1.0F - lore->short_from) + 0.4F * sketch->lore.habits->staccato;
  return kt_clamp(light * (emotion->valence > 0 ? 1.8F : 1.2F), 0, 1);
}

/// Anger does not skip: what would be short is hammered.
static bool is_heavy(const KtSketch *sketch, const KtCueBar *bar) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  return kt_anger(lore, &sketch->sections.items[bar->section].emotion) > lore->anger.from;
}

static bool may_be_short(const KtSketch *sketch, const KtNote *note) {
  bool plain = note->articulation == KT_ART_LONG || note->articulation == KT_ART_LEGATO || note->articulation == KT_ART_TENUTO;
  return plain && !note->hit && !note->breath_after && note->duration <= kt_sketch_beat(sketch, note->start);
}

/// A bar of a part is played one way: the quick notes in it are all lifted, or none. What follows a lifted
/// note begins anew, as no slur starts from a note that is let go.
static void touch_part(const KtSketch *sketch, KtPart *part, float share, KtRng *rng) {
  const KtCueBar *bar = NULL;
  bool lifts = false, lifted = false, heavy = false;
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *note = &part->notes.items[i];
    const KtCueBar *now = kt_sketch_bar(sketch, note->start);
    if (now != bar) {
      bar = now;
      lifts = kt_rng_unit(rng) < (double)(lightness_at(sketch, bar) * share);
      heavy = is_heavy(sketch, bar);
    }
    if (lifted && note->articulation == KT_ART_LEGATO) {
      note->articulation = KT_ART_LONG;
    }
    lifted = lifts && may_be_short(sketch, note);
    if (lifted) {
      note->articulation = heavy ? KT_ART_MARCATO : KT_ART_SHORT;
    }
  }
}

void kt_sketch_touch(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "touch");
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    float share = lightness_of((KtCuePart)part);
    if (share > 0) {
      touch_part(sketch, &sketch->parts[part], share, &rng);
    }
  }
}
