// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/align_phrases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Lines against speech where nobody knows the words: the likeliest way, in order, to give the
/// script's phrases to the spans of speech. Every pair counts as the logarithm of how much likelier
/// it is that this phrase is this span than that any phrase is (length and the pause before it,
/// normal in logarithms); a phrase, line or scene may be left unsaid and a span may be nobody's, at
/// what that costs.
enum { PHRASES = 8, SPANS = 4, TIMES = 4 };
enum { CELLS_MOST = 12 * 1024 * 1024, NARROW = 60 };
static const float spread = 0.30F; ///< of a phrase's length, in natural logarithms
static const float phrase_unsaid = 3.0F, line_unsaid = 2.6F, scene_unsaid = 4.0F;
static const float span_unsaid = 1.9F, span_more = 1.0F, blip_unsaid = 0.8F;
static const double blip_s = 0.45;
static const float worst = -5.0F, torn_worst = -8.0F; ///< the least that one measure can say
static const float merged[] = {0.25F, 0.6F, 1.5F, 8.0F,
                               12.0F};                ///< two phrases in one span, by breath
static const float split = 0.9F;                      ///< one phrase over two spans
static const double torn_s = 0.35, torn_spread = 0.7; ///< the pause inside a phrase
static const double breath_s[] = {0.45, 0.6, 0.9, 1.0, 2.5};
static const float breath_spread[] = {0.6F, 0.65F, 0.75F, 0.8F, 0.9F};
static const double action_s = 1.1; ///< a line of action on paper
static const float misplaced = 2.0F;

/// A cell is reached by giving phrases to spans (PAIR) or by leaving some of either (SKIP).
typedef enum How { PAIR, SKIP, WAYS } How;
typedef struct Step {
  float score;
  unsigned short phrases;
  unsigned char spans, from; ///< from: the way the cell before was reached
} Step;

typedef struct Table {
  const KtStoryWork *work;
  const KtUttered *phrases;
  size_t p, s;                ///< how many phrases and spans
  double pace;                ///< of this film against the letters
  double *said, *spoken;      ///< seconds before each phrase, each span
  float *said_log;            ///< [phrase][PHRASES] of the next so many, at the film's pace
  float *spoken_log;          ///< [span][SPANS]
  float *quiet_log, *gap_log; ///< the pause wanted before each phrase, found before each span
  float *place, *at;          ///< 0..1 of each phrase on paper, of each span in the film
  float length_mean, length_spread, gap_mean, gap_spread; ///< of all spans of the film
  size_t half;                                            ///< of the band
  Step *steps;                                            ///< [phrase][span in the band][way]
} Table;

static float log_s(double seconds) {
  return (float)log(seconds + 0.15);
}

static const KtSpan *spans(const Table *t) {
  return t->work->film->speech.items;
}

static double span_s(const KtSpan *span) {
  return kt_seconds(span->end - span->start);
}

static Step *cell(const Table *t, size_t phrase, size_t span, How way) {
  long k = (long)span - (long)(phrase * t->s / t->p) + (long)t->half;
  return k < 0 || k > 2 * (long)t->half
             ? NULL
             : &t->steps[(phrase * (2 * t->half + 1) + (size_t)k) * WAYS + way];
}

/// How much likelier `x` is by its own measure than by that of all.
static float likelier_most(float x, float mean, float deviation, float all_mean,
                           float all_deviation, float least) {
  float own = (x - mean) / deviation;
  float all = (x - all_mean) / all_deviation;
  float sum = 0.5F * (all * all - own * own) + logf(all_deviation / deviation);
  return sum < least ? least : sum;
}

static float likelier(float x, float mean, float deviation, float all_mean, float all_deviation) {
  return likelier_most(x, mean, deviation, all_mean, all_deviation, worst);
}

static float length_of(const Table *t, size_t p, size_t phrases, size_t s, size_t count) {
  return likelier(t->spoken_log[s * SPANS + count - 1], t->said_log[p * PHRASES + phrases - 1],
                  spread, t->length_mean, t->length_spread);
}

