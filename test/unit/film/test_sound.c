// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "synth.h"

#define PICTURE "-f lavfi -i testsrc2=s=160x90:r=25:d=4 "

/// Everything the film's sound gives, interleaved; the caller frees it.
static float *read_all(const KtFilm *film, const char *audio_file, size_t *frames, int *channels) {
  KtFilmSound *sound = NULL;
  KtError err = {0};
  if (kt_film_sound_open(film, audio_file, &sound, &err)) {
    fail_msg("%s", err.message);
  }
  *channels = kt_film_sound_channels(sound);
  float *all = NULL;
  size_t count = 0, got = 1;
  while (got) {
    all = realloc(all, (count + 1000) * (size_t)*channels * sizeof(float));
    assert_non_null(all);
    assert_int_equal(kt_film_sound_read(sound, all + count * (size_t)*channels, 1000, &got, NULL),
                     KT_OK);
    count += got;
  }
  kt_film_sound_close(sound);
  *frames = count;
  return all;
}

static size_t loudest(const float *samples, size_t frames, int channels, int channel) {
  size_t best = 0;
  for (size_t i = 0; i < frames; ++i) {
    size_t at = i * (size_t)channels + (size_t)channel;
    best =
        fabsf(samples[at]) > fabsf(samples[best * (size_t)channels + (size_t)channel]) ? i : best;
  }
  return best;
}

static void sound_at_48_khz_is_exact(void **state) {
  (void)state; // a ramp that says of each sample which it is
  make("ramp.mkv", PICTURE "-f lavfi -i 'aevalsrc=mod(n\\,30000)/32768|-mod(n\\,30000)/32768:"
                           "s=48000:d=3' -c:v mpeg4 -c:a pcm_s16le");
  KtFilm *film = look("ramp.mkv");
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, NULL, &frames, &channels);
  assert_int_equal(channels, 2);
  assert_int_equal(frames, 4 * 48000); // silence to the end of the picture
  for (size_t i = 0; i < frames; ++i) {
    float expected = i < 3 * 48000 ? (float)(i % 30000) / 32768.0F : 0.0F;
    assert_true(samples[2 * i] == expected);
    assert_true(samples[2 * i + 1] == -expected);
  }
  free(samples);
  kt_film_free(film);
}

static void sound_before_the_picture_is_dropped(void **state) {
  (void)state;
  make("late.mkv", "-itsoffset 0.48 " PICTURE "-f lavfi -i "
                   "'aevalsrc=mod(n\\,30000)/32768:s=48000:d=3' -c:v mpeg4 -c:a pcm_s16le");
  KtFilm *film = look("late.mkv");
  assert_true(film->picture_start == kt_film_time(0.48));
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, NULL, &frames, &channels);
  assert_int_equal(channels, 1);
  assert_true(samples[0] == 23040.0F / 32768.0F);
  free(samples);
  kt_film_free(film);
}

static void late_sound_waits_in_silence(void **state) {
  (void)state;
  make("wait.mkv",
       PICTURE "-itsoffset 0.75 -f lavfi -i "
               "'aevalsrc=0.25+mod(n\\,3000)/32768:s=48000:d=2' -c:v mpeg4 -c:a pcm_s16le");
  KtFilm *film = look("wait.mkv");
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, NULL, &frames, &channels);
  for (size_t i = 0; i < 36000; ++i) {
    assert_true(samples[i] == 0.0F);
  }
  assert_true(samples[36000] == 0.25F);
  assert_true(samples[36001] == 0.25F + 1.0F / 32768.0F);
  free(samples);
  kt_film_free(film);
}

static void mono_at_44_1_khz_keeps_its_place(void **state) {
  (void)state; // one click at 1.5 s
  make("click.mp4", PICTURE "-f lavfi -i 'aevalsrc=if(eq(n\\,66150)\\,0.9\\,0):s=44100:d=3' "
                            "-c:v mpeg4 -c:a alac");
  KtFilm *film = look("click.mp4");
  assert_int_equal(film->audio_rate, 44100);
  assert_int_equal(film->audio_channels, 1);
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, NULL, &frames, &channels);
  assert_int_equal(channels, 1);
  int64_t at = (int64_t)loudest(samples, frames, 1, 0);
  assert_true(llabs(at - 72000) <= 1);
  assert_int_equal(count_moments(film, KT_MOMENT_TRANSIENT), 1);
  assert_true(fabs(kt_seconds(film->moments.items[0].at) - 1.5) <= 0.005);
  free(samples);
  kt_film_free(film);
}

