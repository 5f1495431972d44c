// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"
#include "compose/fit.h"
#include "compose/fit_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

static const KtRate film_rate = {24, 1};

static KtFitRequest request_of(const KtFitHit *hits, size_t count, double length_s) {
  return (KtFitRequest){.hits = hits,
                        .count = count,
                        .length = kt_film_time(length_s),
                        .bpm = 96,
                        .bpm_min = 76,
                        .bpm_max = 120,
                        .change_max = 0.06,
                        .beats = 4,
                        .unit = 4,
                        .phrase_bars = 4,
                        .rate = film_rate};
}

static KtScore *new_score(void) {
  KtArena *arena = kt_arena_new();
  KtScore *score = KT_NEW(arena, KtScore, 1);
  score->arena = arena;
  return score;
}

/// What every fit must keep: a map that rises, bars that tile, an end on a bar line.
static void check_score(const KtFitRequest *request, const KtScore *score) {
  const KtTempoMap *map = &score->tempo;
  assert_true(map->points.count >= 2);
  assert_int_equal(map->points.items[0].tick, 0);
  assert_int_equal(map->points.items[0].time, 0);
  for (size_t i = 1; i < map->points.count; ++i) {
    assert_true(map->points.items[i].tick > map->points.items[i - 1].tick);
    assert_true(map->points.items[i].time > map->points.items[i - 1].time);
    KtTick ticks = map->points.items[i].tick - map->points.items[i - 1].tick;
    double seconds = kt_seconds(map->points.items[i].time - map->points.items[i - 1].time);
    double bpm = (double)ticks / KT_PPQ * 60 / seconds;
    assert_true(bpm > request->bpm_min * 0.999 && bpm < request->bpm_max * 1.001);
  }
  assert_int_equal(map->points.items[map->points.count - 1].tick, score->end);
  assert_int_equal(score->metres.items[0].tick, 0);
  int bar = 0;
  double beat = 0;
  kt_metres_position(&score->metres, score->end, &bar, &beat);
  assert_true(bar >= 2);
  assert_true(fabs(beat - 1) < 1e-9);
  assert_int_equal(score->hits.count, request->count);
}

static void test_hits_stand_on_beats(void **state) {
  (void)state;
  KtFitHit hits[] = {{.at = kt_film_time(4.3), .weight = 0.9F, .hard = true, .index = 7},
                     {.at = kt_film_time(11.125), .weight = 0.4F, .hard = true, .index = 8},
                     {.at = kt_film_time(17.7), .weight = 0.8F, .hard = true, .index = 9}};
  KtFitRequest request = request_of(hits, 3, 31.4);
  KtScore *score = new_score();
  KtError err = {0};
  assert_int_equal(kt_fit_time(&request, score, &err), KT_OK);
  check_score(&request, score);
  for (size_t i = 0; i < 3; ++i) {
    const KtScoreHit *hit = &score->hits.items[i];
    assert_int_equal(hit->hit, hits[i].index);
    assert_true(hit->met);
    assert_int_equal(hit->tick % KT_PPQ, 0);
    assert_int_equal(kt_tempo_time(&score->tempo, hit->tick), hits[i].at);
    int bar = 0;
    double beat = 0;
    kt_metres_position(&score->metres, hit->tick, &bar, &beat);
    if (hits[i].weight >= 0.75F) {
      assert_true(fabs(beat - 1) < 1e-9);
    }
  }
  assert_int_equal(kt_tempo_time(&score->tempo, score->end), request.length);
  kt_score_free(score);
}

static void test_impossible_pair_keeps_one(void **state) {
  (void)state;
  KtFitHit hits[] = {{.at = kt_film_time(6), .weight = 0.5F, .hard = true},
                     {.at = kt_film_time(6.25), .weight = 0.9F, .hard = true, .index = 1}};
  KtFitRequest request = request_of(hits, 2, 20);
  KtScore *score = new_score();
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  check_score(&request, score);
  assert_false(score->hits.items[0].met);
  assert_true(score->hits.items[1].met);
  assert_int_equal(kt_tempo_time(&score->tempo, score->hits.items[1].tick), hits[1].at);
  kt_score_free(score);
}

