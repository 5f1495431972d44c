// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Themes between a person and the store: heard, another asked for, their own taken, locked.
#include "production/themes.h"

#include "compose/themes_file.h"
#include "deliver/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

KtStatus kt_theme_wishes_load(KtProduction *production, KtArena *arena, KtThemeWishes *wishes, KtError *err) {
  const char *text = kt_store_get(production->store, arena, KT_THEMES_KEPT);
  *wishes = (KtThemeWishes){.arena = arena};
  return text ? kt_theme_wishes_read(arena, text, wishes, err) : KT_OK;
}

bool kt_theme_wishes_hold(KtProduction *production, const char *inputs) {
  KtArena *scratch = kt_arena_new();
  const char *then = scratch ? kt_store_get(production->store, scratch, KT_THEMES_KEPT_INPUTS) : NULL;
  bool hold = then && !strcmp(then, inputs);
  kt_arena_free(scratch);
  return hold;
}

/// What is asked, and what comes of it.
typedef struct Request {
  KtProduction *production;
  KtThemeAction action;
  const char *subject, *file;
  KtArena *arena;
  char *json;
  const char *names; ///< of files written
} Request;

/// A subject by its name or its theme's id; -1 where there is none.
static int find_subject(const KtThemeTable *table, const char *name) {
  const KtStory *story = table->desk->story;
  for (size_t i = 0; i < story->subjects.count; ++i) {
    if (!strcasecmp(story->subjects.items[i].name, name)) {
      return (int)i;
    }
  }
  for (size_t i = 0; i < table->themes->items.count; ++i) {
    if (!strcasecmp(table->themes->items.items[i].id, name)) {
      return table->themes->items.items[i].subject;
    }
  }
  return -1;
}

static const KtTheme *theme_of(const KtThemes *themes, int subject) {
  for (size_t i = 0; i < themes->items.count; ++i) {
    if (themes->items.items[i].subject == subject) {
      return &themes->items.items[i];
    }
  }
  return NULL;
}

static KtStatus unknown(const Request *request, const KtThemeTable *table, KtError *err) {
  const KtStory *story = table->desk->story;
  const char *names = "";
  for (size_t i = 0; i < story->subjects.count && i < 12; ++i) {
    const KtTheme *theme = theme_of(table->themes, (int)i);
    names = kt_arena_format(request->arena, "%s%s%.30s%s%s%s", names, i ? ", " : "", story->subjects.items[i].name,
                            theme ? " (" : "", theme ? theme->id : "", theme ? ")" : "");
  }
  return kt_error_set(err, KT_ERR_ARGUMENT, "themes: there is no subject \"%.60s\"; there are %s", request->subject,
                      names);
}

/// Every theme is held as it is, so that what is done to one leaves the others alone.
static KtStatus hold_all(const KtThemeTable *table, KtError *err) {
  KtThemeWishes *wishes = table->wishes;
  for (size_t i = 0; i < table->themes->items.count; ++i) {
    const KtTheme *theme = &table->themes->items.items[i];
    KtThemeWish *wish = kt_theme_wish_add(wishes, table->desk->story->subjects.items[theme->subject].name);
    if (!wish || !kt_theme_copy(wishes->arena, theme, &wish->tune)) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    }
    wish->has_tune = wish->held = true;
  }
  return KT_OK;
}

static KtStatus ask_again(const Request *request, KtThemeWish *wish, KtError *err) {
  if (wish->own || wish->locked) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "themes: the theme of %.60s is %s; kinothek themes free %s \"%.60s\" gives it back first",
                        wish->subject, wish->own ? "somebody's own" : "locked", request->production->folder,
                        wish->subject);
  }
  if (wish->again == KT_AGAIN_MOST) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "themes: %d were proposed for %.60s; write one and set it", KT_AGAIN_MOST + 1,
                        wish->subject);
  }
  ++wish->again;
  wish->has_tune = wish->held = false;
  return KT_OK;
}

static KtStatus take_own(const Request *request, const KtThemeTable *table, KtThemeWish *wish, KtError *err) {
  KtTheme tune = {0};
  if (wish->locked) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "themes: the theme of %.60s is locked; kinothek themes free %s \"%.60s\" gives it back first",
                        wish->subject, request->production->folder, wish->subject);
  }
  KtStatus status = kt_theme_read(table->wishes->arena, request->file, &tune, err);
  if (!status) {
    wish->tune = tune;
    wish->has_tune = wish->own = true;
    wish->locked = wish->held = false;
  }
  return status;
}

