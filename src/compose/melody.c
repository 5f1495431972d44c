// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Melody between theme statements: rhythm from the theme's cell, pitches by a shortest path over pairs
// of notes (a pair, so that a leap knows how it is left).
#include "compose/sketch.h"

#include <math.h>
#include <stdlib.h>

enum { NOTES_MAX = 64, PITCHES_MAX = 24, CELL_MAX = 12 };

typedef struct Beat {
  KtTick start, duration;
  float step;      ///< semitones the cell would move here, 99 free
  bool strong, last;
} Beat;

typedef struct Line {
  KtSketch *sketch;
  const KtCuePhrase *phrase;
  Beat beats[NOTES_MAX];
  int count;
  int pitches[PITCHES_MAX];
  int pitch_count;
  int middle;
} Line;

static const KtTheme *nearest_theme(const KtSketch *sketch, const KtCuePhrase *phrase) {
  const KtTheme *theme = NULL;
  KtTick away = 0;
  for (size_t i = 0; i < sketch->placed.count; ++i) {
    const KtPlaced *p = &sketch->placed.items[i];
    KtTick off = llabs(p->notes.record.start - phrase->start);
    if (!theme || off < away) {
      theme = &sketch->themes->items.items[p->plan->theme];
      away = off;
    }
  }
  for (size_t i = 0; !theme && i < sketch->themes->items.count; ++i) {
    const KtTheme *t = &sketch->themes->items.items[i];
    for (size_t s = 0; s < sketch->cue->subjects.count; ++s) {
      theme = t->subject == sketch->cue->subjects.items[s] ? t : theme;
    }
  }
  return theme ? theme : sketch->themes->items.count ? &sketch->themes->items.items[0] : NULL;
}

static void push(Line *line, KtTick start, KtTick duration, float step) {
  if (line->count < NOTES_MAX && duration >= KT_PPQ / 4 && start + duration <= line->phrase->end) {
    const KtCueBar *bar = kt_sketch_bar(line->sketch, start);
    KtTick beat = kt_sketch_beat(line->sketch, start);
    bool strong = (start - bar->start) % beat == 0 && duration >= beat;
    line->beats[line->count++] = (Beat){start, duration, step, strong || start == bar->start, false};
  }
}

/// The theme's head as rhythm and contour; returns where it ends.
static KtTick cell(Line *line, const KtTheme *theme, KtTick at, KtTick limit, double stretch, float turn) {
  int notes = theme->head < CELL_MAX ? theme->head : CELL_MAX;
  for (int i = 0; i < notes && (size_t)i < theme->notes.count; ++i) {
    const KtThemeNote *n = &theme->notes.items[i];
    KtTick start = at + (KtTick)((double)(n->start - theme->notes.items[0].start) * stretch);
    KtTick duration = (KtTick)((double)n->duration * stretch);
    if (start >= limit) {
      return limit;
    }
    duration = start + duration > limit ? limit - start : duration;
    int degrees = i ? n->degree - theme->notes.items[i - 1].degree : 0;
    push(line, start, duration, i ? turn * 1.75F * (float)degrees : 99);
  }
  KtTick end = at + (KtTick)((double)theme->head_ticks * stretch);
  return end < limit ? end : limit;
}

/// A length from what real lines do after the one before, as long as the feeling wants it; a multiple of
/// half a beat that leaves nothing odd at the bar's end.
static KtTick next_length(const Line *line, KtTick at, KtTick left, int *before, KtRng *rng) {
  const KtLearnedLines *lines = line->sketch->lore.lines;
  const KtEmotionLore *lore = line->sketch->lore.emotion;
  const KtCueBar *bar = kt_sketch_bar(line->sketch, at);
  double want = (double)kt_curve(lore->tone_s, lore->tone_s_count, bar->emotion.arousal);
  double quarter_s = 60 / kt_tempo_bpm(&line->sketch->score->tempo, at);
  KtTick beat = kt_sketch_beat(line->sketch, at), half = beat / 2;
  float weights[KT_LEARNED_LENGTHS] = {0}, sum = 0;
  for (int i = 0; i < KT_LEARNED_LENGTHS; ++i) {
    KtTick ticks = (KtTick)((double)lines->quarters[i] * KT_PPQ + 0.5);
    bool off = (at - bar->start) % beat != 0 && ticks > half && ticks % beat == 0; // off the beat it comes back first
    if (ticks > left || ticks % half || (left - ticks && left - ticks < half) || off) {
      continue;
    }
    double far = log2((double)lines->quarters[i] * quarter_s / want);
    float prior = lines->rhythms[i] + 2.0F * (*before >= 0 ? lines->follows[*before].next[i] : 0);
    weights[i] = (prior + 0.02F) * (float)exp(-0.7 * far * far);
    sum += weights[i];
  }
  if (sum <= 0) {
    *before = -1;
    return left;
  }
  *before = (int)kt_rng_pick(rng, weights, KT_LEARNED_LENGTHS);
  return (KtTick)((double)lines->quarters[*before] * KT_PPQ + 0.5);
}

