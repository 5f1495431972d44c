// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/part_writing.h"

#include <stdlib.h>

/// A chord is three tones at least; a change of what sounds is felt on for so many half beats.
enum { OCTAVE = 12, FOURTH = 5, SLACK = 12, CHORD = 3, AHEAD = 8 };

bool kt_parallel_motion(int a0, int a1, int b0, int b1) {
  int before = abs(a0 - b0) % OCTAVE, after = abs(a1 - b1) % OCTAVE;
  return a0 != a1 && b0 != b1 && before == after && (after == 0 || after == 7);
}

bool kt_resolves(int tendency, int from, int to) {
  int by = to - from;
  return !tendency || by == 0 || by == tendency || by == 2 * tendency;
}

static const KtTone *tone_at(const KtPartWriting *w, const KtInstant *m, unsigned i) {
  const KtTone *tone = &w->tones[w->on[m->first + i]];
  return tone->gone ? NULL : tone;
}

static unsigned turned(unsigned set, int root) {
  return ((set << root) | (set >> (OCTAVE - root))) & 0xfffU;
}

/// The root of the dominant seventh that pitch classes are, with or without its fifth; -1 none.
static int dominant_of(unsigned set) {
  const unsigned without = 1U | 1U << 4 | 1U << 10, whole = without | 1U << 7;
  for (int root = 0; root < OCTAVE; ++root) {
    if ((set & turned(without, root)) == turned(without, root) && (set & ~turned(whole, root)) == 0) {
      return root;
    }
  }
  return -1;
}

/// What sounds at a moment, gathered.
static void refresh(KtPartWriting *w, KtInstant *m) {
  const KtTone *lowest = NULL, *highest = NULL;
  m->classes = m->sounding = 0;
  m->low_lines = m->high_lines = 0;
  m->lead = 0;
  m->bass = m->inner = -1;
  for (unsigned i = 0; i < m->count; ++i) {
    const KtTone *tone = tone_at(w, m, i);
    if (!tone) {
      continue;
    }
    int midi = tone->note->midi;
    m->classes |= 1U << (midi % OCTAVE);
    ++m->sounding;
    m->lead = tone->role == KT_ROLE_LEAD && midi > m->lead ? midi : m->lead;
    if (tone->role == KT_ROLE_BASS && (m->bass < 0 || midi < w->tones[m->bass].note->midi)) {
      m->bass = (int)(tone - w->tones);
    }
    if (tone->role == KT_ROLE_HARMONY && (m->inner < 0 || tone->line < w->tones[m->inner].line)) {
      m->inner = (int)(tone - w->tones);
    }
    if (!lowest || midi < lowest->note->midi) {
      lowest = tone;
      m->low_lines = 0;
    }
    if (!highest || midi > highest->note->midi) {
      highest = tone;
      m->high_lines = 0;
    }
    m->low_lines |= midi == lowest->note->midi ? (uint64_t)1 << tone->line : 0;
    m->high_lines |= midi == highest->note->midi ? (uint64_t)1 << tone->line : 0;
  }
  m->low = lowest ? (unsigned)(lowest - w->tones) : 0;
  m->high = highest ? (unsigned)(highest - w->tones) : 0;
  m->dominant = dominant_of(m->classes);
}

void kt_writing_refresh(KtPartWriting *w, unsigned first, unsigned last) {
  for (unsigned m = first; m <= last && m < w->moment_count; ++m) {
    refresh(w, &w->moments[m]);
  }
}

bool kt_writing_outer(const KtPartWriting *w, unsigned moment, unsigned *low, unsigned *high) {
  const KtInstant *m = &w->moments[moment];
  *low = m->low;
  *high = m->high;
  return m->sounding > 1 && w->tones[m->low].note->midi != w->tones[m->high].note->midi;
}