static KtStatus change(const Request *request, const KtThemeTable *table, int subject, KtError *err) {
  KtStatus status = hold_all(table, err);
  const char *name = table->desk->story->subjects.items[subject].name;
  KtThemeWish *wish = status ? NULL : kt_theme_wish_add(table->wishes, name);
  if (!wish) {
    return status ? status : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  switch (request->action) {
  case KT_THEMES_AGAIN:
    return ask_again(request, wish, err);
  case KT_THEMES_SET:
    return take_own(request, table, wish, err);
  case KT_THEMES_LOCK:
    if (!wish->has_tune) {
      return kt_error_set(err, KT_ERR_ARGUMENT, "themes: %.60s has no theme to lock; themes again or themes set gives one", name);
    }
    wish->locked = true;
    return KT_OK;
  default: // free
    wish->again = 0;
    wish->own = wish->locked = wish->held = wish->has_tune = false;
    return KT_OK;
  }
}

static KtStatus keep(const Request *request, const KtThemeTable *table, KtError *err) {
  KtStore *store = request->production->store;
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  if (!stream) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_theme_wishes_write(stream, table->wishes);
  KtStatus status = fclose(stream) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : kt_store_begin(store, err);
  if (!status) {
    status = kt_store_set(store, KT_THEMES_KEPT, text, err);
    status = status ? status : kt_store_set(store, KT_THEMES_KEPT_INPUTS, table->inputs, err);
    status = status ? status : kt_store_set(store, KT_THEMES_KEPT_WAIT, "yes", err);
    status = status ? status : kt_store_commit(store, err);
    if (status) {
      kt_store_rollback(store);
    }
  }
  free(text);
  return status;
}

/// The themes as the report has them, no statement yet.
static KtStatus describe(Request *request, const KtThemeTable *table, const KtThemes *themes, int subject,
                         KtError *err) {
  KtSpotting none = {.arena = request->arena};
  KtDelivery delivery = {.ctx = table->desk->ctx, .film = table->desk->film, .story = table->desk->story,
                         .brief = table->desk->brief, .spotting = &none, .themes = themes};
  json_t *root = json_object(), *files = json_array();
  kt_report_add_themes(root, &delivery, request->arena);
  const KtTheme *theme = subject < 0 ? NULL : theme_of(themes, subject);
  kt_json_set(root, "changed", theme ? json_string(theme->id) : json_null());
  kt_json_set(root, "waits",
              json_boolean(kt_store_get(request->production->store, request->arena, KT_THEMES_KEPT_WAIT) != NULL));
  for (const char *at = request->names; at && *at;) {
    size_t length = strcspn(at, "\n");
    json_array_append_new(files, json_stringn_nocheck(at, length));
    at += length + (at[length] == '\n');
  }
  kt_json_set(root, "files", files);
  return kt_report_dump(root, &request->json, err);
}

static KtStatus work_on(void *user, const KtThemeTable *table, KtError *err) {
  Request *request = user;
  KtThemes *made = NULL;
  int subject = -1;
  KtStatus status = KT_OK;
  if (request->action == KT_THEMES_PLAY) {
    status = kt_play_themes(request->production, table, request->file, request->arena, &request->names, err);
  } else if (request->action != KT_THEMES_LIST) {
    subject = find_subject(table, request->subject);
    status = subject < 0 ? unknown(request, table, err) : change(request, table, subject, err);
    status = status ? status : kt_compose_themes_as(table->desk, table->wishes, true, &made, err);
    status = status ? status : keep(request, table, err);
  }
  status = status ? status : describe(request, table, made ? made : table->themes, subject, err);
  kt_themes_free(made);
  return status;
}

/// What is kept and cannot be read is given back as a whole.
static KtStatus drop_damaged(KtProduction *production, KtArena *arena, KtError *err) {
  KtThemeWishes wishes;
  return kt_theme_wishes_load(production, arena, &wishes, NULL) == KT_ERR_FORMAT
             ? kt_store_set(production->store, KT_THEMES_KEPT, NULL, err)
             : KT_OK;
}

KtStatus kt_production_themes(KtProduction *production, KtThemeAction action, const char *subject,
                              const char *file, char **json, KtError *err) {
  *json = NULL;
  Request request = {.production = production, .action = action, .subject = subject, .file = file,
                     .arena = kt_arena_new()};
  KtStatus status = request.arena ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status && action == KT_THEMES_SET) {
    KtTheme tune = {0}; // before the film is looked at for nothing
    status = kt_theme_read(request.arena, file, &tune, err);
  }
  if (!status && action == KT_THEMES_FREE) {
    status = drop_damaged(production, request.arena, err);
  }
  status = status ? status : kt_pipeline_themes(production, work_on, &request, err);
  kt_arena_free(request.arena);
  *json = request.json;
  return status;
}

bool kt_production_themes_wait(KtProduction *production) {
  KtArena *scratch = kt_arena_new();
  bool wait = scratch && kt_store_get(production->store, scratch, KT_THEMES_KEPT_WAIT);
  kt_arena_free(scratch);
  return wait;
}
