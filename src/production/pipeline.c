// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "production/free_cue.h"
#include "production/internal.h"
#include "production/sketch.h"
#include "production/suite.h"

#include "base/json.h"
#include "base/pool.h"
#include "compose/compose.h"
#include "deliver/clicks.h"
#include "mix/mix.h"
#include "orchestrate/propose.h"
#include "perform/perform.h"
#include "production/sheet.h"
#include "production/themes.h"
#include "production/told.h"
#include "render/render.h"
#include "render/texture.h"
#include "spot/suggest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAGES_MOST = 16 };

/// Everything one run holds; a stage fills its own value and reads those before it.
typedef struct Work {
  KtProduction *production;
  KtArena *arena;
  KtContext *ctx;
  KtKept kept;
  KtHash key, film_key, library_hash;
  KtHash inputs_key; ///< of what a sheet is spotted from
  KtSheet *set;      ///< what a person set in it, NULL nothing
  KtBrief *brief;
  KtOrchestra *orchestra;
  KtFilm *film;
  KtStory *story;
  KtPalette palette;
  bool temp;
  KtSpotting *spotting;
  KtThemeWishes wishes; ///< what a person decided about themes
  KtThemes *themes;
  KtPlan *plan;
  KtScore **scores;
  KtPerformance **performances;
  KtStems *stems;
  KtWorldPlan *world; ///< field recordings under cues
  KtMix *mix;
  KtMixOptions mix_options;
  bool *wanted; ///< per cue, NULL all
  KtStageTime times[STAGES_MOST];
  size_t time_count;
} Work;

