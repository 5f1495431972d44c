// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of cues against every set of cues there is, on small films made by chance.
#include "spot/choose.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

enum { PLACES = 8, CASES = 300 };

typedef struct Search {
  const KtTimeline *t;
  const KtPlaces *places;
  const KtLimits *limits;
  double best;
  size_t tried;
} Search;

/// Whether a span reaches over a pinned cue.
static bool over_pin(const KtTimeline *t, double start_s, double end_s) {
  for (size_t i = 0; i < t->pins.count; ++i) {
    if (kt_seconds(t->pins.items[i].in) < end_s && kt_seconds(t->pins.items[i].out) > start_s) {
      return true;
    }
  }
  return false;
}

/// All ways to go on after having left at `from` (-1: nothing yet).
static void go_on(Search *s, int from, double value, int level) {
  const KtPlace *list = s->places->list.items;
  int count = (int)s->places->list.count;
  double left_s = from < 0 ? 0 : list[from].at_s;
  if (!over_pin(s->t, left_s, s->t->duration_s)) {
    double tail = from < 0 ? 0
                           : kt_end_price(s->t, s->limits, left_s);
    double share = (double)level / KT_SHARE_LEVELS;
    s->best = fmax(s->best, value - tail - kt_share_price(s->t, share, s->limits->wanted_share));
    ++s->tried;
  }
  for (int in = from < 0 ? 0 : from; in < count; ++in) {
    double gap_s = list[in].at_s - left_s;
    double price = 0;
    if (from < 0) {
      price = kt_edge_price(s->t, s->limits, 0, list[in].at_s, (double)s->t->rules->gap.open_s);
    } else if (in == from) {
      price = !kt_may_segue(&list[in])          ? HUGE_VAL
              : kt_ends_film(s->t, &list[in]) ? 0
                                              : (double)s->t->rules->gap.segue;
    } else {
      bool both = list[from].marks & KT_MARK_PIN_OUT && list[in].marks & KT_MARK_PIN_IN;
      price = kt_gap_price(s->t, s->limits, gap_s, both ? KT_RULE_BREATH : 0);
    }
    if (!isfinite(price) || over_pin(s->t, left_s, list[in].at_s)) {
      continue;
    }
    for (int out = in + 1; out < count; ++out) {
      double worth = kt_cue_worth(s->t, s->limits, &list[in], &list[out], 0);
      if (isfinite(worth)) {
        int used = kt_share_level(s->t, list[out].at_s) - kt_share_level(s->t, list[in].at_s);
        go_on(s, out, value - price + worth, level + used);
      }
    }
  }
}

static void make_places(KtRng *rng, KtArena *arena, double length_s, KtPlaces *places) {
  double at_s = 0;
  for (int i = 0; i < PLACES; ++i) {
    KtPlace *place = kt_array_push(arena, &places->list);
    double step = i == PLACES - 1 ? length_s - at_s : 0.3 + kt_rng_unit(rng) * length_s / PLACES;
    at_s = i ? fmin(at_s + step, length_s) : 0;
    KtFilmTime at = kt_frame_time((KtRate){24, 1}, (int64_t)lround(at_s * 24));
    *place = (KtPlace){.at = at,
                       .at_s = kt_seconds(at),
                       .marks = kt_rng_unit(rng) < 0.3   ? KT_MARK_SCENE
                                : kt_rng_unit(rng) < 0.2 ? KT_MARK_TITLE_IN
                                : i == PLACES - 1        ? KT_MARK_FILM_END
                                                         : KT_MARK_CUT,
                       .turn = -1,
                       .shot = -1,
                       .in = kt_rng_unit(rng) * 12 - 4,
                       .out = kt_rng_unit(rng) * 12 - 4,
                       .may_in = kt_rng_unit(rng) < 0.75};
  }
}

static void pin_some(KtRng *rng, KtTimeline *t, KtPlaces *places) {
  int in = kt_rng_int(rng, 0, PLACES - 2);
  int out = kt_rng_int(rng, in + 1, PLACES - 1);
  if (places->list.items[out].at > places->list.items[in].at) {
    places->list.items[in].marks |= KT_MARK_PIN | KT_MARK_PIN_IN;
    places->list.items[out].marks |= KT_MARK_PIN | KT_MARK_PIN_OUT;
    *kt_array_push(t->arena, &t->pins) =
        (KtPin){places->list.items[in].at, places->list.items[out].at, 0};
  }
}

static void the_choice_is_the_best_there_is(void **state) {
  (void)state;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  KtSpotRules *rules = NULL;
  assert_int_equal(kt_spot_rules_load(&ctx, &rules, NULL), KT_OK);
  KtRng rng = kt_rng(7, "choose");
  size_t with_cues = 0;
  for (int i = 0; i < CASES; ++i) {
    KtArena *arena = kt_arena_new();
    double length_s = 30 + kt_rng_unit(&rng) * 150;
    KtFilm film = {.arena = arena, .rate = {24, 1}, .audio_stream = i % 5 ? 1 : -1,
                   .duration = kt_frame_time((KtRate){24, 1}, (int64_t)(length_s * 24))};
    length_s = kt_seconds(film.duration);
    *kt_array_push(arena, &film.speech) = (KtSpan){kt_film_time(5), kt_film_time(9)};
    KtStory story = {.arena = arena};
    for (int k = 0; k * 0.5 <= length_s; ++k) {
      float tension = (float)kt_rng_unit(&rng);
      *kt_array_push(arena, &story.arc) =
          (KtArcPoint){kt_film_time(k * 0.5), {.tension = tension, .arousal = tension - 0.5F}};
    }
    KtTimeline t;
    KtPlaces places = {0};
    assert_int_equal(kt_timeline_make(arena, &film, &story, rules, false, true, &t, NULL), KT_OK);
    make_places(&rng, arena, length_s, &places);
    if (i % 3 == 0) {
      pin_some(&rng, &t, &places);
    }
    if (i % 4 == 0) {
      *kt_array_push(arena, &t.barred) = (KtReach){length_s * 0.4, length_s * 0.5};
    }
    KtLimits limits = {kt_rng_unit(&rng), 5, 40 + kt_rng_unit(&rng) * 60, 25};
    KtChosen chosen;
    assert_int_equal(kt_choose(&t, &places, &limits, 0, &chosen, NULL), KT_OK);
    Search search = {&t, &places, &limits, -HUGE_VAL, 0};
    go_on(&search, -1, 0, 0);
    assert_true(search.tried > 0);
    if (fabs(chosen.value - search.best) > 1e-3 * (1 + fabs(search.best))) {
      fail_msg("case %d: chosen %.6f, best of %zu is %.6f", i, chosen.value, search.tried, search.best);
    }
    with_cues += chosen.cues.count > 0;
    kt_arena_free(arena);
  }
  assert_true(with_cues > CASES / 3);
  kt_spot_rules_free(rules);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_choice_is_the_best_there_is)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
