// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Beyond the screen: its data, what the picture's colours lean, whose name a motif is said after. The
// gestures are in gestures.c.
#include "compose/beyond.h"

#include "base/data.h"
#include "compose/sketch.h"

#include <math.h>
#include <string.h>

static const cyaml_schema_field_t LEANING_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, KtLeaning, id, 1, 32),
    CYAML_FIELD_FLOAT("weight", 0, KtLeaning, weight), CYAML_FIELD_END};
static const cyaml_schema_field_t TINT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("of", CYAML_FLAG_POINTER, KtTint, of, 1, 40),
    CYAML_FIELD_FLOAT("brightness", CYAML_FLAG_OPTIONAL, KtTint, look.brightness),
    CYAML_FIELD_FLOAT("warmth", CYAML_FLAG_OPTIONAL, KtTint, look.warmth),
    CYAML_FIELD_FLOAT("saturation", CYAML_FLAG_OPTIONAL, KtTint, look.saturation), CYAML_FIELD_END};
static const cyaml_schema_value_t TINT = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtTint, TINT_FIELDS)};
static const cyaml_schema_value_t LEANING = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtLeaning, LEANING_FIELDS)};
#define NUMBER(name) CYAML_FIELD_FLOAT(#name, 0, KtBeyondLore, name)
static const cyaml_schema_field_t FIELDS[] = {
    NUMBER(strength_min), NUMBER(camera), NUMBER(gap_s), NUMBER(still_s), NUMBER(still_share), NUMBER(run_s),
    NUMBER(tone_s), NUMBER(crescendo),
    CYAML_FIELD_SEQUENCE("per_minute", CYAML_FLAG_POINTER, KtBeyondLore, per_minute, &LEANING, 1, 32),
    NUMBER(brightness), NUMBER(warmth), NUMBER(saturation), NUMBER(card), NUMBER(mode),
    CYAML_FIELD_FLOAT("register", 0, KtBeyondLore, register_), NUMBER(orchestra), NUMBER(players),
    CYAML_FIELD_SEQUENCE("tints", CYAML_FLAG_POINTER, KtBeyondLore, tints, &TINT, 0, 100), CYAML_FIELD_END};
static const cyaml_schema_value_t SCHEMA = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtBeyondLore, FIELDS)};

KtStatus kt_beyond_load(const KtContext *ctx, KtBeyondLore **lore, KtError *err) {
  return kt_data_load(ctx, "beyond.yaml", &SCHEMA, (void **)lore, NULL, err);
}

void kt_beyond_free(KtBeyondLore *lore) {
  kt_data_free(&SCHEMA, lore, 0);
}

void kt_sketch_tell(KtSketch *sketch, KtTick at, const char *kind, const char *what) {
  KtBeyond *told = kt_array_push(sketch->score->arena, &sketch->score->beyond);
  if (told) {
    *told = (KtBeyond){at, kind, kt_arena_text(sketch->score->arena, what)};
  }
}

float kt_tint_of(const KtBeyondLore *lore, const char *id, const char *family, KtTinge look) {
  const KtTint *tint = NULL;
  for (unsigned i = 0; i < lore->tints_count; ++i) {
    bool own = !strcmp(lore->tints[i].of, id);
    if (own || (!tint && !strcmp(lore->tints[i].of, family))) {
      tint = &lore->tints[i];
    }
    if (own) {
      break;
    }
  }
  return !tint ? 0 : tint->look.brightness * look.brightness + tint->look.warmth * look.warmth + tint->look.saturation * look.saturation;
}

enum { BRIGHTNESS, WARMTH, SATURATION, LOOKS };

/// Whether a shot is a card: lettering over more than half of it on a ground without colour, which is no picture of anything.
static bool is_card(const KtFilm *film, const KtShot *shot, float card) {
  KtFilmTime lettered = 0;
  for (size_t i = 0; i < film->titles.count; ++i) {
    const KtSpan *span = &film->titles.items[i];
    KtFilmTime start = shot->start > span->start ? shot->start : span->start, end = shot->end < span->end ? shot->end : span->end;
    lettered += end > start ? end - start : 0;
  }
  return shot->saturation * shot->brightness < card && 2 * lettered > shot->end - shot->start;
}

