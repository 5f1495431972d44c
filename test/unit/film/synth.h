// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_FILM_SYNTH_H
#define TEST_FILM_SYNTH_H

// Small films made with the ffmpeg program in a folder that is gone afterwards.

#include "base/file.h"
#include "film/film.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int setup(void **state) {
  (void)state;
  snprintf(folder, sizeof(folder), "/tmp/kinothek-film-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  return kt_remove_tree(folder, NULL) ? -1 : 0;
}

static inline void path_of(char path[256], const char *name) {
  snprintf(path, 256, "%s/%s", folder, name);
}

/// Runs ffmpeg with `arguments`, the output file `name` behind them. Skips where there is none.
static inline void make(const char *name, const char *arguments) {
  char command[4096];
  if (system("command -v ffmpeg > /dev/null")) {
    skip();
  }
  snprintf(command, sizeof(command), "cd %s && MALLOC_PERTURB_= ffmpeg -nostdin -v error -y %s %s", folder,
           arguments, name);
  assert_int_equal(system(command), 0);
}

static inline KtStatus try_look(const char *name, KtFilmOptions options, KtFilm **film,
                                KtError *err) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
  static char path[512];
  snprintf(path, sizeof(path), name[0] == '/' ? "%.0s%s" : "%s/%s", folder, name);
  options.path = path;
  options.video_stream = options.video_stream ? options.video_stream : -1;
  *film = NULL;
  memset(err, 0, sizeof(*err));
  return kt_film_look(&ctx, &options, film, err);
}

static inline KtFilm *look_with(const char *name, KtFilmOptions options) {
  KtFilm *film = NULL;
  KtError err;
  if (try_look(name, options, &film, &err)) {
    fail_msg("%s: %s", name, err.message);
  }
  return film;
}

static inline KtFilm *look(const char *name) {
  return look_with(name, (KtFilmOptions){0});
}

static inline int count_moments(const KtFilm *film, KtMomentKind kind) {
  int count = 0;
  for (size_t i = 0; i < film->moments.count; ++i) {
    count += film->moments.items[i].kind == kind;
  }
  return count;
}

#define RUN(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define LOSSLESS      "-c:v ffv1 -pix_fmt yuv420p"

#endif
