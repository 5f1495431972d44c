// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How much at ease the players are: register, breath, hands, speed.
#include "orchestrate/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A wind player goes on for so many of its breaths before it is an ordeal (softly they last longer than at mezzo-forte).
static const double BREATHS_MOST = 1.6;
/// A gap in which one breathes, seconds.
static const double BREATH_S = 0.12;
/// Tones that follow quicker than this, and leaps beyond an octave quicker than that, are a blur.
static const double QUICKEST_S = 0.06, LEAP_S = 0.14;
/// What one hand spans: a tenth.
enum { HAND = 16 };

static double seconds_at(const KtScore *score, KtTick at) {
  return kt_seconds(kt_tempo_time(&score->tempo, at));
}

/// Notes of runs that are longer than a breath.
static double breathless(const KtScore *score, const KtPart *part, const KtInstrument *who) {
  double most = BREATHS_MOST * (double)who->breath_s, bad = 0;
  size_t from = 0;
  for (size_t i = 0; most > 0 && i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    double end = seconds_at(score, n->start + n->duration);
    bool last = i + 1 == part->notes.count, rests = last || n->breath_after || seconds_at(score, n[1].start) - end >= BREATH_S;
    if (rests) {
      bad += end - seconds_at(score, part->notes.items[from].start) > most ? (double)(i + 1 - from) : 0;
      from = i + 1;
    }
  }
  return bad;
}

/// Whether two hands can take what begins together: pitches by rising order.
static bool two_hands(const int *pitches, int count) {
  for (int left = 0; left <= count; ++left) {
    bool low = left < 2 || pitches[left - 1] - pitches[0] <= HAND;
    bool high = count - left < 2 || pitches[count - 1] - pitches[left] <= HAND;
    if (low && high) {
      return true;
    }
  }
  return false;
}

static int by_pitch(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

/// Notes of chords that no two hands span, or of more tones than the player has.
static double stretched(const KtPart *part, const KtInstrument *who) {
  double bad = 0;
  bool hands = !strcmp(who->family, "keys");
  for (size_t i = 0; i < part->notes.count;) {
    int pitches[16], count = 0;
    KtTick at = part->notes.items[i].start;
    for (; i < part->notes.count && part->notes.items[i].start == at; ++i) {
      pitches[count] = part->notes.items[i].midi;
      count += count < 15;
    }
    qsort(pitches, (size_t)count, sizeof(*pitches), by_pitch);
    bad += count > who->voices || (hands && !two_hands(pitches, count)) ? count : 0;
  }
  return bad;
}

/// Notes that come too soon after the one before, or leap too far in too little time.
static double hurried(const KtScore *score, const KtPart *part, const KtInstrument *who) {
  double bad = 0;
  for (size_t i = 1; who->voices < 4 && i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i], *before = n - 1;
    if (n->start == before->start) {
      continue;
    }
    double gap = seconds_at(score, n->start) - seconds_at(score, before->start);
    bad += gap < QUICKEST_S || (abs(n->midi - before->midi) > 12 && gap < LEAP_S);
  }
  return bad;
}

double kt_mark_playable(const KtOrchestra *orchestra, const KtScore *score) {
  double hard = 0, notes = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    const KtInstrument *who = part->instrument ? kt_orchestra_find(orchestra, part->instrument) : NULL;
    if (!who || !who->pitched) {
      continue;
    }
    for (size_t i = 0; i < part->notes.count; ++i) {
      int midi = part->notes.items[i].midi;
      hard += midi < who->comfort_low || midi > who->comfort_high;
      hard += midi < who->low || midi > who->high ? 4 : 0;
    }
    hard += 2 * (breathless(score, part, who) + stretched(part, who) + hurried(score, part, who));
    notes += (double)part->notes.count;
  }
  return notes > 0 ? fmax(0, 1 - hard / notes) : 1;
}
