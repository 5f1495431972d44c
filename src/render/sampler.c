// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/sampler.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "render/soundfont.h"
#include "render/tones.h"

#include <fluidsynth.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
  GROUPS = KT_ART_COUNT,            // one stereo pair out of the synth an articulation
  CHUNK = 64,                       // most blocks rendered at once
  LONGEST_RING_S = 12,
  FADE_BLOCKS = 180,                // of a ring that is cut there: a quarter of a second
};

typedef struct Program {
  int bank, program;                // -1 none
} Program;

/// A synth's voices remember what they played (the ramps of their levels do), so each seat gets a
/// new one. The library and the samples in use are held by a keeper that never plays: reading the
/// library anew each time would take longer than playing.
struct KtSampler {
  fluid_settings_t *settings;
  fluid_synth_t *keeper;
  fluid_sfont_t *library;
  Program kept[GROUPS];
  fluid_synth_t *synth;
  KtTones tones;
  float groups[2 * GROUPS][CHUNK * KT_BLOCK];
  float mixed[2 * CHUNK * KT_BLOCK];
};

typedef struct Playing {
  KtSampler *sampler;
  const KtContext *ctx;
  const KtSeat *seat;
  KtAudioWriter *writer;
  float gains[GROUPS];
  int64_t block;                    // where we are
  int64_t fade_at;                  // block at which what still rings begins to fade
} Playing;

static void set_up(fluid_settings_t *settings) {
  fluid_settings_setnum(settings, "synth.sample-rate", KT_SAMPLE_RATE);
  fluid_settings_setnum(settings, "synth.gain", 1.0);
  fluid_settings_setint(settings, "synth.reverb.active", 0);
  fluid_settings_setint(settings, "synth.chorus.active", 0);
  fluid_settings_setint(settings, "synth.polyphony", 16);
  fluid_settings_setint(settings, "synth.dynamic-sample-loading", 1);
  fluid_settings_setint(settings, "synth.lock-memory", 0);
  fluid_settings_setint(settings, "synth.threadsafe-api", 0);
  fluid_settings_setint(settings, "synth.cpu-cores", 1);
}

void kt_sampler_close(KtSampler *sampler) {
  if (sampler) {
    if (sampler->keeper) {
      delete_fluid_synth(sampler->keeper);
    }
    if (sampler->settings) {
      delete_fluid_settings(sampler->settings);
    }
    free(sampler);
  }
}

// The first synth of a process sets up the player's own tables, which threads may not do together.
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;

