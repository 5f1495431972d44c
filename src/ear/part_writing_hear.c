// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/part_writing.h"

#include "base/data.h"

#include <stdlib.h>
#include <string.h>

enum { LINES = 64, FIRST_UNNAMED = 24 };

#define PRICE(name) CYAML_FIELD_FLOAT(#name, 0, KtWritingPrices, name)
static const cyaml_schema_field_t PRICE_FIELDS[] = {
    PRICE(parallel), PRICE(beat),  PRICE(deep),      PRICE(unresolved), PRICE(left),     PRICE(covered), PRICE(leap),
    PRICE(moved),    PRICE(other), PRICE(thirdless), PRICE(doubled),    PRICE(inverted), PRICE(rubs),    PRICE(silent),
    CYAML_FIELD_END};
#define ROLE(name, role) {.key = name, .value = {.type = CYAML_FLOAT, .flags = CYAML_FLAG_DEFAULT, .data_size = sizeof(float)}, \
                          .data_offset = (uint32_t)((role) * sizeof(float))}
#define USUAL(name) CYAML_FIELD_FLOAT(#name, 0, struct KtWritingUsual, name)
static const cyaml_schema_field_t USUAL_FIELDS[] = {USUAL(moves), USUAL(parallels), USUAL(tendencies), USUAL(unresolved),
                                                    CYAML_FIELD_END};
static const cyaml_schema_field_t ROLE_FIELDS[] = {
    ROLE("lead", KT_ROLE_LEAD), ROLE("counter", KT_ROLE_COUNTER), ROLE("harmony", KT_ROLE_HARMONY), ROLE("bass", KT_ROLE_BASS),
    ROLE("figure", KT_ROLE_FIGURE), ROLE("pulse", KT_ROLE_PULSE), ROLE("percussion", KT_ROLE_PERCUSSION),
    ROLE("colour", KT_ROLE_COLOUR), CYAML_FIELD_END};
static const cyaml_schema_field_t MEANT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, KtWritingMeant, palette, 1, 40),
    CYAML_FIELD_BOOL("clusters", 0, KtWritingMeant, clusters), CYAML_FIELD_BOOL("planing", 0, KtWritingMeant, planing),
    CYAML_FIELD_END};
static const cyaml_schema_value_t MEANT = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, KtWritingMeant, MEANT_FIELDS)};
static const cyaml_schema_field_t RULES_FIELDS[] = {
    CYAML_FIELD_INT("third_from", 0, KtWritingRules, third_from),
    CYAML_FIELD_INT("fifth_from", 0, KtWritingRules, fifth_from),
    CYAML_FIELD_FLOAT("resolves_within", 0, KtWritingRules, resolves_within),
    CYAML_FIELD_INT("lead_from", 0, KtWritingRules, lead_from),
    CYAML_FIELD_INT("passes", 0, KtWritingRules, passes),
    CYAML_FIELD_MAPPING("usual", 0, KtWritingRules, usual, USUAL_FIELDS),
    CYAML_FIELD_MAPPING("prices", 0, KtWritingRules, prices, PRICE_FIELDS),
    CYAML_FIELD_MAPPING("roles", 0, KtWritingRules, roles, ROLE_FIELDS),
    CYAML_FIELD_SEQUENCE("meant", CYAML_FLAG_POINTER, KtWritingRules, meant, &MEANT, 0, 100), CYAML_FIELD_END};
static const cyaml_schema_value_t RULES = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, KtWritingRules, RULES_FIELDS)};

KtStatus kt_writing_load(const KtContext *ctx, KtWritingRules **rules, KtError *err) {
  return kt_data_load(ctx, "part_writing.yaml", &RULES, (void **)rules, NULL, err);
}

void kt_writing_free(KtWritingRules *rules) {
  kt_data_free(&RULES, rules, 0);
}

typedef struct Mark {
  KtTick at;
  unsigned paces;
} Mark;

