// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/audio_file.h"
#include "base/file.h"
#include "base/rng.h"
#include "render/texture_parts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/kt-texture-XXXXXX";
enum { CUE_S = 12, RATE = KT_SAMPLE_RATE };

/// A film of one cue under one scene, in A minor, and a folder of recordings.
typedef struct World {
  KtContext ctx;
  KtArena *arena;
  KtFilm film;
  KtStory story;
  KtSpotting spotting;
  KtScore score;
  KtScore *scores[1];
  KtStems stems;
  KtWorldAsk ask;
} World;

static void write_noise(const World *world, const char *name, int seconds, int seed) {
  KtAudioWriter *writer = NULL;
  KtRng rng = kt_rng((uint64_t)seed, name);
  float *samples = calloc((size_t)seconds * RATE * 2, sizeof(float));
  for (int i = 0; i < seconds * RATE * 2; ++i) {
    samples[i] = 0.2F * (float)kt_rng_normal(&rng);
  }
  assert_int_equal(kt_audio_writer_open(kt_path_join(world->arena, folder, name), 2, 24, NULL, &writer, NULL), KT_OK);
  assert_int_equal(kt_audio_write(writer, samples, (size_t)(seconds * RATE), NULL), KT_OK);
  assert_int_equal(kt_audio_writer_close(writer, NULL), KT_OK);
  free(samples);
}

static int set_up(void **state) {
  World *world = calloc(1, sizeof(*world));
  snprintf(folder, sizeof(folder), "/tmp/kt-texture-XXXXXX");
  if (!world || !mkdtemp(folder)) {
    return 1;
  }
  KtArena *arena = kt_arena_new();
  world->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  world->arena = arena;
  *(KtScene *)kt_array_push(arena, &world->story.scenes) =
      (KtScene){.heading = "EXT. STREET - RAIN", .action = "It rains.", .end = kt_film_time(CUE_S)};
  world->story.has_text = true;
  *(KtCue *)kt_array_push(arena, &world->spotting.cues) = (KtCue){.name = "1m01", .out = kt_film_time(CUE_S)};
  world->score.name = "1m01";
  world->score.end = CUE_S * 2 * KT_PPQ;
  for (int i = 0; i < 2; ++i) {
    *(KtTempoPoint *)kt_array_push(arena, &world->score.tempo.points) =
        (KtTempoPoint){.tick = (KtTick)i * 2 * KT_PPQ, .time = kt_film_time(i)};
  }
  *(KtMetre *)kt_array_push(arena, &world->score.metres) = (KtMetre){0, 4, 4};
  KtChord *chord = kt_array_push(arena, &world->score.chords);
  *chord = (KtChord){.duration = world->score.end, .quality = KT_CHORD_MINOR};
  for (int spelling = -7; spelling <= 7; ++spelling) { // A, however it is written
    chord->root = kt_spelling_class((KtSpelling)spelling) == 9 ? (KtSpelling)spelling : chord->root;
  }
  world->scores[0] = &world->score;
  world->stems = (KtStems){.arena = arena, .cue = "1m01"};
  *(KtDryStem *)kt_array_push(arena, &world->stems.items) = (KtDryStem){.instrument = "piano", .path = "x"};
  world->ask = (KtWorldAsk){folder, &world->film, &world->story, &world->spotting, NULL, world->scores, 0};
  *state = world;
  return 0;
}

static int tear_down(void **state) {
  World *world = *state;
  kt_arena_free(world->arena);
  free(world);
  return kt_remove_tree(folder, NULL) != KT_OK;
}

static KtWorldPlan *plan(const World *world) {
  KtWorldPlan *made = NULL;
  KtError err = {0};
  if (kt_world_plan(&world->ctx, &world->ask, &made, &err)) {
    fail_msg("%s", err.message);
  }
  return made;
}