static void plain_bar(Line *line, const KtCueBar *bar, KtRng *rng) {
  int before = -1;
  for (KtTick at = bar->start; at < bar->end;) {
    KtTick length = next_length(line, at, bar->end - at, &before, rng);
    push(line, at, length, 99);
    at += length;
  }
}

/// Cell, answer, cell again, a long note and a breath.
static void make_rhythm(Line *line, const KtTheme *theme, KtRng *rng) {
  const KtCuePhrase *p = line->phrase;
  const KtSketch *sketch = line->sketch;
  const KtCueBar *bars = &sketch->bars.items[p->first];
  int last = p->bars - 1;
  bool late = kt_rng_unit(rng) < 0.4;
  bool invert = kt_rng_unit(rng) < 0.3;
  for (int b = 0; b < p->bars;) {
    KtTick at = bars[b].start, beat = kt_sketch_beat(sketch, at);
    if (b == last) {
      KtTick length = bars[b].end - at;
      KtTick hold = length > 3 * beat ? length - beat - beat / 2 : length > beat ? length - beat : length;
      push(line, at, hold, 99);
      ++b;
    } else if (theme && theme->head > 1 && (b % 2 == 0 || (last > 4 && b == 3))) {
      KtTick limit = bars[last].start;
      double stretch = theme->head_ticks > 2 * (bars[b].end - at) ? 0.5 : 1.0;
      KtTick off = beat / 2 > KT_PPQ / 2 ? beat / 2 : KT_PPQ / 2; // never less than an eighth: in 6/8 too
      KtTick from = at + (late && b == 0 ? off : 0);
      KtTick end = cell(line, theme, from, limit, stretch, invert && b ? -1.0F : 1.0F);
      while (b < last && bars[b].start < end) {
        ++b;
      }
      KtTick next = bars[b].start;
      if (line->count && next - end >= beat) { // the cell's last note is held over what is left
        Beat *held = &line->beats[line->count - 1];
        held->duration = next - held->start - (kt_rng_unit(rng) < 0.5 ? beat : 0);
        held->duration = held->duration < beat / 2 ? beat / 2 : held->duration;
      }
    } else {
      plain_bar(line, &bars[b], rng);
      ++b;
    }
  }
  if (line->count) {
    line->beats[line->count - 1].last = true;
  }
}

/// Rare steps are dear: what real lines do is the prior; a repeated tone is no step.
static float leap_cost(const KtLearnedLines *lines, int by) {
  if (by < -12 || by > 12) {
    return 4.0F;
  }
  float share = by ? 0.5F * (lines->intervals[12 + by] + lines->intervals[12 - by]) : 0.03F;
  return 0.24F * logf(0.14F / (share + 0.0005F));
}

static float pitch_cost(const Line *line, int i, int pitch) {
  const Beat *beat = &line->beats[i];
  const KtChord *chord = kt_sketch_chord(line->sketch, beat->start, NULL);
  bool tone = kt_in_chord(chord, pitch);
  double where = (double)(beat->start - line->phrase->start) /
                 (double)(line->phrase->end - line->phrase->start);
  float target = (float)line->middle - 2.0F + 6.0F * (float)sin(3.14159265358979 * pow(where, 1.25));
  float cost = 0.055F * fabsf((float)pitch - target);
  if (!tone) {
    cost += beat->last ? 3.0F : beat->strong ? 0.85F : 0.12F;
    cost += kt_in_key(chord->key, pitch) ? 0 : 2.0F;
  }
  return cost;
}

