// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Harmonic rhythm: slow when calm or under words, quicker into a climax, never the same twice running.
#include "compose/harmony.h"

#include <math.h>

static KtSlot *push(KtSketch *sketch, KtSlots *slots, KtTick start, KtTick end, int section,
                    KtRng *rng) {
  KtSlot *slot = kt_array_push(sketch->arena, slots);
  if (slot) {
    *slot = (KtSlot){.start = start, .end = end, .section = section, .lead_class = -1};
    for (int i = 0; i < 16; ++i) {
      slot->taste[i] = 0.22F * (float)kt_rng_unit(rng);
    }
  }
  return slot;
}

static int chords_wanted(const KtSketch *sketch, const KtCuePhrase *p) {
  const KtEmotionLore *lore = sketch->lore.emotion;
  const KtWishLore *wish = &sketch->lore.harmony->wish;
  const KtCueSection *s = &sketch->sections.items[p->section];
  float seconds = 0, words = 0, arousal = 0, tension = 0;
  for (int b = p->first; b < p->first + p->bars; ++b) {
    seconds += (float)sketch->bars.items[b].seconds;
    words += sketch->bars.items[b].words / (float)p->bars;
    arousal += sketch->bars.items[b].emotion.arousal / (float)p->bars;
    tension += sketch->bars.items[b].emotion.tension / (float)p->bars;
  }
  float each = kt_curve(lore->chord_s, lore->chord_s_count, arousal) * s->idiom->slow *
               sketch->lore.habits->chord * (1.0F + words);
  each *= kt_clamp(exp2f(wish->quicker * (wish->quicker_from - tension)), 0.5F, 1.6F);
  if (s->texture->harmony == KT_CHORALE && words < 0.3F) {
    each *= 0.6F;
  }
  int next = p->first + p->bars;
  if (next < (int)sketch->bars.count && sketch->bars.items[next].turn >= 0.6F) {
    each *= 0.7F;
  }
  int wanted = (int)lroundf(seconds / each);
  return wanted < 1 ? 1 : wanted > 2 * p->bars ? 2 * p->bars : wanted;
}

/// Half of a bar on a beat; 0 where it has none.
static KtTick half_bar(const KtSketch *sketch, const KtCueBar *bar) {
  KtMetre metre = kt_metres_at(&sketch->score->metres, bar->start);
  if (metre.beats < 3) {
    return 0;
  }
  return (metre.beats + 1) / 2 * kt_sketch_beat(sketch, bar->start);
}

static void free_phrase(KtSketch *sketch, KtSlots *slots, const KtCuePhrase *p, KtRng *rng) {
  int wanted = chords_wanted(sketch, p);
  int whole = wanted < p->bars ? wanted : p->bars;
  int halves = wanted - whole;
  bool back = kt_rng_unit(rng) < 0.65; // the long chord comes first, the quick ones lead on
  int b = p->first;
  for (int i = 0; i < whole; ++i) {
    int rest = p->first + p->bars - b, left = whole - i;
    int bars = back ? rest - (left - 1) * (p->bars / whole) : (rest + left - 1) / left;
    bars = bars < 1 ? 1 : bars > rest - (left - 1) ? rest - (left - 1) : bars;
    const KtCueBar *first = &sketch->bars.items[b];
    KtTick end = sketch->bars.items[b + bars - 1].end;
    KtTick half = half_bar(sketch, first);
    bool last = i + 1 == whole;
    if (halves > 0 && !last && half && bars == 1 && (left - 1 <= halves)) {
      push(sketch, slots, first->start, first->start + half, p->section, rng);
      push(sketch, slots, first->start + half, end, p->section, rng);
      --halves;
    } else {
      push(sketch, slots, first->start, end, p->section, rng);
    }
    b += bars;
  }
}

static void stated_phrase(KtSketch *sketch, KtSlots *slots, const KtCuePhrase *p, KtRng *rng) {
  const KtPlaced *placed = &sketch->placed.items[p->statement];
  KtTick at = p->start;
  for (size_t i = 0; i < placed->notes.chords.count; ++i) {
    const KtChord *c = &placed->notes.chords.items[i];
    if (c->start >= p->end || c->start + c->duration <= at) {
      continue;
    }
    bool last = i + 1 == placed->notes.chords.count;
    KtTick end = last ? p->end : c->start + c->duration;
    KtSlot *slot = push(sketch, slots, at, end < p->end ? end : p->end, p->section, rng);
    if (!slot) {
      return;
    }
    slot->forced = true;
    slot->given = *c;
    for (size_t n = 0; n < placed->notes.notes.count; ++n) {
      const KtNote *note = &placed->notes.notes.items[n];
      KtTick from = note->start > at ? note->start : at, stop = note->start + note->duration;
      stop = stop < slot->end ? stop : slot->end;
      if (note->start <= at && note->start + note->duration > at) {
        slot->lead_class = note->midi % 12;
      }
      slot->lead.weight[note->midi % 12] += stop > from ? (double)(stop - from) / (double)(slot->end - at) : 0;
    }
    at = slot->end;
  }
  if (at < p->end && at == p->start) {
    free_phrase(sketch, slots, p, rng);
  } else if (at < p->end) {
    slots->items[slots->count - 1].end = p->end;
  }
}

