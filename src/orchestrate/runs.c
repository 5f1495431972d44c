// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs: scales of woodwinds and strings that climb into a hard hit, or over the joint into a stormy section.
#include "orchestrate/desk.h"

#include <math.h>
#include <string.h>

enum { LEAST_TONES = 4, MOST_TONES = 16 };

typedef struct Run {
  const KtRunRow *row;
  KtTick from, at, unit;
  int count;         // tones before it arrives
  bool hit;
  float low, high;   // written dynamics
} Run;

/// The key's pitch classes, bent to the chord's where that has others.
static unsigned scale_at(const KtScore *score, KtTick tick) {
  KtKey key = kt_score_key(score, tick);
  unsigned scale = 0, chord = 0;
  for (int d = 0; d < 7; ++d) {
    scale |= 1U << (kt_spelling_class(key.tonic) + kt_mode_degree(key.mode, d)) % 12;
  }
  for (size_t i = 0; i < score->chords.count; ++i) {
    const KtChord *one = &score->chords.items[i];
    int classes[6], count = 0;
    if (one->start <= tick && tick < one->start + one->duration) {
      count = kt_chord_classes(one->quality, classes);
      for (int k = 0; k < count && one->quality != KT_CHORD_CLUSTER; ++k) {
        chord |= 1U << (kt_spelling_class(one->root) + classes[k]) % 12;
      }
    }
  }
  for (int c = 0; c < 12; ++c) {
    unsigned above = 1U << (c + 1) % 12, below = 1U << (c + 11) % 12;
    if (chord >> c & 1U && !(scale >> c & 1U)) {
      scale &= ~((above & ~chord) | (below & ~chord));
      scale |= 1U << c;
    }
  }
  return scale;
}

/// Where it can be written and played: tones of `tone_s` at least, a whole number of half beats long.
static bool place(const KtScore *score, Run *run) {
  double quarter = 60.0 / fmax(20.0, kt_tempo_bpm(&score->tempo, run->at > 0 ? run->at - 1 : 0));
  run->unit = quarter / 8 >= (double)run->row->tone_s ? KT_PPQ / 8 : KT_PPQ / 4;
  run->count = run->row->tones;
  for (int beats = 1; beats <= 4; ++beats) {
    int count = (int)(beats * KT_PPQ / 2 / run->unit);
    if (count >= LEAST_TONES && count >= run->row->tones - 1) {
      run->count = count;
      break;
    }
  }
  run->from = run->at - run->count * run->unit;
  bool free = kt_tempo_free(&score->tempo, run->at) || kt_tempo_held(&score->tempo, run->from < 0 ? 0 : run->from);
  return run->count >= LEAST_TONES && run->count <= MOST_TONES && run->from >= 0 && !free &&
         (double)run->unit / KT_PPQ * quarter >= (double)run->row->tone_s;
}

/// A tone that is only held may give way to a run; what moves, states a theme or stands on a hit may not.
static bool may_run(const KtPart *part, const Run *run) {
  for (size_t i = 0; part && i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    KtTick end = note->start + note->duration;
    if (note->start >= run->at || end <= run->from - KT_PPQ / 2) {
      continue;
    }
    bool held = note->start <= run->from - KT_PPQ && note->statement < 0 && !note->hit &&
                note->articulation != KT_ART_TREMOLO && note->articulation != KT_ART_TRILL;
    if (!held) {
      return false;
    }
  }
  return true;
}

static double seconds_at(const KtScore *score, KtTick tick) {
  return kt_seconds(kt_tempo_time(&score->tempo, tick));
}

/// Whether one breath lasts for the run and for what is written at once after it.
static bool has_breath(const KtScore *score, const KtPart *part, const KtInstrument *one, const Run *run) {
  KtTick until = run->at;
  for (bool on = true; on;) {
    on = false;
    for (size_t i = 0; i < part->notes.count; ++i) {
      const KtNote *note = &part->notes.items[i];
      bool next = note->start >= run->at && note->start <= until + KT_PPQ / 8 && note->start + note->duration > until;
      until = next ? note->start + note->duration : until;
      on = on || next;
    }
  }
  return one->breath_s <= 0 || seconds_at(score, until) - seconds_at(score, run->from) <= 0.8 * (double)one->breath_s;
}

static bool plays_at(const KtPart *part, KtTick at) {
  for (size_t i = 0; i < part->notes.count; ++i) {
    if (part->notes.items[i].start == at) {
      return true;
    }
  }
  return false;
}

/// What is held, or ends there, ends half a beat before the run: a breath, a shift of the hand.
static void let_go(KtPart *part, const Run *run) {
  KtTick breath = KT_PPQ / 2;
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote *note = &part->notes.items[i];
    if (note->start < run->from && note->start + note->duration > run->from - breath) {
      KtTick left = run->from - breath - note->start;
      note->duration = left > breath / 2 ? left : note->duration < breath ? note->duration : breath / 2;
      note->breath_after = true;
    }
  }
}

