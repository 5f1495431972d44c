// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>

/// Lines against speech: the cheapest way, in order, to give every span of speech its lines. One
/// span may hold up to GROUP lines and one line may run over as many spans. Costs are those of
/// normal errors, held at `misfit`; a script that is shorter or longer than the film is common.
enum { GROUP = 4, CELLS_MOST = 4 * 1024 * 1024, TIMES = 3 };
static const float line_unsaid = 2.6F, joined = 0.4F, misplaced = 5.0F;
static const float spread = 0.32F;                  ///< of a line's length, in natural logarithms
static const float misfit = 6.0F;                   ///< the most that a length can cost
static const float silences = 0.5F;                 ///< weight of what lies between lines
static const float inside = 1.2F;                   ///< of a long pause inside a line
static const double action_s = 1.1, breath_s = 0.8; ///< a line of action on paper; a pause

typedef struct Step {
  float cost;
  unsigned char lines, spans; ///< how many of each the last step took
} Step;

typedef struct Table {
  const KtStoryWork *work;
  size_t lines, spans;
  double *said; ///< seconds the lines before each take
  double pace;  ///< of this film against them
  float *place; ///< 0..1 where each line stands on paper
  float *quiet; ///< seconds on paper before each line
  KtFilmTime first, last;
  Step *steps; ///< [line][span]
} Table;

/// Letters tell the length of speech better than words do.
static double said_s(const KtLine *line) {
  double letters = 0;
  for (const char *c = line->text; *c; ++c) {
    letters += *c != ' ' && ((unsigned char)*c & 0xC0U) != 0x80;
  }
  return 0.35 + letters * 0.07;
}

/// A short sound that no line has costs little: it may be no speech.
static float span_unsaid(const KtSpan *span) {
  return 0.7F + 0.7F * (float)fmin(2, kt_seconds(span->end - span->start));
}

static Step *cell(const Table *t, size_t line, size_t span) {
  return &t->steps[line * (t->spans + 1) + span];
}

/// What it costs that lines [l, l + lines) are the speech of spans [s, s + spans).
static float cost_of(const Table *t, size_t l, size_t lines, size_t s, size_t spans) {
  const KtSpan *speech = t->work->film->speech.items;
  double spoken = 0;
  float torn = 0;
  for (size_t i = s; i < s + spans; ++i) {
    spoken += kt_seconds(speech[i].end - speech[i].start);
    double gap = i > s ? kt_seconds(speech[i].start - speech[i - 1].end) - breath_s : 0;
    torn += inside * (float)log1p(fmax(0, gap));
  }
  double wanted = t->pace * (t->said[l + lines] - t->said[l]);
  float far = (float)log((spoken + 0.2) / (wanted + 0.2)) / spread;
  float length = fminf(misfit, 0.5F * far * far);
  double before = s ? kt_seconds(speech[s].start - speech[s - 1].end) : 0;
  float pause =
      s && l ? fabsf((float)log((before + breath_s) / ((double)t->quiet[l] + breath_s))) : 0;
  float at = (float)((double)(speech[s].start - t->first) / fmax(1, (double)(t->last - t->first)));
  return length + torn + silences * fminf(2, pause) + misplaced * fabsf(at - t->place[l]) +
         joined * (float)(lines + spans - 2);
}

static void offer(Step *to, float cost, size_t lines, size_t spans) {
  if (cost < to->cost) {
    *to = (Step){cost, (unsigned char)lines, (unsigned char)spans};
  }
}

static void extend(const Table *t, size_t l, size_t s) {
  float cost = cell(t, l, s)->cost;
  if (s < t->spans) {
    offer(cell(t, l, s + 1), cost + span_unsaid(&t->work->film->speech.items[s]), 0, 1);
  }
  if (l < t->lines) {
    offer(cell(t, l + 1, s), cost + line_unsaid, 1, 0);
  }
  for (size_t a = 1; a <= GROUP && l + a <= t->lines; ++a) {
    for (size_t b = 1; a + b <= GROUP + 1 && s + b <= t->spans; ++b) {
      offer(cell(t, l + a, s + b), cost + cost_of(t, l, a, s, b), a, b);
    }
  }
}

/// The moment at which `share` of what is spoken in the spans is over.
static KtFilmTime spoken_at(const KtSpan *speech, size_t spans, double share, bool end) {
  double all = 0;
  for (size_t i = 0; i < spans; ++i) {
    all += (double)(speech[i].end - speech[i].start);
  }
  double left = share * all;
  for (size_t i = 0; i < spans; ++i) {
    double length = (double)(speech[i].end - speech[i].start);
    bool here = end ? left <= length : left < length * 0.98; // a line starts with a span, not at
    if (here || i + 1 == spans) {                            // the end of the one before
      return speech[i].start + (KtFilmTime)fmin(left, length);
    }
    left -= length;
  }
  return speech[0].start;
}

