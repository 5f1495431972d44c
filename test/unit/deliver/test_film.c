// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The scored film and the sound files, judged by the ffmpeg programs.
#include "fixture.h"

#include "base/audio_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/// What a command prints, in the fixture's arena.
static const char *output_of(Fixture *fixture, const char *command) {
  char line[2048];
  snprintf(line, sizeof(line), "cd '%s' && %s", fixture->folder, command);
  FILE *pipe = popen(line, "r");
  char *text = calloc(1, 1 << 20);
  size_t got = fread(text, 1, (1 << 20) - 1, pipe);
  const char *kept = kt_arena_text_n(fixture->arena, text, got);
  free(text);
  assert_int_equal(pclose(pipe), 0);
  return kept;
}

/// Where the loudest sample of a file's first sound track lies, 48 kHz samples from the start of the
/// presentation (audio that begins late is padded as a player would).
static int64_t loudest_sample(Fixture *fixture, const char *film) {
  char command[1024];
  snprintf(command, sizeof(command), "ffmpeg -v error -y -copyts -i %s -map 0:a:0 -af aresample=async=1:first_pts=0 -ac 1 -ar 48000 "
           "-c:a pcm_f32le decoded.wav && echo", film);
  output_of(fixture, command);
  KtAudioReader *reader = NULL;
  assert_int_equal(kt_audio_reader_open(kt_path_join(fixture->arena, fixture->folder, "decoded.wav"), &reader, NULL), KT_OK);
  int64_t frames = kt_audio_reader_frames(reader), at = 0;
  float *samples = calloc((size_t)frames, sizeof(float)), loudest = 0;
  size_t got = 0;
  assert_int_equal(kt_audio_read(reader, samples, (size_t)frames, &got, NULL), KT_OK);
  for (size_t i = 0; i < got; ++i) {
    if (fabsf(samples[i]) > loudest) {
      loudest = fabsf(samples[i]);
      at = (int64_t)i;
    }
  }
  assert_true(loudest > .1F);
  free(samples);
  kt_audio_reader_close(reader);
  return at;
}

static void check_film(const char *extension, double picture_start_s) {
  Fixture *fixture = fixture_new(extension);
  KtError err = {0};
  const char *path = NULL;
  char command[512];
  if (picture_start_s > 0) { // the same film, its picture and sound begin later
    snprintf(command, sizeof(command), "ffmpeg -v error -y -itsoffset %.3f -i film.%s -map 0 -c copy late.%s && echo", picture_start_s,
             extension, extension);
    output_of(fixture, command);
    snprintf(fixture->film_path, sizeof(fixture->film_path), "%s/late.%s", fixture->folder, extension);
  }
  snprintf(command, sizeof(command), "ffprobe -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 %s | sort -n | head -1",
           kt_path_name(fixture->film_path));
  fixture->film.picture_start = kt_film_time(atof(output_of(fixture, command)));
  KtStatus status = kt_deliver_film(&fixture->delivery, &path, fixture->arena, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
  snprintf(command, sizeof(command), "out/tiny.scored.%s", extension);
  assert_non_null(strstr(path, command));
  const char *name = kt_path_name(fixture->film_path);
  static const char *const STREAMS[][2] = {{"0:v", "0:v"}, {"0:a:1", "0:a:0"}};
  for (int i = 0; i < 2; ++i) { // picture and the film's own sound, packet by packet, with their times. Not
    // durations: FFmpeg's MP4 reader shortens the last one where a stream begins late.
    snprintf(command, sizeof(command), "ffmpeg -v error -copyts -i out/tiny.scored.%s -map %s -c copy -f framemd5 - | cut -d, -f2,3,5,6", extension, STREAMS[i][0]);
    const char *scored = output_of(fixture, command);
    snprintf(command, sizeof(command), "ffmpeg -v error -copyts -i %s -map %s -c copy -f framemd5 - | cut -d, -f2,3,5,6", name, STREAMS[i][1]);
    assert_string_equal(scored, output_of(fixture, command));
  }
  snprintf(command, sizeof(command), "out/tiny.scored.%s", extension);
  int64_t meant = llround(kt_seconds(fixture->film.picture_start) * 48000) + CLICK_SAMPLE;
  int64_t found = loudest_sample(fixture, command);
  if (llabs(found - meant) > 48) {
    fail_msg("the click is at %lld, not %lld", (long long)found, (long long)meant);
  }
  snprintf(command, sizeof(command), "ffprobe -v error -show_chapters -show_format -show_streams out/tiny.scored.%s", extension);
  const char *facts = output_of(fixture, command);
  assert_non_null(strstr(facts, "TAG:title=One"));
  assert_non_null(strstr(facts, "TAG:title=Tiny & \"Small\""));
  assert_non_null(strstr(facts, "=kinothek test"));
  assert_non_null(strstr(facts, strcmp(extension, "mp4") ? "codec_name=subrip" : "codec_name=mov_text"));
  const char *mix = strstr(facts, "index=1"), *own = strstr(facts, "index=2");
  assert_non_null(strstr(mix, strcmp(extension, "mp4") ? "codec_name=flac" : "codec_name=aac"));
  assert_true(strstr(mix, "DISPOSITION:default=1") < own);
  assert_true(strstr(mix, "TAG:language=eng") < own);
  assert_true(strstr(own, "DISPOSITION:default=0") != NULL);
  fixture_free(fixture);
}

static void test_mp4(void **state) {
  (void)state;
  check_film("mp4", 0);
}

static void test_mkv(void **state) {
  (void)state;
  check_film("mkv", 0);
}

static void test_late_picture(void **state) {
  (void)state;
  check_film("mp4", .021);
  check_film("mkv", 1.4);
}

static void test_film_is_missing(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtError err = {0};
  fixture->film.path = "/nowhere/film.mp4";
  assert_int_equal(kt_deliver_film(&fixture->delivery, NULL, fixture->arena, &err), KT_ERR_MISSING);
  assert_string_equal(err.file, "/nowhere/film.mp4");
  assert_int_equal(fixture_run("test -z \"$(ls '%s')\"", fixture->delivery.folder), 0);
  fixture_free(fixture);
}

static void test_cancelled_leaves_nothing(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  atomic_bool cancel = true;
  KtError err = {0};
  fixture->ctx.cancel = &cancel;
  assert_int_equal(kt_deliver_film(&fixture->delivery, NULL, fixture->arena, &err), KT_ERR_CANCELLED);
  assert_int_equal(kt_deliver_audio(&fixture->delivery, &err), KT_ERR_CANCELLED);
  assert_int_equal(fixture_run("test -z \"$(find '%s' -type f)\"", fixture->delivery.folder), 0);
  fixture_free(fixture);
}

static void test_broadcast_wave(void **state) {
  (void)state;
  static const struct {
    KtTimecode timecode;
    const char *reference, *rate;
  } CASES[] = {
      {{{24, 1}, false, 86400}, "172824000", "24/1"}, // 1m01 begins half a second in: 24 000 samples
      {{{24000, 1001}, false, 86400}, "172996800", "24000/1001"},
      {{{30000, 1001}, false, 108000}, "172996800", "30000/1001"},
      {{{30000, 1001}, true, 107892}, "172824000", "30000/1001"}, // 01:00:00;00, 172.8 samples early
      {{{25, 1}, false, 0}, "24000", "25/1"},
  };
  for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); ++i) {
    Fixture *fixture = fixture_new(NULL);
    KtError err = {0};
    fixture->film.timecode = CASES[i].timecode;
    assert_int_equal(kt_deliver_audio(&fixture->delivery, &err), KT_OK);
    const char *facts = output_of(fixture, "ffprobe -v error -show_format -show_streams out/cues/1m01/1m01.wav");
    char wanted[64];
    if (i != 3) {
      snprintf(wanted, sizeof(wanted), "TAG:time_reference=%s\n", CASES[i].reference);
      assert_non_null(strstr(facts, wanted));
    } else { // 107 892 frames of 1001/30000 s are 3 599.9964 s
      assert_non_null(strstr(facts, "TAG:time_reference=172823827\n"));
    }
    assert_non_null(strstr(facts, "codec_name=pcm_s24le"));
    snprintf(wanted, sizeof(wanted), "<TIMECODE_RATE>%s</TIMECODE_RATE>", CASES[i].rate);
    assert_int_equal(fixture_run("grep -q -a '%s' '%s/cues/1m01/1m01.wav'", wanted, fixture->delivery.folder), 0);
    assert_int_equal(fixture_run("grep -q -a '<TIMECODE_FLAG>%s<' '%s/cues/1m01/stems/1m01_STH.wav'",
                                 CASES[i].timecode.drop ? "DF" : "NDF", fixture->delivery.folder), 0);
    fixture_free(fixture);
  }
}

