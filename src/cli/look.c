// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include "base/error.h"
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

static void print_movement(const json_t *root) {
  static const char *const lists[] = {"gestures", "camera"};
  size_t i;
  const json_t *item;
  for (size_t k = 0; k < 2; ++k) {
    printf("\n%s:\n", lists[k]);
    json_array_foreach(json_object_get(root, lists[k]), i, item) {
      printf("  %10.3f - %10.3f s  %-11s %5.0f deg  %6.2f  %.2f\n", number(item, "start_s"), number(item, "end_s"),
             text_of(item, "kind"), number(item, "direction_deg"),
             number(item, k ? "amount" : "travel"), number(item, "strength"));
    }
  }
  printf("\npace:\n");
  json_array_foreach(json_object_get(root, "pace"), i, item) {
    if (i % 10 == 0) {
      printf("  %6zu s  %5.1f cuts a minute  motion %.2f  pace %.2f\n", i, number(item, "cuts_per_minute"),
             number(item, "motion"), number(item, "pace"));
    }
  }
}

static void print_markers(const json_t *root) {
  size_t i;
  const json_t *item, *markers = json_object_get(root, "markers");
  if (json_array_size(markers)) {
    printf("\nmarkers:\n");
  }
  json_array_foreach(markers, i, item) {
    printf("  %10.3f s  %-10s %s\n", number(item, "at_s"), text_of(item, "colour"), text_of(item, "name"));
  }
}

static void print_film(const json_t *root) {
  const json_t *film = json_object_get(root, "film");
  printf("%s\n%s frames a second, %d frames, %.3f s, from %s\n", text_of(film, "path"),
         text_of(film, "frame_rate"), (int)number(film, "frames"), number(film, "duration_s"),
         text_of(film, "start_timecode"));
  size_t i;
  const json_t *item;
  printf("\nshots: %zu\n", json_array_size(json_object_get(root, "shots")));
  json_array_foreach(json_object_get(root, "shots"), i, item) {
    printf("%4zu  %10.3f - %10.3f s  scene %2d  %-10s %.2f  %s\n", i + 1, number(item, "start_s"),
           number(item, "end_s"), (int)number(item, "scene") + 1, text_of(item, "transition"),
           number(item, "confidence"), text_of(item, "name"));
  }
  print_markers(root);
  static const char *const spans[] = {"speech", "music"};
  for (size_t k = 0; k < 2; ++k) {
    printf("\n%s:\n", spans[k]);
    json_array_foreach(json_object_get(root, spans[k]), i, item) {
      printf("  %10.3f - %10.3f s\n", number(item, "start_s"), number(item, "end_s"));
    }
  }
  printf("\nmoments:\n");
  json_array_foreach(json_object_get(root, "moments"), i, item) {
    printf("  %10.3f s  %-10s %.2f\n", number(item, "at_s"), text_of(item, "kind"), number(item, "strength"));
  }
  print_movement(root);
}

static void print_story(const json_t *root) {
  size_t i;
  const json_t *item;
  printf("scenes:\n");
  json_array_foreach(json_object_get(root, "scenes"), i, item) {
    printf("%4zu  %9.2f - %9.2f s  %s\n", i + 1, number(item, "start_s"), number(item, "end_s"), text_of(item, "heading"));
  }
  printf("\ncharacters:\n");
  json_array_foreach(json_object_get(root, "characters"), i, item) {
    printf("  %-20s weight %.2f  lines %d  %s\n", text_of(item, "name"), number(item, "weight"),
           (int)number(item, "lines"), text_of(item, "rhythm"));
  }
  printf("\nturns:\n");
  json_array_foreach(json_object_get(root, "turns"), i, item) {
    printf("  %9.2f s  %-9s %.2f  %s\n", number(item, "at_s"), text_of(item, "kind"), number(item, "weight"), text_of(item, "label"));
  }
  printf("\nsubjects:\n");
  json_array_foreach(json_object_get(root, "subjects"), i, item) {
    printf("  %-20s weight %.2f  %-9s %s\n", text_of(item, "name"), number(item, "weight"),
           text_of(item, "kind"), text_of(item, "rhythm"));
  }
  printf("\nlines:\n");
  json_array_foreach(json_object_get(root, "lines"), i, item) {
    printf("  %9.2f s  %s: %s\n", number(item, "start_s"), text_of(item, "character"), text_of(item, "text"));
  }
}

static int print_json(char *text, const Arguments *arguments, void (*plain)(const json_t *root)) {
  if (arguments->json) {
    puts(text);
  } else {
    json_t *root = json_loads(text, 0, NULL);
    if (root) {
      plain(root);
    }
    json_decref(root);
  }
  free(text);
  return EXIT_DONE;
}

int verb_look(const Arguments *arguments) {
  KtError err = {0};
  Teller teller;
  KtListener listener = teller_listener(&teller, arguments->quiet || arguments->json);
  KtScoreOptions options = arguments->score;
  options.film = arguments->positional[0];
  char *text = NULL, folder[1024];
  default_folder(options.film, folder, sizeof(folder));
  const char *out = options.out ? options.out : arguments->json ? NULL : folder;
  if (out && !out[0]) {
    kt_error_set(&err, KT_ERR_ARGUMENT, "--out: name a folder");
    return say_error(&err);
  }
  KtStatus status = kt_look_page(&options, out, &listener, &text, &err);
  teller_end(&teller);
  if (status) {
    return say_error(&err);
  }
  int done = print_json(text, arguments, print_film);
  if (out && !arguments->json && !arguments->quiet) {
    printf("\npage: %s/film.html\n", out);
  }
  return done;
}

int verb_story(const Arguments *arguments) {
  KtError err = {0};
  Teller teller;
  KtListener listener = teller_listener(&teller, arguments->quiet || arguments->json);
  KtScoreOptions options = arguments->score;
  options.script = arguments->positional[0];
  char folder[1024];
  default_folder(options.script, folder, sizeof(folder));
  options.out = options.out ? options.out : folder;
  char *text = NULL;
  KtStatus status = kt_read_story(&options, &listener, &text, &err);
  teller_end(&teller);
  if (!status && !arguments->json && !arguments->quiet) {
    fprintf(stderr, "story page: %s/story.html\n", options.out);
  }
  return status ? say_error(&err) : print_json(text, arguments, print_story);
}
