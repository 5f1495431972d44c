// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Hit points: on a hard hit an attack that is heard, nothing else attacking near it; at a stop all is
// released. A soft hit is served by the form (a joint), a swell by the dynamics.
#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>

/// Nothing else may attack so near a hit, seconds.
static const double CLEAR_S = 0.09;
/// A lighter hit leaves the inner voices as they are.
static const float HELD_ON = 0.3F;

/// A stop is heard where something sounded up to it: the last tones before it last so long.
static void hold_until(KtPart *part, KtTick at, KtTick reach) {
  KtTick last = -1;
  for (size_t i = 0; i < part->notes.count; ++i) {
    last = part->notes.items[i].start < at && part->notes.items[i].start > last ? part->notes.items[i].start : last;
  }
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *note = &part->notes.items[i];
    KtTick end = note->start + note->duration;
    bool plain = note->statement < 0 && note->articulation != KT_ART_SHORT && note->articulation != KT_ART_PIZZICATO;
    if (note->start == last && plain && end < at && end + reach >= at) {
      note->duration = at - note->start;
    }
  }
}

static void silence(KtSketch *sketch, KtTick at, double weight) {
  KtTick beat = kt_sketch_beat(sketch, at);
  KtTick pause = weight > 0.7 ? 2 * beat : beat;
  for (int part = 0; part < KT_CUE_PARTS; ++part) {
    hold_until(&sketch->parts[part], at, beat);
    kt_sketch_clear(sketch, (KtCuePart)part, at, at + pause);
  }
}

/// Attacks near a hit move onto it or fall away; what rang stops short so that the attack stands free.
/// At a calm hit the tones that swell in give way: what is struck marks it, and they come after.
static void clear_around(KtSketch *sketch, KtCuePart part, KtTick at, KtTick before, KtTick after,
                         KtTick gap, bool calm) {
  KtPart *p = &sketch->parts[part];
  size_t kept = 0;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote note = p->notes.items[i];
    KtTick end = note.start + note.duration;
    if (note.start > at - before && note.start < at) {
      if (end <= at + before || note.statement < 0) {
        continue; // a grace before the blow would blur it
      }
      note.duration = end - at;
      note.start = at;
    } else if (note.start > at && note.start <= at + after) {
      note.duration = end - at;
      note.start = at;
    }
    if (note.start < at && end > at - gap && end <= at + KT_PPQ / 8 && note.statement < 0 &&
        note.duration > 3 * gap) {
      note.duration = at - gap - note.start;
    }
    bool soft = note.articulation == KT_ART_LEGATO || note.articulation == KT_ART_LONG ||
                note.articulation == KT_ART_TENUTO || note.articulation == KT_ART_TREMOLO;
    if (note.start == at && calm && soft) {
      note.gives_way = true;
    } else if (note.start == at) {
      note.hit = true;
      note.accent = note.accent < 0.3F ? 0.3F : note.accent;
      note.articulation = (uint8_t)(soft ? KT_ART_MARCATO : note.articulation);
    }
    p->notes.items[kept++] = note;
  }
  p->notes.count = kept;
}

static bool attacks(const KtSketch *sketch, KtCuePart part, KtTick at) {
  const KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    if (p->notes.items[i].start == at) {
      return true;
    }
  }
  return false;
}

/// A struck note in a part: what sounds there gives way to it.
static void strike(KtSketch *sketch, KtCuePart part, KtTick at, KtTick length, int pitch,
                   KtArticulation articulation, float accent) {
  if (attacks(sketch, part, at)) {
    return;
  }
  KtPart *p = &sketch->parts[part];
  KtTick resume = 0;
  int held = -1;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote *n = &p->notes.items[i];
    if (n->start < at && n->start + n->duration > at && n->statement < 0) {
      resume = n->start + n->duration; // the blow takes over the held tone
      held = n->midi;
      n->duration = at - n->start;
    }
  }
  bool goes_on = held >= 0 && resume > at + length;
  KtNote *note = kt_sketch_note(sketch, part, at, goes_on ? resume - at : length,
                                goes_on ? held : pitch, articulation);
  if (note) {
    note->hit = true;
    note->accent = accent;
  }
}

static int near(const KtChord *chord, int pitch) {
  for (int off = 0; off < 7; ++off) {
    if (kt_in_chord(chord, pitch + off)) {
      return pitch + off;
    }
    if (kt_in_chord(chord, pitch - off)) {
      return pitch - off;
    }
  }
  return pitch;
}

static bool is_calm(const KtSketch *sketch, KtTick at) {
  return kt_sketch_heat(kt_sketch_bar(sketch, at)) < sketch->lore.emotion->drums_from;
}

