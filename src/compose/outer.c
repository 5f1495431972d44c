// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Once every part is written the lowest and the highest that sound are heard together, whoever plays them: where they
// run in fifths or octaves the bass takes another tone of the chord, or what is above it does; what lies close above a
// deep bass goes up.
#include "compose/sketch.h"

#include <stdlib.h>

enum { DEEP = 47, CLOSE = 5, BASS_LOW = 28, BASS_HIGH = 55, FARTHEST = 9, TOP_FARTHEST = 5, DRUM_LOW = 40, DRUM_HIGH = 57 };

typedef struct Voice {
  KtCuePart part;
  KtNote *note;
} Voice;

/// The outermost voices at a tick, and what lies next to each.
typedef struct Outer {
  Voice low, top;
  int above_low, below_top;
} Outer;

typedef KT_ARRAY(KtTick) Ticks;

static bool pitched(int part) {
  return part != KT_PART_CYMBAL && part != KT_PART_DRUM;
}

static int by_tick(const void *a, const void *b) {
  const KtTick *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void collect(KtSketch *sketch, Ticks *ticks) {
  for (int p = 0; p < KT_PART_TIMPANI; ++p) {
    for (size_t i = 0; i < sketch->parts[p].notes.count; ++i) {
      KtTick *at = kt_array_push(sketch->arena, ticks);
      if (at) {
        *at = sketch->parts[p].notes.items[i].start;
      }
    }
  }
  qsort(ticks->items, ticks->count, sizeof(KtTick), by_tick);
  size_t kept = 0;
  for (size_t i = 0; i < ticks->count; ++i) {
    if (!kept || ticks->items[i] != ticks->items[kept - 1]) {
      ticks->items[kept++] = ticks->items[i];
    }
  }
  ticks->count = kept;
}

static bool outer_at(KtSketch *sketch, KtTick at, Outer *outer) {
  *outer = (Outer){.above_low = 127, .below_top = 0};
  for (int p = 0; p < KT_PART_TIMPANI; ++p) {
    for (size_t i = 0; i < sketch->parts[p].notes.count; ++i) {
      KtNote *n = &sketch->parts[p].notes.items[i];
      if (n->start > at || n->start + n->duration <= at) {
        continue;
      }
      if (!outer->low.note || n->midi < outer->low.note->midi) {
        outer->above_low = outer->low.note ? outer->low.note->midi : 127;
        outer->low = (Voice){(KtCuePart)p, n};
      } else if (n->midi < outer->above_low) {
        outer->above_low = n->midi;
      }
      if (!outer->top.note || n->midi > outer->top.note->midi) {
        outer->below_top = outer->top.note ? outer->top.note->midi : 0;
        outer->top = (Voice){(KtCuePart)p, n};
      } else if (n->midi > outer->below_top) {
        outer->below_top = n->midi;
      }
    }
  }
  return outer->low.note && outer->low.note != outer->top.note;
}

/// A part's notes of one pitch from a tick on to the end of its chord take another.
static void change(KtSketch *sketch, Voice voice, KtTick at, int pitch) {
  int index, from = voice.note->midi;
  const KtChord *chord = kt_sketch_chord(sketch, at, &index);
  KtTick end = chord->start + chord->duration;
  KtPart *part = &sketch->parts[voice.part];
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *n = &part->notes.items[i];
    if (n->midi == from && n->statement < 0 && n->start >= at && (n == voice.note || n->start < end)) {
      n->midi = (int8_t)pitch;
      n->spelling = kt_score_spell(sketch->score, n->start, pitch);
    }
  }
  if (voice.part == KT_PART_BASS && chord->start == at && (size_t)index < sketch->score->chords.count) {
    sketch->score->chords.items[index].bass = kt_score_spell(sketch->score, at, pitch);
  }
}

static bool may_change(const KtSketch *sketch, Voice voice, KtTick at) {
  return voice.note->statement < 0 && voice.note->start == at && !kt_sketch_drawn(sketch, voice.part, at);
}

/// Whether a pair of outer pitches between two others makes parallels on either side.
static bool runs(const Outer *before, const Outer *after, int low, int top) {
  return (before && kt_parallel_motion(before->top.note->midi, top, before->low.note->midi, low)) ||
         (after && kt_parallel_motion(top, after->top.note->midi, low, after->low.note->midi));
}

/// A seventh does not go into the bass, nor is a tone there that leads.
static bool stands(const KtChord *chord, int pitch) {
  int classes[6];
  int count = kt_chord_classes(chord->quality, classes);
  int up = (pitch - kt_spelling_class(chord->root) + 120) % 12;
  return kt_in_chord(chord, pitch) && !(count > 3 && up == classes[3] % 12) && pitch % 12 != kt_leading_tone(chord);
}

static int pitch_at(const KtSketch *sketch, KtCuePart part, KtTick at) {
  const KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    if (p->notes.items[i].start <= at && p->notes.items[i].start + p->notes.items[i].duration > at) {
      return p->notes.items[i].midi;
    }
  }
  return -1;
}