/// The tones from the last to the first: down the scale from the chord's root, high in what is comfortable.
static bool pitches(const KtScore *score, const KtInstrument *one, const Run *run, int *out) {
  unsigned before = scale_at(score, run->at - 1);
  int top = kt_scoring_root(score, run->at, one->comfort_high - 16);
  out[run->count] = top;
  for (int i = run->count - 1, at = top - 1; i >= 0; --i, --at) {
    while (!(before >> (at + 120) % 12 & 1U)) {
      --at;
    }
    out[i] = at;
  }
  return out[0] >= one->low && top <= one->high;
}

static void write(KtScore *score, KtPart *part, const Run *run, const int *out) {
  let_go(part, run);
  bool arrives = !plays_at(part, run->at);
  for (int i = 0; i < run->count + arrives; ++i) {
    KtNote *note = kt_array_push(score->arena, &part->notes);
    if (note) {
      bool last = i == run->count;
      *note = (KtNote){.start = run->from + i * run->unit,
                       .duration = last ? 2 * run->unit : run->unit,
                       .accent = last ? 0.4F : 0,
                       .statement = -1,
                       .midi = (int8_t)out[i],
                       .articulation = last ? KT_ART_MARCATO : i ? KT_ART_LEGATO : KT_ART_LONG,
                       .hit = last && run->hit};
    }
  }
  kt_scoring_grow(score, part, run->from, run->at, run->low, run->high);
}

/// Who can runs it; how many did.
static int run_to(const KtScoring *scoring, KtScore *score, Run *run) {
  int running = 0;
  for (unsigned k = 0; k < run->row->instruments_count && running < run->row->players; ++k) {
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, run->row->instruments[k]);
    int out[MOST_TONES + 1];
    if (!one || !one->has[KT_ART_LEGATO] || !pitches(score, one, run, out)) {
      continue;
    }
    KtPart *part = kt_scoring_part(scoring, score, one->id, run->low);
    if (part && may_run(part, run) && has_breath(score, part, one, run)) {
      write(score, part, run, out);
      ++running;
    } else if (part && !part->notes.count) {
      --score->parts.count; // it was made for this
    }
  }
  return running;
}

/// Whether the orchestra strikes where a section begins: nobody speaks there, and it is not calm.
static bool drums_at(const KtScore *score, KtTick at) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    if (part->role == KT_ROLE_PERCUSSION && plays_at(part, at)) {
      return true;
    }
  }
  return false;
}

static size_t struck_hit(const KtScore *score, KtTick at) {
  size_t i = 0;
  while (i < score->hits.count && (score->hits.items[i].struck <= 0 || score->hits.items[i].tick != at)) {
    ++i;
  }
  return i;
}

/// Far enough from the hit before, which is to ring alone.
static bool is_clear(const KtScore *score, const Run *run) {
  for (size_t i = 0; i < score->hits.count; ++i) {
    KtTick hit = score->hits.items[i].tick;
    if (hit < run->at && kt_scoring_later(score, hit, 0.5) > run->from) {
      return false;
    }
  }
  return true;
}

static void consider(const KtScoring *scoring, KtScore *score, const KtRunRow *row, KtTick at, KtTick *free) {
  size_t hit = struck_hit(score, at);
  Run run = {.row = row, .at = at, .hit = hit < score->hits.count};
  if (run.hit && score->hits.items[hit].led) {
    return;
  }
  float loudest = kt_score_loudest(score, at);
  run.high = fmaxf(row->from, loudest - row->under);
  run.low = fminf(row->from, run.high);
  bool heard = row->loudest <= 0 || fmaxf(loudest, kt_score_loudest(score, at > 0 ? at - 1 : 0)) <= row->loudest;
  if (at >= *free && heard && place(score, &run) && is_clear(score, &run) && run_to(scoring, score, &run)) {
    *free = kt_scoring_later(score, at, (double)row->spacing_s);
    if (run.hit) {
      score->hits.items[hit].led = true;
    }
  }
}

void kt_scoring_runs(const KtScoring *scoring, KtScore *score, const KtRunRow *row) {
  KtTick free = 0;
  size_t hit = 0, section = 1;
  while (hit < score->hits.count || section < score->sections.count) { // by time: the earlier has the right to it
    KtTick h = hit < score->hits.count ? score->hits.items[hit].tick : score->end + 1;
    KtTick s = section < score->sections.count ? score->sections.items[section].start : score->end + 1;
    if (h <= s) {
      if (score->hits.items[hit].struck > 0 && kt_scoring_struck(score, h) >= row->accent) {
        consider(scoring, score, row, h, &free);
      }
      ++hit;
    } else {
      if (score->sections.items[section].energy >= row->energy && drums_at(score, s)) {
        consider(scoring, score, row, s, &free);
      }
      ++section;
    }
  }
}
