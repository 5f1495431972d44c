// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/rules.h"

#include "base/data.h"

#define FLOAT(s, member) CYAML_FIELD_FLOAT(#member, CYAML_FLAG_DEFAULT, struct s, member)
#define GROUP(member, fields)                                                                      \
  CYAML_FIELD_MAPPING(#member, CYAML_FLAG_DEFAULT, KtSpotRules, member, fields)

static const cyaml_schema_value_t title_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 60)};
#define TITLES(list)                                                                               \
  CYAML_FIELD_SEQUENCE_COUNT(#list, CYAML_FLAG_POINTER, struct KtRuleTitles, list.items,           \
                             list.items_count, &title_schema, 1, 100)

static const cyaml_schema_field_t need_fields[] = {
    FLOAT(KtRuleNeed, base),     FLOAT(KtRuleNeed, tension),  FLOAT(KtRuleNeed, arousal),
    FLOAT(KtRuleNeed, valence),  FLOAT(KtRuleNeed, colour),   FLOAT(KtRuleNeed, motion),
    FLOAT(KtRuleNeed, turn),     FLOAT(KtRuleNeed, turn_s),   FLOAT(KtRuleNeed, change),
    FLOAT(KtRuleNeed, change_s), FLOAT(KtRuleNeed, titles),   FLOAT(KtRuleNeed, peaks),
    FLOAT(KtRuleNeed, words),    FLOAT(KtRuleNeed, intimate),
    FLOAT(KtRuleNeed, marker),   FLOAT(KtRuleNeed, marker_s), CYAML_FIELD_END};
static const cyaml_schema_field_t silence_fields[] = {FLOAT(KtRuleSilence, before_s),
                                                      FLOAT(KtRuleSilence, before),
                                                      FLOAT(KtRuleSilence, after_s),
                                                      FLOAT(KtRuleSilence, after),
                                                      FLOAT(KtRuleSilence, turn_weight),
                                                      FLOAT(KtRuleSilence, apart_s),
                                                      CYAML_FIELD_END};
static const cyaml_schema_field_t entry_fields[] = {
    FLOAT(KtRuleEntry, film_start), FLOAT(KtRuleEntry, title),
    FLOAT(KtRuleEntry, scene),      FLOAT(KtRuleEntry, cut),
    FLOAT(KtRuleEntry, turn),       FLOAT(KtRuleEntry, line_end),
    FLOAT(KtRuleEntry, burst),      FLOAT(KtRuleEntry, pickup),
    FLOAT(KtRuleEntry, nothing),    CYAML_FIELD_END};
static const cyaml_schema_field_t exit_fields[] = {
    FLOAT(KtRuleExit, film_end), FLOAT(KtRuleExit, title),
    FLOAT(KtRuleExit, scene),    FLOAT(KtRuleExit, cut),
    FLOAT(KtRuleExit, turn),     FLOAT(KtRuleExit, line_start),
    FLOAT(KtRuleExit, stop),     FLOAT(KtRuleExit, nothing),
    FLOAT(KtRuleExit, words),    CYAML_FIELD_END};
static const cyaml_schema_field_t length_fields[] = {
    FLOAT(KtRuleLength, cue),
    FLOAT(KtRuleLength, typical),
    FLOAT(KtRuleLength, music_min_s),
    CYAML_FIELD_FLOAT("short", CYAML_FLAG_DEFAULT, struct KtRuleLength, short_cost),
    FLOAT(KtRuleLength, sting_min_s),
    FLOAT(KtRuleLength, sting_max_s),
    FLOAT(KtRuleLength, sting),
    FLOAT(KtRuleLength, sting_weight),
    FLOAT(KtRuleLength, mixed),
    FLOAT(KtRuleLength, shortest_s),
    CYAML_FIELD_END};
static const cyaml_schema_field_t gap_fields[] = {
    FLOAT(KtRuleGap, breath_s),
    FLOAT(KtRuleGap, short_s),
    CYAML_FIELD_FLOAT("short", CYAML_FLAG_DEFAULT, struct KtRuleGap, short_cost),
    FLOAT(KtRuleGap, long_s),
    CYAML_FIELD_FLOAT("long", CYAML_FLAG_DEFAULT, struct KtRuleGap, long_cost),
    FLOAT(KtRuleGap, segue),
    FLOAT(KtRuleGap, open_s),
    FLOAT(KtRuleGap, close_s),
    FLOAT(KtRuleGap, edge),
    FLOAT(KtRuleGap, mute),
    FLOAT(KtRuleGap, end),
    FLOAT(KtRuleGap, end_s),
    CYAML_FIELD_END};
static const cyaml_schema_field_t words_fields[] = {FLOAT(KtRuleWords, before_s),
                                                    FLOAT(KtRuleWords, air_s),
                                                    FLOAT(KtRuleWords, key_feeling),
                                                    FLOAT(KtRuleWords, joined_s),
                                                    FLOAT(KtRuleWords, line_confidence),
                                                    FLOAT(KtRuleWords, few),
                                                    CYAML_FIELD_END};
static const cyaml_schema_field_t source_fields[] = {FLOAT(KtRuleSource, least_s),
                                                     FLOAT(KtRuleSource, clear_s), CYAML_FIELD_END};
