// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The second line: guide tones held while the lead moves, steps towards the next one while it holds;
// in a dialogue it answers where the lead is silent.
#include "compose/sketch.h"

#include <stdlib.h>

static const KtNote *lead_at(const KtSketch *sketch, KtTick tick) {
  const KtPart *lead = &sketch->parts[KT_PART_LEAD];
  for (size_t i = 0; i < lead->notes.count; ++i) {
    const KtNote *n = &lead->notes.items[i];
    if (n->start <= tick && tick < n->start + n->duration) {
      return n;
    }
  }
  return NULL;
}

/// Third or seventh of a chord, nearest to a pitch; not what the lead has, no parallel with it or the bass.
static int guide(const KtSketch *sketch, int index, int near, int before, KtTick at) {
  const KtChord *chord = &sketch->chords.items[index];
  int classes[6], best = near;
  int count = kt_chord_classes(chord->quality, classes);
  int root = kt_spelling_class(chord->root);
  const KtNote *lead = lead_at(sketch, at);
  float least = 1e9F;
  for (int p = near - 9; p <= near + 9; ++p) {
    for (int t = 0; t < count; ++t) {
      if ((root + classes[t]) % 12 != p % 12) {
        continue;
      }
      float cost = 0.12F * (float)abs(p - before) + 0.05F * (float)abs(p - near) + (t == 1 || t == 3 ? 0 : 0.5F);
      cost += lead && (lead->midi % 12 == p % 12 || p > lead->midi - 3) ? 1.2F : 0;
      if (index > 0 && kt_parallel_motion(before, p, sketch->bass[index - 1], sketch->bass[index])) {
        cost += 1.5F;
      }
      if (cost < least) {
        least = cost;
        best = p;
      }
    }
  }
  return best;
}

/// Steps of the scale from a pitch towards another in so many notes.
static int towards(KtKey key, int from, int to) {
  int up = to > from ? 1 : -1;
  for (int p = from + up; abs(p - from) <= 2; p += up) {
    if (kt_in_key(key, p)) {
      return p;
    }
  }
  return from;
}

static void move_while_held(KtSketch *sketch, KtTick start, KtTick end, int from, int to, KtKey key) {
  KtTick beat = kt_sketch_beat(sketch, start);
  KtTick at = start;
  int pitch = from;
  while (at + beat <= end && abs(to - pitch) > 2) {
    pitch = towards(key, pitch, to);
    kt_sketch_note(sketch, KT_PART_COUNTER, at, beat, pitch, KT_ART_LEGATO);
    at += beat;
  }
  if (at < end && at > start) {
    kt_sketch_note(sketch, KT_PART_COUNTER, at, end - at, towards(key, pitch, to), KT_ART_LEGATO);
  } else if (at < end) {
    kt_sketch_note(sketch, KT_PART_COUNTER, at, end - at, from, KT_ART_LONG);
  }
}

static void accompany(KtSketch *sketch, const KtCuePhrase *p) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  int near = s->lead_middle - 9, index;
  near = near < 55 ? 55 : near;
  kt_sketch_chord(sketch, p->start, &index);
  int before = near;
  for (; index < (int)sketch->chords.count; ++index) {
    const KtChord *chord = &sketch->chords.items[index];
    KtTick start = chord->start > p->start ? chord->start : p->start;
    KtTick end = chord->start + chord->duration;
    end = end < p->end ? end : p->end;
    if (start >= p->end) {
      return;
    }
    KtTick beat = kt_sketch_beat(sketch, start);
    int pitch = guide(sketch, index, near, before, start);
    int next = index + 1 < (int)sketch->chords.count ? guide(sketch, index + 1, near, pitch, end) : pitch;
    const KtNote *held = lead_at(sketch, end - beat);
    KtTick from = held && held->start > start ? held->start : start;
    if (held && end - from >= 2 * beat && next != pitch && end < p->end) {
      KtTick walk = end - from > 3 * beat ? end - 2 * beat : from + beat;
      kt_sketch_note(sketch, KT_PART_COUNTER, start, walk - start, pitch,
                     pitch == before ? KT_ART_LONG : KT_ART_LEGATO);
      move_while_held(sketch, walk, end, pitch, next, chord->key);
    } else {
      kt_sketch_note(sketch, KT_PART_COUNTER, start, end - start, pitch, KT_ART_LONG);
    }
    before = pitch;
  }
}

static bool has_notes(const KtSketch *sketch, KtCuePart part, KtTick start, KtTick end) {
  const KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    const KtNote *n = &p->notes.items[i];
    if (n->start < end && n->start + n->duration > start) {
      return true;
    }
  }
  return false;
}

void kt_sketch_counter(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "counter");
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    double chance = kt_rng_unit(&rng);
    if (!kt_sketch_layer(p, KT_ROLE_COUNTER) || has_notes(sketch, KT_PART_COUNTER, p->start, p->end) ||
        chance > 0.45 + (double)sketch->lore.habits->counter * 0.55) {
      continue;
    }
    if (has_notes(sketch, KT_PART_LEAD, p->start, p->end)) {
      accompany(sketch, p);
    } else {
      int middle = sketch->sections.items[p->section].lead_middle - 10;
      kt_sketch_melody(sketch, KT_PART_COUNTER, p, middle < 55 ? 55 : middle, &rng);
    }
  }
}
