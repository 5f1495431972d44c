// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/plugin_play.h"

#include "base/audio_file.h"
#include "base/file.h"

#include <math.h>
#include <string.h>

enum {
  LONGEST_RING = 12 * KT_SAMPLE_RATE / KT_BLOCK, // blocks
  FADE = 180,                                    // of a ring that is cut there: a quarter of a second
  QUIET = KT_SAMPLE_RATE / KT_BLOCK,             // a second of nothing, and it is over
};
static const float nothing = 3e-6F; // -110 dB

typedef struct Playing {
  const KtContext *ctx;
  const char *uri, *what;          // of the plugin, and what it plays; for errors
  KtPlugin *plugins[KT_ART_COUNT]; // the first of those that share one holds it
  KtPlugin *right;                 // a second of an effect with one channel, or NULL
  int plays[KT_ART_COUNT];         // index of the plugin that plays an articulation
  float gains[KT_ART_COUNT];
  KtAudioReader *reader;           // an effect's input
  KtAudioWriter *writer;
  int64_t block, last, written;    // last: -1 while events or input come
  int skip;                        // audio frames of latency still to be left out
  int quiet;
  bool broken;                     // what it gives is no number
  float left[KT_BLOCK], right_side[KT_BLOCK], input[2 * KT_BLOCK], in[2][KT_BLOCK], mixed[2 * KT_BLOCK];
} Playing;

const KtPluginChoice *kt_plugin_of(const KtInstrument *instrument) {
  return instrument->presets[KT_ART_LONG].lv2;
}

KtStatus kt_plugins_identity(KtArena *arena, const KtInstrument *instrument, const char **text, KtError *err) {
  KtStatus status = KT_OK;
  *text = "";
  for (int a = 0; !status && a < KT_ART_COUNT; ++a) {
    const char *one = "";
    if (!a || instrument->presets[a].lv2 != instrument->presets[a - 1].lv2) {
      status = kt_plugin_identity(instrument->presets[a].lv2, arena, &one, err);
    }
    *text = kt_arena_format(arena, "%s\n%s", *text, one);
  }
  return !status && !*text ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

static KtStatus open_plugins(Playing *playing, const KtSeat *seat, KtError *err) {
  KtStatus status = KT_OK;
  for (int a = 0; !status && a < KT_ART_COUNT; ++a) {
    const KtPreset *preset = &seat->presets[a];
    int same = 0;
    while (same < a && !(seat->used[same] && seat->presets[same].lv2 == preset->lv2)) {
      ++same;
    }
    playing->plays[a] = same;
    if (!seat->used[a] || same < a) {
      continue;
    }
    status = kt_plugin_open(preset->lv2, KT_SAMPLE_RATE, KT_BLOCK, &playing->plugins[a], err);
    if (!status && !kt_plugin_hears_midi(playing->plugins[a])) {
      status = kt_error_set(err, KT_ERR_ARGUMENT, "the plugin %s takes no notes: it cannot play %s", preset->lv2->uri,
                            seat->instrument->name);
    }
    playing->gains[a] = powf(10, preset->gain_db / 20);
  }
  return status;
}

static void tell(const Playing *playing, const KtSeatEvent *event) {
  KtPlugin *plugin = playing->plugins[playing->plays[event->channel % KT_ART_COUNT]];
  static const uint8_t kinds[] = {[KT_EVENT_CONTROL] = 0xb0, [KT_EVENT_NOTE_OFF] = 0x80, [KT_EVENT_NOTE_ON] = 0x90};
  const uint8_t bytes[] = {(uint8_t)(kinds[event->kind] | (event->channel / KT_ART_COUNT & 15)), event->key & 127,
                           event->value & 127};
  if (plugin) {
    kt_plugin_midi(plugin, 0, bytes, 3);
  }
}

/// An effect of one channel hears and gives each side by itself.
static void run_sides(Playing *playing, const float *const in[2]) {
  static const float silence[KT_BLOCK];
  float both[KT_BLOCK];
  const float *left = in ? in[0] : silence, *right = in ? in[1] : silence;
  kt_plugin_run(playing->plugins[0], (const float *const[2]){left, left}, (float *const[2]){playing->left, both});
  kt_plugin_run(playing->right, (const float *const[2]){right, right}, (float *const[2]){playing->right_side, both});
}

/// One block through all plugins, summed; its loudest sample.
static float run(Playing *playing, const float *const in[2]) {
  float *const out[2] = {playing->left, playing->right_side};
  float most = 0;
  memset(playing->mixed, 0, sizeof(playing->mixed));
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    if (playing->plugins[a]) {
      if (playing->right) {
        run_sides(playing, in);
      } else {
        kt_plugin_run(playing->plugins[a], in, out);
      }
      for (int i = 0; i < KT_BLOCK; ++i) {
        playing->mixed[2 * i] += playing->gains[a] * playing->left[i];
        playing->mixed[2 * i + 1] += playing->gains[a] * playing->right_side[i];
      }
      if (!playing->block) {
        int late = kt_plugin_latency(playing->plugins[a]);
        playing->skip = late > playing->skip ? late : playing->skip;
      }
    }
  }
  for (int i = 0; i < 2 * KT_BLOCK; ++i) {
    double gone = playing->last < 0 ? 0 : (double)(playing->block - playing->last - LONGEST_RING) + i / 2.0 / KT_BLOCK;
    double gain = gone <= 0 ? 1 : gone >= FADE ? 0 : 0.5 + 0.5 * cos(M_PI * gone / FADE);
    playing->broken = playing->broken || !isfinite(playing->mixed[i]);
    playing->mixed[i] = (float)gain * playing->mixed[i];
    most = fmaxf(most, fabsf(playing->mixed[i]));
  }
  return most;
}

