// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_SHEET_WORDS_H
#define KT_SPOT_SHEET_WORDS_H

#include "spot/sheet_file.h"

/// Where a word of a sheet stands, for messages.
typedef struct KtSpot {
  const char *path;
  int line, column;
} KtSpot;

KtStatus kt_sheet_time(const KtSheetFilm *film, const KtSpot *spot, const char *text,
                       KtSheetTime *time, KtError *err);
KtStatus kt_sheet_function(const KtSpot *spot, const char *text, KtFunction *function,
                           KtError *err);
KtStatus kt_sheet_entry(const KtSpot *spot, const char *text, KtEntry *entry, KtError *err);
KtStatus kt_sheet_exit(const KtSpot *spot, const char *text, KtExit *exit, KtError *err);
KtStatus kt_sheet_kind(const KtSpot *spot, const char *text, KtHitKind *kind, KtError *err);
/// A number from low to high.
KtStatus kt_sheet_number(const KtSpot *spot, const char *what, const char *text, double low,
                         double high, float *value, KtError *err);
KtStatus kt_sheet_yes(const KtSpot *spot, const char *text, bool *yes, KtError *err);
KtStatus kt_sheet_read_csv(const KtSheetFilm *film, const char *bytes, size_t size, KtSheet *sheet,
                           KtError *err);
KtStatus kt_sheet_read_text(const KtSheetFilm *film, const char *bytes, size_t size, KtSheet *sheet,
                            KtError *err);
/// The time as a person would write it: timecode, or seconds with nine decimals where `exact`.
const char *kt_sheet_print_time(const KtSheetFilm *film, KtFilmTime time, bool exact,
                                char text[32]);
/// The picture a time is in, the sixth decimal of a table forgiven.
int64_t kt_sheet_frame(const KtSheetFilm *film, KtFilmTime time);
/// Which moment a row means: of timecode and seconds, the one that differs from `was` (NULL: none);
/// KT_ERR_FORMAT where both do and disagree.
KtStatus kt_sheet_when(const KtSheetFilm *film, const KtSpot *spot, const KtSheetTime *said,
                       const KtFilmTime *was, KtFilmTime *time, KtError *err);
/// Adds a line to what was taken.
void kt_sheet_tell(KtSheet *merged, const char **told, const char *line);
/// The cue a moment is inside of, NULL where there is none.
const KtSheetCue *kt_sheet_cue_at(const KtSheet *sheet, KtFilmTime at);
const KtSheetCue *kt_sheet_cue_named(const KtSheet *sheet, const char *name);
/// One part of a merge each, in this order.
typedef struct KtSheetMerge {
  const KtSheetFilm *film;
  const KtSheet *was, *set;
  KtSheet *read, *merged;
  const char *told;
} KtSheetMerge;
KtStatus kt_sheet_merge_cues(KtSheetMerge *merge, KtError *err);
KtStatus kt_sheet_merge_silences(KtSheetMerge *merge, KtError *err);
KtStatus kt_sheet_merge_hits(KtSheetMerge *merge, KtError *err);
/// No music from `in` to `out`, but where cues of the merged sheet are.
void kt_sheet_keep_quiet(KtSheet *merged, KtFilmTime in, KtFilmTime out, const char *reason,
                         int line);
void kt_sheet_sort(KtSheet *sheet);


#endif
