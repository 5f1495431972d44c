// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Clips whose movement is known to the picture: what moved, which way, from which picture to which.
#include "synth.h"

// A ground with detail everywhere that stands still at 25 pictures a second. overlay counts
// pictures from 1, crop and zoompan from 0.
#define GROUND(w, h, seconds)                                                                      \
  "-f lavfi -i color=gray:s=" w "x" h ":r=25 -filter_complex \"[0]trim=end_frame=1,"               \
  "noise=c0s=100:c0_seed=1,gblur=5,lutyuv=y='clip((val-126)*7+126,30,220)',"                       \
  "loop=-1:1:0,setpts=N/25/TB,trim=duration=" seconds
#define BOX                                                                                        \
  "[g];color=white:s=48x48:r=25,drawbox=8:8:16:16:red:fill,drawbox=28:20:12:20:blue:fill[b];[g]["  \
  "b]overlay="

static int frame_of(const KtFilm *film, KtFilmTime time) {
  return kt_film_frame_at(film, time);
}

static const KtGesture *gesture(const KtFilm *film, KtGestureKind kind, int nth) {
  for (size_t i = 0; i < film->gestures.count; ++i) {
    if (film->gestures.items[i].kind == kind && !nth--) {
      return &film->gestures.items[i];
    }
  }
  return NULL;
}

static void assert_gesture(const KtFilm *film, KtGestureKind kind, int nth, int from, int to) {
  const KtGesture *found = gesture(film, kind, nth);
  if (!found) {
    for (size_t i = 0; i < film->gestures.count; ++i) {
      const KtGesture *g = &film->gestures.items[i];
      print_message("%s %d - %d\n", kt_gesture_name(g->kind), frame_of(film, g->start),
                    frame_of(film, g->end));
    }
    fail_msg("no %s", kt_gesture_name(kind));
  }
  assert_int_equal(frame_of(film, found->start), from);
  assert_int_equal(frame_of(film, found->end), to);
}

static int moment_frame(const KtFilm *film, KtMomentKind kind) {
  for (size_t i = 0; i < film->moments.count; ++i) {
    if (film->moments.items[i].kind == kind) {
      return frame_of(film, film->moments.items[i].at);
    }
  }
  return -1;
}

static void a_dancer_is_followed_to_the_picture(void **state) {
  (void)state;
  // right from picture 26 to 50, down from 76 to 100, up from 126 to 150, left from 176 to 200
  make("dance.mkv", GROUND("480", "270", "10") BOX
       "x='20+8*(clip(n-26,0,25)-clip(n-176,0,25))':y='20+6*(clip(n-76,0,25)-clip(n-126,0,25))'"
       ":shortest=1\" " LOSSLESS);
  KtFilm *film = look("dance.mkv");
  assert_int_equal(film->frames.count, 250);
  assert_gesture(film, KT_GESTURE_SWEEP_RIGHT, 0, 26, 50);
  assert_gesture(film, KT_GESTURE_FALL, 0, 76, 100);
  assert_gesture(film, KT_GESTURE_RISE, 0, 126, 150);
  assert_gesture(film, KT_GESTURE_SWEEP_LEFT, 0, 176, 200);
  for (int i = 0; i < 5; ++i) { // and stands still before, between and after
    assert_gesture(film, KT_GESTURE_STILLNESS, i, i * 50, i * 50 + (i < 4 ? 25 : 49));
  }
  assert_int_equal(film->gestures.count, 9);
  assert_int_equal(film->camera.count, 0);
  const KtGesture *right = gesture(film, KT_GESTURE_SWEEP_RIGHT, 0);
  assert_float_equal(right->direction, 0, 3);
  assert_float_equal(gesture(film, KT_GESTURE_RISE, 0)->direction, 90, 3);
  assert_float_equal(right->travel, 200.0F / 480.0F, 0.08F);
  assert_int_equal(moment_frame(film, KT_MOMENT_BURST), 26);
  assert_int_equal(moment_frame(film, KT_MOMENT_STOP), 50);
  kt_film_free(film);
}

static const KtCameraMove *only_move(const KtFilm *film) {
  if (film->camera.count != 1) {
    for (size_t i = 0; i < film->camera.count; ++i) {
      const KtCameraMove *m = &film->camera.items[i];
      print_message("%s %d - %d amount %g\n", kt_camera_name(m->kind), frame_of(film, m->start),
                    frame_of(film, m->end), (double)m->amount);
    }
    fail_msg("%zu camera moves", film->camera.count);
  }
  return &film->camera.items[0];
}

static void a_pan_is_the_cameras(void **state) {
  (void)state;
  // the camera goes right four pixels a picture from 26 to 75, while a box on the screen rises
  make("pan.mkv",
       GROUND("960", "270", "4") ",crop=480:270:x='100+4*clip(n-25,0,50)':y=0" BOX
                                 "x=200:y='200-3*clip(n-26,0,50)':shortest=1\" " LOSSLESS);
  KtFilm *film = look("pan.mkv");
  const KtCameraMove *move = only_move(film);
  assert_int_equal(move->kind, KT_CAMERA_PAN);
  assert_int_equal(frame_of(film, move->start), 26);
  assert_int_equal(frame_of(film, move->end), 75);
  assert_float_equal(move->direction, 0, 3);
  assert_float_equal(move->amount, 200.0F / 480.0F, 0.02F);
  KtFrame mean = kt_film_average(film, kt_film_time(1.2), kt_film_time(2.8));
  assert_float_equal(mean.flow_x, -4.0F * 25 / 480, 0.05F);  // the picture goes the other way
  const KtGesture *rise = gesture(film, KT_GESTURE_RISE, 0); // it moves right with the camera too
  const KtGesture *sweep = gesture(film, KT_GESTURE_SWEEP_RIGHT, 0);
  assert_true(rise || sweep);
  assert_float_equal((rise ? rise : sweep)->direction, 37, 8);
  kt_film_free(film);
}

