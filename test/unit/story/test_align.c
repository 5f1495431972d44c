// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "align_films.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static Truth truth, spoilt;

/// Sound alone does not tell that whole scenes have moved: `spoils` ends before.
static void check(const char *what, Spoil spoils, double line_s, double scene_shots) {
  static Errors errors;
  for (int spoil = SPOIL_NONE; spoil < (int)spoils; ++spoil) {
    errors.lines = errors.scenes = 0;
    for (unsigned seed = 1; seed <= (spoil ? 2 : 1); ++seed) {
      spoil_script(&truth, &spoilt, (Spoil)spoil, 20, 77 * seed);
      add_errors(&spoilt, &errors);
    }
    Measured m = measure_errors(&errors);
    if (m.line_s > line_s || m.scene_shots > scene_shots) {
      fail_msg("%s, a fifth of the lines %s: lines are %.2f s off in the middle, scenes %.2f shots",
               what, spoil_names[spoil], m.line_s, m.scene_shots);
    }
  }
}

static void test_captions(void **state) {
  (void)state;
  make_truth(&truth, 3);
  check("captions", SPOIL_COUNT, 0.5, 1.01);
  kt_film_free(truth.film);
}

/// A scene that the film tells after the next two: all is where it is heard, in the film's order.
static void test_moved_scene(void **state) {
  (void)state;
  make_truth(&truth, 5);
  spoilt = (Truth){.film = truth.film, .shot_s = truth.shot_s};
  int third = next_heading(&truth, next_heading(&truth, next_heading(&truth, 0) + 1) + 1);
  int fourth = next_heading(&truth, third + 1);
  for (int i = third; i < fourth; ++i) { // the third scene comes first on paper
    spoilt.pieces[spoilt.count++] = truth.pieces[i];
  }
  for (int i = 0; i < truth.count; ++i) {
    if (i < third || i >= fourth) {
      spoilt.pieces[spoilt.count++] = truth.pieces[i];
    }
  }
  static Errors errors;
  errors.lines = errors.scenes = 0;
  add_errors(&spoilt, &errors);
  Measured m = measure_errors(&errors);
  assert_true(m.line_p90_s < 0.1);
  assert_true(m.scene_p90_shots < 1.01);
  KtStory *story = read_truth(&spoilt);
  assert_non_null(story);
  assert_string_equal(story->scenes.items[2].heading, truth.pieces[third].text);
  for (size_t i = 1; i < story->scenes.count; ++i) {
    assert_true(story->scenes.items[i].start >= story->scenes.items[i - 1].start);
    assert_true(story->scenes.items[i].eighths > 0);
  }
  assert_int_equal(story->warnings.count, 1);
  assert_non_null(strstr(story->warnings.items[0], "scene 1 (INT. PLACE C"));
  assert_non_null(strstr(story->warnings.items[0], "after INT. PLACE B"));
  kt_story_free(story);
  kt_film_free(truth.film);
}

/// Nobody knows the words: only how long they are, and the pauses.
static void test_speech(void **state) {
  (void)state;
  make_truth(&truth, 4);
  truth.film->captions.count = 0;
  check("speech", SPOIL_MOVE, 0.5, 1.01);
  kt_film_free(truth.film);
}

/// A caption stands long before its first word.
static void test_a_line_starts_where_it_is_heard(void **state) {
  (void)state;
  truth = (Truth){.film = film_by_hand(60, 4, truth_still, truth_light), .shot_s = 4};
  add_caption(truth.film, 10, 20, "Do you live here?");
  const double spans[][2] = {{10.1, 10.4}, {14.5, 16}, {30, 31}};
  for (size_t i = 0; i < 3; ++i) {
    *kt_array_push(truth.film->arena, &truth.film->speech) =
        (KtSpan){kt_film_time(spans[i][0]), kt_film_time(spans[i][1])};
  }
  add_piece(&truth, PIECE_HEADING, "", "INT. HALL - NIGHT", 0);
  add_piece(&truth, PIECE_SPEECH, "BEN", "Do you live here?", 14.5);
  assert_true(measure_truth(&truth).line_s < 0.01);
  kt_film_free(truth.film);
}

static void test_talkie(void **state) {
  (void)state;
  take_talkie(&truth);
  if (!truth.film) {
    skip();
    return;
  }
  check("talkie", SPOIL_COUNT, 0.5, 1.01);
  kt_film_free(truth.film);
}

static void test_talkie_by_its_sound(void **state) {
  (void)state;
  take_talkie_unread(&truth);
  if (!truth.film) {
    skip();
    return;
  }
  check("talkie, sound alone", SPOIL_MOVE, 0.5, 1.01);
  kt_film_free(truth.film);
}

/// The words and pauses of two films, their speech as long as the words are.
static void test_pauses_of_films(void **state) {
  (void)state;
  static const char *const films[] = {"tears_of_steel.vtt", "elephants_dream.vtt"};
  for (int i = 0; i < 2; ++i) {
    take_captions(&truth, films[i]);
    if (!truth.film) {
      skip();
      return;
    }
    check(films[i], SPOIL_MOVE, 0.5, 1.01);
    kt_film_free(truth.film);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_captions),
                                     cmocka_unit_test(test_moved_scene),
                                     cmocka_unit_test(test_speech),
                                     cmocka_unit_test(test_talkie_by_its_sound),
                                     cmocka_unit_test(test_pauses_of_films),
                                     cmocka_unit_test(test_a_line_starts_where_it_is_heard),
                                     cmocka_unit_test(test_talkie)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
