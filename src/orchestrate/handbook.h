// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_HANDBOOK_H
#define KT_ORCHESTRATE_HANDBOOK_H

#include "compose/beyond.h"
#include "orchestrate/habits.h"
#include "orchestrate/hearts.h"
#include "orchestrate/orchestrate.h"

typedef struct KtStrokeBook KtStrokeBook;     ///< data/strokes.yaml
typedef struct KtSwellBook KtSwellBook;       ///< data/swells.yaml
typedef struct KtTouchBook KtTouchBook;       ///< data/touches.yaml
typedef struct KtSynthHitBook KtSynthHitBook; ///< data/synth_hits.yaml
KtStatus kt_strokes_load(const KtContext *ctx, KtStrokeBook **book, KtError *err);
void kt_strokes_free(KtStrokeBook *book);
KtStatus kt_touches_load(const KtContext *ctx, KtTouchBook **book, KtError *err);
void kt_touches_free(KtTouchBook *book);
KtStatus kt_swells_load(const KtContext *ctx, KtSwellBook **book, KtError *err);
void kt_swells_free(KtSwellBook *book);
KtStatus kt_synth_hits_load(const KtContext *ctx, KtSynthHitBook **book, KtError *err);
void kt_synth_hits_free(KtSynthHitBook *book);

struct KtHandbook {
  KtHabitsOfPlayers *habits;
  KtLearnedVoices *learned;
  KtWritingRules *writing;
  KtStrokeBook *strokes;
  KtSwellBook *swells;
  KtTouchBook *touches;
  KtHeartBook *hearts;
  KtSynthHitBook *synth_hits;
  KtBeyondLore *beyond;
};

#endif
