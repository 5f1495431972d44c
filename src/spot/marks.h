// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_MARKS_H
#define KT_SPOT_MARKS_H

#include "spot/timeline.h"

#define KT_MARKED "marker" ///< source of a hit that an editor marked

/// What an editor's marker asks of the music: its weight, 0 where nothing, and the kind of hit.
double kt_marker_means(const KtSpotRules *rules, const KtMarker *marker, KtHitKind *kind);
/// "door" of "HIT: door"; the name as it is where that is all of it.
const char *kt_marker_label(KtArena *arena, const KtMarker *marker);
/// How near a time is to a marker that asks for music: 1 at it, 0 from `marker_s` on.
double kt_marked_near(const KtTimeline *timeline, double at_s);
/// A line for each that no cue meets, three at most.
void kt_warn_unmet_markers(const KtContext *ctx, const KtTimeline *timeline,
                           const KtSpotting *spotting);

#endif
