// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_ONNX_H
#define KT_FILM_ONNX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A tensor of floats that is wanted from a model, by its name and shape. `shape` ends with 0 where
/// it has fewer than three sides.
typedef struct KtTensor {
  const char *name;
  int64_t shape[3];
  float *values;         ///< filled; room for all of them
  const uint8_t *found;  ///< where its bytes lie in the file (reader's own)
} KtTensor;

/// Reads from a model in the ONNX format (protocol buffers; only what is needed of it) the tensors
/// wanted. A model may hold several graphs within each other, with tensors of the same names: all
/// are taken from the first graph that has every one of them in the shape wanted. False, and
/// nothing read, where there is none.
bool kt_onnx_read(const uint8_t *bytes, size_t size, KtTensor *tensors, size_t count);

#endif
