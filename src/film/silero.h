// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_SILERO_H
#define KT_FILM_SILERO_H

#include "base/error.h"

/// Silero VAD (Silero Team, MIT): a small trained network that says for each 32 ms how likely
/// somebody speaks. Ours is only the forward pass; the weights are its published file.
enum {
  KT_SILERO_RATE = 16000,
  KT_SILERO_BLOCK = 512,  ///< samples a probability stands for: 32 ms
  KT_SILERO_CONTEXT = 64, ///< samples before them that it also looks at
  KT_SILERO_STATE = 128,
};

typedef struct KtSileroWeights KtSileroWeights;

/// KT_ERR_MISSING no such file; KT_ERR_FORMAT not these weights; KT_ERR_MEMORY.
KtStatus kt_silero_open(const char *path, KtSileroWeights **weights, KtError *err);
void kt_silero_close(KtSileroWeights *weights);

/// What it remembers from block to block; all zero at the start of a sound.
typedef struct KtSilero {
  float context[KT_SILERO_CONTEXT];
  float hidden[KT_SILERO_STATE], cell[KT_SILERO_STATE];
} KtSilero;

/// Probability 0..1 that somebody speaks in the next `KT_SILERO_BLOCK` samples at 16 kHz. The same
/// on every machine up to the last bits of its exponential function.
float kt_silero_block(const KtSileroWeights *weights, KtSilero *silero, const float *samples);

#endif
