// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage.h"

static float *film_sound(Stage *stage, int channels) {
  KtFilmSound *sound = NULL;
  size_t got = 0;
  film_channels = channels;
  kt_film_sound_open(&stage->film, NULL, &sound, NULL);
  float *samples = KT_NEW(stage->arena, float, (size_t)FRAMES * (size_t)channels);
  kt_film_sound_read(sound, samples, FRAMES, &got, NULL);
  kt_film_sound_close(sound);
  return samples;
}

static void the_film_is_untouched(void **state) {
  Stage *stage = *state;
  for (int channels = 1; channels <= 6; channels += channels == 1 ? 1 : 4) {
    float *film = film_sound(stage, channels);
    KtMix *made = mix(stage, NULL, "keep", "plain");
    int out = channels < 2 ? 2 : channels;
    assert_int_equal(made->mix_channels, out);
    assert_int_equal(made->frames, FRAMES);
    float *whole = read_all(stage, made->mix_path, out, FRAMES);
    int wide = channels == 6 ? 6 : 2;
    assert_int_equal(made->music_channels, wide);
    float *music = read_all(stage, made->music_path, wide, FRAMES);
    double worst = 0;
    for (int64_t i = 0; i < FRAMES; ++i) {
      for (int c = 0; c < out; ++c) {
        double own = channels == 1 ? (double)film[i] * M_SQRT1_2 : (double)film[i * channels + c];
        double score = c < wide ? (double)music[i * wide + c] : 0;
        worst = fmax(worst, fabs((double)whole[i * out + c] - score - own));
      }
    }
    assert_true(worst < 1e-7);
    assert_true(made->gain_db == 0);
    assert_true(made->true_peak_dbtp <= fmax(made->film_peak_dbtp, -1) + 0.05);
    if (channels == 1) { // in both channels, and as loud as it was
      for (int64_t i = 0; i < FRAMES; ++i) {
        whole[2 * i] -= music[2 * i];
        whole[2 * i + 1] -= music[2 * i + 1];
      }
      assert_true(fabs(lufs_of(whole, 2, FRAMES) - lufs_of(film, 1, FRAMES)) < 0.02);
    }
    kt_mix_free(made);
  }
  film_channels = 2;
}

static void words_stand_out(void **state) {
  Stage *stage = *state;
  KtMix *made = mix(stage, NULL, "keep", "words");
  KtMeter film = meter_of(film_sound(stage, 2), 2, FRAMES);
  KtMeter music = meter_of(read_all(stage, made->music_path, 2, FRAMES), 2, FRAMES);
  for (int w = 0; w < 2; ++w) {
    // Line with line, and with a second of music on either side.
    int64_t from = (int64_t)(words[w][0] * 10), to = (int64_t)(words[w][1] * 10);
    double speech = kt_lufs(kt_hops_mean(&film.hops, from, to));
    assert_true(speech - kt_lufs(kt_hops_mean(&music.hops, from, to)) >= 10);
    assert_true(speech - kt_lufs(kt_hops_mean(&music.hops, from, to)) < 28);
    assert_true(kt_lufs(kt_hops_mean(&film.hops, from - 14, from + 16)) -
                    kt_lufs(kt_hops_mean(&music.hops, from - 14, from + 16)) >= 10);
  }
  assert_true(made->speech_margin_lu >= 10);
  assert_true(made->cues[0].duck_db > 3);
  assert_true(made->cues[1].duck_db == 0);
  // Between and after, it lifts again.
  assert_true(kt_hops_mean(&music.hops, 50, 60) > 2 * kt_hops_mean(&music.hops, 90, 100));
  kt_meter_clear(&film);
  kt_meter_clear(&music);
  kt_mix_free(made);
}

static void a_film_without_words_leaves_the_music_alone(void **state) {
  Stage *stage = *state;
  size_t lines = stage->film.speech.count;
  stage->film.speech.count = 0;
  KtMix *made = mix(stage, NULL, "keep", "wordless");
  stage->film.speech.count = lines;
  assert_true(made->cues[0].duck_db == 0);
  assert_true(made->speech_margin_lu == HUGE_VAL);
  kt_mix_free(made);
}

