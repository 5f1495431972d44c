// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What tension is wished of harmony, and how tense a chord is.
#include "compose/harmony.h"

#include <math.h>
#include <stdlib.h>

/// Harmony's measured tension of a plain chord at home, and from there to the sharpest.
static const float SPIRAL_CALM = 0.19F, SPIRAL_RANGE = 0.3F;

/// What the spiral says of a chord beside the table; a bass sounds in octaves.
static const float SPIRAL_SHARE = 0.75F;
static const double BASS_WEIGHT = 1.0, LEAD_WEIGHT = 1.0;

/// How tense a whole cue is tells less in its chords than how it moves about that: a tense cue needs a home too.
static const float USUAL_BASE = 0.1F, USUAL_SHARE = 0.6F, USUAL_AWAY = 1.3F;
/// A range of the arc up to this is flat; harmony swings as if the range were this full, up to so many times as far.
static const float FLAT_RANGE = 0.1F;
static const double FULL_SWING = 0.55, CONTRAST_MOST = 1.8;

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

void kt_chord_tones(int root, int bass, KtChordQuality quality, const KtTones *beside, KtTones *tones) {
  int classes[6];
  int count = kt_chord_classes(quality, classes);
  *tones = (KtTones){{0}};
  for (int i = 0; i < count; ++i) {
    tones->weight[(root + classes[i]) % 12] += 1;
  }
  tones->weight[bass % 12] += BASS_WEIGHT;
  for (int i = 0; beside && i < 12; ++i) {
    tones->weight[i] += LEAD_WEIGHT * beside->weight[i];
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
  float spiral = ((float)kt_harmony_tension(tones, key) - SPIRAL_CALM) / SPIRAL_RANGE;
  return kt_clamp((1 - SPIRAL_SHARE) * table + SPIRAL_SHARE * spiral, 0, 1);
}

double kt_harmony_contrast(float range) {
  double rises = (double)kt_clamp((range - FLAT_RANGE) / FLAT_RANGE, 0, 1);
  return 1 + rises * (fmin(fmax(FULL_SWING / (double)fmaxf(range, FLAT_RANGE), 1), CONTRAST_MOST) - 1);
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
  return kt_clamp(kt_harmony_range(sketch) / FLAT_RANGE - 1, 0, 1);
}

float kt_harmony_wish(const KtSketch *sketch, float tension) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  float usual = kt_story_mean(sketch->desk->story, sketch->cue->in, sketch->cue->out).tension;
  float away = USUAL_AWAY * (float)kt_harmony_contrast(kt_harmony_range(sketch));
  float leaned = USUAL_BASE + USUAL_SHARE * usual + away * (tension - usual);
  float spiral = kt_curve(lore->harmony_tension, lore->harmony_tension_count, leaned);
  return kt_clamp((spiral - SPIRAL_CALM) / SPIRAL_RANGE, 0, 1);
}
