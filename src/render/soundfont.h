// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_SOUNDFONT_H
#define KT_RENDER_SOUNDFONT_H

#include "orchestra/orchestra.h"

/// Whether a file says that it is an SF2 or SF3 bank (RIFF of the form "sfbk"), before the player is
/// given it: other readers it tries print what they think. KT_ERR_MISSING, KT_ERR_FORMAT.
KtStatus kt_soundfont_check(const char *path, KtError *err);

/// Whether so much memory can still be had: the player crashes where it finds none half way through
/// reading. KT_ERR_MEMORY.
KtStatus kt_soundfont_room(size_t bytes, KtError *err);
enum {
  KT_LIBRARY_BYTES = 48 << 20, ///< more than any library read so far needs for its presets
  KT_PLAYER_BYTES = 24 << 20,  ///< and a player with all its voices,
  KT_PRESET_BYTES = 40 << 20,  ///< and the samples of a preset
};

/// Held while a player takes samples into memory or lets them go: they are shared between all players
/// of a process, and two threads doing so at once have been seen to crash the player.
void kt_soundfont_lock(void);
void kt_soundfont_unlock(void);

/// Where the filter of a preset stands for a key played at `value` 0..127 of what its loudness follows, in
/// absolute cents as SoundFont 2.01 counts them (8.1.3): at or above KT_OPEN_CENTS where it takes nothing
/// away. Never below the key's own fundamental.
double kt_filter_cents(const KtPreset *preset, int key, int value);
enum { KT_OPEN_CENTS = 13500 };

#endif