static void work_clear(Work *work) {
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

static bool is_dropped(const Work *work) {
  return work->kept.film_sound && !strcmp(work->kept.film_sound, "drop");
}

/// The file that stands for the film's own sound, NULL for the film itself.
static const char *sound_file(const Work *work) {
  const char *named = work->kept.film_sound;
  return named && strcmp(named, "drop") != 0 && strcmp(named, "keep") != 0 ? named : NULL;
}

/// The folder of field recordings, of the command or of the brief; NULL none.
static const char *textures_folder(const Work *work) {
  return work->kept.textures ? work->kept.textures : work->brief->textures;
}

static KtStatus add_input(Work *work, KtHasher *all, const char *kind, const char *path, KtError *err) {
  KtHash hash = {""};
  KtStatus status = path ? kt_input_hash(work->production, kind, path, &hash, err) : KT_OK;
  kt_hasher_add_text(all, kind);
  kt_hasher_add_text(all, path);
  kt_hasher_add_text(all, hash.hex);
  return status;
}

/// What a sheet is spotted from: while it is the same, one that a person changed holds as a whole.
static KtStatus make_inputs_key(Work *work, KtError *err) {
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_text(hasher, work->film_key.hex);
  KtStatus status = add_input(work, hasher, "script", work->kept.script, err);
  status = status ? status : add_input(work, hasher, "brief", work->kept.brief, err);
  status = status ? status : add_input(work, hasher, "edl", work->kept.edl, err);
  status = status ? status : add_input(work, hasher, "markers", work->kept.markers, err);
  kt_hasher_add_text(hasher, work->kept.palette);
  kt_hasher_add_text(hasher, work->kept.film_sound);
  work->inputs_key = kt_hasher_finish(hasher);
  return status;
}

/// What was seen in the film is kept under this: edit lists and markers are read over it.
static KtStatus make_film_key(Work *work, KtError *err) {
  const KtKept *kept = &work->kept;
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = add_input(work, hasher, "film", kept->film, err);
  status = status ? status : add_input(work, hasher, "subtitles", kept->subtitles, err);
  status = status ? status : add_input(work, hasher, "film_sound", sound_file(work), err);
  // where there are no weights, or others, speech is found otherwise
  const char *weights = kt_path_join(work->arena, work->ctx->data_dir, "weights/silero_vad.onnx");
  status = status ? status : add_input(work, hasher, "weights", kt_file_exists(weights) ? weights : NULL, err);
  kt_hasher_add_int(hasher, kept->video_stream);
  kt_hasher_add_text(hasher, kept->start_timecode);
  work->film_key = kt_hasher_finish(hasher);
  return status;
}

/// One hash over all that decides the result: when it is unchanged there is nothing to do.
static KtStatus make_keys(Work *work, KtError *err) {
  const KtKept *kept = &work->kept;
  KtStatus status = make_film_key(work, err);
  KtHasher *all = status ? NULL : kt_hasher_new();
  if (!all) {
    return status ? status : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_text(all, work->film_key.hex);
  status = add_input(work, all, "script", kept->script, err);
  status = status ? status : add_input(work, all, "brief", kept->brief, err);
  status = status ? status : add_input(work, all, "edl", kept->edl, err);
  status = status ? status : add_input(work, all, "markers", kept->markers, err);
  for (size_t i = 0; work->brief && i < work->brief->themes.count && !status; ++i) {
    status = add_input(work, all, "theme", work->brief->themes.items[i].file, err);
  }
  if (!status) {
    status = kt_input_hash(work->production, "library", work->orchestra->library_path,
                           &work->library_hash, err);
  }
  KtHash data = {""};
  if (!status) {
    status = kt_data_hash(work->production, &data, err);
  }
  KtFileStamp program = {0};
  kt_file_stamp("/proc/self/exe", &program, NULL); // a rebuilt program is another program
  const char *free_length = kt_arena_format(work->arena, "%.17g", kept->seconds);
  const char *texts[] = {KT_VERSION,       kept->mood,       free_length,
                               data.hex,         work->library_hash.hex, kept->palette,
                         kept->loudness,   kept->film_sound, kept->cues,             kept->seed};
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
    kt_hasher_add_text(all, texts[i]);
  }
  if (!status && work->brief && textures_folder(work)) {
    KtHash world = {""};
    status = kt_world_hash(textures_folder(work), &world, err);
    kt_hasher_add_text(all, world.hex);
  }
  kt_hasher_add_int(all, kept->sketch + 2 * kept->suite);
  const char *set = kt_store_get(work->production->store, work->arena, "sheet.set");
  kt_hasher_add_text(all, set ? set : "");
  const char *wishes = kt_store_get(work->production->store, work->arena, KT_THEMES_KEPT);
  kt_hasher_add_text(all, wishes ? wishes : "");
  kt_hasher_add_int(all, program.size);
  kt_hasher_add_int(all, program.mtime_ns);
  work->key = kt_hasher_finish(all);
  return status ? status : make_inputs_key(work, err);
}

/// Moods in words instead of a film.
static KtFreeCue free_cue(const Work *work) {
  const char *name = kt_path_name(work->production->folder);
  return (KtFreeCue){work->kept.mood, work->kept.seconds,
                     kt_arena_text_n(work->arena, name, kt_path_title(name))};
}

static KtStatus see_film(Work *work, KtError *err) {
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
                           .audio_file = sound_file(work),
                           .video_stream = work->kept.video_stream,
                           .start_timecode = work->kept.start_timecode};
  KtStatus status = kt_film_look(work->ctx, &options, &work->film, err);
  return status ? status : kt_film_save(work->film, path, err);
}

