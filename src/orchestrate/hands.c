// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Hands: a string player needs a moment between the bow and the finger.
#include "orchestrate/desk.h"

/// Notes [from, to) that are all plucked or all bowed.
typedef struct Run {
  size_t from, to;
} Run;

static bool is_plucked(const KtDeskNote *one) {
  return one->note.articulation == KT_ART_PIZZICATO;
}

/// Time between the hands before note `i`: a plucked tone rings by itself, a bowed one is held.
static double room_before(const KtScoring *scoring, const KtDeskNotes *notes, size_t i) {
  const KtNote *before = &notes->items[i - 1].note;
  KtTick free_at = is_plucked(&notes->items[i - 1]) ? before->start : before->start + before->duration;
  return kt_scoring_seconds(scoring, notes->items[i].note.start) - kt_scoring_seconds(scoring, free_at);
}

/// The end of the run of one way of playing that begins at `from`.
static size_t run_end(const KtDeskNotes *notes, size_t from) {
  size_t to = from + 1;
  while (to < notes->count && is_plucked(&notes->items[to]) == is_plucked(&notes->items[from])) {
    ++to;
  }
  return to;
}

static bool could_be_plucked(const KtScoring *scoring, const KtDeskNotes *notes, Run run) {
  for (size_t i = run.from; i < run.to; ++i) {
    const KtNote *note = &notes->items[i].note;
    double length = kt_scoring_seconds(scoring, note->start + note->duration) - kt_scoring_seconds(scoring, note->start);
    bool plain = note->articulation == KT_ART_SHORT || note->articulation == KT_ART_MARCATO;
    if (!plain || length > KT_BRIEF_S || note->statement >= 0) {
      return false;
    }
  }
  return true;
}

static void play_all(KtDeskNotes *notes, Run run, KtArticulation how) {
  for (size_t i = run.from; i < run.to; ++i) {
    notes->items[i].note.articulation = (uint8_t)how;
  }
  if (run.to < notes->count && notes->items[run.to].note.articulation == KT_ART_LEGATO) {
    notes->items[run.to].note.articulation = KT_ART_LONG; // nothing to be bound to
  }
}

void kt_make_hands(const KtScoring *scoring, const KtInstrument *instrument, KtDeskNotes *notes) {
  if (!instrument->has[KT_ART_PIZZICATO] || !instrument->has[KT_ART_SHORT]) {
    return;
  }
  size_t from = 0;
  while (from < notes->count) {
    size_t join = run_end(notes, from);
    if (join == notes->count || room_before(scoring, notes, join) >= (double)scoring->habits->hand_change_s) {
      from = join;
      continue;
    }
    size_t to = run_end(notes, join);
    bool plucked_first = is_plucked(&notes->items[from]);
    Run first = {from, join}, second = {join, to};
    Run plucked = plucked_first ? first : second, bowed = plucked_first ? second : first;
    if (bowed.to - bowed.from < plucked.to - plucked.from && could_be_plucked(scoring, notes, bowed)) {
      play_all(notes, bowed, KT_ART_PIZZICATO);
    } else {
      play_all(notes, plucked, KT_ART_SHORT);
    } // both are one run now, and may join the next
  }
}
