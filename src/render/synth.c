// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/synth.h"

#include "base/audio_file.h"
#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#if KT_CSOUND
#include <csound/csound.h>
#include <pthread.h>

enum {
  CHUNK = 64,              // blocks written at once
  LONGEST_RING_S = 12,
  FADE_BLOCKS = 180,       // of a ring that is cut there: a quarter of a second
  QUIET_BLOCKS = 750,      // a second of nothing, and it is over
};
static const double nothing = 3e-6; // -110 dB

typedef struct Playing {
  const KtContext *ctx;
  const KtSeat *seat;
  KtArena *arena;
  CSOUND *csound;
  KtSynthNotes notes;
  KtAudioWriter *writer;
  int64_t block, fade_at, quiet;
  int filled; // blocks in `mixed`
  char told[120]; // Csound's first complaint
  bool told_all;
  float mixed[2 * CHUNK * KT_BLOCK];
} Playing;

// Csound makes and unmakes its tables of opcodes in statics.
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void say_nothing(CSOUND *csound, int attributes, const char *format, va_list arguments) {
  (void)csound;
  (void)attributes;
  (void)format;
  (void)arguments;
}

static void first_time(void) {
  csoundInitialize(CSOUNDINIT_NO_SIGNAL_HANDLER | CSOUNDINIT_NO_ATEXIT);
  csoundSetDefaultMessageCallback(say_nothing);
}

/// The first line that names an error is kept for the person who wrote the orchestra file. Csound
/// says it in pieces.
static void listen(CSOUND *csound, int attributes, const char *format, va_list arguments) {
  Playing *playing = csoundGetHostData(csound);
  char piece[160];
  (void)attributes;
  vsnprintf(piece, sizeof(piece), format, arguments);
  const char *from = playing && !playing->told[0] ? strstr(piece, "error") : piece;
  if (!playing || !from || playing->told_all) {
    return;
  }
  for (size_t used = strlen(playing->told); *from && used + 1 < sizeof(playing->told); ++from) {
    playing->told_all = playing->told_all || *from == '\n';
    if (!playing->told_all && *from >= ' ') {
      playing->told[used++] = *from;
      playing->told[used] = '\0';
    }
  }
}

static KtStatus read_orchestra(const KtContext *ctx, KtArena *arena, const char *name,
                               const char **path, const char **text, KtError *err) {
  const char *file = kt_arena_format(arena, "csound/%s.orc", name);
  size_t size = 0;
  *path = kt_path_join(arena, ctx->data_dir, file);
  KtStatus status = kt_file_read(arena, *path, 1U << 20, text, &size, err);
  int line = 1;
  for (size_t i = 0; !status && i < size; ++i) { // of other bytes Csound complains on standard error
    unsigned char byte = (unsigned char)(*text)[i];
    line += byte == '\n';
    if (!byte || byte > 126 || (byte < ' ' && !strchr("\n\r\t", byte))) {
      status = kt_error_at(err, KT_ERR_FORMAT, *path, line, 0, "holds a character that is not plain ASCII");
    }
  }
  return status;
}

KtStatus kt_synth_identity(const KtContext *ctx, KtArena *arena, const char *name,
                           const char **text, KtError *err) {
  const char *path = NULL, *common = NULL, *own = NULL;
  KtStatus status = read_orchestra(ctx, arena, "common", &path, &common, err);
  status = status ? status : read_orchestra(ctx, arena, name, &path, &own, err);
  if (!status) {
    *text = kt_arena_format(arena, "csound %d\n%s\n%s", csoundGetVersion(), common, own);
  }
  return !status && !*text ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

static KtStatus refused(Playing *playing, const char *path, KtError *err) {
  return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "Csound refuses it%s%s",
                     playing->told[0] ? ": " : "", playing->told);
}

/// An engine for this seat alone, so that nothing it remembers comes from another.
static KtStatus start(Playing *playing, KtError *err) {
  const char *path = NULL, *text = NULL;
  const char *const names[] = {"common", kt_synth_of(playing->seat->instrument)};
  pthread_once(&once, first_time);
  playing->csound = csoundCreate(playing);
  if (!playing->csound) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  csoundSetMessageCallback(playing->csound, listen);
  static const char *const options[] = {"-n", "-d", "-m0", "--sample-rate=48000", "--ksmps=64"};
  for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); ++i) {
    csoundSetOption(playing->csound, options[i]);
  }
  for (int i = 0; i < 2; ++i) {
    KtStatus status = read_orchestra(playing->ctx, playing->arena, names[i], &path, &text, err);
    if (status) {
      return status;
    }
    if (csoundCompileOrc(playing->csound, text)) {
      return refused(playing, path, err);
    }
  }
  if (csoundStart(playing->csound) || csoundGetKsmps(playing->csound) != KT_BLOCK ||
      csoundGetNchnls(playing->csound) != 2) {
    return refused(playing, path, err);
  }
  return KT_OK;
}

static void set(const Playing *playing, char kind, int channel, double value) {
  char name[16];
  snprintf(name, sizeof(name), "%c%d", kind, channel);
  csoundSetControlChannel(playing->csound, name, value);
}

static void begin_note(const Playing *playing, const KtSynthNote *note) {
  const KtPreset *preset = &playing->seat->presets[note->channel % KT_ART_COUNT];
  double held = (double)note->held * KT_BLOCK / KT_SAMPLE_RATE;
  const MYFLT fields[] = {1,
                          0,
                          held,
                          note->key,
                          note->velocity / 127.0,
                          held,
                          note->seed,
                          note->channel,
                          note->channel % KT_ART_COUNT,
                          pow(10.0, (double)preset->gain_db / 20.0),
                          preset->dynamics_controller > 0};
  csoundScoreEvent(playing->csound, 'i', fields, sizeof(fields) / sizeof(fields[0]));
}

