// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_ROOM_H
#define KT_MIX_ROOM_H

#include "mix/hall.h"
#include "render/render.h"

/// One cue's dry stems, played in a hall onto buses, block by block. Memory does not grow with the
/// cue.
typedef struct KtRoom KtRoom;

/// `apart` keeps the stems apart, a bus each; else all are on bus 0. On any number of `threads` it
/// sounds the same to the bit. Stems and hall are borrowed. `thin`: how much is taken off each section's low end, NULL
/// nothing.
typedef struct KtRoomThin {
  double corner_hz;
  float db[KT_STEM_COUNT];    ///< >= 0
} KtRoomThin;
KtStatus kt_room_open(const KtHall *hall, const KtOrchestra *orchestra, const KtStems *stems, const KtRoomThin *thin,
                      bool apart, int threads, KtRoom **room, KtError *err);
/// Called with each bus on which anything sits, once its block is there; with stems apart from
/// several threads at once, but with one bus from one only.
typedef KtStatus (*KtRoomTake)(void *user, int bus, KtError *err);
/// The next KT_CONVOLVER_BLOCK audio frames of every bus, interleaved in as many
/// channels as the hall has, from the cue's in on. `take` may be NULL.
KtStatus kt_room_read(KtRoom *room, KtRoomTake take, void *user, KtError *err);
const float *kt_room_bus(const KtRoom *room, int bus);
/// Audio frames until the room is silent: the dry stems and the hall's response.
int64_t kt_room_frames(const KtRoom *room);
void kt_room_close(KtRoom *room);

#endif
