// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/free_cue.h"
#include "production/learned.h"
#include "production/sketch.h"
#include "production/told.h"
#include "production/work.h"
#include "production/worlds.h"

#include "base/pool.h"
#include "compose/compose.h"
#include "deliver/clicks.h"
#include "orchestrate/propose.h"
#include "perform/perform.h"
#include "render/render.h"
#include "spot/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void work_clear(KtWork *work) {
  size_t cues = work->spotting ? work->spotting->cues.count : 0;
  kt_mix_free(work->mix);
  kt_world_free(work->world);
  kt_stems_free(work->stems, cues);
  for (size_t i = 0; i < cues; ++i) {
    if (work->performances) {
      kt_performance_free(work->performances[i]);
    }
    if (work->scores) {
      kt_score_free(work->scores[i]);
    }
  }
  kt_plan_free(work->plan);
  kt_themes_free(work->themes);
  kt_spotting_free(work->spotting);
  kt_sheet_free(work->set);
  kt_story_free(work->story);
  kt_film_free(work->film);
  kt_orchestra_free(work->orchestra);
  kt_brief_free(work->brief);
  kt_arena_free(work->arena);
}

/// Moods in words instead of a film.
static KtFreeCue free_cue(const KtWork *work) {
  const char *name = kt_path_name(work->production->folder);
  return (KtFreeCue){work->kept.mood, work->kept.seconds,
                     kt_arena_text_n(work->arena, name, kt_path_title(name))};
}

static KtStatus see_film(KtWork *work, KtError *err) {
  if (work->kept.sketch) {
    const char *language = work->brief->language ? work->brief->language : "en";
    return kt_sketch_look(work->ctx, &work->kept, language, &work->film, &work->story, err);
  }
  const char *name = kt_arena_format(work->arena, "film-%.32s.ktf", work->film_key.hex);
  const char *path = kt_path_join(work->arena, work->production->cache, name);
  if (kt_file_exists(path) && !kt_film_load(path, &work->film, NULL)) {
    // The same film may have been moved: what is kept is its content, not its place.
    work->film->path = kt_arena_text(work->film->arena, work->kept.film);
    return work->kept.subtitles ? kt_captions_read(work->film, work->kept.subtitles, err) : KT_OK;
  }
  KtFilmOptions options = {.path = work->kept.film,
                           .subtitles = work->kept.subtitles,
                           .audio_file = kt_work_sound(work),
                           .video_stream = work->kept.video_stream,
                           .start_timecode = work->kept.start_timecode};
  KtStatus status = kt_film_look(work->ctx, &options, &work->film, err);
  return status ? status : kt_film_save(work->film, path, err);
}

static KtStatus stage_film(KtWork *work, KtError *err) {
  if (work->kept.mood) {
    KtFreeCue cue = free_cue(work);
    return kt_free_film(&cue, &work->film, err);
  }
  const char *edl = work->kept.edl, *markers = work->kept.markers;
  KtStatus status = kt_edit_check(edl, err); // before ten minutes of looking
  status = status ? status : kt_edit_check(markers, err);
  status = status ? status : see_film(work, err);
  return status || !(edl || markers) ? status : kt_film_take_edit(work->film, edl, markers, err);
}

static KtStatus stage_story(KtWork *work, KtError *err) {
  const char *language = work->brief->language ? work->brief->language : "en";
  if (work->kept.mood) {
    KtFreeCue cue = free_cue(work);
    return kt_free_story(work->ctx, &cue, language, &work->story, err);
  }
  for (size_t i = 0; i < work->film->warnings.count; ++i) {
    kt_warn(work->ctx, "%s", work->film->warnings.items[i]);
  }
  KtStatus status = work->story ? KT_OK // a sketch read it for its length
                                : kt_story_read(work->ctx, work->film, work->kept.script, language,
                                                &work->story, err);
  for (size_t i = 0; !status && i < work->story->warnings.count; ++i) {
    kt_warn(work->ctx, "%s", work->story->warnings.items[i]);
  }
  return status;
}

static bool is_dropped(const KtWork *work) {
  return work->kept.film_sound && !strcmp(work->kept.film_sound, "drop");
}

