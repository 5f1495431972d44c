// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/lore.h"

#include "base/data.h"
#include "compose/beyond.h"
#include "compose/figures.h"
#include "compose/harmony_lore.h"
#include "compose/form.h"
#include "compose/melody.h"

#include <stdio.h>
#include <string.h>

enum { PTR = CYAML_FLAG_POINTER, OPT = CYAML_FLAG_OPTIONAL };

static const cyaml_strval_t ROLES[] = {
    {"lead", KT_ROLE_LEAD},     {"counter", KT_ROLE_COUNTER}, {"harmony", KT_ROLE_HARMONY},
    {"bass", KT_ROLE_BASS},     {"figure", KT_ROLE_FIGURE},   {"pulse", KT_ROLE_PULSE},
    {"percussion", KT_ROLE_PERCUSSION}, {"colour", KT_ROLE_COLOUR}};
static const cyaml_strval_t HARMONY_MANNERS[] = {
    {"held", KT_HELD}, {"chorale", KT_CHORALE}, {"struck", KT_STRUCK}};
static const cyaml_strval_t BASS_MANNERS[] = {{"held", KT_BASS_HELD},
                                              {"line", KT_BASS_LINE},
                                              {"pedal", KT_BASS_PEDAL},
                                              {"pulse", KT_BASS_PULSE}};
static const cyaml_strval_t PROCESSES[] = {
    {"none", KT_PROCESS_NONE}, {"additive", KT_PROCESS_ADDITIVE}, {"phase", KT_PROCESS_PHASE}};
static const cyaml_strval_t FEELINGS[] = {
    {"any", KT_FEELING_ANY}, {"light", KT_FEELING_LIGHT}, {"dark", KT_FEELING_DARK}};
static const cyaml_strval_t ARTICULATIONS[] = {
    {"long", KT_ART_LONG},       {"legato", KT_ART_LEGATO},       {"short", KT_ART_SHORT},
    {"marcato", KT_ART_MARCATO}, {"tenuto", KT_ART_TENUTO},       {"pizzicato", KT_ART_PIZZICATO},
    {"tremolo", KT_ART_TREMOLO}, {"trill", KT_ART_TRILL}};

static const cyaml_schema_field_t POINT_FIELDS[] = {
    CYAML_FIELD_FLOAT("at", 0, KtCurvePoint, at), CYAML_FIELD_FLOAT("is", 0, KtCurvePoint, is),
    CYAML_FIELD_END};
static const cyaml_schema_value_t POINT = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtCurvePoint, POINT_FIELDS)};
static const cyaml_schema_value_t ROLE = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, KtRole, ROLES, CYAML_ARRAY_LEN(ROLES))};
static const cyaml_schema_value_t NUMBER = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};

static const cyaml_schema_field_t TEXTURE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtTexture, id, 1, 32),
    CYAML_FIELD_SEQUENCE("layers", PTR, KtTexture, layers, &ROLE, 1, KT_ROLE_COUNT),
    CYAML_FIELD_UINT("voices", 0, KtTexture, voices),
    CYAML_FIELD_ENUM("harmony", CYAML_FLAG_STRICT | OPT, KtTexture, harmony, HARMONY_MANNERS,
                     CYAML_ARRAY_LEN(HARMONY_MANNERS)),
    CYAML_FIELD_ENUM("bass", CYAML_FLAG_STRICT | OPT, KtTexture, bass, BASS_MANNERS,
                     CYAML_ARRAY_LEN(BASS_MANNERS)),
    CYAML_FIELD_FLOAT("energy_min", 0, KtTexture, energy_min),
    CYAML_FIELD_FLOAT("energy_max", 0, KtTexture, energy_max),
    CYAML_FIELD_FLOAT("tension_min", 0, KtTexture, tension_min),
    CYAML_FIELD_FLOAT("tension_max", 0, KtTexture, tension_max),
    CYAML_FIELD_FLOAT("words", 0, KtTexture, words),
    CYAML_FIELD_FLOAT("weight", 0, KtTexture, weight),
    CYAML_FIELD_END};
