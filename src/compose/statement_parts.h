// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_STATEMENT_PARTS_H
#define KT_COMPOSE_STATEMENT_PARTS_H

#include "compose/statement.h"

/// A theme in one of its forms, still in degrees and in its own bars.
typedef struct KtFormed {
  KT_ARRAY(KtThemeNote) notes;
  KT_ARRAY(KtThemeChord) chords;
  KtTick ticks;
  bool whole_head; ///< every note the tune is known by is in it, in order
} KtFormed;

/// Form it into at most `available` ticks. False when memory is out.
bool kt_statement_form(KtArena *arena, const KtTheme *theme, KtTransform transform,
                       KtTick available, KtFormed *formed);
/// Ticks of the theme up to the end of its first phrase (half of it).
KtTick kt_statement_phrase(const KtTheme *theme);

/// Move what was formed from the theme's bars of `bar` ticks to those of the metres from `start`
/// on: what is too short is lengthened at the longest note of its bar, what is too long shortened
/// there.
bool kt_statement_warp(KtArena *arena, KtFormed *formed, KtTick bar, const KtMetres *metres,
                       KtTick start);

/// Chords in a key, from `start`. Where the mode is not the theme's, diatonic ones of the new mode.
bool kt_statement_chords(KtArena *arena, const KtStatementRequest *request, const KtFormed *formed,
                         KtStatementNotes *out);
/// Another progression under the same notes (already pitched in `out`): a shortest path over chords
/// that hold the notes that tell, away from the theme's own roots, ending away from home.
bool kt_statement_reharmonise(KtArena *arena, const KtStatementRequest *request,
                              KtStatementNotes *out);

#endif
