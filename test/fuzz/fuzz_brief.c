// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "spot/brief.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  KtBrief *brief = NULL;
  if (!kt_brief_load(fuzz_file(data, size), &brief, NULL)) {
    kt_brief_free(brief);
  }
  return 0;
}
