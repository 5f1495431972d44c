// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"
#include "synth.h"

#define STILL  ":s=160x90:r=12:d=4:speed=0.0001:nb_colors=2:x0=0:y0=0:x1=160:y1=90"
#define GREEN  "-f lavfi -i gradients=c0=darkgreen:c1=orange" STILL " "
#define GRASS  "-f lavfi -i gradients=c0=lime:c1=olive" STILL " "
#define NIGHT  "-f lavfi -i gradients=c0=navy:c1=black" STILL " "
#define VIOLET "-f lavfi -i gradients=c0=purple:c1=blue" STILL " "

static void assert_scenes(const KtFilm *film, size_t count, const int *scenes) {
  assert_int_equal(film->shots.count, count);
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(film->shots.items[i].scene, scenes[i]);
  }
}

/// Two who talk to each other by day, two by night: cut to and fro in each place.
#define TO_AND_FRO                                                                                 \
  GREEN GRASS NIGHT VIOLET "-filter_complex '[0]split[a][c];[1]split[b][d];[2]split[e][g];"        \
                           "[3]split[f][h];[a][b][c][d][e][f][g][h]concat=n=8' "

static void set_ups_that_return_hold_a_scene(void **state) {
  (void)state;
  make("two.mkv", TO_AND_FRO LOSSLESS);
  KtFilm *film = look("two.mkv");
  assert_scenes(film, 8, (const int[]){0, 0, 0, 0, 1, 1, 1, 1});
  kt_film_free(film);
}

static void one_place_is_one_scene(void **state) {
  (void)state;
  make("one.mkv", GREEN GRASS "-filter_complex '[0]split=3[a][c][e];[1]split=3[b][d][f];"
                              "[a][b][c][d][e][f]concat=n=6' " LOSSLESS);
  KtFilm *film = look("one.mkv");
  assert_scenes(film, 6, (const int[]){0, 0, 0, 0, 0, 0});
  kt_film_free(film);
}

static void a_fade_parts_what_looks_alike(void **state) {
  (void)state;
  make("later.mkv", GREEN "-filter_complex '[0]split=3[a][b][c];[a]fade=out:st=3:d=0.9[x];"
                          "[b]fade=in:st=0.1:d=0.9[y];[x][y][c]concat=n=3' " LOSSLESS);
  KtFilm *film = look("later.mkv");
  assert_scenes(film, 2, (const int[]){0, 1});
  kt_film_free(film);
}

/// A place of another colour after nine seconds, with a voice that goes on or without.
static void the_voice_that_goes_on_is_heard(void **state) {
  (void)state;
  KtFilm film = {.duration = kt_film_time(40.0), .rate = {25, 1}};
  KtShot shots[] = {{.end_frame = 0, .end = kt_film_time(10.0)},
                    {.start_frame = 1,
                     .end_frame = 1,
                     .start = kt_film_time(10.0),
                     .end = kt_film_time(40.0),
                     .transition = KT_TRANSITION_CUT}};
  KtSpan voice = {kt_film_time(9.0), kt_film_time(12.0)};
  KtSights sights = {0};
  film.shots.items = shots;
  film.shots.count = 2;
  for (int i = 0; i < 2; ++i) { // alike by 0.37, where 0.4 is asked
    KtSight *sight = kt_sights_add(&sights);
    sight->colours[0] = (uint8_t)(i ? 154 : 255);
    sight->colours[1] = (uint8_t)(i ? 203 : 0);
  }
  assert_true(kt_scenes_find(&film, &sights));
  assert_int_equal(shots[1].scene, 1);
  film.speech.items = &voice;
  film.speech.count = 1;
  assert_true(kt_scenes_find(&film, &sights));
  assert_int_equal(shots[1].scene, 0);
  kt_sights_clear(&sights);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(set_ups_that_return_hold_a_scene),
      RUN(one_place_is_one_scene),
      RUN(a_fade_parts_what_looks_alike),
      RUN(the_voice_that_goes_on_is_heard),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
