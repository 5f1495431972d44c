// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/fit_path.h"

#include <math.h>

// One unit is about what an unexpected bar of another metre is worth. Leaving a hit out is dearer
// than anything else together, so that it happens only where no tempo in range meets it.
#define TEMPO_OFF      12.5 // a beat, times the square of the log ratio: 10 % off for 8 bars is 4
#define HIT_LEFT_OUT   1000.0
#define STRONG_OFF_BAR 40.0 // weight from .75 on, not on a downbeat
#define WEAK_OFF_BAR   0.6
#define SOFT_OFF_BAR   0.9
#define SOFT_OFF_BEAT  1.2 // times the square of tolerances missed, at most
#define SOFT_OFF_MOST  6.0
#define MID_PHRASE     0.4 // a strong hit inside a phrase
#define OTHER_METRE    1.2
#define METRE_CHANGE   0.4
#define END_OFF        6.0 // a beat
#define STRONG         0.75
#define UPBEAT         1.0 // an upbeat that nobody asked for
#define UPBEAT_FAR     0.6 // and whose bar line is no moment either
#define UPBEAT_LONG    0.3 // a beat beyond half a bar
#define UPBEAT_MISSED  8.0 // one that was asked for
#define HOLD           3.0 // a fermata inside a cue
#define HOLD_AT_END    0.8
#define HOLD_LEAST     0.6 // beats that a fermata adds
#define HOLD_MOST      2.0
#define FREE           3.0 // free time where it is wished not at all
#define STEADY         1.5 // a pulse where none is wished
#define FREE_TEMPO     0.15 // what the distance from the wished tempo counts there
#define FREE_RANGE     1.4

double kt_fit_cost_left_out(const KtFitProblem *problem, size_t from, size_t to) {
  double cost = 0;
  for (size_t i = from + 1; i < to; ++i) {
    cost += HIT_LEFT_OUT * (0.25 + problem->anchors.items[i].weight);
  }
  return cost;
}

/// How much free time is wished all through a stretch; -1 where there is a pulse.
static double still_between(const KtFitProblem *problem, size_t from, size_t to) {
  const KtFitAnchor *a = &problem->anchors.items[from], *b = &problem->anchors.items[to];
  for (size_t i = 0; i < problem->still_count; ++i) {
    if (problem->stills[i].start <= a->at && problem->stills[i].end >= b->at) {
      return (double)problem->stills[i].wish;
    }
  }
  return -1;
}

/// The tempo of a stretch whose last beat is held: the wished one, as far as the fermata allows; 0
/// where none in range does.
static double held_rate(const KtFitProblem *problem, double seconds, int beats, double *hold_s) {
  if (beats < problem->metres[0]) {
    return 0; // what stops at every step never goes
  }
  double hold = seconds * problem->rate - beats;
  hold = hold < HOLD_LEAST ? HOLD_LEAST : hold > HOLD_MOST ? HOLD_MOST : hold;
  double rate = (beats + hold) / seconds;
  *hold_s = hold / rate;
  return rate < problem->rate_min * (1 - 1e-9) || rate > problem->rate_max * (1 + 1e-9) ? 0 : rate;
}

static double cost_of_manner(const KtFitProblem *problem, size_t from, size_t to,
                             KtFitManner manner) {
  bool last = to + 1 == problem->anchors.count;
  double still = problem->still_count ? still_between(problem, from, to) : -1;
  switch (manner) {
  case KT_FIT_HELD:
    return problem->fermata == KT_FIT_FERMATA_NEVER ||
                   (!last && problem->fermata != KT_FIT_FERMATA_MAY)
               ? HUGE_VAL
               : (last ? HOLD_AT_END : HOLD) + (still > 0 ? STEADY * still : 0);
  case KT_FIT_FREE:
    return still < 0 ? HUGE_VAL : FREE * (1 - still);
  default:
    return still > 0 ? STEADY * still : 0;
  }
}

/// The tempo that a stretch goes at; 0 where it is out of range.
static double rate_of(const KtFitProblem *problem, double seconds, bool last,
                      KtFitStretch *stretch) {
  if (stretch->manner == KT_FIT_HELD) {
    return held_rate(problem, seconds, stretch->beats, &stretch->hold_s);
  }
  double wide = stretch->manner == KT_FIT_FREE ? FREE_RANGE : 1;
  double low = problem->rate_min / wide, high = problem->rate_max * wide;
  double exact = stretch->beats / seconds;
  if (exact >= low * (1 - 1e-9) && exact <= high * (1 + 1e-9)) {
    return exact;
  }
  double rate = exact < low ? low : high;
  double off = fabs(stretch->beats / rate - seconds) * problem->rate;
  return last && off <= problem->metres[0] ? rate : 0; // the end is missed by a bar at most
}

