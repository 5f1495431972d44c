// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/cue.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "mix/low.h"
#include "mix/thin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KT_CONVOLVER_BLOCK, MOST = KT_THIN_CHANNELS };

static int64_t frames_of(double seconds) {
  return (int64_t)llround(seconds * KT_SAMPLE_RATE);
}

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

KtCueShape kt_cue_shape(const KtMixSettings *settings, const KtHallDesign *hall, const KtCue *cue,
                        int64_t room_frames, int64_t film_frames) {
  KtCueShape shape = {.start_sample = kt_film_time_sample(cue->in)};
  int64_t out = kt_film_time_sample(cue->out) - shape.start_sample;
  int64_t left = film_frames - shape.start_sample;
  if (room_frames <= 0 || out <= 0 || left <= 0) {
    return shape;
  }
  if (cue->entry == KT_ENTRY_SNEAK_IN) {
    shape.rise = least(frames_of((double)settings->sneak_s), out / 4);
  }
  int64_t ring = frames_of((double)hall->ring_s);
  switch (cue->exit) {
  case KT_EXIT_ON_CUT:
    shape.fade_from = out;
    shape.fade_to = out + frames_of((double)settings->cut_fade_ms / 1000);
    break;
  case KT_EXIT_FADE_UNDER:
    shape.fade_from = out - least(frames_of((double)settings->fade_under_s), out / 3);
    shape.fade_to = out;
    break;
  case KT_EXIT_RING_OFF:
  case KT_EXIT_SEGUE:
    shape.fade_from = out + ring / 3;
    shape.fade_to = out + ring;
    break;
  }
  if (shape.fade_to > left) { // the film ends first
    shape.fade_to = left;
    shape.fade_from = least(shape.fade_from, left - least(frames_of(0.5), left));
  }
  shape.frames = least(room_frames, shape.fade_to);
  return shape;
}

float kt_cue_level(const KtCueShape *shape, int64_t frame) {
  double level = 1;
  if (frame < shape->rise) {
    double x = (double)frame / (double)shape->rise;
    level = x * x * (3 - 2 * x);
  }
  if (frame >= shape->fade_to) {
    return 0;
  }
  if (frame > shape->fade_from) {
    double x = (double)(shape->fade_to - frame) / (double)(shape->fade_to - shape->fade_from);
    level *= x * x * (3 - 2 * x);
  }
  return (float)level;
}

/// Meters on one cue.
typedef struct Listening {
  KtMeter plain;
  KtBandMeter bands;
  float block[MOST * BLOCK];
} Listening;

static KtStatus hear_bands(Listening *listening, int channels, size_t count, KtCueSound *sound,
                           KtError *err) {
  for (size_t at = 0; at < count;) {
    at += kt_band_meter_take(&listening->bands, listening->block + at * (size_t)channels, count - at,
                             channels);
    if (sound->band_count == sound->band_capacity) {
      size_t more = sound->band_capacity ? 2 * sound->band_capacity : 256;
      void *grown = realloc(sound->bands, more * sizeof(*sound->bands));
      if (!grown) {
        return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      }
      sound->bands = grown;
      sound->band_capacity = more;
    }
    sound->band_count += kt_band_meter_hop(&listening->bands, sound->bands[sound->band_count]) ? 1 : 0;
  }
  return KT_OK;
}

static KtStatus listen(const KtMixDesk *desk, KtRoom *room, Listening *listening, KtCueSound *sound,
                       KtError *err) {
  const KtCueShape *shape = &sound->shape;
  int channels = desk->hall->channels;
  KtStatus status = KT_OK;
  // A whole last 100 ms, so that a short cue has one too.
  int64_t end = (shape->frames + KT_HOP - 1) / KT_HOP * KT_HOP;
  for (int64_t at = 0; !status && at < end; at += BLOCK) {
    status = kt_cancelled(desk->ctx) ? kt_error_cancelled(err) : kt_room_read(room, NULL, NULL, err);
    size_t now = (size_t)least(BLOCK, end - at);
    for (size_t i = 0; !status && i < now; ++i) {
      float level = kt_cue_level(shape, at + (int64_t)i);
      for (size_t s = i * (size_t)channels; s < (i + 1) * (size_t)channels; ++s) {
        listening->block[s] = level * kt_room_bus(room, 0)[s];
      }
    }
    if (!status) {
      status = kt_meter_add(&listening->plain, listening->block, now, err);
    }
    if (!status && desk->said) {
      status = kt_said_take(&sound->tap, listening->block, now, channels, err);
    }
    if (!status && desk->speech) {
      status = hear_bands(listening, channels, now, sound, err);
    }
  }
  return status;
}

