// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How long a script takes to be read and felt: bench_story SCRIPT (bench/make_script.py makes one).
#include "base/file.h"
#include "story/screenplay.h"
#include "story/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

enum { RUNS = 9 };

int main(int argc, char **argv) {
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1, .seed = 1};
  double read_ms[RUNS], felt_ms[RUNS], words_ms[RUNS], pages = 0;
  for (int i = 0; argc == 2 && i < RUNS; ++i) {
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    KtStory *story = NULL;
    KtLexicon *lexicon = NULL;
    KtError err = {0};
    double start = cpu_ms();
    if (kt_screenplay_read(arena, argv[1], &play, &err)) {
      fprintf(stderr, "%s\n", err.message);
      return 1;
    }
    read_ms[i] = cpu_ms() - start;
    pages = (double)(play.length / KT_PAGE_LINES);
    start = cpu_ms();
    if (kt_lexicon_load(&ctx, "en", &lexicon, &err)) {
      fprintf(stderr, "%s\n", err.message);
      return 1;
    }
    words_ms[i] = cpu_ms() - start;
    start = cpu_ms();
    if (kt_story_read_script(&ctx, argv[1], "en", &story, &err)) {
      fprintf(stderr, "%s\n", err.message);
      return 1;
    }
    felt_ms[i] = cpu_ms() - start;
    kt_story_free(story);
    kt_lexicon_free(lexicon);
    kt_arena_free(arena);
  }
  if (argc != 2) {
    fprintf(stderr, "usage: bench_story SCRIPT\n");
    return 2;
  }
  qsort(read_ms, RUNS, sizeof(double), by_value);
  qsort(felt_ms, RUNS, sizeof(double), by_value);
  qsort(words_ms, RUNS, sizeof(double), by_value);
  printf("script              %8.1f pages\n", pages);
  printf("read                %8.2f ms of one core (median of %d)\n", read_ms[RUNS / 2], RUNS);
  printf("read and felt       %8.2f ms, of which the lexicon loads in %.2f (wanted: below 100 in all)\n",
         felt_ms[RUNS / 2], words_ms[RUNS / 2]);
  return 0;
}