static int by_tick(const void *a, const void *b) {
  const Mark *x = a, *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

static int by_start(const void *a, const void *b) {
  const KtTone *x = a, *y = b;
  if (x->note->start != y->note->start) {
    return x->note->start < y->note->start ? -1 : 1;
  }
  return x->note->midi - y->note->midi;
}

/// Tones part by part; those of a theme, and what doubles them, are fixed.
static bool gather(KtArena *arena, KtPart *const *parts, size_t count, KtPartWriting *w) {
  size_t all = 0;
  for (size_t p = 0; p < count; ++p) {
    all += parts[p]->notes.count;
  }
  w->tones = KT_NEW(arena, KtTone, all + 1);
  for (size_t p = 0; w->tones && p < count; ++p) {
    unsigned first = w->tone_count;
    for (size_t i = 0; i < parts[p]->notes.count; ++i) {
      KtNote *note = &parts[p]->notes.items[i];
      w->tones[w->tone_count++] = (KtTone){.note = note, .role = note->line ? (KtRole)note->role : parts[p]->role, .part = (int)p,
          .line = note->line ? note->line % FIRST_UNNAMED : FIRST_UNNAMED + (int)p % (LINES - FIRST_UNNAMED),
          .was = note->midi, .fixed = note->statement >= 0 || note->fixed};
    }
    qsort(w->tones + first, w->tone_count - first, sizeof(KtTone), by_start);
  }
  return w->tones && w->tone_count;
}

/// Begins, ends, beats and chords, each tick once.
static bool mark_moments(KtArena *arena, KtPartWriting *w) {
  KtTick end = w->score->end;
  size_t chords = w->score->chords.count, halves = end > 0 ? (size_t)(2 * end / KT_PPQ) + 1 : 0;
  Mark *marks = KT_NEW(arena, Mark, 2 * (size_t)w->tone_count + chords + halves);
  size_t count = 0;
  for (unsigned i = 0; marks && i < w->tone_count; ++i) {
    const KtNote *n = w->tones[i].note;
    marks[count++] = (Mark){n->start, 1U << KT_PACE_ATTACKS};
    marks[count++] = (Mark){n->start + n->duration, 0};
  }
  for (size_t i = 0; marks && i < chords; ++i) {
    marks[count++] = (Mark){w->score->chords.items[i].start, 1U << KT_PACE_CHORDS};
  }
  for (size_t i = 0; marks && i < halves; ++i) {
    marks[count++] = (Mark){(KtTick)i * KT_PPQ / 2, 1U << KT_PACE_CHANGES | (i % 2 ? 0 : 1U << KT_PACE_BEATS)};
  }
  w->moments = KT_NEW(arena, KtInstant, count + 1);
  if (!marks || !w->moments) {
    return false;
  }
  qsort(marks, count, sizeof(Mark), by_tick);
  int chord = 0;
  for (size_t i = 0; i < count; ++i) {
    KtInstant *last = w->moment_count ? &w->moments[w->moment_count - 1] : NULL;
    if (!last || last->at != marks[i].at) {
      last = &w->moments[w->moment_count++];
      while ((size_t)chord + 1 < chords && w->score->chords.items[chord + 1].start <= marks[i].at) {
        ++chord;
      }
      *last = (KtInstant){.at = marks[i].at, .chord = chord, .dominant = -1};
    }
    last->paces |= marks[i].paces;
  }
  return true;
}

static unsigned moment_at(const KtPartWriting *w, KtTick at) {
  unsigned low = 0, high = w->moment_count;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    if (w->moments[middle].at < at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Which tones sound at each moment.
static bool place(KtArena *arena, KtPartWriting *w) {
  size_t sum = 0;
  for (unsigned i = 0; i < w->tone_count; ++i) {
    KtTone *tone = &w->tones[i];
    tone->from = moment_at(w, tone->note->start);
    tone->to = moment_at(w, tone->note->start + tone->note->duration);
    for (unsigned m = tone->from; m < tone->to; ++m) {
      ++w->moments[m].count;
      ++sum;
    }
  }
  w->on = KT_NEW(arena, unsigned, sum + 1);
  for (int pace = 0; pace < KT_PACES; ++pace) {
    w->paced[pace] = KT_NEW(arena, unsigned, w->moment_count + 1);
    if (!w->paced[pace]) {
      return false;
    }
  }
  unsigned first = 0;
  for (unsigned m = 0; m < w->moment_count; ++m) {
    w->moments[m].first = first;
    first += w->moments[m].count;
    w->moments[m].count = 0;
    for (int pace = 0; pace < KT_PACES; ++pace) {
      if (w->moments[m].paces & 1U << pace) {
        w->paced[pace][w->paced_count[pace]++] = m;
      }
    }
  }
  for (unsigned i = 0; w->on && i < w->tone_count; ++i) {
    for (unsigned m = w->tones[i].from; m < w->tones[i].to; ++m) {
      w->on[w->moments[m].first + w->moments[m].count++] = i;
    }
  }
  return w->on != NULL;
}

/// What doubles a theme goes where the theme goes.
static void fix_doublings(KtPartWriting *w) {
  for (unsigned i = 0; i < w->tone_count; ++i) {
    KtTone *tone = &w->tones[i];
    const KtInstant *m = &w->moments[tone->from];
    for (unsigned k = 0; !tone->fixed && tone->from < tone->to && k < m->count; ++k) {
      const KtTone *other = &w->tones[w->on[m->first + k]];
      tone->fixed = other->note->statement >= 0 && other->line == tone->line && other->note->start == tone->note->start;
    }
  }
}

bool kt_writing_hear(KtArena *arena, const KtWritingRules *rules, const char *palette, const KtScore *score,
                     KtPart *const *parts, size_t count, KtPartWriting *heard) {
  *heard = (KtPartWriting){.rules = rules, .score = score};
  for (unsigned i = 0; palette && i < rules->meant_count; ++i) {
    heard->meant = !strcmp(rules->meant[i].palette, palette) ? &rules->meant[i] : heard->meant;
  }
  if (!score->chords.count || !gather(arena, parts, count, heard) || !mark_moments(arena, heard) || !place(arena, heard)) {
    return false;
  }
  fix_doublings(heard);
  kt_writing_refresh(heard, 0, heard->moment_count - 1);
  return true;
}
