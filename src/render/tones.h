// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_TONES_H
#define KT_RENDER_TONES_H

#include "render/seat.h"

#include <fluidsynth.h>

enum {
  KT_VOICES = 512,                              ///< at once in one seat
  KT_CHANNELS = KT_SEAT_TRACKS * KT_ART_COUNT,  ///< of all desks and lanes; the synth has no more
  KT_FADES = 256,
};

/// A voice that comes in or gives way.
typedef struct KtFade {
  fluid_voice_t *voice;
  unsigned id;       // a voice that has ended plays something else
  int64_t from;      // block
  int64_t length;    // blocks
  bool in;
  float less_cb;     // its own attenuation
} KtFade;

/// How the voices of a seat's synth are shaped beyond what the preset says: desks, slurs, repeated tones,
/// brightness. Borrowed synth and seat.
typedef struct KtTones {
  fluid_synth_t *synth;
  const KtSeat *seat;
  fluid_voice_t *voices[KT_VOICES];
  KtFade fades[KT_FADES];
  int fade_count;
  uint8_t again[KT_CHANNELS][128]; // how often a key was struck in this seat
  struct {
    float filter_cents; // of its last tone, as the preset has it
    int key, value;     // last struck; last heard of the dynamics controller
  } channels[KT_CHANNELS];
} KtTones;

void kt_tones_start(KtTones *tones, fluid_synth_t *synth, const KtSeat *seat);
/// Tells the synth of a note or controller that stands at `block`, now.
void kt_tones_tell(KtTones *tones, const KtSeatEvent *event);
/// Sets what changes at `block` and says how many blocks may be played until the next change, at most `most`.
int kt_tones_step(KtTones *tones, int64_t block, int most);

#endif
