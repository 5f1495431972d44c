// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_RENDER_H
#define KT_RENDER_RENDER_H

#include "perform/perform.h"

/// One instrument group's dry sound: a 32-bit float stereo WAV at 48 kHz, sample 0 at the cue's in.
/// Several seats may share a stem; each keeps its place in the room.
typedef struct KtDryStem {
  KtSectionId stem;
  const char *instrument;  ///< whose seat
  const char *path;
} KtDryStem;

typedef struct KtStems {
  KtArena *arena;
  const char *cue;
  int64_t frames;          ///< length of each, audio frames, tail included
  KT_ARRAY(KtDryStem) items;
} KtStems;

/// Render many performances, cue by cue over all threads, to `folder`. What is already there under
/// the same key (notes, library, version) is taken as it is. Same bytes on any number of threads.
/// `only` (may be NULL) has a true for each cue wanted.
KtStatus kt_render(const KtContext *ctx, const KtOrchestra *orchestra,
                   KtPerformance *const *performances, size_t count, const char *folder,
                   KtStems **stems, KtError *err);
void kt_stems_free(KtStems *stems, size_t count);

#endif
