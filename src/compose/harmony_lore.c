// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/harmony_lore.h"

#include "base/data.h"

enum { PTR = CYAML_FLAG_POINTER, OPT = CYAML_FLAG_OPTIONAL };

static const cyaml_strval_t QUALITIES[] = {
    {"major", KT_CHORD_MAJOR},         {"minor", KT_CHORD_MINOR},
    {"diminished", KT_CHORD_DIMINISHED}, {"augmented", KT_CHORD_AUGMENTED},
    {"sus2", KT_CHORD_SUS2},           {"sus4", KT_CHORD_SUS4},
    {"major7", KT_CHORD_MAJOR7},       {"minor7", KT_CHORD_MINOR7},
    {"dominant7", KT_CHORD_DOMINANT7}, {"half_dim7", KT_CHORD_HALF_DIM7},
    {"dim7", KT_CHORD_DIM7},           {"add9", KT_CHORD_ADD9},
    {"minor_add9", KT_CHORD_MINOR_ADD9}, {"fifth", KT_CHORD_FIFTH},
    {"quartal", KT_CHORD_QUARTAL},     {"cluster", KT_CHORD_CLUSTER},
    {"minor_major7", KT_CHORD_MINOR_MAJOR7}, {"minor6", KT_CHORD_MINOR6},
    {"dominant7_flat9", KT_CHORD_DOMINANT7_FLAT9}, {"dominant7_sharp11", KT_CHORD_DOMINANT7_SHARP11},
    {"major7_sharp11", KT_CHORD_MAJOR7_SHARP11}};
static const cyaml_strval_t COLOURS[] = {
    {"wonder", KT_COLOUR_WONDER}, {"menace", KT_COLOUR_MENACE},   {"grandeur", KT_COLOUR_GRANDEUR}, {"intimacy", KT_COLOUR_INTIMACY},
    {"loss", KT_COLOUR_LOSS},     {"romance", KT_COLOUR_ROMANCE}, {"comedy", KT_COLOUR_COMEDY},     {"mystery", KT_COLOUR_MYSTERY}};
static const cyaml_schema_value_t NUMBER = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};

#define QUALITY_FIELD(name, type, member)                                                          \
  CYAML_FIELD_ENUM(name, CYAML_FLAG_STRICT, type, member, QUALITIES, CYAML_ARRAY_LEN(QUALITIES))
static const cyaml_schema_field_t QUALITY_FIELDS[] = {
    QUALITY_FIELD("quality", KtQualityLore, quality),
    CYAML_FIELD_FLOAT("cost", 0, KtQualityLore, cost), CYAML_FIELD_END};
static const cyaml_schema_value_t QUALITY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtQualityLore, QUALITY_FIELDS)};
static const cyaml_schema_field_t HOME_FIELDS[] = {
    CYAML_FIELD_INT("degree", 0, KtHomeLore, degree), QUALITY_FIELD("quality", KtHomeLore, quality),
    CYAML_FIELD_FLOAT("cost", 0, KtHomeLore, cost), CYAML_FIELD_END};
static const cyaml_schema_value_t HOME = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtHomeLore, HOME_FIELDS)};
static const cyaml_schema_field_t MOVE_FIELDS[] = {
    QUALITY_FIELD("from", KtMoveLore, from),
    QUALITY_FIELD("to", KtMoveLore, to),
    CYAML_FIELD_INT("up", 0, KtMoveLore, up),
    CYAML_FIELD_FLOAT("cost", 0, KtMoveLore, cost),
    CYAML_FIELD_STRING_PTR("meaning", PTR, KtMoveLore, meaning, 0, 64),
    CYAML_FIELD_ENUM("colour", CYAML_FLAG_STRICT, KtMoveLore, colour, COLOURS, CYAML_ARRAY_LEN(COLOURS)),
    CYAML_FIELD_END};
static const cyaml_schema_value_t MOVE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtMoveLore, MOVE_FIELDS)};

static const cyaml_schema_field_t IDIOM_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtIdiom, id, 1, 32),
    CYAML_FIELD_FLOAT("tension_min", 0, KtIdiom, tension_min),
    CYAML_FIELD_FLOAT("tension_max", 0, KtIdiom, tension_max),
    CYAML_FIELD_FLOAT("valence_min", 0, KtIdiom, valence_min),
    CYAML_FIELD_FLOAT("valence_max", 0, KtIdiom, valence_max),
    CYAML_FIELD_FLOAT("weight", 0, KtIdiom, weight),
    CYAML_FIELD_FLOAT("outside", 0, KtIdiom, outside),
    CYAML_FIELD_FLOAT("stay", 0, KtIdiom, stay),
    CYAML_FIELD_FLOAT("inversion", 0, KtIdiom, inversion),
    CYAML_FIELD_FLOAT("common", 0, KtIdiom, common),
    CYAML_FIELD_FLOAT("tension_pull", 0, KtIdiom, tension_pull),
    CYAML_FIELD_FLOAT("cadence", 0, KtIdiom, cadence),
    CYAML_FIELD_BOOL("pedal", OPT, KtIdiom, pedal),
    CYAML_FIELD_FLOAT("slow", 0, KtIdiom, slow),
    CYAML_FIELD_SEQUENCE_FIXED("roots", 0, KtIdiom, roots, &NUMBER, 12),
    CYAML_FIELD_SEQUENCE("qualities", PTR, KtIdiom, qualities, &QUALITY, 1, KT_CHORD_COUNT),
    CYAML_FIELD_SEQUENCE("home", PTR | OPT, KtIdiom, home, &HOME, 0, 64),
    CYAML_FIELD_SEQUENCE("moves", PTR | OPT, KtIdiom, moves, &MOVE, 0, 64),
    CYAML_FIELD_END};
