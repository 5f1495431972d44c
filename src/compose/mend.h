// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Mends how voices move and lie: where outer voices run in fifths or octaves, where it is muddy, where a seventh or
// leading tone hangs, where the tune is covered, the cheapest change of one voice that makes all of it better is made.
#ifndef KT_COMPOSE_MEND_H
#define KT_COMPOSE_MEND_H

#include "ear/part_writing.h"

/// How far a part may be led, MIDI, by index of the parts that were heard.
typedef struct KtCompass {
  int low, high;
} KtCompass;

typedef struct KtMend {
  KtPartWriting *writing;
  const KtCompass *compass;
  bool leaves_out; ///< doublings, and tones that others have, may be left out
} KtMend;

/// Changes pitches; what is left out is `gone` and still in its part. Returns how many changes were made.
int kt_mend(const KtMend *mend);

#endif
