// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Makes data/learned anew: learn_scores FOLDER OUT counts the orchestral movements of FOLDER (src/ear/learn.h) and
// writes windows.yaml, lines.yaml and voices.yaml.
#include "ear/learn.h"

#include <stdio.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "learn_scores FOLDER OUT\n");
    return 2;
  }
  KtLearned *learned = NULL;
  KtError err = {0};
  KtStatus status = kt_learned_new(&learned, &err);
  status = status ? status : kt_learned_add_folder(learned, argv[1], NULL, &err);
  if (!status) {
    char source[120];
    snprintf(source, sizeof(source), "%d orchestral movements of the OpenScore Orchestra (CC0) by tools/learn_scores",
             kt_learned_count(learned).scores);
    status = kt_learned_write(learned, argv[2], source, &err);
  }
  kt_learned_free(learned);
  if (status) {
    fprintf(stderr, "%s:%d %s\n", err.file, err.line, err.message);
  }
  return status ? 1 : 0;
}
