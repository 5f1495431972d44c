// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tones that are only held shake before a hit: the orchestra's way of drawing breath.
#include "orchestrate/desk.h"

#include <math.h>
#include <string.h>

static double seconds_between(const KtScore *score, KtTick from, KtTick to) {
  return kt_seconds(kt_tempo_time(&score->tempo, to) - kt_tempo_time(&score->tempo, from));
}

/// The one tone that a part holds into `at`: as accompaniment, alone, long enough. -1 none.
static int held_into(const KtScore *score, const KtPart *part, const KtTrillRow *row, KtTick at) {
  int found = -1;
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    KtTick end = note->start + note->duration;
    if (note->start >= at || end <= kt_scoring_later(score, at, -(double)row->least_s)) {
      continue;
    }
    bool held = note->articulation == KT_ART_LONG || note->articulation == KT_ART_LEGATO || note->articulation == KT_ART_TENUTO;
    bool free = held && note->statement < 0 && !note->hit && end <= at && end >= at - KT_PPQ / 2;
    if (found >= 0 || !free || seconds_between(score, note->start, end) < (double)row->least_s) {
      return -1;
    }
    found = (int)i;
  }
  return found;
}

/// The last `most_s` of it, from a beat on; what is before is held as it was and bound to it.
static void shake(KtScore *score, KtPart *part, size_t index, const KtTrillRow *row) {
  KtNote *note = &part->notes.items[index];
  KtTick end = note->start + note->duration, from = kt_scoring_later(score, end, -(double)row->most_s);
  from = (from + KT_PPQ - 1) / KT_PPQ * KT_PPQ;
  if (from > note->start && seconds_between(score, from, end) >= (double)row->least_s) {
    KtNote *last = kt_array_push(score->arena, &part->notes);
    if (!last) {
      return;
    }
    note = &part->notes.items[index];
    *last = *note;
    last->start = from;
    last->duration = end - from;
    last->accent = 0;
    note->duration = from - note->start;
    note->breath_after = false;
    note = last;
  }
  note->articulation = KT_ART_TRILL;
  float level = kt_part_level(part, note->start);
  kt_scoring_grow(score, part, note->start, end, fmaxf(0.1F, level - 0.5F * row->growth), fminf(1, level + 0.5F * row->growth));
}

static int shake_into(const KtScoring *scoring, KtScore *score, const KtTrillRow *row, KtTick at) {
  int players = 0;
  for (unsigned k = 0; k < row->instruments_count && players < row->players; ++k) {
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, row->instruments[k]);
    for (size_t p = 0; one && one->has[KT_ART_TRILL] && p < score->parts.count && players < row->players; ++p) {
      KtPart *part = &score->parts.items[p];
      bool fits = !strcmp(part->instrument, one->id) && part->role != KT_ROLE_LEAD && part->role != KT_ROLE_BASS;
      int note = fits ? held_into(score, part, row, at) : -1;
      if (note >= 0 && part->notes.items[note].midi + 2 <= one->comfort_high) {
        shake(score, part, (size_t)note, row);
        ++players;
      }
    }
  }
  return players;
}

void kt_scoring_trills(const KtScoring *scoring, KtScore *score, const KtTrillRow *row) {
  KtTick free = 0;
  for (size_t h = 0; h < score->hits.count; ++h) {
    KtTick at = score->hits.items[h].tick;
    bool strikes = score->hits.items[h].struck > 0 && !score->hits.items[h].led && kt_scoring_struck(score, at) >= row->accent;
    if (strikes && at >= free && shake_into(scoring, score, row, at)) {
      free = kt_scoring_later(score, at, (double)row->spacing_s);
      score->hits.items[h].led = true;
    }
  }
}
