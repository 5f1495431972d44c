// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What leads from one phrase of a theme to its next, and into it: a few tones by step before the bar line. A theme heard for
// the first time, bare, is left as it is.
#include "compose/melody.h"

#include <stdlib.h>

/// Energy below which a plain statement stands alone.
static const float BARE = 0.4F;
/// A rest longer than this, seconds, is left to be one.
static const double HELD_MOST_S = 2.0;
enum { TONES_MOST = 3 };

/// The scale's tones on the way from one pitch to another, nearest to the goal first.
static int steps_to(KtKey key, int from, int goal, int tones[TONES_MOST], int most) {
  int count = 0, side = from > goal ? 1 : -1;
  for (int p = goal + side; count < most && abs(p - goal) < 8; p += side) {
    if (kt_in_key(key, p)) {
      tones[count++] = p;
    }
  }
  return count;
}

/// Tones that end where the goal begins; the first is no earlier than `from` and a rest.
static void lead_to(KtSketch *sketch, KtTick from, int before, KtTick at, int goal, KtRng *rng) {
  KtTick half = kt_line_half(sketch, at - 1);
  int room = (int)((at - from) / half) - 1, tones[TONES_MOST];
  int wished = kt_rng_int(rng, 1, TONES_MOST);
  const KtCueBar *bar = kt_sketch_bar(sketch, at - 1);
  if (room < 1 || bar->words > 0.1F || bar->spoken || bar->upbeat) {
    return;
  }
  KtKey key = kt_sketch_chord(sketch, at - 1, NULL)->key;
  int count = steps_to(key, before, goal, tones, wished < room ? wished : room);
  for (int i = count; i-- > 0;) {
    KtNote *note = kt_sketch_note(sketch, KT_PART_LEAD, at - (i + 1) * half, half, tones[i],
                                  i + 1 == count ? KT_ART_LONG : KT_ART_LEGATO);
    if (note) {
      note->accent = -0.1F;
    }
  }
}

/// The end of what sounds last in the lead before a tick, and its pitch; -1 where nothing does.
static KtTick silent_from(const KtSketch *sketch, KtTick at, int *pitch) {
  const KtPart *lead = &sketch->parts[KT_PART_LEAD];
  KtTick end = -1;
  for (size_t i = 0; i < lead->notes.count; ++i) {
    const KtNote *n = &lead->notes.items[i];
    KtTick stops = n->start + n->duration;
    if (n->start < at && stops > end) {
      end = stops;
      *pitch = n->midi;
    }
  }
  return end;
}

/// Into a statement, inside its section.
static void lead_in(KtSketch *sketch, const KtPlaced *placed, KtRng *rng) {
  const KtNote *first = &placed->notes.notes.items[0];
  const KtCueSection *s = &sketch->sections.items[sketch->bars.items[placed->bar].section];
  KtTick half = kt_line_half(sketch, first->start - 1), reach = first->start - 6 * half;
  int pitch = first->midi;
  KtTick from = silent_from(sketch, first->start, &pitch);
  if (s->first == placed->bar || reach < 0 || from > first->start) {
    return;
  }
  lead_to(sketch, from > reach ? from : reach, pitch, first->start, first->midi, rng);
}

/// The tone of the lead that begins somewhere is held for so much longer.
static void hold_over(KtSketch *sketch, KtTick start, KtTick longer) {
  KtPart *lead = &sketch->parts[KT_PART_LEAD];
  for (size_t i = 0; i < lead->notes.count; ++i) {
    KtNote *n = &lead->notes.items[i];
    if (n->start == start && n->statement >= 0 && n->articulation != KT_ART_SHORT) {
      n->duration += longer;
      return;
    }
  }
}

static void link(KtSketch *sketch, const KtPlaced *placed, KtRng *rng) {
  const KtMelodyLore *lore = sketch->lore.melody;
  float stir = kt_clamp(sketch->bars.items[placed->bar].emotion.arousal, 0, 1);
  double often = (double)(lore->link + stir * (lore->link_stirred - lore->link));
  const KtTheme *theme = &sketch->themes->items.items[placed->plan->theme];
  const KtNote *notes = placed->notes.notes.items;
  int count = (int)placed->notes.notes.count, head = theme->head > 1 ? theme->head : 1;
  if (count && kt_rng_unit(rng) < often) {
    lead_in(sketch, placed, rng);
  }
  for (int i = head - 1; i + 1 < count; ++i) {
    KtTick end = notes[i].start + notes[i].duration, gap = notes[i + 1].start - end;
    if (gap < 2 * kt_line_half(sketch, end)) {
      continue;
    }
    bool known = placed->plan->recognisable && i + 1 < KT_KNOWN_NOTES; // nothing comes between the notes it is known by
    if (!known && kt_rng_unit(rng) < often) {
      lead_to(sketch, end, notes[i].midi, notes[i + 1].start, notes[i + 1].midi, rng);
    } else if (kt_rng_unit(rng) < (double)lore->link_held && kt_sketch_seconds(sketch, end, HELD_MOST_S) >= gap) {
      hold_over(sketch, notes[i].start, gap);
    }
  }
}

void kt_sketch_links(KtSketch *sketch) {
  KtRng rng = kt_sketch_rng(sketch, "links");
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtPlaced *placed = &sketch->placed.items[i];
    bool bare = placed->plan->transform == KT_TRANSFORM_PLAIN && placed->plan->energy < BARE;
    if (placed->part == KT_PART_LEAD && !bare && placed->notes.notes.count) {
      link(sketch, placed, &rng);
    }
  }
}
