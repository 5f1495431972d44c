// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_THEMES_H
#define KT_PRODUCTION_THEMES_H

#include "compose/themes_wish.h"
#include "production/internal.h"

// Settings in the store: what was decided, for which inputs tunes are held, whether an update is due.
#define KT_THEMES_KEPT "themes.set"
#define KT_THEMES_KEPT_INPUTS "themes.set_inputs"
#define KT_THEMES_KEPT_WAIT "themes.waits"

/// What a person decided about themes; KT_ERR_FORMAT where what is kept of it is damaged.
KtStatus kt_theme_wishes_load(KtProduction *production, KtArena *arena, KtThemeWishes *wishes, KtError *err);
/// Whether tunes that are merely held still hold: film, script and brief are those they were heard with.
bool kt_theme_wishes_hold(KtProduction *production, const char *inputs);

/// The desk as the film's themes are made at it. All borrowed; `wishes` may be changed.
typedef struct KtThemeTable {
  const KtDesk *desk;
  KtOrchestra *orchestra;
  const KtHash *library_hash;
  KtThemeWishes *wishes;
  const KtThemes *themes; ///< as they are now
  const char *inputs;
} KtThemeTable;
typedef KtStatus (*KtThemeWork)(void *user, const KtThemeTable *table, KtError *err);
/// The film is looked at (what was seen is kept), read and spotted, its themes are made; then `use`.
KtStatus kt_pipeline_themes(KtProduction *production, KtThemeWork use, void *user, KtError *err);

/// Each theme as piano and as orchestra, 20 to 40 seconds, WAV and MIDI, into `out`. `names` gets the
/// files' names, a line each, in `arena`.
KtStatus kt_play_themes(KtProduction *production, const KtThemeTable *table, const char *out, KtArena *arena,
                        const char **names, KtError *err);

/// A theme for two hands, `times` over and at most `bars` bars of it: a score for one piano.
KtStatus kt_theme_on_piano(const KtTheme *theme, int times, int bars, KtScore **score, KtError *err);

#endif
