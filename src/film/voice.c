// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>
#include <string.h>

enum { SHAPE = 24, SHORTEST_LAG = 110, LONGEST_LAG = 640 }; // 75..436 Hz

static float band(const float *power, double from_hz, double to_hz) {
  int first = (int)(from_hz * KT_VOICE_WINDOW / KT_SAMPLE_RATE);
  int last = (int)(to_hz * KT_VOICE_WINDOW / KT_SAMPLE_RATE);
  float sum = 0;
  for (int i = first; i <= last; ++i) {
    sum += power[i];
  }
  return sum;
}

/// Pitch by the normalised autocorrelation of what lies between 80 and 1500 Hz, corrected for the
/// window's own (Boersma 1993).
static void pitch(KtHear *hear, const float *power, KtVoice *voice) {
  KtFft *fft = &hear->lag_fft;
  int last = 1500 * KT_VOICE_WINDOW / KT_SAMPLE_RATE;
  for (int i = 0; i <= KT_VOICE_WINDOW / 2; ++i) {
    fft->spectrum[i] = i >= 3 && i <= last ? power[i] : 0.0F;
  }
  kt_fft_backward(fft);
  float zero = fft->real[0];
  voice->voicing = 0;
  if (zero <= 1e-9F) {
    return;
  }
  int best = 0;
  float height = 0;
  for (int lag = SHORTEST_LAG; lag <= LONGEST_LAG; ++lag) {
    float r = fft->real[lag];
    if (r > fft->real[lag - 1] && r >= fft->real[lag + 1]) {
      // 1 - lag/size to first order undoes the taper of a Hann window and of the overlap
      float corrected = r / zero / (1.0F - 0.75F * (float)lag / KT_VOICE_WINDOW * 2.0F);
      if (corrected > height * 1.05F) { // the shorter of two equal lags
        height = corrected;
        best = lag;
      }
    }
  }
  voice->voicing = fminf(1.0F, height);
  voice->pitch_hz = best ? (float)KT_SAMPLE_RATE / (float)best : 0.0F;
}

void kt_voice_step(KtHear *hear) {
  KtFft *fft = &hear->voice_fft;
  const float *samples = hear->ring + KT_MUSIC_WINDOW - KT_VOICE_WINDOW;
  for (int i = 0; i < KT_VOICE_WINDOW; ++i) {
    fft->real[i] = samples[i] * hear->voice_window[i];
  }
  kt_fft_forward(fft);
  static const float scale = 1.0F / (KT_VOICE_WINDOW * (KT_VOICE_WINDOW / 4.0F));
  float power[KT_VOICE_WINDOW / 2 + 1];
  for (int i = 0; i <= KT_VOICE_WINDOW / 2; ++i) {
    float re = crealf(fft->spectrum[i]), im = cimagf(fft->spectrum[i]);
    power[i] = (re * re + im * im) * scale;
  }
  KtVoice *voice = &hear->voices[hear->voice_count++];
  memset(voice, 0, sizeof(*voice));
  float words = band(power, 200, 4000);
  voice->level_db = 10.0F * log10f(words + 1e-10F);
  voice->tilt_db =
      10.0F * log10f((band(power, 3000, 8000) + 1e-11F) / (band(power, 200, 1500) + 1e-11F));
  float shape[SHAPE], mean = 0, spread = 0, flux = 0;
  for (int i = 0; i < SHAPE; ++i) { // bands a sixth of an octave wide from 250 Hz to 4 kHz
    double from = 250.0 * pow(2.0, i / 6.0);
    shape[i] = 10.0F * log10f(band(power, from, from * 1.1225) + 1e-11F);
    mean += shape[i] / SHAPE;
  }
  for (int i = 0; i < SHAPE; ++i) {
    float above = shape[i] - mean;
    spread += above * above / SHAPE;
    flux += fabsf(above - hear->shape[i]) / SHAPE;
    hear->shape[i] = above;
  }
  voice->formants = sqrtf(spread);
  voice->flux = flux;
  pitch(hear, power, voice);
}
