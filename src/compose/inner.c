// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Inner voices that move under what leads, as accompaniments of real scores do: rocking between two tones of the
// chord, repeated after the bass, taken anew in each bar with a breath before the next.
#include "compose/sketch.h"

/// From this liking for motion on two inner voices rock, not one.
static const float TWO_ROCK = 0.4F;
/// From this liking for turns on what rocks passes through the tone between.
static const float PASS_TURN = 0.1F;
/// A rocking or repeated tone lasts at least so long, seconds.
static const double SHORTEST_S = 0.3;
static const float HAMMERED_AROUSAL = 0.3F;
enum { ROCKS_BARS = 4 };
/// Below this energy nothing strikes the beat that chords would make room for.
static const float PUMP_ENERGY = 0.3F;
/// Above this energy the figures move; below this energy of a planned statement the tune is to stand bare.
static const float BUSY_ENERGY = 0.72F, BARE_ENERGY = 0.22F;

KtInner kt_sketch_inner(const KtSketch *sketch, const KtCuePhrase *phrase, KtRng *rng) {
  const KtCueSection *s = &sketch->sections.items[phrase->section];
  double chance = kt_rng_unit(rng), kind = kt_rng_unit(rng);
  bool bare = phrase->statement >= 0 && sketch->placed.items[phrase->statement].plan->energy < BARE_ENERGY;
  bool still = s->texture->harmony != KT_HELD || sketch->bars.items[phrase->first].words > 0.1F || bare ||
               s->emotion.tension > sketch->lore.emotion->tremolo_from || s->energy > BUSY_ENERGY;
  if (s->texture->harmony == KT_HELD && s->energy > PUMP_ENERGY && sketch->bars.items[phrase->first].words <= 0.1F &&
      chance < (double)sketch->lore.habits->pump) {
    return KT_INNER_PUMPING;
  }
  if (still || chance >= (double)sketch->lore.habits->inner) {
    return KT_INNER_HELD;
  }
  bool figure = kt_sketch_layer(phrase, KT_ROLE_FIGURE) || kt_sketch_layer(phrase, KT_ROLE_PULSE);
  float motion = sketch->lore.habits->motion;
  if (figure && kind >= (double)motion - 0.5) { // one thing moves at a time
    return KT_INNER_SIGHING;
  }
  bool hot = s->emotion.arousal > HAMMERED_AROUSAL; // repeated by a whole orchestra it would hammer
  kind *= 1 - 0.6 * (double)motion;
  return kind < 0.5 ? KT_INNER_ROCKING : kind < 0.85 && !hot ? KT_INNER_REPEATED : KT_INNER_SIGHING;
}

static KtTick unit_at(const KtSketch *sketch, KtTick at, KtTick shortest) {
  KtTick beat = kt_sketch_beat(sketch, at);
  return beat / 2 >= shortest ? beat / 2 : beat;
}

/// The tone of the scale inside a third or fourth; the upper one where there is none.
static int inside(KtKey key, int low, int high) {
  for (int p = high - 1; high - low <= 5 && p > low; --p) {
    if (kt_in_key(key, p) && p - low <= 2) {
      return p;
    }
  }
  return high;
}

/// Eighths between a voice's own tone and the next one above it; where voices like to turn, through what lies between. Every four bars
/// the other one comes first.
static void rock(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, int low, int high) {
  KtTick unit = unit_at(sketch, start, kt_sketch_seconds(sketch, start, SHORTEST_S));
  KtKey key = kt_sketch_chord(sketch, start, NULL)->key;
  int pass = sketch->lore.habits->turn > PASS_TURN ? inside(key, low, high) : high;
  int number = (int)((kt_sketch_bar(sketch, start) - sketch->bars.items) / ROCKS_BARS % 2);
  for (KtTick at = start; at < end; at += unit, ++number) {
    KtTick length = at + unit > end ? end - at : unit;
    int pitch = number % 4 == 3 ? pass : number % 2 ? high : low;
    kt_sketch_note(sketch, part, at, length, pitch, at == start ? KT_ART_LONG : KT_ART_LEGATO);
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

/// Each beat is left free, as a compressor keyed by the drum leaves it: the chord comes back on its second half.
static void pump(KtSketch *sketch, KtCuePart part, KtTick start, KtTick end, int pitch) {
  for (KtTick at = start; at < end;) {
    KtTick beat = kt_sketch_beat(sketch, at), to = at + beat < end ? at + beat : end;
    KtNote *note = to - at > beat / 2 ? kt_sketch_note(sketch, part, at + beat / 2, to - at - beat / 2, pitch, KT_ART_TENUTO) : NULL;
    if (note) {
      note->accent = 0.05F;
    }
    at = to;
  }
}

bool kt_sketch_inner_voice(KtSketch *sketch, KtInner inner, int index, int voice, KtTick start, KtTick end) {
  const int8_t *voices = sketch->voices[index];
  KtCuePart part = (KtCuePart)(KT_PART_HARMONY_1 + voice);
  bool lowest = voice == 3 || voices[voice + 1] <= 0;
  bool second = sketch->lore.habits->motion > TWO_ROCK && voice > 1; // two voices against each other
  bool chord = voices[1] > 0 && voices[2] > 0; // one tone repeated by itself is a signal, not a chord
  if (inner == KT_INNER_REPEATED && !chord) {
    inner = KT_INNER_SIGHING;
  }
  if (inner == KT_INNER_ROCKING && voice > 0 && (lowest || second)) {
    rock(sketch, part, start, end, voices[voice], voices[voice - 1]);
  } else if (inner == KT_INNER_REPEATED && voice > 0) {
    repeat(sketch, part, start, end, voices[voice]);
  } else if (inner == KT_INNER_PUMPING) {
    pump(sketch, part, start, end, voices[voice]);
  } else if (inner == KT_INNER_SIGHING) {
    sigh(sketch, part, start, end, voices[voice], voice);
  } else {
    return false;
  }
  return true;
}
