// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestra/instruments.h"

#include <math.h>
#include <string.h>

typedef struct Amounts {
  float desks, divisi, vibrato, place, slur, bow, brightness;
} Amounts;

typedef struct EnsembleFile {
  Amounts amount;
  KtSectionDesk *desks;
  unsigned desks_count;
  float own_cents, own_ms, together_ms, slur_fade_ms, slur_lead_ms, bow_soft_s, bow_loud_s, bow_spread,
      bow_lead_ms;
  KtBrightness brightness;
} EnsembleFile;

#define PLAIN        CYAML_FLAG_DEFAULT
#define AMOUNT(name) CYAML_FIELD_FLOAT(#name, PLAIN, Amounts, name)
#define DESK(name)   CYAML_FIELD_FLOAT(#name, PLAIN, KtSectionDesk, name)
#define NUMBER(name) CYAML_FIELD_FLOAT(#name, PLAIN, EnsembleFile, name)
static const cyaml_schema_field_t amount_fields[] = {AMOUNT(desks), AMOUNT(divisi), AMOUNT(vibrato),
                                                     AMOUNT(place), AMOUNT(slur),   AMOUNT(bow),
                                                     AMOUNT(brightness), CYAML_FIELD_END};
#define BRIGHT(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtBrightness, name)
static const cyaml_schema_field_t bright_fields[] = {BRIGHT(soft_octaves), BRIGHT(loud_octaves), BRIGHT(curve),
                                                     BRIGHT(key_share), CYAML_FIELD_END};
static const cyaml_schema_field_t desk_fields[] = {
    DESK(cents), DESK(late_ms),      CYAML_FIELD_INT("shift", PLAIN, KtSectionDesk, shift),
    DESK(place), DESK(vibrato_cents), DESK(vibrato_hz),
    CYAML_FIELD_END};
static const cyaml_schema_value_t desk_schema = {CYAML_VALUE_MAPPING(PLAIN, KtSectionDesk, desk_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_MAPPING("amount", PLAIN, EnsembleFile, amount, amount_fields),
    CYAML_FIELD_SEQUENCE("desks", CYAML_FLAG_POINTER, EnsembleFile, desks, &desk_schema, 1, KT_DESKS),
    NUMBER(own_cents),
    NUMBER(own_ms),
    NUMBER(together_ms),
    NUMBER(slur_fade_ms),
    NUMBER(slur_lead_ms),
    NUMBER(bow_soft_s),
    NUMBER(bow_loud_s),
    NUMBER(bow_spread),
    NUMBER(bow_lead_ms),
    CYAML_FIELD_MAPPING("brightness", PLAIN, EnsembleFile, brightness, bright_fields),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, EnsembleFile, file_fields)};

static bool in(double value, double low, double high) {
  return value >= low && value <= high; // false for what is no number
}

static KtStatus check(const EnsembleFile *file, KtError *err) {
  const Amounts *a = &file->amount;
  const float amounts[] = {a->desks, a->divisi, a->vibrato, a->place, a->slur, a->bow, a->brightness};
  for (size_t i = 0; i < sizeof(amounts) / sizeof(*amounts); ++i) {
    if (!in((double)amounts[i], 0, 10)) {
      return kt_error_set(err, KT_ERR_FORMAT, "ensemble.yaml: amounts are 0 (off) to 10, 1 as it is");
    }
  }
  for (unsigned d = 0; d < file->desks_count; ++d) {
    const KtSectionDesk *one = &file->desks[d];
    if (!in((double)one->cents, -50, 50) || !in((double)one->late_ms, -50, 50) || !in(one->shift, -12, 12) ||
        !in((double)one->place, -100, 100) || !in((double)one->vibrato_cents, 0, 100) ||
        !in((double)one->vibrato_hz, 0.1, 20)) {
      return kt_error_set(err, KT_ERR_FORMAT,
                          "ensemble.yaml: desk %u: cents and late_ms lie within 50, shift within 12, place "
                          "within 100, vibrato_cents in 0..100, vibrato_hz in 0.1..20", d + 1);
    }
  }
  if (!in((double)file->own_cents, 0, 50) || !in((double)file->own_ms, 0, 50) ||
      !in((double)file->together_ms, 0, 200) || !in((double)file->slur_fade_ms, 2, 500) ||
      !in((double)file->slur_lead_ms, 0, 1000) || !in((double)file->bow_lead_ms, 0, 1000) ||
      !in((double)file->bow_soft_s, 0.5, 60) || !in((double)file->bow_loud_s, 0.5, 60) ||
      !in((double)file->bow_spread, 0, 0.5)) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "ensemble.yaml: own_cents and own_ms are at most 50, together_ms 200, slur_fade_ms "
                        "2..500, slur_lead_ms and bow_lead_ms at most 1000, bows 0.5..60 s, bow_spread at most 0.5");
  }
  const KtBrightness *bright = &file->brightness;
  if (!in((double)bright->soft_octaves, -2, 10) || !in((double)bright->loud_octaves, (double)bright->soft_octaves, 10) ||
      !in((double)bright->curve, 0.1, 10) || !in((double)bright->key_share, 0, 1)) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "ensemble.yaml: brightness: soft_octaves -2..10, loud_octaves no less and at most 10, "
                        "curve 0.1..10, key_share 0..1");
  }
  return KT_OK;
}

/// Each amount into the numbers of its rule. A slur is there or not; a bow gets longer.
static void take(const EnsembleFile *file, KtEnsemble *to) {
  const Amounts *amount = &file->amount;
  *to = (KtEnsemble){.desk_count = amount->desks > 0 ? (int)file->desks_count : 1,
                     .own_cents = file->own_cents * amount->desks,
                     .own_ms = file->own_ms * amount->desks,
                     .together_ms = file->together_ms,
                     .divisi = fminf(1, amount->divisi),
                     .slur_fade_ms = amount->slur > 0 ? file->slur_fade_ms * amount->slur : 0,
                     .slur_lead_ms = file->slur_lead_ms,
                     .bow_soft_s = amount->bow > 0 ? file->bow_soft_s / amount->bow : 0,
                     .bow_loud_s = amount->bow > 0 ? file->bow_loud_s / amount->bow : 0,
                     .bow_spread = file->bow_spread,
                     .bow_lead_ms = file->bow_lead_ms};
  to->brightness = file->brightness; // below 1 the soft end is less dark
  to->brightness.soft_octaves += (1 - amount->brightness) * (file->brightness.loud_octaves - file->brightness.soft_octaves);
  for (unsigned d = 0; d < file->desks_count; ++d) {
    KtSectionDesk *desk = &to->desks[d];
    *desk = file->desks[d];
    desk->cents *= amount->desks;
    desk->late_ms *= amount->desks;
    desk->vibrato_cents *= amount->vibrato;
    desk->place *= amount->place;
  }
}

KtStatus kt_ensemble_load(const KtContext *ctx, KtOrchestra *orchestra, KtError *err) {
  EnsembleFile *file = NULL;
  KtStatus status = kt_data_load(ctx, "ensemble.yaml", &file_schema, (void **)&file, NULL, err);
  if (!status) {
    status = check(file, err);
  }
  if (!status) {
    take(file, &orchestra->ensemble);
    for (int i = 0; i < orchestra->count; ++i) {
      for (int a = 0; a < KT_ART_COUNT; ++a) {
        KtPreset *preset = &orchestra->instruments[i].presets[a];
        preset->brightness = preset->tone_hz > 0 ? &orchestra->ensemble.brightness : NULL;
      }
    }
  }
  if (file) {
    kt_data_free(&file_schema, file, 0);
  }
  return status;
}
