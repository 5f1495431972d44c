// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "film/onnx.h"
#include "film/silero.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  float w[6], b[2];
  KtTensor tensors[] = {{"w", {2, 3}, w, NULL}, {"b", {2}, b, NULL}}; // as the corpus has them
  kt_onnx_read(data, size, tensors, 2);
  KtSileroWeights *weights = NULL;
  kt_silero_open(fuzz_file(data, size), &weights, NULL);
  kt_silero_close(weights);
  return 0;
}
