// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_RECALL_H
#define KT_EAR_RECALL_H

#include "music/theme.h"

/// Is a theme's head heard in the notes between two ticks? Knows only the tune as written: the head's
/// intervals (one of them may be a semitone off, for another mode) and its rhythm, each step
/// within a third as much again, at any steady speed from two fifths
/// to two and a half times, in any one part, at any pitch. `backwards` looks for the head played
/// backwards in its own rhythm: a tune as likely by chance, for comparison.
bool kt_heard_theme(KtArena *scratch, const KtTheme *theme, const KtScore *score, KtTick from,
                    KtTick to, bool backwards);

#endif
