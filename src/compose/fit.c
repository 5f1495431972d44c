// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/fit.h"

#include "compose/fit_path.h"

#include <math.h>

/// A moment an upbeat leads to is strong, and gives way to what a person calls hard.
static const float ARRIVAL_WEIGHT = 0.8F;

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory while fitting bars");
}

/// The wished metre first, then what may stand in for it: a beat more or less, half, or a group.
static void choose_metres(const KtFitRequest *request, KtFitProblem *problem) {
  static const int simple[] = {2, 3, 4, 5}, compound[] = {3, 6, 9, 12};
  bool grouped = request->unit >= 8 && request->beats % 3 == 0;
  const int *others = grouped ? compound : simple;
  problem->metres[0] = request->beats;
  problem->metre_count = 1;
  for (int i = 0; i < 4 && problem->metre_count < KT_FIT_METRES; ++i) {
    if (others[i] != request->beats) {
      problem->metres[problem->metre_count++] = others[i];
    }
  }
}

static KtStatus add_hit(KtFitProblem *problem, const KtFitRequest *request, const KtFitHit *hit,
                        KtError *err) {
  double at = kt_seconds(hit->at);
  if (at < 0 || hit->at > request->length) {
    return KT_OK;
  }
  if (!hit->hard) {
    KtFitSoft *soft = kt_array_push(problem->arena, &problem->softs);
    if (!soft) {
      return no_memory(err);
    }
    double tolerance = hit->tolerance > 0 ? kt_seconds(hit->tolerance) : 4 * problem->half_frame_s;
    *soft = (KtFitSoft){.at_s = at, .tolerance_s = tolerance, .weight = (double)hit->weight};
    return KT_OK;
  }
  KtFitAnchor *before = &problem->anchors.items[problem->anchors.count - 1];
  if (at - before->at_s < problem->half_frame_s) {
    bool first = problem->anchors.count == 1;
    if (!first && (double)hit->weight > before->weight) { // the weightier one gives the moment
      *before = (KtFitAnchor){.at_s = at, .at = hit->at, .weight = (double)hit->weight};
    }
    return KT_OK;
  }
  if (kt_seconds(request->length) - at < problem->half_frame_s) {
    return KT_OK; // stands on the end
  }
  KtFitAnchor *anchor = kt_array_push(problem->arena, &problem->anchors);
  if (!anchor) {
    return no_memory(err);
  }
  *anchor = (KtFitAnchor){.at_s = at, .at = hit->at, .weight = (double)hit->weight};
  return KT_OK;
}

/// The hits, and among them the moment an upbeat leads to.
static KtStatus add_hits(KtFitProblem *problem, const KtFitRequest *request, KtError *err) {
  const KtFitHit arrival = {.at = request->arrival, .weight = ARRIVAL_WEIGHT, .hard = true};
  bool leads = request->upbeat == KT_FIT_UPBEAT_WANTED && request->arrival > 0;
  KtStatus status = KT_OK;
  for (size_t i = 0; i <= request->count && !status; ++i) {
    const KtFitHit *hit = i < request->count ? &request->hits[i] : NULL;
    if (leads && (!hit || hit->at >= arrival.at)) {
      leads = false;
      status = add_hit(problem, request, &arrival, err);
      size_t last = problem->anchors.count - 1;
      bool stands = fabs(problem->anchors.items[last].at_s - kt_seconds(arrival.at)) <= problem->half_frame_s;
      problem->arrival = stands ? last : 0;
    }
    status = hit && !status ? add_hit(problem, request, hit, err) : status;
  }
  return status;
}

KtStatus kt_fit_problem(KtArena *arena, const KtFitRequest *request, KtFitProblem *problem,
                        KtError *err) {
  double low = fmin(request->bpm_min, request->bpm_max);
  double high = fmax(request->bpm_min, request->bpm_max);
  if (request->length <= 0 || request->beats < 2 || request->beats > KT_FIT_BEATS_MAX ||
      request->unit < 1 || !(low > 0) || !(high < 1000) || !(request->bpm > 0)) {
    return kt_error_set(err, KT_ERR_ARGUMENT,
                        "cannot fit bars of %d/%d at %.1f..%.1f bpm to %.3f s: give a length, 2 to "
                        "12 beats and a tempo range",
                        request->beats, request->unit, low, high, kt_seconds(request->length));
  }
  double beats_a_minute = request->unit / 4.0; // times quarters
  double fps = request->rate.num > 0 && request->rate.den > 0 ? kt_rate_fps(request->rate) : 24;
  *problem = (KtFitProblem){.arena = arena,
                            .rate = fmin(fmax(request->bpm, low), high) * beats_a_minute / 60,
                            .rate_min = low * beats_a_minute / 60,
                            .rate_max = high * beats_a_minute / 60,
                            .change_max = fmax(request->change_max, 0.005),
                            .half_frame_s = 0.5 / fps,
                            .phrase_bars = request->phrase_bars > 0 ? request->phrase_bars : 4,
                            .upbeat = request->upbeat,
                            .fermata = request->fermata,
                            .stills = request->stills,
                            .still_count = request->still_count};
  if (problem->phrase_bars > KT_FIT_PHRASE_MAX) {
    problem->phrase_bars = problem->phrase_bars % 4 ? 3 : 4; // eight bars are two fours here
  }
  problem->log_rate = log(problem->rate);
  choose_metres(request, problem);
  if (!kt_array_push(arena, &problem->anchors)) {
    return no_memory(err);
  }
  KtStatus status = add_hits(problem, request, err);
  if (status) {
    return status;
  }
  KtFitAnchor *end = kt_array_push(arena, &problem->anchors);
  if (!end) {
    return no_memory(err);
  }
  *end = (KtFitAnchor){.at_s = kt_seconds(request->length), .at = request->length, .weight = 1};
  for (size_t i = 0, soft = 0; i < problem->anchors.count; ++i) {
    KtFitAnchor *anchor = &problem->anchors.items[i];
    while (soft < problem->softs.count && problem->softs.items[soft].at_s <= anchor->at_s) {
      ++soft;
    }
    anchor->soft = soft;
  }
  return KT_OK;
}

