// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_READ_SCORE_H
#define KT_EAR_READ_SCORE_H

#include "music/score.h"

/// A score somebody wrote, as it is heard: parts with sounding notes, ties joined, grace notes left out,
/// repeats played once. Parts keep their printed name; a part of unpitched notes is percussion. Owns its
/// arena.
typedef struct KtReadScore {
  KtArena *arena;
  KtScore score;          ///< parts, tempo, metres, keys as signatures, end; nothing else
  KT_ARRAY(KtTick) bars;  ///< where bars begin, upbeats too
  const char *title;      ///< "" where none
} KtReadScore;
void kt_read_score_free(KtReadScore *score);

/// A tempo as a file states it.
typedef struct KtTempoMark {
  KtTick tick;
  double bpm; ///< quarters a minute, > 0
} KtTempoMark;
typedef KT_ARRAY(KtTempoMark) KtTempoMarks;

/// The tempo map of `score` up to its end from `marks` (which are sorted here); `plain_bpm` stands
/// before the first.
void kt_read_score_tempo(KtReadScore *score, KtTempoMarks *marks, double plain_bpm);

/// A reader of one format: `size` bytes called `name` in errors; `*score` is the caller's, NULL on error.
typedef KtStatus KtScoreParse(const char *name, const char *bytes, size_t size, KtReadScore **score, KtError *err);

/// The file at `path`, of at most `most` bytes, through `parse`.
KtStatus kt_read_score_file(const char *path, size_t most, KtScoreParse *parse, KtReadScore **score, KtError *err);

#endif
