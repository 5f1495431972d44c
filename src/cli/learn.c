// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

int verb_learn(const Arguments *arguments) {
  KtError err = {0};
  char *text = NULL;
  if (kt_learn_scores(arguments->positional[0], arguments->into, NULL, &text, &err)) {
    return say_error(&err);
  }
  fputs(text, stdout);
  free(text);
  return EXIT_DONE;
}
