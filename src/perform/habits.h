// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PERFORM_HABITS_H
#define KT_PERFORM_HABITS_H

#include "base/data.h"

typedef struct KtRollRates {
  float timpani, snare_drum, bass_drum, suspended_cymbal, triangle, taiko, xylophone, marimba,
      other;
} KtRollRates;

/// How much of each rule: 0 none, 1 as it stands in the file.
typedef struct KtAmounts {
  float arch, high_loud, metre, accent, swell, repeat, spread, timing, chords, give_way, legato, sforzato;
} KtAmounts;

/// data/performance.yaml; the file says what each number means.
typedef struct KtManner {
  KtAmounts amount; ///< already in the numbers below
  float arch, arch_top, arch_least_s, gesture_full, high_loud, metre, accent, accent_fall_s, accent_slow, accent_quick, marcato_accent, swell, swell_least_s,
      repeat, spread, curve_controller, curve_velocity;
  float timing_solo_ms, timing_section_ms, timing_drums_ms, timing_soft, timing_drift,
      timing_most_ms, give_way_ms, hit_least, hit_over, hit_breath_ms, stop_pedal_ms, chord_spread_ms, harp_roll_ms;
  float legato_overlap_ms, detached, tenuto, marcato, short_, short_most_s, short_least_s,
      spiccato, spiccato_most_s, repeated_gap_ms, slow_least_s;
  float sforzato_over, sforzato_under, sforzato_hold_ms, sforzato_fall_ms, sforzato_growth;
  KtRollRates roll_hz;
  float trill_hz;
  char **pedal;
  unsigned pedal_count;
  float pedal_after_ms, pedal_hold_s, control_ms;
  int control_most;
} KtManner;

/// KT_ERR_FORMAT where a rate or an amount cannot be.
KtStatus kt_manner_load(const KtContext *ctx, KtManner **manner, KtError *err);
void kt_manner_free(KtManner *manner);

#endif
