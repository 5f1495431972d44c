// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A made film with words, two cues on three players, and what listens to their mix.
#ifndef KT_TEST_STAGE_H
#define KT_TEST_STAGE_H

#include "mix/mix.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "base/rng.h"
#include "mix/loudness.h"
#include "mix/room.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SECONDS = 30, FRAMES = SECONDS * 48000 + 123 };

// The film's sound, in place of the film room's: words over a quiet air, one to six channels.
struct KtFilmSound {
  int channels;
  int64_t at;
  KtRng rng;
};
static int film_channels = 2;
static const double words[][2] = {{8, 11}, {14, 16.5}};

KtStatus kt_film_sound_open(const KtFilm *film, const char *audio_file, KtFilmSound **sound,
                            KtError *err) {
  (void)film, (void)audio_file, (void)err;
  *sound = calloc(1, sizeof(**sound));
  (*sound)->channels = film_channels;
  (*sound)->rng = kt_rng(1, "film sound");
  return KT_OK;
}

int kt_film_sound_channels(const KtFilmSound *sound) {
  return sound->channels;
}

KtStatus kt_film_sound_read(KtFilmSound *sound, float *samples, size_t count, size_t *got,
                            KtError *err) {
  (void)err;
  for (*got = 0; *got < count && sound->at < FRAMES; ++*got, ++sound->at) {
    double t = (double)sound->at / 48000, level = 0.002;
    for (int w = 0; w < 2; ++w) {
      level = t >= words[w][0] && t < words[w][1] ? 0.06 : level;
    }
    for (int c = 0; c < sound->channels; ++c) {
      samples[*got * (size_t)sound->channels + (size_t)c] =
          (float)(level * (3.4 * (kt_rng_unit(&sound->rng) - 0.5)));
    }
  }
  return KT_OK;
}

void kt_film_sound_close(KtFilmSound *sound) {
  free(sound);
}

typedef struct Stage {
  KtArena *arena;
  KtFilm film;
  KtSpotting spotting;
  KtInstrument instruments[3];
  KtOrchestra orchestra;
  KtStems stems[2];
  KtContext ctx;
  char folder[64];
} Stage;

static const char *in(Stage *stage, const char *name) {
  return kt_path_join(stage->arena, stage->folder, name);
}

/// A dry stem of plucked notes; the horn's stands beside zero, as some samples do.
static void add_stem(Stage *stage, int cue, int instrument, double seconds) {
  KtStems *stems = &stage->stems[cue];
  KtDryStem *stem = kt_array_push(stage->arena, &stems->items);
  const KtInstrument *who = &stage->instruments[instrument];
  *stem = (KtDryStem){.stem = who->stem, .instrument = who->id,
                      .frames = (int64_t)(seconds * 48000)};
  stem->path = in(stage, kt_arena_format(stage->arena, "dry-%d-%d.wav", cue, instrument));
  stems->frames = stem->frames > stems->frames ? stem->frames : stems->frames;
  KtAudioWriter *writer = NULL;
  float *samples = KT_NEW(stage->arena, float, 2 * (size_t)stem->frames);
  for (int64_t i = 0; i < stem->frames; ++i) {
    double t = (double)(i % 24000) / 48000, hz = 110 * pow(2, instrument + (double)(i / 24000 % 5) / 5);
    for (int c = 0; c < 2; ++c) {
      samples[2 * i + c] = (float)(0.1 * (1 + cue) * exp(-3 * t) *
                                   (sin(2 * M_PI * hz * t) + 0.5 * sin(2 * M_PI * 7 * hz * t + c)));
      samples[2 * i + c] += instrument == 2 ? 0.02F : 0;
    }
  }
  assert_int_equal(kt_audio_writer_open(stem->path, 2, 32, NULL, &writer, NULL), KT_OK);
  assert_int_equal(kt_audio_write(writer, samples, (size_t)stem->frames, NULL), KT_OK);
  assert_int_equal(kt_audio_writer_close(writer, NULL), KT_OK);
}

