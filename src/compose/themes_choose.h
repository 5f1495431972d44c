// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_CHOOSE_H
#define KT_COMPOSE_THEMES_CHOOSE_H

#include "compose/themes_grow.h"
#include "compose/themes_wish.h"

/// What all themes of a film are made with. All borrowed.
typedef struct KtTuneSession {
  const KtTuneBook *book;
  const KtDesk *desk;
  const KtThemeWishes *wishes;
  bool held; ///< tunes that are merely held still hold
  KtArena *scratch;
} KtTuneSession;

/// Appends a theme for a subject, unlike `themes` and `others`; `again` counts those asked for after the first.
KtStatus kt_tune_compose(const KtTuneSession *session, int subject, int again, const KtThemes *others,
                         KtThemes *themes, KtError *err);

/// The subject's feeling as its tune shall have it: what sets it apart from the film's others drawn out.
KtEmotion kt_tune_feeling(const KtTuneBook *book, const KtDesk *desk, const KtSubject *subject);

/// Fills each theme's marks.
void kt_tune_mark_all(const KtTuneBook *book, const KtDesk *desk, KtThemes *themes);

#endif
