// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perform/habits.h"

#define PLAIN CYAML_FLAG_DEFAULT
#define NUMBER(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtManner, name)
#define RATE(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtRollRates, name)

static const cyaml_schema_field_t rate_fields[] = {
    RATE(timpani), RATE(snare_drum), RATE(bass_drum), RATE(suspended_cymbal), RATE(triangle),
    RATE(taiko),   RATE(xylophone),  RATE(marimba),   RATE(other),            CYAML_FIELD_END};
#define AMOUNT(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtAmounts, name)
static const cyaml_schema_field_t amount_fields[] = {
    AMOUNT(arch),   AMOUNT(high_loud), AMOUNT(metre),  AMOUNT(accent),   AMOUNT(swell),  AMOUNT(repeat),
    AMOUNT(spread), AMOUNT(timing),    AMOUNT(chords), AMOUNT(give_way), AMOUNT(legato),
    AMOUNT(sforzato), CYAML_FIELD_END};
static const cyaml_schema_value_t name_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 40)};
static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_MAPPING("amount", PLAIN, KtManner, amount, amount_fields),
    NUMBER(arch),
    NUMBER(arch_top),
    NUMBER(arch_least_s),
    NUMBER(high_loud),
    NUMBER(gesture_full),
    NUMBER(metre),
    NUMBER(accent),
    NUMBER(accent_fall_s),
    NUMBER(accent_slow),
    NUMBER(accent_quick),
    NUMBER(marcato_accent),
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
    NUMBER(hit_over),
    NUMBER(hit_breath_ms),
    NUMBER(stop_pedal_ms),
    NUMBER(chord_spread_ms),
    NUMBER(harp_roll_ms),
    NUMBER(legato_overlap_ms),
    NUMBER(detached),
    NUMBER(tenuto),
    NUMBER(marcato),
    CYAML_FIELD_FLOAT("short", PLAIN, KtManner, short_),
    NUMBER(short_most_s),
    NUMBER(short_least_s),
    NUMBER(spiccato),
    NUMBER(spiccato_most_s),
    NUMBER(repeated_gap_ms),
    NUMBER(slow_least_s),
    NUMBER(sforzato_over),
    NUMBER(sforzato_under),
    NUMBER(sforzato_hold_ms),
    NUMBER(sforzato_fall_ms),
    NUMBER(sforzato_growth),
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

/// Each amount into the numbers of its rule. False where one is negative or beyond 10.
static bool turn_dials(KtManner *manner) {
  const KtAmounts *amount = &manner->amount;
  const struct {
    float amount;
    float *of[4];
  } dials[] = {
      {amount->arch, {&manner->arch}},
      {amount->high_loud, {&manner->high_loud}},
      {amount->metre, {&manner->metre}},
      {amount->accent, {&manner->accent}},
      {amount->swell, {&manner->swell}},
      {amount->repeat, {&manner->repeat}},
      {amount->spread, {&manner->spread}},
      {amount->timing,
       {&manner->timing_solo_ms, &manner->timing_section_ms, &manner->timing_drums_ms,
        &manner->timing_most_ms}},
      {amount->chords, {&manner->chord_spread_ms, &manner->harp_roll_ms}},
      {amount->give_way, {&manner->give_way_ms}},
      {amount->legato, {&manner->legato_overlap_ms}},
      {amount->sforzato, {&manner->sforzato_over, &manner->sforzato_under}},
  };
  bool sane = true;
  for (size_t i = 0; i < sizeof(dials) / sizeof(*dials); ++i) {
    sane = sane && dials[i].amount >= 0 && dials[i].amount <= 10;
    for (int k = 0; k < 4 && dials[i].of[k]; ++k) {
      *dials[i].of[k] *= dials[i].amount;
    }
  }
  return sane;
}

KtStatus kt_manner_load(const KtContext *ctx, KtManner **manner, KtError *err) {
  KtStatus status = kt_data_load(ctx, "performance.yaml", &schema, (void **)manner, NULL, err);
  if (!status && ((*manner)->control_ms < 5 || (*manner)->trill_hz <= 0 ||
                  (*manner)->roll_hz.other <= 0 || (*manner)->arch_top <= 0 ||
                  (*manner)->arch_top >= 1 || (*manner)->gesture_full <= 0 || (*manner)->control_most < 1)) {
    kt_manner_free(*manner);
    *manner = NULL;
    return kt_error_set(err, KT_ERR_FORMAT,
                        "performance.yaml: control_ms must be 5 or more, rates and control_most "
                        "above 0, arch_top inside 0..1, gesture_full above 0");
  }
  if (!status && !turn_dials(*manner)) {
    kt_manner_free(*manner);
    *manner = NULL;
    return kt_error_set(err, KT_ERR_FORMAT, "performance.yaml: amounts are 0 (off) to 10, 1 as it is");
  }
  return status;
}

void kt_manner_free(KtManner *manner) {
  kt_data_free(&schema, manner, 0);
}
