// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/envelope.h"

#include <math.h>

static const double sample_hz = 44100; // of the libraries known; what is skipped need not be exact
static const double gone_cb = 1440;    // the most an envelope takes away

static void set(fluid_voice_t *voice, int generator, double value) {
  fluid_voice_gen_set(voice, generator, (float)value);
  fluid_voice_update_param(voice, generator);
}

static double timecents(float seconds) {
  return 1200 * log2((double)seconds);
}

void kt_shape_voice(fluid_voice_t *voice, const KtPreset *preset) {
  if (preset->attack_s > 0) {
    set(voice, GEN_VOLENVATTACK, timecents(preset->attack_s));
  }
  if (preset->decay_s > 0) {
    set(voice, GEN_VOLENVSUSTAIN, gone_cb);
    set(voice, GEN_VOLENVHOLD, -12000);
    set(voice, GEN_VOLENVDECAY, timecents(preset->decay_s));
  }
  if (preset->release_s > 0) {
    set(voice, GEN_VOLENVRELEASE, timecents(preset->release_s));
  }
  if (preset->skip_ms > 0) {
    set(voice, GEN_STARTADDROFS, floor((double)preset->skip_ms * sample_hz / 1000));
  }
}