static const cyaml_schema_field_t share_fields[] = {
    FLOAT(KtRuleShare, tolerance),     FLOAT(KtRuleShare, aim),  FLOAT(KtRuleShare, without_words),
    FLOAT(KtRuleShare, without_sound), FLOAT(KtRuleShare, span), FLOAT(KtRuleShare, whole_s),
    FLOAT(KtRuleShare, talk), FLOAT(KtRuleShare, talk_takes), FLOAT(KtRuleShare, mute_whole_s),  CYAML_FIELD_END};
static const cyaml_schema_field_t hits_fields[] = {FLOAT(KtRuleHits, apart_s),
                                                   FLOAT(KtRuleHits, comedy_per_minute),
                                                   FLOAT(KtRuleHits, comedy_apart_s),
                                                   FLOAT(KtRuleHits, edge_s),
                                                   FLOAT(KtRuleHits, hard_weight), FLOAT(KtRuleHits, hard_tension),
    FLOAT(KtRuleHits, hard_arousal),
                                                   FLOAT(KtRuleHits, least_weight),
                                                   FLOAT(KtRuleHits, scene),
                                                   FLOAT(KtRuleHits, cut),
                                                   FLOAT(KtRuleHits, change),
                                                   FLOAT(KtRuleHits, burst),
                                                   FLOAT(KtRuleHits, stop),
                                                   FLOAT(KtRuleHits, flash),
                                                   FLOAT(KtRuleHits, transient),
                                                   FLOAT(KtRuleHits, turn), FLOAT(KtRuleHits, both),
                                                   FLOAT(KtRuleHits, hard_frames),
                                                   FLOAT(KtRuleHits, soft_frames),
                                                   FLOAT(KtRuleHits, swell_frames),
                                                   FLOAT(KtRuleHits, stop_frames),
                                                   CYAML_FIELD_END};
static const cyaml_schema_field_t kind_fields[] = {
    FLOAT(KtRuleKind, chase_arousal), FLOAT(KtRuleKind, chase_motion),
    FLOAT(KtRuleKind, chase_shot_s),  FLOAT(KtRuleKind, montage_shot_s),
    FLOAT(KtRuleKind, montage_words), FLOAT(KtRuleKind, transition_s),
    FLOAT(KtRuleKind, opening_s),     FLOAT(KtRuleKind, reveal_s),
    FLOAT(KtRuleKind, reveal_weight), CYAML_FIELD_END};
static const cyaml_schema_field_t titles_fields[] = {
    TITLES(chase),   TITLES(reveal), TITLES(sting),  TITLES(transition),
    TITLES(montage), TITLES(moving), TITLES(bright), TITLES(calm),
    TITLES(dark),    TITLES(sad),    TITLES(darker), TITLES(brighter),
    TITLES(warmer),  TITLES(colder), TITLES(faster), TITLES(slower),
    TITLES(rise),    TITLES(drop),   TITLES(rush),   TITLES(blow),
    TITLES(still),   TITLES(dark_cut), TITLES(light_cut), TITLES(idyll),
    CYAML_FIELD_END};
static const cyaml_strval_t marker_kinds[] = {{"hard", 0}, {"soft", 1}, {"swell", 2}, {"stop", 3}, {"none", 4}};
static const cyaml_schema_field_t marker_fields[] = {
    CYAML_FIELD_STRING_PTR("word", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, KtMarkerRule, word, 1, 60),
    CYAML_FIELD_STRING_PTR("colour", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, KtMarkerRule, colour, 1, 60),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_DEFAULT, KtMarkerRule, kind, marker_kinds, 5),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_DEFAULT, KtMarkerRule, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t marker_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtMarkerRule, marker_fields)};
static const cyaml_schema_field_t mood_fields[] = {
    CYAML_FIELD_STRING_PTR("word", CYAML_FLAG_POINTER, KtMoodWord, word, 1, 30), FLOAT(KtMoodWord, valence),
    FLOAT(KtMoodWord, arousal), FLOAT(KtMoodWord, tension), CYAML_FIELD_END};
static const cyaml_schema_value_t mood_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtMoodWord, mood_fields)};
static const cyaml_schema_field_t rule_fields[] = {CYAML_FIELD_SEQUENCE_COUNT("moods", CYAML_FLAG_POINTER, KtSpotRules, moods,
                                                                              moods_count, &mood_schema, 1, 60),
                                                   CYAML_FIELD_SEQUENCE_COUNT("markers", CYAML_FLAG_POINTER, KtSpotRules, markers,
                                                                              markers_count, &marker_schema, 0, 200),
                                                   GROUP(need, need_fields),
                                                   GROUP(silence, silence_fields),
                                                   GROUP(entry, entry_fields),
                                                   GROUP(exit, exit_fields),
                                                   GROUP(length, length_fields),
                                                   GROUP(gap, gap_fields),
                                                   GROUP(words, words_fields),
                                                   GROUP(source, source_fields),
                                                   GROUP(share, share_fields),
                                                   GROUP(hits, hits_fields),
                                                   GROUP(kind, kind_fields),
                                                   GROUP(titles, titles_fields),
                                                   CYAML_FIELD_END};
static const cyaml_schema_value_t rules_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtSpotRules, rule_fields)};

KtStatus kt_spot_rules_load(const KtContext *ctx, KtSpotRules **rules, KtError *err) {
  *rules = NULL;
  return kt_data_load(ctx, "spotting.yaml", &rules_schema, (void **)rules, NULL, err);
}

void kt_spot_rules_free(KtSpotRules *rules) {
  kt_data_free(&rules_schema, rules, 0);
}
