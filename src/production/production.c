// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/internal.h"

#include "base/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/// Shorter than this nothing can be said; longer is not one cue.
enum { FREE_LEAST_S = 4, FREE_MOST_S = 1800 };

const char *kt_version(void) {
  return KT_VERSION;
}

void kt_score_options_init(KtScoreOptions *options) {
  memset(options, 0, sizeof(*options));
  options->video_stream = -1;
}

const char *kt_data_folder(void) {
  const char *named = getenv("KINOTHEK_DATA");
  if (named && named[0]) {
    return named;
  }
  return kt_dir_exists(KT_DATA_DIR) ? KT_DATA_DIR : KT_SOURCE_DATA_DIR;
}

const char *kt_user_cache(KtArena *arena) {
  const char *named = getenv("XDG_CACHE_HOME");
  if (named && named[0] == '/') {
    return kt_path_join(arena, named, "kinothek");
  }
  const char *home = getenv("HOME");
  return home && home[0] == '/' ? kt_path_join(arena, home, ".cache/kinothek") : NULL;
}

double kt_monotonic_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int all_cores(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
}

static void on_warning(void *user, const char *line) {
  const KtListener *listener = user;
  if (listener->warning) {
    listener->warning(listener->user, line);
  }
}

KtContext kt_context_for(const KtListener *listener) {
  return (KtContext){.data_dir = kt_data_folder(),
                     .threads = all_cores(),
                     .seed = 1,
                     .log = listener ? on_warning : NULL,
                     .user = (void *)(uintptr_t)listener};
}

static void production_warning(void *user, const char *line) {
  KtProduction *production = user;
  on_warning(&production->listener, line);
}

static void production_progress(void *user, const char *stage, double fraction) {
  KtProduction *production = user;
  if (!production->listener.progress) {
    return;
  }
  double done = production->done_share + fraction * production->stage_share;
  double spent = kt_monotonic_s() - production->started;
  double left = done > 0.01 ? spent * (1 - done) / done : -1;
  production->listener.progress(production->listener.user, stage, fraction, left);
}

/// The folder must be ours, empty, or not there.
static KtStatus check_folder(const char *folder, const char *database, KtError *err) {
  if (kt_file_exists(database)) {
    return KT_OK;
  }
  DIR *dir = opendir(folder);
  if (!dir) {
    return errno == ENOTDIR ? kt_error_at(err, KT_ERR_FORMAT, folder, 0, 0,
                                          "is a file; choose another folder with --out")
                            : KT_OK;
  }
  KtStatus status = KT_OK;
  const struct dirent *entry;
  while (!status && (entry = readdir(dir))) {
    // pages that kinothek look and kinothek story leave
    bool page = !strcmp(entry->d_name, KT_FILM_PAGE) || !strcmp(entry->d_name, "story.html");
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && !page) {
      status = kt_error_at(err, KT_ERR_FORMAT, folder, 0, 0,
                           "is not a Kinothek production and not empty; choose another folder with --out");
    }
  }
  closedir(dir);
  return status;
}

static KtStatus lock(KtProduction *production, const char *database, KtError *err) {
  // flock and SQLite's own locks do not meet; held for as long as the production is open.
  production->lock = open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (production->lock < 0) {
    return kt_error_at(err, KT_ERR_IO, database, 0, 0, "cannot be written: %s", strerror(errno));
  }
  if (flock(production->lock, LOCK_EX | LOCK_NB)) {
    return kt_error_at(err, KT_ERR_BUSY, production->folder, 0, 0,
                       "another kinothek is at work on this production; wait for it or stop it");
  }
  return KT_OK;
}

