// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The upbeat of a tune: before the first bar, and before each return of the idea.
#include "compose/themes_grow.h"

#include <math.h>
#include <string.h>

static bool is_of(const KtTuneUpbeat *upbeat, const char *character) {
  for (unsigned i = 0; i < upbeat->of_count; ++i) {
    if (!strcmp(upbeat->of[i], character)) {
      return true;
    }
  }
  return false;
}

void kt_tune_upbeat(const KtTuneWish *wish, int weak, KtRng *rng, KtTuneDraft *draft) {
  float weights[64] = {0}, sum = 0;
  unsigned count = wish->book->upbeats_count < 64 ? wish->book->upbeats_count : 64;
  draft->up_count = 0;
  draft->up_ticks = 0;
  if (!weak && kt_rng_unit(rng) >= (double)wish->character->upbeat) {
    return;
  }
  weak = weak > KT_TUNE_UPBEAT_MOST ? KT_TUNE_UPBEAT_MOST : weak;
  for (unsigned i = 0; i < count; ++i) {
    const KtTuneUpbeat *upbeat = &wish->book->upbeats[i];
    bool fits = !weak || (int)upbeat->lengths_count == weak;
    weights[i] = fits ? upbeat->weight * (is_of(upbeat, wish->character->id) ? 1 : weak ? 0.1F : 0) : 0;
    sum += weights[i];
  }
  if (!(sum > 0)) {
    return;
  }
  const KtTuneUpbeat *upbeat = &wish->book->upbeats[kt_rng_pick(rng, weights, count)];
  for (unsigned i = 0; i < upbeat->lengths_count; ++i) {
    KtTick length = (KtTick)lround((double)upbeat->lengths[i] * KT_PPQ);
    length = draft->unit == 8 && upbeat->lengths_count == 1 ? KT_PPQ / 2 : length; // six-eight leans on its eighths
    draft->up[draft->up_count++] =
        (KtThemeNote){.start = draft->up_ticks, .duration = length, .degree = (int8_t)upbeat->steps[i]};
    draft->up_ticks += length;
  }
  if (draft->up_ticks * 2 > draft->bar) { // more than half a bar is no upbeat
    draft->up_count = 0;
    draft->up_ticks = 0;
  }
}

void kt_tune_add_upbeat(KtTuneDraft *draft, int bar) {
  KtTick end = draft->bar * (bar + 1), from = end - draft->up_ticks;
  draft->ups[bar] = 0;
  if (!draft->up_count || draft->count + draft->up_count > KT_TUNE_NOTES_MAX) {
    return;
  }
  while (draft->count > draft->first[bar] + 1 && draft->notes[draft->count - 1].start >= from) {
    --draft->count;
  }
  KtThemeNote *last = &draft->notes[draft->count - 1];
  if (last->start >= from) {
    draft->first[bar + 1] = draft->count;
    return;
  }
  last->duration = last->start + last->duration > from ? from - last->start : last->duration;
  for (int i = 0; i < draft->up_count; ++i) {
    draft->notes[draft->count] = draft->up[i];
    draft->notes[draft->count].start += from;
    draft->free[draft->count++] = false;
  }
  draft->ups[bar] = draft->up_count;
  draft->first[bar + 1] = draft->count;
}

void kt_tune_pitch_upbeats(KtTuneDraft *draft) {
  for (int bar = 0; bar + 1 < KT_TUNE_BARS; ++bar) {
    int down = draft->first[bar + 1];
    for (int i = 0; i < draft->ups[bar]; ++i) {
      KtThemeNote *note = &draft->notes[down - draft->ups[bar] + i];
      note->degree = (int8_t)(draft->notes[down].degree + draft->up[i].degree);
      note->alter = (int8_t)kt_tune_alter(draft->mode, kt_tune_chord_at(draft, note->start), note->degree);
    }
  }
}

int kt_tune_idea(const KtTuneDraft *draft) {
  return draft->first[2] - draft->ups[1];
}
