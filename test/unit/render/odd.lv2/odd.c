// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A plugin as they should not be, for tests: its sound comes 1000 audio frames late, as it says, and from
// `breaks` seconds on what it gives is no number.
#include <lv2/core/lv2.h>
#include <math.h>
#include <stdlib.h>

enum { LATE = 1000 };

typedef struct Odd {
  const float *in, *breaks;
  float *out, *latency;
  float line[LATE];
  double rate;
  uint64_t at;
} Odd;

static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate, const char *bundle,
                              const LV2_Feature *const *features) {
  (void)descriptor;
  (void)bundle;
  (void)features;
  Odd *odd = calloc(1, sizeof(*odd));
  if (odd) {
    odd->rate = rate;
  }
  return odd;
}

static void connect_port(LV2_Handle handle, uint32_t port, void *data) {
  Odd *odd = handle;
  switch (port) {
  case 0:
    odd->in = data;
    break;
  case 1:
    odd->out = data;
    break;
  case 2:
    odd->breaks = data;
    break;
  default:
    odd->latency = data;
    break;
  }
}

static void run(LV2_Handle handle, uint32_t frames) {
  Odd *odd = handle;
  for (uint32_t i = 0; i < frames; ++i, ++odd->at) {
    float *slot = &odd->line[odd->at % LATE];
    float in = odd->in[i];
    odd->out[i] = (double)odd->at < (double)*odd->breaks * odd->rate ? *slot : NAN;
    *slot = in;
  }
  *odd->latency = LATE;
}

static void cleanup(LV2_Handle handle) {
  free(handle);
}

static const LV2_Descriptor descriptor = {
    .URI = "urn:kinothek:odd", .instantiate = instantiate, .connect_port = connect_port, .run = run, .cleanup = cleanup};

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index) {
  return index ? NULL : &descriptor;
}
