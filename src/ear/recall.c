// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/recall.h"

#include <stdlib.h>

enum { HEAD_LEAST = 3, KNOWN = 8, HEAD_MOST = 16 }; // a head of fewer than eight notes is soon said by chance

/// A step of the rhythm this much longer or shorter, in proportion, is another rhythm.
static const double SHAPE = 1.3;

typedef struct Tune {
  int count;
  double start[HEAD_MOST]; ///< ticks from the first note
  int pitch[HEAD_MOST];
} Tune;

static Tune tune_of(const KtTheme *theme, bool backwards) {
  Tune tune = {0};
  int wanted = theme->head < KNOWN ? KNOWN : theme->head;
  tune.count = wanted > HEAD_MOST ? HEAD_MOST : wanted;
  if ((size_t)tune.count > theme->notes.count) {
    tune.count = (int)theme->notes.count;
  }
  for (int i = 0; i < tune.count; ++i) {
    int from = backwards ? tune.count - 1 - i : i;
    tune.start[i] = (double)(theme->notes.items[i].start - theme->notes.items[0].start);
    tune.pitch[i] = kt_theme_pitch(theme, &theme->notes.items[from]);
  }
  return tune;
}

/// Do the notes from `at` on make the tune?
static bool matches(const Tune *tune, const KtNote *notes, size_t left) {
  int last = tune->count - 1;
  if (left < (size_t)tune->count || tune->start[last] <= 0) {
    return false;
  }
  double scale = (double)(notes[last].start - notes[0].start) / tune->start[last];
  if (scale < 0.4 || scale > 2.6) {
    return false;
  }
  int off = 0;
  for (int i = 1; i <= last; ++i) {
    int wanted = tune->pitch[i] - tune->pitch[i - 1];
    int played = notes[i].midi - notes[i - 1].midi;
    int apart = abs(wanted - played);
    double late = (double)(notes[i].start - notes[0].start) - scale * tune->start[i];
    double slack = 0.3 * scale * KT_PPQ; // a tune bent a little into another metre is still that tune
    double step = scale * (tune->start[i] - tune->start[i - 1]); // while its rhythm keeps its shape
    double ratio = (double)(notes[i].start - notes[i - 1].start) / step;
    if (apart > 1 || late > slack || -late > slack || ratio > SHAPE || ratio < 1 / SHAPE) {
      return false;
    }
    off += apart;
  }
  return off <= (last > 3 ? 1 : 0);
}

bool kt_heard_theme(KtArena *scratch, const KtTheme *theme, const KtScore *score, KtTick from,
                    KtTick to, bool backwards) {
  Tune tune = tune_of(theme, backwards);
  bool found = tune.count < HEAD_LEAST;
  for (size_t p = 0; p < score->parts.count && !found; ++p) {
    const KtPart *part = &score->parts.items[p];
    // The skyline (Uitdenbogerd & Zobel 1998): the highest of each chord, nothing under a held note.
    KtNote *top = KT_NEW(scratch, KtNote, part->notes.count + 1);
    size_t count = 0;
    for (size_t i = 0; top && i < part->notes.count; ++i) {
      const KtNote *note = &part->notes.items[i];
      if (note->start < from || note->start >= to) {
        continue;
      }
      const KtNote *above = count ? &top[count - 1] : NULL;
      bool hidden = above && above->midi > note->midi &&
                    above->start + above->duration > note->start + KT_PPQ / 8;
      if (!hidden) {
        count -= above && above->start == note->start ? 1 : 0;
        top[count++] = *note;
      }
    }
    for (size_t i = 0; i < count && !found; ++i) {
      found = matches(&tune, top + i, count - i);
    }
  }
  return found && tune.count >= HEAD_LEAST;
}
