// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Endings are composed: a chord that rings, a cut with everything sounding, a thinning out, a hand over.
#include "compose/sketch.h"

/// A bass heard so lately, seconds, belongs to the last chord.
static const double BASS_HEARD_S = 10.0;

static bool statement_note(const KtSketch *sketch, KtCuePart part, KtTick from) {
  const KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    if (p->notes.items[i].start >= from && p->notes.items[i].statement >= 0) {
      return true;
    }
  }
  return false;
}

/// The tick from which the end is near: the last bar, more where bars are short.
static KtTick last_stretch(const KtSketch *sketch, double seconds) {
  size_t b = sketch->bars.count;
  KtTick from = sketch->sound_end;
  double length = 0;
  while (b > 1 && length < seconds && sketch->bars.count - b < sketch->bars.count / 2) {
    --b;
    from = sketch->bars.items[b].start;
    length += sketch->bars.items[b].seconds;
  }
  return b == sketch->bars.count ? sketch->bars.items[b - 1].start : from;
}

static void quiet(KtSketch *sketch, KtTick from, const KtCuePart *parts, int count) {
  for (int i = 0; i < count; ++i) {
    if (!statement_note(sketch, parts[i], from)) {
      kt_sketch_clear(sketch, parts[i], from, sketch->sound_end + 1);
    }
  }
}

/// Whether a bass would come in for the last chord alone, though the inner voices have its root below: then it
/// stays away.
static bool late_bass(const KtSketch *sketch, KtTick start, int index) {
  const KtPart *bass = &sketch->parts[KT_PART_BASS];
  KtTick since = start - kt_sketch_seconds(sketch, start, BASS_HEARD_S);
  for (size_t i = 0; i < bass->notes.count; ++i) {
    if (bass->notes.items[i].start + bass->notes.items[i].duration > since) {
      return false;
    }
  }
  int lowest = -1;
  for (int v = 0; v < 4 && sketch->voices[index][v] > 0; ++v) {
    lowest = sketch->voices[index][v];
  }
  return lowest > 0 && lowest % 12 == kt_spelling_class(sketch->chords.items[index].root);
}

/// All inner voices and the bass stand on the last chord to the end.
static void final_chord(KtSketch *sketch, KtTick from) {
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, sketch->sound_end - 1, &index);
  KtTick start = chord->start > from ? chord->start : from;
  for (int v = 0; v < 4 && sketch->voices[index][v] > 0; ++v) {
    KtCuePart part = (KtCuePart)(KT_PART_HARMONY_1 + v);
    kt_sketch_clear(sketch, part, start, sketch->sound_end + 1);
    kt_sketch_note(sketch, part, start, sketch->sound_end - start, sketch->voices[index][v], KT_ART_LONG);
  }
  if (!statement_note(sketch, KT_PART_BASS, start) && !late_bass(sketch, start, index)) {
    kt_sketch_clear(sketch, KT_PART_BASS, start, sketch->sound_end + 1);
    kt_sketch_note(sketch, KT_PART_BASS, start, sketch->sound_end - start, sketch->bass[index], KT_ART_LONG);
  }
}

/// The tune's last note is held with the chord where it belongs to it.
static void hold_lead(KtSketch *sketch) {
  KtPart *lead = &sketch->parts[KT_PART_LEAD];
  KtNote *last = NULL;
  for (size_t i = 0; i < lead->notes.count; ++i) {
    KtNote *n = &lead->notes.items[i];
    last = !last || n->start > last->start ? n : last;
  }
  const KtChord *chord = kt_sketch_chord(sketch, sketch->sound_end - 1, NULL);
  if (last && last->statement < 0 && last->start >= chord->start && kt_in_chord(chord, last->midi)) {
    last->duration = sketch->sound_end - last->start;
  }
}

void kt_sketch_ending(KtSketch *sketch) {
  static const KtCuePart busy[] = {KT_PART_FIGURE, KT_PART_PULSE, KT_PART_DRUM, KT_PART_TIMPANI,
                                   KT_PART_COUNTER, KT_PART_CYMBAL};
  static const KtCuePart thin[] = {KT_PART_LEAD, KT_PART_PULSE, KT_PART_DRUM, KT_PART_COUNTER,
                                   KT_PART_CYMBAL, KT_PART_TIMPANI, KT_PART_FIGURE};
  KtTick from;
  switch (sketch->cue->exit) {
  case KT_EXIT_RING_OFF:
    from = last_stretch(sketch, 1.8);
    quiet(sketch, from, busy, 6);
    final_chord(sketch, from);
    hold_lead(sketch);
    break;
  case KT_EXIT_FADE_UNDER:
    from = last_stretch(sketch, 3.5);
    quiet(sketch, from, thin, 7);
    final_chord(sketch, from); // what fades is a chord, not a thread
    break;
  case KT_EXIT_SEGUE:
    from = last_stretch(sketch, 1.0);
    quiet(sketch, from, busy, 6);
    break;
  case KT_EXIT_ON_CUT: // everything sounds until the cut takes it away
    break;
  }
}
