// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/statement_parts.h"

#include <stdlib.h>

enum { SHORTEST = KT_PPQ / 2 };

/// Ticks where anything begins or ends, before and after the move.
typedef struct Joints {
  KtTick *from, *to;
  size_t count;
} Joints;

static int by_tick(const void *a, const void *b) {
  KtTick x = *(const KtTick *)a, y = *(const KtTick *)b;
  return (x > y) - (x < y);
}

static bool gather(KtArena *arena, const KtFormed *formed, KtTick bar, Joints *joints) {
  size_t bars = (size_t)((formed->ticks + bar - 1) / bar);
  size_t most = 2 * formed->notes.count + 2 * formed->chords.count + bars + 2;
  joints->from = KT_NEW(arena, KtTick, most);
  joints->to = KT_NEW(arena, KtTick, most);
  if (!joints->from || !joints->to) {
    return false;
  }
  size_t count = 0;
  for (size_t i = 0; i < formed->notes.count; ++i) {
    joints->from[count++] = formed->notes.items[i].start;
    joints->from[count++] = formed->notes.items[i].start + formed->notes.items[i].duration;
  }
  for (size_t i = 0; i < formed->chords.count; ++i) {
    joints->from[count++] = formed->chords.items[i].start;
    joints->from[count++] = formed->chords.items[i].start + formed->chords.items[i].duration;
  }
  for (size_t i = 0; i <= bars; ++i) {
    joints->from[count++] = (KtTick)i * bar;
  }
  qsort(joints->from, count, sizeof(*joints->from), by_tick);
  joints->count = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!joints->count || joints->from[i] > joints->from[joints->count - 1]) {
      joints->from[joints->count++] = joints->from[i];
    }
  }
  return true;
}

/// Lengths of the steps inside one bar, changed so that they sum to `ticks`.
static void fit_bar(KtTick *lengths, size_t count, KtTick ticks) {
  KtTick sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += lengths[i];
  }
  while (sum != ticks && count) {
    size_t longest = 0;
    for (size_t i = 1; i < count; ++i) {
      longest = lengths[i] >= lengths[longest] ? i : longest;
    }
    KtTick change = ticks - sum;
    if (change < 0) { // a little from the longest, as often as it takes
      KtTick spare = lengths[longest] - SHORTEST;
      KtTick step = -change < SHORTEST ? -change : SHORTEST;
      if (spare < step) {
        break;
      }
      change = -step;
    }
    lengths[longest] += change;
    sum += change;
  }
  if (sum != ticks) { // nothing left to give: all in proportion
    KtTick done = 0, at = 0;
    for (size_t i = 0; i < count; ++i) {
      at += lengths[i];
      KtTick end = at * ticks / sum;
      lengths[i] = end - done;
      done = end;
    }
  }
}

static KtTick moved(const Joints *joints, KtTick tick) {
  size_t i = 0;
  while (i + 1 < joints->count && joints->from[i + 1] <= tick) {
    ++i;
  }
  return joints->to[i] + tick - joints->from[i];
}

bool kt_statement_warp(KtArena *arena, KtFormed *formed, KtTick bar, const KtMetres *metres,
                       KtTick start) {
  int number = 1;
  double beat = 1;
  if (!metres || !metres->count) {
    return true;
  }
  kt_metres_position(metres, start, &number, &beat);
  if (beat > 1.0001) {
    return true; // inside a bar there is no bar to follow
  }
  Joints joints;
  if (!gather(arena, formed, bar, &joints)) {
    return false;
  }
  KtTick at = 0, *lengths = KT_NEW(arena, KtTick, joints.count + 1);
  if (!lengths) {
    return false;
  }
  for (size_t i = 0; i + 1 < joints.count;) {
    size_t next = i;
    while (next + 1 < joints.count && joints.from[next + 1] - joints.from[i] <= bar) {
      lengths[next - i] = joints.from[next + 1] - joints.from[next];
      ++next;
    }
    KtTick ticks = kt_metre_bar_ticks(kt_metres_at(metres, start + at));
    if (ticks % bar != 0 && bar % ticks != 0) { // two bars of 2/4 are one of 4/4
      fit_bar(lengths, next - i, ticks);
    }
    for (size_t k = i; k < next; ++k) {
      joints.to[k] = at;
      at += lengths[k - i];
    }
    joints.to[next] = at;
    i = next;
  }
  for (size_t i = 0; i < formed->notes.count; ++i) {
    KtThemeNote *note = &formed->notes.items[i];
    KtTick end = moved(&joints, note->start + note->duration);
    note->start = moved(&joints, note->start);
    note->duration = end - note->start;
  }
  for (size_t i = 0; i < formed->chords.count; ++i) {
    KtThemeChord *chord = &formed->chords.items[i];
    KtTick end = moved(&joints, chord->start + chord->duration);
    chord->start = moved(&joints, chord->start);
    chord->duration = end - chord->start;
  }
  formed->ticks = moved(&joints, formed->ticks);
  return true;
}
