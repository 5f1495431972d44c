// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_BEYOND_H
#define KT_COMPOSE_BEYOND_H

#include "compose/lore.h"

/// data/beyond.yaml: how far the picture's movement and colours reach into the notes.
struct KtBeyondLore {
  float strength_min, camera, gap_s, still_s, still_share, run_s, tone_s, crescendo;
  KtLeaning *per_minute; ///< gestures drawn, by palette
  unsigned per_minute_count;
  float brightness, warmth, saturation; ///< shares of the lean
  float mode, register_, orchestra;     ///< what a full lean moves
};

KtStatus kt_beyond_load(const KtContext *ctx, KtBeyondLore **lore, KtError *err);
void kt_beyond_free(KtBeyondLore *lore);

#endif
