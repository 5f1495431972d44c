// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "music/theme.h"

void kt_themes_free(KtThemes *themes) {
  if (themes) {
    kt_arena_free(themes->arena); // the value itself lives in its arena
  }
}

int kt_theme_pitch(const KtTheme *theme, const KtThemeNote *note) {
  return kt_key_pitch(theme->key, theme->tonic_midi, note->degree, note->alter);
}
