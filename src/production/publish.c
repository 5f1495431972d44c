// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/suite.h"
#include "production/work.h"

#include "production/sheet.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static KtStatus keep_results(KtWork *work, const char *scored, KtError *err) {
  KtStore *store = work->production->store;
  KtArena *arena = work->arena;
  const char *delivery = work->production->delivery;
  const char *name = work->film->title;
  const struct {
    const char *key, *file;
  } files[] = {{"file.scored", work->film->video_stream >= 0 ? scored : NULL},
               {"file.mix", kt_arena_format(arena, "%s.mix.wav", name)},
               {"file.music", kt_arena_format(arena, "%s.music.wav", name)},
               {"file.report", "report.html"},
               {"file.cue_sheet", "cue-sheet.html"}};
  KtStatus status = KT_OK;
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !status; ++i) {
    status = kt_store_set(store, files[i].key, files[i].file, err);
  }
  const char *report = NULL;
  size_t size = 0;
  if (!status) {
    status = kt_file_read(arena, kt_path_join(arena, delivery, "report.json"), 256U << 20, &report, &size, err);
  }
  if (!status) {
    status = kt_store_add_version(store, work->key.hex, report, err);
  }
  status = status ? status
                  : kt_sheet_keep(work->production, work->film, work->story, work->themes,
                                  work->inputs_key.hex, err);
  KtPlanInputs inputs = kt_work_plan_inputs(work);
  status = status ? status : kt_plans_keep(work->production, &inputs, work->plan, work->scores, err);
  status = status ? status : kt_store_set(store, KT_THEMES_KEPT_WAIT, NULL, err);
  return status ? status : kt_store_set(store, "delivered", work->key.hex, err);
}

static bool is_stem(const KtWork *work, const char *name) {
  for (size_t c = 0; c < work->spotting->cues.count; ++c) {
    for (size_t s = 0; s < work->stems[c].items.count; ++s) {
      if (!strcmp(kt_path_name(work->stems[c].items.items[s].path), name)) {
        return true;
      }
    }
  }
  return false;
}

static bool is_leftover(const KtWork *work, const char *folder, const char *name) {
  if (!strcmp(folder, "render")) {
    return !work->wanted && strcmp(kt_path_extension(name), ".wav") == 0 && !is_stem(work, name);
  }
  return !strncmp(name, "film-", 5) && strncmp(name + 5, work->film_key.hex, 32) != 0;
}

/// After a delivery the cache keeps what a next run can take up, the look at the film and the dry
/// stems: not the cues as mixed, which are as large as the music, nor what no cue plays any more.
static void drop_leftovers(const KtWork *work) {
  const char *cache = work->production->cache;
  kt_remove_tree(kt_path_join(work->arena, cache, "mix"), NULL);
  kt_remove_tree(kt_path_join(work->arena, cache, "staging"), NULL);
  static const char *const folders[] = {"", "render"};
  for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); ++i) {
    const char *folder = folders[i][0] ? kt_path_join(work->arena, cache, folders[i]) : cache;
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
      if (is_leftover(work, folders[i], entry->d_name)) {
        unlink(kt_path_join(work->arena, folder, entry->d_name));
      }
    }
    if (dir) {
      closedir(dir);
    }
  }
}

KtStatus kt_work_deliver(KtWork *work, KtError *err) {
  const char *staging = kt_path_join(work->arena, work->production->cache, "staging");
  KtFileStamp stamp = {0};
  const char *source = work->kept.sketch ? work->film->path : work->kept.film;
  KtStatus status = source ? kt_file_stamp(source, &stamp, err) : KT_OK;
  if (!status) {
    status = kt_remove_tree(staging, err);
  }
  if (!status) {
    status = kt_make_dirs(staging, err);
  }
  KtDelivery delivery = {.ctx = work->ctx,
                         .folder = staging,
                         .name = work->film->title,
                         .program = "kinothek " KT_VERSION,
                         .origination = stamp.mtime_ns / INT64_C(1000000000),
                         .film = work->film,
                         .story = work->story,
                         .brief = work->brief,
                         .palette = &work->palette,
                         .orchestra = work->orchestra,
                         .library_sha256 = work->library_hash.hex,
                         .spotting = work->spotting,
                         .themes = work->themes,
                         .scores = (KtScore *const *)work->scores,
                         .performances = (KtPerformance *const *)work->performances,
                         .mix = work->mix,
                         .world = work->world,
                         .mix_options = &work->mix_options,
                         .times = work->times,
                         .time_count = work->time_count,
                         .cues_wanted = work->wanted};
  KtConcertPiece suite = {0};
  if (work->kept.suite) {
    suite = kt_suite_piece(&delivery, work->arena);
    delivery.suite = &suite;
  }
  if (!status) {
    status = kt_deliver(&delivery, err);
  }
  if (!status && work->kept.suite) {
    status = kt_suite_deliver(&delivery, work->production->cache, err);
  }
  if (!status) {
    status = kt_store_set(work->production->store, "delivered", NULL, err);
  }
  if (!status) {
    status = kt_outputs_publish(work->production, staging, work->wanted != NULL, err);
  }
  const char *scored = kt_arena_format(work->arena, "%s.scored.mp4", work->film->title);
  if (!kt_file_exists(kt_path_join(work->arena, work->production->delivery, scored))) {
    scored = kt_arena_format(work->arena, "%s.scored.mkv", work->film->title);
  }
  if (!status) {
    status = keep_results(work, scored, err);
  }
  if (!status) {
    drop_leftovers(work);
  }
  return status;
}