/// Means of what the shots between two times look like, and their deviation; false where nothing was seen.
static bool look_of(const KtFilm *film, float card, KtFilmTime from, KtFilmTime to, double mean[LOOKS], double deviation[LOOKS]) {
  double sum[LOOKS] = {0}, squares[LOOKS] = {0}, length = 0;
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    KtFilmTime start = shot->start > from ? shot->start : from, end = shot->end < to ? shot->end : to;
    const double looks[LOOKS] = {(double)shot->brightness, (double)shot->warmth, (double)shot->saturation};
    double seconds = end > start && !is_card(film, shot, card) ? kt_seconds(end - start) : 0;
    for (int k = 0; k < LOOKS; ++k) {
      sum[k] += seconds * looks[k];
      squares[k] += seconds * looks[k] * looks[k];
    }
    length += seconds;
  }
  for (int k = 0; k < LOOKS && length > 0; ++k) {
    mean[k] = sum[k] / length;
    deviation[k] = sqrt(fmax(0, squares[k] / length - mean[k] * mean[k]));
  }
  return length > 0;
}

float kt_sketch_shade(const KtSketch *sketch, KtFilmTime from, KtFilmTime to, KtTinge *look) {
  /// A film that hardly changes its colours does not lean at every shot.
  static const double LEAST_DEVIATION = 0.06;
  const KtFilm *film = sketch->desk->film;
  const KtBeyondLore *lore = sketch->lore.beyond;
  double all[LOOKS], deviation[LOOKS], here[LOOKS], ignored[LOOKS];
  *look = (KtTinge){0};
  if (!film || kt_sketch_off(sketch, "colour") || !look_of(film, lore->card, 0, film->duration, all, deviation) ||
      !look_of(film, lore->card, from, to, here, ignored)) {
    return 0;
  }
  const double shares[LOOKS] = {(double)lore->brightness, (double)lore->warmth, (double)lore->saturation};
  double lean = 0, off[LOOKS];
  for (int k = 0; k < LOOKS; ++k) {
    off[k] = (here[k] - all[k]) / fmax(deviation[k], LEAST_DEVIATION);
    lean += shares[k] * off[k];
  }
  *look = (KtTinge){kt_clamp((float)off[BRIGHTNESS] / 1.5F, -1, 1), kt_clamp((float)off[WARMTH] / 1.5F, -1, 1),
                   kt_clamp((float)off[SATURATION] / 1.5F, -1, 1)};
  return kt_clamp((float)lean / 1.5F, -1, 1);
}

void kt_sketch_tell_shade(KtSketch *sketch, const KtCueSection *section, KtMode plain) {
  static const char *const MODES[] = {"locrian", "phrygian", "aeolian", "dorian", "mixolydian", "ionian", "lydian"};
  int up = (int)lroundf(sketch->lore.beyond->register_ * section->shade);
  if (section->key.mode == plain && !up) {
    return;
  }
  const char *said = section->shade > 0 ? "lighter pictures than the film's" : "darker pictures than the film's";
  const char *mode = section->key.mode == plain ? "" : kt_arena_format(sketch->arena, ", %s for %s", MODES[section->key.mode], MODES[plain]);
  const char *place = !up ? "" : kt_arena_format(sketch->arena, ", %d semitone%s %s", up < 0 ? -up : up, up == 1 || up == -1 ? "" : "s", up < 0 ? "lower" : "higher");
  kt_sketch_tell(sketch, section->start, "colour", kt_arena_format(sketch->arena, "%s%s%s", said, mode, place));
}

void kt_sketch_tell_names(KtSketch *sketch) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtPlaced *placed = &sketch->placed.items[i];
    const KtTheme *theme = &sketch->themes->items.items[placed->plan->theme];
    bool before = false;
    for (size_t k = 0; k < i; ++k) {
      before = before || sketch->placed.items[k].plan->theme == placed->plan->theme;
    }
    if (!before && theme->rhythm_from && *theme->rhythm_from) {
      kt_sketch_tell(sketch, placed->notes.record.start, "name_rhythm",
                     kt_arena_format(sketch->arena, "%s in the rhythm of %s", theme->id, theme->rhythm_from));
    }
  }
}
