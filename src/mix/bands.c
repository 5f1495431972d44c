// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/bands.h"

#include "base/film_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 8192 };

double kt_band_hz(int band) {
  return 150.0 * pow(2.0, (double)(band - KT_SPEECH_BAND) / 3.0);
}

double kt_band_weight(int band) {
  // The two filters of BS.1770-4 at 48 kHz, tables 1 and 2.
  double w = 2.0 * M_PI * kt_band_hz(band) / KT_SAMPLE_RATE;
  double complex z = CMPLX(cos(w), -sin(w));
  double complex shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z * z) /
                         (1.0 - 1.69065929318241 * z + 0.73248077421585 * z * z);
  double complex high = (1.0 - 2.0 * z + z * z) / (1.0 - 1.99004745483398 * z + 0.99007225036621 * z * z);
  double gain = cabs(shelf * high);
  return gain * gain;
}

/// Energy that a Hann window of 25.6 ms shows `hz` away from a tone, 1 at the tone itself.
static double shown(double hz) {
  double x = hz * 0.0256;
  if (fabs(x) < 1e-6) {
    return 1;
  }
  double amplitude = fabs(fabs(x) - 1) < 1e-6 ? 0.5 : sin(M_PI * x) / (M_PI * x) / (1 - x * x);
  return amplitude * amplitude;
}

void kt_band_spread(KtBandSpread *spread) {
  enum { TONES = 5, BINS = 512 };
  const double bin_hz = 10000.0 / 512; // of the measure's own transform
  const double whole = 1.5 / 0.0256 / bin_hz; // sum of shown() over all bins
  for (int from = 0; from < KT_BANDS; ++from) {
    for (int to = 0; to < KT_SPEECH_BANDS; ++to) {
      double low = kt_band_hz(KT_SPEECH_BAND + to) * pow(2.0, -1.0 / 6.0), high = low * pow(2.0, 1.0 / 3.0);
      double sum = 0;
      for (int t = 0; t < TONES; ++t) {
        double tone = kt_band_hz(from) * pow(2.0, ((double)t - 2) / 15.0);
        for (int k = (int)ceil(low / bin_hz); k < BINS / 2 && k * bin_hz < high; ++k) {
          sum += shown(k * bin_hz - tone);
        }
      }
      spread->of[to][from] = sum / TONES / whole;
    }
  }
}

KtStatus kt_band_meter_init(KtBandMeter *meter, KtError *err) {
  memset(meter, 0, sizeof(*meter));
  KtStatus status = kt_fft_init(&meter->fft, SIZE, err);
  if (status) {
    return status;
  }
  meter->window = malloc(KT_HOP * sizeof(float));
  meter->mono = malloc(KT_HOP * sizeof(float));
  if (!meter->window || !meter->mono) {
    kt_band_meter_clear(meter);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (int i = 0; i < KT_HOP; ++i) {
    meter->window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * (i + 0.5) / KT_HOP));
  }
  return KT_OK;
}

size_t kt_band_meter_take(KtBandMeter *meter, const float *samples, size_t frames, int channels) {
  size_t step = (size_t)channels, now = KT_HOP - meter->filled;
  now = now < frames ? now : frames;
  for (size_t i = 0; i < now; ++i) {
    const float *frame = samples + i * step;
    float centre = channels > 2 ? (float)M_SQRT1_2 * frame[2] : 0;
    meter->mono[meter->filled + i] = 0.5F * (frame[0] + frame[1]) + centre;
  }
  meter->filled += now;
  return now;
}

bool kt_band_meter_hop(KtBandMeter *meter, float energy[KT_BANDS]) {
  if (meter->filled < KT_HOP) {
    return false;
  }
  meter->filled = 0;
  memset(meter->fft.real, 0, SIZE * sizeof(float));
  for (size_t i = 0; i < KT_HOP; ++i) {
    meter->fft.real[i] = meter->mono[i] * meter->window[i];
  }
  kt_fft_forward(&meter->fft);
  size_t bin = 1;
  for (int band = 0; band < KT_BANDS; ++band) {
    double edge = kt_band_hz(band) * pow(2.0, 1.0 / 6.0) * SIZE / KT_SAMPLE_RATE, sum = 0;
    size_t end = band == KT_BANDS - 1 ? SIZE / 2 + 1 : (size_t)ceil(edge);
    for (; bin < end; ++bin) {
      float real = crealf(meter->fft.spectrum[bin]), imaginary = cimagf(meter->fft.spectrum[bin]);
      sum += (double)(real * real + imaginary * imaginary);
    }
    energy[band] = (float)sum;
  }
  return true;
}

void kt_band_meter_clear(KtBandMeter *meter) {
  if (meter->fft.forward) {
    kt_fft_clear(&meter->fft);
  }
  free(meter->window);
  free(meter->mono);
  memset(meter, 0, sizeof(*meter));
}
