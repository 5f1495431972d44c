// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/plan_book.h"

#include "base/data.h"

static const cyaml_strval_t MODES[] = {
    {"locrian", KT_MODE_LOCRIAN}, {"phrygian", KT_MODE_PHRYGIAN},     {"aeolian", KT_MODE_AEOLIAN},
    {"dorian", KT_MODE_DORIAN},   {"mixolydian", KT_MODE_MIXOLYDIAN}, {"ionian", KT_MODE_IONIAN},
    {"lydian", KT_MODE_LYDIAN},
};
static const cyaml_strval_t STATES[] = {
    {"absent", KT_STATE_ABSENT},         {"unknown", KT_STATE_UNKNOWN},
    {"present", KT_STATE_PRESENT},       {"strong", KT_STATE_STRONG},
    {"afraid", KT_STATE_AFRAID},         {"in_love", KT_STATE_IN_LOVE},
    {"divided", KT_STATE_DIVIDED},       {"lost", KT_STATE_LOST},
    {"remembered", KT_STATE_REMEMBERED}, {"returned", KT_STATE_RETURNED},
};
static const cyaml_strval_t FORMS[] = {
    {"plain", KT_TRANSFORM_PLAIN},
    {"fragment", KT_TRANSFORM_FRAGMENT},
    {"augmentation", KT_TRANSFORM_AUGMENTATION},
    {"diminution", KT_TRANSFORM_DIMINUTION},
    {"sequence", KT_TRANSFORM_SEQUENCE},
    {"inversion", KT_TRANSFORM_INVERSION},
    {"mode", KT_TRANSFORM_MODE},
    {"reharmonised", KT_TRANSFORM_REHARMONISED},
    {"truncated", KT_TRANSFORM_TRUNCATED},
    {"contrapuntal", KT_TRANSFORM_CONTRAPUNTAL},
};
static const cyaml_strval_t ROLES[] = {
    {"lead", KT_ROLE_LEAD}, {"counter", KT_ROLE_COUNTER}, {"bass", KT_ROLE_BASS}};
static const cyaml_strval_t SHADES[] = {
    {"same", KT_SHADE_SAME}, {"darker", KT_SHADE_DARKER}, {"lighter", KT_SHADE_LIGHTER}, {"moment", KT_SHADE_MOMENT}};

static const cyaml_schema_value_t float_value = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};
static const cyaml_schema_value_t int_value = {CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int)};
static const cyaml_schema_value_t form_value = {
    CYAML_VALUE_ENUM(CYAML_FLAG_DEFAULT, KtTransform, FORMS, CYAML_ARRAY_LEN(FORMS))};

static const cyaml_schema_field_t tempo_fields[] = {
    CYAML_FIELD_FLOAT("low_bpm", CYAML_FLAG_DEFAULT, KtPlanTempo, low_bpm),
    CYAML_FIELD_FLOAT("high_bpm", CYAML_FLAG_DEFAULT, KtPlanTempo, high_bpm),
    CYAML_FIELD_FLOAT("edit_pull", CYAML_FLAG_DEFAULT, KtPlanTempo, edit_pull),
    CYAML_FIELD_FLOAT("theme_pull", CYAML_FLAG_DEFAULT, KtPlanTempo, theme_pull),
    CYAML_FIELD_FLOAT("slow_cuts", CYAML_FLAG_DEFAULT, KtPlanTempo, slow_cuts),
    CYAML_FIELD_FLOAT("fast_cuts", CYAML_FLAG_DEFAULT, KtPlanTempo, fast_cuts),
    CYAML_FIELD_END};
