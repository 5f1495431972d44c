// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "synth.h"

#define THREE                                                                                      \
  "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i mandelbrot=s=320x180:r=25:start_scale=0.5 " \
  "-f lavfi -i gradients=s=320x180:r=25:d=2:seed=7:c0=darkgreen:c1=orange:nb_colors=2 "

static void assert_shots(const KtFilm *film, size_t count, const int *starts) {
  assert_int_equal(film->shots.count, count);
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(film->shots.items[i].start_frame, starts[i]);
  }
  int next = 0; // no gap, no overlap, to the last picture
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(film->shots.items[i].start_frame, next);
    next = film->shots.items[i].end_frame + 1;
  }
  assert_int_equal(next, film->frames.count);
}

static void cuts_lie_on_their_frame(void **state) {
  (void)state;
  make("cuts.mkv", THREE "-filter_complex '[1]trim=end=2[m];[0][m][2]concat=n=3' " LOSSLESS);
  KtFilm *film = look("cuts.mkv");
  assert_shots(film, 3, (const int[]){0, 50, 100});
  assert_int_equal(film->shots.items[0].transition, KT_TRANSITION_START);
  assert_int_equal(film->shots.items[1].transition, KT_TRANSITION_CUT);
  assert_true(film->shots.items[1].start == kt_film_time(2.0));
  assert_true(film->shots.items[2].end == kt_film_time(6.0));
  assert_true(film->shots.items[1].confidence > 0.5F);
  kt_film_free(film);
}

static void a_dissolve_is_one_change(void **state) {
  (void)state;
  make("dissolve.mkv", "-f lavfi -i smptehdbars=s=320x180:r=25:d=3 -f lavfi -i "
                       "gradients=s=320x180:r=25:d=3:speed=0.0001:c0=darkgreen:c1=orange:nb_colors=2"
                       ":x0=0:y0=0:x1=320:y1=180 -filter_complex "
                       "'[0][1]xfade=fade:duration=1:offset=2' " LOSSLESS);
  KtFilm *film = look("dissolve.mkv");
  assert_int_equal(film->shots.count, 2);
  const KtShot *shot = &film->shots.items[1];
  assert_int_equal(shot->transition, KT_TRANSITION_DISSOLVE);
  assert_true(abs(shot->start_frame - 50) <= 4);
  assert_true(abs(shot->transition_end_frame - 75) <= 4);
  kt_film_free(film);
}

static void fade_through(const char *colour, KtTransition expected) {
  char arguments[1024];
  snprintf(arguments, sizeof(arguments),
           "-f lavfi -i smptehdbars=s=320x180:r=25:d=3 -f lavfi -i mandelbrot=s=320x180:r=25 "
           "-filter_complex '[0]fade=out:st=2:d=0.8:color=%s[a];"
           "[1]trim=end=3,fade=in:st=0.2:d=0.8:color=%s[b];[a][b]concat=n=2' " LOSSLESS,
           colour, colour);
  make("fade.mkv", arguments);
  KtFilm *film = look("fade.mkv");
  assert_int_equal(film->shots.count, 2);
  const KtShot *shot = &film->shots.items[1];
  assert_int_equal(shot->transition, expected);
  assert_true(shot->start_frame >= 70 && shot->start_frame <= 86);
  assert_true(shot->transition_end_frame > shot->start_frame + 8);
  kt_film_free(film);
}

static void fades_are_named_by_their_colour(void **state) {
  (void)state;
  fade_through("black", KT_TRANSITION_FADE_BLACK);
  fade_through("white", KT_TRANSITION_FADE_WHITE);
  fade_through("red", KT_TRANSITION_FADE_COLOUR);
}

static void a_flash_is_no_cut(void **state) {
  (void)state;
  make("flash.mkv", "-f lavfi -i smptebars=s=320x180:r=25:d=4 -vf "
                    "\"drawbox=c=white:t=fill:enable='between(n,50,51)'\" " LOSSLESS);
  KtFilm *film = look("flash.mkv");
  assert_int_equal(film->shots.count, 1);
  assert_int_equal(count_moments(film, KT_MOMENT_FLASH), 1);
  assert_true(film->moments.items[0].at == kt_film_time(2.0));
  kt_film_free(film);
}

static void movement_is_no_cut(void **state) {
  (void)state;
  make("pan.mkv", "-f lavfi -i mandelbrot=s=960x540:r=25:start_scale=0.3:end_scale=0.299 -t 3 -vf "
                  "\"crop=320:180:x='mod(n*16,640)':y=100\" " LOSSLESS);
  KtFilm *film = look("pan.mkv");
  assert_true(film->shots.count <= 2); // the pan starts again once, and that is a cut
  KtFrame mean = kt_film_average(film, kt_film_time(0.2), kt_film_time(1.4));
  // 16 of 320 pixels a picture, 25 a second: the picture moves left 1.25 widths a second
  assert_float_equal(mean.flow_x, -1.25F, 0.2F);
  assert_float_equal(mean.flow_y, 0.0F, 0.1F);
  kt_film_free(film);
}

static void movement_breaks_out_and_stops(void **state) {
  (void)state;
  make("burst.mkv",
       "-f lavfi -i mandelbrot=s=960x540:r=25:start_scale=0.3:end_scale=0.299 -t 6 -vf "
       "\"setpts=0,setpts=N/25/"
       "TB,crop=320:180:x='if(lt(n,50),0,if(lt(n,90),(n-50)*12,480))':y=100\" " LOSSLESS);
  KtFilm *film = look("burst.mkv");
  const KtMoment *burst = NULL, *stop = NULL;
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    burst = moment->kind == KT_MOMENT_BURST && !burst ? moment : burst;
    stop = moment->kind == KT_MOMENT_STOP ? moment : stop;
  }
  assert_non_null(burst);
  assert_non_null(stop);
  assert_true(fabs(kt_seconds(burst->at) - 2.04) < 0.05);
  assert_true(fabs(kt_seconds(stop->at) - 3.64) < 0.05);
  kt_film_free(film);
}

static void colours_are_what_they_look_like(void **state) {
  (void)state;
  make("blue.mkv", "-f lavfi -i color=0x2040C0:s=320x180:r=25:d=1 " LOSSLESS);
  make("orange.mkv", "-f lavfi -i color=0xE08020:s=320x180:r=25:d=1 " LOSSLESS);
  KtFilm *blue = look("blue.mkv"), *orange = look("orange.mkv");
  assert_true(blue->shots.items[0].warmth < -0.3F);
  assert_true(orange->shots.items[0].warmth > 0.3F);
  assert_true(orange->shots.items[0].brightness > blue->shots.items[0].brightness);
  const uint8_t *colour = orange->shots.items[0].palette[0];
  assert_true(abs(colour[0] - 0xE0) < 12 && abs(colour[1] - 0x80) < 12 &&
              abs(colour[2] - 0x20) < 16);
  kt_film_free(blue);
  kt_film_free(orange);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(cuts_lie_on_their_frame),
      RUN(a_dissolve_is_one_change),
      RUN(fades_are_named_by_their_colour),
      RUN(a_flash_is_no_cut),
      RUN(movement_is_no_cut),
      RUN(movement_breaks_out_and_stops),
      RUN(colours_are_what_they_look_like),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