/// Lines that share spans share what is spoken in them by their length.
static void set_lines(const Table *t, size_t l, size_t lines, size_t s, size_t spans) {
  const KtSpan *speech = &t->work->film->speech.items[s];
  double all = t->said[l + lines] - t->said[l];
  for (size_t i = l; i < l + lines; ++i) {
    KtLine *line = &t->work->story->lines.items[i];
    line->start = spoken_at(speech, spans, (t->said[i] - t->said[l]) / all, false);
    line->end = spoken_at(speech, spans, (t->said[i + 1] - t->said[l]) / all, true);
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

/// Where each line stands among the lines, and what is quiet before it.
static void measure(Table *t) {
  const KtStoryWork *work = t->work;
  for (size_t i = 0; i < t->lines; ++i) {
    t->said[i + 1] = t->said[i] + said_s(&work->story->lines.items[i]);
  }
  float ends = 0;
  double at = 0;
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    if (beat->line < 0) {
      continue;
    }
    size_t line = (size_t)beat->line;
    float gap = line ? fmaxf(0, beat->at - ends - 2) : 0; // the cue and the blank line before it
    t->quiet[line] = (float)action_s * gap;
    at += (double)t->quiet[line] + (line ? breath_s : 0);
    t->place[line] = (float)at;
    at += t->said[line + 1] - t->said[line];
    ends = beat->at + beat->length;
  }
  for (size_t i = 0; i < t->lines && at > 0; ++i) {
    t->place[i] /= (float)at;
  }
  t->first = work->film->speech.items[0].start;
  t->last = work->film->speech.items[t->spans - 1].end;
}

static void fill(Table *t) {
  for (size_t i = 0; i < (t->lines + 1) * (t->spans + 1); ++i) {
    t->steps[i] = (Step){.cost = i ? INFINITY : 0};
  }
  for (size_t l = 0; l <= t->lines; ++l) {
    for (size_t s = 0; s <= t->spans; ++s) {
      extend(t, l, s);
    }
  }
}

/// How fast this film speaks: the mean over lines that have a span of their own.
static double pace_of(const Table *t) {
  double sum = 0;
  double count = 2; // a film is as fast as any until it shows otherwise
  size_t l = t->lines;
  size_t s = t->spans;
  while (l || s) {
    const Step *step = cell(t, l, s);
    l -= step->lines;
    s -= step->spans;
    if (step->lines == 1 && step->spans == 1) {
      const KtSpan *speech = &t->work->film->speech.items[s];
      double spoken = kt_seconds(speech->end - speech->start);
      sum += log((spoken + 0.2) / (t->said[l + 1] - t->said[l] + 0.2));
      ++count;
    }
  }
  return exp(fmin(0.7, fmax(-0.7, sum / count)));
}

void kt_align_speech(KtStoryWork *work) {
  Table t = {.work = work,
             .lines = work->story->lines.count,
             .spans = work->film->speech.count,
             .pace = 1};
  if (!t.lines || !t.spans || work->end <= 0 || (t.lines + 1) * (t.spans + 1) > CELLS_MOST) {
    return;
  }
  t.said = KT_NEW(work->scratch, double, t.lines + 1);
  t.place = KT_NEW(work->scratch, float, t.lines + 1);
  t.quiet = KT_NEW(work->scratch, float, t.lines + 1);
  t.steps = KT_NEW(work->scratch, Step, (t.lines + 1) * (t.spans + 1));
  if (!t.said || !t.place || !t.quiet || !t.steps) {
    return;
  }
  measure(&t);
  for (int time = 0; time < TIMES; ++time) {
    fill(&t);
    double pace = pace_of(&t);
    if (fabs(log(pace / t.pace)) < 0.04) {
      break;
    }
    t.pace = pace;
  }
  walk_back(&t);
}

/// A sound of speech too short and too far from the next to begin a line with.
static bool is_blip(const KtFilm *film, size_t span) {
  const KtSpan *here = &film->speech.items[span];
  bool brief = here->end - here->start < kt_film_time(0.6);
  bool far = span + 1 == film->speech.count || here[1].start - here->end > kt_film_time(2);
  return brief && far;
}

void kt_align_tighten(KtStoryWork *work) {
  const KtFilm *film = work->film;
  for (size_t i = 0; i < work->story->lines.count; ++i) {
    KtLine *line = &work->story->lines.items[i];
    bool begun = false; // somebody speaks already: the line is inside what is heard
    KtFilmTime first = -1;
    KtFilmTime last = -1;
    for (size_t k = 0; k < film->speech.count && line->confidence > 0; ++k) {
      const KtSpan *span = &film->speech.items[k];
      if (span->end <= line->start || span->start >= line->end || is_blip(film, k)) {
        continue;
      }
      begun = begun || span->start <= line->start;
      first = first < 0 ? span->start : first;
      last = span->end;
    }
    if (first > line->start && !begun) {
      line->start = first;
    }
    if (last > line->start && last < line->end) {
      line->end = last;
    }
  }
}
