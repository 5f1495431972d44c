// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_RNG_H
#define KT_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/// A seeded random generator (SplitMix64, Steele, Lea & Flood 2014): same seed, same numbers.
typedef struct KtRng {
  uint64_t state;
} KtRng;

/// Seeded from the production's seed and a name ("1m01/melody"), so that each place has its own.
KtRng kt_rng(uint64_t seed, const char *name);
uint64_t kt_rng_next(KtRng *rng);
double kt_rng_unit(KtRng *rng);                            ///< 0 <= x < 1
int kt_rng_int(KtRng *rng, int low, int high);             ///< low..high, both included
double kt_rng_normal(KtRng *rng);                          ///< mean 0, deviation 1, within +-3
size_t kt_rng_pick(KtRng *rng, const float *weights, size_t count); ///< index by weight, sum > 0

#endif