static void test_any_length_has_a_bar(void **state) {
  (void)state;
  static const double lengths[] = {0.04, 0.3, 1, 2, 3.7, 7, 29.9, 61.3, 240, 600};
  static const int metres[][2] = {{4, 4}, {3, 4}, {6, 8}, {12, 8}, {2, 2}, {5, 4}, {7, 8}};
  for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); ++i) {
    for (size_t m = 0; m < sizeof(metres) / sizeof(*metres); ++m) {
      KtFitRequest request = request_of(NULL, 0, lengths[i]);
      request.beats = metres[m][0];
      request.unit = metres[m][1];
      KtScore *score = new_score();
      assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
      check_score(&request, score);
      if (lengths[i] > 5) {
        assert_int_equal(kt_tempo_time(&score->tempo, score->end), request.length);
        assert_int_equal(score->metres.items[0].beats, metres[m][0]);
      }
      kt_score_free(score);
    }
  }
}

static void test_bad_requests(void **state) {
  (void)state;
  KtScore *score = new_score();
  KtFitRequest request = request_of(NULL, 0, 0);
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_ERR_ARGUMENT);
  request = request_of(NULL, 0, 4);
  request.beats = 0;
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_ERR_ARGUMENT);
  request = request_of(NULL, 0, 4);
  request.bpm_min = 0;
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_ERR_ARGUMENT);
  kt_score_free(score);
}

static void test_phrases_are_whole_without_hits(void **state) {
  (void)state;
  KtFitRequest request = request_of(NULL, 0, 81); // 32 bars at 94.8
  KtScore *score = new_score();
  KtFitPhrases phrases = {0};
  assert_int_equal(kt_fit_time_phrases(&request, score, &phrases, NULL), KT_OK);
  assert_int_equal(score->metres.count, 1);
  assert_int_equal(score->tempo.points.count, 2); // one tempo
  for (size_t i = 0; i < phrases.count; ++i) {
    assert_int_equal(phrases.items[i], (KtTick)i * 16 * KT_PPQ);
  }
  assert_int_equal(score->end, (KtTick)phrases.count * 16 * KT_PPQ);
  kt_score_free(score);
}

static void test_tempo_turns_smoothly(void **state) {
  (void)state;
  // Both stretches of eight bars want another tempo; the turn from one to the other is spread.
  KtFitHit hits[] = {{.at = kt_film_time(21), .weight = 0.9F, .hard = true}};
  KtFitRequest request = request_of(hits, 1, 39.5);
  KtScore *score = new_score();
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  check_score(&request, score);
  double before = 0;
  for (KtTick tick = 0; tick < score->end; tick += 4 * KT_PPQ) {
    double bpm = kt_tempo_bpm(&score->tempo, tick);
    if (tick) {
      assert_true(fabs(log(bpm / before)) < 0.06);
    }
    before = bpm;
  }
  kt_score_free(score);
}

static void test_soft_hits_draw_the_beats(void **state) {
  (void)state;
  KtRng rng = kt_rng(5, "test/fit");
  double far = 0, plain = 0;
  int soft = 0, met = 0;
  for (int round = 0; round < 30; ++round) {
    KtFitHit hits[8] = {0};
    double at = 2;
    for (int i = 0; i < 8; ++i) {
      at += 3 + 5 * kt_rng_unit(&rng);
      hits[i] = (KtFitHit){kt_film_time(at), 0.6F, i % 4 == 3, i, kt_film_time(0.2)};
    }
    KtFitRequest request = request_of(hits, 8, at + 6);
    KtScore *score = new_score();
    assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
    check_score(&request, score);
    for (size_t i = 0; i < 8; ++i) {
      if (!hits[i].hard) {
        far +=
            fabs(kt_seconds(kt_tempo_time(&score->tempo, score->hits.items[i].tick) - hits[i].at));
        plain += 0.25 * 60 / request.bpm; // what chance gives: a quarter of a beat
        met += score->hits.items[i].met;
        ++soft;
      }
    }
    kt_score_free(score);
  }
  assert_true(far < 0.6 * plain);
  assert_true(met * 10 >= soft * 9);
}

