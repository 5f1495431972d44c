// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_COMPOSE_H
#define KT_COMPOSE_COMPOSE_H

#include "music/theme.h"
#include "orchestra/orchestra.h"
#include "spot/spot.h"

/// What the composer has on the desk. All borrowed.
typedef struct KtDesk {
  const KtContext *ctx;
  const KtFilm *film;
  const KtStory *story;
  const KtSpotting *spotting;
  const KtBrief *brief;
  const KtPalette *palette;
  const struct KtLore *lore; ///< of this palette, read once for many cues; NULL: each cue reads it
  const KtPalette *const *cue_palettes; ///< per cue of the spotting, for planning; NULL: all have this palette
} KtDesk;

/// The plan over the whole film: themes, keys, which statement where, energy. Owns its arena.
typedef struct KtPlan KtPlan;

/// Themes for the film's subjects: several proposed, the best and most distinct kept.
KtStatus kt_compose_themes(const KtDesk *desk, KtThemes **themes, KtError *err);
/// Decides, over the film, which theme is stated where and how, the keys and the energy.
KtStatus kt_compose_plan(const KtDesk *desk, const KtThemes *themes, KtPlan **plan, KtError *err);
void kt_plan_free(KtPlan *plan);
/// One cue's music by role, before instruments. Thread-safe: cues may be composed side by side.
KtStatus kt_compose_cue(const KtDesk *desk, const KtThemes *themes, const KtPlan *plan, int cue,
                        KtScore **score, KtError *err);

#endif
