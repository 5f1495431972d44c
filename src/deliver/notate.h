// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_NOTATE_H
#define KT_DELIVER_NOTATE_H

#include "music/score.h"

enum { KT_VOICES = 2 };

/// A bar of the score.
typedef struct KtBar {
  KtTick start, end;
  KtMetre metre; ///< of the whole bar, which an upbeat is the rest of
} KtBar;
typedef KT_ARRAY(KtBar) KtBars;
KtStatus kt_bars(const KtScore *score, KtArena *arena, KtBars *bars, KtError *err);

typedef enum KtBeam { KT_BEAM_NONE, KT_BEAM_BEGIN, KT_BEAM_CONTINUE, KT_BEAM_END, KT_BEAM_HOOK_FORWARD,
                      KT_BEAM_HOOK_BACKWARD } KtBeam;

/// One sign on the staff: a rest, or notes that begin and end together.
typedef struct KtSymbol {
  KtTick start, duration;
  int type;                 ///< 1 whole, 2 half, 4 quarter ... 32
  int dots;
  bool triplet, triplet_start, triplet_stop;
  bool bar_rest;            ///< the whole bar
  bool held;                ///< under a fermata
  const KtNote **notes;     ///< low to high; NULL: a rest
  size_t note_count;
  bool tie_start, tie_stop;
  bool slur_start, slur_stop;
  bool first, last;         ///< of the tied pieces of a note
  KtBeam beams[3];
} KtSymbol;

typedef struct KtVoiceText {
  KT_ARRAY(KtSymbol) symbols; ///< gapless inside the bars it sounds in
} KtVoiceText;

/// One staff's music, written so that each voice fills each bar it stands in exactly. The first
/// voice stands in every bar.
typedef struct KtStaffText {
  KtVoiceText voices[KT_VOICES];
} KtStaffText;

/// Writes the notes of `part` whose pitch is in [low, high]: voices, quantised to sixteenths or
/// triplets beat by beat, split at bar lines and beats, ties, slurs from legato, beams. Symbols point
/// into the part.
KtStatus kt_notate(const KtBars *bars, const KtPart *part, int low, int high, KtArena *arena,
                   KtStaffText *staff, KtError *err);

/// The note value of a binary duration; false where one sign cannot say it.
bool kt_note_value(KtTick ticks, int *type, int *dots);
/// Length of the first sign of what sounds (or is silent) over [from, to) inside a bar of this
/// metre, ticks from the bar line: what lets a reader see the beats.
KtTick kt_first_sign(KtMetre metre, KtTick from, KtTick to, bool rest);

#endif