static void test_upbeat_leads_to_its_moment(void **state) {
  (void)state;
  KtFitHit hits[] = {{.at = kt_film_time(9.25), .weight = 0.9F, .hard = true}};
  KtFitRequest request = request_of(hits, 1, 30);
  request.upbeat = KT_FIT_UPBEAT_WANTED;
  request.arrival = kt_film_time(1.25);
  KtScore *score = new_score();
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  KtTick upbeat = kt_metres_upbeat(&score->metres);
  assert_int_equal(upbeat, 2 * KT_PPQ); // two beats at 96
  assert_int_equal(kt_tempo_time(&score->tempo, upbeat), request.arrival);
  int bar;
  double beat;
  kt_metres_position(&score->metres, 0, &bar, &beat);
  assert_int_equal(bar, 0);
  assert_true(fabs(beat - 3) < 1e-9);
  kt_metres_position(&score->metres, upbeat, &bar, &beat);
  assert_int_equal(bar, 1);
  assert_true(fabs(beat - 1) < 1e-9);
  assert_int_equal(kt_metres_bar_end(&score->metres, 0), upbeat);
  assert_int_equal(kt_metres_bar_start(&score->metres, 1), upbeat);
  assert_true(score->hits.items[0].met);
  request.upbeat = KT_FIT_UPBEAT_NEVER;
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  assert_int_equal(kt_metres_upbeat(&score->metres), 0);
  kt_score_free(score);
}

static void test_fermata_holds_a_phrase_end(void **state) {
  (void)state;
  // Between the two a phrase of four bars at 96 and a second and a bit that no tempo should eat.
  KtFitHit hits[] = {{.at = kt_film_time(10), .weight = 0.9F, .hard = true},
                     {.at = kt_film_time(21.0), .weight = 0.9F, .hard = true}};
  KtFitRequest request = request_of(hits, 2, 31);
  request.bpm_min = 93;
  request.bpm_max = 99;
  request.fermata = KT_FIT_FERMATA_MAY;
  KtScore *score = new_score();
  KtFitPhrases phrases = {0};
  assert_int_equal(kt_fit_time_phrases(&request, score, &phrases, NULL), KT_OK);
  assert_int_equal(score->tempo.holds.count, 1);
  KtTickSpan held = score->tempo.holds.items[0];
  assert_int_equal(held.end - held.start, KT_PPQ);
  bool ends = false;
  for (size_t i = 0; i < phrases.count; ++i) {
    ends = ends || phrases.items[i] == held.end;
  }
  assert_true(ends);
  double beat_s = kt_seconds(kt_tempo_time(&score->tempo, held.start) -
                             kt_tempo_time(&score->tempo, held.start - KT_PPQ));
  double held_s = kt_seconds(kt_tempo_time(&score->tempo, held.end) -
                             kt_tempo_time(&score->tempo, held.start));
  assert_true(held_s > 1.5 * beat_s && held_s < 3.1 * beat_s);
  assert_true(score->hits.items[0].met && score->hits.items[1].met);
  assert_true(kt_tempo_change_most(&score->tempo, &score->metres, score->end) < 0.06);
  kt_score_free(score);
}

static void test_free_time_breathes(void **state) {
  (void)state;
  KtFitHit hits[] = {{.at = kt_film_time(14.3), .weight = 0.9F, .hard = true}};
  KtFitRequest request = request_of(hits, 1, 40);
  KtFitStill still = {0, kt_film_time(14.3), 1};
  request.stills = &still;
  request.still_count = 1;
  KtScore *score = new_score();
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  assert_int_equal(score->tempo.free.count, 1);
  KtTickSpan span = score->tempo.free.items[0];
  assert_int_equal(span.start, 0);
  assert_int_equal(kt_tempo_time(&score->tempo, span.end), hits[0].at);
  double first = kt_tempo_bpm(&score->tempo, 0);
  double middle = kt_tempo_bpm(&score->tempo, span.end / 4);
  assert_true(middle > first * 1.05); // slow at its ends
  assert_true(kt_tempo_change_most(&score->tempo, &score->metres, score->end) < 0.06);
  kt_score_free(score);
}

static void test_constant_tempo_compared(void **state) {
  (void)state;
  KtFitHit hits[] = {{.at = kt_film_time(2.5), .weight = 0.5F, .hard = true},
                     {.at = kt_film_time(5), .weight = 0.5F, .hard = true},
                     {.at = kt_film_time(7.5), .weight = 0.5F, .hard = true}};
  KtFitRequest request = request_of(hits, 3, 10);
  KtScore *score = new_score();
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  assert_true(fabs(score->constant_bpm - 96) < 1e-9); // four beats in 2.5 s
  assert_int_equal(score->constant_missed, 0);
  assert_true(score->constant_off_frames < 1e-6);
  hits[1].at = kt_film_time(5.3);
  hits[2].at = kt_film_time(7.51);
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  assert_true(score->constant_missed > 0 || score->constant_off_frames > 0.01);
  for (size_t i = 0; i < 3; ++i) {
    assert_true(score->hits.items[i].met);
  }
  kt_score_free(score);
}

