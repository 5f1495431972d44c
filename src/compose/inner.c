// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Inner voices that move under what leads, as accompaniments of real scores do: rocking between two tones of the
// chord, repeated after the bass, taken anew in each bar with a breath before the next.
#include "compose/sketch.h"

/// A rocking or repeated tone lasts at least so long, seconds.
static const double SHORTEST_S = 0.3;
static const float HAMMERED_AROUSAL = 0.3F;
/// Above this energy the figures move; below this energy of a planned statement the tune is to stand bare.
static const float BUSY_ENERGY = 0.72F, BARE_ENERGY = 0.22F;

KtInner kt_sketch_inner(const KtSketch *sketch, const KtCuePhrase *phrase, KtRng *rng) {
  const KtCueSection *s = &sketch->sections.items[phrase->section];
  double chance = kt_rng_unit(rng), kind = kt_rng_unit(rng);
  bool bare = phrase->statement >= 0 && sketch->placed.items[phrase->statement].plan->energy < BARE_ENERGY;
  bool still = s->texture->harmony != KT_HELD || sketch->bars.items[phrase->first].words > 0.1F || bare ||
               s->emotion.tension > sketch->lore.emotion->tremolo_from || s->energy > BUSY_ENERGY;
  if (still || chance >= (double)sketch->lore.habits->inner) {
    return KT_INNER_HELD;
  }
  bool figure = kt_sketch_layer(phrase, KT_ROLE_FIGURE) || kt_sketch_layer(phrase, KT_ROLE_PULSE);
  if (figure) { // one thing moves at a time
    return KT_INNER_SIGHING;
  }
  bool hot = s->emotion.arousal > HAMMERED_AROUSAL; // repeated by a whole orchestra it would hammer
  return kind < 0.5 ? KT_INNER_ROCKING : kind < 0.85 && !hot ? KT_INNER_REPEATED : KT_INNER_SIGHING;
}

static KtTick unit_at(const KtSketch *sketch, KtTick at, KtTick shortest) {
  KtTick beat = kt_sketch_beat(sketch, at);
  return beat / 2 >= shortest ? beat / 2 : beat;
}

/// Eighths between a voice's own tone and the next one above it.
static void rock(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, int low, int high) {
  KtTick unit = unit_at(sketch, start, kt_sketch_seconds(sketch, start, SHORTEST_S));
  bool up = false;
  for (KtTick at = start; at < end; at += unit, up = !up) {
    KtTick length = at + unit > end ? end - at : unit;
    kt_sketch_note(sketch, part, at, length, up ? high : low, at == start ? KT_ART_LONG : KT_ART_LEGATO);
  }
}

/// Soft chords on the beats that the bass leaves.
static void repeat(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, int pitch) {
  for (KtTick at = start; at < end;) {
    const KtCueBar *bar = kt_sketch_bar(sketch, at);
    KtTick beat = kt_sketch_beat(sketch, at), length = at + beat > end ? end - at : beat;
    if (at != bar->start || at == start) {
      KtNote *note = kt_sketch_note(sketch, part, at, length, pitch, KT_ART_TENUTO);
      if (note) {
        note->accent = at == start ? 0 : -0.1F;
      }
    }
    at += length;
  }
}

/// Once a bar, let go before the next.
static void sigh(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, int pitch, int voice) {
  for (KtTick at = start; at < end;) {
    const KtCueBar *bar = kt_sketch_bar(sketch, at);
    KtTick beat = kt_sketch_beat(sketch, at), to = bar->end < end ? bar->end : end;
    KtTick rest = to - at >= 3 * beat ? beat * (1 + voice % 2) : to - at >= 2 * beat ? beat / 2 : 0;
    rest = to - at - rest >= beat ? rest : 0;
    kt_sketch_note(sketch, part, at, to - at - rest, pitch, KT_ART_LONG);
    at = to;
  }
}

bool kt_sketch_inner_voice(KtSketch *sketch, KtInner inner, int index, int voice, KtTick start, KtTick end) {
  const int8_t *voices = sketch->voices[index];
  KtCuePart part = (KtCuePart)(KT_PART_HARMONY_1 + voice);
  bool lowest = voice == 3 || voices[voice + 1] <= 0;
  if (inner == KT_INNER_ROCKING && voice > 0 && lowest) {
    rock(sketch, part, start, end, voices[voice], voices[voice - 1]);
  } else if (inner == KT_INNER_REPEATED && voice > 0) {
    repeat(sketch, part, start, end, voices[voice]);
  } else if (inner == KT_INNER_SIGHING) {
    sigh(sketch, part, start, end, voices[voice], voice);
  } else {
    return false;
  }
  return true;
}
