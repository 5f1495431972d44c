// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Endings are composed: a chord that rings, a cut with everything sounding, a thinning out, a hand over.
#include "compose/sketch.h"

/// A bass heard so lately, seconds, belongs to the last chord.
static const double BASS_HEARD_S = 10.0;
/// A tune heard so lately, seconds, may have the last word.
static const double HEARD_S = 30.0;
enum { WORD_BARS = 3 };

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

static bool heard_since(const KtSketch *sketch, KtCuePart part, KtTick since) {
  const KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    if (p->notes.items[i].start + p->notes.items[i].duration > since) {
      return true;
    }
  }
  return false;
}

/// Whether a bass would come in for the last chord alone, though the inner voices have its root below: then it
/// stays away.
static bool late_bass(const KtSketch *sketch, KtTick start, int index) {
  if (heard_since(sketch, KT_PART_BASS, start - kt_sketch_seconds(sketch, start, BASS_HEARD_S))) {
    return false;
  }
  int lowest = -1;
  for (int v = 0; v < 4 && sketch->voices[index][v] > 0; ++v) {
    lowest = sketch->voices[index][v];
  }
  return lowest > 0 && lowest % 12 == kt_spelling_class(sketch->chords.items[index].root);
}

/// How many inner voices take part in the last chord: all, or two where nobody held a chord lately.
static int closing_voices(const KtSketch *sketch, KtTick start) {
  KtTick since = start - kt_sketch_seconds(sketch, start, BASS_HEARD_S);
  bool held = false, moved = heard_since(sketch, KT_PART_FIGURE, since) || heard_since(sketch, KT_PART_PULSE, since);
  for (int v = 0; v < 4; ++v) {
    held = held || heard_since(sketch, (KtCuePart)(KT_PART_HARMONY_1 + v), since);
  }
  return held || moved ? 4 : 2;
}

/// The inner voices and the bass stand on the last chord to the end.
static void final_chord(KtSketch *sketch, KtTick from) {
  int index;
  const KtChord *chord = kt_sketch_chord(sketch, sketch->sound_end - 1, &index);
  KtTick start = chord->start > from ? chord->start : from;
  int voices = closing_voices(sketch, start);
  for (int v = 0; v < voices && sketch->voices[index][v] > 0; ++v) {
    KtCuePart part = (KtCuePart)(KT_PART_HARMONY_1 + v);
    kt_sketch_clear(sketch, part, start, sketch->sound_end + 1);
    kt_sketch_note(sketch, part, start, sketch->sound_end - start, sketch->voices[index][v], KT_ART_LONG);
  }
  if (!statement_note(sketch, KT_PART_BASS, start) && !late_bass(sketch, start, index)) {
    kt_sketch_clear(sketch, KT_PART_BASS, start, sketch->sound_end + 1);
    kt_sketch_note(sketch, KT_PART_BASS, start, sketch->sound_end - start, sketch->bass[index], KT_ART_LONG);
  }
}

static KtNote *last_of(KtSketch *sketch, KtCuePart part) {
  KtPart *p = &sketch->parts[part];
  KtNote *last = NULL;
  for (size_t i = 0; i < p->notes.count; ++i) {
    KtNote *n = &p->notes.items[i];
    last = !last || n->start > last->start ? n : last;
  }
  return last;
}

/// The tune's last note is held with the chord where it belongs to it.
static void hold_lead(KtSketch *sketch) {
  KtNote *last = last_of(sketch, KT_PART_LEAD);
  const KtChord *chord = kt_sketch_chord(sketch, sketch->sound_end - 1, NULL);
  if (last && last->statement < 0 && last->start >= chord->start && kt_in_chord(chord, last->midi)) {
    last->duration = sketch->sound_end - last->start;
  }
}

/// Where the tune has been silent for a while before a cue rings off, it has a last word: a short phrase of its cell that
/// closes in the last bar.
static void last_word(KtSketch *sketch) {
  const KtNote *last = last_of(sketch, KT_PART_LEAD);
  int bars = (int)sketch->bars.count, first = bars;
  KtTick silent = last ? last->start + last->duration : sketch->sound_end;
  KtTick heard = silent + kt_sketch_seconds(sketch, sketch->bars.items[bars - 1].start, HEARD_S);
  while (first > 0 && bars - first < WORD_BARS && sketch->bars.items[first - 1].start >= silent &&
         sketch->bars.items[first - 1].words < 0.1F) {
    --first;
  }
  KtRng rng = kt_sketch_rng(sketch, "last word");
  bool wished = kt_rng_unit(&rng) < (double)(sketch->lore.habits->lead + 0.25F);
  if (bars - first < 2 || heard < sketch->sound_end || !wished) {
    return;
  }
  KtCuePhrase phrase = {.section = sketch->bars.items[first].section, .first = first, .bars = bars - first,
                        .start = sketch->bars.items[first].start, .end = sketch->bars.items[bars - 1].end,
                        .statement = -1, .lead = true, .closed = true};
  kt_sketch_melody(sketch, KT_PART_LEAD, &phrase, last->midi, &rng);
}

/// What led up to notes that are taken away goes with them.
static void drop_upbeat(KtSketch *sketch, KtTick from) {
  KtTick beat = kt_sketch_beat(sketch, from - 1);
  const KtNote *last = last_of(sketch, KT_PART_LEAD);
  for (KtTick at = from; last && last->statement < 0 && last->duration <= beat && last->start + last->duration == at;) {
    at = last->start;
    if (from - at > 2 * beat) {
      return; // a phrase, not an upbeat
    }
    kt_sketch_clear(sketch, KT_PART_LEAD, at, from);
    last = last_of(sketch, KT_PART_LEAD);
  }
}

/// A cut takes away what sounds: the tune's last note lasts until then, whatever rest was written after it.
static void into_cut(KtSketch *sketch) {
  KtNote *last = last_of(sketch, KT_PART_LEAD);
  KtTick end = sketch->sound_end;
  const KtCueBar *bar = kt_sketch_bar(sketch, end - 1);
  if (last && last->statement < 0 && last->articulation != KT_ART_SHORT && last->start + last->duration >= bar->start) {
    last->duration = end - last->start;
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
    last_word(sketch);
    hold_lead(sketch);
    break;
  case KT_EXIT_FADE_UNDER:
    from = last_stretch(sketch, 3.5);
    quiet(sketch, from, thin, 7);
    drop_upbeat(sketch, from);
    final_chord(sketch, from); // what fades is a chord, not a thread
    break;
  case KT_EXIT_SEGUE:
    from = last_stretch(sketch, 1.0);
    quiet(sketch, from, busy, 6);
    break;
  case KT_EXIT_ON_CUT: // everything sounds until the cut takes it away
    into_cut(sketch);
    break;
  }
}
