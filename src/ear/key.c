// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/key.h"

#include <math.h>

/// How well each degree fits a key (Krumhansl & Kessler 1982), less its mean, at unit length.
static const float MAJOR[12] = {0.655F, -0.286F, -0.001F, -0.263F, 0.205F, 0.139F, -0.220F, 0.390F, -0.250F, 0.041F, -0.273F, -0.138F};
static const float MINOR[12] = {0.655F, -0.257F, -0.047F, 0.418F, -0.277F, -0.045F, -0.292F, 0.260F, 0.068F, -0.255F, -0.092F, -0.135F};

void kt_key_fits(const KtTones *tones, KtKeyFits *fits) {
  double total = 0;
  for (int i = 0; i < 12; ++i) {
    total += tones->weight[i];
  }
  for (int tonic = 0; tonic < 12; ++tonic) {
    double major = 0, minor = 0;
    for (int up = 0; up < 12 && total > 0; ++up) {
      double share = tones->weight[(tonic + up) % 12] / total;
      major += share * (double)MAJOR[up];
      minor += share * (double)MINOR[up];
    }
    fits->major[tonic] = (float)major;
    fits->minor[tonic] = (float)minor;
  }
}

void kt_key_hear(KtKeyFits *heard, const KtKeyFits *now, double seconds, double memory_s) {
  float kept = (float)exp(-seconds / memory_s);
  heard->full = kept * heard->full + 1 - kept;
  for (int i = 0; i < 12; ++i) {
    heard->major[i] = kept * heard->major[i] + (1 - kept) * now->major[i];
    heard->minor[i] = kept * heard->minor[i] + (1 - kept) * now->minor[i];
  }
}

float kt_key_lead(const KtKeyFits *heard, KtKey key) {
  int tonic = kt_spelling_class(key.tonic);
  bool minor = kt_mode_degree(key.mode, 2) == 3;
  float own = minor ? heard->minor[tonic] : heard->major[tonic], other = -1;
  for (int i = 0; i < 12; ++i) {
    other = i == tonic && !minor ? other : fmaxf(other, heard->major[i]);
    other = i == tonic && minor ? other : fmaxf(other, heard->minor[i]);
  }
  return heard->full > 0 ? (own - other) / heard->full : 0;
}

KtKey kt_key_heard(const KtKeyFits *heard) {
  KtKey best = {0, KT_MODE_IONIAN};
  float most = -1;
  for (int fifths = -5; fifths <= 6; ++fifths) {
    int tonic = ((fifths * 7) % 12 + 12) % 12;
    if (heard->major[tonic] > most) {
      most = heard->major[tonic];
      best = (KtKey){(KtSpelling)fifths, KT_MODE_IONIAN};
    }
    if (heard->minor[tonic] > most) {
      most = heard->minor[tonic];
      best = (KtKey){(KtSpelling)fifths, KT_MODE_AEOLIAN};
    }
  }
  return best;
}
