// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/fit_path.h"

#include <math.h>
#include <string.h>

// The path runs over edges: a stretch of so many beats from one anchor to a later one. What an edge
// may follow matters (the tempo before it), so each keeps, for every place in bar and phrase, the
// least cost of arriving there. Edges that cannot be part of a solution cheaper than `limit` are
// left out by bounds from the tempo alone; a result within the limit is therefore the least of all,
// and one above it is the limit of the next try.

enum { STATES_MAX = KT_FIT_METRES * KT_FIT_BEATS_MAX * KT_FIT_PHRASE_MAX };

typedef struct Edge {
  size_t from, to;
  KtFitStretch stretch;
  double cost;
  double *arrive; ///< by state, at its end
} Edge;

/// The place before a cue's first bar line, in lists of where a place was come from.
enum { IN_UPBEAT = -2 };

typedef struct Search {
  const KtFitProblem *problem;
  KtArena *arena;
  int base[KT_FIT_METRES]; ///< first place of each metre
  int states;
  double phrase_cost[KT_FIT_PHRASE_MAX + 1];
  KT_ARRAY(Edge) edges; ///< by `to`, then `from`, then beats
  size_t *first;        ///< first edge that ends at an anchor; one more at the end
  double limit;
} Search;

static int state_of(const Search *search, int metre, int beat, int bars) {
  return (search->base[metre] + beat) * KT_FIT_PHRASE_MAX + bars;
}

/// Least and most beats worth trying between two anchors.
static void beats_between(const KtFitProblem *problem, size_t from, size_t to, int *least,
                          int *most) {
  double seconds = problem->anchors.items[to].at_s - problem->anchors.items[from].at_s;
  double wide = problem->still_count ? 1.5 : 1;
  *least = (int)ceil(seconds * problem->rate_min / wide - 1e-6);
  *most = (int)floor(seconds * problem->rate_max * wide + 1e-6);
  if (problem->fermata != KT_FIT_FERMATA_NEVER) {
    *least -= 2; // the time of a fermata's beats
  }
  if (to + 1 == problem->anchors.count) { // the end may miss its bar line
    *least -= KT_FIT_BEATS_MAX;
    *most += KT_FIT_BEATS_MAX;
  }
  *least = *least < 1 ? 1 : *least;
}

/// Lower bounds by tempo alone: from the start to each anchor, and from each to the end.
static bool bounds(const KtFitProblem *problem, double limit, double *start, double *end) {
  size_t count = problem->anchors.count;
  for (size_t i = 0; i < count; ++i) {
    start[i] = i ? HUGE_VAL : 0;
    end[i] = i + 1 < count ? HUGE_VAL : 0;
  }
  for (int forward = 1; forward >= 0; --forward) {
    for (size_t k = 1; k < count; ++k) {
      size_t here = forward ? k : count - 1 - k;
      double best = HUGE_VAL;
      for (size_t gap = 1; forward ? gap <= here : here + gap < count; ++gap) {
        size_t from = forward ? here - gap : here, to = forward ? here : here + gap;
        double known = forward ? start[from] : end[to];
        if (kt_fit_cost_left_out(problem, from, to) > limit) {
          break;
        }
        if (known == HUGE_VAL) {
          continue;
        }
        int least, most;
        beats_between(problem, from, to, &least, &most);
        for (int beats = least; beats <= most; ++beats) {
          for (KtFitManner manner = 0; manner < KT_FIT_MANNERS; ++manner) {
            KtFitStretch stretch;
            double cost = known + kt_fit_cost_stretch(problem, from, to, beats, manner, &stretch);
            best = cost < best ? cost : best;
          }
        }
      }
      *(forward ? &start[here] : &end[here]) = best;
    }
  }
  return start[count - 1] < HUGE_VAL;
}

/// The ways of so many beats between two anchors that may be part of what is sought.
static bool add_edges(Search *search, size_t from, size_t to, int beats, double bound) {
  for (KtFitManner manner = 0; manner < KT_FIT_MANNERS; ++manner) {
    KtFitStretch stretch;
    double cost = kt_fit_cost_stretch(search->problem, from, to, beats, manner, &stretch);
    if (cost + bound <= search->limit + 1e-9) {
      Edge *edge = kt_array_push(search->arena, &search->edges);
      if (!edge) {
        return false;
      }
      *edge = (Edge){.from = from, .to = to, .stretch = stretch, .cost = cost};
    }
  }
  return true;
}

