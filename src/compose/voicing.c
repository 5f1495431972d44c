// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Bass octaves, then the inner voices: a shortest path over spacings of each chord. Low intervals are
// open (no third below C3, no fifth below B flat 1), high ones close.
#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VOICINGS_MAX = 100, SAME_TOP = 10, CHOICE_LEAST = 12, LOWEST = 46 };

/// How much learned spacing weighs beside the rules.
static const float SPACING_WEIGHT = 0.05F;
/// A seventh that does not fall or stay, a leading tone that does not rise or stay.
static const float UNRESOLVED = 3.0F;

typedef struct Voicing {
  int8_t pitch[4]; ///< highest first
  float cost;
} Voicing;

static int choose_octave(int class, int before, int low, int high) {
  int best = -1;
  float least = 1e9F;
  for (int p = low; p <= high; ++p) {
    if (p % 12 != class) {
      continue;
    }
    int leap = before < 0 ? 0 : abs(p - before);
    float cost = (float)leap + (leap > 7 ? 4.0F : 0) + 0.35F * (float)abs(p - 40);
    if (cost < least) {
      least = cost;
      best = p;
    }
  }
  return best;
}

static void choose_bass(KtSketch *sketch) {
  int before = -1;
  for (size_t i = 0; i < sketch->chords.count; ++i) {
    int class = kt_spelling_class(sketch->chords.items[i].bass);
    before = choose_octave(class, before, 29, 52);
    sketch->bass[i] = (int8_t)before;
  }
}

/// Whether two sounding pitches, the lower given, are far enough apart for their register.
bool kt_open_enough(int low, int high) {
  int interval = high - low;
  if (low < 34) {
    return interval == 0 || interval >= 12;
  }
  return low >= 48 || interval == 0 || interval >= 5;
}

/// What real orchestras seldom leave between neighbours is dear (counted by register).
static float spacing_cost(const KtLearnedVoices *learned, const Voicing *v, int voices, int bass) {
  float cost = 0;
  for (int i = 0; i < voices; ++i) {
    int low = i + 1 < voices ? v->pitch[i + 1] : bass, gap = v->pitch[i] - low;
    float share = gap > 0 && gap < 25 ? learned->gaps[low < 48 ? 0 : low < 72 ? 1 : 2][gap] : 0;
    cost += SPACING_WEIGHT * logf(0.24F / (share + 0.004F));
  }
  return cost;
}

static float static_cost(const KtChord *chord, const Voicing *v, int voices, int bass, int middle) {
  int classes[6];
  int tones = kt_chord_classes(chord->quality, classes);
  int root = kt_spelling_class(chord->root);
  int leading = (kt_spelling_class(chord->key.tonic) + 11) % 12;
  float cost = 0, sum = 0;
  for (int t = 0; t < tones; ++t) {
    int class = (root + classes[t]) % 12, times = bass % 12 == class ? 1 : 0, inner = 0;
    for (int i = 0; i < voices; ++i) {
      inner += v->pitch[i] % 12 == class ? 1 : 0;
    }
    bool colour = t == 1 || t >= 3;
    times += inner;
    cost += times ? 0 : colour ? 1.8F : t == 0 ? 0.7F : 0.25F;
    cost += colour && inner > 1 ? (class == leading || t >= 3 ? 2.5F : 0.35F) : 0;
    cost += class == leading && times > 1 ? 1.2F : 0;
  }
  for (int i = 0; i < voices; ++i) {
    sum += (float)v->pitch[i];
  }
  cost += 0.07F * fabsf(sum / (float)voices - (float)middle);
  if (voices >= 3 && v->pitch[voices - 2] - v->pitch[voices - 1] < v->pitch[0] - v->pitch[1]) {
    cost += 0.12F;
  }
  return cost;
}

typedef struct Places {
  const KtLearnedVoices *learned;
  const KtChord *chord;
  Voicing *out;
  int count, voices, bass, low, high, middle;
} Places;

