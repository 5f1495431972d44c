// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What tension is wished of harmony, and how tense a chord is.
#include "compose/harmony.h"

#include <math.h>
#include <stdlib.h>

/// Distance on the circle of fifths of a chord's tones from the middle of its key.
static float key_distance(int root, KtChordQuality quality, KtKey key) {
  int classes[6];
  int count = kt_chord_classes(quality, classes);
  int middle = kt_key_fifths(key) + 2;
  float sum = 0;
  for (int i = 0; i < count; ++i) {
    int fifths = ((root + classes[i]) * 7) % 12;
    int away = abs(((fifths - middle) % 12 + 18) % 12 - 6);
    sum += (float)(away > 3 ? away - 3 : 0);
  }
  return count ? sum / (float)count : 0;
}

void kt_chord_tones(const KtHarmonyLore *lore, int root, int bass, KtChordQuality quality, const KtTones *beside, KtTones *tones) {
  int classes[6];
  int count = kt_chord_classes(quality, classes);
  *tones = (KtTones){{0}};
  for (int i = 0; i < count; ++i) {
    tones->weight[(root + classes[i]) % 12] += 1;
  }
  tones->weight[bass % 12] += (double)lore->wish.bass;
  for (int i = 0; beside && i < 12; ++i) {
    tones->weight[i] += (double)lore->wish.lead * beside->weight[i];
  }
}

float kt_chord_tension(const KtHarmonyLore *lore, int root, int bass, KtChordQuality quality, const KtTones *tones,
                       KtKey key) {
  int tonic = kt_spelling_class(key.tonic);
  int from_tonic = abs((((root - tonic) * 7) % 12 + 18) % 12 - 6);
  float table = lore->tension[quality] + lore->fifth * (0.5F * (float)from_tonic) +
                2.0F * lore->fifth * key_distance(root, quality, key) +
                (bass != root ? lore->bass : 0);
  // the table knows what a chord is, the spiral how it lies in its key
  float spiral = ((float)kt_harmony_tension(tones, key) - lore->wish.calm) / lore->wish.range;
  return kt_clamp((1 - lore->wish.spiral) * table + lore->wish.spiral * spiral, 0, 1);
}

double kt_harmony_contrast(const KtWishLore *wish, float range) {
  double rises = (double)kt_clamp((range - wish->flat) / wish->flat, 0, 1);
  return 1 + rises * (fmin(fmax((double)(wish->swing / fmaxf(range, wish->flat)), 1), (double)wish->swing_most) - 1);
}

float kt_harmony_range(const KtSketch *sketch) {
  float low = 1, high = 0;
  for (size_t i = 0; i < sketch->bars.count; ++i) {
    low = fminf(low, sketch->bars.items[i].emotion.tension);
    high = fmaxf(high, sketch->bars.items[i].emotion.tension);
  }
  return fmaxf(0, high - low);
}

float kt_harmony_moves(const KtSketch *sketch) {
  return kt_clamp(kt_harmony_range(sketch) / sketch->lore.harmony->wish.flat - 1, 0, 1);
}

float kt_harmony_wish(const KtSketch *sketch, float tension) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  const KtWishLore *wish = &sketch->lore.harmony->wish;
  float usual = kt_story_mean(sketch->desk->story, sketch->cue->in, sketch->cue->out).tension;
  float away = wish->away * (float)kt_harmony_contrast(wish, kt_harmony_range(sketch));
  float leaned = wish->base + wish->usual * usual + away * (tension - usual);
  float spiral = kt_curve(lore->harmony_tension, lore->harmony_tension_count, leaned);
  return kt_clamp((spiral - wish->calm) / wish->range, 0, 1);
}
