// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_SEAT_H
#define KT_RENDER_SEAT_H

#include "base/hash.h"
#include "perform/perform.h"

enum {
  KT_SEAT_TRACKS = 25,   ///< parts one instrument can hold in one cue
  KT_BLOCK = 64,         ///< audio frames the sampler takes at once; events stand between blocks
};

/// One thing the sampler is told. A channel is a track's slot times KT_ART_COUNT plus the
/// articulation, so that each articulation keeps its own preset and no two notes of different
/// articulations meet on one key; each desk has channels of its own, and two lanes of them, so that a
/// tone may begin while the one before on its key still sounds. Controllers are for all.
typedef struct KtSeatEvent {
  int64_t block;
  uint8_t kind;     ///< KtEventKind; at one block in its order
  uint8_t channel;
  uint8_t key;      ///< sounding key or controller
  uint8_t value;
  uint8_t desk;     ///< notes: whose, 0 where the section is one
  uint8_t lane;     ///< notes: 0 or 1
  bool slurred;     ///< on: comes in while the tone before gives way; off: gives way
  uint16_t lead;    ///< slurred on: blocks that it runs unheard before it comes in
  int16_t less_cb;  ///< on: softer by so many tenths of a decibel
  int16_t tenths;   ///< on: tuned off by so many tenths of a cent
  uint32_t order;   ///< as it came, to keep equal ones apart
} KtSeatEvent;

/// All that one instrument plays in one cue, in blocks from the cue's in, attacks brought forward
/// by what the samples need to speak.
typedef struct KtSeat {
  const KtInstrument *instrument;
  const char *cue;
  const KtEnsemble *ensemble;
  int slots, desks, lanes;
  bool used[KT_ART_COUNT];
  KtPreset presets[KT_ART_COUNT]; ///< what plays each used articulation
  KT_ARRAY(KtSeatEvent) events;   ///< sorted
  KtHash key;                     ///< over everything that the sound depends on
} KtSeat;

/// The seat of `instrument` in a performance, played as `ensemble` (borrowed) says. `library` is the text that tells one sample library
/// from another. KT_ERR_MISSING where the library has no preset for it, KT_ERR_UNSUPPORTED beyond
/// KT_SEAT_TRACKS tracks, KT_ERR_MEMORY.
KtStatus kt_seat_gather(KtArena *arena, const KtPerformance *performance,
                        const KtInstrument *instrument, const KtEnsemble *ensemble,
                        const char *library, KtSeat *seat, KtError *err);

#endif
