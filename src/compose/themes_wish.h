// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_COMPOSE_THEMES_WISH_H
#define KT_COMPOSE_THEMES_WISH_H

#include "compose/compose.h"

#include <stdio.h>

/// What a person decided about one subject's theme.
typedef struct KtThemeWish {
  const char *subject;
  int again;      ///< how often another one was asked for, 0..KT_AGAIN_MOST
  bool own;       ///< a person wrote it
  bool locked;    ///< stays as it is, whatever changes
  bool held;      ///< stays while the film, the script, the brief are the same
  bool has_tune;
  KtTheme tune;   ///< where it has one: all but id, title and subject
} KtThemeWish;

enum { KT_AGAIN_MOST = 99 };

typedef struct KtThemeWishes {
  KtArena *arena;
  KT_ARRAY(KtThemeWish) items;
} KtThemeWishes;

/// The wish about a subject (letter case aside), NULL where there is none.
KtThemeWish *kt_theme_wish(const KtThemeWishes *wishes, const char *subject);
/// The same, made where there is none; NULL when memory is out.
KtThemeWish *kt_theme_wish_add(KtThemeWishes *wishes, const char *subject);
/// A copy of a theme in another arena.
bool kt_theme_copy(KtArena *arena, const KtTheme *from, KtTheme *to);

/// As text and back, to the note: what is kept in a production. KT_ERR_FORMAT with the line.
void kt_theme_wishes_write(FILE *stream, const KtThemeWishes *wishes);
KtStatus kt_theme_wishes_read(KtArena *arena, const char *text, KtThemeWishes *wishes, KtError *err);

/// kt_compose_themes() that obeys what was decided; `held` is whether tunes merely held still hold.
/// Subjects with a tune keep it, the others' are composed to be unlike it. `wishes` NULL: none.
KtStatus kt_compose_themes_as(const KtDesk *desk, const KtThemeWishes *wishes, bool held, KtThemes **themes,
                              KtError *err);

#endif