static const cyaml_schema_value_t TEXTURE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTexture, TEXTURE_FIELDS)};

static const cyaml_schema_field_t STILL_FIELDS[] = {
    CYAML_FIELD_FLOAT("arousal", 0, KtStillLore, arousal),
    CYAML_FIELD_FLOAT("tension", 0, KtStillLore, tension),
    CYAML_FIELD_FLOAT("motion", 0, KtStillLore, motion),
    CYAML_FIELD_FLOAT("seconds", 0, KtStillLore, seconds),
    CYAML_FIELD_FLOAT("full", 0, KtStillLore, full), CYAML_FIELD_END};

static const cyaml_schema_field_t PASSION_FIELDS[] = {
    CYAML_FIELD_FLOAT("from", 0, KtPassionLore, from),     CYAML_FIELD_FLOAT("level", 0, KtPassionLore, level),
    CYAML_FIELD_FLOAT("swings", 0, KtPassionLore, swings), CYAML_FIELD_FLOAT("lead", 0, KtPassionLore, lead),
    CYAML_FIELD_FLOAT("top", 0, KtPassionLore, top),       CYAML_FIELD_END};

#define CURVE(name) CYAML_FIELD_SEQUENCE(#name, PTR, KtEmotionLore, name, &POINT, 2, 32)
static const cyaml_schema_field_t EMOTION_FIELDS[] = {
    CURVE(mode),
    CYAML_FIELD_FLOAT("tension_darkens", 0, KtEmotionLore, tension_darkens),
    CURVE(level),
    CURVE(lead_register),
    CURVE(spread),
    CURVE(chord_s),
    CURVE(layers),
    CURVE(notes_s),
    CURVE(harmony_tension),
    CURVE(tone_s),
    CYAML_FIELD_FLOAT("tremolo_from", 0, KtEmotionLore, tremolo_from),
    CYAML_FIELD_FLOAT("short_from", 0, KtEmotionLore, short_from),
    CYAML_FIELD_FLOAT("long_below", 0, KtEmotionLore, long_below),
    CYAML_FIELD_FLOAT("bright_chords", 0, KtEmotionLore, bright_chords),
    CYAML_FIELD_FLOAT("open_chords", 0, KtEmotionLore, open_chords),
    CYAML_FIELD_FLOAT("home_chords", 0, KtEmotionLore, home_chords),
    CYAML_FIELD_FLOAT("home_again", 0, KtEmotionLore, home_again),
    CYAML_FIELD_FLOAT("tension_slope", 0, KtEmotionLore, tension_slope),
    CYAML_FIELD_FLOAT("foreign_from", 0, KtEmotionLore, foreign_from),
    CYAML_FIELD_FLOAT("bite_from", 0, KtEmotionLore, bite_from),
    CYAML_FIELD_FLOAT("lift", 0, KtEmotionLore, lift),
    CYAML_FIELD_FLOAT("words_level", 0, KtEmotionLore, words_level),
    CYAML_FIELD_FLOAT("drums_from", 0, KtEmotionLore, drums_from),
    CYAML_FIELD_FLOAT("rolls_from", 0, KtEmotionLore, rolls_from),
    CYAML_FIELD_UINT("words_layers", 0, KtEmotionLore, words_layers),
    CYAML_FIELD_MAPPING("still", 0, KtEmotionLore, still, STILL_FIELDS),
    CYAML_FIELD_MAPPING("fear", 0, KtEmotionLore, fear, PASSION_FIELDS),
    CYAML_FIELD_MAPPING("anger", 0, KtEmotionLore, anger, PASSION_FIELDS),
    CYAML_FIELD_SEQUENCE("textures", PTR, KtEmotionLore, textures, &TEXTURE, 2, 32),
    CYAML_FIELD_END};