// Exhaustive search: every set of hits on every beat, every run of metres, every grouping in
// phrases.

typedef struct Exhaust {
  const KtFitProblem *problem;
  KtFitPath path;
  KtFitBar bars[16];
  double best;
  long tried;
} Exhaust;

static void try_phrases(Exhaust *ex, size_t bar, int length) {
  if (bar + 1 == ex->path.bars.count) {
    ex->bars[bar].phrase_end = true;
    double cost = kt_fit_cost(ex->problem, &ex->path);
    ex->best = cost < ex->best ? cost : ex->best;
    ++ex->tried;
    return;
  }
  ex->bars[bar].phrase_end = true;
  try_phrases(ex, bar + 1, 0);
  if (length + 2 <= KT_FIT_PHRASE_MAX) {
    ex->bars[bar].phrase_end = false;
    try_phrases(ex, bar + 1, length + 1);
  }
}

static void try_bars(Exhaust *ex, int left) {
  if (!left && ex->path.bars.count) {
    try_phrases(ex, 0, 0);
    return;
  }
  for (int m = 0; m < ex->problem->metre_count; ++m) {
    if (ex->problem->metres[m] <= left) {
      ex->bars[ex->path.bars.count++].beats = ex->problem->metres[m];
      try_bars(ex, left - ex->problem->metres[m]);
      --ex->path.bars.count;
    }
  }
}

/// Every upbeat that lies before the first hit.
static void try_upbeats(Exhaust *ex, int total) {
  size_t first = 1;
  while (ex->path.beats[first] < 0) {
    ++first;
  }
  int most = ex->problem->upbeat ? ex->problem->metres[0] - 1 : 0;
  for (int upbeat = 0; upbeat <= most && upbeat <= ex->path.beats[first] && upbeat < total; ++upbeat) {
    ex->path.upbeat = upbeat;
    try_bars(ex, total - upbeat);
  }
}

static void try_anchors(Exhaust *ex, size_t from, size_t anchor, int most) {
  if (anchor == ex->problem->anchors.count) {
    try_upbeats(ex, ex->path.beats[anchor - 1]);
    return;
  }
  if (anchor + 1 < ex->problem->anchors.count) {
    ex->path.beats[anchor] = -1;
    try_anchors(ex, from, anchor + 1, most);
  }
  for (int beat = ex->path.beats[from] + 1; beat <= most; ++beat) {
    int beats = beat - ex->path.beats[from];
    for (KtFitManner manner = 0; manner < KT_FIT_MANNERS; ++manner) {
      KtFitStretch stretch;
      if (kt_fit_cost_stretch(ex->problem, from, anchor, beats, manner, &stretch) < HUGE_VAL) {
        ex->path.beats[anchor] = beat;
        ex->path.manners[anchor] = manner;
        try_anchors(ex, anchor, anchor + 1, most);
      }
    }
  }
}

