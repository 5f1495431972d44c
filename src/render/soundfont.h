// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_SOUNDFONT_H
#define KT_RENDER_SOUNDFONT_H

#include "base/error.h"

/// Whether a file says that it is an SF2 or SF3 bank (RIFF of the form "sfbk"), before the player is
/// given it: other readers it tries print what they think. KT_ERR_MISSING, KT_ERR_FORMAT.
KtStatus kt_soundfont_check(const char *path, KtError *err);

/// Held while a player takes samples into memory or lets them go: they are shared between all players
/// of a process, and two threads doing so at once have been seen to crash the player.
void kt_soundfont_lock(void);
void kt_soundfont_unlock(void);

/// A tone played softer is darker, not only softer: how much lower the filter of a preset stands whose
/// loudness follows a controller, in cents, at `value` 0..127 of it: 0 at the top, half an octave at
/// mezzo-forte, where little of most tones lies above it, an octave and more at pianissimo.
float kt_dark_cents(int value);

#endif
