// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A figure's pattern as steps, and the ways in which it changes its shape (data/variants.yaml).
#include "base/data.h"
#include "compose/figures.h"

#include <string.h>

enum { OPT = CYAML_FLAG_OPTIONAL, PTR = CYAML_FLAG_POINTER };

#define WAY(name) CYAML_FIELD_INT(#name, OPT, KtFigureVariant, name)
static const cyaml_schema_field_t VARIANT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("id", PTR, KtFigureVariant, id, 1, 32), CYAML_FIELD_FLOAT("weight", 0, KtFigureVariant, weight),
    CYAML_FIELD_FLOAT("lean", OPT, KtFigureVariant, lean), CYAML_FIELD_BOOL("invert", OPT, KtFigureVariant, invert),
    CYAML_FIELD_BOOL("reverse", OPT, KtFigureVariant, reverse), WAY(rotate), WAY(raise), WAY(neighbour), WAY(leap), WAY(thin),
    WAY(hold), WAY(fill), WAY(accent), CYAML_FIELD_FLOAT("breath", OPT, KtFigureVariant, breath), CYAML_FIELD_END};
static const cyaml_schema_value_t VARIANT = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtFigureVariant, VARIANT_FIELDS)};
static const cyaml_schema_value_t BASS = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64)};
static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_INT("least", 0, KtVariantLore, least), CYAML_FIELD_INT("most", 0, KtVariantLore, most),
    CYAML_FIELD_INT("colour", 0, KtVariantLore, colour), CYAML_FIELD_INT("row", 0, KtVariantLore, row),
    CYAML_FIELD_SEQUENCE("bass", PTR, KtVariantLore, bass, &BASS, 1, 32),
    CYAML_FIELD_SEQUENCE("variants", PTR, KtVariantLore, variants, &VARIANT, 1, 32), CYAML_FIELD_END};
static const cyaml_schema_value_t VARIANTS = {CYAML_VALUE_MAPPING(PTR, KtVariantLore, FIELDS)};

KtStatus kt_variant_lore_load(const KtContext *ctx, KtVariantLore **lore, KtError *err) {
  return kt_data_load(ctx, "variants.yaml", &VARIANTS, (void **)lore, NULL, err);
}

void kt_variant_lore_free(KtVariantLore *lore) {
  kt_data_free(&VARIANTS, lore, 0);
}

static KtFigureStep read_step(const char *text, size_t length) {
  KtFigureStep step = {.count = *text == '-' ? -1 : 0};
  for (size_t i = 0; i < length; ++i) {
    if (text[i] >= '0' && text[i] <= '9' && step.count >= 0 && step.count < KT_FIGURE_TOGETHER) {
      step.tones[step.count++] = (int8_t)(text[i] - '0');
    }
    if (text[i] == 'b' && step.count == 0) {
      step.tones[step.count++] = 0;
      step.bass = true;
    }
    step.neighbour = text[i] == 'n' ? 1 : text[i] == 'm' ? -1 : step.neighbour;
    step.accent = step.accent || text[i] == '!';
  }
  return step;
}

static void count_onsets(KtFigureRow *row) {
  row->onsets = 0;
  for (int i = 0; i < row->count; ++i) {
    row->onsets += row->steps[i].count > 0;
  }
}

void kt_figure_row(const char *pattern, KtFigureRow *row) {
  row->count = 0;
  for (const char *at = pattern; *at && row->count < KT_FIGURE_STEPS;) {
    size_t length = strcspn(at, " ");
    if (length && *at != '|') {
      row->steps[row->count++] = read_step(at, length);
    }
    at += length;
    at += *at == ' ';
  }
  count_onsets(row);
}

void kt_figure_fit(KtFigureRow *row, int steps, bool across) {
  steps = steps < KT_FIGURE_STEPS ? steps : KT_FIGURE_STEPS;
  if (row->count && steps > 0 && !across && row->count % steps) {
    int count = row->count;
    for (int i = count; i < steps; ++i) {
      row->steps[i] = row->steps[i % count];
    }
    row->count = steps;
    count_onsets(row);
  }
}

