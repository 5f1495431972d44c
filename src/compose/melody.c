// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Melody between theme statements: one highest note, a way to it and from it, by a shortest path over pairs of notes
// (a pair, so that a leap knows how it is left).
#include "compose/melody.h"

#include <math.h>
#include <stdlib.h>

enum { PITCHES_MAX = 26, BREATHS_MAX = 8 };

/// What is sung in one breath, and its highest note.
typedef struct Breath {
  int first, last; ///< notes, by index
  int peak, pitch; ///< -1 where it is too short to have one
} Breath;

/// The path's ends, its breaths, and what may be sung.
typedef struct Search {
  const KtMelodyLine *line;
  const struct KtLinePrices *price;
  int pitches[PITCHES_MAX];
  int pitch_count;
  Breath breaths[BREATHS_MAX];
  int breath_count;
  int highest;           ///< the breath with the phrase's highest note, -1 none
  float start, top, end; ///< the curve, MIDI
} Search;

static const Breath *breath_of(const Search *search, int i) {
  for (int b = 0; b < search->breath_count; ++b) {
    if (i <= search->breaths[b].last) {
      return &search->breaths[b];
    }
  }
  return &search->breaths[search->breath_count - 1];
}

/// Rare steps are dear: what real lines do is the prior; a repeated tone is no step.
static float leap_cost(const KtLearnedLines *lines, int by) {
  if (by < -12 || by > 12) {
    return 16.0F;
  }
  float share = by ? 0.5F * (lines->intervals[12 + by] + lines->intervals[12 - by]) : 0.03F;
  return logf(0.14F / (share + 0.0005F));
}

static const KtChord *chord_of(const Search *search, int i) {
  return kt_sketch_chord(search->line->sketch, search->line->notes[i].start, NULL);
}

/// Where the curve lies at a note: a rise to the highest, a fall to the end.
static float curve_at(const Search *search, int i) {
  const KtMelodyLine *line = search->line;
  KtTick from = line->notes[0].start, to = line->notes[line->count - 1].start;
  const Breath *high = search->highest >= 0 ? &search->breaths[search->highest] : NULL;
  KtTick top = high ? line->notes[high->peak].start : (from + to) / 2, at = line->notes[i].start;
  bool rises = at < top;
  double span = (double)(rises ? top - from : to - top);
  double way = span > 0 ? (double)(rises ? at - from : to - at) / span : 1; // 0 at an end .. 1 at the top
  float low = rises ? search->start : search->end;
  return low + (search->top - low) * (float)(0.5 - 0.5 * cos(3.14159265358979 * way));
}

static bool is_root(const KtChord *chord, int pitch) {
  return pitch % 12 == kt_spelling_class(chord->root);
}

static float pitch_cost(const Search *search, int i, int pitch) {
  const KtMelodyLine *line = search->line;
  const KtLineNote *note = &line->notes[i];
  const struct KtLinePrices *price = search->price;
  const KtChord *chord = chord_of(search, i);
  bool tone = kt_in_chord(chord, pitch), last = i + 1 == line->count;
  float cost = price->away * fabsf((float)pitch - curve_at(search, i));
  if (!tone) {
    cost += last ? price->foreign_last : note->strong ? price->foreign_strong : price->foreign_weak;
    cost += kt_in_key(chord->key, pitch) ? 0 : price->outside;
  } else if (last) {
    cost += is_root(chord, pitch) == line->phrase->closed ? 0 : price->ends_open;
  }
  const Breath *breath = breath_of(search, i);
  if (breath->peak >= 0) {
    bool right = i == breath->peak ? pitch == breath->pitch : pitch < breath->pitch;
    cost += right ? 0 : price->above_peak;
  }
  return cost;
}

static float step_cost(const Search *search, int i, int from, int to) {
  const KtMelodyLine *line = search->line;
  const KtSketch *sketch = line->sketch;
  const KtLineNote *a = &line->notes[i - 1], *b = &line->notes[i];
  int by = to - from;
  float cost = search->price->rare * leap_cost(sketch->lore.lines, by);
  if (b->step < KT_LINE_FREE - 1) {
    cost = 0.3F * cost + 0.14F * fabsf((float)by - b->step);
  }
  if (abs(by) > 7 && breath_of(search, i)->peak != i) {
    cost += search->price->wide * (float)(abs(by) - 7); // what is wide goes to the highest note, or needs a reason
  }
  int ca, cb;
  const KtChord *before = kt_sketch_chord(sketch, a->start, &ca);
  kt_sketch_chord(sketch, b->start, &cb);
  if (!kt_in_chord(before, from) && abs(by) > 2) {
    cost += search->price->foreign_left; // what is foreign is left by step
  }
  if (ca != cb && kt_parallel_motion(from, to, sketch->bass[ca], sketch->bass[cb])) {
    cost += 5.0F;
  }
  return cost;
}

