// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int verb_words(const Arguments *arguments) {
  KtError err = {0};
  KtWords *words = NULL;
  if (kt_words_open(arguments->language, &words, &err)) {
    return say_error(&err);
  }
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, stdin)) >= 0) {
    while (length > 0 && strchr("\r\n", line[length - 1])) {
      line[--length] = '\0';
    }
    size_t size = (size_t)length + 400;
    char *out = malloc(size);
    if (!out) {
      break;
    }
    kt_words_line(words, line, out, size);
    puts(out);
    free(out);
  }
  free(line);
  kt_words_close(words);
  return EXIT_DONE;
}