KtStatus kt_sampler_open(const char *library_path, KtSampler **sampler, KtError *err) {
  KtStatus checked = kt_soundfont_check(library_path, err);
  if (checked) {
    return checked;
  }
  pthread_mutex_lock(&first);
  for (int level = 0; level < LAST_LOG_LEVEL; ++level) {
    fluid_set_log_function(level, NULL, NULL); // the library never prints
  }
  KtSampler *made = calloc(1, sizeof(*made));
  if (made && (made->settings = new_fluid_settings()) != NULL) {
    set_up(made->settings);
    made->keeper = new_fluid_synth(made->settings);
  }
  pthread_mutex_unlock(&first);
  if (!made || !made->keeper) {
    kt_sampler_close(made);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (int g = 0; g < GROUPS; ++g) {
    made->kept[g] = (Program){-1, -1};
  }
  if (fluid_synth_sfload(made->keeper, library_path, 0) == FLUID_FAILED) {
    kt_sampler_close(made);
    KtStatus status = kt_file_exists(library_path) ? KT_ERR_FORMAT : KT_ERR_MISSING;
    return kt_error_at(err, status, library_path, 0, 0, "cannot be opened as a sample library");
  }
  made->library = fluid_synth_get_sfont(made->keeper, 0);
  *sampler = made;
  return KT_OK;
}

/// The presets of this seat, held by the keeper. One that stays is not chosen again, so that its
/// samples stay in memory.
static KtStatus hold_samples(KtSampler *sampler, const KtSeat *seat, KtError *err) {
  for (int art = 0; art < KT_ART_COUNT; ++art) {
    Program wanted = {seat->presets[art].bank, seat->presets[art].program};
    Program *now = &sampler->kept[art];
    if (!seat->used[art]) {
      fluid_synth_unset_program(sampler->keeper, art);
      *now = (Program){-1, -1};
    } else if (now->bank != wanted.bank || now->program != wanted.program) {
      KtStatus room = kt_soundfont_room(KT_PRESET_BYTES, err);
      if (room) {
        return room;
      }
      if (fluid_synth_program_select(sampler->keeper, art, fluid_sfont_get_id(sampler->library),
                                     wanted.bank, wanted.program)) {
        fluid_synth_unset_program(sampler->keeper, art);
        *now = (Program){-1, -1};
        return kt_error_set(err, KT_ERR_MISSING,
                            "%s: the sample library has no preset %d:%d, asked for by %s",
                            seat->cue, wanted.bank, wanted.program, seat->instrument->name);
      }
      *now = wanted;
    }
  }
  return KT_OK;
}

/// A new synth with the seat's presets on its channels.
static KtStatus seat_down(KtSampler *sampler, const KtSeat *seat, KtError *err) {
  int used = seat->lanes * seat->desks * seat->slots * KT_ART_COUNT, channels = (used + 15) / 16 * 16;
  fluid_settings_setint(sampler->settings, "synth.polyphony", KT_VOICES);
  fluid_settings_setint(sampler->settings, "synth.midi-channels", channels);
  fluid_settings_setint(sampler->settings, "synth.audio-channels", GROUPS);
  fluid_settings_setint(sampler->settings, "synth.audio-groups", GROUPS);
  KtStatus room = kt_soundfont_room(KT_PLAYER_BYTES, err);
  if (room) {
    return room;
  }
  sampler->synth = new_fluid_synth(sampler->settings);
  int library = sampler->synth ? fluid_synth_add_sfont(sampler->synth, sampler->library) : -1;
  if (library == FLUID_FAILED) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  fluid_synth_set_interp_method(sampler->synth, -1, FLUID_INTERP_4THORDER);
  for (int c = 0; c < channels; ++c) {
    const KtPreset *preset = &seat->presets[c % KT_ART_COUNT];
    if (c >= used || !seat->used[c % KT_ART_COUNT]) {
      fluid_synth_unset_program(sampler->synth, c);
    } else {
      fluid_synth_program_select(sampler->synth, c, library, preset->bank, preset->program);
    }
  }
  kt_tones_start(&sampler->tones, sampler->synth, seat);
  return KT_OK;
}

/// Gain of one frame, while what rings too long is faded.
static float ring_gain(const Playing *playing, int frame) {
  double done = (double)((playing->block - playing->fade_at) * KT_BLOCK + frame) /
                ((double)FADE_BLOCKS * KT_BLOCK);
  return done <= 0 ? 1.0F : done >= 1 ? 0.0F : (float)(0.5 + 0.5 * cos(M_PI * done));
}

/// Render `blocks` <= CHUNK blocks and write them.
static KtStatus run(Playing *playing, int blocks, KtError *err) {
  KtSampler *sampler = playing->sampler;
  int frames = blocks * KT_BLOCK;
  memset(sampler->mixed, 0, 2 * (size_t)frames * sizeof(float));
  if (fluid_synth_get_active_voice_count(sampler->synth) > 0) {
    float *out[2 * GROUPS] = {NULL};
    for (int g = 0; g < 2 * GROUPS; ++g) {
      if (playing->seat->used[g / 2]) {
        out[g] = sampler->groups[g];
        memset(out[g], 0, (size_t)frames * sizeof(float));
      }
    }
    if (fluid_synth_process(sampler->synth, frames, 0, NULL, 2 * GROUPS, out)) {
      return kt_error_set(err, KT_ERR_UNSUPPORTED, "%s: the sampler failed to play %s",
                          playing->seat->cue, playing->seat->instrument->name);
    }
    for (int g = 0; g < 2 * GROUPS; ++g) {
      for (int i = 0; out[g] && i < frames; ++i) {
        sampler->mixed[2 * i + (g & 1)] += playing->gains[g / 2] * out[g][i];
      }
    }
    for (int i = 0; playing->block + blocks > playing->fade_at && i < frames; ++i) {
      float gain = ring_gain(playing, i);
      sampler->mixed[2 * i] *= gain;
      sampler->mixed[2 * i + 1] *= gain;
    }
  }
  playing->block += blocks;
  return kt_audio_write(playing->writer, sampler->mixed, (size_t)frames, err);
}

static KtStatus run_to(Playing *playing, int64_t block, KtError *err) {
  KtStatus status = KT_OK;
  while (!status && playing->block < block) {
    int64_t left = block - playing->block;
    int blocks = kt_tones_step(&playing->sampler->tones, playing->block, left < CHUNK ? (int)left : CHUNK);
    status = kt_cancelled(playing->ctx) ? kt_error_cancelled(err) : run(playing, blocks, err);
  }
  return status;
}

static KtStatus play(Playing *playing, KtError *err) {
  const KtSeat *seat = playing->seat;
  KtStatus status = KT_OK;
  int most = 0;
  for (size_t i = 0; !status && i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    status = run_to(playing, event->block, err);
    kt_tones_tell(&playing->sampler->tones, event);
    int voices = fluid_synth_get_active_voice_count(playing->sampler->synth);
    most = voices > most ? voices : most;
  }
  playing->fade_at = playing->block + (int64_t)LONGEST_RING_S * KT_SAMPLE_RATE / KT_BLOCK;
  while (!status && playing->block < playing->fade_at + FADE_BLOCKS &&
         fluid_synth_get_active_voice_count(playing->sampler->synth) > 0) {
    status = run_to(playing, playing->block + 8, err);
  }
  if (!status && most >= KT_VOICES) {
    kt_warn(playing->ctx, "%s: %s needs more than %d voices at once; some notes end early",
            seat->cue, seat->instrument->name, KT_VOICES);
  }
  return status;
}

KtStatus kt_sampler_play(KtSampler *sampler, const KtContext *ctx, const KtSeat *seat,
                         const char *path, int64_t *frames, KtError *err) {
  Playing playing = {.sampler = sampler, .ctx = ctx, .seat = seat, .fade_at = INT64_MAX / 2};
  for (int art = 0; art < KT_ART_COUNT; ++art) {
    playing.gains[art] = powf(10.0F, seat->presets[art].gain_db / 20.0F);
  }
  kt_soundfont_lock();
  KtStatus status = hold_samples(sampler, seat, err);
  if (!status) {
    status = seat_down(sampler, seat, err);
  }
  kt_soundfont_unlock();
  if (!status) {
    status = kt_audio_writer_open(path, 2, 32, NULL, &playing.writer, err);
  }
  if (!status) {
    status = play(&playing, err);
    if (status) {
      kt_audio_writer_abort(playing.writer);
    } else {
      status = kt_audio_writer_close_cached(playing.writer, err);
    }
  }
  if (sampler->synth) {
    kt_soundfont_lock();
    fluid_synth_remove_sfont(sampler->synth, sampler->library); // or it would be freed with it
    delete_fluid_synth(sampler->synth);
    kt_soundfont_unlock();
    sampler->synth = NULL;
  }
  *frames = playing.block * KT_BLOCK;
  return status;
}
