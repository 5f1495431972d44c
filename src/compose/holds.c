// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Fermatas are chords that all hold; where time is free nothing beats it.
#include "compose/sketch.h"

static bool moves(KtCuePart part) {
  KtRole role = kt_cue_part_role(part);
  return role == KT_ROLE_PULSE || role == KT_ROLE_PERCUSSION || role == KT_ROLE_FIGURE;
}

/// What sounds at the held beat sounds to its end; nothing begins inside it.
static void hold(KtPart *part, KtTickSpan span) {
  size_t kept = 0;
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote note = part->notes.items[i];
    if (note.start > span.start && note.start < span.end && note.statement < 0) {
      continue;
    }
    KtTick end = note.start + note.duration;
    if (note.start <= span.start && end > span.start && end < span.end) {
      note.duration = span.end - note.start;
    }
    part->notes.items[kept++] = note;
  }
  part->notes.count = kept;
}

void kt_sketch_holds(KtSketch *sketch) {
  const KtTempoMap *tempo = &sketch->score->tempo;
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    for (size_t i = 0; i < tempo->holds.count; ++i) {
      KtTickSpan span = tempo->holds.items[i];
      span.end = span.end < sketch->sound_end ? span.end : sketch->sound_end;
      if (moves((KtCuePart)part)) {
        kt_sketch_clear(sketch, (KtCuePart)part, span.start, span.end);
      } else if (span.end > span.start) {
        hold(&sketch->parts[part], span);
      }
    }
    for (size_t i = 0; i < tempo->free.count; ++i) {
      if (kt_cue_part_role((KtCuePart)part) == KT_ROLE_PULSE || part == KT_PART_DRUM) {
        kt_sketch_clear(sketch, (KtCuePart)part, tempo->free.items[i].start, tempo->free.items[i].end);
      }
    }
  }
}
