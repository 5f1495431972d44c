// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_BEYOND_H
#define KT_COMPOSE_BEYOND_H

#include "compose/lore.h"

/// What pictures an instrument, or a family of them, belongs to.
typedef struct KtTint {
  char *of; ///< an instrument's id or a family's name
  KtTinge look;
} KtTint;

/// data/beyond.yaml: how far the picture's movement and colours reach into the notes.
struct KtBeyondLore {
  float strength_min, camera, gap_s, still_s, still_share, run_s, tone_s, crescendo;
  KtLeaning *per_minute; ///< gestures drawn, by palette
  unsigned per_minute_count;
  float brightness, warmth, saturation; ///< shares of the lean
  float card; ///< saturation times brightness below which a shot with lettering is a card and leans nothing
  float mode, register_, orchestra;     ///< what a full lean moves
  float players;                        ///< how strongly it draws players in and out
  KtTint *tints;                        ///< an instrument's own stands before its family's
  unsigned tints_count;
};

KtStatus kt_beyond_load(const KtContext *ctx, KtBeyondLore **lore, KtError *err);
void kt_beyond_free(KtBeyondLore *lore);
/// How well an instrument of a family suits a look, below 0 ill; about -2..2, 0 where nothing is said of it.
float kt_tint_of(const KtBeyondLore *lore, const char *id, const char *family, KtTinge look);

#endif