static KtStatus next_block(Playing *playing, const float *const in[2], KtError *err) {
  playing->quiet = run(playing, in) > nothing ? 0 : playing->quiet + 1;
  int skip = playing->skip < KT_BLOCK ? playing->skip : KT_BLOCK;
  playing->skip -= skip;
  ++playing->block;
  playing->written += KT_BLOCK - skip;
  if (playing->broken) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "the plugin %s gives what is no number, %.1f s into %s: set it otherwise in plugins.yaml, or leave it out",
                        playing->uri, (double)playing->block * KT_BLOCK / KT_SAMPLE_RATE, playing->what);
  }
  if (kt_cancelled(playing->ctx)) {
    return kt_error_cancelled(err);
  }
  return skip < KT_BLOCK
             ? kt_audio_write(playing->writer, playing->mixed + (size_t)(2 * skip), (size_t)(KT_BLOCK - skip), err)
             : KT_OK;
}

static KtStatus ring(Playing *playing, KtError *err) {
  KtStatus status = KT_OK;
  playing->last = playing->block;
  playing->quiet = 0;
  while (!status && playing->quiet < QUIET && playing->block < playing->last + LONGEST_RING + FADE) {
    status = next_block(playing, NULL, err);
  }
  return status;
}

static KtStatus play_seat(Playing *playing, const KtSeat *seat, KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; !status && i < seat->events.count; ++i) {
    while (!status && playing->block < seat->events.items[i].block) {
      status = next_block(playing, NULL, err);
    }
    tell(playing, &seat->events.items[i]);
  }
  return status ? status : ring(playing, err);
}

static KtStatus play_file(Playing *playing, KtError *err) {
  KtStatus status = KT_OK;
  size_t got = KT_BLOCK;
  while (!status && got == KT_BLOCK) {
    memset(playing->input, 0, sizeof(playing->input));
    status = kt_audio_read(playing->reader, playing->input, KT_BLOCK, &got, err);
    for (int i = 0; i < 2 * KT_BLOCK; ++i) {
      playing->in[i & 1][i / 2] = playing->input[i];
    }
    const float *const in[2] = {playing->in[0], playing->in[1]};
    status = status || !got ? status : next_block(playing, in, err);
  }
  return status ? status : ring(playing, err);
}