static const cyaml_schema_field_t pulse_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, KtPlanPulse, name, 1, 32),
    CYAML_FIELD_BOOL("chase", CYAML_FLAG_DEFAULT, KtPlanPulse, chase),
    CYAML_FIELD_SEQUENCE_FIXED("arousal", CYAML_FLAG_DEFAULT, KtPlanPulse, arousal, &float_value, 2),
    CYAML_FIELD_SEQUENCE_FIXED("tension", CYAML_FLAG_DEFAULT, KtPlanPulse, tension, &float_value, 2),
    CYAML_FIELD_SEQUENCE_FIXED("bpm", CYAML_FLAG_DEFAULT, KtPlanPulse, bpm, &float_value, 2),
    CYAML_FIELD_FLOAT("pull", CYAML_FLAG_DEFAULT, KtPlanPulse, pull), CYAML_FIELD_END};
static const cyaml_schema_value_t pulse_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPlanPulse, pulse_fields)};
static const cyaml_schema_field_t energy_fields[] = {
    CYAML_FIELD_FLOAT("share", CYAML_FLAG_DEFAULT, KtPlanEnergy, share),
    CYAML_FIELD_FLOAT("most", CYAML_FLAG_DEFAULT, KtPlanEnergy, most), CYAML_FIELD_END};
static const cyaml_schema_field_t mode_fields[] = {
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_DEFAULT, KtPlanMode, mode, MODES, CYAML_ARRAY_LEN(MODES)),
    CYAML_FIELD_ENUM("darker", CYAML_FLAG_DEFAULT, KtPlanMode, darker, MODES,
                     CYAML_ARRAY_LEN(MODES)),
    CYAML_FIELD_ENUM("lighter", CYAML_FLAG_DEFAULT, KtPlanMode, lighter, MODES,
                     CYAML_ARRAY_LEN(MODES)),
    CYAML_FIELD_END};
static const cyaml_schema_field_t state_fields[] = {
    CYAML_FIELD_ENUM("state", CYAML_FLAG_DEFAULT, KtPlanState, state, STATES,
                     CYAML_ARRAY_LEN(STATES)),
    CYAML_FIELD_SEQUENCE("forms", CYAML_FLAG_POINTER, KtPlanState, forms, &form_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_ENUM("role", CYAML_FLAG_DEFAULT, KtPlanState, role, ROLES, CYAML_ARRAY_LEN(ROLES)),
    CYAML_FIELD_ENUM("shade", CYAML_FLAG_DEFAULT, KtPlanState, shade, SHADES,
                     CYAML_ARRAY_LEN(SHADES)),
    CYAML_FIELD_FLOAT("energy", CYAML_FLAG_DEFAULT, KtPlanState, energy),
    CYAML_FIELD_BOOL("hidden", CYAML_FLAG_DEFAULT, KtPlanState, hidden),
    CYAML_FIELD_SEQUENCE("fifths", CYAML_FLAG_POINTER, KtPlanState, fifths, &int_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_field_t feeling_fields[] = {
    CYAML_FIELD_ENUM("state", CYAML_FLAG_DEFAULT, KtPlanFeeling, state, STATES,
                     CYAML_ARRAY_LEN(STATES)),
    CYAML_FIELD_SEQUENCE_FIXED("tension", CYAML_FLAG_DEFAULT, KtPlanFeeling, tension, &float_value,
                               2),
    CYAML_FIELD_SEQUENCE_FIXED("valence", CYAML_FLAG_DEFAULT, KtPlanFeeling, valence, &float_value,
                               2),
    CYAML_FIELD_SEQUENCE_FIXED("arousal", CYAML_FLAG_DEFAULT, KtPlanFeeling, arousal, &float_value,
                               2),
    CYAML_FIELD_END};

static const cyaml_schema_value_t energy_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPlanEnergy, energy_fields)};
static const cyaml_schema_value_t mode_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPlanMode, mode_fields)};
static const cyaml_schema_value_t state_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPlanState, state_fields)};
static const cyaml_schema_value_t feeling_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtPlanFeeling, feeling_fields)};