static KtStatus open_in(KtProduction *production, const char *folder, KtError *err) {
  KtArena *arena = production->arena;
  size_t length = strlen(folder);
  while (length > 1 && folder[length - 1] == '/') {
    --length;
  }
  production->folder = kt_arena_text_n(arena, folder, length);
  production->delivery = kt_path_join(arena, production->folder, "delivery");
  production->cache = kt_path_join(arena, production->folder, "cache");
  const char *database = kt_path_join(arena, production->folder, "production.db");
  KtStatus status = check_folder(production->folder, database, err);
  if (!status) {
    status = kt_make_dirs(production->folder, err);
  }
  if (!status) {
    status = lock(production, database, err);
  }
  if (!status) {
    status = kt_store_open(database, &production->store, err);
  }
  if (!status) {
    status = kt_make_dirs(production->delivery, err);
  }
  if (!status) {
    status = kt_make_dirs(production->cache, err);
  }
  if (!status) {
    kt_outputs_clean(production->folder);
  }
  return status;
}

KtStatus kt_production_open(const char *folder, const KtListener *listener,
                            KtProduction **production, KtError *err) {
  KtProduction *made = calloc(1, sizeof(*made));
  KtArena *arena = kt_arena_new();
  if (!made || !arena) {
    free(made);
    kt_arena_free(arena);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  made->arena = arena;
  made->lock = -1;
  if (listener) {
    made->listener = *listener;
  }
  KtStatus status = open_in(made, folder, err);
  if (status) {
    kt_production_close(made);
    return status;
  }
  made->ctx = kt_context_for(&made->listener);
  made->ctx.cache_dir = made->cache;
  made->ctx.log = production_warning;
  made->ctx.progress = production_progress;
  made->ctx.user = made;
  made->ctx.cancel = &made->cancel;
  *production = made;
  return KT_OK;
}

void kt_production_close(KtProduction *production) {
  if (!production) {
    return;
  }
  kt_store_close(production->store);
  if (production->lock >= 0) {
    close(production->lock); // after SQLite: closing any descriptor of the file drops its locks
  }
  kt_arena_free(production->arena);
  free(production);
}

void kt_production_cancel(KtProduction *production) {
  atomic_store(&production->cancel, true);
}

bool kt_production_was_current(const KtProduction *production) {
  return production->was_current;
}

const char *kt_production_file(const KtProduction *production, const char *key) {
  const char *setting = kt_arena_format(production->arena, "file.%s", key);
  const char *kept = kt_store_get(production->store, production->arena, setting);
  // only the name is kept: the production may have been moved, or be named from another place
  return kept ? kt_path_join(production->arena, production->delivery, kt_path_name(kept)) : NULL;
}

/// Inputs are kept by their full path: an update may be called from elsewhere.
static KtStatus keep_path(KtProduction *production, const char *name, const char *path, KtError *err) {
  if (!path) {
    return kt_store_set(production->store, name, NULL, err);
  }
  char *full = realpath(path, NULL);
  if (!full) {
    return kt_error_at(err, errno == ENOENT ? KT_ERR_MISSING : KT_ERR_IO, path, 0, 0,
                       "cannot be read: %s", strerror(errno));
  }
  KtStatus status = kt_store_set(production->store, name, full, err);
  free(full);
  return status;
}

static KtStatus set_all(KtProduction *production, const KtScoreOptions *o, KtError *err) {
  const char *film_sound = o->film_sound;
  bool is_file = film_sound && strcmp(film_sound, "keep") != 0 && strcmp(film_sound, "drop") != 0;
  struct {
    const char *name, *path;
  } paths[] = {{"film", o->film}, {"script", o->script}, {"subtitles", o->subtitles}, {"brief", o->brief},
               {"edl", o->edl}, {"markers", o->markers}, {"textures", o->textures}};
  struct {
    const char *name, *value;
  } values[] = {{"palette", o->palette}, {"loudness", o->loudness}, {"cues", o->cues},
                {"library", o->library}, {"start_timecode", o->start_timecode}, {"mood", o->mood}};
  KtStatus status = KT_OK;
  for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && !status; ++i) {
    status = keep_path(production, paths[i].name, paths[i].path, err);
  }
  for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) && !status; ++i) {
    status = kt_store_set(production->store, values[i].name, values[i].value, err);
  }
  char number[32];
  if (!status) {
    status = is_file ? keep_path(production, "film_sound", film_sound, err)
                     : kt_store_set(production->store, "film_sound", film_sound, err);
  }
  if (!status) {
    snprintf(number, sizeof(number), "%d", o->video_stream);
    status = kt_store_set(production->store, "video_stream", number, err);
  }
  if (!status) {
    status = kt_store_set(production->store, "sketch", o->sketch ? "1" : NULL, err);
  }
  if (!status) {
    status = kt_store_set(production->store, "suite", o->suite ? "1" : NULL, err);
  }
  if (!status) {
    snprintf(number, sizeof(number), "%.17g", o->seconds);
    status = kt_store_set(production->store, "seconds", o->mood ? number : NULL, err);
  }
  if (!status) {
    snprintf(number, sizeof(number), "%d", o->threads);
    status = kt_store_set(production->store, "threads", number, err);
  }
  if (!status) {
    snprintf(number, sizeof(number), "%" PRIu64, o->seed);
    status = kt_store_set(production->store, "seed", o->has_seed ? number : NULL, err);
  }
  return status;
}

