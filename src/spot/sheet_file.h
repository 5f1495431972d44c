// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_SHEET_FILE_H
#define KT_SPOT_SHEET_FILE_H

#include "spot/spot.h"

#include <stdio.h>

typedef struct KtSheetTheme {
  const char *id, *subject;
} KtSheetTheme;

/// What must be known of a film to read a sheet of it.
typedef struct KtSheetFilm {
  KtTimecode timecode;
  KtFilmTime duration;
  KT_ARRAY(KtSheetTheme) themes;
  KT_ARRAY(const char *) subjects; ///< names of all that may own a theme
} KtSheetFilm;

/// Which fields of a row are said; the others follow from the film.
typedef enum KtSaid {
  KT_SAID_TITLE = 1 << 0,
  KT_SAID_FUNCTION = 1 << 1,
  KT_SAID_ENTRY = 1 << 2,
  KT_SAID_EXIT = 1 << 3,
  KT_SAID_REASON = 1 << 4,
  KT_SAID_ABOUT = 1 << 5,
  KT_SAID_LOCKED = 1 << 6,
  KT_SAID_KIND = 1 << 7,
  KT_SAID_WEIGHT = 1 << 8,
  KT_SAID_TOLERANCE = 1 << 9,
  KT_SAID_LABEL = 1 << 10,
  KT_SAID_SOURCE = 1 << 11,
  KT_SAID_THEMES = 1 << 12, ///< `about` names themes by id
} KtSaid;

/// A time as written: by timecode, in seconds, or both.
typedef struct KtSheetTime {
  KtFilmTime timecode, seconds;
  bool has_timecode, has_seconds;
} KtSheetTime;

typedef struct KtSheetCue {
  const char *name; ///< "" for a new one
  KtSheetTime in_said, out_said;
  KtFilmTime in, out;
  unsigned said;
  const char *title, *reason;
  KtFunction function;
  KtEntry entry;
  KtExit exit;
  const char *about;  ///< names of subjects, joined by ';'
  const char *people; ///< characters as the table has them, for telling a change
  bool locked;
  int line, column;
  int about_line, about_column; ///< where themes are named; 0: as the row
} KtSheetCue;

typedef struct KtSheetSilence {
  KtSheetTime in_said, out_said;
  KtFilmTime in, out;
  const char *reason;
  bool locked; ///< a person wants no music here
  int line, column;
} KtSheetSilence;

typedef struct KtSheetHit {
  const char *cue; ///< "" where not said
  KtSheetTime at_said;
  KtFilmTime at;
  unsigned said;
  const char *label, *source;
  KtHitKind kind;
  float weight, tolerance_frames;
  bool locked;
  bool struck; ///< a person wants no hit here
  int line, column;
} KtSheetHit;

/// A spotting sheet as a file or a person has it. Owns its arena.
typedef struct KtSheet {
  KtArena *arena;
  const char *path; ///< for messages
  bool has_cues, has_silences, has_hits;
  KT_ARRAY(KtSheetCue) cues;
  KT_ARRAY(KtSheetSilence) silences;
  KT_ARRAY(KtSheetHit) hits;
  KT_ARRAY(KtSpan) open; ///< where a cue was given back to be spotted anew
} KtSheet;

KtStatus kt_sheet_new(const char *path, KtSheet **sheet, KtError *err);
void kt_sheet_free(KtSheet *sheet);

/// Reads spotting.csv, silences.csv or hits.csv (told by their columns) or the readable text, into
/// `sheet`, beside what is in it. KT_ERR_FORMAT with line and column, and what to write instead.
KtStatus kt_sheet_read(const KtSheetFilm *film, const char *bytes, size_t size, KtSheet *sheet,
                       KtError *err);
/// Makes of what the rows say where they stand, for a sheet that stands alone, and puts it in order.
KtStatus kt_sheet_settle(const KtSheetFilm *film, KtSheet *sheet, KtError *err);
/// The readable text; kt_sheet_read() takes it back.
void kt_sheet_write(FILE *stream, const KtSheetFilm *film, const KtSheet *sheet);

/// The readable text with times in seconds and only what is said: what the store keeps.
void kt_sheet_write_set(FILE *stream, const KtSheet *sheet);
/// One of "text", "cues", "silences", "hits" (tables).
void kt_sheet_write_form(FILE *stream, const KtSheetFilm *film, const KtSheet *sheet,
                         const char *form);
/// Puts what a person set over the sheet as it was delivered; the whole of it where it still `waits`
/// for an update, else only what the tables do not tell.
void kt_sheet_overlay(const KtSheetFilm *film, KtSheet *was, const KtSheet *set, bool waits);
/// What the person wants, from the sheet as it was delivered (`was`), what was set before (`set`,
/// NULL none) and the sheet they hand in (`read`). Lines that differ are locked. `told` says what
/// was taken, a line each. Nothing is changed on KT_ERR_FORMAT: times that are wrong, cues that
/// overlap, hits outside their cue or on the same picture, themes nobody knows.
KtStatus kt_sheet_merge(const KtSheetFilm *film, const KtSheet *was, const KtSheet *set,
                        KtSheet *read, KtSheet *merged, const char **told, KtError *err);

/// Subjects of a list of theme ids, and that every one of a list of names is known: in `arena`,
/// NULL with `unknown` pointing to the first that is not.
const char *kt_sheet_about(KtArena *arena, const KtSheetFilm *film, const char *list, bool themes,
                           const char **unknown);
/// A name for a cue at `in` among others (by time, their names given): the first free number of its
/// reel between its neighbours', else a letter after the one before: "1m02A". In `arena`.
const char *kt_cue_name_between(KtArena *arena, const char *before, const char *after, int reel);
int kt_cue_reel(KtFilmTime in); ///< 1-based; twenty minutes each
/// "1m02", "12m04A".
bool kt_cue_name_is_good(const char *name);

#endif
