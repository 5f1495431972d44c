// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/rules.h"

#include "base/data.h"

#define F(type, key) CYAML_FIELD_FLOAT(#key, CYAML_FLAG_DEFAULT, type, key)
#define O(key)                                                                                     \
  CYAML_FIELD_FLOAT_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, KtStateRule, key)

static const cyaml_schema_field_t weight_fields[] = {
    F(KtFeatureWeight, floor), F(KtFeatureWeight, valence), F(KtFeatureWeight, arousal),
    F(KtFeatureWeight, tension), CYAML_FIELD_END};
#define W(key) CYAML_FIELD_MAPPING(#key, CYAML_FLAG_DEFAULT, KtArcRules, key, weight_fields)
static const cyaml_schema_field_t arc_fields[] = {F(KtArcRules, words),
                                                  F(KtArcRules, picture),
                                                  F(KtArcRules, sound),
                                                  F(KtArcRules, action_arousal),
                                                  F(KtArcRules, dialogue_valence),
                                                  F(KtArcRules, word_fade_s),
                                                  F(KtArcRules, scene_base),
                                                  F(KtArcRules, smooth_s),
                                                  F(KtArcRules, reach),
                                                  F(KtArcRules, gain_max),
                                                  F(KtArcRules, whole_s),
                                                  F(KtArcRules, cut_window_s),
                                                  F(KtArcRules, blows),
                                                  F(KtArcRules, dark_blows),
                                                  F(KtArcRules, dark_burst),
                                                  F(KtArcRules, music_calm),
                                                  F(KtArcRules, blow_glad),
                                                  F(KtArcRules, blow_loss),
                                                  F(KtArcRules, mourned_s),
                                                  W(brightness),
                                                  W(saturation),
                                                  W(warmth),
                                                  W(motion),
                                                  W(cuts),
                                                  W(loudness),
                                                  W(transients),
                                                  CYAML_FIELD_END};
static const cyaml_schema_field_t turn_fields[] = {
    F(KtTurnRules, window_s),   F(KtTurnRules, threat),       F(KtTurnRules, calm),
    F(KtTurnRules, reversal),   F(KtTurnRules, loss),         F(KtTurnRules, apart_s),
    F(KtTurnRules, per_minute), F(KtTurnRules, return_share), CYAML_FIELD_END};
static const cyaml_schema_field_t subject_fields[] = {
    CYAML_FIELD_INT("most", CYAML_FLAG_DEFAULT, KtSubjectRules, most),
    F(KtSubjectRules, character_weight),
    F(KtSubjectRules, place_share),
    F(KtSubjectRules, contrast),
    F(KtSubjectRules, long_film_s),
    CYAML_FIELD_END};
static const cyaml_schema_field_t pace_fields[] = {
    F(KtPaceRules, page_s), F(KtPaceRules, words_per_minute), F(KtPaceRules, sung_words_per_minute),
    F(KtPaceRules, turn_s), F(KtPaceRules, beat_s),           CYAML_FIELD_END};
static const cyaml_strval_t states[] = {
    {"absent", KT_STATE_ABSENT},         {"unknown", KT_STATE_UNKNOWN},
    {"present", KT_STATE_PRESENT},       {"strong", KT_STATE_STRONG},
    {"afraid", KT_STATE_AFRAID},         {"in love", KT_STATE_IN_LOVE},
    {"divided", KT_STATE_DIVIDED},       {"lost", KT_STATE_LOST},
    {"remembered", KT_STATE_REMEMBERED}, {"returned", KT_STATE_RETURNED}};
static const cyaml_schema_field_t state_fields[] = {
    CYAML_FIELD_ENUM("state", CYAML_FLAG_STRICT, KtStateRule, state, states,
                     CYAML_ARRAY_LEN(states)),
    O(presence_min),
    O(valence_min),
    O(valence_max),
    O(arousal_min),
    O(tension_min),
    O(tension_max),
    O(romance_min),
    O(loss_min),
    O(mystery_min),
    O(away_min),
    CYAML_FIELD_BOOL("spoken_of", CYAML_FLAG_OPTIONAL, KtStateRule, spoken_of),
    CYAML_FIELD_BOOL("first", CYAML_FLAG_OPTIONAL, KtStateRule, first),
    CYAML_FIELD_END};
static const cyaml_schema_value_t state_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtStateRule, state_fields)};
static const cyaml_schema_value_t word_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};
#define S(key) CYAML_FIELD_FLOAT(#key, CYAML_FLAG_OPTIONAL, KtShowRule, key)
static const cyaml_schema_field_t show_fields[] = {
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, KtShowRule, words, &word_schema, 1,
                         CYAML_UNLIMITED),
    S(light),
    S(warmth),
    S(motion),
    S(sound),
    CYAML_FIELD_END};
static const cyaml_schema_value_t show_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtShowRule, show_fields)};
static const cyaml_schema_field_t name_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, KtNameRule, name, 1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("stress", CYAML_FLAG_POINTER, KtNameRule, stress, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t name_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtNameRule, name_fields)};
static const cyaml_schema_field_t rule_fields[] = {
    CYAML_FIELD_MAPPING("arc", CYAML_FLAG_DEFAULT, KtStoryRules, arc, arc_fields),
    CYAML_FIELD_MAPPING("turns", CYAML_FLAG_DEFAULT, KtStoryRules, turns, turn_fields),
    CYAML_FIELD_MAPPING("subjects", CYAML_FLAG_DEFAULT, KtStoryRules, subjects, subject_fields),
    CYAML_FIELD_MAPPING("pace", CYAML_FLAG_DEFAULT, KtStoryRules, pace, pace_fields),
    F(KtStoryRules, belongs),
    F(KtStoryRules, snap_s),
    CYAML_FIELD_SEQUENCE("states", CYAML_FLAG_POINTER, KtStoryRules, states, &state_schema, 1,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("shows", CYAML_FLAG_POINTER, KtStoryRules, shows, &show_schema, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("names", CYAML_FLAG_POINTER, KtStoryRules, names, &name_schema, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t rule_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtStoryRules, rule_fields)};

KtStatus kt_story_rules_load(const KtContext *ctx, KtStoryRules **rules, KtError *err) {
  return kt_data_load(ctx, "story.yaml", &rule_schema, (void **)rules, NULL, err);
}

void kt_story_rules_free(KtStoryRules *rules) {
  kt_data_free(&rule_schema, rules, 0);
}