static void rain_lies_under_rain(void **state) {
  World *world = *state;
  write_noise(world, "city-traffic.wav", 2, 1);
  write_noise(world, "heavy_rain 02.wav", 2, 2);
  write_noise(world, "sea.wav", 2, 3);
  KtWorldPlan *made = plan(world);
  assert_int_equal(made->items.count, 1);
  assert_string_equal(kt_path_name(made->items.items[0].file), "heavy_rain 02.wav");
  assert_non_null(strstr(made->items.items[0].why, "EXT. STREET - RAIN"));
  kt_world_free(made);
  world->ask.restraint = 1;
  made = plan(world);
  assert_int_equal(made->items.count, 0);
  kt_world_free(made);
  world->ask.folder = NULL;
  made = plan(world);
  assert_int_equal(made->items.count, 0);
  kt_world_free(made);
}

static void nothing_fits_and_nothing_sounds(void **state) {
  World *world = *state;
  write_noise(world, "train.wav", 2, 1);
  KtWorldPlan *made = plan(world);
  assert_int_equal(made->items.count, 0);
  kt_world_free(made);
}

static float *sound_of(World *world, const char *sub, KtWorldKind kind) {
  KtWorldPlan *made = plan(world);
  KtError err = {0};
  size_t got = 0;
  KtAudioReader *reader = NULL;
  const char *path = kt_path_join(world->arena, folder, sub);
  assert_int_equal(made->items.count, 1);
  made->items.items[0].kind = kind;
  world->stems.items.count = 1;
  assert_int_equal(kt_make_dirs(path, NULL), KT_OK);
  if (kt_world_render(&world->ctx, &world->ask, made, path, &world->stems, 1, &err)) {
    fail_msg("%s", err.message);
  }
  kt_world_free(made);
  assert_int_equal(world->stems.items.count, 2);
  const KtDryStem *stem = &world->stems.items.items[1];
  assert_int_equal(stem->stem, KT_STEM_SYNTH);
  assert_int_equal(stem->frames, CUE_S * RATE);
  float *samples = KT_NEW(world->arena, float, 2 * (size_t)stem->frames);
  assert_int_equal(kt_audio_reader_open(stem->path, &reader, NULL), KT_OK);
  assert_int_equal(kt_audio_read(reader, samples, (size_t)stem->frames, &got, NULL), KT_OK);
  assert_int_equal(got, stem->frames);
  kt_audio_reader_close(reader);
  return samples;
}

static double strength(const float *samples, double from_s, double hz) {
  double re = 0, im = 0;
  for (int i = 0; i < RATE; ++i) {
    double now = (double)samples[2 * (i + (int)(from_s * RATE))] * (0.5 - 0.5 * cos(2 * M_PI * i / RATE));
    re += now * cos(2 * M_PI * hz * i / RATE);
    im += now * sin(2 * M_PI * hz * i / RATE);
  }
  return re * re + im * im;
}

static double rms(const float *samples, double from_s, double to_s) {
  double sum = 0;
  int64_t from = (int64_t)(from_s * RATE), to = (int64_t)(to_s * RATE);
  for (int64_t i = 2 * from; i < 2 * to; ++i) {
    sum += (double)samples[i] * (double)samples[i];
  }
  return sqrt(sum / (2.0 * (double)(to - from)));
}

static void a_drone_holds_root_and_fifth(void **state) {
  World *world = *state;
  write_noise(world, "rain.wav", 4, 1);
  const float *samples = sound_of(world, "drone", KT_WORLD_DRONE);
  double in = 0, between = 0;
  for (int s = 4; s < 8; ++s) {
    in += strength(samples, s, 220) + strength(samples, s, 329.63);
    between += strength(samples, s, 246.94) + strength(samples, s, 293.66); // B, D
  }
  assert_true(in > 30 * between);
  assert_true(20 * log10(rms(samples, 4, 8)) < -25);
  assert_true(fabsf(samples[0]) < 1e-5F && fabsf(samples[2 * (CUE_S * RATE - 1)]) < 1e-5F);
}

static void a_pulse_beats_in_eighths(void **state) {
  World *world = *state;
  write_noise(world, "rain.wav", 4, 1);
  const float *samples = sound_of(world, "pulse", KT_WORLD_PULSE);
  double after = 0, before = 0;
  for (int beat = 8; beat < 16; ++beat) {
    after += rms(samples, 0.5 * beat + 0.01, 0.5 * beat + 0.05);
    before += rms(samples, 0.5 * beat - 0.05, 0.5 * beat - 0.01);
  }
  assert_true(after > 2 * before);
}

