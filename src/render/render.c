// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/render.h"

#include "base/audio_file.h"
#include "base/file.h"
#include "base/pool.h"
#include "render/plugin_play.h"
#include "render/sampler.h"
#include "render/synth.h"

#include <dirent.h>
#include <fluidsynth.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_THREADS = 64 };

/// Who plays in which cue, and where the sound goes. What is played is gathered when its turn comes: all cues of a long
/// film at once would be more than the samples.
typedef struct Task {
  const KtPerformance *performance;
  const KtInstrument *player;
  const char *identity; // of what plays it
  int cue;              // index into the stems
  int instrument;       // index into the orchestra, or beyond it for a stranger
  KtDryStem *stem;
  double cost;
} Task;

typedef struct Rendering {
  const KtContext *ctx;
  const KtOrchestra *orchestra;
  KtArena *arena;
  KT_ARRAY(Task) tasks;
  KtSampler *samplers[MOST_THREADS];
  pthread_mutex_t mutex;
  double done, whole;
} Rendering;

/// What tells this library (and player) from another: the file is too large to be read for it.
static KtStatus library_identity(Rendering *rendering, const char **text, KtError *err) {
  KtFileStamp stamp;
  const char *path = rendering->orchestra->library_path;
  if (!path) {
    return kt_error_set(err, KT_ERR_MISSING, "no sample library is installed");
  }
  KtStatus status = kt_file_stamp(path, &stamp, err);
  if (!status) {
    *text = kt_arena_format(rendering->arena, "%s %lld %lld fluidsynth %s", kt_path_name(path),
                            (long long)stamp.size, (long long)stamp.mtime_ns, fluid_version_str());
  }
  return status;
}

/// Position of an instrument in the orchestra, so that one after another plays through all cues and
/// its samples are loaded once.
static int instrument_order(const KtOrchestra *orchestra, const KtInstrument *instrument) {
  for (int i = 0; i < orchestra->count; ++i) {
    if (instrument == &orchestra->instruments[i]) {
      return i;
    }
  }
  return orchestra->count;
}

static bool first_of_its_instrument(const KtPerformance *performance, size_t track) {
  for (size_t i = 0; i < track; ++i) {
    if (performance->tracks.items[i].instrument == performance->tracks.items[track].instrument) {
      return false;
    }
  }
  return true;
}

/// What plays an instrument, and what its sound then goes through.
static KtStatus identity(Rendering *rendering, const KtInstrument *instrument, const char **player, KtError *err) {
  const char *effects = "";
  KtStatus status = KT_OK;
  if (kt_plugin_of(instrument)) {
    status = kt_plugins_identity(rendering->arena, instrument, player, err);
  } else if (kt_synth_of(instrument)) {
    status = kt_synth_identity(rendering->ctx, rendering->arena, kt_synth_of(instrument), player, err);
  }
  if (!status) {
    status = kt_effects_identity(rendering->arena, rendering->orchestra, instrument->stem, &effects, err);
  }
  if (!status && *effects) {
    *player = kt_arena_format(rendering->arena, "%s%s", *player, effects);
  }
  return !status && !*player ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}

/// One instrument's seat of a cue becomes a task, if it has anything to play.
static KtStatus add_seat(Rendering *rendering, KtArena *scratch, const Task *like, const char *folder, KtStems *stems,
                         KtError *err) {
  KtSeat seat = {0};
  KtStatus status = kt_seat_gather(scratch, like->performance, like->player, &rendering->orchestra->ensemble,
                                   like->identity, &seat, err);
  if (status || !seat.events.count) {
    return status;
  }
  Task *task = kt_array_push(rendering->arena, &rendering->tasks);
  KtDryStem *stem = kt_array_push(stems->arena, &stems->items);
  if (!task || !stem) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const char *name =
      kt_arena_format(scratch, "%s-%s-%.16s.wav", stems->cue, like->player->id, seat.key.hex);
  *stem = (KtDryStem){.stem = like->player->stem,
                      .instrument = kt_arena_text(stems->arena, like->player->id),
                      .path = kt_path_join(stems->arena, folder, name)};
  *task = *like;
  task->cost = 1.0 + (double)seat.events.count;
  return KT_OK;
}

