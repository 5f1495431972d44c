// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "ear/midi_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  KtReadScore *score = NULL;
  kt_midi_parse("fuzz.mid", (const char *)data, size, &score, NULL);
  kt_read_score_free(score);
  return 0;
}