/// Phrases [p, p + phrases) are the speech of spans [s, s + count).
static float score_of(const Table *t, size_t p, size_t phrases, size_t s, size_t count) {
  float score = length_of(t, p, phrases, s, count);
  for (size_t i = p + 1; i < p + phrases; ++i) {
    score -= merged[t->phrases[i].before];
  }
  for (size_t i = s + 1; i < s + count; ++i) {
    float gap = likelier_most(t->gap_log[i], log_s(torn_s), (float)torn_spread, t->gap_mean,
                              t->gap_spread, torn_worst);
    score += fminf(0, gap) - split;
  }
  return score - misplaced * fabsf(t->at[s] - t->place[p]);
}

/// A pause inside a line that is far too long says more than a missing one between scenes.
static float pause_of(const Table *t, size_t p, size_t s) {
  bool within = t->phrases[p].before < KT_BREATH_LINE;
  return likelier_most(t->gap_log[s], t->quiet_log[p], breath_spread[t->phrases[p].before],
                       t->gap_mean, t->gap_spread,
                       within && t->gap_log[s] > t->quiet_log[p] ? torn_worst : worst);
}

static void offer(Step *to, float score, size_t phrases, size_t count, How from) {
  if (to && score > to->score) {
    *to = (Step){score, (unsigned short)phrases, (unsigned char)count, (unsigned char)from};
  }
}

/// Phrases from p on to the end of their line, of their scene; 0 where none starts at p.
static size_t run_from(const Table *t, size_t p, KtBreath least) {
  size_t n = 1;
  if (p && t->phrases[p].before < least) {
    return 0;
  }
  while (p + n < t->p && t->phrases[p + n].before < least && n < 60000) {
    ++n;
  }
  return n;
}

static void leave(const Table *t, size_t p, size_t s, How from, float score) {
  if (s < t->s) {
    bool blip = span_s(&spans(t)[s]) < blip_s;
    float cost = blip ? blip_unsaid : from == SKIP ? span_more : span_unsaid;
    offer(cell(t, p, s + 1, SKIP), score - cost, 0, 1, from);
  }
  if (p < t->p) {
    size_t line = run_from(t, p, KT_BREATH_LINE);
    size_t scene = run_from(t, p, KT_BREATH_SCENE);
    offer(cell(t, p + 1, s, SKIP), score - phrase_unsaid, 1, 0, from);
    if (line) {
      offer(cell(t, p + line, s, SKIP), score - line_unsaid, line, 0, from);
    }
    if (scene) {
      offer(cell(t, p + scene, s, SKIP), score - scene_unsaid, scene, 0, from);
    }
  }
}

static void pair(const Table *t, size_t p, size_t s, How from, float score) {
  score += from == PAIR && p && s ? pause_of(t, p, s) : 0;
  for (size_t a = 1; a <= PHRASES && p + a <= t->p; ++a) {
    for (size_t b = 1; b <= SPANS && s + b <= t->s && (b == 1 || a <= 3); ++b) {
      offer(cell(t, p + a, s + b, PAIR), score + score_of(t, p, a, s, b), a, b, from);
    }
  }
}

static void fill(Table *t) {
  for (size_t i = 0; i < (t->p + 1) * (2 * t->half + 1) * WAYS; ++i) {
    t->steps[i] = (Step){.score = -INFINITY};
  }
  cell(t, 0, 0, SKIP)->score = 0;
  for (size_t p = 0; p <= t->p; ++p) {
    for (size_t s = 0; s <= t->s; ++s) {
      for (How way = PAIR; way < WAYS; ++way) {
        const Step *here = cell(t, p, s, way);
        if (here && here->score > -INFINITY) {
          leave(t, p, s, way, here->score);
          if (p < t->p && s < t->s) {
            pair(t, p, s, way, here->score);
          }
        }
      }
    }
  }
}

