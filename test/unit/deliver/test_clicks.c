// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/clicks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const KtRate RATE = {24, 1};

/// Two bars of 4/4 at 120, one of 3/4 at 60.
static KtScore make_score(KtArena *arena) {
  KtScore score = {.arena = arena, .end = 11 * KT_PPQ};
  *kt_array_push(arena, &score.tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(arena, &score.tempo.points) = (KtTempoPoint){8 * KT_PPQ, kt_film_time(4)};
  *kt_array_push(arena, &score.tempo.points) = (KtTempoPoint){11 * KT_PPQ, kt_film_time(7)};
  *kt_array_push(arena, &score.metres) = (KtMetre){0, 4, 4};
  *kt_array_push(arena, &score.metres) = (KtMetre){8 * KT_PPQ, 3, 4};
  return score;
}

static void every_beat_has_its_click(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScore score = make_score(arena);
  KtClicks clicks;
  assert_int_equal(kt_clicks_of(&score, kt_film_time(7), arena, &clicks, NULL), KT_OK);
  assert_int_equal(clicks.count, 8 + 8 + 3);
  assert_true(clicks.items[0].at == kt_film_time(-4) && clicks.items[0].downbeat);
  assert_true(clicks.items[4].downbeat && !clicks.items[5].downbeat);
  assert_true(clicks.items[8].at == 0 && clicks.items[8].downbeat);
  assert_true(clicks.items[16].at == kt_film_time(4) && clicks.items[16].downbeat);
  assert_true(clicks.items[18].at == kt_film_time(6) && !clicks.items[18].downbeat);
  kt_arena_free(arena);
}

/// A quarter of upbeat: two whole bars are counted before the bar it is the rest of.
static void an_upbeat_is_counted_in(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScore score = make_score(arena);
  score.metres.items[0].tick = -3 * KT_PPQ;
  score.metres.items[1].tick = 9 * KT_PPQ;
  KtClicks clicks;
  assert_int_equal(kt_clicks_of(&score, kt_film_time(7), arena, &clicks, NULL), KT_OK);
  assert_int_equal(clicks.items[0].tick, -11 * KT_PPQ);
  assert_true(clicks.items[0].downbeat && clicks.items[4].downbeat && clicks.items[8].downbeat);
  assert_int_equal(clicks.items[11].tick, 0);
  assert_false(clicks.items[11].downbeat);
  assert_true(clicks.items[12].downbeat && clicks.items[12].tick == KT_PPQ);
  assert_true(clicks.items[16].downbeat);
  kt_arena_free(arena);
}

static void free_time_has_no_click(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScore score = make_score(arena);
  *kt_array_push(arena, &score.tempo.free) = (KtTickSpan){0, 8 * KT_PPQ};
  KtClicks clicks;
  assert_int_equal(kt_clicks_of(&score, kt_film_time(7), arena, &clicks, NULL), KT_OK);
  assert_int_equal(clicks.count, 8 + 3 + 3); // where it begins, two that warn, and the measured bar
  assert_int_equal(clicks.items[8].tick, 0);
  assert_int_equal(clicks.items[9].tick, 6 * KT_PPQ);
  assert_int_equal(clicks.items[11].tick, 8 * KT_PPQ);
  kt_arena_free(arena);
}

enum { WIDTH = 240, HEIGHT = 120 };
static uint8_t luma[HEIGHT][WIDTH], blue[HEIGHT / 2][WIDTH / 2], red[HEIGHT / 2][WIDTH / 2];

static void draw(const KtStreamers *streamers, int frame) {
  memset(luma, 16, sizeof(luma));
  memset(blue, 128, sizeof(blue));
  memset(red, 128, sizeof(red));
  KtCanvas canvas = {{luma[0], blue[0], red[0]}, {WIDTH, WIDTH / 2, WIDTH / 2}, WIDTH, HEIGHT};
  kt_draw_streamers(&canvas, streamers, kt_frame_time(RATE, frame), RATE);
}

static int lit(int y) {
  int first = -1;
  for (int x = 0; x < WIDTH && first < 0; ++x) {
    first = luma[y][x] > 100 ? x : -1;
  }
  return first;
}

static void a_streamer_ends_in_a_punch(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtStreamers streamers = {0};
  *kt_array_push(arena, &streamers) =
      (KtStreamer){kt_film_time(1), kt_film_time(4), KT_STREAMER_GREEN};
  draw(&streamers, 23);
  assert_int_equal(lit(3), -1);
  draw(&streamers, 24);
  assert_int_equal(lit(3), 0);
  draw(&streamers, 24 + 36);
  assert_in_range(lit(3), WIDTH / 2 - 4, WIDTH / 2 + 4);
  draw(&streamers, 95); // the picture before: at the far edge
  assert_int_equal(lit(3), WIDTH - 4);
  assert_int_equal(luma[60][120], 16);
  for (int frame = 96; frame < 99; ++frame) { // the punch, three pictures long
    draw(&streamers, frame);
    assert_int_equal(lit(3), -1);
    assert_int_equal(luma[60][120], 145);
    assert_int_equal(blue[30][60], 54);
    assert_int_equal(red[30][60], 34);
  }
  draw(&streamers, 99);
  assert_int_equal(luma[60][120], 16);
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_beat_has_its_click), cmocka_unit_test(an_upbeat_is_counted_in),
      cmocka_unit_test(free_time_has_no_click),
                                     cmocka_unit_test(a_streamer_ends_in_a_punch)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
