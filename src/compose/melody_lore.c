// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/data.h"
#include "compose/melody.h"

enum { PTR = CYAML_FLAG_POINTER };

static const cyaml_strval_t MOVES[] = {{"cell", KT_LINE_CELL}, {"turned", KT_LINE_TURNED}, {"half", KT_LINE_HALF},
                                       {"run", KT_LINE_RUN},   {"song", KT_LINE_SONG},     {"breath", KT_LINE_BREATH}};
static const cyaml_schema_value_t MOVE = {CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, KtLineMove, MOVES, CYAML_ARRAY_LEN(MOVES))};
static const cyaml_schema_field_t FORM_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtLineForm, id, 1, 32), CYAML_FIELD_SEQUENCE("moves", PTR, KtLineForm, moves, &MOVE, 1, 16),
    CYAML_FIELD_INT("bars_min", 0, KtLineForm, bars_min), CYAML_FIELD_INT("bars_max", 0, KtLineForm, bars_max),
    CYAML_FIELD_FLOAT("arousal_min", 0, KtLineForm, arousal_min), CYAML_FIELD_FLOAT("arousal_max", 0, KtLineForm, arousal_max),
    CYAML_FIELD_FLOAT("weight", 0, KtLineForm, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t FORM = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtLineForm, FORM_FIELDS)};
static const cyaml_schema_field_t BEGIN_FIELDS[] = {
    CYAML_FIELD_FLOAT("on", 0, struct KtLineBegins, on), CYAML_FIELD_FLOAT("upbeat", 0, struct KtLineBegins, upbeat),
    CYAML_FIELD_FLOAT("after", 0, struct KtLineBegins, after), CYAML_FIELD_END};
static const cyaml_schema_field_t END_FIELDS[] = {
    CYAML_FIELD_FLOAT("sung", 0, struct KtLineEnds, sung), CYAML_FIELD_FLOAT("held", 0, struct KtLineEnds, held),
    CYAML_FIELD_FLOAT("short", 0, struct KtLineEnds, short_),
    CYAML_FIELD_FLOAT("through", 0, struct KtLineEnds, through), CYAML_FIELD_END};
static const cyaml_schema_field_t RANGE_FIELDS[] = {
    CYAML_FIELD_FLOAT("low", 0, KtRangeLore, low), CYAML_FIELD_FLOAT("middle", 0, KtRangeLore, middle),
    CYAML_FIELD_FLOAT("high", 0, KtRangeLore, high), CYAML_FIELD_END};
#define SECOND(name) CYAML_FIELD_FLOAT(#name, 0, struct KtCounterLore, name)
static const cyaml_schema_field_t COUNTER_FIELDS[] = {
    SECOND(more), SECOND(calm), CYAML_FIELD_INT("moves", 0, struct KtCounterLore, moves), SECOND(contrary), SECOND(together),
    SECOND(similar), SECOND(parallel), SECOND(idle), SECOND(held), SECOND(suspension), CYAML_FIELD_END};
#define PRICE(name) CYAML_FIELD_FLOAT(#name, 0, struct KtLinePrices, name)
static const cyaml_schema_field_t PRICE_FIELDS[] = {
    PRICE(rare), PRICE(wide), PRICE(away),     PRICE(foreign_strong), PRICE(foreign_weak), PRICE(foreign_last), PRICE(outside),    PRICE(foreign_left), PRICE(turn),
    PRICE(leap_on),  PRICE(leap_chord),     PRICE(leap_wide),    PRICE(again),        PRICE(above_peak), PRICE(ends_open),    CYAML_FIELD_END};
#define RANGE(name) CYAML_FIELD_MAPPING(#name, 0, KtMelodyLore, name, RANGE_FIELDS)
static const cyaml_schema_value_t NUMBER = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};
static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_SEQUENCE_FIXED("bars", 0, KtMelodyLore, bars, &NUMBER, KT_PHRASE_BARS),
    CYAML_FIELD_FLOAT("whole", 0, KtMelodyLore, whole),
    CYAML_FIELD_FLOAT("stirred", 0, KtMelodyLore, stirred),
    CYAML_FIELD_FLOAT("joint_bars", 0, KtMelodyLore, joint_bars),
    CYAML_FIELD_MAPPING("begins", 0, KtMelodyLore, begins, BEGIN_FIELDS),
    CYAML_FIELD_MAPPING("joint", 0, KtMelodyLore, joint, BEGIN_FIELDS),
    CYAML_FIELD_MAPPING("ends", 0, KtMelodyLore, ends, END_FIELDS),
    CYAML_FIELD_MAPPING("stirred_ends", 0, KtMelodyLore, stirred_ends, END_FIELDS),
    CYAML_FIELD_FLOAT("end_late", 0, KtMelodyLore, end_late),
    CYAML_FIELD_SEQUENCE("forms", PTR, KtMelodyLore, forms, &FORM, 1, 32),
    CYAML_FIELD_FLOAT("answer", 0, KtMelodyLore, answer),
    CYAML_FIELD_FLOAT("take", 0, KtMelodyLore, take),
    CYAML_FIELD_INT("take_tones", 0, KtMelodyLore, take_tones),
    CYAML_FIELD_FLOAT("breath_held", 0, KtMelodyLore, breath_held),
    CYAML_FIELD_FLOAT("link_held", 0, KtMelodyLore, link_held),
    CYAML_FIELD_FLOAT("link", 0, KtMelodyLore, link),
    CYAML_FIELD_FLOAT("link_stirred", 0, KtMelodyLore, link_stirred),
    CYAML_FIELD_FLOAT("syncopation", 0, KtMelodyLore, syncopation),
    CYAML_FIELD_FLOAT("tied_over", 0, KtMelodyLore, tied_over),
    RANGE(run),
    CYAML_FIELD_FLOAT("run_quicker", 0, KtMelodyLore, run_quicker),
    CYAML_FIELD_FLOAT("follow", 0, KtMelodyLore, follow),
    CYAML_FIELD_MAPPING("counter", 0, KtMelodyLore, counter, COUNTER_FIELDS),
    RANGE(peak_at),
    RANGE(peak),
    RANGE(start),
    RANGE(end),
    CYAML_FIELD_MAPPING("price", 0, KtMelodyLore, price, PRICE_FIELDS),
    CYAML_FIELD_END};
static const cyaml_schema_value_t MELODY = {CYAML_VALUE_MAPPING(PTR, KtMelodyLore, FIELDS)};

KtStatus kt_melody_lore_load(const KtContext *ctx, KtMelodyLore **lore, KtError *err) {
  return kt_data_load(ctx, "melody.yaml", &MELODY, (void **)lore, NULL, err);
}

void kt_melody_lore_free(KtMelodyLore *lore) {
  kt_data_free(&MELODY, lore, 0);
}