typedef void (*Visit)(Table *t, size_t p, size_t phrases, size_t s, size_t count, void *user);

/// The pairs of the best way, from the last to the first.
static void walk(Table *t, Visit visit, void *user) {
  size_t p = t->p;
  size_t s = t->s;
  const Step *end[] = {cell(t, p, s, PAIR), cell(t, p, s, SKIP)};
  How way = end[PAIR]->score >= end[SKIP]->score ? PAIR : SKIP;
  if (end[way]->score == -INFINITY) {
    return;
  }
  while (p || s) {
    Step step = *cell(t, p, s, way);
    p -= step.phrases;
    s -= step.spans;
    if (way == PAIR) {
      visit(t, p, step.phrases, s, step.spans, user);
    }
    way = (How)step.from;
  }
}

typedef struct Pace {
  double sum, count;
} Pace;

static void add_pace(Table *t, size_t p, size_t phrases, size_t s, size_t count, void *user) {
  Pace *pace = user;
  double said = t->said[p + phrases] - t->said[p];
  pace->sum += log((t->spoken[s + count] - t->spoken[s] + 0.15) / (said + 0.15));
  ++pace->count;
}

/// The moment at which `share` of what is spoken in the spans is over.
static KtFilmTime spoken_at(const KtSpan *speech, size_t count, double share, bool end) {
  double all = 0;
  for (size_t i = 0; i < count; ++i) {
    all += (double)(speech[i].end - speech[i].start);
  }
  double left = share * all;
  for (size_t i = 0; i < count; ++i) {
    double length = (double)(speech[i].end - speech[i].start);
    bool here = end ? left <= length : left < length * 0.98; // a line starts with a span, not at
    if (here || i + 1 == count) {                            // the end of the one before
      return speech[i].start + (KtFilmTime)fmin(left, length);
    }
    left -= length;
  }
  return speech[0].start;
}

/// Phrases that share spans share what is spoken in them by their length; a line runs from its
/// first phrase to its last.
static void set_lines(Table *t, size_t p, size_t phrases, size_t s, size_t count, void *user) {
  (void)user;
  const KtSpan *speech = &spans(t)[s];
  double all = t->said[p + phrases] - t->said[p];
  for (size_t i = p + phrases; i-- > p;) {
    KtLine *line = &t->work->story->lines.items[t->phrases[i].line];
    line->start = spoken_at(speech, count, (t->said[i] - t->said[p]) / all, false);
    if (line->confidence <= 0) {
      line->end = spoken_at(speech, count, (t->said[i + 1] - t->said[p]) / all, true);
      line->confidence = score_of(t, p, phrases, s, count) > 0 ? 0.5F : 0.35F;
    }
  }
}

static void mean_of(const float *values, size_t step, size_t from, size_t to, float *mean,
                    float *deviation) {
  double sum = 0;
  double squares = 0;
  double count = to > from ? (double)(to - from) : 1;
  for (size_t i = from; i < to; ++i) {
    sum += (double)values[i * step];
    squares += (double)values[i * step] * (double)values[i * step];
  }
  *mean = (float)(sum / count);
  *deviation = (float)sqrt(fmax(0.09, squares / count - sum / count * sum / count));
}

static void measure_film(Table *t) {
  const KtSpan *speech = spans(t);
  double first = kt_seconds(speech[0].start);
  double all = fmax(1, kt_seconds(speech[t->s - 1].start) - first);
  for (size_t i = 0; i < t->s; ++i) {
    t->spoken[i + 1] = t->spoken[i] + span_s(&speech[i]);
    t->gap_log[i] = log_s(i ? kt_seconds(speech[i].start - speech[i - 1].end) : 0);
    t->at[i] = (float)((kt_seconds(speech[i].start) - first) / all);
  }
  for (size_t i = 0; i < t->s; ++i) {
    for (size_t n = 1; n <= SPANS && i + n <= t->s; ++n) {
      t->spoken_log[i * SPANS + n - 1] = log_s(t->spoken[i + n] - t->spoken[i]);
    }
  }
  mean_of(t->spoken_log, SPANS, 0, t->s, &t->length_mean, &t->length_spread);
  mean_of(t->gap_log, 1, 1, t->s, &t->gap_mean, &t->gap_spread);
}

