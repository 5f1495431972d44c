// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_CONVOLVER_H
#define KT_MIX_CONVOLVER_H

#include "base/fft.h"

enum { KT_CONVOLVER_BLOCK = 8192 };

/// A stereo response cut into blocks and transformed; read-only, so threads may share it.
typedef struct KtResponse {
  size_t parts;
  float *real[2], *imaginary[2]; ///< per ear, parts x (block + 1) values
} KtResponse;

KtStatus kt_response_init(KtResponse *response, const float *left, const float *right,
                          size_t count, KtError *err);
void kt_response_clear(KtResponse *response);

/// Mono in, two ears out, by uniformly partitioned overlap-save (Stockham 1966; Gardner 1995), a
/// block at a time, no delay.
typedef struct KtConvolver {
  const KtResponse *response;
  KtFft fft;
  float *real, *imaginary;   ///< spectra of the last `parts` inputs, a ring
  float *sum_real, *sum_imaginary;
  float *last;               ///< the input block before
  size_t head;
  size_t alive;              ///< blocks until it has fallen silent
} KtConvolver;

KtStatus kt_convolver_init(KtConvolver *convolver, const KtResponse *response, KtError *err);
/// Adds the response to `in` (KT_CONVOLVER_BLOCK values) to interleaved `out`.
void kt_convolver_run(KtConvolver *convolver, const float *in, float *out);
void kt_convolver_clear(KtConvolver *convolver);

#endif
