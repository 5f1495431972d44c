// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "align_truth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static Truth truth, spoilt;

static void check(const char *what, double line_s, double scene_shots) {
  static Errors errors;
  for (int spoil = SPOIL_NONE; spoil < SPOIL_COUNT; ++spoil) {
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
  check("captions", 0.5, 1.01);
  kt_film_free(truth.film);
}

/// Nobody knows the words: only how long they are, and the pauses.
static void test_speech(void **state) {
  (void)state;
  make_truth(&truth, 4);
  truth.film->captions.count = 0;
  check("speech", 0.5, 1.01);
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
  check("talkie", 0.5, 1.01);
  kt_film_free(truth.film);
}

static void test_talkie_by_its_sound(void **state) {
  (void)state;
  take_talkie_unread(&truth);
  if (!truth.film) {
    skip();
    return;
  }
  check("talkie, sound alone", 0.5, 1.01);
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
    check(films[i], 0.5, 1.01);
    kt_film_free(truth.film);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_captions),
                                     cmocka_unit_test(test_speech),
                                     cmocka_unit_test(test_talkie_by_its_sound),
                                     cmocka_unit_test(test_pauses_of_films),
                                     cmocka_unit_test(test_a_line_starts_where_it_is_heard),
                                     cmocka_unit_test(test_talkie)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
