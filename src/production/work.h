// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "production/internal.h"
#include "production/plans.h"
#include "production/sheet.h"
#include "production/themes.h"

#include "deliver/deliver.h"
#include "mix/mix.h"
#include "render/texture.h"

enum { KT_STAGES_MOST = 16 };

/// Everything one run holds; a stage fills its own value and reads those before it.
typedef struct KtWork {
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
  const KtPalette **cue_palettes; ///< per cue: the film's or its world's
  bool temp;
  KtSpotting *spotting;
  KtThemeWishes wishes; ///< what a person decided about themes
  KtThemes *themes;
  KtPlan *plan;
  int *proposal; ///< per cue: the one it has to be, -1 the best
  KtScore **scores;
  KtPerformance **performances;
  KtStems *stems;
  KtWorldPlan *world; ///< field recordings under cues
  KtMix *mix;
  KtMixOptions mix_options;
  bool *wanted; ///< per cue, NULL all
  KtStageTime times[KT_STAGES_MOST];
  size_t time_count;
} KtWork;

/// The file that stands for the film's own sound, NULL for the film itself.
const char *kt_work_sound(const KtWork *work);

/// The folder of field recordings, of the command or of the brief; NULL none.
const char *kt_work_textures(const KtWork *work);

/// What the plan of a cue is kept under.
KtPlanInputs kt_work_plan_inputs(const KtWork *work);

/// One hash over all that decides the result (`key`): when it is unchanged there is nothing to do;
/// and those of the film and of what a sheet is spotted from. Errors: a file that cannot be read.
KtStatus kt_make_keys(KtWork *work, KtError *err);

/// The last stage: writes everything into the staging folder, moves it into place, and keeps in the
/// store what was delivered from what; leaves in the cache what a next run can take up.
KtStatus kt_work_deliver(KtWork *work, KtError *err);
