// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// How well a script finds its film: lines and scenes against times that are known, for scripts
/// with a share of their lines dropped, added, reworded or swapped. Three made films, and the
/// talkie where KINOTHEK_FILMS names the films (its scenes are held against where the whole script
/// puts them).
#include "../test/unit/story/align_films.h"

#include <time.h>

/// Errors of all lines of TIMES spoilt scripts together.
static void row(const char *name, const Truth *truth, Spoil spoil, int percent) {
  enum { TIMES = 10 };
  Errors errors = {0};
  Truth *spoilt = calloc(1, sizeof(*spoilt));
  for (unsigned seed = 1; spoilt && seed <= TIMES; ++seed) {
    spoil_script(truth, spoilt, spoil, percent, seed * 77);
    add_errors(spoilt, &errors);
  }
  free(spoilt);
  Measured m = measure_errors(&errors);
  printf("%-22s %-9s %3d %%   line %6.2f s  (nine tenths %6.2f s)   scene %5.2f shots (%6.2f)\n",
         name, spoil_names[spoil], percent, m.line_s, m.line_p90_s, m.scene_shots,
         m.scene_p90_shots);
}

static void table(const char *name, const Truth *truth) {
  static const int percents[] = {10, 20, 40};
  row(name, truth, SPOIL_NONE, 0);
  for (int spoil = SPOIL_DROP; spoil < SPOIL_COUNT; ++spoil) {
    for (int i = 0; i < 3; ++i) {
      row(name, truth, (Spoil)spoil, percents[i]);
    }
  }
}

/// Processor time to read a script of 120 pages and feel it.
static void feature(void) {
  char path[] = "/tmp/kinothek-feature-XXXXXX";
  int file = mkstemp(path);
  FILE *out = file >= 0 ? fdopen(file, "w") : NULL;
  for (int i = 0; out && i < 900; ++i) {
    if (i % 9 == 0) {
      fprintf(out, "INT. PLACE %d - %s\n\n", i / 9 % 37, i % 2 ? "DAY" : "NIGHT");
    }
    fprintf(out,
            "She runs through the dark hall and the old door slams behind her. Nobody follows.\n\n"
            "%s\nI never wanted you to leave, but it is not safe to stay here tonight.\n\n",
            i % 3 ? i % 3 == 1 ? "PAUL" : "MIRA" : "ANNA");
  }
  if (!out || fclose(out)) {
    return;
  }
  KtContext ctx = test_context();
  KtStory *story = NULL;
  clock_t start = clock();
  KtStatus status = kt_story_read_script(&ctx, path, "en", &story, NULL);
  double ms = 1000.0 * (double)(clock() - start) / CLOCKS_PER_SEC;
  unlink(path);
  if (!status) {
    printf("script of %.0f pages read and felt in %.0f ms (wanted: below 100)\n",
           kt_seconds(story->arc.items[story->arc.count - 1].at) / 60, ms);
  }
  kt_story_free(story);
}

int main(void) {
  feature();
  Truth *truth = calloc(1, sizeof(*truth));
  if (!truth) {
    return 1;
  }
  for (unsigned seed = 1; seed <= 2; ++seed) {
    char name[40];
    make_truth(truth, seed);
    snprintf(name, sizeof(name), "made %u, captions", seed);
    table(name, truth);
    truth->film->captions.count = 0;
    snprintf(name, sizeof(name), "made %u, speech", seed);
    table(name, truth);
    kt_film_free(truth->film);
  }
  take_talkie(truth);
  if (truth->film) {
    table("talkie, captions", truth);
    kt_film_free(truth->film);
  }
  take_talkie_unread(truth);
  if (truth->film) {
    table("talkie, speech", truth);
    kt_film_free(truth->film);
  }
  const char *const captions[] = {"tears_of_steel.vtt", "elephants_dream.vtt"};
  for (int i = 0; i < 2; ++i) {
    take_captions(truth, captions[i]);
    if (truth->film) {
      table(captions[i], truth);
      kt_film_free(truth->film);
    }
  }
  free(truth);
  return 0;
}