static void collect_edges(Search *search, const double *start, const double *end) {
  const KtFitProblem *problem = search->problem;
  search->edges.count = 0;
  for (size_t to = 1; to < problem->anchors.count; ++to) {
    search->first[to] = search->edges.count;
    for (size_t from = to; from-- > 0;) {
      if (kt_fit_cost_left_out(problem, from, to) > search->limit) {
        break;
      }
      if (!(start[from] + end[to] <= search->limit)) {
        continue;
      }
      int least, most;
      beats_between(problem, from, to, &least, &most);
      for (int beats = least; beats <= most; ++beats) {
        if (!add_edges(search, from, to, beats, start[from] + end[to])) {
          return;
        }
      }
    }
  }
  search->first[problem->anchors.count] = search->edges.count;
}

/// Costs of departing along `edge` from every state: the least over what arrives where it starts.
static void depart(const Search *search, const Edge *edge, double *cost, size_t *came) {
  for (int s = 0; s < search->states; ++s) {
    cost[s] = HUGE_VAL;
    came[s] = SIZE_MAX;
  }
  if (!edge->from) {
    cost[state_of(search, 0, 0, 0)] = edge->cost + kt_fit_cost_upbeat(search->problem, 0, false);
    return;
  }
  for (size_t i = search->first[edge->from]; i < search->first[edge->from + 1]; ++i) {
    const Edge *before = &search->edges.items[i];
    if (!before->arrive) {
      continue;
    }
    double step = edge->cost + kt_fit_cost_change(search->problem, &before->stretch, &edge->stretch);
    for (int s = 0; s < search->states; ++s) {
      if (before->arrive[s] + step < cost[s]) {
        cost[s] = before->arrive[s] + step;
        came[s] = i;
      }
    }
  }
}

static void better(double *costs, int16_t *parents, int state, double cost, int parent) {
  if (cost < costs[state]) {
    costs[state] = cost;
    parents[state] = (int16_t)parent;
  }
}

/// One beat on: choose the next bar's metre on a bar line, close or continue the phrase at its end.
static void beat_on(const Search *search, const double *now, double *next, int16_t *parents) {
  const KtFitProblem *problem = search->problem;
  for (int s = 0; s < search->states; ++s) {
    next[s] = HUGE_VAL;
    parents[s] = -1;
  }
  for (int metre = 0; metre < problem->metre_count; ++metre) {
    int beats = problem->metres[metre];
    for (int bars = 0; bars < KT_FIT_PHRASE_MAX; ++bars) {
      int line = state_of(search, metre, 0, bars);
      for (int other = 0; now[line] < HUGE_VAL && other < problem->metre_count; ++other) {
        better(next, parents, state_of(search, other, 1, bars),
               now[line] + kt_fit_cost_bar(problem, metre, other), line);
      }
      for (int beat = 1; beat < beats; ++beat) {
        int here = state_of(search, metre, beat, bars);
        if (now[here] == HUGE_VAL) {
          continue;
        }
        if (beat + 1 < beats) {
          better(next, parents, state_of(search, metre, beat + 1, bars), now[here], here);
          continue;
        }
        better(next, parents, state_of(search, metre, 0, 0),
               now[here] + search->phrase_cost[bars + 1], here);
        if (bars + 1 < KT_FIT_PHRASE_MAX) {
          better(next, parents, state_of(search, metre, 0, bars + 1), now[here], here);
        }
      }
    }
  }
}

static void charge_place(const Search *search, double *costs, double weight, bool hard) {
  const KtFitProblem *problem = search->problem;
  for (int metre = 0; metre < problem->metre_count; ++metre) {
    for (int beat = 0; beat < problem->metres[metre]; ++beat) {
      for (int bars = 0; bars < KT_FIT_PHRASE_MAX; ++bars) {
        costs[state_of(search, metre, beat, bars)] +=
            kt_fit_cost_place(weight, hard, problem->metres[metre], beat, !bars);
      }
    }
  }
}

/// Soft hits whose beat is the `beat`-th of the edge.
static void charge_softs(const Search *search, const Edge *edge, int beat, double *costs) {
  const KtFitProblem *problem = search->problem;
  double start = problem->anchors.items[edge->from].at_s, away;
  double end = problem->anchors.items[edge->to].at_s;
  for (size_t i = problem->anchors.items[edge->from].soft;
       i < problem->softs.count && problem->softs.items[i].at_s < end; ++i) {
    const KtFitSoft *soft = &problem->softs.items[i];
    if (kt_fit_nearest_beat(&edge->stretch, soft->at_s - start, &away) == beat) {
      charge_place(search, costs, soft->weight, false);
    }
  }
}

