// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/mend.h"

#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>

enum { GROUP_MOST = 96, REACH = 9, OCTAVE = 12, LEAP_FREE = 5, WINDOW_MOST = 400 };

/// A change has to be worth this much.
static const double WORTH = 0.3;

/// Tones that go together, each to its pitch.
typedef struct Change {
  unsigned tones[GROUP_MOST];
  int to[GROUP_MOST];
  unsigned count;
  bool gone;
  double cost;
  unsigned first, last; ///< moments it is felt at
  double now;           ///< what faults there come to without it, -1 unknown
} Change;

static const KtChord *chord_of(const KtPartWriting *w, const KtTone *tone) {
  return &w->score->chords.items[w->moments[tone->from].chord];
}

static KtTick end_of(const KtTone *tone) {
  return tone->note->start + tone->note->duration;
}

/// The tones of a player right before and after one; NULL where none is near.
static const KtTone *beside(const KtPartWriting *w, unsigned index, int by) {
  const KtTone *tone = &w->tones[index];
  for (unsigned i = index + (unsigned)by; i < w->tone_count && w->tones[i].part == tone->part; i += (unsigned)by) {
    const KtTone *other = &w->tones[i];
    if (!other->gone && (by > 0 ? other->note->start >= end_of(tone) : end_of(other) <= tone->note->start)) {
      return llabs(other->note->start - tone->note->start) < 8 * KT_PPQ ? other : NULL;
    }
  }
  return NULL;
}

static double leap(const KtWritingPrices *price, int from, int to) {
  return (double)price->leap * fmax(0, abs(to - from) - LEAP_FREE);
}

/// Whether two inner voices are crossed where one of them has a pitch: lines are counted from the top.
static bool crossed(const KtTone *tone, int midi, const KtTone *other) {
  bool inner = tone->role == KT_ROLE_HARMONY && other->role == KT_ROLE_HARMONY && tone->line != other->line;
  return inner && (tone->line < other->line ? midi < other->note->midi : midi > other->note->midi);
}

/// How often a pitch class sounds with a tone when it begins, itself apart; seconds against others, and inner voices
/// crossed, are counted in `rubs`.
static int sounds(const KtPartWriting *w, const KtTone *tone, int midi, int *rubs) {
  const KtInstant *m = &w->moments[tone->from];
  int times = 0;
  for (unsigned i = 0; i < m->count; ++i) {
    const KtTone *other = &w->tones[w->on[m->first + i]];
    if (other->gone || other == tone || (other->line == tone->line && other->note->start == tone->note->start)) {
      continue;
    }
    times += other->note->midi % OCTAVE == midi % OCTAVE;
    *rubs += abs(other->note->midi - midi) == 1 || abs(other->note->midi - midi) == 2 || crossed(tone, midi, other);
  }
  return times;
}

/// What it costs that a tone has a pitch other than it had first.
static double strange(const KtPartWriting *w, unsigned index, int to) {
  const KtWritingPrices *price = &w->rules->prices;
  const KtTone *tone = &w->tones[index], *before = beside(w, index, -1), *after = beside(w, index, 1);
  const KtChord *chord = chord_of(w, tone);
  double cost = (double)price->moved * abs(to - tone->was);
  cost += before ? leap(price, before->note->midi, to) : 0;
  cost += after ? leap(price, to, after->note->midi) : 0;
  int rubs = 0, other_rubs = 0, others = sounds(w, tone, tone->was, &other_rubs), doubles = sounds(w, tone, to, &rubs);
  if (to % OCTAVE != tone->was % OCTAVE) {
    cost += (double)price->other;
    cost += kt_tendency(chord, to) && doubles ? (double)price->doubled : 0;
    int up = (tone->was - kt_spelling_class(chord->root) + 120) % OCTAVE;
    cost += !others && (up == 3 || up == 4 || kt_tendency(chord, tone->was)) ? (double)price->thirdless : 0;
    cost += tone->role == KT_ROLE_BASS && tone->was % OCTAVE == kt_spelling_class(chord->root) ? (double)price->inverted : 0;
  }
  cost += chord->quality != KT_CHORD_CLUSTER && rubs > other_rubs ? (double)price->rubs * (rubs - other_rubs) : 0;
  return cost * (double)w->rules->roles[tone->role];
}