static KtStatus stage_film(Work *work, KtError *err) {
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

static KtStatus stage_story(Work *work, KtError *err) {
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

/// Temp music: over 40 % of the film, or the brief says so.
static void judge_temp(Work *work) {
  const KtFilm *film = work->film;
  bool kept = !is_dropped(work);
  work->temp = !kept || work->brief->temp == 1 ||
               (work->brief->temp < 0 && film->music_share > 0.4F && !sound_file(work));
  if (work->temp && kept) {
    kt_warn(work->ctx,
            "%s: music fills %.0f %% of the film's own sound and will sound under the score; "
            "if it is temp music, use --film-sound drop, or --film-sound FILE with the dialogue and effects",
            film->path, (double)film->music_share * 100);
  }
}

static KtStatus stage_spot(Work *work, KtError *err) {
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

static KtStatus read_wanted(Work *work, KtError *err) {
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

static KtDesk desk(const Work *work) {
  return (KtDesk){work->ctx,      work->film,  work->story,
                  work->spotting, work->brief, &work->palette};
}

/// What composing works on: several proposals a cue, of which a critic keeps one.
typedef struct Composing {
  Work *work;
  KtCritic *critic;
  KtProposals *proposals; ///< per cue
} Composing;

static KtStatus propose_one(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  const Composing *composing = user;
  Work *work = composing->work;
  KtDesk table = desk(work);
  if (kt_cancelled(work->ctx)) {
    return kt_error_cancelled(err);
  }
  return kt_propose_cue(&table, work->orchestra, composing->critic, work->themes, work->plan, (int)index,
                        &composing->proposals[index], err);
}

static KtStatus perform_one(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  Work *work = user;
  return kt_perform(work->ctx, work->orchestra, work->scores[index], &work->performances[index], err);
}

static KtStatus compose_cues(Work *work, size_t cues, KtError *err) {
  Composing composing = {work, NULL, KT_NEW(work->arena, KtProposals, cues + 1)};
  KtStatus status = composing.proposals ? kt_critic_load(work->ctx, &composing.critic, err)
                                        : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    status = kt_parallel(work->ctx->threads, cues, propose_one, &composing, err);
  }
  if (!status) {
    kt_choose_proposals(composing.critic, composing.proposals, cues, work->scores);
  }
  for (size_t i = 0; composing.proposals && i < cues; ++i) {
    kt_proposals_free(&composing.proposals[i]);
  }
  kt_critic_free(composing.critic);
  return status ? status : kt_parallel(work->ctx->threads, cues, perform_one, work, err);
}

static KtStatus make_themes(Work *work, KtError *err) {
  KtDesk table = desk(work);
  KtStatus status = kt_theme_wishes_load(work->production, work->arena, &work->wishes, err);
  bool held = kt_theme_wishes_hold(work->production, work->inputs_key.hex);
  return status ? status : kt_compose_themes_as(&table, &work->wishes, held, &work->themes, err);
}

static KtStatus stage_compose(Work *work, KtError *err) {
  KtStatus status = read_wanted(work, err);
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

static KtStatus stage_render(Work *work, KtError *err) {
  size_t cues = work->spotting->cues.count;
  const char *folder = kt_path_join(work->arena, work->production->cache, "render");
  KtStatus status = kt_make_dirs(folder, err);
  status = status ? status
                  : kt_render(work->ctx, work->orchestra, (KtPerformance *const *)work->performances, cues, folder,
                              &work->stems, err);
  float restraint = work->brief->restraint >= 0 ? work->brief->restraint : work->palette.restraint;
  KtWorldAsk world = {textures_folder(work), work->film, work->story, work->spotting, work->brief, work->scores, restraint};
  status = status ? status : kt_world_plan(work->ctx, &world, &work->world, err);
  return status ? status
                : kt_world_render(work->ctx, &world, work->world, folder, work->stems, cues, err);
}

static KtStatus stage_mix(Work *work, KtError *err) {
  const char *folder = kt_path_join(work->arena, work->production->cache, "mix");
  const char *loudness = work->kept.loudness ? work->kept.loudness : work->brief->loudness;
  work->mix_options = (KtMixOptions){loudness, work->palette.hall, work->kept.film_sound};
  KtStatus status = kt_remove_tree(folder, err);
  if (!status) {
    status = kt_make_dirs(folder, err);
  }
  return status ? status
                : kt_mix(work->ctx, work->film, work->spotting, work->orchestra, work->stems,
                         work->spotting->cues.count, &work->mix_options, folder, &work->mix, err);
}

static KtStatus keep_results(Work *work, const char *scored, KtError *err) {
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
  status = status ? status : kt_store_set(store, KT_THEMES_KEPT_WAIT, NULL, err);
  return status ? status : kt_store_set(store, "delivered", work->key.hex, err);
}

static bool is_stem(const Work *work, const char *name) {
  for (size_t c = 0; c < work->spotting->cues.count; ++c) {
    for (size_t s = 0; s < work->stems[c].items.count; ++s) {
      if (!strcmp(kt_path_name(work->stems[c].items.items[s].path), name)) {
        return true;
      }
    }
  }
  return false;
}

static bool is_leftover(const Work *work, const char *folder, const char *name) {
  if (!strcmp(folder, "render")) {
    return !work->wanted && strcmp(kt_path_extension(name), ".wav") == 0 && !is_stem(work, name);
  }
  return !strncmp(name, "film-", 5) && strncmp(name + 5, work->film_key.hex, 32) != 0;
}

/// After a delivery the cache keeps what a next run can take up, the look at the film and the dry
/// stems: not the cues as mixed, which are as large as the music, nor what no cue plays any more.
static void drop_leftovers(const Work *work) {
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

static KtStatus stage_deliver(Work *work, KtError *err) {
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

/// Shares are of the whole run's time, as measured on an animated short of ten minutes.
static const struct {
  const char *name;
  double share;
  KtStatus (*run)(Work *work, KtError *err);
} STAGES[] = {{"film", .42, stage_film},       {"story", .01, stage_story},
              {"spot", .01, stage_spot},       {"compose", .04, stage_compose},
              {"render", .30, stage_render},   {"mix", .12, stage_mix},
              {"deliver", .10, stage_deliver}};

static KtStatus run_stages(Work *work, size_t count, KtError *err) {
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

static KtStatus prepare(Work *work, bool *current, KtError *err) {
  KtProduction *production = work->production;
  KtStatus status = kt_kept_load(production, work->arena, &work->kept, err);
  if (!status) {
    status = kt_brief_load(work->kept.brief, &work->brief, err);
  }
  if (!status) {
    KtContext *ctx = work->ctx;
    ctx->threads = work->kept.threads > 0 ? work->kept.threads : kt_context_for(NULL).threads;
    ctx->seed = work->kept.seed ? strtoull(work->kept.seed, NULL, 10)
                                : (work->brief->has_seed ? work->brief->seed : 1);
    status = kt_orchestra_load(ctx, work->kept.library, &work->orchestra, err);
  }
  if (!status) {
    status = make_keys(work, err);
  }
  const char *delivered = kt_store_get(production->store, work->arena, "delivered");
  *current = false;
  if (!status && delivered && !strcmp(delivered, work->key.hex)) {
    status = kt_outputs_current(production, current, err);
  }
  return status;
}

KtStatus kt_pipeline_run(KtProduction *production, KtError *err) {
  Work work = {.production = production, .ctx = &production->ctx, .arena = kt_arena_new()};
  if (!work.arena) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = prepare(&work, &production->was_current, err);
  if (!status && !production->was_current) {
    status = kt_know_attacks(work.ctx, production->cache, work.orchestra, &work.library_hash, err);
  }
  if (!status && !production->was_current) {
    status = run_stages(&work, sizeof(STAGES) / sizeof(STAGES[0]), err);
  }
  work_clear(&work);
  return status;
}

/// The music is made again up to the notes, which takes a moment, and not delivered anew.
static KtStatus deliver_extra(Work *work, bool clicks, bool streamers, KtError *err) {
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
  Work work = {.production = production, .ctx = &production->ctx, .arena = kt_arena_new()};
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
  status = status ? status : kt_know_attacks(work.ctx, production->cache, work.orchestra, &work.library_hash, err);
  status = status ? status : deliver_extra(&work, clicks, streamers, err);
  work_clear(&work);
  return status;
}

KtStatus kt_pipeline_themes(KtProduction *production, KtThemeWork use, void *user, KtError *err) {
  enum { UP_TO_SPOT = 3 };
  Work work = {.production = production, .ctx = &production->ctx, .arena = kt_arena_new()};
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
