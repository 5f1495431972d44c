// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"
#include "render/synth.h"

const char *kt_synth_of(const KtInstrument *instrument) {
  return instrument->presets[KT_ART_LONG].csound;
}

static int64_t end_of(const KtSeat *seat, size_t index) {
  const KtSeatEvent *on = &seat->events.items[index];
  for (size_t i = index + 1; i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    if (event->kind == KT_EVENT_NOTE_OFF && event->channel == on->channel && event->key == on->key &&
        event->block > on->block) {
      return event->block;
    }
  }
  return on->block + 1;
}

KtStatus kt_synth_notes(KtArena *arena, const KtSeat *seat, KtSynthNotes *notes, KtError *err) {
  KtRng rng = kt_rng(1, seat->instrument->id); // the cue's own notes make it differ, not its name
  for (size_t i = 0; i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    if (event->kind == KT_EVENT_NOTE_ON) {
      KtSynthNote *note = kt_array_push(arena, notes);
      if (!note) {
        return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      }
      *note = (KtSynthNote){.block = event->block,
                            .held = end_of(seat, i) - event->block,
                            .channel = event->channel,
                            .key = event->key,
                            .velocity = event->value,
                            .seed = 0.05 + 0.9 * kt_rng_unit(&rng)};
    }
  }
  return KT_OK;
}
