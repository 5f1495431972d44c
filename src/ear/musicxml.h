// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_MUSICXML_H
#define KT_EAR_MUSICXML_H

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

/// Reads MusicXML 2 to 4, plain (score-partwise) or compressed (.mxl), told apart by content. KT_ERR_FORMAT
/// with file and line; KT_ERR_UNSUPPORTED for score-timewise. Without a tempo it stands at 100 quarters a minute.
KtStatus kt_musicxml_read(const char *path, KtReadScore **score, KtError *err);
/// The same from memory; `name` is for messages.
KtStatus kt_musicxml_parse(const char *name, const char *bytes, size_t size, KtReadScore **score, KtError *err);
void kt_read_score_free(KtReadScore *score);

#endif
