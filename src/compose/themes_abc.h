// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_ABC_H
#define KT_COMPOSE_THEMES_ABC_H

#include "music/theme.h"

/// Read the first tune of an ABC file (ABC 2.1, one voice: notes, rests, ties, dots by > and <,
/// triplets, chord symbols; "^head" and "^end of head" mark the motif, else it is the first bar or
/// two). Without chord symbols each bar gets the triad that suits it. Fills notes, chords, key,
/// metre, tempo, head; KT_ERR_FORMAT with line and column for what cannot be read.
KtStatus kt_theme_read_abc(KtArena *arena, const char *path, KtTheme *theme, KtError *err);
/// The same from text; `name` is told in errors.
KtStatus kt_theme_parse_abc(KtArena *arena, const char *text, const char *name, KtTheme *theme,
                            KtError *err);

#endif