static bool planed(const KtPartWriting *w, unsigned from, unsigned to) {
  const KtChord *a = &w->score->chords.items[w->moments[from].chord], *b = &w->score->chords.items[w->moments[to].chord];
  return w->meant && w->meant->planing && a != b && a->quality == b->quality && a->root != b->root;
}

bool kt_writing_parallel(const KtPartWriting *w, unsigned from, unsigned to) {
  unsigned low0, high0, low1, high1;
  if (!kt_writing_outer(w, from, &low0, &high0) || !kt_writing_outer(w, to, &low1, &high1)) {
    return false;
  }
  int a0 = w->tones[high0].note->midi, a1 = w->tones[high1].note->midi;
  int b0 = w->tones[low0].note->midi, b1 = w->tones[low1].note->midi;
  if (!kt_parallel_motion(a0, a1, b0, b1) || planed(w, from, to)) {
    return false;
  }
  const KtInstant *a = &w->moments[from], *b = &w->moments[to];
  return !((a->low_lines & a->high_lines) && (b->low_lines & b->high_lines)); // a line and its doubling are one voice
}

bool kt_writing_inner_parallel(const KtPartWriting *w, unsigned from, unsigned to) {
  const KtInstant *a = &w->moments[from], *b = &w->moments[to];
  if (a->bass < 0 || b->bass < 0 || a->inner < 0 || b->inner < 0 || planed(w, from, to)) {
    return false;
  }
  return kt_parallel_motion(w->tones[a->inner].note->midi, w->tones[b->inner].note->midi, w->tones[a->bass].note->midi,
                            w->tones[b->bass].note->midi);
}

double kt_writing_close(const KtPartWriting *w, unsigned moment, const KtTone *a, const KtTone *b) {
  int low = a->note->midi < b->note->midi ? a->note->midi : b->note->midi, gap = abs(a->note->midi - b->note->midi);
  bool cluster = w->meant && w->meant->clusters && w->score->chords.items[w->moments[moment].chord].quality == KT_CHORD_CLUSTER;
  if (!gap || cluster) {
    return 0;
  }
  bool third = low < w->rules->third_from && gap < FOURTH, fifth = low < w->rules->fifth_from && gap < OCTAVE;
  return third || fifth ? (double)w->rules->prices.deep : 0;
}

bool kt_writing_covers(const KtPartWriting *w, unsigned moment, const KtTone *tone) {
  const KtInstant *m = &w->moments[moment];
  if (tone->gone || tone->role == KT_ROLE_LEAD || tone->role == KT_ROLE_COLOUR || tone->role == KT_ROLE_PERCUSSION ||
      tone->role == KT_ROLE_COUNTER) {
    return false;
  }
  return m->lead >= w->rules->lead_from && tone->note->midi > m->lead;
}

/// The tone a player goes on to, the nearest where there are several; -1 where the player rests.
static long following(const KtPartWriting *w, unsigned index) {
  const KtTone *tone = &w->tones[index];
  KtTick end = tone->note->start + tone->note->duration, latest = end + (KtTick)((double)w->rules->resolves_within * KT_PPQ) + SLACK;
  long best = -1;
  for (unsigned i = index + 1; i < w->tone_count && w->tones[i].part == tone->part; ++i) {
    const KtTone *other = &w->tones[i];
    if (other->note->start > latest || (best >= 0 && other->note->start > w->tones[best].note->start)) {
      break;
    }
    bool nearer = best < 0 || abs(other->note->midi - tone->note->midi) < abs(w->tones[best].note->midi - tone->note->midi);
    if (!other->gone && other->note->start >= end - SLACK && nearer) {
      best = (long)i;
    }
  }
  return best;
}

