// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_OBEY_H
#define KT_SPOT_OBEY_H

#include "spot/sheet.h"
#include "spot/sheet_file.h"

/// Puts what a person set into the timeline: cues to be chosen, spans to be kept quiet.
void kt_obey_sheet(KtTimeline *timeline, const KtSheet *set, bool held);
/// The sheet's row for a cue that was chosen, NULL where nobody set it.
const KtSheetCue *kt_obeyed_row(const KtTimeline *timeline, const KtSheet *set, KtFilmTime in,
                                KtFilmTime out);
/// What the row says instead of what was found.
void kt_obey_row(const KtTimeline *timeline, const KtSheetCue *row, KtCue *cue);
/// Names for all cues: set ones keep theirs, the others count from one a reel, or between them.
void kt_name_cues(const KtTimeline *timeline, const KtSheet *set, KtSpotting *spotting);
/// Hits that were set go in, those that were struck out go.
void kt_obey_hits(const KtTimeline *timeline, const KtSheet *set, KtSpotting *spotting);
/// Silences, those that were set apart from the others.
void kt_write_silences(const KtTimeline *timeline, const KtSheet *set, KtSpotting *spotting);

#endif
