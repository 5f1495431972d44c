// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_ROOM_H
#define KT_MIX_ROOM_H

#include "mix/hall.h"
#include "render/render.h"

/// One cue's dry stems, played in a hall onto buses, block by block. Memory does not grow with the
/// cue.
typedef struct KtRoom KtRoom;

/// `buses` KT_STEM_COUNT keeps the stems apart; 1 sums them. Stems and hall are borrowed.
KtStatus kt_room_open(const KtHall *hall, const KtOrchestra *orchestra, const KtStems *stems,
                      int buses, KtRoom **room, KtError *err);
/// The next KT_CONVOLVER_BLOCK audio frames of every bus, interleaved in as many
/// channels as the hall has, from the cue's in on.
KtStatus kt_room_read(KtRoom *room, KtError *err);
const float *kt_room_bus(const KtRoom *room, int bus);
bool kt_room_has(const KtRoom *room, int bus); ///< something sits on it
/// Audio frames until the room is silent: the dry stems and the hall's response.
int64_t kt_room_frames(const KtRoom *room);
void kt_room_close(KtRoom *room);

#endif
