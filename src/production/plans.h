// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_PLANS_H
#define KT_PRODUCTION_PLANS_H

#include "compose/plan.h"
#include "production/internal.h"

/// What decides a cue's notes besides itself.
typedef struct KtPlanInputs {
  const KtSpotting *spotting;
  const KtThemes *themes;
  const char *hash; ///< of film, script, brief, palette
  uint64_t seed;
} KtPlanInputs;

/// Keeps what the film's plan asked of each cue, and which proposal it became: statements are planned over the
/// whole film, so that a change elsewhere would change them. `scores` are by cue.
KtStatus kt_plans_keep(KtProduction *production, const KtPlanInputs *inputs, const KtPlan *plan,
                       KtScore *const *scores, KtError *err);
/// Gives each locked cue back the plan it had when it was last delivered, where the cue, its hits and the themes
/// it states are still the same. `chosen` (one a cue) becomes its proposal then, -1 elsewhere. What cannot be
/// read is planned anew.
KtStatus kt_plans_hold(KtProduction *production, const KtPlanInputs *inputs, KtPlan *plan, int *chosen,
                       KtError *err);

#endif
