// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "silero_voice.h"
#include "film/speech.h"
#include "synth.h"

#include "film/hear.h"

static float noise(uint32_t *seed) {
  *seed = *seed * 1664525U + 1013904223U;
  return (float)(*seed / 2147483648.0 - 1.0);
}

/// A film of sound alone, heard.
static KtFilm *hear(const float *samples, size_t count) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = KT_NEW(arena, KtFilm, 1);
  film->arena = arena;
  film->duration = kt_sample_film_time((int64_t)count);
  KtHear *ear = calloc(1, sizeof(*ear));
  AVChannelLayout layout = {0};
  av_channel_layout_default(&layout, 1);
  assert_int_equal(kt_hear_init(ear, &layout, NULL, NULL), KT_OK);
  assert_int_equal(kt_hear_add(ear, samples, count, NULL), KT_OK);
  assert_int_equal(kt_hear_finish(ear, film, NULL), KT_OK);
  kt_hear_clear(ear);
  free(ear);
  return film;
}

enum { CLICK, SHOT, DOOR, KINDS };

static void strike(float *samples, size_t count, double at_s, int kind, float level) {
  uint32_t seed = 7;
  size_t from = (size_t)llround(at_s * 48000);
  for (size_t i = 0; from + i < count && i < 24000; ++i) {
    double t = (double)i / 48000;
    double y = kind == CLICK  ? (t < 0.003 ? (double)noise(&seed) : 0)
               : kind == SHOT ? (double)noise(&seed) * exp(-t / 0.06)
                              : sin(2 * M_PI * 85 * t) * exp(-t / 0.09) +
                                    0.3 * (double)noise(&seed) * exp(-t / 0.01);
    samples[from + i] += level * (float)y;
  }
}

static void sudden_sounds_to_5_ms(void **state) {
  (void)state;
  static const double at_s[] = {1.0137, 2.5002, 4.2011, 6.0333, 7.7777, 9.1049};
  enum { COUNT = 11 * 48000, STRUCK = sizeof(at_s) / sizeof(*at_s) };
  static float samples[COUNT], voice[VOICE_BLOCKS * VOICE_BLOCK];
  silero_voice(voice);
  for (int under = 0; under < 2; ++under) { // in a quiet room; while somebody speaks
    uint32_t seed = 1;
    for (size_t i = 0; i < COUNT; ++i) {
      size_t k = i / 3 % (VOICE_BLOCKS * VOICE_BLOCK);
      samples[i] = noise(&seed) * 0.003F + (under ? voice[k] * 0.15F : 0);
    }
    for (int i = 0; i < STRUCK; ++i) {
      strike(samples, COUNT, at_s[i], i % KINDS, 0.8F);
    }
    KtFilm *film = hear(samples, COUNT);
    int extra = 0;
    for (size_t m = 0; m < film->moments.count; ++m) {
      double nearest = 9;
      for (int i = 0; i < STRUCK; ++i) {
        double off = fabs(kt_seconds(film->moments.items[m].at) - at_s[i]);
        nearest = off < nearest ? off : nearest;
      }
      extra += nearest > 0.005;
      assert_true(nearest > 0.005 || film->moments.items[m].strength > 0.3F);
    }
    assert_int_equal((int)film->moments.count - extra, STRUCK);
    assert_true(extra <= (under ? 8 : 0)); // a syllable may begin as hard
    kt_film_free(film);
  }
}

static void places_and_silence(void **state) {
  (void)state;
  enum { COUNT = 20 * 48000 };
  static float samples[COUNT];
  uint32_t seed = 3;
  for (size_t i = 0; i < COUNT; ++i) { // a stream, louder from 6 s, silence 12 to 14 s, a dull hum
    double t = (double)i / 48000;
    samples[i] = t < 12 ? noise(&seed) * (t < 6 ? 0.02F : 0.1F)
                 : t < 14 ? 0
                          : 0.05F * (float)sin(2 * M_PI * 60 * t);
  }
  KtFilm *film = hear(samples, COUNT);
  assert_int_equal(film->silence.count, 1);
  assert_true(fabs(kt_seconds(film->silence.items[0].start) - 12) < 0.11);
  assert_true(fabs(kt_seconds(film->silence.items[0].end) - 14) < 0.11);
  static const struct {
    double start_s, end_s;
  } rows[] = {{0, 6}, {6, 12}, {14, 20}};
  assert_int_equal(film->ambience.count, 3);
  for (int i = 0; i < 3; ++i) {
    const KtAmbience *ambience = &film->ambience.items[i];
    assert_true(fabs(kt_seconds(ambience->start) - rows[i].start_s) < 0.25);
    assert_true(fabs(kt_seconds(ambience->end) - rows[i].end_s) < 0.25);
    assert_true(ambience->range_lu < 2);
  }
  float rise = film->ambience.items[1].lufs - film->ambience.items[0].lufs;
  assert_true(fabsf(rise - 13.98F) < 0.3F);
  assert_true(film->ambience.items[0].tilt_db > film->ambience.items[2].tilt_db);
  kt_film_free(film);
}

/// Words of 1.2 to 3 s, and captions over them that lie beside by `late_s`.
static double captions_beside(double late_s) {
  enum { LINES = 12, BLOCKS = 2500 };
  static float odds[BLOCKS];
  static KtHear hear;
  KtCaption captions[LINES];
  for (int i = 0; i < BLOCKS; ++i) {
    odds[i] = -4.0F;
  }
  double at_s = 8;
  for (int i = 0; i < LINES; ++i) {
    double length_s = 1.2 + 0.15 * ((i * 7) % 12);
    for (int k = (int)(at_s / 0.032); k < (int)((at_s + length_s) / 0.032); ++k) {
      odds[k] = 3.0F;
    }
    captions[i] = (KtCaption){.start = kt_film_time(at_s - 0.1 + late_s),
                              .end = kt_film_time(at_s + length_s + 0.4 + late_s),
                              .speaker = "", .text = "Who is there?"};
    at_s += length_s + 0.7 + 0.4 * ((i * 5) % 7);
  }
  hear.listen.odds = (KtSeries){.items = odds, .count = BLOCKS};
  KtFilm film = {.duration = kt_film_time(80.0)};
  film.captions.items = captions;
  film.captions.count = LINES;
  return kt_speech_captions_late_s(&hear, &film);
}

static void captions_beside_the_words_are_told(void **state) {
  (void)state;
  assert_float_equal(captions_beside(0.0), 0.0, 0.0);
  assert_float_equal(captions_beside(0.4), 0.0, 0.0);
  assert_float_equal(captions_beside(2.0), 2.0, 0.31);
  assert_float_equal(captions_beside(-3.0), -3.0, 0.31);
}

int main(void) {
  const struct CMUnitTest tests[] = {RUN(sudden_sounds_to_5_ms),
                                     RUN(captions_beside_the_words_are_told), RUN(places_and_silence)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
