// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRATE_MARKS_H
#define KT_ORCHESTRATE_MARKS_H

#include "compose/compose.h"

// What a critic hears in an orchestrated cue, each 0 bad .. 1 good.
double kt_mark_themes(KtArena *scratch, const KtThemes *themes, const KtScore *score);
double kt_mark_tension(KtArena *scratch, const KtDesk *desk, const KtScore *score);
double kt_mark_emotion(const KtDesk *desk, const KtScore *score);
double kt_mark_words(const KtDesk *desk, const KtScore *score);
double kt_mark_crowding(const KtScore *score);
double kt_mark_voices(const KtScore *score);
double kt_mark_playable(const KtOrchestra *orchestra, const KtScore *score);

#endif
