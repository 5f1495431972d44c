// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores on paper: bench_score OUT SEED PALETTE FILM [SCRIPT]
// FILM is a film as a production keeps it (cache/film-*.ktf), a screenplay or captions; PALETTE an id, or - for what
// the story suggests. Writes OUT/delivery with every cue as MIDI and MusicXML, themes.abc and report.json, and
// plays nothing: seconds where a production takes minutes.
#include "base/file.h"
#include "base/pool.h"
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

typedef struct Paper {
  KtContext ctx;
  KtArena *arena;
  KtFilm *film;
  KtStory *story;
  KtSpotting *spotting;
  KtBrief *brief;
  KtPalette palette;
  KtOrchestra *orchestra;
  KtCritic *critic;
  KtThemes *themes;
  KtPlan *plan;
  KtProposals *proposals;
  KtScore **scores;
  KtPerformance **performances;
} Paper;

static KtDesk desk_of(const Paper *paper) {
  return (KtDesk){&paper->ctx, paper->film, paper->story, paper->spotting, paper->brief, &paper->palette, NULL, NULL};
}

static KtStatus read_film(Paper *paper, const char *film, const char *script, KtError *err) {
  const char *end = kt_path_extension(film);
  if (!strcmp(end, ".ktf")) {
    KtStatus status = kt_film_load(film, &paper->film, err);
    return status ? status : kt_story_read(&paper->ctx, paper->film, script, "en", &paper->story, err);
  }
  bool captions = !strcmp(end, ".srt") || !strcmp(end, ".vtt") || !strcmp(end, ".ass");
  KtKept kept = {.script = captions ? script : film, .subtitles = captions ? film : NULL, .sketch = true};
  KtStatus status = kt_sketch_look(&paper->ctx, &kept, "en", &paper->film, &paper->story, err);
  if (!status && !paper->story) {
    status = kt_story_read(&paper->ctx, paper->film, script, "en", &paper->story, err);
  }
  return status;
}

static KtStatus spot(Paper *paper, const char *palette, KtError *err) {
  KtStatus status = strcmp(palette, "-") ? KT_OK
                                         : kt_palette_suggest(&paper->ctx, paper->arena, paper->film, paper->story,
                                                              &palette, err);
  status = status ? status : kt_palette_load(&paper->ctx, paper->arena, palette, &paper->palette, err);
  const KtPalette *p = &paper->palette;
  KtStyle style = {p->share_min, p->share_max, p->cue_min_s, p->cue_max_s, p->cue_typical_s, p->hits_per_minute,
                   p->restraint};
  return status ? status : kt_spot(&paper->ctx, paper->film, paper->story, paper->brief, &style, true,
                                   &paper->spotting, err);
}

static KtStatus propose(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  Paper *paper = user;
  KtDesk desk = desk_of(paper);
  return kt_propose_cue(&desk, paper->orchestra, paper->critic, paper->themes, paper->plan, (int)index,
                        &paper->proposals[index], err);
}

static KtStatus compose(Paper *paper, KtError *err) {
  KtDesk desk = desk_of(paper);
  size_t cues = paper->spotting->cues.count;
  paper->proposals = KT_NEW(paper->arena, KtProposals, cues + 1);
  paper->scores = KT_NEW(paper->arena, KtScore *, cues + 1);
  paper->performances = KT_NEW(paper->arena, KtPerformance *, cues + 1);
  KtStatus status = kt_compose_themes(&desk, &paper->themes, err);
  status = status ? status : kt_compose_plan(&desk, paper->themes, &paper->plan, err);
  status = status ? status : kt_parallel(paper->ctx.threads, cues, propose, paper, err);
  if (!status) {
    kt_choose_proposals(paper->critic, paper->proposals, cues, NULL, paper->scores);
  }
  for (size_t i = 0; !status && i < cues; ++i) {
    status = kt_perform(&paper->ctx, paper->orchestra, paper->scores[i], &paper->performances[i], err);
  }
  return status;
}

static KtStatus deliver(const Paper *paper, const char *folder, KtError *err) {
  KtDelivery delivery = {.ctx = &paper->ctx, .folder = folder, .name = "paper", .program = "bench", .film = paper->film,
                         .story = paper->story, .brief = paper->brief, .palette = &paper->palette,
                         .orchestra = paper->orchestra, .library_sha256 = "", .spotting = paper->spotting,
                         .themes = paper->themes, .scores = paper->scores, .performances = paper->performances};
  KtStatus status = kt_make_dirs(folder, err);
  status = status ? status : kt_deliver_themes(&delivery, err);
  for (size_t i = 0; !status && i < paper->spotting->cues.count; ++i) {
    status = kt_deliver_midi(&delivery, i, err);
    status = status ? status : kt_deliver_musicxml(&delivery, i, err);
  }
  return status ? status : kt_deliver_report(&delivery, err);
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "bench_score OUT SEED PALETTE FILM [SCRIPT]\n");
    return 2;
  }
  KtError err = {0};
  Paper paper = {.ctx = kt_context_for(NULL), .arena = kt_arena_new()};
  paper.ctx.seed = strtoull(argv[2], NULL, 10);
  KtStatus status = kt_brief_load(NULL, &paper.brief, &err);
  status = status ? status : kt_orchestra_load(&paper.ctx, NULL, &paper.orchestra, &err);
  status = status ? status : kt_critic_load(&paper.ctx, &paper.critic, &err);
  status = status ? status : read_film(&paper, argv[4], argc > 5 ? argv[5] : NULL, &err);
  status = status ? status : spot(&paper, argv[3], &err);
  double before = kt_monotonic_s();
  status = status ? status : compose(&paper, &err);
  double took = kt_monotonic_s() - before;
  const char *folder = kt_path_join(paper.arena, argv[1], "delivery");
  status = status ? status : deliver(&paper, folder, &err);
  if (status) {
    fprintf(stderr, "%s %s\n", err.file, err.message);
    return 1;
  }
  printf("%s: %zu cues composed in %.2f s\n", argv[1], paper.spotting->cues.count, took);
  for (size_t i = 0; i < paper.spotting->cues.count; ++i) {
    kt_performance_free(paper.performances[i]);
    kt_score_free(paper.scores[i]);
  }
  kt_plan_free(paper.plan);
  kt_themes_free(paper.themes);
  kt_spotting_free(paper.spotting);
  kt_story_free(paper.story);
  kt_film_free(paper.film);
  kt_brief_free(paper.brief);
  kt_critic_free(paper.critic);
  kt_orchestra_free(paper.orchestra);
  kt_arena_free(paper.arena);
  return 0;
}
