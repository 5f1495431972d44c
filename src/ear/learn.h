// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_LEARN_H
#define KT_EAR_LEARN_H

#include "base/context.h"
#include "ear/read_score.h"

/// What was counted in scores: how stretches of music measure, how leading lines move, how an orchestra spaces,
/// doubles and breathes. Large; one thread at a time.
typedef struct KtLearned KtLearned;

/// What learning a folder came to.
typedef struct KtLearnedCount {
  int scores;     ///< read
  int windows;    ///< stretches of half a minute, overlapping by half
  double seconds; ///< of music
} KtLearnedCount;

KtStatus kt_learned_new(KtLearned **learned, KtError *err);
void kt_learned_free(KtLearned *learned);
/// Counts one score (MusicXML, plain or compressed). Its leading line is NAME_melody.mxl beside it, and who leads
/// from when NAME_annotations.csv (onset, bar, ..., label, part); without the first the highest tone that begins is
/// taken for the lead. Errors are those of reading.
KtStatus kt_learned_add(KtLearned *learned, const char *path, KtError *err);
/// Counts every .mxl, .musicxml and .xml of a folder by name, leading lines left out. KT_ERR_ARGUMENT where there is
/// none. `tell` (may be NULL) is given each score's name.
KtStatus kt_learned_add_folder(KtLearned *learned, const char *folder, const KtContext *tell, KtError *err);
KtLearnedCount kt_learned_count(const KtLearned *learned);
/// Writes windows.yaml, lines.yaml and voices.yaml into a folder, which is made. `source` stands in their heads: what
/// was counted. KT_ERR_ARGUMENT where less than half a minute with a lead was counted: nothing is written then.
KtStatus kt_learned_write(KtLearned *learned, const char *folder, const char *source, KtError *err);

#endif
