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

double kt_fit_cost_left_out(const KtFitProblem *problem, size_t from, size_t to) {
  double cost = 0;
  for (size_t i = from + 1; i < to; ++i) {
    cost += HIT_LEFT_OUT * (0.25 + problem->anchors.items[i].weight);
  }
  return cost;
}

double kt_fit_cost_stretch(const KtFitProblem *problem, size_t from, size_t to, int beats,
                           double *rate) {
  const KtFitAnchor *a = &problem->anchors.items[from], *b = &problem->anchors.items[to];
  bool last = to + 1 == problem->anchors.count;
  double seconds = b->at_s - a->at_s, cost = 0;
  double exact = beats / seconds;
  *rate = exact;
  if (exact < problem->rate_min * (1 - 1e-9) || exact > problem->rate_max * (1 + 1e-9)) {
    if (!last) {
      return HUGE_VAL;
    }
    *rate = exact < problem->rate_min ? problem->rate_min : problem->rate_max;
    double off = fabs(beats / *rate - seconds) * problem->rate;
    if (off > problem->metres[0]) { // a bar at most
      return HUGE_VAL;
    }
    cost += END_OFF * off;
  }
  double off = log(*rate / problem->rate);
  cost += TEMPO_OFF * beats * off * off;
  cost += kt_fit_cost_left_out(problem, from, to);
  for (size_t i = 0; i < problem->softs.count; ++i) {
    const KtFitSoft *soft = &problem->softs.items[i];
    if (soft->at_s > a->at_s && soft->at_s < b->at_s) {
      double at = (soft->at_s - a->at_s) * *rate;
      double miss = fabs(at - nearbyint(at)) / *rate / soft->tolerance_s;
      double charge = SOFT_OFF_BEAT * miss * miss;
      cost += soft->weight * (charge < SOFT_OFF_MOST ? charge : SOFT_OFF_MOST);
    }
  }
  return cost;
}

double kt_fit_cost_change(const KtFitProblem *problem, double rate, int beats, double next_rate,
                          int next_beats) {
  double bars = (beats + next_beats) * 0.5 / problem->metres[0];
  double step = fabs(log(next_rate / rate)) / (problem->change_max * (bars > 1 ? bars : 1));
  double over = step > 1 ? step - 1 : 0;
  return step * step + 4 * over * over;
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

/// Where a beat of a solution lies in its bar.
typedef struct Place {
  int metre, beat;
  bool phrase_start;
} Place;

static Place place_of(const KtFitPath *path, int beat) {
  int start = 0;
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
                            size_t to, double rate) {
  double cost = 0;
  for (size_t i = 0; i < problem->softs.count; ++i) {
    const KtFitSoft *soft = &problem->softs.items[i];
    double start = problem->anchors.items[from].at_s;
    if (soft->at_s > start && soft->at_s < problem->anchors.items[to].at_s) {
      int beat = (int)nearbyint((soft->at_s - start) * rate);
      int stretch = path->beats[to] - path->beats[from];
      Place place = place_of(path, path->beats[from] + (beat < stretch ? beat : stretch));
      cost += kt_fit_cost_place(soft->weight, false, place.metre, place.beat, place.phrase_start);
    }
  }
  return cost;
}

double kt_fit_cost(const KtFitProblem *problem, const KtFitPath *path) {
  double cost = cost_of_bars(problem, path), rate_before = 0;
  int beats_before = 0;
  size_t from = 0;
  for (size_t to = 1; to < problem->anchors.count; ++to) {
    if (path->beats[to] < 0) {
      continue;
    }
    double rate = 0;
    int beats = path->beats[to] - path->beats[from];
    cost += kt_fit_cost_stretch(problem, from, to, beats, &rate);
    cost += cost_of_softs(problem, path, from, to, rate);
    if (beats_before) {
      cost += kt_fit_cost_change(problem, rate_before, beats_before, rate, beats);
    }
    if (to + 1 < problem->anchors.count) {
      Place place = place_of(path, path->beats[to]);
      cost += kt_fit_cost_place(problem->anchors.items[to].weight, true, place.metre, place.beat,
                                place.phrase_start);
    }
    rate_before = rate;
    beats_before = beats;
    from = to;
  }
  return cost;
}
