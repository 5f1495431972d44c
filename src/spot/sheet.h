// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_SHEET_H
#define KT_SPOT_SHEET_H

#include "spot/choose.h"

/// Everything but `in` and `out` of a cue: what it is for, how it comes and goes, and why.
/// `next` is the place the following cue starts at, NULL none.
void kt_describe_cue(const KtTimeline *timeline, const KtPlace *in, const KtPlace *out,
                     const KtPlace *next, KtCue *cue);
/// Why it comes, what it is for, why it goes.
const char *kt_cue_reason(const KtTimeline *timeline, const KtPlace *in, const KtPlace *out, const KtCue *cue);
/// A title like a music editor's; differs from the titles already in `spotting`.
const char *kt_cue_title(const KtTimeline *timeline, const KtSpotting *spotting, const KtCue *cue);
/// Why there is no music between two times; `before`, `after` are the cues' titles, NULL at the ends.
const char *kt_silence_reason(const KtTimeline *timeline, KtFilmTime in, KtFilmTime out,
                              const char *before, const char *after);
/// Hit points of all cues, into `spotting`.
void kt_place_hits(const KtTimeline *timeline, const KtStyle *style, double restraint,
                   KtSpotting *spotting);
void kt_sort_hits(KtSpotting *spotting);

#endif