static float turn_cost(const struct KtLinePrices *price, int a, int b, int c) {
  int first = b - a, then = c - b;
  if (abs(first) > 4) { // a leap is recovered by step the other way
    if (then * first < 0) {
      return abs(then) <= 4 ? 0 : price->leap_wide;
    }
    bool on = abs(then) >= 3 && abs(then) <= 5 && abs(first) <= 7;
    return on || !then ? price->leap_chord : price->leap_on;
  }
  return first == 0 && then == 0 ? price->again : first * then < 0 ? price->turn : 0;
}

typedef float Costs[PITCHES_MAX][PITCHES_MAX];
typedef int8_t Froms[PITCHES_MAX][PITCHES_MAX];

static bool choose_pitches(const Search *search, KtRng *rng, int *out) {
  const KtMelodyLine *line = search->line;
  int n = search->pitch_count, count = line->count;
  Costs *cost = kt_arena_alloc(line->sketch->arena, (size_t)count * sizeof(Costs));
  Froms *from = kt_arena_alloc(line->sketch->arena, (size_t)count * sizeof(Froms));
  if (!cost || !from) {
    return false;
  }
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < n; ++c) {
      float own = pitch_cost(search, i, search->pitches[c]) + 0.25F * (float)kt_rng_unit(rng);
      for (int b = 0; b < n; ++b) {
        if (i == 0) {
          cost[i][b][c] = own;
          continue;
        }
        float step = step_cost(search, i, search->pitches[b], search->pitches[c]);
        float least = i == 1 ? cost[0][0][b] : 1e9F;
        int8_t best = 0;
        for (int a = 0; i > 1 && a < n; ++a) {
          float here = cost[i - 1][a][b] + turn_cost(search->price, search->pitches[a], search->pitches[b], search->pitches[c]);
          if (here < least) {
            least = here;
            best = (int8_t)a;
          }
        }
        cost[i][b][c] = least + step + own;
        from[i][b][c] = best;
      }
    }
  }
  int b = 0, c = 0;
  for (int x = 0; x < n * n; ++x) {
    if (cost[count - 1][x / n][x % n] < cost[count - 1][b][c]) {
      b = x / n;
      c = x % n;
    }
  }
  for (int i = count - 1; i >= 0; --i) {
    out[i] = search->pitches[c];
    int a = i > 1 ? from[i][b][c] : 0;
    c = b;
    b = a;
  }
  return true;
}

static void gather_pitches(Search *search) {
  const KtMelodyLine *line = search->line;
  const KtKey key = line->sketch->sections.items[line->phrase->section].key;
  for (int p = line->middle - 10; p <= line->middle + 12 && search->pitch_count < PITCHES_MAX; ++p) {
    bool chordal = false;
    for (int i = 0; i < line->count; ++i) {
      chordal = chordal || kt_in_chord(chord_of(search, i), p);
    }
    if (chordal || kt_in_key(key, p)) {
      search->pitches[search->pitch_count++] = p;
    }
  }
}

static void gather_breaths(Search *search) {
  const KtMelodyLine *line = search->line;
  for (int i = 0, first = 0; i < line->count; ++i) {
    bool last = i + 1 == line->count;
    if (last || (line->notes[i].breath && search->breath_count + 1 < BREATHS_MAX)) {
      search->breaths[search->breath_count++] = (Breath){first, i, -1, -1};
      first = i + 1;
    }
  }
}

/// The highest note of a breath is neither its first nor its last, rather a long or strong one.
static void place_peak(const Search *search, Breath *breath, double wish) {
  const KtMelodyLine *line = search->line;
  KtTick from = line->notes[breath->first].start, to = line->notes[breath->last].start;
  double least = HUGE_VAL;
  for (int i = breath->first + 1; i < breath->last && breath->last - breath->first >= 3; ++i) {
    const KtLineNote *n = &line->notes[i];
    double off = fabs((double)(n->start - from) / (double)(to - from) - wish);
    off -= (n->strong ? 0.08 : 0) + (n->duration >= KT_PPQ ? 0.06 : 0);
    if (off < least) {
      least = off;
      breath->peak = i;
    }
  }
}

/// The pitch nearest to a wish, rather a tone of the note's chord.
static int pitch_near(const Search *search, int note, float wish) {
  float far = 1e9F;
  int best = -1;
  for (int k = 0; k < search->pitch_count; ++k) {
    float off = fabsf((float)search->pitches[k] - wish) + (kt_in_chord(chord_of(search, note), search->pitches[k]) ? 0 : 3);
    if (off < far) {
      far = off;
      best = search->pitches[k];
    }
  }
  return best;
}