static void keep(Places *places, Voicing v) {
  v.cost = static_cost(places->chord, &v, places->voices, places->bass, places->middle) +
           spacing_cost(places->learned, &v, places->voices, places->bass);
  int same = 0, worst = -1;
  for (int i = 0; i < places->count; ++i) {
    if (places->out[i].pitch[0] == v.pitch[0]) {
      ++same;
      worst = i;
    }
  }
  if (same >= SAME_TOP) { // every top is kept, so that the outer voices have a choice
    if (v.cost >= places->out[worst].cost) {
      return;
    }
    memmove(&places->out[worst], &places->out[worst + 1],
            (size_t)(places->count - worst - 1) * sizeof(Voicing));
    --places->count;
  }
  int at = places->count;
  if (at == VOICINGS_MAX) {
    if (v.cost >= places->out[at - 1].cost) {
      return;
    }
    --at;
  } else {
    ++places->count;
  }
  while (at > 0 && places->out[at - 1].cost > v.cost) {
    places->out[at] = places->out[at - 1];
    --at;
  }
  places->out[at] = v;
}

static void enumerate(Places *places, Voicing v, int voice, int top) {
  if (voice >= places->voices || voice >= (int)sizeof(v.pitch)) {
    if (voice > 0 && kt_open_enough(places->bass, v.pitch[voice - 1])) {
      keep(places, v);
    }
    return;
  }
  int least = places->chord->quality == KT_CHORD_CLUSTER ? 1 : 2;
  int most = voice ? (v.pitch[voice - 1] > 62 ? 9 : 12) : 14;
  int from = voice ? v.pitch[voice - 1] - least : top;
  int to = voice ? v.pitch[voice - 1] - most : top - most;
  for (int p = from; p >= to && p >= places->low; --p) {
    if (!kt_in_chord(places->chord, p) || p <= places->bass ||
        (voice && !kt_open_enough(p, v.pitch[voice - 1]))) {
      continue;
    }
    v.pitch[voice] = (int8_t)p;
    enumerate(places, v, voice + 1, top);
  }
}

int kt_leading_tone(const KtChord *chord) {
  int classes[6];
  int count = kt_chord_classes(chord->quality, classes);
  int tonic = kt_spelling_class(chord->key.tonic), root = kt_spelling_class(chord->root);
  bool dominant = (root - tonic + 12) % 12 == 7 && count > 1 && classes[1] == 4;
  bool on_it = (root - tonic + 12) % 12 == 11 && count > 2 && classes[2] == 6;
  bool seventh = chord->quality == KT_CHORD_DOMINANT7 || chord->quality == KT_CHORD_DOMINANT7_FLAT9;
  return dominant || on_it ? (tonic + 11) % 12 : seventh ? (root + 4) % 12 : -1;
}

int kt_tendency(const KtChord *chord, int midi) {
  int classes[6];
  int count = kt_chord_classes(chord->quality, classes);
  int up = (midi - kt_spelling_class(chord->root) + 120) % 12;
  bool seventh = count >= 4 && classes[3] <= 11 && chord->quality != KT_CHORD_MINOR6; // a sixth is at rest
  return seventh && up == classes[3] ? -1 : midi % 12 == kt_leading_tone(chord) ? 1 : 0;
}

static float move_cost(const Voicing *a, const Voicing *b, int voices, int bass0, int bass1,
                       const KtChord *from, const KtChord *to) {
  float cost = 0;
  for (int i = 0; i < voices; ++i) {
    int x = a->pitch[i], y = b->pitch[i], by = abs(y - x);
    cost += 0.1F * (float)by + (by > 5 ? 0.15F * (float)(by - 5) : 0);
    cost += kt_parallel_motion(x, y, bass0, bass1) ? (i == 0 ? 25.0F : 1.6F) : 0;
    for (int j = i + 1; j < voices; ++j) {
      cost += kt_parallel_motion(x, y, a->pitch[j], b->pitch[j]) ? 1.4F : 0;
    }
    cost += to->root == from->root || kt_resolves(kt_tendency(from, x), x, y) ? 0 : UNRESOLVED;
    cost += i > 0 && y > a->pitch[i - 1] ? 0.4F : 0;
    cost += i + 1 < voices && y < a->pitch[i + 1] ? 0.4F : 0;
  }
  return cost;
}

static int voices_at(const KtSketch *sketch, const KtCueSection *s) {
  int voices = (int)s->texture->voices;
  voices = voices > sketch->lore.habits->voices ? sketch->lore.habits->voices : voices;
  return voices < 1 ? 1 : voices > 4 ? 4 : voices;
}