KtStatus kt_cue_listen(const KtMixDesk *desk, const KtStems *stems, const KtCue *cue,
                       int64_t film_frames, KtCueSound *sound, KtError *err) {
  memset(sound, 0, sizeof(*sound));
  if (!stems->items.count) {
    return KT_OK;
  }
  KtRoom *room = NULL;
  Listening *listening = calloc(1, sizeof(*listening));
  KtLowEnd low;
  KtStatus status = listening ? kt_low_hear(desk->settings, stems, &low, err)
                              : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    sound->thin.corner_hz = (double)desk->settings->low_corner_hz;
    kt_low_thin(desk->settings, &low, sound->thin.db);
    status = kt_room_open(desk->hall, desk->orchestra, stems, &sound->thin, false, desk->threads, &room, err);
  }
  if (!status) {
    sound->shape =
        kt_cue_shape(desk->settings, desk->hall->design, cue, kt_room_frames(room), film_frames);
    if (desk->said) {
      const KtCueShape *shape = &sound->shape;
      sound->tap = kt_said_tap(desk->said, shape->start_sample, shape->start_sample + shape->frames);
    }
    status = kt_meter_init(&listening->plain, desk->hall->channels, false, false, err);
  }
  if (!status) {
    status = kt_band_meter_init(&listening->bands, err);
  }
  if (!status) {
    status = listen(desk, room, listening, sound, err);
  }
  if (listening) {
    sound->plain = listening->plain.hops; // ours now
    listening->plain.hops = (KtHops){0};
    kt_meter_clear(&listening->plain);
    kt_band_meter_clear(&listening->bands);
  }
  free(listening);
  kt_room_close(room);
  return status;
}

void kt_cue_sound_clear(KtCueSound *sound) {
  free(sound->plain.energy);
  free(sound->bands);
  memset(sound, 0, sizeof(*sound));
}

typedef struct Writing {
  const KtMixDesk *desk;
  const KtCueSound *sound;
  const KtDuck *duck;
  double gain;
  bool dips; // whether the duck asks for a dip in this block
  KtRoom *room;
  KtAudioWriter *cue, *stems[KT_STEM_COUNT];
  KtThin thins[KT_STEM_COUNT];
  KtMeter meter;
  size_t count;     // of audio frames in this block
  float level[BLOCK], thin[BLOCK][KT_DIPS];
  float stem[KT_STEM_COUNT][MOST * BLOCK], whole[MOST * BLOCK];
} Writing;

/// Level and dip of each audio frame of a block: gain, fades and what words ask for, in one.
static void plan_block(Writing *writing, int64_t at, size_t count) {
  const KtDuck *duck = writing->duck;
  writing->dips = false;
  double ducked = 1, ratio = 1; // dB in a line is amplitude times the same each frame
  for (size_t i = 0; i < count; ++i) {
    int64_t frame = at + (int64_t)i;
    size_t step = (size_t)(frame / KT_DUCK_STEP);
    double part = (double)(frame % KT_DUCK_STEP) / KT_DUCK_STEP;
    size_t next = step + 1 < duck->count ? step + 1 : step;
    if (i == 0 || frame % KT_DUCK_STEP == 0) {
      double from = (double)duck->gain_db[step], rise = (double)duck->gain_db[next] - from;
      ducked = pow(10.0, (from + part * rise) / 20.0);
      ratio = rise < 0 || rise > 0 ? pow(10.0, rise / 20.0 / KT_DUCK_STEP) : 1;
    }
    double level = writing->gain * (double)kt_cue_level(&writing->sound->shape, frame);
    writing->level[i] = (float)(level * ducked);
    ducked *= ratio;
    for (int d = 0; d < KT_DIPS; ++d) {
      double from = (double)duck->thin[step][d], to = (double)duck->thin[next][d];
      writing->thin[i][d] = (float)(from + part * (to - from));
      writing->dips = writing->dips || writing->thin[i][d] > 1e-6F;
    }
  }
}