static KtStatus add_cue(Rendering *rendering, const KtPerformance *performance, int cue,
                        const char *library, const char *folder, KtStems *stems, KtError *err) {
  stems->cue = kt_arena_text(stems->arena, performance->score->name);
  KtStatus status = KT_OK;
  for (size_t t = 0; !status && t < performance->tracks.count; ++t) {
    const KtInstrument *instrument = performance->tracks.items[t].instrument;
    if (!instrument || !first_of_its_instrument(performance, t)) {
      continue;
    }
    Task like = {.performance = performance,
                 .player = instrument,
                 .identity = library,
                 .cue = cue,
                 .instrument = instrument_order(rendering->orchestra, instrument)};
    KtArena *scratch = kt_arena_new();
    status = scratch ? identity(rendering, instrument, &like.identity, err)
                     : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    status = status ? status : add_seat(rendering, scratch, &like, folder, stems, err);
    kt_arena_free(scratch);
  }
  return status;
}

static int by_instrument_cue(const void *a, const void *b) {
  const Task *x = a, *y = b;
  return x->instrument != y->instrument ? x->instrument - y->instrument : x->cue - y->cue;
}

/// Stems have moved while their arrays grew: tie each task to its own by name.
static void tie_stems(Rendering *rendering, KtStems *stems) {
  for (size_t i = 0; i < rendering->tasks.count; ++i) {
    Task *task = &rendering->tasks.items[i];
    KtStems *of = &stems[task->cue];
    for (size_t s = 0; s < of->items.count; ++s) {
      if (!strcmp(of->items.items[s].instrument, task->player->id)) {
        task->stem = &of->items.items[s];
      }
    }
  }
}

/// Files of these cues that are not wanted any more, and what a killed run left half-written.
static void sweep(const Rendering *rendering, const char *folder, const KtStems *stems,
                  size_t count) {
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    bool stale = !strncmp(entry->d_name, ".kt-", 4);
    for (size_t c = 0; !stale && c < count; ++c) {
      size_t length = stems[c].cue ? strlen(stems[c].cue) : 0;
      if (!length || strncmp(entry->d_name, stems[c].cue, length) || entry->d_name[length] != '-') {
        continue;
      }
      stale = true;
      for (size_t s = 0; s < stems[c].items.count; ++s) {
        stale = stale && strcmp(entry->d_name, kt_path_name(stems[c].items.items[s].path)) != 0;
      }
    }
    if (stale) {
      unlink(kt_path_join(rendering->arena, folder, entry->d_name));
    }
  }
  if (dir) {
    closedir(dir);
  }
}

static KtStatus length_of(const char *path, int64_t *frames, KtError *err) {
  KtAudioReader *reader = NULL;
  KtStatus status = kt_audio_reader_open(path, &reader, err);
  if (!status) {
    *frames = kt_audio_reader_frames(reader);
    kt_audio_reader_close(reader);
  }
  return status;
}

/// Plays a seat by what it has: a plugin, a synthesiser, the worker's sampler.
static KtStatus play(Rendering *rendering, const KtSeat *seat, const char *path, int worker, int64_t *frames, KtError *err) {
  if (kt_plugin_of(seat->instrument)) {
    return kt_plugin_play(rendering->ctx, seat, path, frames, err);
  }
  if (kt_synth_of(seat->instrument)) {
    return kt_synth_play(rendering->ctx, seat, path, frames, err);
  }
  KtStatus status = rendering->samplers[worker]
                        ? KT_OK
                        : kt_sampler_open(rendering->orchestra->library_path, &rendering->samplers[worker], err);
  return status ? status : kt_sampler_play(rendering->samplers[worker], rendering->ctx, seat, path, frames, err);
}