static bool write_metre(KtScore *score, KtTick tick, int beats, int unit) {
  KtMetre *metre = kt_array_push(score->arena, &score->metres);
  if (metre) {
    *metre = (KtMetre){tick, beats, unit};
  }
  return metre != NULL;
}

static bool write_bars(const KtFitRequest *request, const KtFitPath *path, KtScore *score,
                       KtFitPhrases *phrases) {
  KtTick beat = 4 * KT_PPQ / request->unit, tick = path->upbeat * beat;
  bool begins = true;
  int before = 0;
  score->metres.count = 0;
  if (path->upbeat) { // the rest of a bar whose line lies before the cue
    before = request->beats;
    if (!write_metre(score, tick - request->beats * beat, before, request->unit)) {
      return false;
    }
  }
  for (size_t i = 0; i < path->bars.count; ++i) {
    const KtFitBar *bar = &path->bars.items[i];
    if (bar->beats != before && !write_metre(score, tick, bar->beats, request->unit)) {
      return false;
    }
    before = bar->beats;
    if (begins && phrases) {
      KtTick *start = kt_array_push(score->arena, phrases);
      if (!start) {
        return false;
      }
      *start = tick;
    }
    begins = bar->phrase_end;
    tick += bar->beats * beat;
  }
  score->end = tick;
  return true;
}

/// Spans of the tempo map that are no measured time.
static bool write_spans(const KtFitRequest *request, const KtFitProblem *problem,
                        const KtFitPath *path, KtTempoMap *map, KtArena *arena) {
  KtTick beat = 4 * KT_PPQ / request->unit;
  size_t from = 0;
  map->holds.count = map->free.count = 0;
  for (size_t to = 1; to < problem->anchors.count; ++to) {
    if (path->beats[to] < 0) {
      continue;
    }
    KtTick start = path->beats[from] * beat, end = path->beats[to] * beat;
    KtFitManner manner = path->manners[to];
    from = to;
    KtTickSpan *last = map->free.count ? &map->free.items[map->free.count - 1] : NULL;
    if (manner == KT_FIT_FREE && last && last->end == start) {
      last->end = end;
      continue;
    }
    KtTickSpan *span = manner == KT_FIT_HELD   ? kt_array_push(arena, &map->holds)
                       : manner == KT_FIT_FREE ? kt_array_push(arena, &map->free)
                                               : NULL;
    if (span) {
      *span = (KtTickSpan){manner == KT_FIT_HELD ? end - beat : start, end};
    } else if (manner != KT_FIT_STEADY) {
      return false;
    }
  }
  return true;
}

static bool write_point(KtScore *score, KtTick tick, KtFilmTime time) {
  KtTempoPoint *point = kt_array_push(score->arena, &score->tempo.points);
  if (point) {
    *point = (KtTempoPoint){tick, time};
  }
  return point != NULL;
}

/// A point a beat where the tempo moves; where it stands still at the anchors alone, and before a fermata.
static bool write_tempo(const KtFitRequest *request, const KtFitProblem *problem,
                        const KtFitPath *path, const double *times, KtScore *score) {
  KtTick beat = 4 * KT_PPQ / request->unit;
  size_t last = problem->anchors.count - 1, from = 0;
  score->tempo.points.count = 0;
  bool written = write_point(score, 0, 0);
  for (size_t to = 1; to <= last && written; ++to) {
    if (path->beats[to] < 0) {
      continue;
    }
    size_t a = (size_t)path->beats[from], b = (size_t)path->beats[to];
    size_t even = path->manners[to] == KT_FIT_HELD ? b - 1 : b; // up to where one tempo may be
    double mean = even > a ? (times[even] - times[a]) / (double)(even - a) : 0;
    bool still = true;
    for (size_t i = a; i < even; ++i) {
      still = still && fabs(times[i + 1] - times[i] - mean) < 1e-6 * mean;
    }
    for (size_t i = a + 1; i <= b && written; ++i) {
      bool end_exact = to == last && fabs(path->end_s - problem->anchors.items[last].at_s) < 1e-9;
      bool exact = i == b && (to < last || end_exact);
      written = (still && i != even && i != b) ||
                write_point(score, (KtTick)i * beat,
                            exact ? problem->anchors.items[to].at : kt_film_time(times[i]));
    }
    from = to;
  }
  return written && write_spans(request, problem, path, &score->tempo, score->arena);
}