static void lower_under_words(void **state) {
  World *world = *state;
  write_noise(world, "rain.wav", 4, 1);
  const float *plain = sound_of(world, "plain", KT_WORLD_GRAINS);
  *(KtSpan *)kt_array_push(world->arena, &world->film.speech) = (KtSpan){kt_film_time(5), kt_film_time(8)};
  const float *under = sound_of(world, "under", KT_WORLD_GRAINS);
  double fall = 20 * log10(rms(under, 6, 7.5) / rms(plain, 6, 7.5));
  assert_true(fall < -6 && fall > -10);
  assert_true(fabs(20 * log10(rms(under, 3, 4) / rms(plain, 3, 4))) < 0.1);
}

static void the_same_bytes_twice(void **state) {
  World *world = *state;
  write_noise(world, "rain.wav", 4, 1);
  static const KtWorldKind kinds[] = {KT_WORLD_DRONE, KT_WORLD_GRAINS, KT_WORLD_PULSE};
  for (int k = 0; k < 3; ++k) {
    const char *names[] = {kt_arena_format(world->arena, "a%d", k), kt_arena_format(world->arena, "b%d", k)};
    const float *one = sound_of(world, names[0], kinds[k]);
    world->ctx.threads = 1;
    const float *two = sound_of(world, names[1], kinds[k]);
    assert_memory_equal(one, two, 2 * CUE_S * RATE * sizeof(float));
  }
}

static void what_is_no_sound_is_passed_over(void **state) {
  World *world = *state;
  KtWorldPlan *made = NULL;
  KtError err = {0};
  static const char *const odd[] = {"rain.wav", "rain2.ogg", "rain3.flac"};
  assert_int_equal(kt_world_plan(&world->ctx, &world->ask, &made, &err), KT_ERR_MISSING);
  for (int i = 0; i < 3; ++i) {
    FILE *file = fopen(kt_path_join(world->arena, folder, odd[i]), "w");
    fputs(i == 1 ? "" : "OggS RIFF what", file);
    fclose(file);
  }
  assert_int_equal(mkfifo(kt_path_join(world->arena, folder, "rain4.wav"), 0600), 0);
  assert_int_equal(mkdir(kt_path_join(world->arena, folder, "rain5.wav"), 0700), 0);
  assert_int_equal(kt_world_plan(&world->ctx, &world->ask, &made, &err), KT_ERR_MISSING);
  assert_non_null(strstr(err.message, "no recording"));
  write_noise(world, "rainy.wav", 2, 1);
  made = plan(world);
  assert_int_equal(made->items.count, 1);
  assert_string_equal(kt_path_name(made->items.items[0].file), "rainy.wav");
  kt_world_free(made);
  world->ask.folder = "/nowhere/at/all";
  assert_int_equal(kt_world_plan(&world->ctx, &world->ask, &made, &err), KT_ERR_MISSING);
}

static void another_recording_or_another_harmony_is_another_file(void **state) {
  World *world = *state;
  write_noise(world, "rain.wav", 4, 1);
  sound_of(world, "one", KT_WORLD_DRONE);
  const char *first = world->stems.items.items[1].path;
  world->score.chords.items[0].quality = KT_CHORD_DIMINISHED;
  sound_of(world, "one", KT_WORLD_DRONE);
  const char *second = world->stems.items.items[1].path;
  write_noise(world, "rain.wav", 4, 2);
  sound_of(world, "one", KT_WORLD_DRONE);
  const char *third = world->stems.items.items[1].path;
  assert_string_not_equal(first, second);
  assert_string_not_equal(second, third);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(rain_lies_under_rain),     TEST(nothing_fits_and_nothing_sounds),
      TEST(a_drone_holds_root_and_fifth), TEST(a_pulse_beats_in_eighths),
      TEST(lower_under_words),        TEST(the_same_bytes_twice),
      TEST(what_is_no_sound_is_passed_over),
      TEST(another_recording_or_another_harmony_is_another_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