static void attack(KtSketch *sketch, KtTick at, float weight) {
  const KtHabits *habits = sketch->lore.habits;
  const KtEmotionLore *lore = sketch->lore.emotion;
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, at, &index);
  bool words = kt_sketch_bar(sketch, at)->words > 0.5F;
  KtTick length = kt_sketch_seconds(sketch, at, weight > 0.7F ? 0.7 : 0.35);
  float accent = (0.35F + 0.65F * weight) * habits->hit;
  strike(sketch, KT_PART_FIGURE, at, length, near(chord, 62), KT_ART_PIZZICATO, accent);
  if (words) {
    return;
  }
  if (is_calm(sketch, at)) {
    // drums belong to heat: in a calm scene a struck tone marks a cut
    strike(sketch, KT_PART_COLOUR, at, length, near(chord, 79), KT_ART_SHORT, 1);
    KtNote *octave = kt_sketch_note(sketch, KT_PART_COLOUR, at, length, near(chord, 79) - 12, KT_ART_SHORT);
    if (octave) {
      octave->hit = true;
      octave->accent = 1;
    }
    return;
  }
  strike(sketch, KT_PART_BASS, at, length, sketch->bass[index], KT_ART_MARCATO, accent);
  if (weight > HELD_ON) {
    for (int v = 0; v < 4 && sketch->voices[index][v] > 0; ++v) {
      strike(sketch, (KtCuePart)(KT_PART_HARMONY_1 + v), at, length, sketch->voices[index][v], KT_ART_MARCATO, accent);
    }
  }
  float heat = kt_sketch_heat(kt_sketch_bar(sketch, at));
  if (habits->timpani && weight > 0.5F) {
    int kettle = near(chord, 46);
    strike(sketch, KT_PART_TIMPANI, at, KT_PPQ / 2, kettle > 57 ? kettle - 12 : kettle, KT_ART_MARCATO, accent);
  }
  if (habits->drum && weight > 0.6F && heat > lore->drums_from + 0.08F) {
    strike(sketch, KT_PART_DRUM, at, KT_PPQ / 2, 36, KT_ART_MARCATO, accent);
  }
  if (habits->cymbal && weight > 0.85F && heat > lore->drums_from + 0.15F) {
    strike(sketch, KT_PART_CYMBAL, at, KT_PPQ, 49, KT_ART_MARCATO, accent);
  }
}

void kt_sketch_hits(KtSketch *sketch) {
  for (size_t i = 0; i < sketch->score->hits.count; ++i) {
    KtScoreHit *at = &sketch->score->hits.items[i];
    const KtHit *hit = &sketch->desk->spotting->hits.items[at->hit];
    at->struck = hit->kind == KT_HIT_HARD && at->met ? fmaxf(hit->weight, 0.01F) : 0;
    at->stops = hit->kind == KT_HIT_STOP;
    if (at->tick >= sketch->sound_end || (hit->kind == KT_HIT_HARD && !at->met)) {
      continue;
    }
    if (hit->kind == KT_HIT_STOP) {
      silence(sketch, at->tick, (double)hit->weight);
    } else if (hit->kind == KT_HIT_HARD) {
      KtTick reach = kt_sketch_seconds(sketch, at->tick, CLEAR_S);
      KtTick gap = hit->weight > 0.6F ? kt_sketch_seconds(sketch, at->tick, 0.12) : 0;
      for (int part = 0; part < KT_CUE_PARTS; ++part) {
        clear_around(sketch, (KtCuePart)part, at->tick, reach, reach, gap,
                     is_calm(sketch, at->tick));
      }
      attack(sketch, at->tick, hit->weight);
    }
  }
}

/// Louder than mezzo-forte minus, a tone that came after the struck one would cover it.
static const float LOUD = 0.55F;
/// What is struck stands over the loudest line by this much of a level.
static const float STANDS_OUT = 0.1F;

static void fall_in(KtPart *part, KtTick at) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *note = &part->notes.items[i];
    if (note->start == at && note->gives_way) {
      note->gives_way = false;
      note->hit = true;
      note->accent = note->accent < 0.3F ? 0.3F : note->accent;
      note->articulation = KT_ART_MARCATO;
    }
  }
}

static int by_tick(const void *a, const void *b) {
  const KtDynamic *x = a, *y = b;
  return (x->tick > y->tick) - (x->tick < y->tick);
}

/// The part's level from `at` to `until`, as it was before and after.
static void lift(KtSketch *sketch, KtPart *part, KtTick at, KtTick until, float level) {
  float before = kt_part_level(part, at - 1), after = kt_part_level(part, until);
  size_t kept = 0;
  for (size_t i = 0; i < part->dynamics.count; ++i) {
    if (part->dynamics.items[i].tick < at - 1 || part->dynamics.items[i].tick > until) {
      part->dynamics.items[kept++] = part->dynamics.items[i];
    }
  }
  part->dynamics.count = kept;
  const KtDynamic points[] = {{at - 1, before}, {at, level}, {until - 1, level}, {until, after}};
  for (size_t i = 0; i < sizeof(points) / sizeof(*points); ++i) {
    KtDynamic *to = points[i].tick < 0 ? NULL : kt_array_push(sketch->score->arena, &part->dynamics);
    if (to) {
      *to = points[i];
    }
  }
  qsort(part->dynamics.items, part->dynamics.count, sizeof(KtDynamic), by_tick);
}

void kt_sketch_hits_settle(KtSketch *sketch) {
  for (size_t i = 0; i < sketch->score->hits.count; ++i) {
    const KtScoreHit *hit = &sketch->score->hits.items[i];
    KtTick at = hit->tick;
    if (sketch->desk->spotting->hits.items[hit->hit].kind != KT_HIT_HARD || !hit->met || !is_calm(sketch, at)) {
      continue;
    }
    float loudest = 0;
    for (int part = 0; part < KT_CUE_PARTS; ++part) {
      float level = kt_part_level(&sketch->parts[part], at);
      loudest = sketch->parts[part].notes.count && level > loudest ? level : loudest;
      if (level >= LOUD) {
        fall_in(&sketch->parts[part], at);
      }
    }
    KtPart *struck = &sketch->parts[KT_PART_COLOUR];
    if (loudest > kt_part_level(struck, at) && attacks(sketch, KT_PART_COLOUR, at)) {
      lift(sketch, struck, at, at + kt_sketch_beat(sketch, at), fminf(1.0F, loudest + STANDS_OUT));
    }
  }
}
