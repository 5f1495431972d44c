// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bass: a line with its own goals, or a pedal, or a pulse.
#include "compose/figures.h"
#include "compose/sketch.h"

#include <stdlib.h>
#include <string.h>

/// A pulsing bass at this pitch or above, MIDI, goes an octave down, else up.
enum { LOWEST_OCTAVE = 40 };

/// A bass that stays is taken anew after so long; a pedal stands longer.
static const double TIED_MOST_S = 5.0, PEDAL_MOST_S = 12.0;

/// From this liking for motion on a bass that would be held walks.
static const float LINE_MOTION = 0.4F;

static bool stated(const KtSketch *sketch, KtTick start, KtTick end) {
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtStatement *r = &sketch->placed.items[i].notes.record;
    if (sketch->placed.items[i].part == KT_PART_BASS && r->start < end && r->end > start) {
      return true;
    }
  }
  return false;
}

static int lowest_inner(const KtSketch *sketch, int index) {
  int low = 127;
  for (int v = 0; v < 4; ++v) {
    int p = sketch->voices[index][v];
    low = p > 0 && p < low ? p : low;
  }
  return low;
}

static void hold(KtSketch *sketch, KtTick start, KtTick end, int pitch, const KtCueSection *s) {
  KtPart *p = &sketch->parts[KT_PART_BASS];
  KtNote *before = p->notes.count ? &p->notes.items[p->notes.count - 1] : NULL;
  bool joint = start == s->start && start > 0 && s[-1].join != KT_JOIN_PEDAL && s[-1].join != KT_JOIN_COMMON;
  if (before && before->midi == pitch && before->start + before->duration == start && !joint &&
      before->statement < 0 &&
      kt_seconds(kt_tempo_time(&sketch->score->tempo, start) -
                 kt_tempo_time(&sketch->score->tempo, before->start)) < (s->texture->bass == KT_BASS_PEDAL ? PEDAL_MOST_S : TIED_MOST_S)) {
    before->duration = (end < sketch->sound_end ? end : sketch->sound_end) - before->start;
    return;
  }
  kt_sketch_note(sketch, KT_PART_BASS, start, end - start, pitch, KT_ART_LONG);
}

/// A tone between two of the line, in the scale and open against the voices above; -1 none.
static int passing(const KtSketch *sketch, int index, int from, int to) {
  KtKey key = sketch->chords.items[index].key;
  int up = to > from ? 1 : -1;
  for (int p = to - up; p != from && abs(p - to) <= 2; p -= up) {
    if (kt_in_key(key, p) && kt_open_enough(p, lowest_inner(sketch, index))) {
      return p;
    }
  }
  return -1;
}

static void walk(KtSketch *sketch, int index, KtTick start, KtTick end, const KtCueSection *s, KtRng *rng) {
  int pitch = sketch->bass[index];
  KtTick beat = kt_sketch_beat(sketch, start);
  int next = index + 1 < (int)sketch->chords.count ? sketch->bass[index + 1] : pitch;
  double chance = kt_rng_unit(rng);
  int between = abs(next - pitch) >= 3 && abs(next - pitch) <= 7 ? passing(sketch, index, pitch, next) : -1;
  if (end - start < 3 * beat || chance > 0.3 + 0.6 * (double)s->energy + 0.5 * (double)sketch->lore.habits->motion) {
    hold(sketch, start, end, pitch, s);
    return;
  }
  if (between > 0) {
    KtTick last = chance < 0.2 && s->energy > 0.4F ? beat / 2 : beat;
    hold(sketch, start, end - last, pitch, s);
    kt_sketch_note(sketch, KT_PART_BASS, end - last, last, between, KT_ART_LEGATO);
  } else if (next == pitch && pitch - 12 >= 28 && s->energy > 0.35F) {
    KtTick half = (end - start) / 2 / beat * beat;
    hold(sketch, start, start + half, pitch, s);
    kt_sketch_note(sketch, KT_PART_BASS, start + half, end - start - half, pitch - 12, KT_ART_LONG);
  } else {
    hold(sketch, start, end, pitch, s);
  }
}

