// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// kinothek themes: print them, hear them, ask for others, set one's own, lock them.
#include "cli/cli.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number(const json_t *object, const char *key) {
  return json_number_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void print_theme(const json_t *theme) {
  const json_t *scores = json_object_get(theme, "scores"), *statement;
  size_t i;
  printf("%s  %s%s\n", text_of(theme, "id"), text_of(theme, "subject"),
         json_is_true(json_object_get(theme, "locked")) ? "  (locked)" : "");
  if (scores) {
    printf("score %.2f: distinct %.2f, contour %.2f, singable %.2f, without harmony %.2f, fits its subject %.2f\n",
           number(theme, "score"), number(scores, "distinct"), number(scores, "contour"), number(scores, "singable"),
           number(scores, "alone"), number(scores, "fits"));
  }
  printf("%s\n", text_of(theme, "abc"));
  json_array_foreach(json_object_get(theme, "statements"), i, statement) {
    printf("  %s  %8.2f s  %-13s by %s\n", text_of(statement, "cue"), number(statement, "at_s"),
           text_of(statement, "transform"), text_of(statement, "track"));
  }
  if (i) {
    printf("\n");
  }
}

static void print_json(const json_t *root) {
  json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
  printf("\n");
}

/// What the production says of its themes: all of them, or the one that was changed; files; what to do next.
static void print_answer(const json_t *answer, const char *folder, const Arguments *arguments) {
  size_t i;
  const json_t *theme, *file;
  const char *changed = text_of(answer, "changed");
  if (arguments->json) {
    print_json(answer);
    return;
  }
  if (arguments->quiet) {
    return;
  }
  const json_t *files = json_object_get(answer, "files");
  json_array_foreach(json_object_get(answer, "themes"), i, theme) {
    if (!json_array_size(files) && (!changed[0] || !strcmp(changed, text_of(theme, "id")))) {
      print_theme(theme);
    }
  }
  json_array_foreach(files, i, file) {
    printf("%s\n", json_string_value(file));
  }
  if (json_is_true(json_object_get(answer, "waits"))) {
    printf("kinothek update %s scores the film with these themes\n", folder);
  }
}

typedef struct Wish {
  KtThemeAction action;
  const char *subject, *file;
  const KtScoreOptions *film; ///< a production is made of it first; NULL: it is there
} Wish;

static int act(const char *folder, const Wish *wish, const Arguments *arguments) {
  KtError err = {0};
  Teller teller;
  KtListener listener = teller_listener(&teller, arguments->quiet);
  KtProduction *production = NULL;
  char database[1100], *text = NULL;
  snprintf(database, sizeof(database), "%s/production.db", folder);
  if (!wish->film && !kt_file_exists(database)) {
    kt_error_at(&err, KT_ERR_MISSING, folder, 0, 0, "is not a Kinothek production; kinothek score FILM makes one");
    return say_error(&err);
  }
  KtStatus status = kt_production_open(folder, &listener, &production, &err);
  if (!status) {
    stop_on_signals(production);
    status = wish->film ? kt_production_set(production, wish->film, &err) : KT_OK;
  }
  status = status ? status
                  : kt_production_themes(production, wish->action, wish->subject, wish->file, &text, &err);
  teller_end(&teller);
  stop_on_signals(NULL);
  json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
  if (!status && answer) {
    print_answer(answer, folder, arguments);
  }
  json_decref(answer);
  free(text);
  kt_production_close(production);
  return status ? say_error(&err) : EXIT_DONE;
}

/// Whether the delivered report still tells of the themes as they are.
static bool is_told(const char *folder) {
  char path[1200];
  snprintf(path, sizeof(path), "%s/delivery/report.json", folder);
  if (!kt_file_exists(path)) {
    return false;
  }
  snprintf(path, sizeof(path), "%s/production.db", folder);
  KtProduction *production = NULL;
  bool waits = kt_file_exists(path) && !kt_production_open(folder, NULL, &production, NULL) &&
               kt_production_themes_wait(production);
  kt_production_close(production);
  return !waits;
}

static int print_delivered(const char *folder, const Arguments *arguments) {
  json_t *report = load_report(folder);
  if (!report) {
    return EXIT_FAILED;
  }
  json_t *themes = json_object_get(report, "themes");
  size_t i;
  const json_t *theme;
  if (arguments->json) {
    json_t *root = json_object();
    json_object_set(root, "themes", themes);
    print_json(root);
    json_decref(root);
  } else {
    json_array_foreach(themes, i, theme) {
      print_theme(theme);
    }
  }
  json_decref(report);
  return EXIT_DONE;
}

static int list_or_play(const char *place, const char *out, const Arguments *arguments) {
  KtError err = {0};
  Wish wish = {.action = out ? KT_THEMES_PLAY : KT_THEMES_LIST, .file = out};
  if (out && !out[0]) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "themes: name a folder to play into");
    return say_error(&err);
  }
  if (kt_file_exists(place) && !kt_dir_exists(place)) {
    KtScoreOptions options = arguments->score;
    options.film = place;
    char folder[1024];
    default_folder(place, folder, sizeof(folder));
    const char *const inputs[] = {options.film, options.script, options.subtitles, options.brief, options.edl,
                                  options.markers};
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); ++i) { // before a folder is made for nothing
      if (inputs[i] && kt_file_plain(inputs[i], &err)) {
        return say_error(&err);
      }
    }
    wish.film = &options;
    return act(options.out && options.out[0] ? options.out : folder, &wish, arguments);
  }
  return !out && is_told(place) ? print_delivered(place, arguments) : act(place, &wish, arguments);
}

static const struct {
  const char *word;
  KtThemeAction action;
  int words; ///< with the verb's own
} ACTIONS[] = {{"play", KT_THEMES_PLAY, 3},   {"again", KT_THEMES_AGAIN, 3}, {"set", KT_THEMES_SET, 4},
               {"lock", KT_THEMES_LOCK, 3}, {"free", KT_THEMES_FREE, 3}};

int verb_themes(const Arguments *arguments) {
  const char *const *words = arguments->positional;
  int count = arguments->positional_count;
  KtError err = {0};
  if (count == 1) {
    return list_or_play(words[0], arguments->play, arguments);
  }
  for (size_t i = 0; i < sizeof(ACTIONS) / sizeof(ACTIONS[0]) && !arguments->play; ++i) {
    if (strcmp(words[0], ACTIONS[i].word) != 0 || count != ACTIONS[i].words) {
      continue;
    }
    if (ACTIONS[i].action == KT_THEMES_PLAY) {
      return list_or_play(words[1], words[2], arguments);
    }
    Wish wish = {.action = ACTIONS[i].action, .subject = words[2], .file = count > 3 ? words[3] : NULL};
    return act(words[1], &wish, arguments);
  }
  kt_error_set(&err, KT_ERR_ARGUMENT,
               "themes: write themes DIR [--play OUT], themes play DIR OUT, themes again DIR SUBJECT, themes set DIR "
               "SUBJECT FILE, themes lock DIR SUBJECT or themes free DIR SUBJECT");
  return say_error(&err);
}