static void mark(const KtSketch *sketch, KtSlots *slots, size_t from, const KtCuePhrase *p) {
  const KtCueSection *s = &sketch->sections.items[p->section];
  size_t count = slots->count - from;
  const KtWishLore *wish = &sketch->lore.harmony->wish;
  float moves = kt_harmony_moves(sketch); // where the arc is flat phrases are not arched by tension
  for (size_t i = 0; i < count; ++i) {
    KtSlot *slot = &slots->items[from + i];
    double where = count > 1 ? (double)i / (double)(count - 1) : 0.5;
    const KtCueBar *bar = kt_sketch_bar(sketch, slot->start);
    float arch = moves * wish->arch * (float)sin(where * 3.14159265358979);
    slot->tension = kt_clamp(kt_harmony_wish(sketch, 0.75F * bar->emotion.tension + 0.25F * s->emotion.tension) + arch, 0, 0.95F);
    if (slot->start == s->start) {
      slot->place = KT_SLOT_FIRST;
    }
    if (i + 1 == count && count > 1) {
      slot->place = p->closed ? KT_SLOT_CLOSE : KT_SLOT_OPEN;
      slot->tension -= moves * (p->closed ? wish->rest : -wish->question);
    } else if (i + 2 == count && p->closed && count > 2) {
      slot->place = KT_SLOT_BEFORE_CLOSE;
    }
  }
  if (p->closed && p->end == sketch->bars.items[sketch->bars.count - 1].end) {
    KtSlot *end = &slots->items[slots->count - 1]; // the cue's last chord
    end->place = KT_SLOT_CLOSE;
    end->final = s->emotion.tension < 0.55F;
  }
}

/// The chord of a key's tonic that has a tune's last tone in it; false where none that rests has.
static bool home_under(KtKey key, int lead_class, KtChordQuality *quality) {
  int tonic = kt_spelling_class(key.tonic), up = lead_class < 0 ? 0 : (lead_class - tonic + 12) % 12;
  bool bright = kt_in_key(key, tonic + 4);
  switch (up) {
  case 0:
  case 7:
    *quality = bright ? KT_CHORD_MAJOR : KT_CHORD_MINOR;
    return true;
  case 3:
  case 4:
    *quality = up == 4 ? KT_CHORD_MAJOR : KT_CHORD_MINOR;
    return (up == 4) == bright;
  case 2:
    *quality = bright ? KT_CHORD_ADD9 : KT_CHORD_MINOR_ADD9;
    return true;
  case 11:
    *quality = KT_CHORD_MAJOR7;
    return bright;
  case 10:
    *quality = KT_CHORD_MINOR7;
    return !bright;
  default:
    return false;
  }
}

/// A calm cue that ends with a theme comes home under its last tone, though the theme itself stays open.
static void come_home(KtSketch *sketch, KtSlots *slots, KtRng *rng) {
  KtSlot *end = slots->count ? &slots->items[slots->count - 1] : NULL;
  const KtCuePhrase *p = &sketch->phrases.items[sketch->phrases.count - 1];
  if (!end || !end->final || !end->forced || p->statement < 0) {
    return;
  }
  KtKey key = sketch->sections.items[end->section].key;
  const KtPlaced *placed = &sketch->placed.items[p->statement];
  const KtNote *last = NULL;
  for (size_t i = 0; i < placed->notes.notes.count; ++i) {
    const KtNote *note = &placed->notes.notes.items[i];
    last = note->start < end->end && (!last || note->start > last->start) ? note : last;
  }
  KtChordQuality quality;
  int class = last && last->start + last->duration > end->start ? last->midi % 12 : -1;
  if (end->given.root == key.tonic || !home_under(key, class, &quality)) {
    return;
  }
  KtTick from = last && class >= 0 && last->start > end->start ? last->start : end->start;
  if (from > end->start) { // what stands under the tones before stays
    KtSlot before = *end;
    KtSlot *fresh = push(sketch, slots, from, before.end, before.section, rng);
    if (!fresh) {
      return;
    }
    slots->items[slots->count - 2].end = from;
    slots->items[slots->count - 2].place = KT_SLOT_BEFORE_CLOSE;
    slots->items[slots->count - 2].final = false;
    KtTick end_tick = fresh->end;
    *fresh = before;
    fresh->start = from;
    fresh->end = end_tick;
    end = fresh;
  }
  end->given = (KtChord){.start = end->start, .duration = end->end - end->start, .root = key.tonic, .bass = key.tonic,
                         .quality = quality, .key = key};
  end->lead_class = -1; // its root stands in the bass
}

/// A change of key is prepared by a chord of both keys, and reached over common tones.
static void mark_joints(const KtSketch *sketch, KtSlots *slots) {
  for (size_t i = 0; i + 1 < slots->count; ++i) {
    KtKey here = sketch->sections.items[slots->items[i].section].key;
    KtKey next = sketch->sections.items[slots->items[i + 1].section].key;
    if (here.tonic != next.tonic || here.mode != next.mode) {
      slots->items[i].pivot = true;
      slots->items[i].next = next;
      slots->items[i + 1].arrives = true;
    }
  }
}

void kt_harmony_slots(KtSketch *sketch, KtSlots *slots) {
  KtRng rng = kt_sketch_rng(sketch, "harmony");
  for (size_t i = 0; i < sketch->phrases.count; ++i) {
    const KtCuePhrase *p = &sketch->phrases.items[i];
    size_t from = slots->count;
    if (p->statement >= 0) {
      stated_phrase(sketch, slots, p, &rng);
    } else {
      free_phrase(sketch, slots, p, &rng);
    }
    if (slots->count > from) {
      mark(sketch, slots, from, p);
    }
  }
  come_home(sketch, slots, &rng);
  mark_joints(sketch, slots);
}
