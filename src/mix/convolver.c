// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/convolver.h"

#include "base/vectors.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KT_CONVOLVER_BLOCK, BINS = BLOCK + 1 };

static void split(const float complex *from, float *restrict real, float *restrict imaginary) {
  for (size_t k = 0; k < BINS; ++k) {
    real[k] = crealf(from[k]);
    imaginary[k] = cimagf(from[k]);
  }
}

KT_WIDE static void multiply_add(const float *restrict ar, const float *restrict ai,
                              const float *restrict br, const float *restrict bi,
                              float *restrict sr, float *restrict si) {
  for (size_t k = 0; k < BINS; ++k) {
    sr[k] += ar[k] * br[k] - ai[k] * bi[k];
    si[k] += ar[k] * bi[k] + ai[k] * br[k];
  }
}

KtStatus kt_response_init(KtResponse *response, const float *left, const float *right,
                          size_t count, KtError *err) {
  KtFft fft;
  const float *ears[2] = {left, right};
  memset(response, 0, sizeof(*response));
  response->parts = (count + BLOCK - 1) / BLOCK;
  KtStatus status = kt_fft_init(&fft, 2 * (size_t)BLOCK, err);
  if (status) {
    return status;
  }
  for (int ear = 0; ear < 2; ++ear) {
    response->real[ear] = calloc(response->parts * BINS, sizeof(float));
    response->imaginary[ear] = calloc(response->parts * BINS, sizeof(float));
    for (size_t p = 0; p < response->parts && response->real[ear] && response->imaginary[ear];
         ++p) {
      size_t left_over = count - p * BLOCK;
      memset(fft.real, 0, 2 * (size_t)BLOCK * sizeof(float));
      memcpy(fft.real, ears[ear] + p * BLOCK,
             (left_over < BLOCK ? left_over : BLOCK) * sizeof(float));
      kt_fft_forward(&fft);
      split(fft.spectrum, response->real[ear] + p * BINS, response->imaginary[ear] + p * BINS);
    }
  }
  kt_fft_clear(&fft);
  if (!response->real[0] || !response->real[1] || !response->imaginary[0] ||
      !response->imaginary[1]) {
    kt_response_clear(response);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return KT_OK;
}

void kt_response_clear(KtResponse *response) {
  for (int ear = 0; ear < 2; ++ear) {
    free(response->real[ear]);
    free(response->imaginary[ear]);
  }
  memset(response, 0, sizeof(*response));
}

KtStatus kt_convolver_init(KtConvolver *convolver, const KtResponse *response, KtError *err) {
  memset(convolver, 0, sizeof(*convolver));
  KtStatus status = kt_fft_init(&convolver->fft, 2 * (size_t)BLOCK, err);
  if (status) {
    return status;
  }
  convolver->response = response;
  convolver->real = calloc(response->parts * BINS, sizeof(float));
  convolver->imaginary = calloc(response->parts * BINS, sizeof(float));
  convolver->sum_real = calloc(BINS, sizeof(float));
  convolver->sum_imaginary = calloc(BINS, sizeof(float));
  convolver->last = calloc(BLOCK, sizeof(float));
  if (!convolver->real || !convolver->imaginary || !convolver->sum_real ||
      !convolver->sum_imaginary || !convolver->last) {
    kt_convolver_clear(convolver);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return KT_OK;
}

void kt_convolver_clear(KtConvolver *convolver) {
  if (convolver->fft.forward) {
    kt_fft_clear(&convolver->fft);
  }
  free(convolver->real);
  free(convolver->imaginary);
  free(convolver->sum_real);
  free(convolver->sum_imaginary);
  free(convolver->last);
  memset(convolver, 0, sizeof(*convolver));
}

static bool silent(const float *in) {
  for (size_t i = 0; i < BLOCK; ++i) {
    if (in[i] != 0) {
      return false;
    }
  }
  return true;
}

static void one_ear(KtConvolver *convolver, int ear, float *out) {
  const KtResponse *response = convolver->response;
  size_t parts = response->parts;
  memset(convolver->sum_real, 0, BINS * sizeof(float));
  memset(convolver->sum_imaginary, 0, BINS * sizeof(float));
  for (size_t p = 0; p < parts; ++p) {
    size_t at = (convolver->head + parts - p) % parts * BINS;
    multiply_add(convolver->real + at, convolver->imaginary + at, response->real[ear] + p * BINS,
                 response->imaginary[ear] + p * BINS, convolver->sum_real,
                 convolver->sum_imaginary);
  }
  float *spectrum = (float *)convolver->fft.spectrum;
  for (size_t k = 0; k < BINS; ++k) {
    spectrum[2 * k] = convolver->sum_real[k];
    spectrum[2 * k + 1] = convolver->sum_imaginary[k];
  }
  kt_fft_backward(&convolver->fft);
  const float *kept = convolver->fft.real + BLOCK;
  for (size_t i = 0; i < BLOCK; ++i) {
    out[2 * i + (size_t)ear] += kept[i] * (1.0F / (2 * BLOCK));
  }
}

void kt_convolver_run(KtConvolver *convolver, const float *in, float *out) {
  size_t parts = convolver->response->parts;
  if (!silent(in)) {
    convolver->alive = parts + 1;
  } else if (!convolver->alive) {
    return;
  } else {
    --convolver->alive;
  }
  convolver->head = (convolver->head + 1) % parts;
  memcpy(convolver->fft.real, convolver->last, BLOCK * sizeof(float));
  memcpy(convolver->fft.real + BLOCK, in, BLOCK * sizeof(float));
  memcpy(convolver->last, in, BLOCK * sizeof(float));
  kt_fft_forward(&convolver->fft);
  split(convolver->fft.spectrum, convolver->real + convolver->head * BINS,
        convolver->imaginary + convolver->head * BINS);
  one_ear(convolver, 0, out);
  one_ear(convolver, 1, out);
}
