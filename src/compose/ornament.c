// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Short tones between the long ones of a free tune: passing tones through thirds, neighbours by steps and before what
// is repeated. Slow lines of real scores have them too: a twentieth of their tones at least is an eighth or less.
#include "compose/sketch.h"

#include <stdlib.h>

/// A short tone lasts at least so long, seconds: quicker is a grace note, and not meant.
static const double SHORTEST_S = 0.16;
/// Above this share of speech a bar is left plain.
static const float WORDS_MOST = 0.2F;

/// The tone of the scale that leads from one tone to the next; -1 where a leap is to stay bare.
static int between(KtKey key, int from, int to) {
  int way = to > from ? 1 : -1, by = abs(to - from);
  if (by > 4) {
    return -1;
  }
  if (by <= 2) { // away from where it goes, so that it comes back by a third
    way = -way;
  }
  for (int p = from + way; abs(p - from) <= 2; p += way) {
    if (kt_in_key(key, p) && p != to) {
      return p;
    }
  }
  return -1;
}

void kt_sketch_ornament(KtSketch *sketch, KtCuePart part, const KtCuePhrase *phrase, float share, KtRng *rng) {
  size_t count = sketch->parts[part].notes.count;
  for (size_t i = 0; i + 1 < count; ++i) {
    const KtNote a = sketch->parts[part].notes.items[i], b = sketch->parts[part].notes.items[i + 1];
    bool free = a.statement < 0 && b.statement < 0 && a.start >= phrase->start && b.start < phrase->end;
    if (!free || b.start != a.start + a.duration || kt_rng_unit(rng) >= (double)share) {
      continue;
    }
    const KtTick brief = KT_PPQ / 2;
    bool room = a.duration >= 2 * brief && kt_sketch_seconds(sketch, a.start, SHORTEST_S) <= brief;
    int pitch = between(kt_sketch_chord(sketch, a.start, NULL)->key, a.midi, b.midi);
    if (!room || pitch < 0 || kt_sketch_bar(sketch, a.start)->words > WORDS_MOST) {
      continue;
    }
    sketch->parts[part].notes.items[i].duration -= brief;
    KtNote *note = kt_sketch_note(sketch, part, b.start - brief, brief, pitch, KT_ART_LEGATO);
    if (note) {
      note->accent = -0.1F;
    }
  }
}
