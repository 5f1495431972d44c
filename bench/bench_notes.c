// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A whole film's music as notes, not played: bench_notes OUT PALETTE SEED FILM [SCRIPT [CAPTIONS]] writes OUT/delivery with
// themes.abc, spotting.csv, report.json and each cue's MIDI and MusicXML, for benches that read what is delivered. FILM is a
// film (what was seen in it is kept as OUT/delivery/film.ktf, which may be named the next time; so may cache/film-*.ktf of a
// production), a script or captions; PALETTE may be "suggest". $KINOTHEK_BRIEF is asked. SEED may be a span, "1-20": then
// only the themes of each are composed, OUT/SEED/delivery/themes.abc.
#include "base/file.h"
#include "compose/compose.h"
#include "deliver/deliver.h"
#include "orchestrate/propose.h"
#include "perform/perform.h"
#include "production/internal.h"
#include "production/sketch.h"
#include "spot/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Job {
  KtContext ctx;
  KtArena *arena;
  const char *path, *script, *captions, *id;
  char folder[600];
  KtOrchestra *orchestra;
  KtPalette palette;
  KtFilm *film;
  KtStory *story;
  KtBrief *brief;
  KtSpotting *spotting;
  KtThemes *themes;
  KtPlan *plan;
  KtScore **scores;
  KtPerformance **performances;
} Job;

static bool ends(const char *text, const char *with) {
  size_t length = strlen(text), own = strlen(with);
  return length > own && !strcmp(text + length - own, with);
}

static KtStatus read_film(Job *job, KtError *err) {
  KtStatus status = KT_OK;
  bool captions = ends(job->path, ".srt") || ends(job->path, ".vtt") || ends(job->path, ".ass");
  bool sketch = captions || ends(job->path, ".fountain") || ends(job->path, ".fdx") || ends(job->path, ".txt");
  if (ends(job->path, ".ktf")) {
    status = kt_film_load(job->path, &job->film, err);
    status = status || !job->captions ? status : kt_captions_read(job->film, job->captions, err);
  } else if (!sketch) {
    KtFilmOptions options = {.path = job->path, .subtitles = job->captions, .video_stream = -1};
    status = kt_film_look(&job->ctx, &options, &job->film, err);
    status = status ? status : kt_make_dirs(job->folder, err);
    status = status ? status : kt_film_save(job->film, kt_path_join(job->arena, job->folder, "film.ktf"), err);
  } else {
    KtKept kept = {.subtitles = captions ? job->path : job->captions, .script = captions ? job->script : job->path, .sketch = true};
    status = kt_sketch_look(&job->ctx, &kept, "en", &job->film, &job->story, err);
  }
  if (!status && !job->story) {
    status = kt_story_read(&job->ctx, job->film, job->script, "en", &job->story, err);
  }
  return status;
}

static KtStatus spot(Job *job, KtError *err) {
  KtStatus status = KT_OK;
  if (!strcmp(job->id, "suggest")) {
    status = kt_palette_suggest(&job->ctx, job->arena, job->film, job->story, &job->id, err);
  }
  status = status ? status : kt_palette_load(&job->ctx, job->arena, job->id, &job->palette, err);
  const KtPalette *p = &job->palette;
  KtStyle style = {p->share_min, p->share_max, p->cue_min_s, p->cue_max_s, p->cue_typical_s, p->hits_per_minute, p->restraint};
  return status ? status : kt_spot(&job->ctx, job->film, job->story, job->brief, &style, true, &job->spotting, err);
}

static KtStatus compose(Job *job, KtError *err) {
  KtDesk desk = {&job->ctx, job->film, job->story, job->spotting, job->brief, &job->palette, NULL, NULL};
  size_t cues = job->spotting->cues.count;
  job->scores = KT_NEW(job->arena, KtScore *, cues + 1);
  job->performances = KT_NEW(job->arena, KtPerformance *, cues + 1);
  KtStatus status = kt_compose_themes(&desk, &job->themes, err);
  status = status ? status : kt_compose_plan(&desk, job->themes, &job->plan, err);
  status = status ? status : kt_propose_cues(&desk, job->orchestra, job->themes, job->plan, NULL, job->scores, err);
  for (size_t i = 0; !status && i < cues; ++i) {
    status = kt_perform(&job->ctx, job->orchestra, job->scores[i], &job->performances[i], err);
  }
  return status;
}

static KtStatus deliver(const Job *job, KtError *err) {
  KtDelivery delivery = {.ctx = &job->ctx, .folder = job->folder, .name = "notes", .program = "bench_notes",
                         .film = job->film, .story = job->story, .brief = job->brief, .palette = &job->palette,
                         .orchestra = job->orchestra, .library_sha256 = "", .spotting = job->spotting,
                         .themes = job->themes, .scores = job->scores, .performances = job->performances};
  KtStatus status = kt_make_dirs(job->folder, err);
  for (size_t i = 0; !status && i < job->spotting->cues.count; ++i) {
    status = kt_deliver_midi(&delivery, i, err);
    status = status ? status : kt_deliver_musicxml(&delivery, i, err);
  }
  status = status ? status : kt_deliver_themes(&delivery, err);
  status = status ? status : kt_deliver_tables(&delivery, err);
  return status ? status : kt_deliver_report(&delivery, err);
}

/// The themes each seed of a span proposes.
static KtStatus propose_themes(Job *job, const char *out, uint64_t last, KtError *err) {
  KtStatus status = KT_OK;
  for (; job->ctx.seed <= last && !status; ++job->ctx.seed) {
    snprintf(job->folder, sizeof(job->folder), "%.500s/%d/delivery", out, (int)job->ctx.seed);
    KtDesk desk = {&job->ctx, job->film, job->story, job->spotting, job->brief, &job->palette, NULL, NULL};
    status = kt_compose_themes(&desk, &job->themes, err);
    KtDelivery delivery = {.ctx = &job->ctx, .folder = job->folder, .name = "themes", .story = job->story,
                           .spotting = job->spotting, .themes = job->themes};
    status = status ? status : kt_make_dirs(job->folder, err);
    status = status ? status : kt_deliver_themes(&delivery, err);
    kt_themes_free(job->themes);
  }
  return status;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "bench_notes OUT PALETTE SEED FILM [SCRIPT [CAPTIONS]]\n");
    return 2;
  }
  KtError err = {0};
  Job job = {.ctx = kt_context_for(NULL), .arena = kt_arena_new(), .id = argv[2], .path = argv[4]};
  job.ctx.seed = strtoull(argv[3], NULL, 10);
  job.script = argc > 5 && argv[5][0] ? argv[5] : NULL;
  job.captions = argc > 6 ? argv[6] : NULL;
  snprintf(job.folder, sizeof(job.folder), "%.500s/delivery", argv[1]);
  KtStatus status = kt_orchestra_load(&job.ctx, NULL, &job.orchestra, &err);
  status = status ? status : kt_brief_load(getenv("KINOTHEK_BRIEF"), &job.brief, &err);
  status = status ? status : read_film(&job, &err);
  status = status ? status : spot(&job, &err);
  const char *span = strchr(argv[3], '-');
  if (span && !status) {
    status = propose_themes(&job, argv[1], strtoull(span + 1, NULL, 10), &err);
  } else {
    status = status ? status : compose(&job, &err);
    status = status ? status : deliver(&job, &err);
  }
  if (status) {
    fprintf(stderr, "%s %s\n", err.file, err.message);
  }
  return status ? 1 : 0; // the program ends here: what it holds goes with it
}