/// Every hit's beat: the one it was given, else the nearest by the finished tempo map.
static bool write_hits(const KtFitRequest *request, const KtFitProblem *problem,
                       const double *times, size_t beats, KtScore *score) {
  KtTick beat = 4 * KT_PPQ / request->unit;
  score->hits.count = 0;
  for (size_t i = 0; i < request->count; ++i) {
    const KtFitHit *hit = &request->hits[i];
    double at = kt_seconds(hit->at);
    size_t best = 0;
    for (size_t k = 1; k < beats; ++k) {
      best = fabs(times[k] - at) < fabs(times[best] - at) ? k : best;
    }
    double tolerance = hit->hard            ? problem->half_frame_s
                       : hit->tolerance > 0 ? kt_seconds(hit->tolerance)
                                            : 4 * problem->half_frame_s;
    KtScoreHit *out = kt_array_push(score->arena, &score->hits);
    if (!out) {
      return false;
    }
    *out = (KtScoreHit){.hit = hit->index, .tick = (KtTick)best * beat, .met = fabs(times[best] - at) <= tolerance};
  }
  return true;
}

typedef struct Constant {
  int near, missed;
  double off_frames; // mean
} Constant;

/// What one tempo from the in would do with the hard hits: how many it misses by more than a frame,
/// how many nearly (by more than half a frame), and by how much.
static Constant measure_constant(const KtFitRequest *request, double bpm, double frame_s) {
  double step = 60 / bpm * 4 / request->unit, sum = 0;
  int counted = 0;
  Constant result = {0};
  for (size_t i = 0; i < request->count; ++i) {
    const KtFitHit *hit = &request->hits[i];
    if (hit->hard) {
      double at = kt_seconds(hit->at) / step;
      double off = fabs(at - nearbyint(at)) * step / frame_s;
      sum += off;
      result.missed += off > 1;
      result.near += off > 0.5 && off <= 1;
      ++counted;
    }
  }
  result.off_frames = counted ? sum / counted : 0;
  return result;
}

static bool better(Constant a, Constant b) {
  if (a.missed != b.missed) {
    return a.missed < b.missed;
  }
  return a.near != b.near ? a.near < b.near : a.off_frames < b.off_frames - 1e-9;
}

static void compare_constant(const KtFitRequest *request, double frame_s, KtScore *score) {
  double low = fmin(request->bpm_min, request->bpm_max);
  double high = fmax(request->bpm_min, request->bpm_max);
  double nearest = fmin(fmax(request->bpm, low), high);
  score->bpm_least = low;
  score->bpm_most = high;
  score->constant_bpm = nearest;
  Constant best = measure_constant(request, nearest, frame_s);
  for (int tenth = (int)ceil(low * 10); tenth <= (int)floor(high * 10); ++tenth) {
    Constant now = measure_constant(request, tenth / 10.0, frame_s);
    if (better(now, best)) {
      score->constant_bpm = tenth / 10.0;
      best = now;
    }
  }
  score->constant_missed = best.missed;
  score->constant_near = best.near;
  score->constant_off_frames = best.off_frames;
}

KtStatus kt_fit_time_phrases(const KtFitRequest *request, KtScore *score, KtFitPhrases *phrases,
                             KtError *err) {
  KtArena *scratch = kt_arena_new();
  if (!scratch) {
    return no_memory(err);
  }
  KtFitProblem problem;
  KtFitPath path = {0};
  KtStatus status = kt_fit_problem(scratch, request, &problem, err);
  if (!status) {
    status = kt_fit_shortest(&problem, &path, err);
  }
  size_t beats = 0;
  double *times = status ? NULL : kt_fit_smooth(&problem, &path, &beats);
  if (!status && (!times || !write_bars(request, &path, score, phrases) ||
                  !write_tempo(request, &problem, &path, times, score) ||
                  !write_hits(request, &problem, times, beats, score))) {
    status = no_memory(err);
  }
  if (!status) {
    compare_constant(request, 2 * problem.half_frame_s, score);
  }
  kt_arena_free(scratch);
  return status;
}

KtStatus kt_fit_time(const KtFitRequest *request, KtScore *score, KtError *err) {
  return kt_fit_time_phrases(request, score, NULL, err);
}
