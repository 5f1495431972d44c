// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static const struct {
  const char *key, *label;
} RESULTS[] = {{"scored", "scored film"}, {"mix", "mix"}, {"music", "music"}, {"report", "report"}, {"cue_sheet", "cue sheet"}};

static void print_results(const KtProduction *production, const Arguments *arguments, double seconds) {
  bool current = kt_production_was_current(production);
  if (arguments->json) {
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof(RESULTS) / sizeof(RESULTS[0]); ++i) {
      const char *path = kt_production_file(production, RESULTS[i].key);
      kt_json_set(object, RESULTS[i].key, path ? json_string(path) : json_null());
    }
    kt_json_set(object, "was_current", json_boolean(current));
    kt_json_set(object, "seconds", kt_json_number(seconds, 3));
    json_dumpf(object, stdout, JSON_INDENT(1));
    printf("\n");
    json_decref(object);
    return;
  }
  if (arguments->quiet) {
    return;
  }
  if (current) {
    printf("nothing changed; all is up to date\n");
  }
  for (size_t i = 0; i < sizeof(RESULTS) / sizeof(RESULTS[0]); ++i) {
    const char *path = kt_production_file(production, RESULTS[i].key);
    if (path) {
      printf("%-12s %s\n", RESULTS[i].label, path);
    }
  }
  printf("%-12s %.1f s\n", "took", seconds);
}

static int run(const char *folder, const KtScoreOptions *options, const Arguments *arguments) {
  double started = now_s();
  KtError err = {0};
  Teller teller;
  KtListener listener = teller_listener(&teller, arguments->quiet);
  KtProduction *production = NULL;
  KtStatus status = kt_production_open(folder, &listener, &production, &err);
  if (!status) {
    stop_on_signals(production);
    status = options ? kt_production_set(production, options, &err) : KT_OK;
  }
  if (!status) {
    status = kt_production_update(production, &err);
  }
  teller_end(&teller);
  if (!status) {
    print_results(production, arguments, now_s() - started);
  }
  stop_on_signals(NULL);
  kt_production_close(production);
  return status ? say_error(&err) : EXIT_DONE;
}

void default_folder(const char *film, char *folder, size_t size) {
  const char *name = kt_path_name(film);
  snprintf(folder, size, "%.*s.kinothek", (int)kt_path_title(name), name);
}

int verb_score(const Arguments *arguments) {
  KtScoreOptions options = arguments->score;
  options.film = arguments->positional[0];
  char folder[1024];
  default_folder(options.film, folder, sizeof(folder));
  KtError err = {0};
  const char *const inputs[] = {options.film, options.script, options.subtitles, options.brief,
                                options.edl, options.markers};
  for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); ++i) { // before a folder is made for nothing
    if (inputs[i] && kt_file_plain(inputs[i], &err)) {
      return say_error(&err);
    }
  }
  if (options.out && !options.out[0]) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "--out: name a folder");
    return say_error(&err);
  }
  return run(options.out ? options.out : folder, &options, arguments);
}

int verb_compose(const Arguments *arguments) {
  KtScoreOptions options = arguments->score;
  options.seconds = arguments->seconds ? arguments->seconds : 60;
  KtError err = {0};
  if (!options.mood || !options.mood[0]) {
    fprintf(stderr, "kinothek compose: what is missing is --mood TEXT; kinothek compose --help tells more\n");
    return EXIT_USAGE;
  }
  if (options.brief && kt_file_plain(options.brief, &err)) {
    return say_error(&err);
  }
  if (options.out && !options.out[0]) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "--out: name a folder");
    return say_error(&err);
  }
  return run(options.out ? options.out : "free-cue.kinothek", &options, arguments);
}

/// Captions begin with "WEBVTT" or have "-->" on one of their first lines.
static bool are_captions(const char *path) {
  char head[2048];
  FILE *file = fopen(path, "rb");
  size_t size = file ? fread(head, 1, sizeof(head), file) : 0;
  if (file) {
    fclose(file);
  }
  return (size >= 6 && !memcmp(head, "WEBVTT", 6)) || memmem(head, size, "-->", 3);
}

int verb_sketch(const Arguments *arguments) {
  KtScoreOptions options = arguments->score;
  const char *from = arguments->positional[0];
  options.sketch = true;
  char folder[1024];
  default_folder(from, folder, sizeof(folder));
  KtError err = {0};
  const char *const inputs[] = {from, options.script, options.subtitles, options.brief};
  for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); ++i) {
    if (inputs[i] && kt_file_plain(inputs[i], &err)) {
      return say_error(&err);
    }
  }
  const char **place = are_captions(from) ? &options.subtitles : &options.script;
  if (*place) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "%s and %s: give one script and one file of captions", from, *place);
    return say_error(&err);
  }
  *place = from;
  if (options.out && !options.out[0]) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "--out: name a folder");
    return say_error(&err);
  }
  return run(options.out ? options.out : folder, &options, arguments);
}

int verb_update(const Arguments *arguments) {
  KtError err = {0};
  char database[1100];
  snprintf(database, sizeof(database), "%s/production.db", arguments->positional[0]);
  FILE *probe = fopen(database, "rb");
  if (!probe) {
    kt_error_at(&err, KT_ERR_MISSING, arguments->positional[0], 0, 0,
                "is not a Kinothek production; kinothek score FILM makes one");
    return say_error(&err);
  }
  fclose(probe);
  return run(arguments->positional[0], NULL, arguments);
}
