// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_STATEMENT_H
#define KT_COMPOSE_STATEMENT_H

#include "music/theme.h"

/// A tune is known by its head, and by its first eight notes where the head has fewer.
enum { KT_KNOWN_NOTES = 8 };

/// A theme wanted at a place in a cue.
typedef struct KtStatementRequest {
  const KtTheme *theme;
  KtTransform transform;
  KtKey key;              ///< tonic and mode it is heard in; the mode is the planned statement's
  KtTick start;           ///< on a bar line, or on a beat for a head
  KtTick available;       ///< ticks it may take; longer forms are cut at a phrase end of the theme
  const KtMetres *metres; ///< of the cue: theme bars follow its bars, lengthened or shortened at
                          ///< their longest notes; NULL: the theme's own metre throughout
  int low, high;        ///< register, MIDI: the octave is chosen so that the notes lie inside; what
                        ///< juts out of a narrower one is folded by octaves
  float valence;        ///< of the moment: reharmonised, it leans to major chords or to minor ones
  bool recolour;        ///< new chords whatever the form: a tune that stays as it is under another feeling
  float tension;        ///< of the moment: a calm one is reharmonised inside its mode
  const KtTheme *other; ///< for KT_TRANSFORM_CONTRAPUNTAL: the theme it sounds against, or NULL
} KtStatementRequest;

/// A statement as notes. Arrays live in the arena it was made in.
typedef struct KtStatementNotes {
  KT_ARRAY(KtNote) notes; ///< monophonic, by start; spelled; `statement` is -1, the caller sets it
  KT_ARRAY(KtNote)
  answer; ///< KT_TRANSFORM_CONTRAPUNTAL: the other theme's line (or this one's own
          ///< inversion) fitted under it; else empty
  KT_ARRAY(KtChord) chords; ///< what goes with it, end to end from start to end; tension is 0
  int answer_transpose;     ///< of the answer's tonic, semitones from its theme's own
  KtStatement record;       ///< all but `part` filled; theme is -1, the caller sets it
} KtStatementNotes;

/// Ticks the form wants in its own metre: the head for fragments and the truncated, twice the head
/// for augmentation, the whole for plain, mode, reharmonised ... A cue that has less gets a whole
/// phrase or the head; `least` is the smallest that still makes sense.
KtTick kt_statement_ticks(const KtTheme *theme, KtTransform transform, KtTick *least);

/// Ticks from the beginning to the end of the bar in which the tune is known.
KtTick kt_statement_known(const KtTheme *theme);

/// The same with its last note cut short: the least in which it can be known.
KtTick kt_statement_barely(const KtTheme *theme);

/// Ticks from which a form lets the tune be known; the least of those that never do.
KtTick kt_statement_decent(const KtTheme *theme, KtTransform transform);

/// Realise a planned statement. Only KT_ERR_MEMORY, and KT_ERR_ARGUMENT for a theme without notes
/// or an empty space. With less than `least` available it gives what fits and says so in
/// `recognisable`.
KtStatus kt_statement_realise(KtArena *arena, const KtStatementRequest *request,
                              KtStatementNotes *out, KtError *err);

#endif