static const cyaml_schema_value_t EMOTION = {
    CYAML_VALUE_MAPPING(PTR, KtEmotionLore, EMOTION_FIELDS)};

static const cyaml_schema_field_t FIGURE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtFigure, id, 1, 32),
    CYAML_FIELD_ENUM("layer", CYAML_FLAG_STRICT, KtFigure, layer, ROLES, CYAML_ARRAY_LEN(ROLES)),
    CYAML_FIELD_UINT("per_beat", 0, KtFigure, per_beat),
    CYAML_FIELD_STRING_PTR("pattern", PTR, KtFigure, pattern, 1, 400),
    CYAML_FIELD_ENUM("articulation", CYAML_FLAG_STRICT, KtFigure, articulation, ARTICULATIONS,
                     CYAML_ARRAY_LEN(ARTICULATIONS)),
    CYAML_FIELD_INT("low", 0, KtFigure, low),
    CYAML_FIELD_INT("high", 0, KtFigure, high),
    CYAML_FIELD_FLOAT("energy_min", 0, KtFigure, energy_min),
    CYAML_FIELD_FLOAT("energy_max", 0, KtFigure, energy_max),
    CYAML_FIELD_FLOAT("tension_min", 0, KtFigure, tension_min),
    CYAML_FIELD_FLOAT("tension_max", 0, KtFigure, tension_max),
    CYAML_FIELD_FLOAT("bpm_min", OPT, KtFigure, bpm_min),
    CYAML_FIELD_FLOAT("bpm_max", OPT, KtFigure, bpm_max),
    CYAML_FIELD_UINT("beats", OPT, KtFigure, beats),
    CYAML_FIELD_BOOL("across", OPT, KtFigure, across),
    CYAML_FIELD_ENUM("process", CYAML_FLAG_STRICT | OPT, KtFigure, process, PROCESSES, CYAML_ARRAY_LEN(PROCESSES)),
    CYAML_FIELD_ENUM("feeling", CYAML_FLAG_STRICT | OPT, KtFigure, feeling, FEELINGS, CYAML_ARRAY_LEN(FEELINGS)),
    CYAML_FIELD_FLOAT("weight", 0, KtFigure, weight),
    CYAML_FIELD_END};
static const cyaml_schema_value_t FIGURE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtFigure, FIGURE_FIELDS)};
static const cyaml_schema_value_t FIGURES = {
    CYAML_VALUE_SEQUENCE(PTR, KtFigure, &FIGURE, 1, 256)};

static const cyaml_schema_field_t LEANING_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtLeaning, id, 1, 32),
    CYAML_FIELD_FLOAT("weight", 0, KtLeaning, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t LEANING = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtLeaning, LEANING_FIELDS)};
static const cyaml_schema_field_t GROOVE_LINE_FIELDS[] = {
    CYAML_FIELD_INT("key", 0, struct KtGrooveLine, key),
    CYAML_FIELD_STRING_PTR("strokes", PTR, struct KtGrooveLine, strokes, 1, 80), CYAML_FIELD_END};
static const cyaml_schema_value_t GROOVE_LINE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct KtGrooveLine, GROOVE_LINE_FIELDS)};
static const cyaml_schema_field_t GROOVE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtGroove, id, 1, 40),
    CYAML_FIELD_UINT("per_beat", 0, KtGroove, per_beat),
    CYAML_FIELD_FLOAT("energy_min", 0, KtGroove, energy_min),
    CYAML_FIELD_FLOAT("energy_max", 0, KtGroove, energy_max),
    CYAML_FIELD_FLOAT("weight", 0, KtGroove, weight),
    CYAML_FIELD_BOOL("light", OPT, KtGroove, light),
    CYAML_FIELD_SEQUENCE("lines", PTR, KtGroove, lines, &GROOVE_LINE, 1, 8), CYAML_FIELD_END};