/// The steps that are onsets, in order.
static int onsets_of(const KtFigureRow *row, int at[KT_FIGURE_STEPS]) {
  int count = 0;
  for (int i = 0; i < row->count; ++i) {
    if (row->steps[i].count > 0) {
      at[count++] = i;
    }
  }
  return count;
}

/// What an onset sounds, not where nor how hard.
static void sound(KtFigureStep *to, const KtFigureStep *from) {
  memcpy(to->tones, from->tones, sizeof(to->tones));
  to->count = from->count;
  to->neighbour = from->neighbour;
}

/// Order and direction of the tones; the rhythm stays.
static void turn(const KtFigureRow *row, const KtFigureVariant *v, KtFigureRow *out) {
  int at[KT_FIGURE_STEPS], count = onsets_of(row, at), low = 9, high = 0;
  for (int k = 0; k < count; ++k) {
    for (int t = 0; t < row->steps[at[k]].count; ++t) {
      int tone = row->steps[at[k]].tones[t];
      low = tone < low ? tone : low;
      high = tone > high ? tone : high;
    }
  }
  for (int k = 0; k < count; ++k) {
    int from = (v->reverse ? count - 1 - k : k) + count - v->rotate % count;
    KtFigureStep *step = &out->steps[at[k]];
    sound(step, &row->steps[at[from % count]]);
    for (int t = 0; t < step->count; ++t) {
      int tone = v->invert ? low + high - step->tones[t] : step->tones[t];
      step->tones[t] = (int8_t)(tone + v->raise);
    }
    step->neighbour = (int8_t)(v->invert ? -step->neighbour : step->neighbour);
  }
}

static bool each(int every, int k) {
  return every > 0 && k % every == every - 1;
}

/// Single onsets bent, left out, held over; rests filled.
static void bend(const KtFigureVariant *v, KtFigureRow *out) {
  int k = 0, rests = 0, last = 0;
  for (int i = 0; i < out->count; ++i) {
    KtFigureStep *step = &out->steps[i];
    if (step->count > 0) {
      bool free = k > 0 && !step->accent, single = step->count == 1;
      last = step->tones[0];
      if (each(v->neighbour, k) && free && single && !step->neighbour) {
        step->neighbour = (int8_t)(k % (2 * v->neighbour) < v->neighbour ? 1 : -1);
      }
      step->tones[0] = (int8_t)(step->tones[0] + (each(v->leap, k) && single ? 1 : 0));
      step->count = each(v->thin, k) && free ? 0 : each(v->hold, k) && free && i ? -1 : step->count;
      ++k;
    } else if (step->count == 0 && each(v->fill, rests++)) {
      *step = (KtFigureStep){.tones = {(int8_t)(last + 1)}, .count = 1};
    }
  }
}

void kt_figure_vary(const KtFigureRow *row, const KtFigureVariant *v, int bar, KtFigureRow *out) {
  *out = *row;
  if (!row->onsets) {
    return;
  }
  turn(row, v, out);
  bend(v, out);
  for (int i = 0; i < out->count; ++i) {
    KtFigureStep *step = &out->steps[i];
    step->accent = v->accent ? i % v->accent == 0 && step->count > 0 : step->accent;
    if (v->breath > 0 && bar > 1 && (float)(i % bar) >= v->breath * (float)bar && step->count > 0) {
      step->count = 0;
    }
  }
  count_onsets(out);
}

bool kt_figure_differs(const KtFigureRow *a, const KtFigureRow *b, int bar, bool rhythm) {
  int was[2] = {-1, -1};
  for (int i = 0; i < bar && a->count && b->count; ++i) {
    const KtFigureStep *x = &a->steps[i % a->count], *y = &b->steps[i % b->count];
    if ((x->count > 0) != (y->count > 0) || (x->count < 0) != (y->count < 0)) {
      return true;
    }
    if (x->count > 0) {
      int now[2] = {3 * x->tones[0] + x->neighbour, 3 * y->tones[0] + y->neighbour};
      int up[2] = {(now[0] > was[0]) - (now[0] < was[0]), (now[1] > was[1]) - (now[1] < was[1])};
      if (!rhythm && was[0] >= 0 && up[0] != up[1]) {
        return true;
      }
      was[0] = now[0];
      was[1] = now[1];
    }
  }
  return false;
}
