// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST_TICKS = 60 }; // what is cut shorter than a sixty-fourth is left out

static int by_start(const void *a, const void *b) {
  const KtDeskNote *x = a, *y = b;
  if (x->note.start != y->note.start) {
    return x->note.start < y->note.start ? -1 : 1;
  }
  if (x->priority != y->priority) {
    return y->priority - x->priority;
  }
  if (x->note.midi != y->note.midi) {
    return x->note.midi - y->note.midi;
  }
  return (x->note.duration > y->note.duration) - (x->note.duration < y->note.duration);
}

void kt_desk_sort(KtDeskNotes *notes) {
  if (notes->count) {
    qsort(notes->items, notes->count, sizeof(*notes->items), by_start);
  }
}

static KtTick end_of(const KtDeskNote *note) {
  return note->note.start + note->note.duration;
}

static void sweep(KtDeskNotes *notes) {
  size_t kept = 0;
  for (size_t i = 0; i < notes->count; ++i) {
    if (notes->items[i].note.duration > 0) {
      notes->items[kept++] = notes->items[i];
    }
  }
  notes->count = kept;
}

static void into_compass(const KtInstrument *instrument, KtDeskNotes *notes) {
  for (size_t i = 0; i < notes->count; ++i) {
    KtNote *note = &notes->items[i].note;
    int midi = note->midi;
    while (midi < instrument->low) {
      midi += 12;
    }
    while (midi > instrument->high) {
      midi -= 12;
    }
    if (midi < instrument->low) {
      note->duration = 0; // a compass under an octave (bells) without this pitch
    }
    note->midi = (int8_t)midi;
  }
  sweep(notes);
}

/// The kettles are tuned to the pitches used most; others are left out but for hits.
static void few_drums(const KtScoring *scoring, KtDeskNotes *notes) {
  size_t from = 0;
  for (size_t s = 0; s < scoring->spans.count; ++s) {
    int used[128] = {0};
    size_t to = from;
    while (to < notes->count && notes->items[to].note.start < scoring->spans.items[s].end) {
      used[notes->items[to].note.midi] += notes->items[to].note.hit ? 1000 : 1;
      ++to;
    }
    for (int drum = 0; drum < scoring->habits->timpani_drums; ++drum) {
      int best = 0;
      for (int k = 1; k < 128; ++k) {
        best = used[k] > used[best] ? k : best;
      }
      if (used[best] > 0) {
        used[best] = -1; // tuned
      }
    }
    for (size_t i = from; i < to; ++i) {
      if (used[notes->items[i].note.midi] > 0) {
        notes->items[i].note.duration = 0;
      }
    }
    from = to;
  }
  sweep(notes);
}

/// The sounding note that gives way to note `i`: the one of least priority, then the oldest.
static size_t who_gives_way(const KtDeskNotes *notes, const size_t *sounding, size_t count) {
  size_t victim = 0;
  for (size_t k = 1; k < count; ++k) {
    const KtDeskNote *a = &notes->items[sounding[k]], *b = &notes->items[sounding[victim]];
    if (a->priority < b->priority ||
        (a->priority == b->priority && a->note.start < b->note.start)) {
      victim = k;
    }
  }
  return victim;
}

static void cut_at(KtDeskNote *note, KtTick tick) {
  KtTick left = tick - note->note.start;
  note->note.duration = left < SHORTEST_TICKS && left < note->note.duration ? 0 : left;
}