static const cyaml_schema_value_t GROOVE = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtGroove, GROOVE_FIELDS)};
static const cyaml_schema_field_t HABIT_FIELDS[] = {
    CYAML_FIELD_FLOAT("level_min", 0, KtHabits, level_min),
    CYAML_FIELD_FLOAT("level_max", 0, KtHabits, level_max),
    CYAML_FIELD_INT("octave", 0, KtHabits, octave),
    CYAML_FIELD_FLOAT("layers", 0, KtHabits, layers),
    CYAML_FIELD_FLOAT("lead", 0, KtHabits, lead),
    CYAML_FIELD_FLOAT("counter", 0, KtHabits, counter),
    CYAML_FIELD_FLOAT("percussion", 0, KtHabits, percussion),
    CYAML_FIELD_BOOL("timpani", 0, KtHabits, timpani),
    CYAML_FIELD_BOOL("cymbal", 0, KtHabits, cymbal),
    CYAML_FIELD_BOOL("drum", 0, KtHabits, drum),
    CYAML_FIELD_FLOAT("hit", 0, KtHabits, hit),
    CYAML_FIELD_FLOAT("rest", 0, KtHabits, rest),
    CYAML_FIELD_FLOAT("inner", 0, KtHabits, inner),
    CYAML_FIELD_FLOAT("staccato", 0, KtHabits, staccato),
    CYAML_FIELD_FLOAT("chord", 0, KtHabits, chord),
    CYAML_FIELD_INT("voices", 0, KtHabits, voices),
    CYAML_FIELD_FLOAT("motion", OPT, KtHabits, motion),
    CYAML_FIELD_FLOAT("turn", OPT, KtHabits, turn),
    CYAML_FIELD_FLOAT("ornament", OPT, KtHabits, ornament),
    CYAML_FIELD_FLOAT("wide", OPT, KtHabits, wide),
    CYAML_FIELD_FLOAT("roam", OPT, KtHabits, roam),
    CYAML_FIELD_FLOAT("repeat", OPT, KtHabits, repeat),
    CYAML_FIELD_FLOAT("speed", OPT, KtHabits, speed),
    CYAML_FIELD_FLOAT("pump", OPT, KtHabits, pump),
    CYAML_FIELD_FLOAT("bass", OPT, KtHabits, bass),
    CYAML_FIELD_FLOAT("elsewhere", 0, KtHabits, elsewhere),
    CYAML_FIELD_SEQUENCE("drums", PTR | OPT, KtHabits, drums, &GROOVE, 0, 16),
    CYAML_FIELD_SEQUENCE("textures", PTR, KtHabits, textures, &LEANING, 0, 32),
    CYAML_FIELD_SEQUENCE("idioms", PTR, KtHabits, idioms, &LEANING, 0, 32),
    CYAML_FIELD_SEQUENCE("figures", PTR, KtHabits, figures, &LEANING, 0, 64),
    CYAML_FIELD_END};
static const cyaml_schema_value_t HABITS = {CYAML_VALUE_MAPPING(PTR, KtHabits, HABIT_FIELDS)};

static const cyaml_schema_field_t SPREAD_FIELDS[] = {
    CYAML_FIELD_FLOAT("low", 0, KtRangeLore, low), CYAML_FIELD_FLOAT("middle", 0, KtRangeLore, middle),
    CYAML_FIELD_FLOAT("high", 0, KtRangeLore, high), CYAML_FIELD_END};
static const cyaml_schema_field_t NEXT_FIELDS[] = {
    CYAML_FIELD_SEQUENCE_FIXED("next", 0, struct KtLearnedNext, next, &NUMBER, KT_LEARNED_LENGTHS), CYAML_FIELD_END};
