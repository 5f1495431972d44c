// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "synth.h"

static void frame_times_are_exact(void **state) {
  (void)state;
  static const struct {
    const char *rate;
    KtRate expected;
    const char *file;
  } rows[] = {
      {"24", {24, 1}, "a.mkv"},
      {"24000/1001", {24000, 1001}, "b.mkv"}, // its clock only has milliseconds
      {"30000/1001", {30000, 1001}, "c.mp4"},
      {"50", {50, 1}, "d.webm"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    char arguments[512];
    snprintf(arguments, sizeof(arguments), "-f lavfi -i testsrc2=s=160x90:r=%s:d=3 %s",
             rows[i].rate, strstr(rows[i].file, "webm") ? "-c:v libvpx" : "-c:v mpeg4");
    make(rows[i].file, arguments);
    KtFilm *film = look(rows[i].file);
    assert_false(film->variable_rate);
    assert_int_equal(film->rate.num * rows[i].expected.den, film->rate.den * rows[i].expected.num);
    for (size_t n = 0; n < film->frames.count; ++n) {
      assert_true(film->frames.items[n].time == kt_frame_time(rows[i].expected, (int64_t)n));
    }
    assert_int_equal(kt_film_frame_at(film, kt_frame_time(film->rate, 17)), 17);
    assert_int_equal(kt_film_frame_at(film, kt_frame_time(film->rate, 17) - 1), 16);
    kt_film_free(film);
  }
}

static void a_variable_rate_keeps_its_times(void **state) {
  (void)state;
  make("vfr.mp4", "-f lavfi -i testsrc2=s=160x90:r=30:d=3 -vf "
                  "\"select='not(between(n,30,33)+between(n,51,52))'\" -fps_mode vfr -c:v mpeg4");
  KtFilm *film = look("vfr.mp4");
  assert_true(film->variable_rate);
  assert_int_equal(film->rate.num, 30);
  assert_int_equal(film->frames.count, 84);
  assert_true(film->frames.items[29].time == kt_frame_time(film->rate, 29));
  assert_true(film->frames.items[30].time == kt_frame_time(film->rate, 34));
  assert_true(llabs(film->duration - kt_film_time(3.0)) < kt_film_time(0.002));
  kt_film_free(film);
}

static void turned_pictures_stand_upright(void **state) {
  (void)state;
  make("lying.mp4", "-f lavfi -i color=blue:s=320x180:r=25:d=1 -vf "
                    "drawbox=x=0:y=0:w=160:h=180:c=red:t=fill -c:v mpeg4 -q:v 2");
  make("turned.mp4", "-i lying.mp4 -c copy -metadata:s:v:0 rotate=90");
  KtFilm *film = look("turned.mp4");
  assert_int_equal(film->width, 180);
  assert_int_equal(film->height, 320);
  kt_film_free(film);
}

static void ten_bits_and_tall_pixels(void **state) {
  (void)state;
  make("ten.mkv", "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v ffv1 -pix_fmt yuv422p10le "
                  "-vf setsar=2");
  KtFilm *film = look("ten.mkv");
  assert_int_equal(film->frames.count, 25);
  assert_int_equal(film->shots.count, 1);
  assert_true(film->shots.items[0].saturation > 0.3F);
  kt_film_free(film);
}

static void the_start_timecode(void **state) {
  (void)state;
  make("tc.mov",
       "-f lavfi -i testsrc2=s=160x90:r=30000/1001:d=1 -c:v mpeg4 -timecode '01:00:00;02'");
  KtFilm *film = look("tc.mov");
  char text[KT_TIMECODE_SIZE];
  kt_timecode_print(&film->timecode, 0, text);
  assert_string_equal(text, "01:00:00;02");
  kt_film_free(film);
  film = look_with("tc.mov", (KtFilmOptions){.start_timecode = "10:00:00:00"});
  assert_false(film->timecode.drop);
  kt_timecode_print(&film->timecode, kt_frame_time(film->rate, 29), text);
  assert_string_equal(text, "10:00:00:29");
  kt_film_free(film);
  KtError err;
  assert_int_equal(try_look("tc.mov", (KtFilmOptions){.start_timecode = "ten"}, &film, &err),
                   KT_ERR_FORMAT);
}

static void the_larger_picture_is_taken(void **state) {
  (void)state;
  make("two.mkv", "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -f lavfi -i smptebars=s=320x180:r=30:d=1 "
                  "-map 0 -map 1 -c:v mpeg4");
  KtFilm *film = look("two.mkv");
  assert_int_equal(film->video_stream, 1);
  assert_int_equal(film->rate.num, 30);
  kt_film_free(film);
  KtContext ctx = {.threads = 1};
  char path[256];
  path_of(path, "two.mkv");
  KtFilmOptions options = {.path = path, .video_stream = 0};
  assert_int_equal(kt_film_look(&ctx, &options, &film, NULL), KT_OK);
  assert_int_equal(film->width, 160);
  kt_film_free(film);
  options.video_stream = 7;
  assert_int_equal(kt_film_look(&ctx, &options, &film, NULL), KT_ERR_MISSING);
}

static void what_is_no_film_is_said_so(void **state) {
  (void)state;
  char path[256];
  path_of(path, "text.mp4");
  assert_int_equal(kt_file_write(path, "INT. HOUSE\n\nNobody.\n", 20, NULL), KT_OK);
  path_of(path, "empty.mp4");
  assert_int_equal(kt_file_write(path, "", 0, NULL), KT_OK);
  make("sound.wav", "-f lavfi -i sine=d=1");
  make("one.mkv", "-f lavfi -i testsrc2=s=160x90:r=25:d=0.04 -c:v mpeg4");
  make("still.png", "-f lavfi -i testsrc2=s=160x90:r=25 -frames:v 1");
  static const struct {
    const char *file;
    KtStatus status;
    const char *says;
  } rows[] = {
      {"nothing.mp4", KT_ERR_MISSING, "no such file"},
      {"text.mp4", KT_ERR_FORMAT, "not a film"},
      {"empty.mp4", KT_ERR_FORMAT, "not a film"},
      {"sound.wav", KT_ERR_MISSING, "no picture stream"},
      {"one.mkv", KT_ERR_FORMAT, "single picture"},
      {"still.png", KT_ERR_FORMAT, "not a film"},
      {".", KT_ERR_FORMAT, "folder"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtFilm *film = NULL;
    KtError err;
    assert_int_equal(try_look(rows[i].file, (KtFilmOptions){0}, &film, &err), rows[i].status);
    assert_null(film);
    assert_non_null(strstr(err.message, rows[i].says));
    assert_null(strchr(err.message, '\n'));
  }
}

/// Warnings but for the one that the weights of Silero VAD are missing; `last` is the last of them.
static int count_warnings(const KtFilm *film, const char **last) {
  int count = 0;
  for (size_t i = 0; i < film->warnings.count; ++i) {
    if (!strstr(film->warnings.items[i], "silero_vad.onnx")) {
      *last = film->warnings.items[i];
      ++count;
    }
  }
  return count;
}

static void a_broken_download_gives_what_there_is(void **state) {
  (void)state;
  make("whole.mp4", "-f lavfi -i testsrc2=s=320x180:r=25:d=8 -f lavfi -i sine=d=8 -c:v mpeg4 "
                    "-c:a aac -movflags +faststart");
  const char *warning = NULL;
  KtFilm *film = look("whole.mp4");
  assert_false(film->truncated);
  assert_int_equal(count_warnings(film, &warning), 0);
  kt_film_free(film);
  char path[256];
  path_of(path, "whole.mp4");
  KtArena *arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  assert_int_equal(kt_file_read(arena, path, 1 << 28, &bytes, &size, NULL), KT_OK);
  path_of(path, "broken.mp4");
  assert_int_equal(kt_file_write(path, bytes, size * 6 / 10, NULL), KT_OK);
  kt_arena_free(arena);
  film = look("broken.mp4");
  assert_true(film->truncated);
  assert_true(film->frames.count > 60 && film->frames.count < 180);
  assert_int_equal(count_warnings(film, &warning), 1);
  char at[KT_TIMECODE_SIZE];
  kt_timecode_print(&film->timecode, kt_frame_time(film->rate, (int64_t)film->frames.count), at);
  assert_non_null(strstr(warning, at));
  kt_film_free(film);
}

static void a_kept_look_comes_back(void **state) {
  (void)state;
  make("keep.mkv",
       "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i 'sine=f=300:d=2' -c:v mpeg4 "
       "-c:a pcm_s16le");
  KtFilm *film = look("keep.mkv"), *again = NULL;
  char path[256], cut[256];
  path_of(path, "look.bin");
  path_of(cut, "cut.bin");
  assert_int_equal(kt_film_save(film, path, NULL), KT_OK);
  assert_int_equal(kt_film_load(path, &again, NULL), KT_OK);
  assert_string_equal(again->title, film->title);
  assert_string_equal(again->speech_method, film->speech_method);
  assert_int_equal(again->frames.count, film->frames.count);
  assert_memory_equal(again->frames.items, film->frames.items,
                      film->frames.count * sizeof(*film->frames.items));
  assert_memory_equal(again->shots.items, film->shots.items,
                      film->shots.count * sizeof(*film->shots.items));
  assert_int_equal(again->loudness.count, film->loudness.count);
  assert_true(again->integrated_lufs == film->integrated_lufs);
  KtArena *arena = kt_arena_new();
  const char *bytes = NULL;
  size_t size = 0;
  assert_int_equal(kt_file_read(arena, path, 1 << 28, &bytes, &size, NULL), KT_OK);
  for (size_t part = 0; part < size; part += size / 7) {
    KtFilm *none = NULL;
    assert_int_equal(kt_file_write(cut, bytes, part, NULL), KT_OK);
    assert_int_equal(kt_film_load(cut, &none, NULL), KT_ERR_FORMAT);
    assert_null(none);
  }
  kt_arena_free(arena);
  kt_film_free(film);
  kt_film_free(again);
}

static void looking_stops_when_asked(void **state) {
  (void)state;
  make("long.mkv", "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -c:v mpeg4");
  atomic_bool cancel = true;
  KtContext ctx = {.threads = 2, .cancel = &cancel};
  char path[256];
  path_of(path, "long.mkv");
  KtFilmOptions options = {.path = path, .video_stream = -1};
  KtFilm *film = NULL;
  assert_int_equal(kt_film_look(&ctx, &options, &film, NULL), KT_ERR_CANCELLED);
  assert_null(film);
}

static void threads_change_nothing(void **state) {
  (void)state;
  make("same.mp4", "-f lavfi -i mandelbrot=s=320x180:r=25 -t 3 -c:v libx264 -preset ultrafast");
  char path[256];
  path_of(path, "same.mp4");
  KtFilm *films[2];
  for (int i = 0; i < 2; ++i) {
    KtContext ctx = {.threads = i ? 4 : 1};
    KtFilmOptions options = {.path = path, .video_stream = -1};
    assert_int_equal(kt_film_look(&ctx, &options, &films[i], NULL), KT_OK);
  }
  assert_int_equal(films[0]->frames.count, films[1]->frames.count);
  assert_memory_equal(films[0]->frames.items, films[1]->frames.items,
                      films[0]->frames.count * sizeof(KtFrame));
  kt_film_free(films[0]);
  kt_film_free(films[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(frame_times_are_exact),
      RUN(a_variable_rate_keeps_its_times),
      RUN(turned_pictures_stand_upright),
      RUN(ten_bits_and_tall_pixels),
      RUN(the_start_timecode),
      RUN(the_larger_picture_is_taken),
      RUN(what_is_no_film_is_said_so),
      RUN(a_broken_download_gives_what_there_is),
      RUN(a_kept_look_comes_back),
      RUN(looking_stops_when_asked),
      RUN(threads_change_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
