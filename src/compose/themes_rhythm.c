// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/themes_grow.h"

#include <math.h>
#include <string.h>

enum { CELL_MAX = 16 };

typedef struct Cell {
  KtTick length[CELL_MAX]; ///< negative: a rest
  int count;
} Cell;

static bool is_of(const KtTuneCell *cell, const char *character) {
  for (unsigned i = 0; i < cell->of_count; ++i) {
    if (!strcmp(cell->of[i], character)) {
      return true;
    }
  }
  return false;
}

static bool pick_cell(const KtTuneWish *wish, const KtTuneDraft *draft, KtTunePlace place,
                      KtRng *rng, Cell *cell) {
  float weights[256];
  unsigned count = wish->book->cells_count < 256 ? wish->book->cells_count : 256;
  float sum = 0;
  for (unsigned i = 0; i < count; ++i) {
    const KtTuneCell *c = &wish->book->cells[i];
    bool fits = c->metre[0] == draft->beats && c->metre[1] == draft->unit && c->place == place &&
                is_of(c, wish->character->id);
    weights[i] = fits ? c->weight : 0;
    sum += weights[i];
  }
  if (!(sum > 0)) {
    return false;
  }
  const KtTuneCell *c = &wish->book->cells[kt_rng_pick(rng, weights, count)];
  cell->count = (int)c->bar_count;
  for (int i = 0; i < cell->count; ++i) {
    cell->length[i] = (KtTick)lround((double)c->bar[i] * KT_PPQ);
  }
  return true;
}

/// A bar spoken as the name is: strong syllables long, weak ones short, the last one held; a short
/// name is said twice.
static bool name_cell(const KtTuneWish *wish, const KtTuneDraft *draft, KtRng *rng, Cell *cell) {
  static const KtTick longs[] = {3 * KT_PPQ / 2, 2 * KT_PPQ, KT_PPQ};
  int syllables = (int)strlen(wish->stress);
  if (syllables < 2 || syllables > 6) {
    return false;
  }
  bool triple = draft->unit == 8;
  bool quick = draft->bar < 3 * KT_PPQ || syllables > 3 || wish->character->bpm[0] > 100;
  KtTick weak = quick || kt_rng_unit(rng) < 0.5 ? KT_PPQ / 2 : KT_PPQ;
  KtTick strong = triple ? KT_PPQ : longs[kt_rng_int(rng, 0, quick ? 0 : 1)];
  if (!triple && (quick || draft->bar == 3 * KT_PPQ)) {
    strong = weak == KT_PPQ / 2 && kt_rng_unit(rng) < 0.5 ? 3 * KT_PPQ / 2 : KT_PPQ;
  }
  weak = triple ? KT_PPQ / 2 : strong == 3 * KT_PPQ / 2 ? KT_PPQ / 2 : weak;
  KtTick sum = 0;
  cell->count = 0;
  for (int round = 0; round < 2; ++round) {
    KtTick said = 0;
    for (int i = 0; i < syllables; ++i) {
      said += wish->stress[i] == '/' ? strong : weak;
    }
    if (sum + said > draft->bar || (round && (cell->count > 4 || kt_rng_unit(rng) < 0.4))) {
      break;
    }
    for (int i = 0; i < syllables; ++i) {
      cell->length[cell->count++] = wish->stress[i] == '/' ? strong : weak;
    }
    sum += said;
  }
  if (!cell->count) {
    return false;
  }
  cell->length[cell->count - 1] += draft->bar - sum;
  return true;
}

static void set_bar(KtTuneDraft *draft, int bar, const Cell *cell) {
  KtTick at = draft->bar * bar;
  draft->first[bar] = draft->count;
  for (int i = 0; i < cell->count; ++i) {
    KtTick length = cell->length[i] < 0 ? -cell->length[i] : cell->length[i];
    if (cell->length[i] > 0 && draft->count < KT_TUNE_NOTES_MAX) {
      draft->notes[draft->count] = (KtThemeNote){.start = at, .duration = length};
      draft->free[draft->count] = true;
      ++draft->count;
    }
    at += length;
  }
  draft->first[bar + 1] = draft->count;
}

bool kt_tune_rhythm(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft) {
  Cell idea, answer, run, run2, open, end;
  draft->count = 0;
  draft->named = wish->stress[0] && kt_rng_unit(rng) < 0.75 && name_cell(wish, draft, rng, &idea);
  if ((!draft->named && !pick_cell(wish, draft, KT_TUNE_IDEA, rng, &idea)) ||
      !pick_cell(wish, draft, KT_TUNE_ANSWER, rng, &answer) ||
      !pick_cell(wish, draft, KT_TUNE_RUN, rng, &run) ||
      !pick_cell(wish, draft, KT_TUNE_RUN, rng, &run2) ||
      !pick_cell(wish, draft, KT_TUNE_END, rng, &open) ||
      !pick_cell(wish, draft, KT_TUNE_END, rng, &end)) {
    return false;
  }
  const Cell *bars[3][KT_TUNE_BARS] = {
      [KT_TUNE_SENTENCE] = {&idea, &answer, &idea, &answer, &idea, &idea, &run, &end},
      [KT_TUNE_PERIOD] = {&idea, &answer, &run, &open, &idea, &answer, &run2, &end},
      [KT_TUNE_RETURN] = {&idea, &answer, &idea, &open, &run, &run2, &idea, &end},
  };
  if (draft->form == KT_TUNE_SENTENCE && kt_rng_unit(rng) < 0.4) {
    bars[KT_TUNE_SENTENCE][5] = &run2;
  }
  for (int bar = 0; bar < KT_TUNE_BARS; ++bar) {
    set_bar(draft, bar, bars[draft->form][bar]);
  }
  int idea_notes = draft->first[2]; // four notes are soon said by chance, and a dozen are no motif
  return idea_notes >= 5 && idea_notes <= 10 && draft->count < KT_TUNE_NOTES_MAX;
}
