// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The lead: theme statements as planned, and between them answers from their cells, with rests.
#include "compose/sketch.h"

static void copy_line(KtSketch *sketch, const KtNote *notes, size_t count, KtCuePart part,
                      int statement, int *written) {
  for (size_t i = 0; i < count; ++i) {
    KtNote *note = kt_sketch_note(sketch, part, notes[i].start, notes[i].duration, notes[i].midi,
                                  (KtArticulation)notes[i].articulation);
    if (note) {
      note->accent = notes[i].accent;
      note->breath_after = notes[i].breath_after || i + 1 == count;
      note->statement = (int16_t)statement;
      *written += 1;
    }
  }
}

static void state(KtSketch *sketch, const KtPlaced *placed) {
  KtScore *score = sketch->score;
  KtStatement *record = kt_array_push(score->arena, &score->statements);
  if (!record) {
    return;
  }
  int index = (int)score->statements.count - 1, written = 0, answered = 0;
  copy_line(sketch, placed->notes.notes.items, placed->notes.notes.count, placed->part, index, &written);
  copy_line(sketch, placed->notes.answer.items, placed->notes.answer.count,
            placed->part == KT_PART_COUNTER ? KT_PART_LEAD : KT_PART_COUNTER, -1, &answered);
  *record = placed->notes.record;
  record->theme = placed->plan->theme;
  record->part = (int)placed->part;
  record->notes = written;
  record->recognisable = placed->notes.record.recognisable && placed->plan->recognisable;
  record->end = record->end < sketch->sound_end ? record->end : sketch->sound_end;
}

void kt_sketch_lead(KtSketch *sketch) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    state(sketch, &sketch->placed.items[i]);
  }
  KtRng rng = kt_sketch_rng(sketch, "lead");
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    if (p->lead && p->statement < 0) {
      // the tune wanders through the registers, and with them from hand to hand
      static const int away[] = {0, 7, -5, -12, 12, -7, 5, -14};
      const KtCueSection *s = &sketch->sections.items[p->section];
      int middle = s->lead_middle + (s->words > 0.25F ? 0 : away[kt_rng_int(&rng, 0, 7)]);
      kt_sketch_melody(sketch, KT_PART_LEAD, p, middle < 55 ? 55 : middle > 84 ? 84 : middle, &rng);
    }
  }
}
