// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_HEARTS_H
#define KT_ORCHESTRATE_HEARTS_H

#include "base/data.h"
#include "music/score.h"

/// Where a palette has a heart, as data/hearts.yaml says.
typedef struct KtHeartRow {
  char *palette;
  float tension, word_tension, energy, valence, least_s, seconds, from, level;
} KtHeartRow;

/// data/hearts.yaml.
typedef struct KtHeartBook {
  char **words;
  unsigned words_count;
  KtHeartRow *palettes;
  unsigned palettes_count;
  float slowest_s, fastest_s, second_s;
} KtHeartBook;

KtStatus kt_hearts_load(const KtContext *ctx, KtHeartBook **book, KtError *err);
void kt_hearts_free(KtHeartBook *book);
/// The palette's row; NULL where it has no heart.
const KtHeartRow *kt_hearts_row(const KtHeartBook *book, const char *palette);
struct KtDesk;
/// Where a heart would be heard in a cue composed for this desk, into the sketch's sections.
void kt_hearts_feel(const KtHeartBook *book, const struct KtDesk *desk, KtScore *sketch);

#endif