static void a_pan_alone_leaves_no_gesture(void **state) {
  (void)state;
  make("pan.mkv",
       GROUND("480", "640", "4") ",crop=480:270:x=0:y='350-5.3*clip(n-25,0,50)'\" " LOSSLESS);
  KtFilm *film = look("pan.mkv");
  const KtCameraMove *move = only_move(film);
  assert_int_equal(move->kind, KT_CAMERA_TILT);
  assert_int_equal(frame_of(film, move->start), 26);
  assert_int_equal(frame_of(film, move->end), 75);
  assert_float_equal(move->direction, 90, 3);
  assert_int_equal(film->gestures.count, 2); // stillness before and after
  assert_gesture(film, KT_GESTURE_STILLNESS, 1, 75, 99);
  kt_film_free(film);
}

static void a_zoom_is_no_movement_in_the_picture(void **state) {
  (void)state;
  make("zoom.mkv",
       GROUND("480", "270",
              "4") ",scale=1920:1080,zoompan=z='1+0.01*clip(on-25,0,50)':"
                   "x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=1:s=480x270:fps=25\" " LOSSLESS);
  KtFilm *film = look("zoom.mkv");
  const KtCameraMove *move = only_move(film);
  assert_int_equal(move->kind, KT_CAMERA_ZOOM);
  assert_true(abs(frame_of(film, move->start) - 26) <= 1);
  assert_true(abs(frame_of(film, move->end) - 75) <= 1);
  assert_float_equal(move->amount, 0.405F, 0.05F); // ln 1.5
  for (size_t i = 0; i < film->gestures.count; ++i) {
    assert_int_equal(film->gestures.items[i].kind, KT_GESTURE_STILLNESS);
  }
  kt_film_free(film);
}

static void a_shaking_hand_is_no_pan(void **state) {
  (void)state;
  make("hand.mkv",
       GROUND("960", "540",
              "6") ",scale=1920:1080,crop=960:540:x='400+if(between(n,50,100),14*sin(n*1.1)+9*sin("
                   "n*2.3),0)':"
                   "y='200+if(between(n,50,100),10*sin(n*1.7+1),0)',scale=480:270\" " LOSSLESS);
  KtFilm *film = look("hand.mkv");
  const KtCameraMove *move = NULL;
  for (size_t i = 0; i < film->camera.count; ++i) {
    move = film->camera.items[i].kind == KT_CAMERA_HANDHELD ? &film->camera.items[i] : move;
    assert_true(film->camera.items[i].kind == KT_CAMERA_HANDHELD);
  }
  assert_non_null(move);
  assert_true(abs(frame_of(film, move->start) - 50) <= 13 &&
              abs(frame_of(film, move->end) - 101) <= 13);
  kt_film_free(film);
}

static void a_thing_before_a_plain_ground_is_no_camera(void **state) {
  (void)state;
  make("plain.mkv",
       "-f lavfi -i color=0x606060:s=480x270:r=25:d=4 -filter_complex "
       "\"[0]null[g];mandelbrot=s=160x160:r=25,trim=end_frame=1,loop=-1:1:0,setpts=N/25/TB[b];"
       "[g][b]overlay=x='20+5*clip(n-26,0,50)':y=50:shortest=1\" " LOSSLESS);
  KtFilm *film = look("plain.mkv");
  assert_int_equal(film->camera.count, 0);
  assert_gesture(film, KT_GESTURE_SWEEP_RIGHT, 0, 26, 75);
  kt_film_free(film);
}

static void a_blow_lies_on_its_picture(void **state) {
  (void)state;
  make("blow.mkv", GROUND("960", "540", "5") ",crop=480:270:x='200+if(between(n,60,61),12,0)':"
                                             "y='100+if(eq(n,60),8,0)'\" " LOSSLESS);
  KtFilm *film = look("blow.mkv");
  assert_int_equal(count_moments(film, KT_MOMENT_IMPACT), 1);
  assert_int_equal(moment_frame(film, KT_MOMENT_IMPACT), 60);
  assert_int_equal(film->shots.count, 1);
  kt_film_free(film);
}

static void pace_follows_the_cutting(void **state) {
  (void)state;
  make("pace.mkv", "-f lavfi -i color=navy:s=192x108:r=24:d=60 -vf "
                   "\"drawbox=c=orange:t=fill:enable='gte(t,36)*mod(floor(t/1.5),2)'\" " LOSSLESS);
  KtFilm *film = look("pace.mkv");
  assert_int_equal(film->pace.count, 61);
  assert_true(film->pace.items[10].cuts_per_minute < 2);
  assert_float_equal(film->pace.items[50].cuts_per_minute, 40, 8);
  assert_true(film->pace.items[50].pace > 3 * film->pace.items[10].pace + 0.3F);
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(a_dancer_is_followed_to_the_picture),
      RUN(a_pan_is_the_cameras),
      RUN(a_pan_alone_leaves_no_gesture),
      RUN(a_zoom_is_no_movement_in_the_picture),
      RUN(a_shaking_hand_is_no_pan),
      RUN(a_thing_before_a_plain_ground_is_no_camera),
      RUN(a_blow_lies_on_its_picture),
      RUN(pace_follows_the_cutting),
  };
  return cmocka_run_group_tests_name("film motion", tests, NULL, NULL);
}