KtStatus kt_production_set(KtProduction *production, const KtScoreOptions *options, KtError *err) {
  if (options->sketch && !options->script && !options->subtitles) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "name a script or captions");
  }
  if (!options->film && !options->mood && !options->sketch) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "name a film");
  }
  if (options->mood && !(options->seconds >= FREE_LEAST_S && options->seconds <= FREE_MOST_S)) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "a free cue lasts from %d to %d seconds", FREE_LEAST_S, FREE_MOST_S);
  }
  KtStatus status = kt_store_begin(production->store, err);
  if (status) {
    return status;
  }
  status = set_all(production, options, err);
  if (!status) {
    status = kt_store_commit(production->store, err);
  }
  if (status) {
    kt_store_rollback(production->store);
  }
  return status;
}

KtStatus kt_kept_load(KtProduction *production, KtArena *arena, KtKept *kept, KtError *err) {
  memset(kept, 0, sizeof(*kept));
  struct {
    const char *name, **value;
  } texts[] = {{"film", &kept->film},           {"script", &kept->script},
               {"subtitles", &kept->subtitles}, {"brief", &kept->brief},
               {"palette", &kept->palette},     {"loudness", &kept->loudness},
               {"cues", &kept->cues},           {"library", &kept->library},
               {"film_sound", &kept->film_sound}, {"start_timecode", &kept->start_timecode},
               {"seed", &kept->seed},           {"mood", &kept->mood},
               {"edl", &kept->edl},             {"markers", &kept->markers},
               {"textures", &kept->textures}};
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
    *texts[i].value = kt_store_get(production->store, arena, texts[i].name);
  }
  const char *stream = kt_store_get(production->store, arena, "video_stream");
  const char *threads = kt_store_get(production->store, arena, "threads");
  kept->video_stream = stream ? atoi(stream) : -1;
  kept->threads = threads ? atoi(threads) : 0;
  const char *seconds = kt_store_get(production->store, arena, "seconds");
  kept->seconds = seconds ? strtod(seconds, NULL) : 0;
  kept->sketch = kt_store_get(production->store, arena, "sketch") != NULL;
  kept->suite = kt_store_get(production->store, arena, "suite") != NULL;
  return kept->film || kept->mood || kept->sketch ? KT_OK
                    : kt_error_at(err, KT_ERR_MISSING, production->folder, 0, 0,
                                  "holds no film yet; run kinothek score FILM --out with this folder");
}

KtStatus kt_production_deliver(KtProduction *production, bool clicks, bool streamers,
                               const char *cues, KtError *err) {
  production->started = kt_monotonic_s();
  return kt_pipeline_deliver(production, clicks, streamers, cues, err);
}

KtStatus kt_production_update(KtProduction *production, KtError *err) {
  production->started = kt_monotonic_s();
  production->was_current = false;
  return kt_pipeline_run(production, err);
}
