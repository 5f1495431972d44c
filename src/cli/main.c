// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const Verb *verb_find(const char *name) {
  for (const Verb *verb = VERBS; verb->name; ++verb) {
    if (!strcmp(verb->name, name)) {
      return verb;
    }
  }
  return NULL;
}

static int run(int argc, char **argv) {
  const char *first = argc > 1 ? argv[1] : "--help";
  if (!strcmp(first, "--version")) {
    printf("kinothek %s\n", kt_version());
    return EXIT_DONE;
  }
  if (!strcmp(first, "--help") || !strcmp(first, "-h")) {
    int status = help_program();
    return argc > 1 ? status : EXIT_USAGE;
  }
  const Verb *verb = verb_find(first);
  if (!verb) {
    fprintf(stderr, "kinothek: there is no verb \"%s\"; kinothek --help lists them\n", first);
    return EXIT_USAGE;
  }
  Arguments arguments;
  int status = arguments_parse(verb, argc - 2, argv + 2, &arguments);
  if (status != EXIT_DONE) {
    return status;
  }
  if (arguments.help) {
    return help_verb(verb);
  }
  return verb->run(&arguments);
}

int main(int argc, char **argv) {
  setlocale(LC_CTYPE, "C.UTF-8"); // text only: numbers are written the same everywhere
  signal(SIGPIPE, SIG_IGN);
  memory_guard();
  int status = run(argc, argv);
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "kinothek: standard output cannot be written\n");
    return status ? status : EXIT_FAILED;
  }
  return status;
}