/// The pattern of a pulsing bass in a bar: another one every few bars.
static const char *pattern_at(const KtSketch *sketch, const KtCueBar *bar, const KtCueSection *s) {
  const KtVariantLore *lore = sketch->lore.variants;
  float repeat = sketch->lore.habits->repeat > 0 ? sketch->lore.habits->repeat : 1;
  int stays = lore->most > 0 ? lore->most : 1;
  int turn = (int)((float)(bar - sketch->bars.items - s->first) / (repeat * (float)stays));
  unsigned own = (unsigned)(s - sketch->sections.items); // no two sections go through them alike
  return lore->bass[turn ? (1 + (unsigned)turn + own) % lore->bass_count : 0];
}

static void beat_out(KtSketch *sketch, int index, KtTick start, KtTick end, const KtCueSection *s) {
  KtTick beat = kt_sketch_beat(sketch, start);
  KtTick unit = s->emotion.arousal > 0.5F ? beat / 2 : beat;
  for (KtTick at = start; at < end; at += unit) {
    const KtCueBar *bar = kt_sketch_bar(sketch, at);
    KtTick in_bar = at - bar->start;
    const char *pattern = pattern_at(sketch, bar, s);
    int steps = (int)(strlen(pattern) + 1) / 2, step = (int)(in_bar / unit) % steps;
    bool down = in_bar == 0, sounds = pattern[2 * step] == 'x' || pattern[2 * step] == '8' || at == start;
    if (!sounds || (!down && s->energy < 0.6F && in_bar / unit % 2 == 1)) {
      continue; // where there is less to do it breathes between the strong ones
    }
    KtTick length = unit;
    for (int next = step + 1; next < steps && pattern[2 * next] == '-'; ++next) {
      length += unit;
    }
    int pitch = sketch->bass[index], away = pitch >= LOWEST_OCTAVE ? pitch - 12 : pitch + 12;
    bool open = away < pitch || kt_open_enough(away, lowest_inner(sketch, index));
    KtNote *note = kt_sketch_note(sketch, KT_PART_BASS, at, at + length > end ? end - at : length,
                                  pattern[2 * step] == '8' && open && at != start ? away : pitch, KT_ART_SHORT);
    if (note) {
      note->accent = down ? 0.3F : -0.05F;
    }
  }
}

bool kt_sketch_bass_moves(const KtSketch *sketch, const KtCuePhrase *phrase) {
  float words = 0;
  for (int b = 0; b < phrase->bars; ++b) {
    words = sketch->bars.items[phrase->first + b].words > words ? sketch->bars.items[phrase->first + b].words : words;
  }
  return sketch->sections.items[phrase->section].bass && words <= 0.3F && !stated(sketch, phrase->start, phrase->end);
}

void kt_sketch_bass(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "bass");
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    const KtCueSection *s = &sketch->sections.items[p->section];
    int index;
    if (kt_sketch_bass_moves(sketch, p)) {
      continue; // figures.c
    }
    kt_sketch_chord(sketch, p->start, &index);
    for (; index < (int)sketch->chords.count && sketch->chords.items[index].start < p->end; ++index) {
      const KtChord *chord = &sketch->chords.items[index];
      KtTick start = chord->start, end = start + chord->duration;
      if (!kt_sketch_layer(p, KT_ROLE_BASS) || stated(sketch, start, end)) {
        continue;
      }
      bool words = kt_sketch_bar(sketch, start)->words > 0.3F;
      bool line = s->texture->bass == KT_BASS_LINE || (s->texture->bass == KT_BASS_HELD && sketch->lore.habits->motion > LINE_MOTION);
      if (line && !words) {
        walk(sketch, index, start, end, s, &rng);
      } else if (s->texture->bass == KT_BASS_PULSE && !words && s->energy > 0.4F) {
        beat_out(sketch, index, start, end, s);
      } else {
        hold(sketch, start, end, sketch->bass[index], s);
      }
    }
  }
}
