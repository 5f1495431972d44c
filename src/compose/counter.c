// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The second line: guide tones held while the lead moves, steps against it while it holds, by a shortest path;
// in a dialogue it answers where the lead is silent.
#include "compose/melody.h"

#include <stdlib.h>

static const KtNote *lead_at(const KtSketch *sketch, KtTick tick) {
  const KtPart *lead = &sketch->parts[KT_PART_LEAD];
  for (size_t i = 0; i < lead->notes.count; ++i) {
    const KtNote *n = &lead->notes.items[i];
    if (n->start <= tick && tick < n->start + n->duration) {
      return n;
    }
  }
  return NULL;
}

/// Where the second line moves: when the lead holds or is silent, else only where the chord asks for it.
typedef struct Slot {
  KtTick start, end;
  const KtChord *chord;
  int index;          ///< of the chord
  bool fresh;         ///< the chord begins here
  bool begins;        ///< and the lead has a new tone
  int lead, before;   ///< the lead's pitch here and at the slot before, -1 silent
} Slot;

enum { SLOTS_MAX = 64, REACH = 9, PITCHES = 2 * REACH + 1 };

static bool lead_begins(const KtSketch *sketch, KtTick at) {
  const KtNote *n = lead_at(sketch, at);
  return n && n->start == at;
}

/// Slots of a phrase on its pulses; a calm line takes every other.
static int make_slots(const KtSketch *sketch, const KtCuePhrase *p, Slot slots[SLOTS_MAX]) {
  int count = 0, moved = 0;
  float calm = sketch->lore.melody->counter_calm;
  for (KtTick at = p->start; at < p->end && count < SLOTS_MAX; at += kt_line_pulse(sketch, at)) {
    const KtCueBar *bar = kt_sketch_bar(sketch, at);
    int index;
    const KtChord *chord = kt_sketch_chord(sketch, at, &index);
    KtTick pulse = kt_line_pulse(sketch, at);
    bool fresh = chord->start >= at - pulse / 2 && chord->start <= at, begins = lead_begins(sketch, at);
    bool quiet = sketch->sections.items[p->section].emotion.arousal < calm && (at - bar->start) / pulse % 2;
    bool takes = fresh || (!begins && !quiet && moved < sketch->lore.melody->counter_moves);
    moved = begins ? 0 : moved + (takes && !fresh);
    if (!takes || (!count && begins)) { // it comes in after the lead, not with it
      continue;
    }
    const KtNote *lead = lead_at(sketch, at);
    slots[count] = (Slot){at, p->end, chord, index, fresh, begins, lead ? lead->midi : -1, count ? slots[count - 1].lead : -1};
    if (count) {
      slots[count - 1].end = at;
    }
    ++count;
  }
  return count;
}

/// What a pitch is worth in a slot: guide tones, below the lead and not its own tone.
static float tone_price(const Slot *slot, int pitch, int near) {
  int classes[6], count = kt_chord_classes(slot->chord->quality, classes), found = -1;
  int root = kt_spelling_class(slot->chord->root);
  for (int t = 0; t < count; ++t) {
    found = (root + classes[t]) % 12 == pitch % 12 ? t : found;
  }
  float price = 0.04F * (float)abs(pitch - near);
  if (found < 0) {
    price += (slot->fresh ? 1.3F : 0.4F) + (kt_in_key(slot->chord->key, pitch) ? 0 : 1.5F);
  } else {
    price += found == 1 || found == 3 ? 0 : 0.3F;
  }
  if (slot->lead >= 0) {
    price += slot->lead % 12 == pitch % 12 ? 1.0F : pitch > slot->lead - 3 ? 1.2F : 0;
  }
  return price;
}

/// What a move is worth: by step, against the lead, never in parallel with it or the bass.
static float move_price(const KtSketch *sketch, const Slot *from, const Slot *to, int a, int b) {
  int by = b - a, led = from->lead >= 0 && to->lead >= 0 ? to->lead - from->lead : 0;
  float price = 0.13F * (float)abs(by) + (abs(by) > 4 ? 0.4F : 0);
  if (to->begins) { // where the lead moves it is held, if it can be: a tone left over from the chord before is a suspension
    price += by ? 0.35F : kt_in_chord(to->chord, b) ? 0 : -0.8F;
  } else {
    price += by ? 0 : 0.45F;
  }
  price += led * by > 0 ? 0.8F : led * by < 0 ? -0.25F : 0;
  if (led && kt_parallel_motion(a, b, from->lead, to->lead)) {
    price += 3.0F;
  }
  if (!kt_in_chord(from->chord, a) && abs(by) > 2) {
    price += 1.0F;
  }
  if (from->index != to->index && kt_parallel_motion(a, b, sketch->bass[from->index], sketch->bass[to->index])) {
    price += 2.0F;
  }
  return price;
}