/// Where a tone of a dominant wants to go: by what sounds with it, or by the chord's name; `root` of the dominant.
static int drawn_to(const KtPartWriting *w, const KtTone *tone, int *root, bool *named) {
  int way = 0;
  for (unsigned m = tone->from; m < tone->to; ++m) {
    int up = w->moments[m].dominant < 0 ? 0 : (tone->note->midi - w->moments[m].dominant + 120) % OCTAVE;
    if (up == 4 || up == 10) {
      way = up == 4 ? 1 : -1;
      *root = w->moments[m].dominant;
    }
  }
  *named = !way;
  if (!way) {
    const KtChord *chord = &w->score->chords.items[w->moments[tone->to > tone->from ? tone->to - 1 : tone->from].chord];
    int class = kt_spelling_class(chord->root), up = (tone->note->midi - class + 120) % OCTAVE;
    bool fifth = (class - kt_spelling_class(chord->key.tonic) + OCTAVE) % OCTAVE == 7;
    bool seventh = chord->quality == KT_CHORD_DOMINANT7;
    way = up == 4 && (seventh || (fifth && chord->quality == KT_CHORD_MAJOR)) ? 1 : up == 10 && seventh ? -1 : 0;
    *root = class;
  }
  return way;
}

/// A chord is not left while its root and third sound; while its seventh does nobody waits.
static bool stays(const KtPartWriting *w, unsigned moment, int root, bool seventh) {
  unsigned need = turned(1U | 1U << 4 | (seventh ? 1U << 10 : 0), root);
  return (w->moments[moment].classes & need) == need;
}

double kt_writing_unresolved(const KtPartWriting *w, unsigned index, unsigned *next) {
  const KtTone *tone = &w->tones[index];
  int root = -1;
  bool named;
  int way = tone->gone ? 0 : drawn_to(w, tone, &root, &named);
  long after = way ? following(w, index) : -1;
  if (after < 0) {
    return 0;
  }
  const KtTone *to = &w->tones[after];
  bool same = w->moments[to->from].chord == w->moments[tone->to > tone->from ? tone->to - 1 : tone->from].chord;
  if ((same && named) || stays(w, to->from, root, true) || kt_resolves(way, tone->note->midi, to->note->midi)) {
    return 0;
  }
  *next = (unsigned)after;
  bool here = same || named || stays(w, to->from, root, false);
  return (double)(here ? w->rules->prices.left : w->rules->prices.unresolved);
}

unsigned kt_writing_before(const KtPartWriting *w, KtPace pace, unsigned i) {
  const unsigned *paced = w->paced[pace];
  if (pace != KT_PACE_CHANGES) {
    return paced[i > 0 ? i - 1 : 0];
  }
  const KtInstant *now = &w->moments[paced[i]];
  unsigned last = i;
  for (unsigned k = i; now->sounding >= CHORD && k-- > 0;) { // back to where what sounded before began
    const KtInstant *m = &w->moments[paced[k]];
    if (m->sounding < CHORD) {
      continue;
    }
    if (m->classes == now->classes && last == i) {
      return paced[i]; // nothing has changed
    }
    if (last != i && m->classes != w->moments[paced[last]].classes) {
      break;
    }
    last = k;
  }
  return paced[last];
}