/// One stem with its gain and dips; stems may be written side by side.
static KtStatus write_stem(void *user, int bus, KtError *err) {
  Writing *writing = user;
  size_t channels = (size_t)writing->desk->hall->channels;
  const float *wet = kt_room_bus(writing->room, bus);
  float *stem = writing->stem[bus];
  for (size_t i = 0; i < writing->count; ++i) {
    for (size_t c = 0; c < channels; ++c) {
      size_t s = i * channels + c;
      float dipped = wet[s];
      if (writing->dips) {
        dipped = kt_thin_run(&writing->thins[bus], (int)c, wet[s], writing->thin[i]);
      }
      stem[s] = writing->level[i] * dipped;
    }
  }
  return kt_audio_write(writing->stems[bus], stem, writing->count, err);
}

/// The sum of the stems, always in their order.
static KtStatus write_whole(Writing *writing, KtError *err) {
  memset(writing->whole, 0, sizeof(writing->whole));
  for (int b = 0; b < KT_STEM_COUNT; ++b) {
    for (size_t s = 0; writing->stems[b] && s < writing->count * (size_t)writing->desk->hall->channels; ++s) {
      writing->whole[s] += writing->stem[b][s];
    }
  }
  KtStatus status = kt_audio_write(writing->cue, writing->whole, writing->count, err);
  return status ? status : kt_meter_add(&writing->meter, writing->whole, writing->count, err);
}

static KtStatus write_all(Writing *writing, KtError *err) {
  KtStatus status = KT_OK;
  int64_t frames = writing->sound->shape.frames;
  for (int64_t at = 0; !status && at < frames; at += BLOCK) {
    writing->count = (size_t)least(BLOCK, frames - at);
    plan_block(writing, at, writing->count);
    status = kt_cancelled(writing->desk->ctx)
                 ? kt_error_cancelled(err)
                 : kt_room_read(writing->room, write_stem, writing, err);
    status = status ? status : write_whole(writing, err);
  }
  return status;
}

static KtStatus open_writers(Writing *writing, const KtCueMix *mix, KtError *err) {
  KtStatus status = kt_audio_writer_open(mix->path, writing->desk->hall->channels, 32, NULL, &writing->cue, err);
  for (int b = 0; !status && b < KT_STEM_COUNT; ++b) {
    if (mix->stem_paths[b]) {
      writing->thins[b] = kt_thin_new(writing->desk->settings);
      status = kt_audio_writer_open(mix->stem_paths[b], writing->desk->hall->channels, 32, NULL,
                                    &writing->stems[b], err);
    }
  }
  return status;
}

void kt_cue_name_files(const KtStems *stems, const char *folder, KtArena *arena, KtCueMix *mix) {
  if (!stems->items.count) {
    return;
  }
  mix->path = kt_path_join(arena, folder, kt_arena_format(arena, "%s.wav", stems->cue));
  for (size_t i = 0; i < stems->items.count; ++i) {
    KtSectionId stem = stems->items.items[i].stem;
    const char *file = kt_arena_format(arena, "%s_%s.wav", stems->cue, kt_stem_code(stem));
    mix->stem_paths[stem] = kt_path_join(arena, folder, file);
  }
}

static KtStatus close_writer(KtAudioWriter *writer, KtStatus status, KtError *err) {
  if (status) {
    kt_audio_writer_abort(writer);
    return status;
  }
  return writer ? kt_audio_writer_close_cached(writer, err) : KT_OK;
}

KtStatus kt_cue_write(const KtMixDesk *desk, const KtStems *stems, const KtCueSound *sound,
                      double gain_db, const KtDuck *duck, KtCueMix *mix, KtError *err) {
  Writing *writing = calloc(1, sizeof(*writing));
  KtStatus status = writing ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    writing->desk = desk;
    writing->sound = sound;
    writing->duck = duck;
    writing->gain = pow(10.0, gain_db / 20.0);
    status = kt_room_open(desk->hall, desk->orchestra, stems, &sound->thin, true, desk->threads, &writing->room, err);
  }
  if (!status) {
    status = kt_meter_init(&writing->meter, desk->hall->channels, false, false, err);
  }
  if (!status) {
    status = open_writers(writing, mix, err);
  }
  if (!status) {
    status = write_all(writing, err);
  }
  for (int b = 0; writing && b < KT_STEM_COUNT; ++b) {
    status = close_writer(writing->stems[b], status, err);
  }
  if (writing) {
    status = close_writer(writing->cue, status, err);
    mix->frames = sound->shape.frames;
    mix->duck_db = duck->most_db;
    mix->integrated_lufs = kt_hops_lufs(&writing->meter.hops);
    kt_meter_clear(&writing->meter);
    kt_room_close(writing->room);
  }
  free(writing);
  return status;
}
