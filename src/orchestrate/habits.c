// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/habits.h"

#include <math.h>
#include <string.h>

typedef __typeof__(((KtHabitsOfPlayers *)0)->doublings) Doublings;

#define PLAIN CYAML_FLAG_DEFAULT
#define PRICE(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtPrices, name)
#define NUMBER(name) CYAML_FIELD_FLOAT(#name, PLAIN, KtHabitsOfPlayers, name)
#define STEPS(name) CYAML_FIELD_SEQUENCE(#name, CYAML_FLAG_POINTER, Doublings, name, &step, 0, 20)

static const cyaml_schema_field_t price_fields[] = {
    PRICE(preference), PRICE(outside), PRICE(discomfort), PRICE(octave), PRICE(colour),
    PRICE(heavy),      PRICE(light),   PRICE(crowd),      PRICE(tired),  PRICE(divided),
    PRICE(cannot),     PRICE(late),    PRICE(breathless), PRICE(pedals), PRICE(stay),
    PRICE(blend),      PRICE(hurry), PRICE(chance),  CYAML_FIELD_END};
static const cyaml_schema_field_t step_fields[] = {
    CYAML_FIELD_FLOAT("energy", PLAIN, KtDoublingStep, energy),
    CYAML_FIELD_INT("count", PLAIN, KtDoublingStep, count), CYAML_FIELD_END};
static const cyaml_schema_value_t step = {CYAML_VALUE_MAPPING(PLAIN, KtDoublingStep, step_fields)};
static const cyaml_schema_field_t doubling_fields[] = {STEPS(lead), STEPS(bass), STEPS(harmony),
                                                       STEPS(figure), CYAML_FIELD_END};
static const cyaml_schema_field_t spend_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, KtSpend, id, 1, 64),
    CYAML_FIELD_STRING_PTR("beside", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, KtSpend, beside, 1, 64),
    CYAML_FIELD_FLOAT("energy_min", PLAIN, KtSpend, energy_min),
    CYAML_FIELD_FLOAT("energy_max", PLAIN, KtSpend, energy_max),
    CYAML_FIELD_FLOAT("dark", PLAIN, KtSpend, dark),
    CYAML_FIELD_FLOAT("shorts", PLAIN, KtSpend, shorts),
    CYAML_FIELD_END};
static const cyaml_schema_value_t spend_one = {CYAML_VALUE_MAPPING(PLAIN, KtSpend, spend_fields)};
static const cyaml_schema_field_t printed_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct KtPrinted, id, 1, 40),
    CYAML_FIELD_STRING_PTR("as", CYAML_FLAG_POINTER, struct KtPrinted, as, 1, 40), CYAML_FIELD_END};
static const cyaml_schema_value_t printed_one = {CYAML_VALUE_MAPPING(PLAIN, struct KtPrinted, printed_fields)};
static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_MAPPING("price", PLAIN, KtHabitsOfPlayers, price, price_fields),
    NUMBER(tired_s),
    NUMBER(lead_change_s),
    CYAML_FIELD_MAPPING("doublings", PLAIN, KtHabitsOfPlayers, doublings, doubling_fields),
    NUMBER(octave_energy),
    NUMBER(spend_price),
    NUMBER(spend_reach),
    CYAML_FIELD_SEQUENCE("spend", CYAML_FLAG_POINTER, KtHabitsOfPlayers, spend, &spend_one, 0, 100),
    NUMBER(learned_price),
    NUMBER(whole_energy),
    CYAML_FIELD_SEQUENCE("printed", CYAML_FLAG_POINTER, KtHabitsOfPlayers, printed, &printed_one, 0, 100),
    NUMBER(players_floor),
    NUMBER(players_rise),
    NUMBER(bloom),
    NUMBER(bass_octave),
    NUMBER(come),
    NUMBER(breath_soft),
    NUMBER(breath_slope),
    NUMBER(breath_rest_s),
    NUMBER(hand_change_s),
    CYAML_FIELD_INT("timpani_drums", PLAIN, KtHabitsOfPlayers, timpani_drums),
    CYAML_FIELD_END};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtHabitsOfPlayers, fields)};

KtStatus kt_players_habits_load(const KtContext *ctx, KtHabitsOfPlayers **habits, KtError *err) {
  return kt_data_load(ctx, "orchestration.yaml", &schema, (void **)habits, NULL, err);
}

static bool palette_has(const KtPalette *palette, const char *id) {
  for (int r = 0; r < KT_ROLE_COUNT; ++r) {
    for (int i = 0; i < palette->roles[r].count; ++i) {
      if (!strcmp(palette->roles[r].instruments[i], id)) {
        return true;
      }
    }
  }
  return false;
}

double kt_spend_price(const KtHabitsOfPlayers *habits, const KtPalette *palette, const char *id,
                      float energy, float tension, float shorts) {
  for (unsigned i = 0; i < habits->spend_count; ++i) {
    const KtSpend *one = &habits->spend[i];
    if (strcmp(one->id, id) != 0) {
      continue;
    }
    float under = tension >= one->dark ? 0 : one->energy_min - energy;
    bool lost = !one->beside || palette_has(palette, one->beside);
    float off = fmaxf(0, fmaxf(under, lost ? energy - one->energy_max : 0));
    float share = fminf(1.0F, off / habits->spend_reach);
    return (double)(habits->spend_price * share + one->shorts * shorts);
  }
  return 0;
}

void kt_players_habits_free(KtHabitsOfPlayers *habits) {
  kt_data_free(&schema, habits, 0);
}