int kt_fit_nearest_beat(const KtFitStretch *stretch, double seconds, double *away_s) {
  int beat = (int)nearbyint(seconds * stretch->rate);
  if (beat < stretch->beats || stretch->hold_s <= 0) {
    beat = beat < stretch->beats ? beat : stretch->beats;
    *away_s = fabs(seconds - beat / stretch->rate);
    return beat;
  }
  double end = fabs(stretch->beats / stretch->rate + stretch->hold_s - seconds);
  double before = fabs((stretch->beats - 1) / stretch->rate - seconds);
  *away_s = end < before ? end : before;
  return end < before ? stretch->beats : stretch->beats - 1;
}

double kt_fit_cost_stretch(const KtFitProblem *problem, size_t from, size_t to, int beats,
                           KtFitManner manner, KtFitStretch *stretch) {
  const KtFitAnchor *a = &problem->anchors.items[from], *b = &problem->anchors.items[to];
  double seconds = b->at_s - a->at_s, cost = cost_of_manner(problem, from, to, manner);
  *stretch = (KtFitStretch){.beats = beats, .manner = manner};
  if (cost == HUGE_VAL) {
    return HUGE_VAL;
  }
  stretch->rate = rate_of(problem, seconds, to + 1 == problem->anchors.count, stretch);
  if (!(stretch->rate > 0)) {
    return HUGE_VAL;
  }
  cost += END_OFF * fabs(beats / stretch->rate + stretch->hold_s - seconds) * problem->rate;
  stretch->log_rate = log(stretch->rate);
  double off = stretch->log_rate - problem->log_rate;
  cost += TEMPO_OFF * beats * off * off * (manner == KT_FIT_FREE ? FREE_TEMPO : 1);
  cost += kt_fit_cost_left_out(problem, from, to);
  for (size_t i = a->soft; i < problem->softs.count && problem->softs.items[i].at_s < b->at_s; ++i) {
    const KtFitSoft *soft = &problem->softs.items[i];
    double away;
    kt_fit_nearest_beat(stretch, soft->at_s - a->at_s, &away);
    double miss = away / soft->tolerance_s, charge = SOFT_OFF_BEAT * miss * miss;
    cost += soft->weight * (charge < SOFT_OFF_MOST ? charge : SOFT_OFF_MOST);
  }
  return cost;
}

double kt_fit_cost_change(const KtFitProblem *problem, const KtFitStretch *stretch,
                          const KtFitStretch *next) {
  if (stretch->manner == KT_FIT_FREE || next->manner == KT_FIT_FREE) {
    return 0; // "freely", "a tempo": nobody feels a change
  }
  double bars = (stretch->beats + next->beats) * 0.5 / problem->metres[0];
  double step = fabs(next->log_rate - stretch->log_rate) / (problem->change_max * (bars > 1 ? bars : 1));
  double over = step > 1 ? step - 1 : 0;
  return step * step + 4 * over * over;
}

double kt_fit_cost_upbeat(const KtFitProblem *problem, int beats, bool arrives) {
  bool wanted = problem->upbeat == KT_FIT_UPBEAT_WANTED;
  if (!beats) {
    return wanted ? UPBEAT_MISSED : 0;
  }
  if (problem->upbeat == KT_FIT_UPBEAT_NEVER || beats >= problem->metres[0]) {
    return HUGE_VAL;
  }
  double over = beats - 0.5 * problem->metres[0];
  double cost = over > 0 ? UPBEAT_LONG * over : 0;
  double astray = wanted && problem->arrival ? UPBEAT_MISSED : UPBEAT_FAR;
  return cost + (wanted ? 0 : UPBEAT) + (arrives ? 0 : astray);
}

bool kt_fit_arrives(const KtFitProblem *problem, int upbeat, size_t to, int beats) {
  return upbeat == beats && (!problem->arrival || problem->arrival == to);
}

double kt_fit_cost_bar(const KtFitProblem *problem, int before, int metre) {
  (void)problem;
  return (metre ? OTHER_METRE : 0) + (before != metre ? METRE_CHANGE : 0);
}

double kt_fit_cost_phrase(const KtFitProblem *problem, int bars) {
  int wish = problem->phrase_bars;
  if (bars == wish) {
    return 0;
  }
  // Even halves and extensions are heard as phrases; a lone bar is not.
  double cost = bars < wish ? 2.4 * (1 - (double)bars / wish) : 0.7 * (bars - wish);
  return cost + (bars % 2 ? 0.6 : 0.3);
}