/// The first bar line may stand here, after an upbeat of so many beats.
static void leave_upbeat(const Search *search, const Edge *edge, int upbeat, double *costs,
                         int16_t *parents) {
  const KtFitProblem *problem = search->problem;
  const KtFitStretch *stretch = &edge->stretch;
  bool whole = upbeat == stretch->beats; // then a bar has to follow, and a phrase before a fermata
  if (whole && (edge->to + 1 == problem->anchors.count || stretch->manner == KT_FIT_HELD)) {
    return;
  }
  double cost = kt_fit_cost_upbeat(problem, upbeat,
                                   kt_fit_arrives(problem, upbeat, edge->to, stretch->beats));
  double end_s = problem->anchors.items[edge->to].at_s, away;
  for (size_t i = 0; cost < HUGE_VAL && i < problem->softs.count; ++i) {
    const KtFitSoft *soft = &problem->softs.items[i];
    int beat = soft->at_s > 0 && soft->at_s < end_s
                   ? kt_fit_nearest_beat(stretch, soft->at_s, &away) : upbeat;
    cost += beat < upbeat ? kt_fit_cost_in_upbeat(problem, soft->weight, upbeat, beat) : 0;
  }
  better(costs, parents, state_of(search, 0, 0, 0), edge->cost + cost, IN_UPBEAT);
}

/// A fermata is a phrase's last beat.
static void end_phrase(const Search *search, double *costs) {
  for (int s = 0; s < search->states; ++s) {
    bool line = false;
    for (int metre = 0; metre < search->problem->metre_count; ++metre) {
      line = line || s == state_of(search, metre, 0, 0);
    }
    costs[s] = line ? costs[s] : HUGE_VAL;
  }
}

/// Run along an edge. `parents` has states * beats entries, or NULL where nobody asks.
static void run(const Search *search, const Edge *edge, double *costs, int16_t *parents) {
  double next[STATES_MAX];
  int16_t dropped[STATES_MAX];
  bool softs = search->problem->softs.count > 0;
  if (softs) {
    charge_softs(search, edge, 0, costs);
  }
  for (int beat = 1; beat <= edge->stretch.beats; ++beat) {
    int16_t *to = parents ? parents + (size_t)(beat - 1) * (size_t)search->states : dropped;
    beat_on(search, costs, next, to);
    if (!edge->from && beat < search->problem->metres[0]) {
      leave_upbeat(search, edge, beat, next, to);
    }
    memcpy(costs, next, sizeof(*costs) * (size_t)search->states);
    if (softs) {
      charge_softs(search, edge, beat, costs);
    }
  }
  if (edge->to + 1 < search->problem->anchors.count) {
    if (edge->stretch.manner == KT_FIT_HELD) {
      end_phrase(search, costs);
    }
    charge_place(search, costs, search->problem->anchors.items[edge->to].weight, true);
  }
}

/// Bars from the places after each beat, given last beat first; what is left before them is an upbeat.
static bool make_bars(const Search *search, const int *states, size_t total, KtFitPath *path) {
  const KtFitProblem *problem = search->problem;
  int length = 0;
  for (size_t beat = total; beat > 0; --beat) {
    ++length;
    int place = states[beat - 1] / KT_FIT_PHRASE_MAX;
    int bars = states[beat - 1] % KT_FIT_PHRASE_MAX;
    for (int metre = 0; metre < problem->metre_count; ++metre) {
      if (place == search->base[metre]) {
        KtFitBar *bar = kt_array_push(problem->arena, &path->bars);
        if (!bar) {
          return false;
        }
        *bar = (KtFitBar){.beats = length, .phrase_end = !bars};
        length = 0;
      }
    }
  }
  return true;
}

static int best_end(const Search *search, const double *arrive) {
  int state = 0;
  for (int metre = 1; metre < search->problem->metre_count; ++metre) {
    int other = state_of(search, metre, 0, 0);
    state = arrive[other] < arrive[state] ? other : state;
  }
  return state;
}