/// Temp music: over 40 % of the film, or the brief says so.
static void judge_temp(KtWork *work) {
  const KtFilm *film = work->film;
  bool kept = !is_dropped(work);
  work->temp = !kept || work->brief->temp == 1 ||
               (work->brief->temp < 0 && film->music_share > 0.4F && !kt_work_sound(work));
  if (work->temp && kept) {
    kt_warn(work->ctx,
            "%s: music fills %.0f %% of the film's own sound and will sound under the score; "
            "if it is temp music, use --film-sound drop, or --film-sound FILE with the dialogue and effects",
            film->path, (double)film->music_share * 100);
  }
}

static KtStatus stage_spot(KtWork *work, KtError *err) {
  judge_temp(work);
  const char *id = work->kept.palette ? work->kept.palette : work->brief->palette;
  KtStatus status = KT_OK;
  if (!id) {
    status = kt_palette_suggest(work->ctx, work->arena, work->film, work->story, &id, err);
  }
  if (!status) {
    status = kt_palette_load(work->ctx, work->arena, id, &work->palette, err);
  }
  if (!status && work->kept.mood) {
    KtFreeCue cue = free_cue(work);
    return kt_free_spotting(&cue, work->story, &work->spotting, err);
  }
  KtStyle style = {.share_min = work->palette.share_min,
                   .share_max = work->palette.share_max,
                   .cue_min_s = work->palette.cue_min_s,
                   .cue_max_s = work->palette.cue_max_s,
                   .cue_typical_s = work->palette.cue_typical_s,
                   .hits_per_minute = work->palette.hits_per_minute,
                   .restraint = work->palette.restraint};
  status = status ? status : kt_sheet_load_set(work->production, &work->set, err);
  bool held = kt_sheet_is_held(work->production, work->inputs_key.hex);
  status = status ? status
                  : kt_spot_set(work->ctx, work->film, work->story, work->brief, &style, work->temp,
                                work->set, held, &work->spotting, err);
  if (!status) {
    kt_sheet_tell_obeyed(work->production, work->set, held, work->spotting);
  }
  return status;
}

