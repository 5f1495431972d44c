// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_HALL_H
#define KT_MIX_HALL_H

#include "mix/convolver.h"
#include "mix/settings.h"
#include "orchestra/orchestra.h"

/// A hall ready to be played in: its late response, the same for every seat (a diffuse field has no
/// place). Read-only.
typedef struct KtHall {
  const KtHallDesign *design;
  int channels;          ///< of what is played in it: 2, or 6 and more with the hall behind too
  double full_stage;     ///< instruments that take the whole of the stage
  float sends[KT_STEM_COUNT]; ///< of each section to the hall, 1 as its place says
  size_t frames;         ///< length of the longest late response
  KtResponse late;
  KtResponse rear;       ///< for channels 5 and 6; no parts without them
} KtHall;

/// The late response of a design: noise in octave bands, each falling at its own rate, the two ears
/// of their own noise (Moorer 1979; Jot, Cerveau & Warusfel 1997). `ears` are `frames` values each,
/// freed by the caller.
KtStatus kt_hall_late(const KtHallDesign *design, float *ears[2], size_t *frames, KtError *err);
/// The same behind the listener: fields of their own, later and at the level that `settings` say.
KtStatus kt_hall_rear(const KtHallDesign *design, const KtMixSettings *settings, float *ears[2],
                      size_t *frames, KtError *err);
/// Reverberation time of a design at a frequency, seconds.
double kt_hall_t60(const KtHallDesign *design, double hz);

/// How wide music is that is played to a film of so many channels: 5.1 and 7.1 have the hall behind
/// the listener, others the front alone.
int kt_hall_channels(int film_channels);
/// `channels` as kt_hall_channels() says.
KtStatus kt_hall_init(KtHall *hall, const KtHallDesign *design, const KtMixSettings *settings,
                      int channels, KtError *err);
enum { KT_REAR_LEFT = 4, KT_REAR_RIGHT = 5 }; ///< channels of a film in 5.1

void kt_hall_clear(KtHall *hall);

enum { KT_TAPS = 16, KT_TAP_MOST = 8192 };

/// How one seat is heard: the direct sound of its two halves, and the first reflections.
typedef struct KtSeating {
  float direct[2][2];        ///< [side of the instrument][ear]
  int direct_delay[2];       ///< audio frames, by ear; one is 0
  float dull;                ///< coefficient of the one-pole that distance is
  int taps;
  int tap_delay[KT_TAPS];    ///< audio frames after the direct sound, < KT_TAP_MOST
  float tap_gain[KT_TAPS][2];
  float late_gain;
} KtSeating;

/// Position -1..1 left to right, depth in metres from the conductor; `players` widens the sound. The
/// reflections are those of the images in the walls of a box (Allen & Berkley 1979) up to the second
/// order, the strongest of them.
KtSeating kt_hall_seat(const KtHallDesign *design, double position, double depth_m, int players);

#endif