static const cyaml_schema_value_t IDIOM = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtIdiom, IDIOM_FIELDS)};
static const cyaml_schema_field_t SPIRAL_FIELDS[] = {
    CYAML_FIELD_FLOAT("calm", 0, KtSpiralLore, calm), CYAML_FIELD_FLOAT("tense", 0, KtSpiralLore, tense),
    CYAML_FIELD_FLOAT("counts", 0, KtSpiralLore, counts), CYAML_FIELD_END};
static const cyaml_schema_field_t REMIND_FIELDS[] = {
    CYAML_FIELD_FLOAT("lead", 0, KtRemindLore, lead), CYAML_FIELD_FLOAT("memory_s", 0, KtRemindLore, memory_s),
    CYAML_FIELD_FLOAT("counts", 0, KtRemindLore, counts), CYAML_FIELD_END};
#define PATH(name) CYAML_FIELD_FLOAT(#name, 0, KtPathLore, name)
#define SPIRAL(name) CYAML_FIELD_MAPPING(#name, 0, KtPathLore, name, SPIRAL_FIELDS)
static const cyaml_schema_field_t PATH_FIELDS[] = {
    PATH(pull), PATH(pull_flat), PATH(even), SPIRAL(width), SPIRAL(strain), SPIRAL(step),
    CYAML_FIELD_MAPPING("home", 0, KtPathLore, home, REMIND_FIELDS), PATH(opens), PATH(leans), PATH(foreign_side),
    PATH(learned_roots), PATH(seventh_hangs), PATH(bass_hangs), PATH(tune_colour), PATH(tune_chord), PATH(tune_ill),
    PATH(again), PATH(again_bass), CYAML_FIELD_SEQUENCE_FIXED("bass_steps", 0, KtPathLore, bass_steps, &NUMBER, 12),
    CYAML_FIELD_END};
#define WISH(name) CYAML_FIELD_FLOAT(#name, 0, KtWishLore, name)
static const cyaml_schema_field_t WISH_FIELDS[] = {
    WISH(calm), WISH(range), WISH(spiral), WISH(bass), WISH(lead), WISH(base), WISH(usual), WISH(away), WISH(flat),
    WISH(swing), WISH(swing_most), WISH(arch), WISH(rest), WISH(question),
    WISH(quicker), WISH(quicker_from), CYAML_FIELD_END};
#define BEND(name) CYAML_FIELD_FLOAT(#name, 0, KtBendLore, name)
static const cyaml_schema_field_t BEND_FIELDS[] = {BEND(worth), BEND(ideal), BEND(ideal_flat), BEND(hanging_from),
                                                   BEND(rubs_from), BEND(mode), BEND(yield), CYAML_FIELD_END};
static const cyaml_schema_field_t HARMONY_FIELDS[] = {
    CYAML_FIELD_SEQUENCE_FIXED("tension", 0, KtHarmonyLore, tension, &NUMBER, KT_CHORD_COUNT),
    CYAML_FIELD_FLOAT("fifth", 0, KtHarmonyLore, fifth),
    CYAML_FIELD_FLOAT("bass", 0, KtHarmonyLore, bass),
    CYAML_FIELD_MAPPING("path", 0, KtHarmonyLore, path, PATH_FIELDS),
    CYAML_FIELD_MAPPING("wish", 0, KtHarmonyLore, wish, WISH_FIELDS),
    CYAML_FIELD_MAPPING("bend", 0, KtHarmonyLore, bend, BEND_FIELDS),
    CYAML_FIELD_SEQUENCE("idioms", PTR, KtHarmonyLore, idioms, &IDIOM, 1, 32),
    CYAML_FIELD_END};
static const cyaml_schema_value_t HARMONY = {
    CYAML_VALUE_MAPPING(PTR, KtHarmonyLore, HARMONY_FIELDS)};

KtStatus kt_harmony_lore_load(const KtContext *ctx, KtHarmonyLore **lore, KtError *err) {
  return kt_data_load(ctx, "harmony.yaml", &HARMONY, (void **)lore, NULL, err);
}

void kt_harmony_lore_free(KtHarmonyLore *lore) {
  kt_data_free(&HARMONY, lore, 0);
}