static const cyaml_schema_value_t NEXT = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct KtLearnedNext, NEXT_FIELDS)};
static const cyaml_schema_field_t LINE_FIELDS[] = {
    CYAML_FIELD_SEQUENCE_FIXED("intervals", 0, KtLearnedLines, intervals, &NUMBER, 25),
    CYAML_FIELD_SEQUENCE_FIXED("quarters", 0, KtLearnedLines, quarters, &NUMBER, KT_LEARNED_LENGTHS),
    CYAML_FIELD_SEQUENCE_FIXED("rhythms", 0, KtLearnedLines, rhythms, &NUMBER, KT_LEARNED_LENGTHS),
    CYAML_FIELD_SEQUENCE("follows", PTR, KtLearnedLines, follows, &NEXT, KT_LEARNED_LENGTHS, KT_LEARNED_LENGTHS),
    CYAML_FIELD_MAPPING("phrase_s", 0, KtLearnedLines, phrase_s, SPREAD_FIELDS),
    CYAML_FIELD_MAPPING("lead_bars", 0, KtLearnedLines, lead_bars, SPREAD_FIELDS), CYAML_FIELD_END};
static const cyaml_schema_value_t LINES = {CYAML_VALUE_MAPPING(PTR, KtLearnedLines, LINE_FIELDS)};

static const cyaml_schema_field_t DOUBLING_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("pair", PTR, struct KtLearnedDoubling, pair, 1, 80),
    CYAML_FIELD_FLOAT("unison", 0, struct KtLearnedDoubling, unison),
    CYAML_FIELD_FLOAT("octave", 0, struct KtLearnedDoubling, octave),
    CYAML_FIELD_FLOAT("notes", 0, struct KtLearnedDoubling, notes), CYAML_FIELD_END};
static const cyaml_schema_value_t DOUBLING = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct KtLearnedDoubling, DOUBLING_FIELDS)};
static const cyaml_schema_field_t RUN_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", PTR, struct KtLearnedRuns, name, 1, 40),
    CYAML_FIELD_FLOAT("middle", 0, struct KtLearnedRuns, middle),
    CYAML_FIELD_FLOAT("most", 0, struct KtLearnedRuns, most),
    CYAML_FIELD_INT("runs", 0, struct KtLearnedRuns, runs), CYAML_FIELD_END};
static const cyaml_schema_value_t RUN = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct KtLearnedRuns, RUN_FIELDS)};
#define SHARES(name, member, count) CYAML_FIELD_SEQUENCE_FIXED(name, 0, KtLearnedVoices, member, &NUMBER, count)
static const cyaml_schema_field_t VOICES_FIELDS[] = {
    SHARES("gaps_below_c3", gaps[0], 25),
    SHARES("gaps_middle", gaps[1], 25),
    SHARES("gaps_above_c5", gaps[2], 25),
    SHARES("roots", roots, 12),
    SHARES("major_to_major", moves[0], 12),
    SHARES("major_to_minor", moves[1], 12),
    SHARES("minor_to_major", moves[2], 12),
    SHARES("minor_to_minor", moves[3], 12),
    CYAML_FIELD_SEQUENCE("doublings", PTR, KtLearnedVoices, doublings, &DOUBLING, 0, 200),
    CYAML_FIELD_SEQUENCE("runs", PTR | OPT, KtLearnedVoices, runs, &RUN, 0, 400), CYAML_FIELD_END};
static const cyaml_schema_value_t VOICES = {CYAML_VALUE_MAPPING(PTR, KtLearnedVoices, VOICES_FIELDS)};

KtStatus kt_learned_voices_load(const KtContext *ctx, KtLearnedVoices **voices, KtError *err) {
  return kt_data_load(ctx, "learned/voices.yaml", &VOICES, (void **)voices, NULL, err);
}

void kt_learned_voices_free(KtLearnedVoices *voices) {
  kt_data_free(&VOICES, voices, 0);
}