/// What the paper wants at the film's pace; what is left of the film's time is the action's.
static void measure_paper(Table *t) {
  double breaths = 0;
  double action = 0;
  for (size_t i = 0; i < t->p; ++i) {
    t->said[i + 1] = t->said[i] + t->phrases[i].said_s;
    breaths += i ? breath_s[t->phrases[i].before] : 0;
    action += i ? (double)t->phrases[i].action : 0;
  }
  double all = kt_seconds(spans(t)[t->s - 1].start - spans(t)[0].start);
  double a_line = action > 0 ? (all - breaths - t->pace * t->said[t->p]) / action : action_s;
  a_line = fmin(3 * action_s, fmax(action_s / 3, a_line));
  double at = 0;
  for (size_t i = 0; i < t->p; ++i) {
    const KtUttered *phrase = &t->phrases[i];
    double quiet = breath_s[phrase->before] + a_line * (double)phrase->action;
    t->quiet_log[i] = log_s(quiet);
    at += i ? quiet : 0;
    t->place[i] = (float)at;
    at += t->pace * phrase->said_s;
    for (size_t n = 1; n <= PHRASES && i + n <= t->p; ++n) {
      double said = 0;
      for (size_t k = i; k < i + n; ++k) {
        said += t->phrases[k].said_s;
      }
      t->said_log[i * PHRASES + n - 1] = log_s(t->pace * said);
    }
  }
  float last = t->place[t->p - 1];
  for (size_t i = 0; i < t->p; ++i) {
    t->place[i] /= fmaxf(1, last);
  }
}

static bool make_room(Table *t) {
  KtArena *arena = t->work->scratch;
  t->said = KT_NEW(arena, double, t->p + 1);
  t->spoken = KT_NEW(arena, double, t->s + 1);
  t->said_log = KT_NEW(arena, float, t->p *PHRASES);
  t->spoken_log = KT_NEW(arena, float, t->s *SPANS);
  t->quiet_log = KT_NEW(arena, float, t->p);
  t->gap_log = KT_NEW(arena, float, t->s);
  t->place = KT_NEW(arena, float, t->p);
  t->at = KT_NEW(arena, float, t->s);
  t->half = t->s;
  while (t->half > NARROW && (t->p + 1) * (2 * t->half + 1) * WAYS > CELLS_MOST) {
    t->half = t->half * 3 / 4;
  }
  t->steps = malloc((t->p + 1) * (2 * t->half + 1) * WAYS * sizeof(*t->steps));
  return t->steps && !kt_arena_failed(arena);
}

void kt_align_speech(KtStoryWork *work) {
  KtUtterances phrases = {0};
  kt_align_phrases(work, &phrases);
  Table t = {.work = work,
             .phrases = phrases.list.items,
             .p = phrases.list.count,
             .s = work->film->speech.count,
             .pace = 1};
  if (!t.p || !t.s || work->end <= 0) {
    return;
  }
  bool room = make_room(&t);
  for (int time = 0; room && time < TIMES; ++time) {
    if (time == 0) {
      measure_film(&t);
    }
    measure_paper(&t);
    fill(&t);
    Pace pace = {0, 4}; // a film is as fast as any until it shows otherwise
    walk(&t, add_pace, &pace);
    double found = exp(fmin(0.7, fmax(-0.7, pace.sum / pace.count)));
    if (fabs(log(found / t.pace)) < 0.03) {
      break;
    }
    t.pace = found;
  }
  if (room) {
    walk(&t, set_lines, NULL);
  }
  free(t.steps);
}
