// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_TOLD_H
#define KT_PRODUCTION_TOLD_H

#include "compose/compose.h"

/// Completes the reason of the cue in which a motif, and of that in which a whole theme, is first heard in full:
/// "; first time Ida's motif is heard in full". `scores` has one per cue, NULL where there is none: only what their
/// statements record counts. Locked cues keep their reasons.
void kt_tell_first_statements(const KtStory *story, const KtThemes *themes, KtScore *const *scores,
                              KtSpotting *spotting);
/// Takes back what an earlier run told, where the reasons come from a sheet.
void kt_forget_first_statements(KtSpotting *spotting);

#endif
