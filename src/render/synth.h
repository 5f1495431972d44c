// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_SYNTH_H
#define KT_RENDER_SYNTH_H

#include "base/context.h"
#include "render/seat.h"

/// The name of the Csound sound that plays a seat; NULL where the sample library does.
const char *kt_synth_of(const KtInstrument *instrument);

/// What tells this sound from another, for keys: the text of its orchestra file, of common.orc, and
/// Csound's version. KT_ERR_MISSING for the file, KT_ERR_MEMORY.
KtStatus kt_synth_identity(const KtContext *ctx, KtArena *arena, const char *name,
                           const char **text, KtError *err);

/// Play a seat through data/csound/NAME.orc to `path` as the sampler does. Any thread may call it at
/// any time: what Csound cannot do beside itself is guarded. KT_ERR_FORMAT where the orchestra file
/// is refused (with Csound's word), KT_ERR_UNSUPPORTED where Csound is not built in, KT_ERR_IO,
/// KT_ERR_CANCELLED, KT_ERR_MEMORY.
KtStatus kt_synth_play(const KtContext *ctx, const KtSeat *seat, const char *path, int64_t *frames,
                       KtError *err);

/// A note as Csound is told it: how long it is held is known when it begins.
typedef struct KtSynthNote {
  int64_t block, held; ///< KT_BLOCK audio frames
  uint8_t channel, key, velocity;
  double seed;         ///< 0..1, of this note alone
} KtSynthNote;
typedef KT_ARRAY(KtSynthNote) KtSynthNotes;

/// The notes of a seat's events, by time. KT_ERR_MEMORY.
KtStatus kt_synth_notes(KtArena *arena, const KtSeat *seat, KtSynthNotes *notes, KtError *err);

#endif
