// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/habits.h"

#define PLAIN CYAML_FLAG_DEFAULT
#define NUMBER(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtManner, name)
#define RATE(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtRollRates, name)

static const cyaml_schema_field_t rate_fields[] = {
    RATE(timpani), RATE(snare_drum), RATE(bass_drum), RATE(suspended_cymbal), RATE(triangle),
    RATE(taiko),   RATE(xylophone),  RATE(marimba),   RATE(other),            CYAML_FIELD_END};
static const cyaml_schema_value_t name_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 40)};
static const cyaml_schema_field_t fields[] = {
    NUMBER(arch),
    NUMBER(arch_top),
    NUMBER(arch_least_s),
    NUMBER(high_loud),
    NUMBER(metre),
    NUMBER(accent),
    NUMBER(accent_fall_s),
    NUMBER(swell),
    NUMBER(swell_least_s),
    NUMBER(repeat),
    NUMBER(spread),
    NUMBER(curve_controller),
    NUMBER(curve_velocity),
    NUMBER(timing_solo_ms),
    NUMBER(timing_section_ms),
    NUMBER(timing_drums_ms),
    NUMBER(timing_soft),
    NUMBER(timing_drift),
    NUMBER(timing_most_ms),
    NUMBER(give_way_ms),
    NUMBER(hit_least),
    NUMBER(chord_spread_ms),
    NUMBER(harp_roll_ms),
    NUMBER(legato_overlap_ms),
    NUMBER(detached),
    NUMBER(tenuto),
    NUMBER(marcato),
    CYAML_FIELD_FLOAT("short", PLAIN, KtManner, short_),
    NUMBER(short_most_s),
    NUMBER(short_least_s),
    NUMBER(repeated_gap_ms),
    NUMBER(slow_least_s),
    CYAML_FIELD_MAPPING("roll_hz", PLAIN, KtManner, roll_hz, rate_fields),
    NUMBER(trill_hz),
    CYAML_FIELD_SEQUENCE("pedal", CYAML_FLAG_POINTER, KtManner, pedal, &name_schema, 0, 40),
    NUMBER(pedal_after_ms),
    NUMBER(pedal_hold_s),
    NUMBER(control_ms),
    CYAML_FIELD_INT("control_most", PLAIN, KtManner, control_most),
    CYAML_FIELD_END};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtManner, fields)};

KtStatus kt_manner_load(const KtContext *ctx, KtManner **manner, KtError *err) {
  KtStatus status = kt_data_load(ctx, "performance.yaml", &schema, (void **)manner, NULL, err);
  if (!status && ((*manner)->control_ms < 5 || (*manner)->trill_hz <= 0 ||
                  (*manner)->roll_hz.other <= 0 || (*manner)->arch_top <= 0 ||
                  (*manner)->arch_top >= 1 || (*manner)->control_most < 1)) {
    kt_manner_free(*manner);
    *manner = NULL;
    return kt_error_set(err, KT_ERR_FORMAT,
                        "performance.yaml: control_ms must be 5 or more, rates and control_most "
                        "above 0, arch_top inside 0..1");
  }
  return status;
}

void kt_manner_free(KtManner *manner) {
  kt_data_free(&schema, manner, 0);
}
