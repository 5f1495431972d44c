// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/settings.h"

#include "base/data.h"
#include "orchestra/orchestra.h"

#include <stdio.h>
#include <string.h>

#define REAL(type, name) CYAML_FIELD_FLOAT(#name, CYAML_FLAG_DEFAULT, type, name)
#define TEXT(type, name) CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER, type, name, 1, 64)

static const cyaml_schema_field_t spec_fields[] = {
    TEXT(KtLoudnessSpec, id), REAL(KtLoudnessSpec, lufs), REAL(KtLoudnessSpec, peak_dbtp),
    CYAML_FIELD_BOOL("dialogue", CYAML_FLAG_DEFAULT, KtLoudnessSpec, dialogue), CYAML_FIELD_END};
static const cyaml_schema_value_t spec_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtLoudnessSpec, spec_fields)};

static const cyaml_schema_field_t send_fields[] = {TEXT(KtHallSend, section), REAL(KtHallSend, db),
                                                   CYAML_FIELD_END};
static const cyaml_schema_value_t send_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtHallSend, send_fields)};

static const cyaml_schema_field_t low_fields[] = {TEXT(KtLowCut, section), REAL(KtLowCut, db), CYAML_FIELD_END};
static const cyaml_schema_value_t low_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtLowCut, low_fields)};

#define MIX(name) REAL(KtMixSettings, name)
static const cyaml_schema_field_t mix_fields[] = {
    MIX(anchor_under_dialogue_lu),
    MIX(anchor_share),
    MIX(silent_lufs),
    MIX(cue_correction_db),
    MIX(swing_lu),
    MIX(speech_margin_lu),
    MIX(margin_safety_lu),
    MIX(stoi_fall_most),
    MIX(masked_most),
    MIX(masked_short),
    MIX(clear_lu),
    MIX(thin_low_hz),
    MIX(thin_high_hz),
    MIX(thin_db),
    MIX(thin_ramp_ms),
    MIX(duck_most_db),
    MIX(ramp_db_per_s),
    MIX(ramp_least_ms),
    MIX(ramp_most_ms),
    MIX(rise_slower),
    MIX(lead_ms),
    MIX(hold_ms),
    MIX(hold_gap_s),
    MIX(long_gap_s),
    MIX(lift_lu),
    MIX(sneak_s),
    MIX(fade_under_s),
    MIX(cut_fade_ms),
    MIX(full_stage),
    MIX(low_hz),
    MIX(low_corner_hz),
    MIX(low_share),
    CYAML_FIELD_SEQUENCE("low_order", CYAML_FLAG_POINTER, KtMixSettings, low_order, &low_schema, 0, KT_STEM_COUNT),
    MIX(surround_db),
    MIX(surround_delay_ms),
    MIX(glue_over_db),
    MIX(glue_ratio),
    MIX(glue_most_db),
    MIX(glue_attack_ms),
    MIX(glue_release_ms),
    MIX(limiter_look_ms),
    MIX(limiter_release_ms),
    MIX(no_spec_peak_dbtp),
    MIX(codec_room_db),
    MIX(film_near_db),
    MIX(film_near_most_db),
    MIX(peak_look_ms),
    MIX(peak_release_ms),
    CYAML_FIELD_SEQUENCE("sends", CYAML_FLAG_POINTER, KtMixSettings, sends, &send_schema, 1, KT_STEM_COUNT),
    CYAML_FIELD_SEQUENCE("specs", CYAML_FLAG_POINTER, KtMixSettings, specs, &spec_schema, 1, 32),
    CYAML_FIELD_END};
static const cyaml_schema_value_t mix_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtMixSettings, mix_fields)};