/// Whether a tone may take a pitch: of its chord, no seventh or leading tone in the bass.
static bool may(const KtMend *mend, unsigned index, int to) {
  const KtPartWriting *w = mend->writing;
  const KtTone *tone = &w->tones[index];
  const KtChord *chord = chord_of(w, tone);
  const KtCompass *compass = &mend->compass[tone->part];
  if (to < compass->low || to > compass->high) {
    return false;
  }
  bool same = (to - tone->note->midi) % OCTAVE == 0;
  if (tone->role == KT_ROLE_BASS && !same) {
    bool last = (size_t)(chord - w->score->chords.items) + 1 == w->score->chords.count;
    return !last && kt_in_chord(chord, to) && !kt_tendency(chord, to);
  }
  return same || kt_in_chord(chord, to);
}

/// Whether a player has a pitch already while a tone sounds.
static bool taken(const KtPartWriting *w, const KtTone *tone, int to) {
  for (unsigned m = tone->from; m < tone->to; ++m) {
    const KtInstant *moment = &w->moments[m];
    for (unsigned i = 0; i < moment->count; ++i) {
      const KtTone *other = &w->tones[w->on[moment->first + i]];
      if (other != tone && !other->gone && other->part == tone->part && other->note->midi == to) {
        return true;
      }
    }
  }
  return false;
}

static bool goes_along(const KtTone *tone, const KtTone *other, bool octave) {
  if (other->gone || other->line != tone->line) {
    return false;
  }
  return octave ? other->part == tone->part && other->note->midi == tone->note->midi
                : (other->note->midi - tone->note->midi) % OCTAVE == 0;
}

/// Another tone: all of the line that has it in this chord from here on goes along. Another octave: what the player repeats.
static bool grouped(const KtMend *mend, unsigned index, int to, Change *change) {
  const KtPartWriting *w = mend->writing;
  const KtTone *tone = &w->tones[index];
  int by = to - tone->note->midi, chord = w->moments[tone->from].chord;
  bool octave = by % OCTAVE == 0;
  change->count = 0;
  for (unsigned m = tone->from; m < w->moment_count && w->moments[m].chord == chord; ++m) {
    const KtInstant *moment = &w->moments[m];
    for (unsigned i = 0; i < moment->count; ++i) {
      unsigned k = w->on[moment->first + i];
      const KtTone *other = &w->tones[k];
      if (other->from != m || !goes_along(tone, other, octave)) {
        continue;
      }
      const KtCompass *compass = &mend->compass[other->part];
      int pitch = other->note->midi + by;
      pitch += pitch < compass->low ? OCTAVE : pitch > compass->high ? -OCTAVE : 0;
      if (other->fixed || change->count == GROUP_MOST || pitch < compass->low || pitch > compass->high || taken(w, other, pitch)) {
        return false;
      }
      change->tones[change->count] = k;
      change->to[change->count++] = pitch;
    }
  }
  return change->count > 0;
}

/// Makes a change, or takes it back.
static void put(KtPartWriting *w, Change *change) {
  for (unsigned i = 0; i < change->count; ++i) {
    KtTone *tone = &w->tones[change->tones[i]];
    int was = tone->note->midi;
    tone->note->midi = (int8_t)change->to[i];
    change->to[i] = was;
    tone->gone = change->gone ? !tone->gone : tone->gone;
  }
}

