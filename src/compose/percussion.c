// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Percussion: little, and placed. Rolls into summits, strokes where the form turns, a pattern only
// where the texture has one. Unpitched parts use the keys of the General MIDI kit.
#include "compose/sketch.h"

#include <string.h>

enum { KEY_CYMBAL = 49, KEY_CYMBALS_END = 59 };

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

/// Patterns belong to a palette; the first strokes of the kit need more energy than its kettles.
static float groove_worth(const KtGroove *groove, const KtCueSection *s, KtRng *rng) {
  bool fits = s->energy >= groove->energy_min && s->energy <= groove->energy_max;
  return fits ? groove->weight * (0.6F + 0.8F * (float)kt_rng_unit(rng)) : 0;
}

static const KtGroove *choose_groove(const KtSketch *sketch, const KtCuePhrase *p, const KtGroove *last, KtRng *rng) {
  const KtHabits *habits = sketch->lore.habits;
  const KtGroove *best = NULL;
  bool drums = kt_sketch_layer(p, KT_ROLE_PERCUSSION);
  bool moves = kt_sketch_layer(p, KT_ROLE_FIGURE) || kt_sketch_layer(p, KT_ROLE_PULSE);
  float most = 0;
  for (unsigned i = 0; i < habits->drums_count; ++i) {
    const KtGroove *groove = &habits->drums[i];
    float worth = groove_worth(groove, &sketch->sections.items[p->section], rng);
    worth *= drums || (groove->light && moves) ? 1.0F : 0;
    worth *= groove == last ? 1.5F : 1.0F; // a groove is kept for a while
    best = worth > most ? groove : best;
    most = worth > most ? worth : most;
  }
  return best;
}

static KtCuePart part_of_key(int key) {
  return !key ? KT_PART_TIMPANI : key >= KEY_CYMBAL && key <= KEY_CYMBALS_END ? KT_PART_CYMBAL : KT_PART_DRUM;
}

/// One bar; the last of a phrase may leave its second half out.
static void play_groove(KtSketch *sketch, const KtGroove *groove, const KtCueBar *bar, bool half) {
  KtTick unit = KT_PPQ / (KtTick)groove->per_beat;
  KtTick end = half ? bar->start + (bar->end - bar->start) / 2 : bar->end;
  for (unsigned l = 0; l < groove->lines_count; ++l) {
    const char *at = groove->lines[l].strokes;
    for (KtTick tick = bar->start; tick < end;) {
      at += strspn(at, " |");
      at = *at ? at : groove->lines[l].strokes;
      int key = groove->lines[l].key ? groove->lines[l].key : kettle(kt_sketch_chord(sketch, tick, NULL));
      if (strchr("Xxo", *at)) {
        stroke(sketch, part_of_key(groove->lines[l].key), tick, key, *at == 'X' ? 0.35F : *at == 'x' ? 0.05F : -0.2F);
      }
      tick += strchr("Xxo.", *at) ? unit : 0;
      ++at;
    }
  }
}

static void patterns(KtSketch *sketch, KtRng *rng) {
  const KtGroove *groove = NULL;
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    bool drums = kt_sketch_layer(p, KT_ROLE_PERCUSSION);
    if (kt_rng_unit(rng) > (double)sketch->lore.habits->percussion + (drums ? 0.1 : 0)) {
      continue;
    }
    groove = choose_groove(sketch, p, groove, rng);
    for (int b = 0; groove && b < p->bars; ++b) {
      const KtCueBar *bar = &sketch->bars.items[p->first + b];
      bool rest = b + 1 == p->bars && p->bars > 2 && kt_rng_unit(rng) < 0.4;
      if (bar->words < 0.2F) {
        play_groove(sketch, groove, bar, rest);
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