/// Whether a bass would run with the highest inner voice from or to the chords beside its own.
static bool runs_inside(const KtSketch *sketch, KtTick at, int low) {
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, at, &index);
  int inner = pitch_at(sketch, KT_PART_HARMONY_1, chord->start);
  for (int by = -1; by <= 1 && inner > 0; by += 2) {
    if (index + by < 0 || index + by >= (int)sketch->chords.count) {
      continue;
    }
    KtTick there = chord[by].start;
    int bass = pitch_at(sketch, KT_PART_BASS, there), other = pitch_at(sketch, KT_PART_HARMONY_1, there);
    if (bass > 0 && other > 0 && kt_parallel_motion(inner, other, low, bass)) {
      return true;
    }
  }
  return false;
}

static bool other_bass(KtSketch *sketch, const Outer *before, const Outer *here, const Outer *after, KtTick at) {
  const KtChord *chord = kt_sketch_chord(sketch, at, NULL);
  int best = 0, least = 99, from = before->low.note->midi;
  for (int p = from - FARTHEST; p <= from + FARTHEST; ++p) {
    bool free = p >= BASS_LOW && p <= BASS_HIGH && p < here->above_low && kt_open_enough(p, here->above_low);
    if (free && stands(chord, p) && !runs(before, after, p, here->top.note->midi) && !runs_inside(sketch, at, p)) {
      int cost = abs(p - from) + (p == from ? 3 : 0);
      best = cost < least ? p : best;
      least = cost < least ? cost : least;
    }
  }
  if (best) {
    change(sketch, here->low, at, best);
  }
  return best != 0;
}

static bool other_top(KtSketch *sketch, const Outer *before, const Outer *here, const Outer *after, KtTick at) {
  const KtChord *chord = kt_sketch_chord(sketch, at, NULL);
  int best = 0, least = 99, from = here->top.note->midi;
  for (int p = from - TOP_FARTHEST; p <= from + TOP_FARTHEST; ++p) {
    if (p > here->below_top && kt_in_chord(chord, p) && !runs(before, after, here->low.note->midi, p)) {
      best = abs(p - from) < least ? p : best;
      least = abs(p - from) < least ? abs(p - from) : least;
    }
  }
  if (best) {
    change(sketch, here->top, at, best);
  }
  return best != 0;
}

static void mend(KtSketch *sketch, const Outer *before, const Outer *here, const Outer *after, KtTick at) {
  bool bass = here->low.part == KT_PART_BASS && may_change(sketch, here->low, at);
  bool top = here->top.part != KT_PART_BASS && may_change(sketch, here->top, at);
  bool inner = top && here->top.part >= KT_PART_HARMONY_1 && here->top.part <= KT_PART_HARMONY_4;
  if (inner && other_top(sketch, before, here, after, at)) {
    return;
  }
  if (bass && other_bass(sketch, before, here, after, at)) {
    return;
  }
  if (top && !inner) {
    other_top(sketch, before, here, after, at);
  }
}

/// What begins close above a deep bass, or has a deep bass begin close below it, goes up to the next tone
/// of the chord, the drum to the bass's own tone; what is a theme stays and the bass goes down.
static void clear_below(KtSketch *sketch, KtTick at, Outer *here) {
  KtNote *low = here->low.note;
  for (int p = 0; p < KT_CUE_PARTS && low->midi < DEEP; ++p) {
    KtPart *part = &sketch->parts[p];
    for (size_t i = 0; pitched(p) && i < part->notes.count; ++i) {
      KtNote *n = &part->notes.items[i];
      int off = n->midi - low->midi;
      if (n->start > at || n->start + n->duration <= at || abs(off) >= CLOSE || off == 0) {
        continue;
      }
      int to = low->midi + CLOSE;
      while (to < low->midi + 12 && !kt_in_chord(kt_sketch_chord(sketch, at, NULL), to)) {
        ++to;
      }
      if (p == KT_PART_TIMPANI) {
        to = low->midi < DRUM_LOW ? low->midi + 12 : low->midi > DRUM_HIGH ? low->midi - 12 : low->midi;
      }
      if (n->statement < 0 && !kt_sketch_drawn(sketch, (KtCuePart)p, n->start)) {
        n->midi = (int8_t)to;
        n->spelling = kt_score_spell(sketch->score, n->start, to);
      } else if (low->statement < 0 && low->midi - 12 >= BASS_LOW) {
        low->midi = (int8_t)(low->midi - 12);
      }
    }
  }
}

void kt_sketch_outer(KtSketch *sketch) {
  Ticks ticks = {0};
  collect(sketch, &ticks);
  Outer before = {0}, here, after;
  bool had = false;
  for (size_t i = 0; i < ticks.count; ++i) {
    KtTick at = ticks.items[i];
    if (!outer_at(sketch, at, &here)) {
      had = false;
      continue;
    }
    clear_below(sketch, at, &here);
    if (!outer_at(sketch, at, &here)) {
      had = false;
      continue;
    }
    if (had && runs(&before, NULL, here.low.note->midi, here.top.note->midi)) {
      bool follows = i + 1 < ticks.count && outer_at(sketch, ticks.items[i + 1], &after);
      mend(sketch, &before, &here, follows ? &after : NULL, at);
      outer_at(sketch, at, &here);
    }
    before = here;
    had = true;
  }
}
