// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the story does not form a cue, a form does: parts that return, parts that contrast, a height that is kept for later.
#include "compose/form.h"

#include "base/data.h"

#include <math.h>

enum { PTR = CYAML_FLAG_POINTER };

static const cyaml_schema_value_t LETTER = {CYAML_VALUE_STRING(PTR, char, 1, 1)};
static const cyaml_schema_value_t WHOLE = {CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int)};
static const cyaml_schema_field_t FORM_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtForm, id, 1, 32), CYAML_FIELD_SEQUENCE("parts", PTR, KtForm, parts, &LETTER, 2, 16),
    CYAML_FIELD_BOOL("keys", 0, KtForm, keys), CYAML_FIELD_FLOAT("weight", 0, KtForm, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t FORM = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtForm, FORM_FIELDS)};
#define NUMBER(name) CYAML_FIELD_FLOAT(#name, 0, KtFormLore, name)
#define LIST(name) CYAML_FIELD_SEQUENCE(#name, PTR, KtFormLore, name, &WHOLE, 1, 16)
static const cyaml_schema_field_t FIELDS[] = {
    NUMBER(flat), CYAML_FIELD_SEQUENCE("forms", PTR, KtFormLore, forms, &FORM, 1, 32), LIST(near), LIST(far), NUMBER(far_tension),
    LIST(lead), NUMBER(energy), NUMBER(others), NUMBER(own), NUMBER(home_energy), NUMBER(reserve), NUMBER(reserve_flat),
    NUMBER(recall), NUMBER(breath), CYAML_FIELD_END};
static const cyaml_schema_value_t LORE = {CYAML_VALUE_MAPPING(PTR, KtFormLore, FIELDS)};

KtStatus kt_form_lore_load(const KtContext *ctx, KtFormLore **lore, KtError *err) {
  return kt_data_load(ctx, "form.yaml", &LORE, (void **)lore, NULL, err);
}

void kt_form_lore_free(KtFormLore *lore) {
  kt_data_free(&LORE, lore, 0);
}

/// How far a feeling ranges over the sections.
static float range_of(const KtSketch *sketch, float (*of)(const KtEmotion *)) {
  float low = 9, high = -9;
  for (size_t i = 0; i < sketch->sections.count; ++i) {
    float x = of(&sketch->sections.items[i].emotion);
    low = fminf(low, x);
    high = fmaxf(high, x);
  }
  return high - low;
}

static float valence(const KtEmotion *e) {
  return e->valence;
}

static float arousal(const KtEmotion *e) {
  return e->arousal;
}

static float tension(const KtEmotion *e) {
  return e->tension;
}

/// Loudness is kept back up to the section with most energy: where all is equally hot there would be nowhere to go.
static void keep_back(KtSketch *sketch) {
  const KtFormLore *lore = sketch->lore.form;
  float range = range_of(sketch, arousal), hot = 0;
  int top = 0, count = (int)sketch->sections.count;
  for (int i = 0; i < count; ++i) {
    hot += fmaxf(0, sketch->sections.items[i].emotion.arousal) / (float)count;
    top = sketch->sections.items[i].energy >= sketch->sections.items[top].energy ? i : top;
  }
  for (int i = 0; i < top; ++i) {
    float left = (float)(top - i) / (float)top;
    sketch->sections.items[i].reserve = lore->reserve * left * kt_clamp(1 - range / lore->reserve_flat, 0, 1) * kt_clamp(2 * hot, 0, 1);
  }
}

/// A form for so many sections, the better the fewer of them share a part; NULL where none has so few.
static const KtForm *choose(const KtFormLore *lore, int sections, KtRng *rng) {
  float weights[32], sum = 0;
  for (unsigned i = 0; i < lore->forms_count; ++i) {
    int over = sections - (int)lore->forms[i].parts_count;
    weights[i] = over < 0 ? 0 : lore->forms[i].weight * expf(-0.7F * (float)over);
    sum += weights[i];
  }
  return sum > 0 ? &lore->forms[kt_rng_pick(rng, weights, lore->forms_count)] : NULL;
}

static void brighten(KtSketch *sketch, KtCueSection *s, float by) {
  s->energy = kt_clamp(s->energy + by, 0, 1);
  s->bare = kt_clamp(s->bare + by, 0, 1);
  for (int b = 0; b < s->bars; ++b) {
    KtCueBar *bar = &sketch->bars.items[s->first + b];
    bar->energy = kt_clamp(bar->energy + by, 0, 1);
  }
}

/// What a letter after the first is told by.
typedef struct Contrast {
  int fifths, lead;
} Contrast;

void kt_sketch_form(KtSketch *sketch) {
  const KtFormLore *lore = sketch->lore.form;
  int count = (int)sketch->sections.count, seen[26] = {0};
  KtRng rng = kt_sketch_rng(sketch, "form");
  keep_back(sketch);
  for (int i = 0; i < count; ++i) {
    sketch->sections.items[i].letter = -1;
  }
  float moves = range_of(sketch, valence) + range_of(sketch, arousal) + range_of(sketch, tension);
  const KtForm *form = count && moves < lore->flat ? choose(lore, count, &rng) : NULL;
  Contrast contrasts[26] = {{0}};
  for (int i = 1; form && i < 26; ++i) {
    bool far = sketch->sections.items[0].emotion.tension >= lore->far_tension;
    int fifths = far ? lore->far[kt_rng_int(&rng, 0, (int)lore->far_count - 1)] : lore->near[kt_rng_int(&rng, 0, (int)lore->near_count - 1)];
    fifths = fifths < -6 ? -6 : fifths > 6 ? 6 : fifths;
    contrasts[i] = (Contrast){form->keys ? fifths : 0, lore->lead[kt_rng_int(&rng, 0, (int)lore->lead_count - 1)]};
  }
  for (int i = 0, part = -1; form && i < count; ++i) {
    KtCueSection *s = &sketch->sections.items[i];
    int now = i * (int)form->parts_count / count;
    int letter = form->parts[now][0] >= 'A' && form->parts[now][0] <= 'Z' ? form->parts[now][0] - 'A' : 0;
    seen[letter] += now != part;
    part = now;
    s->letter = letter;
    s->turn = seen[letter] - 1;
    s->keyed = form->keys;
    s->fifths = contrasts[letter].fifths;
    s->away = contrasts[letter].lead;
    bool home = letter == 0 && i + 1 == count && i > 0;
    brighten(sketch, s, letter ? lore->energy : home ? lore->home_energy : 0);
  }
}

float kt_form_worth(const KtSketch *sketch, const KtCueSection *section, const KtCueSection *was) {
  if (section->letter < 0 || was->letter < 0) {
    return 1;
  }
  return section->letter == was->letter ? sketch->lore.form->own : sketch->lore.form->others;
}
