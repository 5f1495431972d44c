// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"

uint64_t kt_rng_next(KtRng *rng) {
  uint64_t z = rng->state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

KtRng kt_rng(uint64_t seed, const char *name) {
  KtRng rng = {seed ^ UINT64_C(0xCBF29CE484222325)};
  for (; name && *name; ++name) { // FNV-1a over the name
    rng.state = (rng.state ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
  }
  kt_rng_next(&rng);
  return rng;
}

double kt_rng_unit(KtRng *rng) {
  return (double)(kt_rng_next(rng) >> 11) * 0x1p-53;
}

int kt_rng_int(KtRng *rng, int low, int high) {
  if (high <= low) {
    return low;
  }
  return low + (int)(kt_rng_next(rng) % (uint64_t)((int64_t)high - low + 1));
}

double kt_rng_normal(KtRng *rng) {
  double sum = 0; // Irwin-Hall: twelve uniforms, no libm, the same on every machine
  for (int i = 0; i < 12; ++i) {
    sum += kt_rng_unit(rng);
  }
  sum -= 6.0;
  return sum < -3 ? -3 : sum > 3 ? 3 : sum;
}

size_t kt_rng_pick(KtRng *rng, const float *weights, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += weights[i] > 0 ? (double)weights[i] : 0;
  }
  double at = kt_rng_unit(rng) * sum;
  for (size_t i = 0; i < count; ++i) {
    at -= weights[i] > 0 ? (double)weights[i] : 0;
    if (at < 0) {
      return i;
    }
  }
  return count ? count - 1 : 0;
}