static void control(const Playing *playing, const KtSeatEvent *event) {
  const KtPreset *preset = &playing->seat->presets[event->channel % KT_ART_COUNT];
  if (preset->dynamics_controller == event->key) {
    set(playing, 'd', event->channel, event->value / 127.0);
  } else if (event->key == 11) {
    set(playing, 'x', event->channel, event->value / 127.0);
  }
}

static KtStatus flush(Playing *playing, KtError *err) {
  size_t frames = (size_t)playing->filled * KT_BLOCK;
  playing->filled = 0;
  if (kt_cancelled(playing->ctx)) {
    return kt_error_cancelled(err);
  }
  return frames ? kt_audio_write(playing->writer, playing->mixed, frames, err) : KT_OK;
}

static KtStatus next_block(Playing *playing, KtError *err) {
  if (csoundPerformKsmps(playing->csound)) {
    return kt_error_set(err, KT_ERR_UNSUPPORTED, "%s: Csound stopped while playing %s %s",
                        playing->seat->cue, playing->seat->instrument->name, playing->told);
  }
  const MYFLT *out = csoundGetSpout(playing->csound);
  float *to = playing->mixed + (size_t)playing->filled * 2 * KT_BLOCK;
  double most = 0;
  for (int i = 0; i < 2 * KT_BLOCK; ++i) {
    double gone = ((double)(playing->block - playing->fade_at) * KT_BLOCK + i / 2) /
                  ((double)FADE_BLOCKS * KT_BLOCK);
    double gain = gone <= 0 ? 1 : gone >= 1 ? 0 : 0.5 + 0.5 * cos(M_PI * gone);
    double value = isfinite(out[i]) ? out[i] * gain : 0;
    most = fmax(most, fabs(value));
    to[i] = (float)value;
  }
  playing->quiet = most > nothing ? 0 : playing->quiet + 1;
  ++playing->block;
  return ++playing->filled == CHUNK ? flush(playing, err) : KT_OK;
}

static KtStatus play(Playing *playing, KtError *err) {
  const KtSeat *seat = playing->seat;
  size_t note = 0;
  KtStatus status = KT_OK;
  for (int c = 0; c < seat->slots * KT_ART_COUNT; ++c) {
    set(playing, 'd', c, 100 / 127.0); // until the player says otherwise
    set(playing, 'x', c, 1);
  }
  for (size_t i = 0; !status && i < seat->events.count; ++i) {
    const KtSeatEvent *event = &seat->events.items[i];
    while (!status && playing->block < event->block) {
      status = next_block(playing, err);
    }
    if (!status && event->kind == KT_EVENT_CONTROL) {
      control(playing, event);
    } else if (!status && event->kind == KT_EVENT_NOTE_ON) {
      begin_note(playing, &playing->notes.items[note++]);
    }
  }
  playing->fade_at = playing->block + (int64_t)LONGEST_RING_S * KT_SAMPLE_RATE / KT_BLOCK;
  playing->quiet = 0;
  while (!status && playing->quiet < QUIET_BLOCKS && playing->block < playing->fade_at + FADE_BLOCKS) {
    status = next_block(playing, err);
  }
  return status ? status : flush(playing, err);
}

static KtStatus write_sound(Playing *playing, const char *path, KtError *err) {
  KtStatus status = kt_audio_writer_open(path, 2, 32, NULL, &playing->writer, err);
  if (status) {
    return status;
  }
  status = play(playing, err);
  if (status) {
    kt_audio_writer_abort(playing->writer);
    return status;
  }
  return kt_audio_writer_close_cached(playing->writer, err);
}

KtStatus kt_synth_play(const KtContext *ctx, const KtSeat *seat, const char *path, int64_t *frames,
                       KtError *err) {
  KtArena *arena = kt_arena_new();
  Playing *playing = arena ? KT_NEW(arena, Playing, 1) : NULL;
  if (!playing) {
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *playing = (Playing){.ctx = ctx, .seat = seat, .arena = arena, .fade_at = INT64_MAX / 2};
  KtStatus status = kt_synth_notes(arena, seat, &playing->notes, err);
  if (!status) {
    pthread_mutex_lock(&guard);
    status = start(playing, err);
    pthread_mutex_unlock(&guard);
  }
  status = status ? status : write_sound(playing, path, err);
  *frames = playing->block * KT_BLOCK;
  if (playing->csound) {
    pthread_mutex_lock(&guard);
    csoundDestroy(playing->csound);
    pthread_mutex_unlock(&guard);
  }
  kt_arena_free(arena);
  return status;
}

#else

KtStatus kt_synth_identity(const KtContext *ctx, KtArena *arena, const char *name,
                           const char **text, KtError *err) {
  (void)ctx;
  *text = kt_arena_format(arena, "csound 0 %s", name);
  return *text ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

KtStatus kt_synth_play(const KtContext *ctx, const KtSeat *seat, const char *path, int64_t *frames,
                       KtError *err) {
  (void)ctx;
  (void)path;
  *frames = 0;
  return kt_error_set(err, KT_ERR_UNSUPPORTED, "%s: %s needs Csound, which is not built in",
                      seat->cue, seat->instrument->name);
}

#endif