/// A stem that its effects have not been through does not stay.
static KtStatus make_stem(Rendering *rendering, const Task *task, int worker, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtSeat seat = {0};
  KtDryStem *stem = task->stem;
  KtStatus status = arena ? kt_seat_gather(arena, task->performance, task->player, &rendering->orchestra->ensemble,
                                           task->identity, &seat, err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  status = status ? status : play(rendering, &seat, stem->path, worker, &stem->frames, err);
  kt_arena_free(arena);
  if (!status) {
    status = kt_effects_apply(rendering->ctx, rendering->orchestra, task->player->stem, stem->path, &stem->frames, err);
    if (status) {
      unlink(stem->path);
    }
  }
  return status;
}

static KtStatus render_one(void *user, size_t index, int worker, KtError *err) {
  Rendering *rendering = user;
  Task *task = &rendering->tasks.items[index];
  bool kept = kt_file_exists(task->stem->path) && !length_of(task->stem->path, &task->stem->frames,
                                                             NULL);
  KtStatus status = kept ? KT_OK : make_stem(rendering, task, worker, err);
  if (!status) {
    pthread_mutex_lock(&rendering->mutex);
    rendering->done += task->cost;
    kt_progress(rendering->ctx, "render", rendering->done / rendering->whole);
    pthread_mutex_unlock(&rendering->mutex);
  }
  return status;
}

static KtStatus run(Rendering *rendering, KtError *err) {
  int threads = rendering->ctx->threads;
  threads = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
  for (size_t i = 0; i < rendering->tasks.count; ++i) {
    rendering->whole += rendering->tasks.items[i].cost;
  }
  pthread_mutex_init(&rendering->mutex, NULL);
  KtStatus status =
      kt_parallel(threads, rendering->tasks.count, render_one, rendering, err);
  pthread_mutex_destroy(&rendering->mutex);
  for (int i = 0; i < MOST_THREADS; ++i) {
    kt_sampler_close(rendering->samplers[i]);
  }
  return status;
}

KtStatus kt_render(const KtContext *ctx, const KtOrchestra *orchestra,
                   KtPerformance *const *performances, size_t count, const char *folder,
                   KtStems **stems, KtError *err) {
  Rendering rendering = {.ctx = ctx, .orchestra = orchestra, .arena = kt_arena_new()};
  KtStems *made = calloc(count ? count : 1, sizeof(*made));
  const char *library = NULL;
  KtStatus status = rendering.arena && made ? kt_make_dirs(folder, err)
                                            : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    status = library_identity(&rendering, &library, err);
  }
  for (size_t i = 0; !status && i < count; ++i) {
    made[i].arena = kt_arena_new();
    if (!made[i].arena) {
      status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    } else if (performances[i]) {
      status = add_cue(&rendering, performances[i], (int)i, library, folder, &made[i], err);
    }
  }
  if (!status) {
    if (rendering.tasks.count) {
      qsort(rendering.tasks.items, rendering.tasks.count, sizeof(Task), by_instrument_cue);
    }
    tie_stems(&rendering, made);
    sweep(&rendering, folder, made, count);
    status = run(&rendering, err);
  }
  for (size_t i = 0; !status && i < count; ++i) {
    for (size_t s = 0; s < made[i].items.count; ++s) {
      int64_t frames = made[i].items.items[s].frames;
      made[i].frames = frames > made[i].frames ? frames : made[i].frames;
    }
  }
  kt_arena_free(rendering.arena);
  if (status) {
    kt_stems_free(made, count);
  } else {
    *stems = made;
  }
  return status;
}

void kt_stems_free(KtStems *stems, size_t count) {
  for (size_t i = 0; stems && i < count; ++i) {
    kt_arena_free(stems[i].arena);
  }
  free(stems);
}