static void five_one_stays_five_one(void **state) {
  (void)state;
  make("five.mkv", PICTURE "-f lavfi -i 'aevalsrc=0.1*sin(6283*t)|0|0|0.5|0|0:c=5.1:s=48000:d=4' "
                           "-c:v mpeg4 -c:a flac");
  KtFilm *film = look("five.mkv");
  assert_int_equal(film->audio_channels, 6);
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, NULL, &frames, &channels);
  assert_int_equal(channels, 6);
  assert_float_equal(samples[6 * 1000 + 3], 0.5F, 1e-4F);
  // 1 kHz at -20 dBFS peak in one front speaker is -23 LUFS; the deep channel does not count
  assert_true(fabs(film->integrated_lufs + 23.0) < 0.15);
  free(samples);
  kt_film_free(film);
}

static void loudness_and_true_peak(void **state) {
  (void)state; // EBU Tech 3341, test 1: stereo 1 kHz sine at -23 dBFS is -23 LUFS
  make("tone.mkv",
       PICTURE "-f lavfi -i 'aevalsrc=0.07079*sin(2*PI*1000*t)|0.07079*sin(2*PI*1000*t):"
               "s=48000:d=4' -c:v mpeg4 -c:a pcm_f32le");
  KtFilm *film = look("tone.mkv");
  assert_true(fabs(film->integrated_lufs + 23.0) < 0.1);
  assert_true(fabs((double)film->loudness.items[20].momentary_lufs + 23.0) < 0.1);
  assert_int_equal(film->loudness.count, 40);
  kt_film_free(film);
  // a quarter of the rate, sampled 45 degrees off its peaks: 3 dB between the samples
  make("peak.mkv", PICTURE "-f lavfi -i 'aevalsrc=0.5*sin(2*PI*12000*t+PI/4):s=48000:d=2' "
                           "-c:v mpeg4 -c:a pcm_f32le");
  film = look("peak.mkv");
  assert_true(fabs(film->true_peak_dbtp + 6.02) < 0.3);
  kt_film_free(film);
}

static void no_sound_is_silence(void **state) {
  (void)state;
  make("mute.mkv", PICTURE "-c:v mpeg4");
  KtFilm *film = look("mute.mkv");
  assert_int_equal(film->audio_stream, -1);
  assert_int_equal(film->speech.count + film->music.count + film->loudness.count, 0);
  assert_true(isinf(film->integrated_lufs) && film->integrated_lufs < 0);
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, NULL, &frames, &channels);
  assert_int_equal(frames, 4 * 48000);
  free(samples);
  kt_film_free(film);
}

static void other_sound_starts_with_the_picture(void **state) {
  (void)state;
  make("other.wav", "-f lavfi -i 'aevalsrc=if(eq(n\\,48000)\\,0.9\\,0):s=48000:d=3'");
  make("pic.mkv", "-itsoffset 0.5 " PICTURE "-c:v mpeg4");
  char path[256];
  path_of(path, "other.wav");
  KtFilm *film = look_with("pic.mkv", (KtFilmOptions){.audio_file = path});
  assert_int_equal(count_moments(film, KT_MOMENT_TRANSIENT), 1);
  assert_true(fabs(kt_seconds(film->moments.items[0].at) - 1.0) <= 0.005);
  size_t frames = 0;
  int channels = 0;
  float *samples = read_all(film, path, &frames, &channels);
  assert_int_equal(loudest(samples, frames, channels, 0), 48000);
  free(samples);
  kt_film_free(film);
}

static void weather_does_not_hide_a_timed_caption(void **state) {
  (void)state;
  make("sea.mkv",
       "-f lavfi -i testsrc2=s=160x90:r=25:d=20 -f lavfi -i "
       "'anoisesrc=color=brown:amplitude=0.2:seed=3:d=20:r=48000' -c:v mpeg4 -c:a pcm_s16le");
  char path[256];
  path_of(path, "sea.srt");
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("1\n00:00:02,000 --> 00:00:04,000\nCome in, the boat is lost.\n\n" // as long as it takes
        "2\n00:00:06,000 --> 00:00:12,000\nNo.\n\n"                        // left standing
        "3\n00:00:14,000 --> 00:00:16,000\n[thunder over the whole bay]\n",
        file);
  fclose(file);
  KtFilm *film = look_with("sea.mkv", (KtFilmOptions){.subtitles = path});
  assert_int_equal(film->speech.count, 1);
  assert_true(fabs(kt_seconds(film->speech.items[0].start) - 2) < 0.01);
  assert_true(kt_seconds(film->speech.items[0].end) <= 4.01);
  assert_int_equal(film->music.count, 0);
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RUN(sound_at_48_khz_is_exact),
      RUN(sound_before_the_picture_is_dropped),
      RUN(late_sound_waits_in_silence),
      RUN(mono_at_44_1_khz_keeps_its_place),
      RUN(five_one_stays_five_one),
      RUN(loudness_and_true_peak),
      RUN(no_sound_is_silence),
      RUN(other_sound_starts_with_the_picture),
      RUN(weather_does_not_hide_a_timed_caption),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
