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

static void plain_bar(Line *line, const KtCueBar *bar, KtRng *rng) {
  KtTick beat = kt_sketch_beat(line->sketch, bar->start), length = bar->end - bar->start;
  double kind = kt_rng_unit(rng);
  if (kind < 0.35 || length < 3 * beat) {
    push(line, bar->start, length, 99);
  } else if (kind < 0.7) {
    KtTick first = length - 2 * beat > 2 * beat ? length - 2 * beat : length - beat;
    push(line, bar->start, first, 99);
    for (KtTick at = bar->start + first; at + beat <= bar->end; at += beat) {
      push(line, at, beat, 99);
    }
  } else {
    push(line, bar->start, beat + beat / 2, 99);
    push(line, bar->start + beat + beat / 2, beat / 2, 99);
    push(line, bar->start + 2 * beat, length - 2 * beat, 99);
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

static float leap_cost(int by) {
  static const float costs[13] = {0.32F, 0.02F, 0, 0.12F, 0.16F, 0.24F, 0.9F, 0.32F, 0.5F, 0.55F, 1.0F, 1.6F, 0.6F};
  int size = abs(by);
  return size > 12 ? 4.0F : costs[size];
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
  float cost = leap_cost(by);
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