static void window(const KtPartWriting *w, const Change *change, unsigned *first, unsigned *last) {
  *first = w->moment_count - 1;
  *last = 0;
  for (unsigned i = 0; i < change->count; ++i) {
    const KtTone *tone = &w->tones[change->tones[i]];
    *first = tone->from < *first ? tone->from : *first;
    *last = tone->to > *last ? tone->to : *last;
  }
  KtTick back = w->moments[*first].at - (KtTick)((double)w->rules->resolves_within * KT_PPQ) - 1;
  while (*first > 0 && w->moments[*first].at > back) {
    --*first;
  }
  *last = *last < w->moment_count ? *last : w->moment_count - 1;
}

/// What all faults in reach come to when a change is made.
static double tried(KtPartWriting *w, Change *change, unsigned first, unsigned last) {
  put(w, change);
  kt_writing_refresh(w, first, last);
  double cost = kt_writing_cost(w, first, last);
  put(w, change);
  kt_writing_refresh(w, first, last);
  return cost;
}

static void weigh(const KtMend *mend, Change *change, Change *best) {
  KtPartWriting *w = mend->writing;
  unsigned first, last;
  window(w, change, &first, &last);
  if (last - first > WINDOW_MOST) {
    return;
  }
  double own = 0;
  int part = w->tones[change->tones[0]].part;
  for (unsigned i = 0; i < change->count; ++i) {
    unsigned index = change->tones[i];
    if (w->tones[index].part == part) {
      own += change->gone ? (double)w->rules->prices.silent : strange(w, index, change->to[i]) - strange(w, index, w->tones[index].note->midi);
    }
  }
  if (first != best->first || last != best->last || best->now < 0) { // else it is known already
    best->first = first;
    best->last = last;
    best->now = kt_writing_cost(w, first, last);
  }
  change->cost = own + tried(w, change, first, last) - best->now;
  if (change->cost < best->cost) {
    change->first = first;
    change->last = last;
    change->now = best->now;
    *best = *change;
  }
}

/// Whether somebody else has a tone all the time: in the same line, or, of an inner voice, at all.
static bool spared(const KtPartWriting *w, const KtTone *tone) {
  if (tone->role == KT_ROLE_LEAD || tone->note->hit) {
    return false;
  }
  const KtInstant *m = &w->moments[tone->from];
  for (unsigned i = 0; i < m->count; ++i) {
    const KtTone *other = &w->tones[w->on[m->first + i]];
    bool there = !other->gone && other->part != tone->part && end_of(other) >= end_of(tone);
    bool inner = tone->role == KT_ROLE_HARMONY || tone->role == KT_ROLE_PERCUSSION || tone->role == KT_ROLE_COLOUR;
    if (there && (other->note->midi - tone->note->midi) % OCTAVE == 0 && (other->line == tone->line || inner)) {
      return true;
    }
  }
  return false;
}

/// All that one tone could do about a fault.
static void consider(const KtMend *mend, unsigned index, Change *best) {
  KtPartWriting *w = mend->writing;
  const KtTone *tone = &w->tones[index];
  if (tone->fixed || tone->gone) {
    return;
  }
  int from = tone->note->midi;
  for (int to = from - 2 * OCTAVE; to <= from + 2 * OCTAVE; ++to) {
    bool octave = (to - from) % OCTAVE == 0;
    Change change = {.count = 0};
    if (to != from && (octave || abs(to - from) <= REACH) && may(mend, index, to) && grouped(mend, index, to, &change)) {
      weigh(mend, &change, best);
    }
  }
  if (mend->leaves_out && spared(w, tone)) {
    Change change = {.tones = {index}, .to = {from}, .count = 1, .gone = true};
    weigh(mend, &change, best);
  }
}

/// All tones of the outer pitches at a moment.
static void consider_outer(const KtMend *mend, unsigned moment, Change *best) {
  const KtPartWriting *w = mend->writing;
  unsigned low, high;
  if (kt_writing_outer(w, moment, &low, &high)) {
    consider(mend, low, best);
    consider(mend, high, best);
  }
}

