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

/// A name said once more or not, `said` ticks long: whether the bar has room and it is wished.
static bool again(const Cell *cell, KtTick sum, KtTick said, KtTick bar, KtRng *rng) {
  return sum + said <= bar && (!cell->count || (cell->count <= 4 && kt_rng_unit(rng) >= 0.25));
}

/// A bar spoken as the name is: strong syllables long, weak ones short, the last strong one held; a short name is said
/// twice.
static bool name_cell(const KtTuneWish *wish, const char *stress, const KtTuneDraft *draft, KtRng *rng, Cell *cell) {
  static const KtTick longs[] = {3 * KT_PPQ / 2, 2 * KT_PPQ, KT_PPQ};
  int syllables = (int)strlen(stress), held = 0;
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
  weak = triple || strong < 2 * KT_PPQ ? KT_PPQ / 2 : weak;
  KtTick sum = 0, said = 0;
  for (int i = 0; i < syllables; ++i) {
    said += stress[i] == '/' ? strong : weak;
  }
  cell->count = 0;
  while (again(cell, sum, said, draft->bar, rng)) {
    for (int i = 0; i < syllables; ++i) {
      held = stress[i] == '/' ? cell->count : held;
      cell->length[cell->count++] = stress[i] == '/' ? strong : weak;
    }
    sum += said;
  }
  if (!cell->count) {
    return false;
  }
  cell->length[held] += draft->bar - sum;
  bool stretched = held + 2 == cell->count && cell->length[held] > 3 * KT_PPQ;
  cell->length[held] -= stretched ? KT_PPQ / 2 : 0;
  cell->length[cell->count - 1] += stretched ? KT_PPQ / 2 : 0;
  return true;
}

static void set_bar(KtTuneDraft *draft, int bar, const Cell *cell, bool leads_on) {
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
  draft->ups[bar] = 0;
  draft->first[bar + 1] = draft->count;
  if (leads_on) {
    kt_tune_add_upbeat(draft, bar);
  }
}

/// The idea's bar from the name: what is weak before its first strong syllable is said before the bar line. False where
/// the name says nothing of it.
static bool name_idea(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft, Cell *idea) {
  int weak = (int)strspn(wish->stress, "x");
  if (!wish->stress[weak]) {
    kt_tune_upbeat(wish, 0, rng, draft);
    return false;
  }
  if (weak) {
    kt_tune_upbeat(wish, weak, rng, draft);
  }
  const char *rest = wish->stress + weak;
  return rest[1] ? name_cell(wish, rest, draft, rng, idea) : weak && pick_cell(wish, draft, KT_TUNE_IDEA, rng, idea);
}

bool kt_tune_rhythm(const KtTuneWish *wish, KtRng *rng, KtTuneDraft *draft) {
  // bars after which the idea comes back
  static const bool leads_on[3][KT_TUNE_BARS] = {
      [KT_TUNE_SENTENCE] = {[1] = true, [3] = true}, [KT_TUNE_PERIOD] = {[3] = true}, [KT_TUNE_RETURN] = {[1] = true, [5] = true}};
  Cell idea = {0}, answer, run, run2, open, end;
  draft->count = draft->up_count = 0;
  draft->named = name_idea(wish, rng, draft, &idea);
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
    set_bar(draft, bar, bars[draft->form][bar], leads_on[draft->form][bar]);
  }
  int idea_notes = draft->up_count + kt_tune_idea(draft); // four notes are soon said by chance, and a dozen are no motif
  return idea_notes >= 5 && idea_notes <= 10 && draft->count < KT_TUNE_NOTES_MAX;
}
