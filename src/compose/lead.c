// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The lead: theme statements as planned, and between them answers from their cells, with rests.
#include "compose/sketch.h"

#include <math.h>

/// Middles of a tune's register, MIDI: lower it is doubled where nobody sings, higher it shrieks.
enum { LOWEST = 59, HIGHEST = 84 };

/// Where the middle of a free tune may lie, MIDI.
enum { LOW_MIDDLE = 55, HIGH_MIDDLE = 86 };

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

static int new_record(KtSketch *sketch, const KtStatement *record) {
  KtStatement *kept = kt_array_push(sketch->score->arena, &sketch->score->statements);
  if (!kept) {
    return -1;
  }
  *kept = *record;
  kept->end = kept->end < sketch->sound_end ? kept->end : sketch->sound_end;
  return (int)sketch->score->statements.count - 1;
}

/// The line under a statement in counterpoint: another theme's, which is recorded too, or the same upside down.
static void answer(KtSketch *sketch, const KtPlaced *placed) {
  const KtNote *notes = placed->notes.answer.items;
  size_t count = placed->notes.answer.count;
  KtCuePart part = placed->part == KT_PART_COUNTER ? KT_PART_LEAD : KT_PART_COUNTER;
  int index = -1, written = 0, other = placed->plan->other;
  if (count && other >= 0 && other != placed->plan->theme && (size_t)other < sketch->themes->items.count) {
    KtStatement record = placed->notes.record;
    record.theme = other;
    record.part = (int)part;
    record.start = notes[0].start;
    record.end = notes[count - 1].start + notes[count - 1].duration;
    record.transpose = placed->notes.answer_transpose;
    record.recognisable = (int)count >= sketch->themes->items.items[other].head; // what is bent is unmarked later
    index = new_record(sketch, &record);
  }
  copy_line(sketch, notes, count, part, index, &written);
  if (index >= 0) {
    sketch->score->statements.items[index].notes = written;
  }
}

static void state(KtSketch *sketch, const KtPlaced *placed) {
  KtStatement record = placed->notes.record;
  int written = 0;
  record.theme = placed->plan->theme;
  record.part = (int)placed->part;
  record.recognisable = record.recognisable && placed->plan->recognisable;
  int index = new_record(sketch, &record);
  if (index < 0) {
    return;
  }
  copy_line(sketch, placed->notes.notes.items, placed->notes.notes.count, placed->part, index, &written);
  sketch->score->statements.items[index].notes = written;
  answer(sketch, placed);
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
      int by = away[kt_rng_int(&rng, 0, 7)];
      by += (int)lroundf(sketch->lore.habits->roam * (i % 2 ? 12.0F : -9.0F));
      int middle = s->lead_middle + (s->words > 0.25F ? 0 : by);
      kt_sketch_melody(sketch, KT_PART_LEAD, p, middle < LOW_MIDDLE ? LOW_MIDDLE : middle > HIGH_MIDDLE ? HIGH_MIDDLE : middle, &rng);
      if (sketch->lore.habits->ornament > 0) {
        KtRng own = kt_sketch_rng(sketch, kt_arena_format(sketch->arena, "ornament %zu", i));
        kt_sketch_ornament(sketch, KT_PART_LEAD, p, sketch->lore.habits->ornament, &own);
      }
    }
  }
}
