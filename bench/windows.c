// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Prints what is measured of every step that might be a cut (c) and every window that might be a
// dissolve (d), for fit_shots.py: first and last picture, then the features. usage: windows FILM
#include "film/gradual.h"

#include <stdio.h>
#include <stdlib.h>

// The linker puts this in place of kt_shots_find(), which is the one to get the sights.
KtStatus __wrap_kt_shots_find(KtFilm *film, const KtSights *sights, KtError *err);
KtStatus __real_kt_shots_find(KtFilm *film, const KtSights *sights, KtError *err);

static void print(char kind, int from, int to, const float *features, int count) {
  printf("%c %d %d", kind, from, to);
  for (int i = 0; i < count; ++i) {
    printf(" %g", (double)features[i]);
  }
  printf("\n");
}

static void print_windows(const KtFilm *film, const KtSights *sights) {
  for (int at = 0; at < (int)sights->count; ++at) {
    for (int k = 0; k < KT_MIX_LENGTHS; ++k) {
      int from = 0, to = 0;
      float features[KT_DISSOLVE_FEATURES];
      if (kt_mix_window(sights, film->rate, at, k, &from, &to) &&
          kt_dissolve_features(sights, from, to, features)) {
        print('d', from + 1, to - 1, features, KT_DISSOLVE_FEATURES);
      }
    }
  }
}

static void print_steps(const KtSights *sights) {
  float *scores = calloc(sights->count, sizeof(float));
  for (size_t n = 1; scores && n < sights->count; ++n) {
    scores[n] = kt_step_score(&sights->items[n]);
  }
  for (size_t n = 1; scores && n < sights->count; ++n) {
    float features[KT_CUT_FEATURES];
    if (kt_cut_features(sights, scores, n, features)) {
      print('c', (int)n, (int)n, features, KT_CUT_FEATURES);
    }
  }
  free(scores);
}

KtStatus __wrap_kt_shots_find(KtFilm *film, const KtSights *sights, KtError *err) {
  print_windows(film, sights);
  print_steps(sights);
  return __real_kt_shots_find(film, sights, err);
}

int main(int count, char **arguments) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  KtFilmOptions options = {
      .path = count > 1 ? arguments[1] : "", .video_stream = -1, .drop_sound = true};
  KtFilm *film = NULL;
  KtError err = {0};
  KtStatus status = kt_film_look(&ctx, &options, &film, &err);
  if (status) {
    fprintf(stderr, "%s\n", err.message);
  }
  kt_film_free(film);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