/// A groove has a stroke or a rest at least and nothing else: one that never moves on would never end.
static KtStatus check_grooves(const KtHabits *habits, const char *file, KtError *err) {
  for (unsigned i = 0; i < habits->drums_count; ++i) {
    const KtGroove *groove = &habits->drums[i];
    for (unsigned l = 0; l < groove->lines_count; ++l) {
      const char *strokes = groove->lines[l].strokes;
      if (!groove->per_beat || groove->per_beat > 12 || !strpbrk(strokes, "Xxo.") || strokes[strspn(strokes, "Xxo.| ")]) {
        return kt_error_at(err, KT_ERR_FORMAT, file, 0, 0, "drums %s: \"%s\" at %u to a beat is no line of X, x, o and . at 1 to 12",
                           groove->id, strokes, groove->per_beat);
      }
    }
  }
  return KT_OK;
}

KtStatus kt_lore_load(const KtContext *ctx, const char *palette, KtLore *lore, KtError *err) {
  memset(lore, 0, sizeof(*lore));
  char name[64];
  snprintf(name, sizeof(name), "habits/%.40s.yaml", palette ? palette : "chamber");
  KtStatus status = kt_data_load(ctx, "emotion.yaml", &EMOTION, (void **)&lore->emotion, NULL, err);
  if (!status) {
    status = kt_harmony_lore_load(ctx, &lore->harmony, err);
  }
  if (!status) {
    status = kt_data_load(ctx, "figures.yaml", &FIGURES, (void **)&lore->figures,
                          &lore->figures_count, err);
  }
  if (!status) {
    status = kt_data_load(ctx, name, &HABITS, (void **)&lore->habits, NULL, err);
  }
  if (!status) {
    status = check_grooves(lore->habits, name, err);
  }
  if (!status) {
    status = kt_data_load(ctx, "learned/lines.yaml", &LINES, (void **)&lore->lines, NULL, err);
  }
  if (!status) {
    status = kt_learned_voices_load(ctx, &lore->voices, err);
  }
  if (!status) {
    status = kt_beyond_load(ctx, &lore->beyond, err);
  }
  if (!status) {
    status = kt_melody_lore_load(ctx, &lore->melody, err);
  }
  if (!status) {
    status = kt_variant_lore_load(ctx, &lore->variants, err);
  }
  if (!status) {
    status = kt_writing_load(ctx, &lore->writing, err);
  }
  if (!status) {
    status = kt_form_lore_load(ctx, &lore->form, err);
  }
  if (status) {
    kt_lore_free(lore);
  }
  return status;
}

void kt_lore_free(KtLore *lore) {
  kt_data_free(&EMOTION, lore->emotion, 0);
  kt_harmony_lore_free(lore->harmony);
  kt_data_free(&FIGURES, lore->figures, lore->figures_count);
  kt_data_free(&HABITS, lore->habits, 0);
  kt_data_free(&LINES, lore->lines, 0);
  kt_data_free(&VOICES, lore->voices, 0);
  kt_beyond_free(lore->beyond);
  kt_melody_lore_free(lore->melody);
  kt_variant_lore_free(lore->variants);
  kt_writing_free(lore->writing);
  kt_form_lore_free(lore->form);
  memset(lore, 0, sizeof(*lore));
}

float kt_curve(const KtCurvePoint *points, unsigned count, float at) {
  if (!count) {
    return 0;
  }
  if (at <= points[0].at) {
    return points[0].is;
  }
  for (unsigned i = 1; i < count; ++i) {
    if (at < points[i].at) {
      float span = points[i].at - points[i - 1].at;
      return points[i - 1].is + (at - points[i - 1].at) / span * (points[i].is - points[i - 1].is);
    }
  }
  return points[count - 1].is;
}

float kt_leaning(const KtLeaning *items, unsigned count, const char *id, float otherwise) {
  for (unsigned i = 0; i < count; ++i) {
    if (!strcmp(items[i].id, id)) {
      return items[i].weight;
    }
  }
  return otherwise;
}
