// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fft.h"

#include <fftw3.h>
#include <pthread.h>
#include <string.h>

// FFTW's planner is the one part of it that threads may not share.
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

KtStatus kt_fft_init(KtFft *fft, size_t size, KtError *err) {
  memset(fft, 0, sizeof(*fft));
  fft->size = size;
  pthread_mutex_lock(&planner);
  fft->real = fftwf_alloc_real(size);
  fftwf_complex *spectrum = fftwf_alloc_complex(size / 2 + 1);
  fft->spectrum = (float complex *)spectrum;
  if (fft->real && spectrum) {
    fft->forward = fftwf_plan_dft_r2c_1d((int)size, fft->real, spectrum, FFTW_ESTIMATE);
    fft->backward = fftwf_plan_dft_c2r_1d((int)size, spectrum, fft->real, FFTW_ESTIMATE);
  }
  pthread_mutex_unlock(&planner);
  if (!fft->forward || !fft->backward) {
    kt_fft_clear(fft);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  memset(fft->real, 0, size * sizeof(float));
  return KT_OK;
}

void kt_fft_forward(KtFft *fft) {
  fftwf_execute((fftwf_plan)fft->forward);
}

void kt_fft_backward(KtFft *fft) {
  fftwf_execute((fftwf_plan)fft->backward);
}

void kt_fft_clear(KtFft *fft) {
  pthread_mutex_lock(&planner);
  if (fft->forward) {
    fftwf_destroy_plan((fftwf_plan)fft->forward);
  }
  if (fft->backward) {
    fftwf_destroy_plan((fftwf_plan)fft->backward);
  }
  pthread_mutex_unlock(&planner);
  fftwf_free(fft->real);
  fftwf_free(fft->spectrum);
  memset(fft, 0, sizeof(*fft));
}
