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

/// Where the second line may move: while the lead holds or is silent, where a chord or a bar begins.
typedef struct Slot {
  KtTick start, end;
  const KtChord *chord;
  int index;    ///< of the chord
  bool fresh;   ///< the chord begins here
  bool begins;  ///< the lead has a new tone
  bool bar;     ///< a bar line since the slot before
  int lead;     ///< the lead's pitch, -1 silent
  int before;   ///< and where it came from, with a new tone; -1 from nowhere
} Slot;

enum { SLOTS_MAX = 64, REACH = 9, PITCHES = 2 * REACH + 1, HELD = 3, STATES = PITCHES * HELD };

/// What the lead sang just before one of its tones; -1 a rest.
static int came_from(const KtSketch *sketch, const KtNote *n) {
  const KtNote *before = n->start > 0 ? lead_at(sketch, n->start - KT_PPQ / 16) : NULL;
  return before ? before->midi : -1;
}

static Slot slot_at(const KtSketch *sketch, const KtCuePhrase *p, KtTick at) {
  KtTick pulse = kt_line_pulse(sketch, at);
  const KtNote *lead = lead_at(sketch, at);
  bool begins = lead && lead->start > at - KT_PPQ * 2 / 5;
  Slot slot = {.start = at, .end = p->end, .begins = begins, .lead = lead ? lead->midi : -1};
  slot.chord = kt_sketch_chord(sketch, at, &slot.index);
  slot.fresh = slot.chord->start >= at - pulse / 2 && slot.chord->start <= at;
  slot.before = begins ? came_from(sketch, lead) : -1;
  slot.bar = kt_sketch_bar(sketch, at)->start == at;
  return slot;
}

