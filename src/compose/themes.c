// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The film's themes: composed, given by the brief, or as a person wants them.
#include "compose/themes_choose.h"
#include "compose/themes_file.h"

#include <string.h>
#include <strings.h>

enum { THEMES_MAX = 5 };

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory while composing themes");
}

/// The file the brief gives for a subject, NULL where it gives none.
static const char *given_file(const KtBrief *brief, const char *subject) {
  for (size_t i = 0; brief && i < brief->themes.count; ++i) {
    if (brief->themes.items[i].subject && !strcasecmp(brief->themes.items[i].subject, subject)) {
      return brief->themes.items[i].file;
    }
  }
  return NULL;
}

/// A theme somebody else wrote, or one that is to stay: used as it is.
static KtStatus take_as_is(KtThemes *themes, const KtDesk *desk, int subject, const KtThemeWish *wish,
                           KtError *err) {
  KtArena *arena = themes->arena;
  const KtSubject *who = &desk->story->subjects.items[subject];
  int number = (int)themes->items.count + 1;
  KtTheme *theme = kt_array_push(arena, &themes->items);
  if (!theme) {
    return no_memory(err);
  }
  KtStatus status = KT_OK;
  if (wish) {
    status = kt_theme_copy(arena, &wish->tune, theme) ? KT_OK : no_memory(err);
    theme->locked = wish->locked || wish->own;
  } else {
    status = kt_theme_read(arena, given_file(desk->brief, who->name), theme, err);
  }
  theme->id = kt_arena_format(arena, "T%d", number);
  theme->title = kt_arena_text(arena, who->name);
  theme->subject = subject;
  return status;
}

/// The wish whose tune a subject keeps, NULL where one is to be composed.
static const KtThemeWish *kept_tune(const KtTuneSession *session, const char *subject) {
  const KtThemeWish *wish = kt_theme_wish(session->wishes, subject);
  bool stays = wish && wish->has_tune && (wish->own || wish->locked || (wish->held && session->held));
  return stays ? wish : NULL;
}

/// Tunes the subject's own shall be unlike: those of other subjects that stay as they are.
static KtStatus gather_others(const KtTuneSession *session, const char *subject, KtThemes *others, KtError *err) {
  for (size_t i = 0; session->wishes && i < session->wishes->items.count; ++i) {
    const KtThemeWish *wish = &session->wishes->items.items[i];
    if (!strcasecmp(wish->subject, subject) || !kept_tune(session, wish->subject)) {
      continue;
    }
    KtTheme *theme = kt_array_push(session->scratch, &others->items);
    if (!theme) {
      return no_memory(err);
    }
    *theme = wish->tune;
  }
  return KT_OK;
}

/// The first proposal, or a later one: each is unlike those before it.
static KtStatus compose_theme(const KtTuneSession *session, int subject, int again, KtThemes *themes, KtError *err) {
  const KtSubject *who = &session->desk->story->subjects.items[subject];
  KtThemes others = {.arena = session->scratch};
  KtStatus status = gather_others(session, who->name, &others, err);
  for (int i = 0; i <= again && !status; ++i) {
    status = kt_tune_compose(session, subject, i, &others, themes, err);
    if (!status && i < again) {
      KtTheme *refused = kt_array_push(session->scratch, &others.items);
      if (!refused) {
        return no_memory(err);
      }
      *refused = themes->items.items[--themes->items.count];
    }
  }
  return status;
}

static KtStatus make_theme(const KtTuneSession *session, int subject, KtThemes *themes, KtError *err) {
  const char *name = session->desk->story->subjects.items[subject].name;
  const KtThemeWish *wish = kt_theme_wish(session->wishes, name), *kept = kept_tune(session, name);
  bool given = given_file(session->desk->brief, name) != NULL;
  if (kept || (given && !(wish && wish->again))) { // who asks for another after the brief wants another
    return take_as_is(themes, session->desk, subject, kept, err);
  }
  return compose_theme(session, subject, wish ? wish->again : 0, themes, err);
}

/// A brief that names nobody of the film is told, not obeyed.
static void warn_strangers(const KtDesk *desk) {
  for (size_t i = 0; desk->brief && i < desk->brief->themes.count; ++i) {
    const char *name = desk->brief->themes.items[i].subject;
    bool known = false;
    for (size_t k = 0; name && k < desk->story->subjects.count; ++k) {
      known = known || !strcasecmp(name, desk->story->subjects.items[k].name);
    }
    if (!known) {
      kt_warn(desk->ctx, "brief: nobody in the film is called %s; its theme is not used",
              name ? name : "(nothing)");
    }
  }
}

KtStatus kt_compose_themes_as(const KtDesk *desk, const KtThemeWishes *wishes, bool held,
                              KtThemes **themes, KtError *err) {
  *themes = NULL;
  KtArena *arena = kt_arena_new(), *scratch = kt_arena_new();
  KtThemes *made = arena ? KT_NEW(arena, KtThemes, 1) : NULL;
  KtTuneBook *book = NULL;
  KtStatus status = made && scratch ? kt_tune_book_load(desk->ctx, &book, err) : no_memory(err);
  KtTuneSession session = {book, desk, wishes, held, scratch};
  warn_strangers(desk);
  for (size_t i = 0; !status && i < desk->story->subjects.count; ++i) {
    made->arena = arena;
    const char *name = desk->story->subjects.items[i].name;
    if (given_file(desk->brief, name) || kt_theme_wish(wishes, name) || made->items.count < THEMES_MAX) {
      status = make_theme(&session, (int)i, made, err);
    }
    if (!status && kt_cancelled(desk->ctx)) {
      status = kt_error_cancelled(err);
    }
  }
  if (!status) {
    kt_tune_mark_all(book, desk, made);
  }
  kt_tune_book_free(book);
  kt_arena_free(scratch);
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  made->arena = arena;
  *themes = made;
  return KT_OK;
}

KtStatus kt_compose_themes(const KtDesk *desk, KtThemes **themes, KtError *err) {
  return kt_compose_themes_as(desk, NULL, false, themes, err);
}
