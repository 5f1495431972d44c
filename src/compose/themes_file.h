// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_FILE_H
#define KT_COMPOSE_THEMES_FILE_H

#include "music/theme.h"

/// A tune somebody wrote: ABC, MIDI or MusicXML (also compressed), told apart by content. One line of
/// notes in one part; what a player let overlap a little or stood a little off the beat is put right.
/// Harmony is added where the file names none. KT_ERR_FORMAT says where (line and column, or bar and
/// beat) it is no theme; KT_ERR_UNSUPPORTED for other files.
KtStatus kt_theme_read(KtArena *arena, const char *path, KtTheme *theme, KtError *err);

/// What every reader does at its end: length in whole bars from `end`, harmony where there is none,
/// the motif (`head` notes; 0: the first bar, or two), the rest as for a theme a person gave. The
/// notes, key and metre are there.
KtStatus kt_theme_settle(KtArena *arena, KtTheme *theme, KtTick end, int head, const char *name, int line,
                         KtError *err);

#endif
