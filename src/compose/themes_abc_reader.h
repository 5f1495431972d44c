// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_ABC_READER_H
#define KT_COMPOSE_THEMES_ABC_READER_H

#include "compose/themes_abc.h"

// What the two halves of the ABC reader share: the fields of a tune's head, and its body.

enum { KT_ABC_NOTES_MAX = 1000, KT_ABC_STEPS = 7 * 10 };

typedef struct KtAbcReader {
  KtArena *arena;
  const char *name, *at;
  int line;
  const char *line_start;
  KtTheme *theme;
  KtTick unit;      ///< L: as ticks
  KtTick bar, time; ///< ticks of a bar; where the next note begins
  KtTick bar_start; ///< where the bar being read began
  int signature[7];
  int accidentals[KT_ABC_STEPS]; ///< 100: none in this bar
  bool in_body, key_known, tie, pickup_known;
  const char *voice;             ///< the name of the first, whose tune it is; NULL before any is named
  size_t voice_length;
  bool other_voice;              ///< what comes is another's
  int triplet;                   ///< notes of it still to come
  KtTick broken_num, broken_den; ///< for the next note after > or <
  int head_from, head_to;        ///< notes marked, -1 none
  KtError *err;
} KtAbcReader;

KtStatus kt_abc_wrong(const KtAbcReader *r, const char *what);
int kt_abc_step(char letter); ///< 0..6 for C..B in either case, -1 for others
/// Spelling of a letter with alteration, on the line of fifths.
KtSpelling kt_abc_spelling(int step, int alter);
/// A line such as "K:Dm": its letter and the text after the colon.
KtStatus kt_abc_field(KtAbcReader *r, char field, const char *text);
/// A chord symbol such as "Am7" at the reader's time; other words are passed over.
KtStatus kt_abc_chord(KtAbcReader *r, const char *text, size_t length);

#endif