static bool settle(const KtMend *mend, Change *best) {
  if (best->cost > -WORTH) {
    return false;
  }
  KtPartWriting *w = mend->writing;
  unsigned first, last;
  window(w, best, &first, &last);
  put(w, best);
  for (unsigned i = 0; i < best->count; ++i) {
    KtNote *note = w->tones[best->tones[i]].note;
    note->spelling = kt_score_spell(w->score, note->start, note->midi);
  }
  kt_writing_refresh(w, first, last);
  return true;
}

/// A theme's tone hangs: what makes its chord a dominant may go elsewhere.
static void consider_partners(const KtMend *mend, unsigned index, Change *best) {
  const KtPartWriting *w = mend->writing;
  const KtTone *tone = &w->tones[index];
  for (unsigned m = tone->from; m < tone->to; ++m) {
    const KtInstant *moment = &w->moments[m];
    for (unsigned i = 0; moment->dominant >= 0 && i < moment->count; ++i) {
      const KtTone *other = &w->tones[w->on[moment->first + i]];
      int up = (other->note->midi - moment->dominant + 120) % OCTAVE;
      if (up == 10 || up == 4) {
        consider(mend, w->on[moment->first + i], best);
      }
    }
  }
}

static int mend_tendencies(const KtMend *mend) {
  const KtPartWriting *w = mend->writing;
  int made = 0;
  for (unsigned i = 0; i < w->tone_count; ++i) {
    unsigned next;
    if (kt_writing_unresolved(w, i, &next) > 0) {
      Change best = {.now = -1};
      consider(mend, i, &best);
      consider(mend, next, &best);
      if (w->tones[i].fixed) {
        consider_partners(mend, i, &best);
      }
      made += settle(mend, &best);
    }
  }
  return made;
}

static int mend_moves(const KtMend *mend) {
  const KtPartWriting *w = mend->writing;
  int made = 0;
  for (int pace = 0; pace < KT_PACES; ++pace) {
    for (unsigned i = 1; i < w->paced_count[pace]; ++i) {
      unsigned from = kt_writing_before(w, (KtPace)pace, i), to = w->paced[pace][i];
      bool inner = pace == KT_PACE_CHORDS && kt_writing_inner_parallel(w, from, to);
      Change best = {.now = -1};
      if (inner) {
        consider(mend, (unsigned)w->moments[from].inner, &best);
        consider(mend, (unsigned)w->moments[to].inner, &best);
        consider(mend, (unsigned)w->moments[from].bass, &best);
        consider(mend, (unsigned)w->moments[to].bass, &best);
      }
      if (inner || (from != to && kt_writing_parallel(w, from, to))) {
        consider_outer(mend, from, &best);
        consider_outer(mend, to, &best);
        made += settle(mend, &best);
      }
    }
  }
  return made;
}

static int mend_lies(const KtMend *mend, unsigned moment) {
  const KtPartWriting *w = mend->writing;
  const KtInstant *m = &w->moments[moment];
  int made = 0;
  for (unsigned i = 0; i < m->count; ++i) {
    unsigned a = w->on[m->first + i];
    if (w->tones[a].gone) {
      continue;
    }
    Change best = {.now = -1};
    if (kt_writing_covers(w, moment, &w->tones[a])) {
      consider(mend, a, &best);
    }
    for (unsigned k = i + 1; k < m->count; ++k) {
      unsigned b = w->on[m->first + k];
      if (!w->tones[b].gone && kt_writing_close(w, moment, &w->tones[a], &w->tones[b]) > 0) {
        consider(mend, a, &best);
        consider(mend, b, &best);
      }
    }
    made += settle(mend, &best);
  }
  return made;
}

int kt_mend(const KtMend *mend) {
  const KtPartWriting *w = mend->writing;
  int made = 0;
  for (int pass = 0; pass < w->rules->passes; ++pass) {
    int now = 0;
    for (unsigned m = 0; m < w->moment_count; ++m) {
      now += w->moments[m].paces & 1U << KT_PACE_ATTACKS ? mend_lies(mend, m) : 0;
    }
    now += mend_tendencies(mend) + mend_moves(mend);
    made += now;
    if (!now) {
      break;
    }
  }
  return made;
}
