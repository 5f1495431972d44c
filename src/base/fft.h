// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_FFT_H
#define KT_BASE_FFT_H

#include "base/error.h"

#include <complex.h>
#include <stddef.h>

/// A real transform of one size (FFTW, single precision, planned by estimate so that every run is
/// the same). Its two buffers are aligned and owned by it; one thread at a time.
typedef struct KtFft {
  size_t size;
  float *real;             ///< size values
  float complex *spectrum; ///< size / 2 + 1 values
  void *forward, *backward;
} KtFft;

KtStatus kt_fft_init(KtFft *fft, size_t size, KtError *err);
void kt_fft_forward(KtFft *fft);  ///< real to spectrum
void kt_fft_backward(KtFft *fft); ///< spectrum to real, times size (not normalised); destroys spectrum
void kt_fft_clear(KtFft *fft);

#endif
