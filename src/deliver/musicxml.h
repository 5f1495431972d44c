// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_MUSICXML_H
#define KT_DELIVER_MUSICXML_H

#include "deliver/common.h"
#include "deliver/notate.h"

#include "base/xml.h"

enum { KT_DIVISION_TICKS = 40, KT_DIVISIONS = KT_PPQ / KT_DIVISION_TICKS };

/// A part on the page: its staves and how it is written.
typedef struct KtPagePart {
  const KtPart *part;
  const KtInstrument *instrument; ///< NULL before orchestration
  const char *name, *short_name;
  char id[8];                     ///< "P1"
  int staves;
  int clefs[2];
  int transpose;                  ///< written minus sounding, semitones
  bool pitched;
  int keys[32];                   ///< unpitched: the kit's keys in use, rising
  int key_count;
  KtStaffText staff[2];
} KtPagePart;

typedef KT_ARRAY(KtPagePart) KtPageParts;
/// Parts in score order, notated; those that never play are left out, unless none does.
KtStatus kt_page_parts(const KtDelivery *delivery, const KtScore *score, const KtBars *bars, KtArena *arena,
                       KtPageParts *parts, KtError *err);

/// What is written above or below the notes at a tick.
typedef struct KtMarking {
  KtTick tick;
  enum { KT_MARK_REHEARSAL, KT_MARK_TEMPO, KT_MARK_TIMECODE, KT_MARK_HIT, KT_MARK_DYNAMIC,
         KT_MARK_WEDGE_UP, KT_MARK_WEDGE_DOWN, KT_MARK_WEDGE_STOP, KT_MARK_WORDS } kind;
  const char *text;
  double bpm;         ///< quarters a minute
  bool compound;      ///< the beat is a dotted quarter
  bool niente;
} KtMarking;
typedef KT_ARRAY(KtMarking) KtMarkings;

/// System markings (rehearsal letters, tempo, timecode, hits), and a part's own (dynamics, wedges,
/// pizz., arco). By tick.
KtStatus kt_system_markings(const KtDelivery *delivery, size_t cue, KtArena *arena,
                            KtMarkings *markings, KtError *err);
KtStatus kt_part_markings(const KtPagePart *page, KtArena *arena, KtMarkings *markings, KtError *err);
void kt_write_marking(KtXml *xml, const KtMarking *marking, int staff); ///< staff 1, 2

/// Written spelling and MIDI pitch of a sounding note on this part.
typedef struct KtWrittenPitch {
  int step, alter, octave;
} KtWrittenPitch;
KtWrittenPitch kt_written_pitch(const KtPagePart *page, const KtNote *note);
/// Written key signature, sharps; and <transpose> where the part needs one.
int kt_written_fifths(const KtPagePart *page, KtKey key);
void kt_write_transpose(KtXml *xml, const KtPagePart *page);

/// Alterations that stand on a staff: by the key, and in the bar so far.
typedef struct KtAccidentals {
  int key[7];
  int now[7][12]; ///< by step and octave
} KtAccidentals;
void kt_accidentals_bar(KtAccidentals *accidentals, int fifths);

/// The notes of one symbol, and what stands on them.
void kt_write_symbol(KtXml *xml, const KtPagePart *page, const KtSymbol *symbol, int voice, int staff,
                     bool hidden, KtAccidentals *accidentals);

#endif
