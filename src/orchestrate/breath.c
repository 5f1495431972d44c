// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <math.h>

typedef struct Breath {
  const KtScoring *scoring;
  const KtInstrument *instrument;
  const KtPart *part;
  KtDeskNotes *notes;
  size_t run; ///< first note since the last breath
} Breath;

static double seconds_at(const Breath *b, KtTick tick) {
  return kt_scoring_seconds(b->scoring, tick);
}

static KtTick tick_at(const Breath *b, double seconds) {
  return kt_tempo_tick(&b->scoring->sketch->tempo, kt_film_time(seconds));
}

static KtTick end_of(const KtNote *note) {
  return note->start + note->duration;
}

/// How long a breath lasts at this dynamic; a section breathes in turn, which gives it twice that.
static double breath_at(const Breath *b, KtTick tick) {
  const KtHabitsOfPlayers *habits = b->scoring->habits;
  double level = (double)kt_part_level(b->part, tick);
  double limit = (double)b->instrument->breath_s *
                 fmax(0.5, (double)habits->breath_soft - (double)habits->breath_slope * level);
  return b->instrument->players > 1 ? 2.0 * limit : limit;
}

/// Whether nothing that started before note `i` sounds on into it.
static bool is_joint(const Breath *b, size_t i) {
  KtTick start = b->notes->items[i].note.start;
  for (size_t k = b->run; k < i; ++k) {
    const KtNote *note = &b->notes->items[k].note;
    if (note->start < start && end_of(note) > start) {
      return false;
    }
  }
  return b->notes->items[i - 1].note.start < start;
}

/// How good a place note `i` is to breathe before.
static double joint_worth(const Breath *b, size_t i, double limit) {
  const KtNote *before = &b->notes->items[i - 1].note, *note = &b->notes->items[i].note;
  double from = seconds_at(b, b->notes->items[b->run].note.start);
  double at = seconds_at(b, note->start);
  double length = seconds_at(b, end_of(before)) - seconds_at(b, before->start);
  double worth = (at - from) / limit + fmin(1.0, length);
  worth += before->breath_after ? 2.0 : 0.0;
  worth -= note->articulation == KT_ART_LEGATO ? 0.6 : 0.0;
  worth -= before->statement >= 0 && before->statement == note->statement ? 0.5 : 0.0;
  int bar;
  double beat;
  kt_metres_position(&b->scoring->sketch->metres, note->start, &bar, &beat);
  worth += beat == 1.0 ? 0.3 : 0.0;
  return length < 0.15 ? worth - 2.0 : worth;
}

static void breathe_before(Breath *b, size_t i) {
  double at = seconds_at(b, b->notes->items[i].note.start);
  KtTick rest_from = tick_at(b, at - (double)b->scoring->habits->breath_rest_s);
  for (size_t k = b->run; k < i; ++k) {
    KtNote *note = &b->notes->items[k].note;
    if (end_of(note) > rest_from) {
      KtTick wanted = rest_from - note->start;
      KtTick least = note->duration / 2;
      note->duration = wanted > least ? wanted : least > 0 ? least : 1;
      note->breath_after = true;
    }
  }
  b->run = i;
}

/// A tone longer than any breath is taken again: ends before `at`, starts anew there.
static void split_tones(Breath *b, size_t last, double at_s) {
  const KtMetres *metres = &b->scoring->sketch->metres;
  KtTick at = tick_at(b, at_s);
  KtTick beat = (KtTick)KT_PPQ * 4 / kt_metres_at(metres, at).unit;
  KtTick start = b->notes->items[b->run].note.start;
  KtTick bar = kt_metres_at(metres, at).tick;
  KtTick on_beat = bar + (at - bar) / beat * beat;
  at = on_beat > start + beat / 2 ? on_beat : at;
  double rest = (double)b->scoring->habits->breath_rest_s;
  KtTick rest_from = tick_at(b, seconds_at(b, at) - rest);
  for (size_t k = b->run; k <= last; ++k) {
    KtDeskNote *one = &b->notes->items[k];
    if (one->note.start >= at || end_of(&one->note) <= at) {
      if (one->note.start < at && end_of(&one->note) > rest_from) {
        KtTick wanted = rest_from - one->note.start, least = one->note.duration / 2;
        one->note.duration = wanted > least ? wanted : least > 0 ? least : 1;
      }
      continue;
    }
    KtDeskNote again = *one;
    again.note.start = at;
    again.note.duration = end_of(&one->note) - at;
    again.note.hit = false;
    again.note.accent = again.note.accent < 0 ? again.note.accent : 0;
    again.note.statement = -1;
    KtTick wanted = rest_from - one->note.start, least = (at - one->note.start) / 2;
    one->note.duration = wanted > least ? wanted : least > 0 ? least : 1;
    one->note.breath_after = true;
    KtDeskNote *fresh = kt_array_push(b->scoring->scratch, b->notes);
    if (fresh) {
      *fresh = again;
    }
  }
  kt_desk_sort(b->notes);
  while (b->run < b->notes->count && b->notes->items[b->run].note.start < at) {
    ++b->run;
  }
}

/// Takes the best breath before note `i` is over; false where the run may go on.
static bool take_breath(Breath *b, size_t i) {
  double from = seconds_at(b, b->notes->items[b->run].note.start);
  double limit = breath_at(b, b->notes->items[b->run].note.start);
  if (seconds_at(b, end_of(&b->notes->items[i].note)) - from <= limit) {
    return false;
  }
  size_t best = 0;
  double most = -HUGE_VAL;
  for (size_t k = b->run + 1; k <= i; ++k) {
    double at = seconds_at(b, b->notes->items[k].note.start) - from;
    if (at < 0.2 * limit || at > limit || !is_joint(b, k)) {
      continue;
    }
    double worth = joint_worth(b, k, limit);
    if (worth > most) {
      most = worth;
      best = k;
    }
  }
  if (best) {
    breathe_before(b, best);
    return true;
  }
  split_tones(b, i, from + 0.85 * limit);
  return true;
}

void kt_make_breathe(const KtScoring *scoring, const KtInstrument *instrument, const KtPart *part,
                     KtDeskNotes *notes) {
  Breath b = {scoring, instrument, part, notes, 0};
  KtTick sounding = 0;
  size_t guard = notes->count * 8 + 1000; // every breath moves the run on; this is only a fence
  for (size_t i = 0; i < notes->count && guard; --guard) {
    const KtNote *note = &notes->items[i].note;
    if (i > b.run && seconds_at(&b, note->start) - seconds_at(&b, sounding) >=
                         0.5 * (double)scoring->habits->breath_rest_s) {
      b.run = i; // a rest of its own
    }
    if (take_breath(&b, i)) {
      i = b.run;
      sounding = i < notes->count ? notes->items[i].note.start : 0;
      continue;
    }
    sounding = i == b.run || end_of(note) > sounding ? end_of(note) : sounding;
    ++i;
  }
}
