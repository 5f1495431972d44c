// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_SAMPLER_H
#define KT_RENDER_SAMPLER_H

#include "base/context.h"
#include "render/seat.h"

/// A sample player with one library open: one thread's own. It sounds the same whatever it played
/// before.
typedef struct KtSampler KtSampler;

/// KT_ERR_MISSING, KT_ERR_FORMAT where the library cannot be opened.
KtStatus kt_sampler_open(const char *library_path, KtSampler **sampler, KtError *err);
void kt_sampler_close(KtSampler *sampler);

/// Play a seat dry to a 32-bit float stereo WAV at 48 kHz, until its last note has died away.
/// KT_ERR_MISSING names a preset the library has not got; KT_ERR_CANCELLED leaves no file.
KtStatus kt_sampler_play(KtSampler *sampler, const KtContext *ctx, const KtSeat *seat,
                         const char *path, int64_t *frames, KtError *err);

#endif