/// Each breath has one highest note, the phrase one above the others.
static void choose_peaks(Search *search, KtRng *rng) {
  const KtMelodyLine *line = search->line;
  const KtMelodyLore *lore = line->sketch->lore.melody;
  double wish = (double)kt_line_between(&lore->peak_at, rng);
  KtTick from = line->notes[0].start, to = line->notes[line->count - 1].start;
  double least = HUGE_VAL;
  search->highest = -1;
  search->start = (float)line->middle + kt_line_between(&lore->start, rng);
  search->top = (float)line->middle + kt_line_between(&lore->peak, rng);
  search->end = (float)line->middle + kt_line_between(&lore->end, rng);
  for (int b = 0; b < search->breath_count; ++b) {
    Breath *breath = &search->breaths[b];
    place_peak(search, breath, search->breath_count > 1 ? (double)kt_line_between(&lore->peak_at, rng) : wish);
    double off = breath->peak < 0 || to <= from ? HUGE_VAL : fabs((double)(line->notes[breath->peak].start - from) / (double)(to - from) - wish);
    if (off < least) {
      least = off;
      search->highest = b;
    }
  }
  if (search->highest < 0) {
    return;
  }
  Breath *high = &search->breaths[search->highest];
  high->pitch = pitch_near(search, high->peak, search->top);
  search->top = (float)high->pitch;
  for (int b = 0; b < search->breath_count; ++b) {
    Breath *breath = &search->breaths[b];
    if (b != search->highest && breath->peak >= 0) {
      float above = fminf(search->top - 2, curve_at(search, breath->peak) + 3);
      breath->pitch = pitch_near(search, breath->peak, above);
    }
  }
}

bool kt_line_pitches(const KtMelodyLine *line, KtRng *rng, int out[KT_LINE_NOTES]) {
  Search *search = KT_NEW(line->sketch->arena, Search, 1);
  if (!search || !line->count) {
    return false;
  }
  search->line = line;
  search->price = &line->sketch->lore.melody->price;
  gather_pitches(search);
  if (!search->pitch_count) {
    return false;
  }
  gather_breaths(search);
  choose_peaks(search, rng);
  return choose_pitches(search, rng, out);
}

/// What was sung, for the next phrase to answer.
static void remember(const KtMelodyLine *line, const int *pitches) {
  KtSung *sung = &line->sketch->sung[line->part == KT_PART_LEAD ? 0 : 1];
  const KtCueBar *bar = kt_sketch_bar(line->sketch, line->phrase->start);
  sung->bar = bar->end - bar->start;
  sung->count = 0;
  sung->led = line->notes[0].start < line->phrase->start;
  for (int i = 0; i < line->count && sung->count < KT_SUNG_NOTES; ++i) {
    if (line->notes[i].start >= line->phrase->start) {
      sung->start[sung->count] = line->notes[i].start - line->phrase->start;
      sung->duration[sung->count] = line->notes[i].duration;
      sung->midi[sung->count++] = (int8_t)pitches[i];
    }
  }
  const KtCueSection *s = &line->sketch->sections.items[line->phrase->section];
  if (line->part == KT_PART_LEAD && s->letter >= 0 && s->letter < KT_LETTERS && !line->sketch->first_sung[s->letter].count) {
    line->sketch->first_sung[s->letter] = *sung;
  }
}

void kt_sketch_melody(KtSketch *sketch, KtCuePart part, const KtCuePhrase *phrase, int middle, KtRng *rng) {
  KtMelodyLine *line = KT_NEW(sketch->arena, KtMelodyLine, 1);
  int pitches[KT_LINE_NOTES] = {0};
  if (!line) {
    return;
  }
  line->sketch = sketch;
  line->phrase = phrase;
  line->part = part;
  line->middle = middle;
  kt_line_rhythm(line, rng);
  if (!kt_line_pitches(line, rng, pitches)) {
    return;
  }
  remember(line, pitches);
  const KtCueSection *s = &sketch->sections.items[phrase->section];
  float lifted = s->emotion.arousal + 0.6F * sketch->lore.habits->staccato;
  for (int i = 0; i < line->count; ++i) {
    const KtLineNote *n = &line->notes[i];
    KtTick beat = kt_sketch_beat(sketch, n->start);
    bool joined = i && n[-1].start + n[-1].duration == n->start;
    KtArticulation art = joined && pitches[i] != pitches[i - 1] ? KT_ART_LEGATO : KT_ART_LONG;
    if (lifted > 0.75F && n->duration <= beat) {
      art = n->duration <= beat / 2 ? KT_ART_SHORT : KT_ART_TENUTO;
    }
    KtNote *note = kt_sketch_note(sketch, part, n->start, n->duration, pitches[i], art);
    if (note) {
      note->accent = n->strong ? 0.12F : -0.08F;
      note->breath_after = n->breath;
    }
  }
}
