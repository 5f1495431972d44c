// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_DESKS_H
#define KT_RENDER_DESKS_H

#include "render/seat.h"

/// A note of a seat on its way to events.
typedef struct KtSeatNote {
  int64_t on, off;      ///< blocks; off -1 while it sounds
  int64_t into;         ///< block in which a tone slurred to it begins; -1 none
  uint8_t into_key;
  uint8_t channel, key, velocity;
  uint8_t desks;        ///< bit: desk that plays it
  int16_t less_cb;      ///< each of them so much softer than the section in one
  bool slurred, hit;
} KtSeatNote;
typedef KT_ARRAY(KtSeatNote) KtSeatNotes;

/// Blocks that last so many milliseconds, to the nearest.
int64_t kt_blocks_of_ms(double ms);

/// Divides the players over the notes: one tone is all desks', of a chord each desk takes its own, and
/// a tone of three that is held by a third of the players is that much softer. What is struck or plucked
/// stays as loud as alone. Sorts the notes by slot and beginning; `end` is where open ones end.
void kt_desks_divide(const KtEnsemble *ensemble, int desks, KtSeatNote *notes, size_t count, int64_t end);

/// How a desk differs at one tone, the same each time it is asked: the block it begins in, against the
/// section's (0 where the tone stands on a hit) ...
int64_t kt_desk_late(const KtEnsemble *ensemble, int desks, int desk, int64_t on, int key, bool hit);
/// ... and tenths of a cent.
int kt_desk_tenths(const KtEnsemble *ensemble, int desks, int desk, int64_t on, int key);

/// Blocks from one bow to the next of a desk from block `at` on, by how loud (velocity 1..127) it plays;
/// 0 where bows are endless.
int64_t kt_desk_bow(const KtEnsemble *ensemble, int desk, int64_t at, int velocity);

#endif
