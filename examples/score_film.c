// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// Score a film through the library: cc score_film.c $(pkg-config --cflags --libs kinothek)
#include <kinothek/kinothek.h>

#include <stdio.h>

static void on_progress(void *user, const char *stage, double fraction, double seconds_left) {
  (void)user;
  (void)seconds_left;
  fprintf(stderr, "\r%-8s %3.0f %%", stage, fraction * 100);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: score_film FILM FOLDER\n");
    return 2;
  }
  KtError err = {0};
  KtListener listener = {.progress = on_progress};
  KtProduction *production = NULL;
  KtScoreOptions options;
  kt_score_options_init(&options);
  options.film = argv[1];

  KtStatus status = kt_production_open(argv[2], &listener, &production, &err);
  if (!status) {
    status = kt_production_set(production, &options, &err);
  }
  if (!status) {
    status = kt_production_update(production, &err);
  }
  fprintf(stderr, "\n");
  if (status) {
    fprintf(stderr, "%s%s%s\n", err.file, err.file[0] ? ": " : "", err.message);
  } else {
    printf("%s\n", kt_production_file(production, "scored"));
  }
  kt_production_close(production);
  return status ? 1 : 0;
}