double kt_fit_cost_place(double weight, bool hard, int metre, int beat, bool phrase_start) {
  if (!beat) {
    return hard && weight >= STRONG && !phrase_start ? MID_PHRASE * weight : 0;
  }
  bool middle = metre % 2 == 0 ? beat * 2 == metre : metre % 3 == 0 && metre > 3 && beat % 3 == 0;
  double share = middle ? 0.5 : 1;
  if (!hard) {
    return SOFT_OFF_BAR * weight * share;
  }
  return weight >= STRONG ? STRONG_OFF_BAR * (0.9 + 0.1 * share) : WEAK_OFF_BAR * weight * share;
}

double kt_fit_cost_in_upbeat(const KtFitProblem *problem, double weight, int upbeat, int beat) {
  int metre = problem->metres[0];
  return kt_fit_cost_place(weight, false, metre, metre - upbeat + beat, false);
}

/// Where a beat of a solution lies in its bar.
typedef struct Place {
  int metre, beat;
  bool phrase_start;
} Place;

static Place place_of(const KtFitPath *path, int beat) {
  int start = path->upbeat;
  bool phrase = true;
  for (size_t i = 0; i < path->bars.count; ++i) {
    const KtFitBar *bar = &path->bars.items[i];
    if (beat < start + bar->beats) {
      return (Place){bar->beats, beat - start, beat == start && phrase};
    }
    start += bar->beats;
    phrase = bar->phrase_end;
  }
  return (Place){path->bars.items[path->bars.count - 1].beats, 0, true};
}

static double cost_of_bars(const KtFitProblem *problem, const KtFitPath *path) {
  double cost = 0;
  int before = 0, length = 0;
  for (size_t i = 0; i < path->bars.count; ++i) {
    int metre = 0;
    while (problem->metres[metre] != path->bars.items[i].beats) {
      ++metre;
    }
    cost += kt_fit_cost_bar(problem, before, metre);
    before = metre;
    ++length;
    if (path->bars.items[i].phrase_end) {
      cost += kt_fit_cost_phrase(problem, length);
      length = 0;
    }
  }
  return cost;
}

static double cost_of_softs(const KtFitProblem *problem, const KtFitPath *path, size_t from,
                            size_t to, const KtFitStretch *stretch) {
  double cost = 0, away;
  for (size_t i = 0; i < problem->softs.count; ++i) {
    const KtFitSoft *soft = &problem->softs.items[i];
    double start = problem->anchors.items[from].at_s;
    if (soft->at_s > start && soft->at_s < problem->anchors.items[to].at_s) {
      int beat = path->beats[from] + kt_fit_nearest_beat(stretch, soft->at_s - start, &away);
      if (beat < path->upbeat) {
        cost += kt_fit_cost_in_upbeat(problem, soft->weight, path->upbeat, beat);
        continue;
      }
      Place place = place_of(path, beat);
      cost += kt_fit_cost_place(soft->weight, false, place.metre, place.beat, place.phrase_start);
    }
  }
  return cost;
}

/// Of the beat that a stretch ends on: what the anchor's weight wants, and a phrase's end under a fermata.
static double cost_of_arrival(const KtFitProblem *problem, const KtFitPath *path, size_t to) {
  if (to + 1 == problem->anchors.count) {
    return 0;
  }
  Place place = place_of(path, path->beats[to]);
  if (path->manners[to] == KT_FIT_HELD && !(place.phrase_start && path->beats[to] > path->upbeat)) {
    return HUGE_VAL;
  }
  return kt_fit_cost_place(problem->anchors.items[to].weight, true, place.metre, place.beat,
                           place.phrase_start);
}

double kt_fit_cost(const KtFitProblem *problem, const KtFitPath *path) {
  double cost = cost_of_bars(problem, path);
  KtFitStretch before = {0};
  size_t from = 0;
  for (size_t to = 1; to < problem->anchors.count; ++to) {
    if (path->beats[to] < 0) {
      continue;
    }
    KtFitStretch stretch;
    int beats = path->beats[to] - path->beats[from];
    cost += kt_fit_cost_stretch(problem, from, to, beats, path->manners[to], &stretch);
    cost += cost_of_softs(problem, path, from, to, &stretch) + cost_of_arrival(problem, path, to);
    if (before.beats) {
      cost += kt_fit_cost_change(problem, &before, &stretch);
    } else if (path->upbeat > beats) {
      return HUGE_VAL; // nothing hard lies inside an upbeat
    } else {
      cost += kt_fit_cost_upbeat(problem, path->upbeat,
                                 kt_fit_arrives(problem, path->upbeat, to, beats));
    }
    before = stretch;
    from = to;
  }
  return cost;
}