/// The first of a pace not before a moment.
static unsigned paced_from(const KtPartWriting *w, KtPace pace, unsigned first) {
  unsigned low = 0, high = w->paced_count[pace];
  while (low < high) {
    unsigned middle = (low + high) / 2;
    if (w->paced[pace][middle] < first) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static double pace_cost(const KtPartWriting *w, KtPace pace, unsigned first, unsigned last) {
  const unsigned *paced = w->paced[pace];
  double cost = 0, price = (double)(pace == KT_PACE_BEATS ? w->rules->prices.beat : w->rules->prices.parallel);
  unsigned ahead = pace == KT_PACE_CHANGES ? AHEAD : 1;
  for (unsigned i = paced_from(w, pace, first); i < w->paced_count[pace]; ++i) {
    unsigned before = kt_writing_before(w, pace, i);
    cost += before != paced[i] && kt_writing_parallel(w, before, paced[i]) ? price : 0;
    cost += pace == KT_PACE_CHORDS && kt_writing_inner_parallel(w, before, paced[i]) ? (double)w->rules->prices.beat : 0;
    if (paced[i] > last && !--ahead) {
      break; // those that lead on from the last
    }
  }
  return cost;
}

/// What lies close and what covers at one attack, each pair and tone once.
static double lie_cost(const KtPartWriting *w, unsigned moment) {
  const KtInstant *m = &w->moments[moment];
  double cost = 0;
  for (unsigned i = 0; i < m->count; ++i) {
    const KtTone *a = tone_at(w, m, i);
    if (!a) {
      continue;
    }
    cost += kt_writing_covers(w, moment, a) ? (double)w->rules->prices.covered : 0;
    for (unsigned k = 0; a->note->midi < w->rules->third_from && k < m->count; ++k) {
      const KtTone *b = tone_at(w, m, k);
      bool once = b && (b->note->midi > a->note->midi);
      cost += once ? kt_writing_close(w, moment, a, b) : 0;
    }
  }
  return cost;
}

double kt_writing_cost(const KtPartWriting *w, unsigned first, unsigned last) {
  double cost = 0;
  for (int pace = 0; pace < KT_PACES; ++pace) {
    cost += pace_cost(w, (KtPace)pace, first, last);
  }
  for (unsigned m = first; m <= last && m < w->moment_count; ++m) {
    const KtInstant *moment = &w->moments[m];
    cost += moment->paces & 1U << KT_PACE_ATTACKS ? lie_cost(w, m) : 0;
    for (unsigned i = 0; i < moment->count; ++i) {
      unsigned index = w->on[moment->first + i], next;
      if (m == first || w->tones[index].from == m) {
        cost += kt_writing_unresolved(w, index, &next);
      }
    }
  }
  return cost;
}

static void count_moves(const KtPartWriting *w, KtPace pace, KtWritingFaults *out) {
  unsigned low, high, low1, high1;
  for (unsigned i = 1; i < w->paced_count[pace]; ++i) {
    unsigned a = kt_writing_before(w, pace, i), b = w->paced[pace][i];
    bool pair = a != b && kt_writing_outer(w, a, &low, &high) && kt_writing_outer(w, b, &low1, &high1);
    out->moves += pair && w->tones[low].note->midi != w->tones[low1].note->midi &&
                  w->tones[high].note->midi != w->tones[high1].note->midi;
    out->parallels += pair && kt_writing_parallel(w, a, b);
  }
}

KtWritingFaults kt_writing_faults(const KtPartWriting *w) {
  KtWritingFaults out = {0};
  count_moves(w, KT_PACE_ATTACKS, &out);
  count_moves(w, KT_PACE_CHORDS, &out);
  for (unsigned m = 0; m < w->moment_count; ++m) {
    const KtInstant *moment = &w->moments[m];
    bool deep = false, covered = false;
    for (unsigned i = 0; i < moment->count && (moment->paces & 1U << KT_PACE_ATTACKS); ++i) {
      const KtTone *a = tone_at(w, moment, i);
      covered = covered || (a && kt_writing_covers(w, m, a));
      for (unsigned k = i + 1; a && k < moment->count; ++k) {
        const KtTone *b = tone_at(w, moment, k);
        deep = deep || (b && kt_writing_close(w, m, a, b) > 0);
      }
    }
    out.attacks += moment->paces & 1U << KT_PACE_ATTACKS ? 1 : 0;
    out.deep += deep;
    out.covered += covered;
  }
  for (unsigned i = 0; i < w->tone_count; ++i) {
    unsigned next;
    int root;
    bool named;
    out.tendencies += !w->tones[i].gone && drawn_to(w, &w->tones[i], &root, &named) && !named && following(w, i) >= 0;
    out.unresolved += kt_writing_unresolved(w, i, &next) >= (double)w->rules->prices.unresolved;
  }
  return out;
}