static int list(const KtSketch *sketch, size_t index, Voicing *out, int voices) {
  const KtChord *chord = &sketch->chords.items[index];
  const KtCuePhrase *p = kt_sketch_phrase(sketch, chord->start);
  const KtCueSection *s = &sketch->sections.items[p->section];
  bool lead = kt_sketch_layer(p, KT_ROLE_LEAD);
  int top = s->harmony_top;
  if (lead && top > s->lead_middle - 1) {
    top = s->lead_middle - 1; // room for the tune
  }
  top = top < 67 ? 67 : top;
  int middle = s->texture->harmony == KT_STRUCK ? top - 8 : top - 9;
  Places places = {sketch->lore.voices, chord, out, 0, voices, sketch->bass[index], LOWEST, top, middle};
  for (int lift = 0; lift <= 6 && places.count < CHOICE_LEAST; lift += 3) {
    places.count = 0;
    enumerate(&places, (Voicing){{-1, -1, -1, -1}, 0}, 0, top + lift); // too narrow a room has no choice
  }
  if (!places.count) { // one tone in the middle is always there
    for (int p0 = 72; p0 > 59 && !places.count; --p0) {
      if (kt_in_chord(chord, p0)) {
        keep(&places, (Voicing){{(int8_t)p0, (int8_t)p0, (int8_t)p0, (int8_t)p0}, 0});
      }
    }
  }
  return places.count;
}

typedef struct Lattice {
  Voicing (*at)[VOICINGS_MAX];
  float (*cost)[VOICINGS_MAX];
  uint8_t (*from)[VOICINGS_MAX];
  int *count, *voices;
} Lattice;

static void relax(const KtSketch *sketch, Lattice *l, size_t i) {
  for (int b = 0; b < l->count[i]; ++b) {
    float least = 0;
    int from = 0;
    if (i > 0) {
      int voices = l->voices[i] < l->voices[i - 1] ? l->voices[i] : l->voices[i - 1];
      least = 1e9F;
      for (int a = 0; a < l->count[i - 1]; ++a) {
        float cost = l->cost[i - 1][a] + move_cost(&l->at[i - 1][a], &l->at[i][b], voices,
                                                   sketch->bass[i - 1], sketch->bass[i],
                                                   &sketch->chords.items[i - 1], &sketch->chords.items[i]);
        if (cost < least) {
          least = cost;
          from = a;
        }
      }
    }
    l->cost[i][b] = least + l->at[i][b].cost;
    l->from[i][b] = (uint8_t)from;
  }
}

KtStatus kt_sketch_voicing(KtSketch *sketch, KtError *err) {
  size_t n = sketch->chords.count;
  sketch->bass = KT_NEW(sketch->arena, int8_t, n);
  sketch->voices = kt_arena_alloc(sketch->arena, n * sizeof(*sketch->voices));
  Lattice l = {kt_arena_alloc(sketch->arena, n * sizeof(*l.at)),
               kt_arena_alloc(sketch->arena, n * sizeof(*l.cost)),
               kt_arena_alloc(sketch->arena, n * sizeof(*l.from)), KT_NEW(sketch->arena, int, n),
               KT_NEW(sketch->arena, int, n)};
  if (kt_arena_failed(sketch->arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  choose_bass(sketch);
  for (size_t i = 0; i < n; ++i) {
    const KtCuePhrase *p = kt_sketch_phrase(sketch, sketch->chords.items[i].start);
    l.voices[i] = voices_at(sketch, &sketch->sections.items[p->section]);
    l.count[i] = list(sketch, i, l.at[i], l.voices[i]);
    relax(sketch, &l, i);
  }
  int best = 0;
  for (int b = 1; n && b < l.count[n - 1]; ++b) {
    best = l.cost[n - 1][b] < l.cost[n - 1][best] ? b : best;
  }
  for (size_t i = n; i > 0; --i) {
    for (int v = 0; v < 4; ++v) {
      sketch->voices[i - 1][v] = v < l.voices[i - 1] ? l.at[i - 1][best].pitch[v] : -1;
    }
    best = l.from[i - 1][best];
  }
  return KT_OK;
}
