// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_ORCHESTRATE_H
#define KT_ORCHESTRATE_ORCHESTRATE_H

#include "music/theme.h"
#include "orchestra/orchestra.h"

/// What the orchestrator knows of players, real scores, strokes and swells, read once for many cues. Nothing
/// changes it: threads share it.
typedef struct KtHandbook KtHandbook;
KtStatus kt_handbook_load(const KtContext *ctx, KtHandbook **book, KtError *err);
void kt_handbook_free(KtHandbook *book);

/// The same music on instruments that can play it: every part has an instrument, no note outside its
/// compass, lines split among players, breaths written, doublings added. The sketch is left as it is.
KtStatus kt_orchestrate(const KtContext *ctx, const KtHandbook *book, const KtOrchestra *orchestra,
                        const KtPalette *palette, const KtScore *sketch, KtScore **score, KtError *err);

#endif
