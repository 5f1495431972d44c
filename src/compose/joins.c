// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How one section gives way to the next, and how a cue comes in.
#include "compose/sketch.h"

static bool states(const KtSketch *sketch, KtTick start, KtTick end) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtStatement *r = &sketch->placed.items[i].notes.record;
    if (r->start < end && r->end > start) {
      return true;
    }
  }
  return false;
}

static const KtNote *first_from(const KtPart *part, KtTick start, KtTick end) {
  const KtNote *best = NULL;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    if (n->start >= start && n->start < end && (!best || n->start < best->start)) {
      best = n;
    }
  }
  return best;
}

static KtNote *sounding(KtPart *part, KtTick at) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *n = &part->notes.items[i];
    if (n->start < at && n->start + n->duration >= at) {
      return n;
    }
  }
  return NULL;
}

/// Steps of the scale that lead into the next section's first note of the tune.
static void pickup(KtSketch *sketch, KtTick joint, KtKey key) {
  KtTick beat = kt_sketch_beat(sketch, joint - 1);
  const KtNote *goal = first_from(&sketch->parts[KT_PART_LEAD], joint, joint + 1);
  if (!goal || sounding(&sketch->parts[KT_PART_LEAD], joint) ||
      first_from(&sketch->parts[KT_PART_LEAD], joint - 2 * beat, joint) ||
      kt_sketch_bar(sketch, joint - 1)->words > 0.1F) {
    return;
  }
  int pitch = goal->midi, count = 0;
  KtTick at = joint;
  for (int p = pitch - 1; p > pitch - 6 && count < 2; --p) {
    if (kt_in_key(key, p)) {
      at -= beat / 2;
      kt_sketch_note(sketch, KT_PART_LEAD, at, beat / 2, p, KT_ART_LEGATO);
      ++count;
    }
  }
}

static void hold_bass(KtSketch *sketch, KtTick joint) {
  KtPart *bass = &sketch->parts[KT_PART_BASS];
  KtNote *last = sounding(bass, joint);
  const KtNote *next = first_from(bass, joint, sketch->sound_end);
  if (last && last->duration >= KT_PPQ * 2 && next && next->start > joint && next->start - joint < 16 * KT_PPQ) {
    int index;
    const KtChord *chord = kt_sketch_chord(sketch, joint, &index);
    if (kt_in_chord(chord, last->midi)) {
      last->duration = next->start - last->start;
    }
  }
}

static void drop_out(KtSketch *sketch, KtTick joint) {
  KtTick beat = kt_sketch_beat(sketch, joint - 1);
  KtTick from = joint - beat - (kt_sketch_bar(sketch, joint)->turn > 0.8F ? beat : 0);
  if (states(sketch, from, joint)) {
    return; // a theme is let finish
  }
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    kt_sketch_clear(sketch, (KtCuePart)part, from, joint);
  }
}

void kt_sketch_joins(KtSketch *sketch) {
  for (size_t i = 0; i + 1 < sketch->sections.count; ++i) {
    const KtCueSection *s = &sketch->sections.items[i];
    if (s->join == KT_JOIN_PICKUP) {
      pickup(sketch, s->end, s[1].key);
    } else if (s->join == KT_JOIN_PEDAL) {
      hold_bass(sketch, s->end);
    } else if (s->join == KT_JOIN_DROP_OUT) {
      drop_out(sketch, s->end);
    }
  }
}
