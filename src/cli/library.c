// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int verb_library(const Arguments *arguments) {
  const char *what = arguments->positional_count ? arguments->positional[0] : "list";
  const char *which = arguments->positional_count > 1 ? arguments->positional[1] : NULL;
  KtError err = {0};
  char *text = NULL;
  KtStatus status = KT_OK;
  if (!strcmp(what, "check")) {
    status = kt_check_library(which, arguments->json, &text, &err);
  } else if (!strcmp(what, "add") && which) {
    status = kt_add_library(which, &text, &err);
  } else if (!strcmp(what, "list") && !which) {
    status = kt_list_libraries(&text, &err);
  } else {
    fprintf(stderr, "kinothek library: list, check [NAME] or add FILE; kinothek library --help tells more\n");
    return EXIT_USAGE;
  }
  if (status) {
    return say_error(&err);
  }
  fputs(text, stdout);
  free(text);
  return EXIT_DONE;
}
