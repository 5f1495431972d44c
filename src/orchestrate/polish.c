// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the orchestra plays is heard together once more: octaves that players were given and what doubles a line can run,
// crowd and cover where the sketch did not. Another octave, or one doubling fewer, or another tone of the chord mends it.
#include "compose/mend.h"
#include "orchestrate/desk.h"

static bool pitched(const KtScoring *scoring, const KtPart *part) {
  const KtInstrument *one = kt_orchestra_find(scoring->orchestra, part->instrument);
  return one && one->pitched && part->notes.count;
}

static void sweep(const KtPartWriting *writing, KtPart *const *parts, size_t count) {
  for (unsigned i = 0; i < writing->tone_count; ++i) {
    if (writing->tones[i].gone) {
      writing->tones[i].note->duration = 0;
    }
  }
  for (size_t p = 0; p < count; ++p) {
    size_t kept = 0;
    for (size_t i = 0; i < parts[p]->notes.count; ++i) {
      if (parts[p]->notes.items[i].duration > 0) {
        parts[p]->notes.items[kept++] = parts[p]->notes.items[i];
      }
    }
    parts[p]->notes.count = kept;
  }
}

void kt_scoring_polish(const KtScoring *scoring, KtScore *score) {
  KtPart **parts = KT_NEW(scoring->scratch, KtPart *, score->parts.count + 1);
  KtCompass *compass = KT_NEW(scoring->scratch, KtCompass, score->parts.count + 1);
  size_t count = 0;
  for (size_t p = 0; parts && compass && p < score->parts.count; ++p) {
    KtPart *part = &score->parts.items[p];
    if (pitched(scoring, part)) {
      const KtInstrument *one = kt_orchestra_find(scoring->orchestra, part->instrument);
      compass[count] = (KtCompass){one->low, one->high};
      parts[count++] = part;
    }
  }
  KtPartWriting writing;
  if (!count || !kt_writing_hear(scoring->scratch, scoring->book->writing, scoring->palette->id, score, parts, count, &writing)) {
    return;
  }
  kt_mend(&(KtMend){.writing = &writing, .compass = compass, .leaves_out = true});
  sweep(&writing, parts, count);
  size_t kept = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    if (score->parts.items[p].notes.count) {
      score->parts.items[kept++] = score->parts.items[p];
    }
  }
  score->parts.count = kept;
}
