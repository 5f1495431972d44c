// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/common.h"

#include "base/pool.h"

static KtStatus deliver_cues(const KtDelivery *delivery, KtError *err) {
  KtStatus status = KT_OK;
  for (size_t i = 0; !status && i < delivery->spotting->cues.count; ++i) {
    if (kt_delivery_wants(delivery, i)) {
      status = kt_cancelled(delivery->ctx) ? kt_error_cancelled(err) : kt_deliver_midi(delivery, i, err);
      status = status ? status : kt_deliver_musicxml(delivery, i, err);
    }
  }
  return status;
}

typedef struct Media {
  const KtDelivery *delivery;
  const KtAudioJobs *jobs;
  KtArena *arena; ///< the film's own
} Media;

/// The film first: encoding its sound is the longest single piece of work.
static KtStatus write_media(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  const Media *media = user;
  if (!index && media->delivery->film->video_stream < 0) {
    return KT_OK; // music without a film
  }
  return index ? kt_audio_job_run(media->jobs, index - 1, err)
               : kt_deliver_film(media->delivery, NULL, media->arena, err);
}

static KtStatus deliver_media(const KtDelivery *delivery, KtError *err) {
  KtArena *arena = kt_arena_new(), *film = kt_arena_new();
  KtAudioJobs *jobs = NULL;
  KtStatus status = arena && film ? kt_audio_jobs(delivery, arena, &jobs, err)
                                  : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    Media media = {delivery, jobs, film};
    int threads = delivery->ctx && delivery->ctx->threads > 0 ? delivery->ctx->threads : 1;
    status = kt_parallel(threads, kt_audio_job_count(jobs) + 1, write_media, &media, err);
  }
  kt_arena_free(film);
  kt_arena_free(arena);
  return status;
}

/// The page of the film's pictures; where they cannot be had the score is no worse for it.
static KtStatus deliver_film_page(const KtDelivery *delivery, KtError *err) {
  char path[KT_PATH_SIZE];
  KtError why = {0};
  if (delivery->film->video_stream < 0) {
    return KT_OK;
  }
  KtStatus status = kt_delivery_path(delivery, path, err, "film.html");
  if (status) {
    return status;
  }
  status = kt_deliver_film_page(delivery->ctx, delivery->film, delivery->program, path, &why);
  if (status == KT_ERR_UNSUPPORTED || status == KT_ERR_FORMAT) {
    kt_warn(delivery->ctx, "film.html is left out: %s", why.message);
    return KT_OK;
  }
  if (status && err) {
    *err = why;
  }
  return status;
}

KtStatus kt_deliver(const KtDelivery *delivery, KtError *err) {
  KtStatus status = kt_make_dirs(delivery->folder, err);
  if (!status) {
    status = kt_deliver_tables(delivery, err);
  }
  if (!status) {
    status = kt_deliver_cue_sheet(delivery, err);
  }
  if (!status) {
    status = kt_deliver_themes(delivery, err);
  }
  if (!status) {
    status = deliver_cues(delivery, err);
  }
  if (!status) {
    status = deliver_media(delivery, err);
  }
  if (!status) {
    status = kt_deliver_report(delivery, err);
  }
  if (!status) {
    status = deliver_film_page(delivery, err);
  }
  if (!status) {
    kt_progress(delivery->ctx, "deliver", 1);
  }
  return status;
}
