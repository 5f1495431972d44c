// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Percussion: little, and placed. Rolls into summits, strokes where the form turns, a pattern only
// where the texture has one. Unpitched parts use the keys of the General MIDI kit.
#include "compose/sketch.h"

enum { KEY_BASS_DRUM = 36, KEY_TOM_LOW = 41, KEY_TOM_MIDDLE = 45, KEY_SNARE = 38, KEY_CYMBAL = 49 };

/// Root or fifth of the chord on the kettles, F2..A3.
static int kettle(const KtChord *chord) {
  int root = kt_spelling_class(chord->bass);
  for (int p = 41; p <= 57; ++p) {
    if (p % 12 == root) {
      return p;
    }
  }
  return 45;
}

static void stroke(KtSketch *sketch, KtCuePart part, KtTick at, int key, float accent) {
  KtNote *note = kt_sketch_note(sketch, part, at, KT_PPQ / 2, key, KT_ART_MARCATO);
  if (note) {
    note->accent = accent;
  }
}

/// A roll up to a moment; its own crescendo is in the dynamics.
static void roll(KtSketch *sketch, KtTick to, double seconds) {
  const KtHabits *habits = sketch->lore.habits;
  KtTick length = kt_sketch_seconds(sketch, to, seconds);
  length = length / (KT_PPQ / 2) * (KT_PPQ / 2);
  KtTick from = to > length ? to - length : 0;
  const KtPart *cymbal = &sketch->parts[KT_PART_CYMBAL];
  for (size_t i = 0; i < cymbal->notes.count; ++i) {
    const KtNote *n = &cymbal->notes.items[i];
    if (n->start < to && n->start + n->duration > from && n->articulation == KT_ART_TREMOLO) {
      return; // one summit at a time
    }
  }
  float heat = kt_sketch_heat(kt_sketch_bar(sketch, to)), drums = sketch->lore.emotion->drums_from;
  if (to - from < KT_PPQ || heat < 0.75F * drums) {
    return; // peace needs no cymbal
  }
  if (habits->cymbal) {
    kt_sketch_note(sketch, KT_PART_CYMBAL, from, to - from, KEY_CYMBAL, KT_ART_TREMOLO);
  }
  if (habits->timpani && habits->percussion > 0.5F && heat >= drums) {
    kt_sketch_note(sketch, KT_PART_TIMPANI, from, to - from, kettle(kt_sketch_chord(sketch, to, NULL)), KT_ART_TREMOLO);
  }
}

static void pattern_bar(KtSketch *sketch, const KtCueBar *bar, const KtCueSection *s, int kind) {
  KtTick beat = kt_sketch_beat(sketch, bar->start);
  int beats = (int)((bar->end - bar->start) / beat);
  const KtHabits *habits = sketch->lore.habits;
  if (habits->drum && s->energy > 0.5F) {
    stroke(sketch, KT_PART_DRUM, bar->start, KEY_BASS_DRUM, 0.3F);
  }
  if (!habits->drum && habits->timpani) {
    stroke(sketch, KT_PART_TIMPANI, bar->start, kettle(kt_sketch_chord(sketch, bar->start, NULL)), 0.1F);
    return;
  }
  if (!habits->drum || s->energy < 0.55F) {
    return;
  }
  for (int e = 1; e < beats * 2; ++e) {
    KtTick at = bar->start + e * beat / 2;
    bool three = e % 3 == 0 && e < beats * 2 - 1; // 3+3+2
    bool end = kind == 2 && e >= beats * 2 - 2;
    bool on = kind == 0 ? three : kind == 1 ? e == beats * 2 - 1 : three || end;
    if (on) {
      stroke(sketch, KT_PART_DRUM, at, end ? KEY_TOM_MIDDLE : KEY_TOM_LOW, three ? 0.1F : -0.1F);
    }
  }
}

static void patterns(KtSketch *sketch, KtRng *rng) {
  int kind = 0;
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    const KtCueSection *s = &sketch->sections.items[p->section];
    if (!kt_sketch_layer(p, KT_ROLE_PERCUSSION) || kt_rng_unit(rng) > (double)sketch->lore.habits->percussion + 0.1) {
      continue;
    }
    for (int b = 0; b < p->bars; ++b) {
      kind = b % 2 == 0 ? kt_rng_int(rng, 0, 2) : kind;
      const KtCueBar *bar = &sketch->bars.items[p->first + b];
      bool rest = b + 1 == p->bars && p->bars > 2 && kt_rng_unit(rng) < 0.4;
      if (bar->words < 0.2F && !rest) {
        pattern_bar(sketch, bar, s, kind);
      }
    }
  }
}

void kt_sketch_percussion(KtSketch *sketch) {
  const KtHabits *habits = sketch->lore.habits;
  KtRng rng = kt_sketch_rng(sketch, "percussion");
  if (habits->percussion <= 0) {
    return;
  }
  patterns(sketch, &rng);
  for (size_t i = 0; i + 1 < sketch->sections.count; ++i) {
    const KtCueSection *next = &sketch->sections.items[i + 1];
    bool quiet = kt_sketch_bar(sketch, next->start - 1)->words > 0.2F;
    if (next[-1].join == KT_JOIN_SWELL && !quiet && next->energy >= sketch->lore.emotion->rolls_from && next->energy > next[-1].energy) {
      roll(sketch, next->start, 1.2 + 1.6 * (double)next->energy);
    }
    if (habits->cymbal && next->energy > 0.7F && next->energy > next[-1].energy + 0.1F && !quiet) {
      stroke(sketch, KT_PART_CYMBAL, next->start, KEY_CYMBAL, 0.4F);
    }
  }
  for (size_t i = 0; i < sketch->score->hits.count; ++i) {
    const KtScoreHit *at = &sketch->score->hits.items[i];
    const KtHit *hit = &sketch->desk->spotting->hits.items[at->hit];
    if (hit->kind == KT_HIT_SWELL && hit->weight > 0.4F && kt_sketch_bar(sketch, at->tick)->words < 0.2F) {
      roll(sketch, at->tick, 2.2);
    }
  }
}
