// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_SETTINGS_H
#define KT_MIX_SETTINGS_H

#include "base/context.h"

#include <stdbool.h>

typedef struct KtLoudnessSpec {
  const char *id;
  float lufs, peak_dbtp;
  bool dialogue;             ///< measured over speech, where there is any
} KtLoudnessSpec;

/// How much of a section goes to the hall, against what its place alone would send.
typedef struct KtHallSend {
  const char *section;       ///< as kt_stem_code()
  float db;
} KtHallSend;

/// How much may be taken off a section's low end.
typedef struct KtLowCut {
  const char *section;       ///< as kt_stem_code()
  float db;
} KtLowCut;

/// data/mix.yaml; what each value means is said there.
typedef struct KtMixSettings {
  float anchor_under_dialogue_lu, anchor_share, silent_lufs, cue_correction_db, swing_lu;
  float speech_margin_lu, margin_safety_lu, stoi_fall_most, masked_most, masked_short, clear_lu;
  float thin_low_hz, thin_high_hz, thin_db, thin_ramp_ms;
  float duck_most_db, ramp_db_per_s, ramp_least_ms, ramp_most_ms, rise_slower, lead_ms, hold_ms;
  float hold_gap_s, long_gap_s, lift_lu;
  float sneak_s, fade_under_s, cut_fade_ms;
  float full_stage;
  float low_hz, low_corner_hz, low_share;
  KtLowCut *low_order;       ///< who is thinned first
  unsigned low_order_count;
  float surround_db, surround_delay_ms;
  float glue_over_db, glue_ratio, glue_most_db, glue_attack_ms, glue_release_ms;
  float limiter_look_ms, limiter_release_ms, no_spec_peak_dbtp, codec_room_db;
  float film_near_db, film_near_most_db, peak_look_ms, peak_release_ms;
  KtHallSend *sends;
  unsigned sends_count;
  KtLoudnessSpec *specs;
  unsigned specs_count;
} KtMixSettings;

KtStatus kt_mix_settings_load(const KtContext *ctx, KtMixSettings **settings, KtError *err);
void kt_mix_settings_free(KtMixSettings *settings);
/// KT_ERR_ARGUMENT names the specs there are; `id` NULL gives NULL.
KtStatus kt_mix_spec(const KtMixSettings *settings, const char *id, const KtLoudnessSpec **spec,
                     KtError *err);

typedef struct KtHallDesign {
  const char *id, *name;
  float width_m, length_m, height_m, mic_m, stage_width_m;
  float reflect, early_db, late_db, predelay_ms;
  float t60_low_s, t60_mid_s, t60_high_s;
  float ring_s;
} KtHallDesign;

/// data/halls.yaml.
typedef struct KtHallDesigns {
  KtHallDesign *items;
  unsigned count;
} KtHallDesigns;

KtStatus kt_hall_designs_load(const KtContext *ctx, KtHallDesigns *designs, KtError *err);
void kt_hall_designs_free(KtHallDesigns *designs);
/// KT_ERR_ARGUMENT names the halls there are; `id` NULL is the first.
KtStatus kt_hall_design(const KtHallDesigns *designs, const char *id, const KtHallDesign **design,
                        KtError *err);

#endif