static void add_cue(Stage *stage, const char *name, double from, double to, KtEntry entry,
                    KtExit leave) {
  KtCue *cue = kt_array_push(stage->arena, &stage->spotting.cues);
  *cue = (KtCue){.name = name, .in = kt_film_time(from), .out = kt_film_time(to), .entry = entry,
                 .exit = leave};
}

static int set_up(void **state) {
  static Stage stage;
  stage = (Stage){.arena = kt_arena_new(), .folder = "/tmp/kt-mix-XXXXXX"};
  if (!mkdtemp(stage.folder)) {
    return -1;
  }
  stage.ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  stage.film.duration = kt_sample_film_time(FRAMES);
  stage.film.audio_stream = 1;
  for (int w = 0; w < 2; ++w) {
    KtSpan *span = kt_array_push(stage.arena, &stage.film.speech);
    *span = (KtSpan){kt_film_time(words[w][0]), kt_film_time(words[w][1])};
  }
  static const KtInstrument players[] = {
      {.id = "violin_1", .stem = KT_STEM_STRINGS_HIGH, .position = -0.6F, .depth_m = 2, .players = 14},
      {.id = "cello", .stem = KT_STEM_STRINGS_LOW, .position = 0.5F, .depth_m = 3, .players = 8},
      {.id = "horn", .stem = KT_STEM_BRASS, .position = -0.4F, .depth_m = 8, .players = 4}};
  memcpy(stage.instruments, players, sizeof(players));
  stage.orchestra = (KtOrchestra){.instruments = stage.instruments, .count = 3};
  add_cue(&stage, "1m01", 2, 18, KT_ENTRY_SNEAK_IN, KT_EXIT_RING_OFF);
  add_cue(&stage, "1m02", 24, 29, KT_ENTRY_ON_CUT, KT_EXIT_RING_OFF);
  stage.stems[0].cue = "1m01";
  stage.stems[1].cue = "1m02";
  for (int i = 0; i < 3; ++i) {
    add_stem(&stage, 0, i, 15.5);
  }
  add_stem(&stage, 1, 0, 4.5);
  *state = &stage;
  return 0;
}

static int tear_down(void **state) {
  Stage *stage = *state;
  KtStatus status = kt_remove_tree(stage->folder, NULL);
  kt_arena_free(stage->arena);
  return (int)status;
}

static KtMix *mix(Stage *stage, const char *loudness, const char *film_sound, const char *name) {
  KtMixOptions options = {.loudness = loudness, .hall = "scoring_stage", .film_sound = film_sound};
  KtMix *made = NULL;
  KtError err = {0};
  if (kt_mix(&stage->ctx, &stage->film, &stage->spotting, &stage->orchestra, stage->stems, 2,
             &options, in(stage, name), &made, &err)) {
    fail_msg("%s", err.message);
  }
  return made;
}

static float *read_all(Stage *stage, const char *path, int channels, int64_t frames) {
  KtAudioReader *reader = NULL;
  size_t got = 0;
  assert_int_equal(kt_audio_reader_open(path, &reader, NULL), KT_OK);
  assert_int_equal(kt_audio_reader_channels(reader), channels);
  assert_int_equal(kt_audio_reader_frames(reader), frames);
  float *samples = KT_NEW(stage->arena, float, (size_t)frames * (size_t)channels);
  assert_int_equal(kt_audio_read(reader, samples, (size_t)frames, &got, NULL), KT_OK);
  kt_audio_reader_close(reader);
  return samples;
}

static KtMeter meter_of(const float *samples, int channels, int64_t frames) {
  KtMeter meter;
  assert_int_equal(kt_meter_init(&meter, channels, true, false, NULL), KT_OK);
  assert_int_equal(kt_meter_add(&meter, samples, (size_t)frames, NULL), KT_OK);
  return meter;
}

static double lufs_of(const float *samples, int channels, int64_t frames) {
  KtMeter meter = meter_of(samples, channels, frames);
  double lufs = kt_hops_lufs(&meter.hops);
  kt_meter_clear(&meter);
  return lufs;
}

#endif