static void test_surround_stays(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  KtError err = {0};
  output_of(fixture, "ffmpeg -v error -y -i mix.wav -af 'pan=5.1|FL=FL|FR=FR|FC=0*FL|LFE=0*FL|BL=0*FL|BR=0*FL' -c:a pcm_f32le six.wav && echo");
  fixture->mix.mix_path = kt_path_join(fixture->arena, fixture->folder, "six.wav");
  fixture->mix.mix_channels = 6;
  assert_int_equal(kt_deliver_audio(&fixture->delivery, &err), KT_OK);
  assert_int_equal(kt_deliver_film(&fixture->delivery, NULL, fixture->arena, &err), KT_OK);
  assert_non_null(strstr(output_of(fixture, "ffprobe -v error -show_streams out/tiny.mix.wav"), "channels=6\nchannel_layout=5.1"));
  assert_non_null(strstr(output_of(fixture, "ffprobe -v error -select_streams a:0 -show_streams out/tiny.scored.mp4"),
                         "channels=6\nchannel_layout=5.1"));
  fixture_free(fixture);
}

static void test_only_cues_wanted(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  KtError err = {0};
  const bool wanted[2] = {false, true};
  fixture->delivery.cues_wanted = wanted;
  KtStatus status = kt_deliver(&fixture->delivery, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(fixture_run("cd '%s' && test ! -e cues/1m01 && test -s cues/1m02/1m02.mid && test -s cues/1m02/1m02.wav && "
                               "test -s cues/1m02/stems/1m02_STH.wav && test -s tiny.mix.wav && test -s tiny.scored.mp4 && "
                               "test -s report.html && test -s report.json && test -z \"$(find . -name '.kt-*')\"",
                               fixture->delivery.folder), 0);
  fixture_free(fixture);
}

int main(void) {
  const struct CMUnitTest with_ffmpeg[] = {
      cmocka_unit_test(test_mp4),           cmocka_unit_test(test_mkv),
      cmocka_unit_test(test_late_picture),  cmocka_unit_test(test_film_is_missing),
      cmocka_unit_test(test_cancelled_leaves_nothing), cmocka_unit_test(test_broadcast_wave),
      cmocka_unit_test(test_surround_stays), cmocka_unit_test(test_only_cues_wanted),
  };
  return fixture_has("ffmpeg") ? cmocka_run_group_tests(with_ffmpeg, NULL, NULL) : 77;
}