static KtStatus read_wanted(KtWork *work, KtError *err) {
  size_t cues = work->spotting->cues.count;
  if (!work->kept.cues || !work->kept.cues[0]) {
    return KT_OK;
  }
  work->wanted = KT_NEW(work->arena, bool, cues + 1);
  char *list = (char *)(uintptr_t)kt_arena_text(work->arena, work->kept.cues);
  char *rest = NULL;
  for (char *name = strtok_r(list, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
    int cue = kt_spotting_cue(work->spotting, name);
    if (cue < 0) {
      const char *last = cues ? work->spotting->cues.items[cues - 1].name : "none";
      return kt_error_set(err, KT_ERR_ARGUMENT,
                          "--cues: there is no cue %.20s in this film; they run from 1m01 to %s", name, last);
    }
    work->wanted[cue] = true;
  }
  return KT_OK;
}

static KtDesk desk(const KtWork *work) {
  return (KtDesk){work->ctx,      work->film,  work->story,
                  work->spotting, work->brief, &work->palette, NULL,
                  work->cue_palettes};
}

static KtStatus perform_one(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  KtWork *work = user;
  return kt_perform(work->ctx, work->orchestra, work->scores[index], &work->performances[index], err);
}

static KtStatus compose_cues(KtWork *work, size_t cues, KtError *err) {
  KtDesk table = desk(work);
  KtStatus status = kt_propose_cues(&table, work->orchestra, work->themes, work->plan, work->proposal, work->scores, err);
  return status ? status : kt_parallel(work->ctx->threads, cues, perform_one, work, err);
}

KtPlanInputs kt_work_plan_inputs(const KtWork *work) {
  return (KtPlanInputs){work->spotting, work->themes, work->inputs_key.hex, work->ctx->seed};
}

static KtStatus make_themes(KtWork *work, KtError *err) {
  KtDesk table = desk(work);
  KtStatus status = kt_theme_wishes_load(work->production, work->arena, &work->wishes, err);
  bool held = kt_theme_wishes_hold(work->production, work->inputs_key.hex);
  return status ? status : kt_compose_themes_as(&table, &work->wishes, held, &work->themes, err);
}

static KtStatus stage_compose(KtWork *work, KtError *err) {
  KtStatus status = read_wanted(work, err);
  status = status ? status : kt_work_worlds(work, err);
  if (!status) { // what is wrong with a film is said before a library new to this machine is listened to
    status = kt_know_attacks(work->ctx, work->production->cache, work->orchestra, &work->library_hash, err);
  }
  KtDesk table = desk(work);
  size_t cues = work->spotting->cues.count;
  work->scores = KT_NEW(work->arena, KtScore *, cues + 1);
  work->performances = KT_NEW(work->arena, KtPerformance *, cues + 1);
  if (!status) {
    status = make_themes(work, err);
  }
  if (!status) {
    status = kt_compose_plan(&table, work->themes, &work->plan, err);
  }
  work->proposal = KT_NEW(work->arena, int, cues + 1);
  if (!status && !work->proposal) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (!status) {
    KtPlanInputs inputs = kt_work_plan_inputs(work);
    status = kt_plans_hold(work->production, &inputs, work->plan, work->proposal, err);
  }
  if (!status) {
    status = compose_cues(work, cues, err);
  }
  if (!status) {
    kt_forget_first_statements(work->spotting);
    kt_tell_first_statements(work->story, work->themes, work->scores, work->spotting);
  }
  for (size_t i = 0; !status && work->wanted && i < cues; ++i) {
    if (!work->wanted[i]) {
      work->performances[i]->tracks.count = 0; // left without music this time
    }
  }
  return status;
}

static KtStatus stage_render(KtWork *work, KtError *err) {
  size_t cues = work->spotting->cues.count;
  const char *folder = kt_path_join(work->arena, work->production->cache, "render");
  KtStatus status = kt_make_dirs(folder, err);
  status = status ? status
                  : kt_render(work->ctx, work->orchestra, (KtPerformance *const *)work->performances, cues, folder,
                              &work->stems, err);
  float restraint = work->brief->restraint >= 0 ? work->brief->restraint : work->palette.restraint;
  KtWorldAsk world = {kt_work_textures(work), work->film, work->story, work->spotting, work->brief, work->scores, restraint};
  status = status ? status : kt_world_plan(work->ctx, &world, &work->world, err);
  return status ? status
                : kt_world_render(work->ctx, &world, work->world, folder, work->stems, cues, err);
}

static KtStatus stage_mix(KtWork *work, KtError *err) {
  const char *folder = kt_path_join(work->arena, work->production->cache, "mix");
  const char *loudness = work->kept.loudness ? work->kept.loudness : work->brief->loudness;
  const char **halls = KT_NEW(work->arena, const char *, work->spotting->cues.count + 1);
  for (size_t i = 0; halls && i < work->spotting->cues.count; ++i) {
    halls[i] = work->cue_palettes[i]->hall; // a world has its own room
  }
  work->mix_options = (KtMixOptions){loudness, work->palette.hall, work->kept.film_sound, halls};
  KtStatus status = kt_remove_tree(folder, err);
  if (!status) {
    status = kt_make_dirs(folder, err);
  }
  return status ? status
                : kt_mix(work->ctx, work->film, work->spotting, work->orchestra, work->stems,
                         work->spotting->cues.count, &work->mix_options, folder, &work->mix, err);
}

/// Shares are of the whole run's time, as measured on an animated short of ten minutes.
static const struct {
  const char *name;
  double share;
  KtStatus (*run)(KtWork *work, KtError *err);
} STAGES[] = {{"film", .42, stage_film},       {"story", .01, stage_story},
              {"spot", .01, stage_spot},       {"compose", .04, stage_compose},
              {"render", .30, stage_render},   {"mix", .12, stage_mix},
              {"deliver", .10, kt_work_deliver}};

static KtStatus run_stages(KtWork *work, size_t count, KtError *err) {
  KtProduction *production = work->production;
  KtStatus status = KT_OK;
  production->done_share = 0;
  for (size_t i = 0; i < count && !status; ++i) {
    if (kt_cancelled(work->ctx)) {
      return kt_error_cancelled(err);
    }
    production->stage_share = STAGES[i].share;
    kt_progress(work->ctx, STAGES[i].name, 0);
    double before = kt_monotonic_s();
    status = STAGES[i].run(work, err);
    work->times[work->time_count++] = (KtStageTime){STAGES[i].name, kt_monotonic_s() - before};
    if (!status) {
      kt_progress(work->ctx, STAGES[i].name, 1);
    }
    production->done_share += STAGES[i].share;
  }
  return status;
}

static KtStatus prepare(KtWork *work, bool *current, KtError *err) {
  KtProduction *production = work->production;
  KtStatus status = kt_kept_load(production, work->arena, &work->kept, err);
  if (!status) {
    status = kt_brief_load(work->kept.brief, &work->brief, err);
  }
  if (!status) {
    KtContext *ctx = work->ctx;
    ctx->threads = work->kept.threads > 0 ? work->kept.threads : kt_context_for(NULL).threads;
    ctx->learned_dir = work->brief->learned ? kt_learned_named(work->arena, work->brief->learned) : NULL;
    ctx->seed = work->kept.seed ? strtoull(work->kept.seed, NULL, 10)
                                : (work->brief->has_seed ? work->brief->seed : 1);
    status = kt_orchestra_load(ctx, work->kept.library, &work->orchestra, err);
  }
  if (!status) {
    status = kt_make_keys(work, err);
  }
  const char *delivered = kt_store_get(production->store, work->arena, "delivered");
  *current = false;
  if (!status && delivered && !strcmp(delivered, work->key.hex)) {
    status = kt_outputs_current(production, current, err);
  }
  return status;
}

KtStatus kt_pipeline_run(KtProduction *production, KtError *err) {
  KtWork work = {.production = production, .ctx = &production->ctx, .arena = kt_arena_new()};
  if (!work.arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = prepare(&work, &production->was_current, err);
  if (!status && !production->was_current) {
    status = run_stages(&work, sizeof(STAGES) / sizeof(STAGES[0]), err);
  }
  work_clear(&work);
  return status;
}

/// The music is made again up to the notes, which takes a moment, and not delivered anew.
static KtStatus deliver_extra(KtWork *work, bool clicks, bool streamers, KtError *err) {
  enum { UP_TO_COMPOSE = 4 };
  const char *staging = kt_path_join(work->arena, work->production->cache, "staging");
  KtStatus status = run_stages(work, UP_TO_COMPOSE, err);
  status = status ? status : kt_remove_tree(staging, err);
  status = status ? status : kt_make_dirs(staging, err);
  KtFileStamp stamp = {0};
  if (!status && work->kept.film) {
    status = kt_file_stamp(work->kept.film, &stamp, err);
  }
  KtDelivery delivery = {.ctx = work->ctx,
                         .folder = staging,
                         .name = status ? "" : work->film->title,
                         .origination = stamp.mtime_ns / INT64_C(1000000000),
                         .film = work->film,
                         .story = work->story,
                         .spotting = work->spotting,
                         .scores = (KtScore *const *)work->scores,
                         .cues_wanted = work->wanted};
  if (!status && clicks) {
    status = kt_deliver_clicks(&delivery, err);
  }
  if (!status && streamers) {
    status = kt_deliver_streamers(&delivery, err);
  }
  status = status ? status : kt_outputs_publish(work->production, staging, true, err);
  kt_remove_tree(staging, NULL);
  return status;
}

KtStatus kt_pipeline_deliver(KtProduction *production, bool clicks, bool streamers,
                             const char *cues, KtError *err) {
  KtWork work = {.production = production, .ctx = &production->ctx, .arena = kt_arena_new()};
  if (!work.arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  bool current = false;
  KtStatus status = prepare(&work, &current, err);
  if (!status && !current) {
    status = kt_error_at(err, KT_ERR_ARGUMENT, production->folder, 0, 0,
                         "is not up to date; run kinothek update %s first", production->folder);
  }
  work.kept.cues = cues ? cues : work.kept.cues;
  status = status ? status : deliver_extra(&work, clicks, streamers, err);
  work_clear(&work);
  return status;
}

KtStatus kt_pipeline_themes(KtProduction *production, KtThemeWork use, void *user, KtError *err) {
  enum { UP_TO_SPOT = 3 };
  KtWork work = {.production = production, .ctx = &production->ctx, .arena = kt_arena_new()};
  if (!work.arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  bool current = false;
  KtStatus status = prepare(&work, &current, err);
  void (*log)(void *, const char *) = work.ctx->log;
  work.ctx->log = NULL; // what there is to warn of was told when the film was scored
  status = status ? status : run_stages(&work, UP_TO_SPOT, err);
  status = status ? status : make_themes(&work, err);
  work.ctx->log = log;
  if (!status) {
    KtDesk table = desk(&work);
    KtThemeTable at = {.desk = &table,
                       .orchestra = work.orchestra,
                       .library_hash = &work.library_hash,
                       .wishes = &work.wishes,
                       .themes = work.themes,
                       .inputs = work.inputs_key.hex};
    status = use(user, &at, err);
  }
  work_clear(&work);
  return status;
}
