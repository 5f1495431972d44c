// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/stoi.h"

#include "base/fft.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  FRAME = KT_STOI_RATE * 256 / 10000, // 25.6 ms
  STEP = KT_STOI_STEP,
  BANDS = 15,
  LENGTH = 30,                        // frames compared at once: 384 ms
};

static const double MOST = 1 + 5.623413251903491; // values over the clean ones by 15 dB are cut

struct KtStoi {
  size_t frames;
  float complex (*speech)[KT_STOI_BINS], (*music)[KT_STOI_BINS];
  float (*clean)[BANDS], (*heard)[BANDS]; // amplitudes
  int edges[BANDS + 1];
};

double kt_stoi_hz(int bin) {
  return (double)bin * KT_STOI_RATE / KT_STOI_SIZE;
}

static void transform(KtFft *fft, const float *samples, float complex spectrum[KT_STOI_BINS]) {
  memset(fft->real, 0, KT_STOI_SIZE * sizeof(float));
  for (int i = 0; i < FRAME; ++i) {
    fft->real[i] = samples[i] * (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 1) / (FRAME + 1)));
  }
  kt_fft_forward(fft);
  memcpy(spectrum, fft->spectrum, KT_STOI_BINS * sizeof(*spectrum));
}

/// Energy of a frame as it is windowed.
static double energy_of(const float *samples) {
  double sum = 0;
  for (int i = 0; i < FRAME; ++i) {
    double x = (double)samples[i] * (0.5 - 0.5 * cos(2 * M_PI * (i + 1) / (FRAME + 1)));
    sum += x * x;
  }
  return sum;
}

static void amplitudes(const KtStoi *stoi, const float complex *spectrum, float out[BANDS]) {
  for (int b = 0; b < BANDS; ++b) {
    double sum = 0;
    for (int k = stoi->edges[b]; k < stoi->edges[b + 1]; ++k) {
      double re = (double)crealf(spectrum[k]), im = (double)cimagf(spectrum[k]);
      sum += re * re + im * im;
    }
    out[b] = (float)sqrt(sum);
  }
}

static void take_frames(KtStoi *stoi, KtFft *fft, const float *speech, const float *music, size_t count) {
  double top = 0;
  for (size_t at = 0; at + FRAME < count; at += STEP) {
    top = fmax(top, energy_of(speech + at));
  }
  for (size_t at = 0; top > 0 && at + FRAME < count; at += STEP) {
    if (energy_of(speech + at) > 1e-4 * top) { // softer than the loudest by 40 dB, nothing is said
      transform(fft, speech + at, stoi->speech[stoi->frames]);
      transform(fft, music + at, stoi->music[stoi->frames]);
      amplitudes(stoi, stoi->speech[stoi->frames], stoi->clean[stoi->frames]);
      ++stoi->frames;
    }
  }
}

KtStatus kt_stoi_open(const float *speech, const float *music, size_t count, KtStoi **stoi, KtError *err) {
  *stoi = NULL;
  size_t most = count / STEP + 1;
  if (most < LENGTH) {
    return KT_OK;
  }
  KtFft fft = {0};
  KtStoi *made = calloc(1, sizeof(*made));
  KtStatus status = made ? kt_fft_init(&fft, KT_STOI_SIZE, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    made->speech = malloc(most * sizeof(*made->speech));
    made->music = malloc(most * sizeof(*made->music));
    made->clean = malloc(most * sizeof(*made->clean));
    made->heard = malloc(most * sizeof(*made->heard));
    bool there = made->speech && made->music && made->clean && made->heard;
    status = there ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (!status) {
    for (int b = 0; b <= BANDS; ++b) {
      made->edges[b] = (int)ceil(150 * pow(2, (b - 0.5) / 3) / kt_stoi_hz(1));
    }
    take_frames(made, &fft, speech, music, count);
  }
  if (fft.forward) {
    kt_fft_clear(&fft);
  }
  if (status || made->frames < LENGTH) {
    kt_stoi_close(made);
    return status;
  }
  *stoi = made;
  return KT_OK;
}

void kt_stoi_close(KtStoi *stoi) {
  if (stoi) {
    free(stoi->speech);
    free(stoi->music);
    free(stoi->clean);
    free(stoi->heard);
    free(stoi);
  }
}

/// How alike a band's course is over LENGTH frames: the correlation of the clean one with the other, brought to its
/// energy and cut.
static double alike(const KtStoi *stoi, size_t from, int band) {
  double x[LENGTH], y[LENGTH], clean = 0, heard = 0, mean_x = 0, mean_y = 0;
  for (int i = 0; i < LENGTH; ++i) {
    x[i] = (double)stoi->clean[from + (size_t)i][band];
    y[i] = (double)stoi->heard[from + (size_t)i][band];
    clean += x[i] * x[i];
    heard += y[i] * y[i];
  }
  double level = sqrt(clean) / (sqrt(heard) + 1e-12);
  for (int i = 0; i < LENGTH; ++i) {
    y[i] = fmin(y[i] * level, x[i] * MOST);
    mean_x += x[i] / LENGTH;
    mean_y += y[i] / LENGTH;
  }
  double both = 0, xx = 0, yy = 0;
  for (int i = 0; i < LENGTH; ++i) {
    both += (x[i] - mean_x) * (y[i] - mean_y);
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return both / (sqrt(xx * yy) + 1e-12);
}

double kt_stoi_fall(KtStoi *stoi, double gain, const float complex filter[KT_STOI_BINS]) {
  float complex both[KT_STOI_BINS];
  for (size_t f = 0; f < stoi->frames; ++f) {
    for (int k = 0; k < KT_STOI_BINS; ++k) { // by hand: the language's product looks for infinities
      float re = (float)gain * crealf(filter[k]), im = (float)gain * cimagf(filter[k]);
      float x = crealf(stoi->music[f][k]), y = cimagf(stoi->music[f][k]);
      both[k] = CMPLXF(crealf(stoi->speech[f][k]) + re * x - im * y, cimagf(stoi->speech[f][k]) + re * y + im * x);
    }
    amplitudes(stoi, both, stoi->heard[f]);
  }
  double sum = 0;
  size_t count = stoi->frames - LENGTH + 1;
  for (size_t from = 0; from < count; ++from) {
    for (int b = 0; b < BANDS; ++b) {
      sum += alike(stoi, from, b);
    }
  }
  return 1 - sum / (double)count / BANDS;
}
