// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_SUITE_H
#define KT_PRODUCTION_SUITE_H

#include "deliver/deliver.h"

/// What the suite of `film` will be, for the report and the cue sheet; texts live in `arena`.
KtConcertPiece kt_suite_piece(const KtDelivery *film, KtArena *arena);

/// The film's music as a concert piece, cue 0m01: its main themes by turns, the leading one between
/// them, through the climax and home. Composed anew from the themes of `film` as any cue is, and
/// written to cues/0m01 in its folder. `cache` is where the dry stems are kept.
KtStatus kt_suite_deliver(const KtDelivery *film, const char *cache, KtError *err);

#endif
