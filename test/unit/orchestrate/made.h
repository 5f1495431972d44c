// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_ORCHESTRATE_MADE_H
#define TEST_ORCHESTRATE_MADE_H

#include "orchestrate/propose.h"
#include "production/free_cue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/// Moods become proposals.
typedef struct Made {
  KtArena *arena;
  KtContext ctx;
  KtFilm *film;
  KtStory *story;
  KtSpotting *spotting;
  KtBrief *brief;
  KtPalette palette;
  KtThemes *themes;
  KtPlan *plan;
  KtOrchestra *orchestra;
  KtCritic *critic;
  KtDesk desk;
} Made;

static void make(Made *made, const char *mood, double seconds, const char *palette, uint64_t seed) {
  KtFreeCue cue = {mood, seconds, "made"};
  *made = (Made){.arena = kt_arena_new(), .ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = seed}};
  KtError err = {0};
  KtStatus status = kt_free_film(&cue, &made->film, &err);
  status = status ? status : kt_free_story(&made->ctx, &cue, "en", &made->story, &err);
  status = status ? status : kt_free_spotting(&cue, made->story, &made->spotting, &err);
  status = status ? status : kt_brief_load(NULL, &made->brief, &err);
  status = status ? status : kt_palette_load(&made->ctx, made->arena, palette, &made->palette, &err);
  made->desk = (KtDesk){&made->ctx, made->film, made->story, made->spotting, made->brief, &made->palette, NULL, NULL};
  status = status ? status : kt_orchestra_load(&made->ctx, NULL, &made->orchestra, &err);
  status = status ? status : kt_critic_load(&made->ctx, &made->critic, &err);
  status = status ? status : kt_compose_themes(&made->desk, &made->themes, &err);
  status = status ? status : kt_compose_plan(&made->desk, made->themes, &made->plan, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
}

static void clear(Made *made) {
  kt_plan_free(made->plan);
  kt_themes_free(made->themes);
  kt_critic_free(made->critic);
  kt_orchestra_free(made->orchestra);
  kt_brief_free(made->brief);
  kt_spotting_free(made->spotting);
  kt_story_free(made->story);
  kt_film_free(made->film);
  kt_arena_free(made->arena);
}

static KtScore *best(Made *made) {
  KtProposals proposals;
  assert_int_equal(kt_propose_cue(&made->desk, made->orchestra, made->critic, made->themes, made->plan, 0, &proposals, NULL), KT_OK);
  assert_true(proposals.count > 1);
  KtScore *score = kt_choose_next(&(KtChooser){.critic = made->critic}, &proposals, -1);
  assert_int_equal(proposals.count, 0);
  return score;
}

#endif