/// Slots of a phrase on its pulses; a calm line takes every other.
static int make_slots(const KtSketch *sketch, const KtCuePhrase *p, Slot slots[SLOTS_MAX]) {
  int count = 0, moved = 0;
  bool crossed = false, calm = sketch->sections.items[p->section].emotion.arousal < sketch->lore.melody->counter.calm;
  for (KtTick at = p->start; at < p->end && count < SLOTS_MAX; at += kt_line_pulse(sketch, at)) {
    Slot slot = slot_at(sketch, p, at);
    KtTick place = (at - kt_sketch_bar(sketch, at)->start) / kt_line_pulse(sketch, at);
    bool quiet = calm && place % 2, may = !slot.begins && !quiet && moved < sketch->lore.melody->counter.moves;
    bool takes = slot.fresh || slot.bar || may;
    moved = slot.begins ? 0 : moved + (may && !slot.fresh);
    crossed = crossed || slot.bar;
    if (!takes || (!count && slot.begins)) { // it comes in after the lead, not with it
      continue;
    }
    slot.bar = crossed;
    crossed = false;
    if (count) {
      slots[count - 1].end = at;
    }
    slots[count++] = slot;
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

/// What a move is worth against the lead's: the other way before alone before the same way.
static float against(const struct KtCounterLore *lore, const Slot *to, int a, int b) {
  int by = b - a, led = to->before >= 0 ? to->lead - to->before : 0;
  if (!by || !to->begins) {
    return 0;
  }
  if (led && kt_parallel_motion(a, b, to->before, to->lead)) {
    return lore->parallel;
  }
  return led * by > 0 ? lore->similar : led * by < 0 ? lore->contrary : lore->together;
}

/// What a move is worth: by step, against the lead, never in parallel with the bass; `held` bars of the same tone before.
static float move_price(const KtSketch *sketch, const Slot *from, const Slot *to, int a, int b, int held) {
  const struct KtCounterLore *lore = &sketch->lore.melody->counter;
  int by = b - a;
  float price = 0.13F * (float)abs(by) + (abs(by) > 4 ? 0.4F : 0) + against(lore, to, a, b);
  if (!by) {
    price += (to->begins ? 0 : lore->idle) + (to->bar ? lore->held * (float)(held * held) : 0);
    // a tone left over from the chord before, while the lead moves on, is a suspension
    price -= to->begins && held < 2 && !kt_in_chord(to->chord, b) ? lore->suspension : 0;
  }
  if (!kt_in_chord(from->chord, a)) { // and goes down by step where it is one, else by step
    price += abs(by) > 2 ? 1.0F : !by && !to->begins ? 0.6F : by < 0 ? -0.2F : 0;
  }
  if (from->index != to->index && kt_parallel_motion(a, b, sketch->bass[from->index], sketch->bass[to->index])) {
    price += 2.0F;
  }
  return price;
}

/// A state is a pitch and for how many bar lines it has been held.
static int state_of(int pitch, int held) {
  return pitch * HELD + held;
}

typedef struct Path {
  float best[SLOTS_MAX][STATES];
  int16_t from[SLOTS_MAX][STATES];
} Path;

static void relax(const KtSketch *sketch, const Slot *slots, int i, int near, Path *path) {
  for (int s = 0; s < STATES; ++s) {
    path->best[i][s] = 1e9F;
  }
  for (int was = 0; was < STATES; ++was) {
    int a = near - REACH + was / HELD, held = was % HELD;
    for (int k = 0; k < PITCHES && path->best[i - 1][was] < 1e8F; ++k) {
      int b = near - REACH + k, now = a != b ? 0 : held + slots[i].bar < HELD ? held + slots[i].bar : HELD - 1;
      float price = path->best[i - 1][was] + move_price(sketch, &slots[i - 1], &slots[i], a, b, held) + tone_price(&slots[i], b, near);
      if (price < path->best[i][state_of(k, now)]) {
        path->best[i][state_of(k, now)] = price;
        path->from[i][state_of(k, now)] = (int16_t)was;
      }
    }
  }
}

static bool choose(const KtSketch *sketch, const Slot *slots, int count, int near, int out[SLOTS_MAX]) {
  Path *path = KT_NEW(sketch->arena, Path, 1);
  if (!path) {
    return false;
  }
  for (int s = 0; s < STATES; ++s) {
    path->best[0][s] = s % HELD ? 1e9F : tone_price(&slots[0], near - REACH + s / HELD, near);
  }
  for (int i = 1; i < count; ++i) {
    relax(sketch, slots, i, near, path);
  }
  int state = 0;
  for (int s = 1; s < STATES; ++s) {
    state = path->best[count - 1][s] < path->best[count - 1][state] ? s : state;
  }
  for (int i = count - 1; i >= 0; --i) {
    out[i] = near - REACH + state / HELD;
    state = path->from[i][state];
  }
  return true;
}

static void accompany(KtSketch *sketch, const KtCuePhrase *p) {
  Slot slots[SLOTS_MAX];
  int pitches[SLOTS_MAX], near = sketch->sections.items[p->section].lead_middle - 9;
  int count = make_slots(sketch, p, slots);
  near = near < 55 ? 55 : near;
  if (!count || !choose(sketch, slots, count, near, pitches)) {
    return;
  }
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

/// The layer a second line may take the place of where all are taken: colour, or the pulse beside a figure; KT_ROLE_COUNT none.
static KtRole gives_way(const KtCuePhrase *p) {
  bool moves = kt_sketch_layer(p, KT_ROLE_FIGURE) && kt_sketch_layer(p, KT_ROLE_PULSE);
  return kt_sketch_layer(p, KT_ROLE_COLOUR) ? KT_ROLE_COLOUR : moves ? KT_ROLE_PULSE : KT_ROLE_COUNT;
}

/// Whether a tune that has been heard may have a second line beyond what its texture asks for.
static bool invited(const KtSketch *sketch, const KtCuePhrase *p, double chance) {
  const KtCueBar *bar = &sketch->bars.items[p->first];
  int layers = __builtin_popcount(p->layers);
  bool bare = p->statement >= 0 && sketch->placed.items[p->statement].plan->energy < 0.35F;
  bool room = layers < sketch->layers_max || gives_way(p) < KT_ROLE_COUNT;
  return p->first > 0 && p->bars > 1 && !bare && bar->words < 0.05F && !bar->spoken && layers > 1 && room &&
         chance < (double)(sketch->lore.melody->counter.more * sketch->lore.habits->counter);
}

void kt_sketch_counter(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "counter");
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    KtCuePhrase *p = &sketch->phrases.items[i];
    double chance = kt_rng_unit(&rng), more = kt_rng_unit(&rng);
    bool asked = kt_sketch_layer(p, KT_ROLE_COUNTER) && chance <= 0.45 + (double)sketch->lore.habits->counter * 0.55;
    bool sung = has_notes(sketch, KT_PART_LEAD, p->start, p->end);
    if (!(asked || (sung && invited(sketch, p, more))) || has_notes(sketch, KT_PART_COUNTER, p->start, p->end)) {
      continue;
    }
    if (!asked && __builtin_popcount(p->layers) >= sketch->layers_max) {
      p->layers &= ~(1U << gives_way(p));
    }
    p->layers |= 1U << KT_ROLE_COUNTER;
    if (sung) {
      accompany(sketch, p);
    } else {
      int middle = sketch->sections.items[p->section].lead_middle - 10;
      kt_sketch_melody(sketch, KT_PART_COUNTER, p, middle < 55 ? 55 : middle, &rng);
    }
  }
}