static void test_least_of_all(void **state) {
  (void)state;
  KtRng rng = kt_rng(1, "test/fit");
  int left_out = 0, changed = 0, upbeats = 0, held = 0, freely = 0;
  for (int round = 0; round < 1000; ++round) {
    KtFitHit hits[4] = {0};
    size_t count = (size_t)kt_rng_int(&rng, 0, 4);
    double length = 1.5 + 2.5 * kt_rng_unit(&rng), at = 0;
    for (size_t i = 0; i < count; ++i) {
      at += kt_rng_unit(&rng) * 1.6 * length / (double)count;
      hits[i] = (KtFitHit){.at = kt_film_time(at < length ? at : length),
                           .weight = (float)kt_rng_unit(&rng),
                           .hard = kt_rng_unit(&rng) < 0.7};
    }
    KtFitRequest request = request_of(hits, count, length);
    request.bpm = 60 + 60 * kt_rng_unit(&rng);
    request.bpm_min = request.bpm * (0.7 + 0.25 * kt_rng_unit(&rng));
    request.bpm_max = request.bpm * (1.05 + 0.3 * kt_rng_unit(&rng));
    request.beats = kt_rng_int(&rng, 2, 5);
    request.change_max = 0.02 + 0.1 * kt_rng_unit(&rng);
    request.upbeat = (KtFitUpbeat)kt_rng_int(&rng, 0, 2);
    request.arrival = kt_rng_unit(&rng) < 0.5 ? kt_film_time(length * 0.6 * kt_rng_unit(&rng)) : 0;
    request.fermata = (KtFitFermata)kt_rng_int(&rng, 0, 2);
    double still = length * kt_rng_unit(&rng);
    KtFitStill stills[] = {{0, kt_film_time(still), (float)kt_rng_unit(&rng)},
                           {kt_film_time(still), kt_film_time(length), (float)kt_rng_unit(&rng)}};
    request.stills = stills;
    request.still_count = (size_t)kt_rng_int(&rng, 0, 2);
    KtArena *arena = kt_arena_new();
    KtFitProblem problem;
    KtFitPath path = {0};
    assert_int_equal(kt_fit_problem(arena, &request, &problem, NULL), KT_OK);
    assert_int_equal(kt_fit_shortest(&problem, &path, NULL), KT_OK);
    assert_true(fabs(kt_fit_cost(&problem, &path) - path.cost) < 1e-6);
    int beats[8] = {0};
    KtFitManner manners[8] = {0};
    Exhaust ex = {.problem = &problem, .best = HUGE_VAL};
    ex.path.bars.items = ex.bars;
    ex.path.beats = beats;
    ex.path.manners = manners;
    try_anchors(&ex, 0, 1, (int)ceil(length * problem.rate_max * 1.5) + 6);
    assert_true(ex.tried > 0);
    if (fabs(ex.best - path.cost) > 1e-6) {
      fail_msg("round %d: path %.6f, exhaustive %.6f", round, path.cost, ex.best);
    }
    left_out += path.cost > 200;
    upbeats += path.upbeat > 0;
    for (size_t i = 1; i < problem.anchors.count; ++i) {
      held += path.beats[i] >= 0 && path.manners[i] == KT_FIT_HELD;
      freely += path.beats[i] >= 0 && path.manners[i] == KT_FIT_FREE;
    }
    changed += path.bars.items[0].beats != problem.metres[0];
    kt_arena_free(arena);
  }
  assert_true(left_out > 50); // the cases are not all easy ones
  assert_true(changed > 50);
  assert_true(upbeats > 50);
  assert_true(held > 50);
  assert_true(freely > 50);
}

static void test_many_hits(void **state) {
  (void)state;
  KtRng rng = kt_rng(2, "test/fit");
  KtFitHit hits[200] = {0};
  double at = 0;
  for (int i = 0; i < 200; ++i) {
    at += 1 + 4 * kt_rng_unit(&rng);
    hits[i] = (KtFitHit){kt_film_time(at), (float)kt_rng_unit(&rng), i % 4 != 3, i, 0};
  }
  KtFitRequest request = request_of(hits, 200, at + 5);
  KtScore *score = new_score();
  assert_int_equal(kt_fit_time(&request, score, NULL), KT_OK);
  check_score(&request, score);
  for (size_t i = 0; i < 200; ++i) {
    const KtScoreHit *hit = &score->hits.items[i];
    if (hits[i].hard && hit->met) {
      assert_int_equal(kt_tempo_time(&score->tempo, hit->tick), hits[i].at);
    }
  }
  kt_score_free(score);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hits_stand_on_beats),
      cmocka_unit_test(test_impossible_pair_keeps_one),
      cmocka_unit_test(test_any_length_has_a_bar),
      cmocka_unit_test(test_bad_requests),
      cmocka_unit_test(test_phrases_are_whole_without_hits),
      cmocka_unit_test(test_tempo_turns_smoothly),
      cmocka_unit_test(test_soft_hits_draw_the_beats),
      cmocka_unit_test(test_upbeat_leads_to_its_moment),
      cmocka_unit_test(test_fermata_holds_a_phrase_end),
      cmocka_unit_test(test_free_time_breathes),
      cmocka_unit_test(test_constant_tempo_compared),
      cmocka_unit_test(test_least_of_all),
      cmocka_unit_test(test_many_hits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