#define HALL(name) REAL(KtHallDesign, name)
static const cyaml_schema_field_t hall_fields[] = {
    TEXT(KtHallDesign, id), TEXT(KtHallDesign, name), HALL(width_m),   HALL(length_m),
    HALL(height_m),         HALL(mic_m),              HALL(stage_width_m), HALL(reflect),
    HALL(early_db),         HALL(late_db),            HALL(predelay_ms), HALL(t60_low_s),
    HALL(t60_mid_s),        HALL(t60_high_s),         HALL(ring_s),    CYAML_FIELD_END};
static const cyaml_schema_value_t hall_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtHallDesign, hall_fields)};
static const cyaml_schema_value_t halls_schema = {
    CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, KtHallDesign, &hall_schema, 1, 64)};

static bool is_section(const char *code) {
  int stem = 0;
  while (stem < KT_STEM_COUNT && strcmp(code, kt_stem_code((KtSectionId)stem)) != 0) {
    ++stem;
  }
  return stem < KT_STEM_COUNT;
}

KtStatus kt_mix_settings_load(const KtContext *ctx, KtMixSettings **settings, KtError *err) {
  void *value = NULL;
  KtStatus status = kt_data_load(ctx, "mix.yaml", &mix_schema, &value, NULL, err);
  KtMixSettings *loaded = value;
  for (unsigned i = 0; !status && i < loaded->sends_count; ++i) {
    if (!is_section(loaded->sends[i].section)) {
      status = kt_error_at(err, KT_ERR_FORMAT, "mix.yaml", 0, 0,
                           "sends to the hall from %s, which is no section: write STH, STL, WWD, BRS, PRC, KEY, CHR or SYN",
                           loaded->sends[i].section);
    }
  }
  for (unsigned i = 0; !status && i < loaded->low_order_count; ++i) {
    if (!is_section(loaded->low_order[i].section)) {
      status = kt_error_at(err, KT_ERR_FORMAT, "mix.yaml", 0, 0,
                           "low_order names %s, which is no section: write STH, STL, WWD, BRS, PRC, KEY, CHR or SYN",
                           loaded->low_order[i].section);
    }
  }
  if (status && loaded) {
    kt_mix_settings_free(loaded);
    loaded = NULL;
  }
  *settings = loaded;
  return status;
}

void kt_mix_settings_free(KtMixSettings *settings) {
  kt_data_free(&mix_schema, settings, 0);
}

KtStatus kt_mix_spec(const KtMixSettings *settings, const char *id, const KtLoudnessSpec **spec,
                     KtError *err) {
  *spec = NULL;
  if (!id) {
    return KT_OK;
  }
  char names[256] = "";
  for (unsigned i = 0; i < settings->specs_count; ++i) {
    if (!strcmp(id, settings->specs[i].id)) {
      *spec = &settings->specs[i];
      return KT_OK;
    }
    size_t used = strlen(names);
    snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "", settings->specs[i].id);
  }
  return kt_error_set(err, KT_ERR_ARGUMENT, "there is no loudness \"%s\"; choose %s", id, names);
}

KtStatus kt_hall_designs_load(const KtContext *ctx, KtHallDesigns *designs, KtError *err) {
  void *value = NULL;
  KtStatus status = kt_data_load(ctx, "halls.yaml", &halls_schema, &value, &designs->count, err);
  designs->items = value;
  return status;
}

void kt_hall_designs_free(KtHallDesigns *designs) {
  kt_data_free(&halls_schema, designs->items, designs->count);
  memset(designs, 0, sizeof(*designs));
}

KtStatus kt_hall_design(const KtHallDesigns *designs, const char *id, const KtHallDesign **design,
                        KtError *err) {
  char names[256] = "";
  for (unsigned i = 0; i < designs->count; ++i) {
    if (!id || !strcmp(id, designs->items[i].id)) {
      *design = &designs->items[i];
      return KT_OK;
    }
    size_t used = strlen(names);
    snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "", designs->items[i].id);
  }
  return kt_error_set(err, KT_ERR_ARGUMENT, "there is no hall \"%s\"; choose %s", id, names);
}