/// Walk back from the end; false when memory is out.
static bool trace(const Search *search, size_t last, KtFitPath *path) {
  const KtFitProblem *problem = search->problem;
  double costs[STATES_MAX];
  size_t came[STATES_MAX];
  KT_ARRAY(int) states = {0};
  int state = best_end(search, search->edges.items[last].arrive);
  for (size_t i = 0; i < problem->anchors.count; ++i) {
    path->beats[i] = -1;
  }
  path->upbeat = 0;
  for (size_t e = last; e != SIZE_MAX; e = path->upbeat ? SIZE_MAX : came[state]) {
    const Edge *edge = &search->edges.items[e];
    size_t size = (size_t)edge->stretch.beats * (size_t)search->states;
    int16_t *parents = KT_NEW(search->arena, int16_t, size);
    if (!parents) {
      return false;
    }
    depart(search, edge, costs, came);
    run(search, edge, costs, parents);
    path->beats[edge->to] = edge->stretch.beats; // of the stretch for now
    path->manners[edge->to] = edge->stretch.manner;
    for (int beat = edge->stretch.beats; beat > 0; --beat) {
      int parent = parents[(size_t)(beat - 1) * (size_t)search->states + (size_t)state];
      if (parent == IN_UPBEAT) {
        path->upbeat = beat;
        break;
      }
      int *pushed = kt_array_push(search->arena, &states);
      if (!pushed) {
        return false;
      }
      *pushed = state;
      state = parent;
    }
  }
  path->beats[0] = 0;
  for (size_t i = 1, at = 0; i < problem->anchors.count; ++i) {
    if (path->beats[i] >= 0) {
      at += (size_t)path->beats[i];
      path->beats[i] = (int)at;
    }
  }
  const Edge *edge = &search->edges.items[last];
  path->end_s = problem->anchors.items[edge->from].at_s +
                edge->stretch.beats / edge->stretch.rate + edge->stretch.hold_s;
  return make_bars(search, states.items, states.count, path);
}

/// Index of the best last edge, SIZE_MAX where nothing arrives on a bar line.
static size_t search_edges(Search *search, double *least) {
  const KtFitProblem *problem = search->problem;
  double costs[STATES_MAX];
  size_t came[STATES_MAX], best = SIZE_MAX;
  *least = HUGE_VAL;
  for (size_t i = 0; i < search->edges.count; ++i) {
    Edge *edge = &search->edges.items[i];
    depart(search, edge, costs, came);
    run(search, edge, costs, NULL);
    edge->arrive = KT_NEW(search->arena, double, (size_t)search->states);
    if (!edge->arrive) {
      return SIZE_MAX;
    }
    memcpy(edge->arrive, costs, sizeof(*costs) * (size_t)search->states);
    for (int metre = 0; edge->to + 1 == problem->anchors.count && metre < problem->metre_count;
         ++metre) {
      double cost = costs[state_of(search, metre, 0, 0)];
      if (cost < *least) {
        *least = cost;
        best = i;
      }
    }
  }
  return best;
}

KtStatus kt_fit_shortest(const KtFitProblem *problem, KtFitPath *path, KtError *err) {
  size_t count = problem->anchors.count;
  Search search = {.problem = problem, .arena = kt_arena_new()};
  double *start = KT_NEW(search.arena, double, count), *end = KT_NEW(search.arena, double, count);
  search.first = KT_NEW(search.arena, size_t, count + 1);
  path->beats = KT_NEW(problem->arena, int, count);
  path->manners = KT_NEW(problem->arena, KtFitManner, count);
  bool memory = start && end && search.first && path->beats && path->manners;
  for (int metre = 0, places = 0; metre < problem->metre_count; ++metre) {
    search.base[metre] = places;
    places += problem->metres[metre];
    search.states = places * KT_FIT_PHRASE_MAX;
  }
  for (int bars = 1; bars <= KT_FIT_PHRASE_MAX; ++bars) {
    search.phrase_cost[bars] = kt_fit_cost_phrase(problem, bars);
  }
  double reach = 0; // of hits left out, until the tempo alone finds a way
  while (memory && !bounds(problem, reach, start, end)) {
    reach = reach * 2 + 4000;
  }
  double room = 20 + 3.5 * (double)count; // above what the tempo alone costs
  double least = memory ? start[count - 1] : 0;
  search.limit = least + room;
  while (memory) {
    double cost = HUGE_VAL;
    memory = bounds(problem, search.limit, start, end);
    collect_edges(&search, start, end);
    size_t last = search_edges(&search, &cost);
    memory = memory && !kt_arena_failed(search.arena);
    if (memory && cost <= search.limit) {
      path->cost = cost;
      memory = trace(&search, last, path);
      break;
    }
    room *= 3;
    search.limit = cost < HUGE_VAL ? cost + 1e-6 : least + room;
  }
  kt_arena_free(search.arena);
  return memory ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory while fitting bars");
}