static void few_voices(const KtInstrument *instrument, KtDeskNotes *notes) {
  size_t sounding[32];
  size_t count = 0, voices = (size_t)(instrument->voices > 16 ? 16 : instrument->voices);
  for (size_t i = 0; i < notes->count; ++i) {
    KtDeskNote *now = &notes->items[i];
    size_t kept = 0;
    bool there = false;
    for (size_t k = 0; k < count; ++k) {
      KtDeskNote *other = &notes->items[sounding[k]];
      if (end_of(other) <= now->note.start || !other->note.duration) {
        continue;
      }
      if (other->note.midi == now->note.midi) { // struck again, or twice at once
        if (other->note.start == now->note.start) {
          there = true;
          other->note.hit = other->note.hit || now->note.hit;
        } else {
          cut_at(other, now->note.start);
          continue;
        }
      }
      sounding[kept++] = sounding[k];
    }
    count = kept;
    if (there) {
      now->note.duration = 0;
      continue;
    }
    if (count >= voices) {
      size_t k = who_gives_way(notes, sounding, count);
      KtDeskNote *victim = &notes->items[sounding[k]];
      bool together = victim->note.start == now->note.start;
      if (together || (victim->priority > now->priority && !now->note.hit)) {
        now->note.duration = 0; // sorted: of two that start together the first weighs more
        continue;
      }
      cut_at(victim, now->note.start);
      sounding[k] = i;
    } else {
      sounding[count++] = i;
    }
  }
  sweep(notes);
}

/// The nearest articulation that the instrument has.
static uint8_t can_play(const KtInstrument *instrument, uint8_t wanted) {
  static const KtArticulation instead[KT_ART_COUNT][3] = {
      [KT_ART_LONG] = {KT_ART_TENUTO, KT_ART_SHORT, KT_ART_MARCATO},
      [KT_ART_LEGATO] = {KT_ART_LONG, KT_ART_TENUTO, KT_ART_SHORT},
      [KT_ART_SHORT] = {KT_ART_MARCATO, KT_ART_TENUTO, KT_ART_LONG},
      [KT_ART_MARCATO] = {KT_ART_TENUTO, KT_ART_LONG, KT_ART_SHORT},
      [KT_ART_TENUTO] = {KT_ART_LONG, KT_ART_MARCATO, KT_ART_SHORT},
      [KT_ART_PIZZICATO] = {KT_ART_SHORT, KT_ART_TENUTO, KT_ART_LONG},
      [KT_ART_TREMOLO] = {KT_ART_TRILL, KT_ART_LONG, KT_ART_TENUTO},
      [KT_ART_TRILL] = {KT_ART_TREMOLO, KT_ART_LONG, KT_ART_TENUTO},
      [KT_ART_SPICCATO] = {KT_ART_SHORT, KT_ART_MARCATO, KT_ART_LONG},
      [KT_ART_SFORZATO] = {KT_ART_MARCATO, KT_ART_TENUTO, KT_ART_LONG},
  };
  if (instrument->has[wanted]) {
    return wanted;
  }
  for (int i = 0; i < 3; ++i) {
    if (wanted == KT_ART_TREMOLO && instead[wanted][i] == KT_ART_TRILL) {
      continue; // a trill brings in a pitch that is not written
    }
    if (instrument->has[instead[wanted][i]]) {
      return (uint8_t)instead[wanted][i];
    }
  }
  return KT_ART_LONG;
}

/// A hard hit in a slow articulation would speak late: it is struck instead.
static void articulate(const KtInstrument *instrument, const KtPart *part, KtDeskNotes *notes) {
  for (size_t i = 0; i < notes->count; ++i) {
    KtNote *note = &notes->items[i].note;
    bool slow = note->articulation == KT_ART_LONG || note->articulation == KT_ART_LEGATO ||
                note->articulation == KT_ART_TENUTO;
    if (note->hit && slow && instrument->has[KT_ART_MARCATO] &&
        kt_part_level(part, note->start) + 0.2F * note->accent >= 0.5F) {
      note->articulation = KT_ART_MARCATO;
    }
    note->articulation = can_play(instrument, note->articulation);
  }
}

void kt_make_playable(const KtScoring *scoring, const KtInstrument *instrument, const KtPart *part,
                      KtDeskNotes *notes) {
  into_compass(instrument, notes);
  kt_desk_sort(notes);
  if (!strcmp(instrument->id, "timpani")) {
    few_drums(scoring, notes);
  }
  few_voices(instrument, notes);
  articulate(instrument, part, notes);
  kt_make_hands(scoring, instrument, notes);
  if (instrument->breath_s > 0) {
    kt_make_breathe(scoring, instrument, part, notes);
  }
}
