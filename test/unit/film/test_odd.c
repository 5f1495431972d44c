// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Material that is not as films should be: rates, times, fields, high dynamic range, damage.
#include "synth.h"

static void rates_are_what_was_meant(void **state) {
  (void)state;
  static const struct {
    const char *rate;
    int num, den;
  } rates[] = {
      {"24000/1001", 24000, 1001}, {"60000/1001", 60000, 1001}, {"16", 16, 1}, {"1000", 1000, 1}};
  for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
    char arguments[256];
    snprintf(arguments, sizeof(arguments), "-f lavfi -i testsrc2=s=96x64:r=%s:d=1 " LOSSLESS,
             rates[i].rate);
    make("rate.mkv", arguments);
    KtFilm *film = look("rate.mkv");
    assert_int_equal(film->rate.num, rates[i].num);
    assert_int_equal(film->rate.den, rates[i].den);
    kt_film_free(film);
  }
}

static void varying_times_and_a_late_start_are_kept(void **state) {
  (void)state;
  make("vary.mkv",
       "-f lavfi -i testsrc2=s=96x64:r=25:d=4 -vf "
       "\"setpts='if(lt(N,50),N/25,2+(N-50)/12.5)/TB+3/TB'\" -fps_mode passthrough " LOSSLESS);
  KtFilm *film = look("vary.mkv");
  assert_true(film->variable_rate);
  assert_int_equal(film->frames.count, 100);
  assert_float_equal(kt_seconds(film->picture_start), 3.0, 0.001);
  assert_float_equal(kt_seconds(film->frames.items[49].time), 1.96, 0.001);
  assert_float_equal(kt_seconds(film->frames.items[60].time), 2.8, 0.001);
  kt_film_free(film);
}

#define PAN                                                                                        \
  "-f lavfi -i color=gray:s=1440x576:r=50 -filter_complex \"[0]trim=end_frame=1,"                  \
  "noise=c0s=100:c0_seed=1,gblur=5,lutyuv=y='clip((val-126)*7+126,30,220)',loop=-1:1:0,"           \
  "setpts=N/50/TB,trim=duration=4,crop=720:576:x='100+6*clip(n-50,0,100)':y=0,"                    \
  "interlace=scan=tff:lowpass=0"

static void a_comb_is_neither_cut_nor_movement(void **state) {
  (void)state;
  make("flagged.mkv", PAN "\" " LOSSLESS);
  make("hidden.mkv", PAN ",setfield=prog\" " LOSSLESS); // and not a word of it in the file
  for (int i = 0; i < 2; ++i) {
    KtFilm *film = look(i ? "hidden.mkv" : "flagged.mkv");
    assert_int_equal(film->frames.count, 100);
    assert_int_equal(film->shots.count, 1);
    assert_int_equal(film->camera.count, 1);
    assert_int_equal(film->camera.items[0].kind, KT_CAMERA_PAN);
    assert_int_equal(kt_film_frame_at(film, film->camera.items[0].start), 26);
    assert_int_equal(kt_film_frame_at(film, film->camera.items[0].end), 75);
    for (size_t g = 0; g < film->gestures.count; ++g) {
      assert_int_equal(film->gestures.items[g].kind, KT_GESTURE_STILLNESS);
    }
    kt_film_free(film);
  }
}

static void white_is_white_in_high_dynamic_range(void **state) {
  (void)state;
  // white of a page, 203 cd/m2: 0.58 of PQ, 0.75 of HLG, in ten bits of the usual range
  static const char *const kinds[][2] = {{"572", "smpte2084"}, {"721", "arib-std-b67"}};
  for (int i = 0; i < 2; ++i) {
    char arguments[512];
    snprintf(arguments, sizeof(arguments),
             "-f lavfi -i color=gray:s=640x360:r=25:d=0.4 -vf "
             "format=yuv420p10le,lutyuv=y=%s:u=512:v=512 "
             "-c:v ffv1 -color_trc %s -color_primaries bt2020 -colorspace bt2020nc",
             kinds[i][0], kinds[i][1]);
    make("hdr.mkv", arguments);
    KtFilm *film = look("hdr.mkv");
    assert_float_equal(film->shots.items[0].brightness, 0.94F, 0.02F);
    kt_film_free(film);
  }
}

static void large_and_small_have_the_same_colours(void **state) {
  (void)state;
  make("small.mkv", "-f lavfi -i color=0xE08020:s=320x180:r=25:d=0.4 " LOSSLESS);
  make("large.mkv",
       "-f lavfi -i color=0xE08020:s=1280x720:r=25:d=0.4 -vf scale=out_color_matrix=bt709 "
       "-c:v ffv1 -pix_fmt yuv422p10le -colorspace bt709");
  KtFilm *small = look("small.mkv"), *large = look("large.mkv");
  const KtShot *a = &small->shots.items[0], *b = &large->shots.items[0];
  for (int c = 0; c < 3; ++c) {
    assert_true(abs(a->palette[0][c] - b->palette[0][c]) <= 4);
  }
  kt_film_free(small);
  kt_film_free(large);
}

static bool warned(const KtFilm *film, const char *words) {
  for (size_t i = 0; i < film->warnings.count; ++i) {
    if (strstr(film->warnings.items[i], words)) {
      return true;
    }
  }
  return false;
}

static void a_hole_is_told_with_its_timecode(void **state) {
  (void)state;
  make("whole.mkv", "-f lavfi -i testsrc2=s=192x108:r=25:d=4 " LOSSLESS);
  make("hole.mkv", "-i whole.mkv -c copy -bsf:v \"noise=drop='between(n,40,59)'\"");
  KtFilm *film = look("hole.mkv");
  assert_int_equal(film->frames.count, 80);
  assert_float_equal(kt_seconds(film->frames.items[40].time), 2.4, 0.001); // times stay true
  assert_true(warned(film, "no pictures from 00:00:01:15 to 00:00:02:10"));
  kt_film_free(film);
}

static void a_quick_look_says_what_it_is(void **state) {
  (void)state;
  make("keys.mkv",
       "-f lavfi -i smptehdbars=s=320x180:r=25:d=2 -f lavfi -i mandelbrot=s=320x180:r=25 "
       "-filter_complex '[1]trim=end=2[m];[0][m]concat' -c:v mpeg4 -q:v 3 -g 25");
  KtFilm *film = look_with("keys.mkv", (KtFilmOptions){.preview = true});
  assert_true(film->preview);
  assert_true(film->frames.count < 12);
  assert_true(film->duration == kt_film_time(4.0));
  assert_int_equal(film->shots.count, 2);
  assert_true(film->shots.items[1].start == kt_film_time(2.0));
  assert_int_equal(film->shots.items[1].start_frame, 50);
  assert_int_equal(film->shots.items[1].end_frame, 99);
  assert_true(warned(film, "a quick look"));
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(rates_are_what_was_meant),
      RUN(varying_times_and_a_late_start_are_kept),
      RUN(a_comb_is_neither_cut_nor_movement),
      RUN(white_is_white_in_high_dynamic_range),
      RUN(large_and_small_have_the_same_colours),
      RUN(a_hole_is_told_with_its_timecode),
      RUN(a_quick_look_says_what_it_is),
  };
  return cmocka_run_group_tests_name("film odd", tests, NULL, NULL);
}