static float step_cost(const Line *line, int i, int from, int to) {
  const Beat *a = &line->beats[i - 1], *b = &line->beats[i];
  int by = to - from;
  float cost = leap_cost(line->sketch->lore.lines, by);
  if (b->step < 98.0F) {
    cost = 0.3F * cost + 0.14F * fabsf((float)by - b->step);
  }
  int ca, cb;
  const KtChord *before = kt_sketch_chord(line->sketch, a->start, &ca);
  kt_sketch_chord(line->sketch, b->start, &cb);
  if (!kt_in_chord(before, from) && abs(by) > 2) {
    cost += 0.9F; // what is foreign is left by step
  }
  if (ca != cb && kt_parallel_motion(from, to, line->sketch->bass[ca], line->sketch->bass[cb])) {
    cost += 5.0F;
  }
  return cost;
}

static float turn_cost(int a, int b, int c) {
  int first = b - a, then = c - b;
  if (abs(first) > 4) { // a leap is recovered by step the other way
    return then * first < 0 && abs(then) <= 4 ? 0 : 0.5F;
  }
  return first == 0 && then == 0 ? 0.6F : 0;
}

typedef float Costs[PITCHES_MAX][PITCHES_MAX];
typedef int8_t Froms[PITCHES_MAX][PITCHES_MAX];

static void choose_pitches(Line *line, KtRng *rng, int *out) {
  int n = line->pitch_count, count = line->count;
  Costs *cost = kt_arena_alloc(line->sketch->arena, (size_t)count * sizeof(Costs));
  Froms *from = kt_arena_alloc(line->sketch->arena, (size_t)count * sizeof(Froms));
  if (!cost || !from) {
    return;
  }
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < n; ++c) {
      float own = pitch_cost(line, i, line->pitches[c]) + 0.25F * (float)kt_rng_unit(rng);
      for (int b = 0; b < n; ++b) {
        if (i == 0) {
          cost[i][b][c] = own;
          continue;
        }
        float step = step_cost(line, i, line->pitches[b], line->pitches[c]);
        float least = i == 1 ? cost[0][0][b] : 1e9F;
        int8_t best = 0;
        for (int a = 0; i > 1 && a < n; ++a) {
          float here = cost[i - 1][a][b] + turn_cost(line->pitches[a], line->pitches[b], line->pitches[c]);
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
    out[i] = line->pitches[c];
    int a = i > 1 ? from[i][b][c] : 0;
    c = b;
    b = a;
  }
}

static void gather_pitches(Line *line) {
  const KtKey key = line->sketch->sections.items[line->phrase->section].key;
  for (int p = line->middle - 9; p <= line->middle + 11 && line->pitch_count < PITCHES_MAX; ++p) {
    bool chordal = false;
    for (int i = 0; i < line->count; ++i) {
      chordal = chordal || kt_in_chord(kt_sketch_chord(line->sketch, line->beats[i].start, NULL), p);
    }
    if (chordal || kt_in_key(key, p)) {
      line->pitches[line->pitch_count++] = p;
    }
  }
}

void kt_sketch_melody(KtSketch *sketch, KtCuePart part, const KtCuePhrase *phrase, int middle,
                      KtRng *rng) {
  Line *line = KT_NEW(sketch->arena, Line, 1);
  if (!line) {
    return;
  }
  line->sketch = sketch;
  line->phrase = phrase;
  line->middle = middle;
  make_rhythm(line, nearest_theme(sketch, phrase), rng);
  gather_pitches(line);
  if (!line->count || !line->pitch_count) {
    return;
  }
  int pitches[NOTES_MAX] = {0};
  choose_pitches(line, rng, pitches);
  const KtCueSection *s = &sketch->sections.items[phrase->section];
  float lifted = s->emotion.arousal + 0.6F * sketch->lore.habits->staccato;
  for (int i = 0; i < line->count; ++i) {
    const Beat *b = &line->beats[i];
    KtTick beat = kt_sketch_beat(sketch, b->start);
    bool joined = i && line->beats[i - 1].start + line->beats[i - 1].duration == b->start;
    KtArticulation art = joined && pitches[i] != pitches[i - 1] ? KT_ART_LEGATO : KT_ART_LONG;
    if (lifted > 0.75F && b->duration <= beat) {
      art = b->duration <= beat / 2 ? KT_ART_SHORT : KT_ART_TENUTO;
    }
    KtNote *note = kt_sketch_note(sketch, part, b->start, b->duration, pitches[i], art);
    if (note) {
      note->accent = b->strong ? 0.12F : -0.08F;
      note->breath_after = b->last;
    }
  }
}
