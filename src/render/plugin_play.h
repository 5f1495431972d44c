// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_PLUGIN_PLAY_H
#define KT_RENDER_PLUGIN_PLAY_H

#include "base/context.h"
#include "render/seat.h"

/// The plugin that plays an instrument; NULL where its samples or a synthesiser do.
const KtPluginChoice *kt_plugin_of(const KtInstrument *instrument);

/// What tells the plugins of an instrument from others, for keys. As kt_plugin_identity().
KtStatus kt_plugins_identity(KtArena *arena, const KtInstrument *instrument, const char **text, KtError *err);

/// Play a seat through its plugins to `path` as the sampler does: each articulation's events go to its own
/// plugin as MIDI, parts on channels of their own. KT_ERR_UNSUPPORTED, KT_ERR_MISSING, KT_ERR_ARGUMENT as
/// kt_plugin_open(), KT_ERR_IO, KT_ERR_CANCELLED, KT_ERR_MEMORY.
KtStatus kt_plugin_play(const KtContext *ctx, const KtSeat *seat, const char *path, int64_t *frames, KtError *err);

/// What tells the effects on a section from others; "" where there is none.
KtStatus kt_effects_identity(KtArena *arena, const KtOrchestra *orchestra, KtSectionId section, const char **text,
                             KtError *err);
/// Send a stem's file through the effects on its section, one after another; it is replaced, and ends where they
/// have rung off. Their latency is taken out.
KtStatus kt_effects_apply(const KtContext *ctx, const KtOrchestra *orchestra, KtSectionId section, const char *path,
                          int64_t *frames, KtError *err);

#endif
