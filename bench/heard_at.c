// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// heard_at WAV SAMPLE...: for each audio frame the error in milliseconds of the attack heard nearest
// to it, "-" where none is.
#include "ear/onset.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: heard_at WAV SAMPLE...\n");
    return 2;
  }
  for (int i = 2; i < argc; ++i) {
    double error_ms = 0;
    bool found = false;
    KtError err = {0};
    if (kt_heard_onset(argv[1], strtoll(argv[i], NULL, 10), &error_ms, &found, &err)) {
      fprintf(stderr, "%s\n", err.message);
      return 1;
    }
    if (found) {
      printf("%.3f\n", error_ms);
    } else {
      printf("-\n");
    }
  }
  return 0;
}