static const cyaml_schema_field_t book_fields[] = {
    CYAML_FIELD_FLOAT("statement_every_s", CYAML_FLAG_DEFAULT, KtPlanBook, statement_every_s),
    CYAML_FIELD_FLOAT("principal_every_s", CYAML_FLAG_DEFAULT, KtPlanBook, principal_every_s),
    CYAML_FIELD_FLOAT("marked_share", CYAML_FLAG_DEFAULT, KtPlanBook, marked_share),
    CYAML_FIELD_FLOAT("worn", CYAML_FLAG_DEFAULT, KtPlanBook, worn),
    CYAML_FIELD_FLOAT("darker_below", CYAML_FLAG_DEFAULT, KtPlanBook, darker_below),
    CYAML_FIELD_FLOAT("lighter_above", CYAML_FLAG_DEFAULT, KtPlanBook, lighter_above),
    CYAML_FIELD_FLOAT("first_energy", CYAML_FLAG_DEFAULT, KtPlanBook, first_energy),
    CYAML_FIELD_FLOAT("first_stirred", CYAML_FLAG_DEFAULT, KtPlanBook, first_stirred),
    CYAML_FIELD_FLOAT("stirred", CYAML_FLAG_DEFAULT, KtPlanBook, stirred),
    CYAML_FIELD_FLOAT("calm", CYAML_FLAG_DEFAULT, KtPlanBook, calm),
    CYAML_FIELD_FLOAT("opposite", CYAML_FLAG_DEFAULT, KtPlanBook, opposite),
    CYAML_FIELD_FLOAT("return_from", CYAML_FLAG_DEFAULT, KtPlanBook, return_from),
    CYAML_FIELD_FLOAT("principal_share", CYAML_FLAG_DEFAULT, KtPlanBook, principal_share),
    CYAML_FIELD_MAPPING("tempo", CYAML_FLAG_DEFAULT, KtPlanBook, tempo, tempo_fields),
    CYAML_FIELD_SEQUENCE("pulses", CYAML_FLAG_POINTER, KtPlanBook, pulses, &pulse_value, 1, 16),
    CYAML_FIELD_SEQUENCE("energy", CYAML_FLAG_POINTER, KtPlanBook, energy, &energy_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("modes", CYAML_FLAG_POINTER, KtPlanBook, modes, &mode_value, 7, 7),
    CYAML_FIELD_SEQUENCE("states", CYAML_FLAG_POINTER, KtPlanBook, states, &state_value, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("feelings", CYAML_FLAG_POINTER, KtPlanBook, feelings, &feeling_value, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t book_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtPlanBook, book_fields)};

const KtPlanState *kt_plan_state(const KtPlanBook *book, KtSubjectState state) {
  for (unsigned i = 0; i < book->states_count; ++i) {
    if (book->states[i].state == state) {
      return &book->states[i];
    }
  }
  return NULL;
}

KtMode kt_plan_shade(const KtPlanBook *book, KtMode mode, KtPlanShade shade) {
  for (unsigned i = 0; i < book->modes_count && shade != KT_SHADE_SAME; ++i) {
    if (book->modes[i].mode == mode) {
      return shade == KT_SHADE_DARKER ? book->modes[i].darker : book->modes[i].lighter;
    }
  }
  return mode;
}

KtStatus kt_plan_book_load(const KtContext *ctx, KtPlanBook **book, KtError *err) {
  void *value = NULL;
  KtStatus status = kt_data_load(ctx, "plan.yaml", &book_value, &value, NULL, err);
  *book = value;
  for (size_t i = 0; !status && i < CYAML_ARRAY_LEN(STATES); ++i) {
    if (!kt_plan_state(*book, (KtSubjectState)STATES[i].val)) {
      status = kt_error_set(err, KT_ERR_FORMAT,
                            "plan.yaml: no row for the state %s; add one to states", STATES[i].str);
    }
  }
  if (status) {
    kt_plan_book_free(*book);
    *book = NULL;
  }
  return status;
}

void kt_plan_book_free(KtPlanBook *book) {
  kt_data_free(&book_value, book, 0);
}
