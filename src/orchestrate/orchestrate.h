// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_ORCHESTRATE_H
#define KT_ORCHESTRATE_ORCHESTRATE_H

#include "music/theme.h"
#include "orchestra/orchestra.h"

/// The same music on instruments that can play it: every part has an instrument, no note outside its
/// compass, lines split among players, breaths written, doublings added. The sketch is left as it is.
KtStatus kt_orchestrate(const KtContext *ctx, const KtOrchestra *orchestra,
                        const KtPalette *palette, const KtScore *sketch, KtScore **score,
                        KtError *err);

#endif
