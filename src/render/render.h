// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_RENDER_H
#define KT_RENDER_RENDER_H

#include "perform/perform.h"

/// One instrument's dry sound: a 32-bit float stereo WAV at 48 kHz, sample 0 at the cue's in. It ends
/// where its last note has died away, which may be before the cue's other stems do.
typedef struct KtDryStem {
  KtSectionId stem;
  const char *instrument;  ///< whose seat
  const char *path;
  int64_t frames;          ///< its own length
} KtDryStem;

typedef struct KtStems {
  KtArena *arena;
  const char *cue;
  int64_t frames;          ///< length of the longest, audio frames, tail included
  KT_ARRAY(KtDryStem) items;
} KtStems;

/// Render many performances, seat by seat over all threads, to `folder`. What is already there under
/// the same key (notes, library, version) is taken as it is; what is there for these cues under
/// another is removed. Same bytes on any number of threads. A NULL performance gives no stems.
/// `stems` becomes an array of `count`. KT_ERR_MISSING for the library or a preset, KT_ERR_IO,
/// KT_ERR_CANCELLED (finished seats are kept).
KtStatus kt_render(const KtContext *ctx, const KtOrchestra *orchestra,
                   KtPerformance *const *performances, size_t count, const char *folder,
                   KtStems **stems, KtError *err);
void kt_stems_free(KtStems *stems, size_t count);

#endif
