// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Film sound at 48 kHz becomes 16 kHz by a windowed sinc and goes to Silero VAD in blocks of 32 ms.
#define CUTOFF_HZ 7400.0
enum { THIRD = KT_SAMPLE_RATE / KT_SILERO_RATE, MIDDLE = KT_LISTEN_TAPS / 2 };

void kt_listen_init(KtListen *listen, KtSileroWeights *weights) {
  memset(listen, 0, sizeof(*listen));
  listen->weights = weights;
  listen->early = MIDDLE / THIRD; // outputs before the filter's middle stands on the first sample
  double sum = 0;
  for (int i = 0; i < KT_LISTEN_TAPS; ++i) {
    double x = i - MIDDLE, w = 2 * M_PI * (i + 1) / (KT_LISTEN_TAPS + 1);
    double sinc = x ? sin(2 * M_PI * CUTOFF_HZ / KT_SAMPLE_RATE * x) / (M_PI * x)
                    : 2 * CUTOFF_HZ / KT_SAMPLE_RATE;
    double blackman = 0.42 - 0.5 * cos(w) + 0.08 * cos(2 * w);
    listen->taps[i] = (float)(sinc * blackman);
    sum += sinc * blackman;
  }
  for (int i = 0; i < KT_LISTEN_TAPS; ++i) {
    listen->taps[i] = (float)((double)listen->taps[i] / sum);
  }
}

static bool block(KtListen *listen) {
  float p = kt_silero_block(listen->weights, &listen->silero, listen->samples);
  listen->filled = 0;
  return kt_series_push(&listen->odds, logf((p + 1e-4F) / (1.0F - p + 1e-4F)));
}

static bool sample(KtListen *listen, const float *middle) {
  if (listen->early) {
    --listen->early;
    return true;
  }
  float sum = 0;
  for (int i = 0; i < KT_LISTEN_TAPS; ++i) {
    sum += middle[i] * listen->taps[i];
  }
  listen->samples[listen->filled++] = sum;
  return listen->filled < KT_SILERO_BLOCK || block(listen);
}

bool kt_listen_step(KtListen *listen, const float *mono) {
  if (!listen->weights) {
    return true;
  }
  bool ok = true;
  memcpy(listen->line + KT_LISTEN_TAPS, mono, KT_STEP * sizeof(float));
  for (int i = 0; i < KT_STEP && ok; i += THIRD) { // the newest sample heard is line[TAPS + i]
    ok = sample(listen, listen->line + i + 1);
  }
  memmove(listen->line, listen->line + KT_STEP, KT_LISTEN_TAPS * sizeof(float));
  return ok;
}

bool kt_listen_finish(KtListen *listen) {
  if (!listen->weights || !listen->filled) {
    return true;
  }
  memset(listen->samples + listen->filled, 0,
         (size_t)(KT_SILERO_BLOCK - listen->filled) * sizeof(float));
  return block(listen);
}

void kt_listen_clear(KtListen *listen) {
  kt_silero_close(listen->weights);
  free(listen->odds.items);
  memset(listen, 0, sizeof(*listen));
}
