// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// kinothek spotting: print the sheet, hand it out, take it back.
#include "cli/cli.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static KtStatus open_production(const char *folder, const Arguments *arguments, Teller *teller,
                                KtListener *listener, KtProduction **production, KtError *err) {
  char database[1100];
  snprintf(database, sizeof(database), "%s/production.db", folder);
  *listener = teller_listener(teller, arguments->quiet);
  if (!kt_file_exists(database)) {
    return kt_error_at(err, KT_ERR_MISSING, folder, 0, 0,
                       "is not a Kinothek production; kinothek score FILM makes one");
  }
  return kt_production_open(folder, listener, production, err);
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text);
  size_t own = strlen(end);
  return length >= own && !strcasecmp(text + length - own, end);
}

/// Which form a file's name asks for.
static const char *form_of(const char *path) {
  return ends_with(path, "hits.csv")       ? "hits"
         : ends_with(path, "silences.csv") ? "silences"
         : ends_with(path, ".csv")         ? "cues"
                                           : "text";
}

static int export_sheet(const char *folder, const char *path, const Arguments *arguments) {
  KtError err = {0};
  Teller teller;
  KtListener listener;
  KtProduction *production = NULL;
  char *text = NULL;
  KtStatus status = open_production(folder, arguments, &teller, &listener, &production, &err);
  if (!status) {
    status = kt_production_export_sheet(production, path ? form_of(path) : "text", &text, &err);
  }
  if (!status && path) {
    status = kt_file_write(path, text, strlen(text), &err);
  } else if (!status) {
    fputs(text, stdout);
  }
  free(text);
  kt_production_close(production);
  return status ? say_error(&err) : EXIT_DONE;
}

static void print_taken(const char *told, const Arguments *arguments) {
  if (!arguments->json) {
    if (!arguments->quiet) {
      fputs(told, stdout);
    }
    return;
  }
  json_t *object = json_object();
  json_t *lines = json_array();
  for (const char *at = told; *at;) {
    size_t length = strcspn(at, "\n");
    json_array_append_new(lines, json_stringn(at, length));
    at += length + (at[length] == '\n');
  }
  json_object_set_new(object, "taken", lines);
  json_dumpf(object, stdout, JSON_INDENT(1));
  printf("\n");
  json_decref(object);
}

static int import_sheet(const char *folder, const char *path, const Arguments *arguments) {
  KtError err = {0};
  Teller teller;
  KtListener listener;
  KtProduction *production = NULL;
  char *told = NULL;
  KtStatus status = open_production(folder, arguments, &teller, &listener, &production, &err);
  if (!status && path) {
    status = kt_production_import_sheet(production, path, &told, &err);
  } else if (!status) {
    status = kt_production_reset_sheet(production, &err);
    told = strdup("nothing is set by hand any more\n");
  }
  if (!status) {
    print_taken(told ? told : "", arguments);
    if (!arguments->quiet && !arguments->json) {
      printf("kinothek update %s brings the score up to date\n", folder);
    }
  }
  free(told);
  kt_production_close(production);
  return status ? say_error(&err) : EXIT_DONE;
}

int verb_spotting(const Arguments *arguments) {
  const char *const *words = arguments->positional;
  int count = arguments->positional_count;
  KtError err = {0};
  if (count == 1 && !arguments->reset) {
    return print_spotting(words[0], arguments->json);
  }
  if (count >= 2 && !strcmp(words[0], "export") && !arguments->reset) {
    return export_sheet(words[1], count > 2 ? words[2] : NULL, arguments);
  }
  if (count >= 2 && !strcmp(words[0], "import") && (count == 3) != arguments->reset) {
    return import_sheet(words[1], count > 2 ? words[2] : NULL, arguments);
  }
  kt_error_set(&err, KT_ERR_ARGUMENT,
               "spotting: write spotting DIR, spotting export DIR [FILE], spotting import DIR FILE, or "
               "spotting import DIR --reset");
  return say_error(&err);
}
