// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_FILM_SILERO_VOICE_H
#define TEST_FILM_SILERO_VOICE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

// A voice of three resonators over a gliding pulse that says four syllables again and again, and what
// ONNX Runtime 1.30 (onnxruntime-web) makes of it with silero_vad_v5.onnx. test/e2e/silero_ort.mjs has
// the same voice and prints the table.
enum { VOICE_BLOCKS = 96, VOICE_BLOCK = 512 };

static inline void silero_voice(float *samples) {
  static const double formants[4][3] = {
      {730, 1090, 2440}, {270, 2290, 3010}, {570, 840, 2410}, {440, 1020, 2240}};
  uint32_t seed = 1;
  double phase = 0, state[6] = {0};
  for (int i = 0; i < VOICE_BLOCKS * VOICE_BLOCK; ++i) {
    double t = i / 16000.0;
    seed = seed * 1664525U + 1013904223U;
    double noise = seed / 4294967296.0 - 0.5;
    int syllable = (int)floor(t / 0.22) % 4;
    double within = t / 0.22 - floor(t / 0.22);
    int words = t > 0.6 && t < 2.4;
    double loud = words ? pow(sin(M_PI * within), 0.7) : 0;
    phase += (130 + 25 * sin(2 * M_PI * 0.9 * t)) / 16000;
    double source = noise * 0.05;
    if (phase >= 1) {
      phase -= 1;
      source += 4;
    }
    if (words && within < 0.15 && syllable % 2 == 0) {
      source += noise * 0.8;
    }
    double y = 0;
    for (int k = 0; k < 3; ++k) {
      double r = exp(-M_PI * (80 + 40 * k) / 16000);
      double c = 2 * r * cos(2 * M_PI * formants[syllable][k] / 16000);
      double v = source * (1 - r) + c * state[2 * k] - r * r * state[2 * k + 1];
      state[2 * k + 1] = state[2 * k];
      state[2 * k] = v;
      y += v / (k + 1);
    }
    samples[i] = (float)(0.9 * loud * y + 0.002 * noise);
  }
}

static const float silero_expected[VOICE_BLOCKS] = {
#include "silero_expected.inc"
};

#endif