static KtStatus write_to(Playing *playing, const KtSeat *seat, const char *path, int64_t *frames, KtError *err) {
  KtStatus status = kt_audio_writer_open(path, 2, 32, NULL, &playing->writer, err);
  if (!status) {
    status = seat ? play_seat(playing, seat, err) : play_file(playing, err);
    if (status) {
      kt_audio_writer_abort(playing->writer);
    } else {
      status = kt_audio_writer_close_cached(playing->writer, err);
    }
  }
  *frames = playing->written;
  for (int a = 0; a < KT_ART_COUNT; ++a) {
    kt_plugin_close(playing->plugins[a]);
  }
  kt_plugin_close(playing->right);
  return status;
}

KtStatus kt_plugin_play(const KtContext *ctx, const KtSeat *seat, const char *path, int64_t *frames, KtError *err) {
  Playing playing = {.ctx = ctx, .uri = kt_plugin_of(seat->instrument)->uri, .what = seat->instrument->name, .last = -1};
  KtStatus status = open_plugins(&playing, seat, err);
  if (status) {
    for (int a = 0; a < KT_ART_COUNT; ++a) {
      kt_plugin_close(playing.plugins[a]);
    }
    return status;
  }
  return write_to(&playing, seat, path, frames, err);
}

KtStatus kt_effects_identity(KtArena *arena, const KtOrchestra *orchestra, KtSectionId section, const char **text,
                             KtError *err) {
  KtStatus status = KT_OK;
  *text = "";
  for (int i = 0; !status && i < orchestra->effect_count; ++i) {
    const char *one = "";
    if (orchestra->effects[i].section == section) {
      status = kt_plugin_identity(&orchestra->effects[i].lv2, arena, &one, err);
      *text = kt_arena_format(arena, "%s\nby sides: %s", *text ? *text : "", one);
    }
  }
  return !status && !*text ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

static KtStatus apply(const KtContext *ctx, const KtPluginChoice *choice, const char *path, int64_t *frames,
                      KtError *err) {
  Playing playing = {.ctx = ctx, .uri = choice->uri, .what = kt_path_name(path), .last = -1, .gains = {1}};
  KtStatus status = kt_plugin_open(choice, KT_SAMPLE_RATE, KT_BLOCK, &playing.plugins[0], err);
  if (!status && !kt_plugin_sounds_in(playing.plugins[0])) {
    status = kt_error_set(err, KT_ERR_ARGUMENT, "the plugin %s takes no sound: it is no effect", choice->uri);
  }
  if (!status && kt_plugin_sounds_in(playing.plugins[0]) == 1 && kt_plugin_sounds_out(playing.plugins[0]) == 1) {
    status = kt_plugin_open(choice, KT_SAMPLE_RATE, KT_BLOCK, &playing.right, err);
  }
  if (!status) {
    status = kt_audio_reader_open(path, &playing.reader, err);
  }
  if (status) {
    kt_plugin_close(playing.plugins[0]);
    kt_plugin_close(playing.right);
    return status;
  }
  status = write_to(&playing, NULL, path, frames, err);
  kt_audio_reader_close(playing.reader);
  return status;
}

KtStatus kt_effects_apply(const KtContext *ctx, const KtOrchestra *orchestra, KtSectionId section, const char *path,
                          int64_t *frames, KtError *err) {
  KtStatus status = KT_OK;
  for (int i = 0; !status && i < orchestra->effect_count; ++i) {
    if (orchestra->effects[i].section == section) {
      status = apply(ctx, &orchestra->effects[i].lv2, path, frames, err);
    }
  }
  return status;
}