static void choose(const KtSketch *sketch, const Slot *slots, int count, int near, int out[SLOTS_MAX]) {
  float best[SLOTS_MAX][PITCHES];
  int8_t from[SLOTS_MAX][PITCHES] = {{0}};
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < PITCHES; ++k) {
      int pitch = near - REACH + k;
      float least = i ? 1e9F : 0;
      for (int j = 0; i && j < PITCHES; ++j) {
        float price = best[i - 1][j] + move_price(sketch, &slots[i - 1], &slots[i], near - REACH + j, pitch);
        if (price < least) {
          least = price;
          from[i][k] = (int8_t)j;
        }
      }
      best[i][k] = least + tone_price(&slots[i], pitch, near);
    }
  }
  int k = 0;
  for (int j = 1; j < PITCHES; ++j) {
    k = best[count - 1][j] < best[count - 1][k] ? j : k;
  }
  for (int i = count - 1; i >= 0; --i) {
    out[i] = near - REACH + k;
    k = from[i][k];
  }
}

static void accompany(KtSketch *sketch, const KtCuePhrase *p) {
  Slot slots[SLOTS_MAX];
  int pitches[SLOTS_MAX], near = sketch->sections.items[p->section].lead_middle - 9;
  int count = make_slots(sketch, p, slots);
  near = near < 55 ? 55 : near;
  if (!count) {
    return;
  }
  choose(sketch, slots, count, near, pitches);
  for (int i = 0, last = 0; i < count; i = last) {
    for (last = i + 1; last < count && pitches[last] == pitches[i]; ++last) {
    }
    KtTick end = slots[last - 1].end;
    bool ends = last == count;
    KtTick breath = ends && end - slots[i].start > kt_line_pulse(sketch, end - 1) ? kt_line_half(sketch, end - 1) : 0;
    KtNote *note = kt_sketch_note(sketch, KT_PART_COUNTER, slots[i].start, end - breath - slots[i].start, pitches[i],
                                  i ? KT_ART_LEGATO : KT_ART_LONG);
    if (note) {
      note->breath_after = ends;
    }
  }
}

static bool has_notes(const KtSketch *sketch, KtCuePart part, KtTick start, KtTick end) {
  const KtPart *p = &sketch->parts[part];
  for (size_t i = 0; i < p->notes.count; ++i) {
    const KtNote *n = &p->notes.items[i];
    if (n->start < end && n->start + n->duration > start) {
      return true;
    }
  }
  return false;
}

/// Whether a tune that has been heard may have a second line beyond what its texture asks for.
static bool invited(const KtSketch *sketch, const KtCuePhrase *p, double chance) {
  const KtCueBar *bar = &sketch->bars.items[p->first];
  int layers = __builtin_popcount(p->layers);
  bool bare = p->statement >= 0 && sketch->placed.items[p->statement].plan->energy < 0.35F;
  return p->first > 0 && p->bars > 1 && !bare && bar->words < 0.05F && !bar->spoken && layers > 1 && layers < sketch->layers_max &&
         chance < (double)(sketch->lore.melody->counter_more * sketch->lore.habits->counter);
}

void kt_sketch_counter(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "counter");
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    double chance = kt_rng_unit(&rng), more = kt_rng_unit(&rng);
    bool asked = kt_sketch_layer(p, KT_ROLE_COUNTER) && chance <= 0.45 + (double)sketch->lore.habits->counter * 0.55;
    bool sung = has_notes(sketch, KT_PART_LEAD, p->start, p->end);
    if (!(asked || (sung && invited(sketch, p, more))) || has_notes(sketch, KT_PART_COUNTER, p->start, p->end)) {
      continue;
    }
    if (sung) {
      accompany(sketch, p);
    } else {
      int middle = sketch->sections.items[p->section].lead_middle - 10;
      kt_sketch_melody(sketch, KT_PART_COUNTER, p, middle < 55 ? 55 : middle, &rng);
    }
  }
}