static void specs_are_met(void **state) {
  Stage *stage = *state;
  static const struct {
    const char *id;
    double lufs, peak;
    bool dialogue;
  } specs[] = {{"ebu", -23, -1, false}, {"atsc", -24, -2, false}, {"netflix", -27, -2, true},
               {"web", -14, -1, false}};
  for (size_t s = 0; s < 4; ++s) {
    KtMix *made = mix(stage, specs[s].id, "keep", "spec");
    float *whole = read_all(stage, made->mix_path, 2, FRAMES);
    KtMeter meter = meter_of(whole, 2, FRAMES);
    if (!specs[s].dialogue) {
      assert_true(fabs(kt_hops_lufs(&meter.hops) - specs[s].lufs) < 0.3);
      assert_true(fabs(made->integrated_lufs - specs[s].lufs) < 0.3);
    } else {
      assert_true(fabs(made->dialogue_lufs - specs[s].lufs) < 0.3);
    }
    assert_true(kt_meter_peak_dbtp(&meter) <= specs[s].peak);
    assert_true(made->true_peak_dbtp <= specs[s].peak);
    if (made->limiter_max_reduction_db == 0) {
      float *film = film_sound(stage, 2), *music = read_all(stage, made->music_path, 2, FRAMES);
      double gain = pow(10, made->gain_db / 20), worst = 0;
      for (int64_t i = 0; i < 2 * FRAMES; ++i) {
        worst = fmax(worst, fabs((double)whole[i] - (double)music[i] - gain * (double)film[i]));
      }
      assert_true(worst < 1e-6);
    }
    kt_meter_clear(&meter);
    kt_mix_free(made);
  }
  KtMixOptions options = {.loudness = "loud"};
  KtMix *none = NULL;
  KtError err = {0};
  assert_int_equal(kt_mix(&stage->ctx, &stage->film, &stage->spotting, &stage->orchestra,
                          stage->stems, 2, &options, in(stage, "no"), &none, &err),
                   KT_ERR_ARGUMENT);
  assert_non_null(strstr(err.message, "netflix"));
}

static void without_film_sound_the_score_is_the_mix(void **state) {
  Stage *stage = *state;
  KtMix *made = mix(stage, NULL, "drop", "drop");
  float *whole = read_all(stage, made->mix_path, 2, FRAMES);
  float *music = read_all(stage, made->music_path, 2, FRAMES);
  assert_memory_equal(whole, music, 2 * FRAMES * sizeof(float));
  assert_true(fabs(made->music_lufs + 23) < 0.7);
  assert_true(made->cues[0].duck_db == 0);
  assert_true(made->speech_margin_lu == HUGE_VAL);
  kt_mix_free(made);
}

/// Cues beside each other on two threads, the stems of each on eight.
static void threads_change_nothing(void **state) {
  enum { FILES = 3 };
  Stage *stage = *state;
  static const int threads[] = {1, 2, 8};
  static const char *const folders[] = {"one", "two", "eight"};
  const char *bytes[3][FILES];
  size_t sizes[3][FILES];
  for (int t = 0; t < 3; ++t) {
    stage->ctx.threads = threads[t];
    KtMix *made = mix(stage, NULL, "keep", folders[t]);
    int stem = 0;
    while (!made->cues[0].stem_paths[stem]) {
      ++stem;
    }
    const char *paths[FILES] = {made->mix_path, made->cues[0].path, made->cues[0].stem_paths[stem]};
    for (int f = 0; f < FILES; ++f) {
      assert_int_equal(kt_file_read(stage->arena, paths[f], 1U << 28, &bytes[t][f], &sizes[t][f], NULL), KT_OK);
    }
    kt_mix_free(made);
  }
  stage->ctx.threads = 2;
  for (int t = 1; t < 3; ++t) {
    for (int f = 0; f < FILES; ++f) {
      assert_int_equal(sizes[0][f], sizes[t][f]);
      assert_memory_equal(bytes[0][f], bytes[t][f], sizes[0][f]);
    }
  }
}

static void stop_later(void *user, const char *stage, double fraction) {
  (void)stage;
  if (fraction > 0.7) {
    atomic_store((atomic_bool *)user, true);
  }
}

static void cancelling_leaves_nothing_half_done(void **state) {
  Stage *stage = *state;
  atomic_bool stop = false;
  KtContext ctx = stage->ctx;
  ctx.cancel = &stop;
  ctx.progress = stop_later;
  ctx.user = &stop;
  KtMixOptions options = {.hall = "chamber"};
  KtMix *made = NULL;
  KtError err = {0};
  assert_int_equal(kt_mix(&ctx, &stage->film, &stage->spotting, &stage->orchestra, stage->stems, 2,
                          &options, in(stage, "stopped"), &made, &err),
                   KT_ERR_CANCELLED);
  assert_null(made);
  DIR *dir = opendir(in(stage, "stopped"));
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    assert_true(strncmp(entry->d_name, ".kt-", 4) != 0);
    assert_string_not_equal(entry->d_name, "mix.wav");
    assert_string_not_equal(entry->d_name, "music.wav");
  }
  closedir(dir);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_film_is_untouched),
      cmocka_unit_test(words_stand_out),
      cmocka_unit_test(a_film_without_words_leaves_the_music_alone),
      cmocka_unit_test(specs_are_met),
      cmocka_unit_test(without_film_sound_the_score_is_the_mix),
      cmocka_unit_test(threads_change_nothing),
      cmocka_unit_test(cancelling_leaves_nothing_half_done),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
