// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>

/// Lines against speech: the cheapest way, in order, to give every span of speech its lines. One
/// span may hold up to GROUP lines and one line may run over as many spans.
enum { GROUP = 4, CELLS_MOST = 4 * 1024 * 1024 };
static const float span_unsaid = 1.4F, line_unsaid = 1.8F, joined = 0.15F, misplaced = 3.0F;

typedef struct Step {
  float cost;
  unsigned char lines, spans; ///< how many of each the last step took
} Step;

typedef struct Table {
  const KtStoryWork *work;
  size_t lines, spans;
  double *said; ///< seconds the lines before each take, at this film's pace
  float *place; ///< 0..1 where each line stands on paper
  Step *steps;  ///< [line][span]
} Table;

static double said_s(const KtLine *line) {
  double words = 1;
  for (const char *c = line->text; *c; ++c) {
    words += *c == ' ';
  }
  return 0.4 + words * 0.33;
}

static Step *cell(const Table *t, size_t line, size_t span) {
  return &t->steps[line * (t->spans + 1) + span];
}

/// What it costs that lines [l, l + lines) are the speech of spans [s, s + spans).
static float cost_of(const Table *t, size_t l, size_t lines, size_t s, size_t spans) {
  const KtSpan *speech = t->work->film->speech.items;
  double spoken = 0;
  for (size_t i = s; i < s + spans; ++i) {
    spoken += kt_seconds(speech[i].end - speech[i].start);
  }
  double wanted = t->said[l + lines] - t->said[l];
  float length = fabsf((float)log((spoken + 0.3) / (wanted + 0.3)));
  float at = (float)((double)speech[s].start / (double)t->work->end);
  return length + misplaced * fabsf(at - t->place[l]) + joined * (float)(lines + spans - 2);
}

static void offer(Step *to, float cost, size_t lines, size_t spans) {
  if (cost < to->cost) {
    *to = (Step){cost, (unsigned char)lines, (unsigned char)spans};
  }
}

static void extend(const Table *t, size_t l, size_t s) {
  float cost = cell(t, l, s)->cost;
  if (s < t->spans) {
    offer(cell(t, l, s + 1), cost + span_unsaid, 0, 1);
  }
  if (l < t->lines) {
    offer(cell(t, l + 1, s), cost + line_unsaid, 1, 0);
  }
  for (size_t k = 1; k <= GROUP && s < t->spans && l < t->lines; ++k) {
    if (l + k <= t->lines) {
      offer(cell(t, l + k, s + 1), cost + cost_of(t, l, k, s, 1), k, 1);
    }
    if (s + k <= t->spans) {
      offer(cell(t, l + 1, s + k), cost + cost_of(t, l, 1, s, k), 1, k);
    }
  }
}

/// Lines that share a span share its time by their length.
static void set_lines(const Table *t, size_t l, size_t lines, size_t s, size_t spans) {
  const KtSpan *speech = t->work->film->speech.items;
  KtFilmTime start = speech[s].start;
  double length = (double)(speech[s + spans - 1].end - start);
  double all = t->said[l + lines] - t->said[l];
  for (size_t i = l; i < l + lines; ++i) {
    KtLine *line = &t->work->story->lines.items[i];
    line->start = start + (KtFilmTime)(length * (t->said[i] - t->said[l]) / all);
    line->end = start + (KtFilmTime)(length * (t->said[i + 1] - t->said[l]) / all);
    line->confidence = lines == 1 ? 0.45F : 0.35F;
  }
}

static void walk_back(const Table *t) {
  size_t l = t->lines;
  size_t s = t->spans;
  while (l || s) {
    const Step *step = cell(t, l, s);
    l -= step->lines;
    s -= step->spans;
    if (step->lines && step->spans) {
      set_lines(t, l, step->lines, s, step->spans);
    }
  }
}

static void measure(Table *t) {
  double speech = 0;
  for (size_t i = 0; i < t->spans; ++i) {
    speech += kt_seconds(t->work->film->speech.items[i].end - t->work->film->speech.items[i].start);
  }
  double all = 0;
  for (size_t i = 0; i < t->lines; ++i) {
    all += said_s(&t->work->story->lines.items[i]);
  }
  double pace = fmin(2.5, fmax(0.5, speech / all));
  for (size_t i = 0; i < t->lines; ++i) {
    t->said[i + 1] = t->said[i] + pace * said_s(&t->work->story->lines.items[i]);
  }
  float paper = 1;
  for (size_t i = 0; i < t->work->beats.count; ++i) {
    paper = fmaxf(paper, t->work->beats.items[i].at + t->work->beats.items[i].length);
  }
  for (size_t i = 0; i < t->work->beats.count; ++i) {
    const KtBeat *beat = &t->work->beats.items[i];
    if (beat->line >= 0) {
      t->place[beat->line] = beat->at / paper;
    }
  }
}

void kt_align_speech(KtStoryWork *work) {
  Table t = {.work = work, .lines = work->story->lines.count, .spans = work->film->speech.count};
  if (!t.lines || !t.spans || work->end <= 0 || (t.lines + 1) * (t.spans + 1) > CELLS_MOST) {
    return;
  }
  t.said = KT_NEW(work->scratch, double, t.lines + 1);
  t.place = KT_NEW(work->scratch, float, t.lines + 1);
  t.steps = KT_NEW(work->scratch, Step, (t.lines + 1) * (t.spans + 1));
  if (!t.said || !t.place || !t.steps) {
    return;
  }
  measure(&t);
  for (size_t i = 1; i < (t.lines + 1) * (t.spans + 1); ++i) {
    t.steps[i].cost = INFINITY;
  }
  for (size_t l = 0; l <= t.lines; ++l) {
    for (size_t s = 0; s <= t.spans; ++s) {
      extend(&t, l, s);
    }
  }
  walk_back(&t);
}
