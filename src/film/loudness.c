// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HUNDRED_MS = KT_SAMPLE_RATE / 10, MOST = 64, PHASES = 4, TAPS = 16 };

static double weight_of(enum AVChannel channel, int channels) {
  switch ((int)channel) {
  case AV_CHAN_LOW_FREQUENCY:
  case AV_CHAN_LOW_FREQUENCY_2:
    return 0.0;
  case AV_CHAN_BACK_LEFT:
  case AV_CHAN_BACK_RIGHT:
  case AV_CHAN_SIDE_LEFT:
  case AV_CHAN_SIDE_RIGHT:
    return channels > 2 ? 1.41 : 1.0;
  default:
    return 1.0;
  }
}

void kt_loudness_init(KtLoudness *loudness, const AVChannelLayout *layout) {
  memset(loudness, 0, sizeof(*loudness));
  loudness->channels = layout->nb_channels < MOST ? layout->nb_channels : MOST;
  for (int c = 0; c < loudness->channels; ++c) {
    loudness->weight[c] =
        weight_of(av_channel_layout_channel_from_index(layout, (unsigned)c), loudness->channels);
  }
  for (int p = 0; p < PHASES; ++p) { // a windowed sinc between the two middle samples
    double sum = 0;
    for (int t = 0; t < TAPS; ++t) {
      double x = t - (TAPS / 2 - 1) - p / (double)PHASES;
      double sinc = fabs(x) < 1e-9 ? 1.0 : sin(M_PI * x) / (M_PI * x);
      double hann = 0.5 + 0.5 * cos(M_PI * x / (TAPS / 2.0));
      loudness->taps[p][t] = (float)(sinc * hann);
      sum += sinc * hann;
    }
    for (int t = 0; t < TAPS; ++t) {
      loudness->taps[p][t] = (float)((double)loudness->taps[p][t] / sum);
    }
  }
}

void kt_loudness_clear(KtLoudness *loudness) {
  free(loudness->powers.items);
  memset(&loudness->powers, 0, sizeof(loudness->powers));
}

/// The two filters of BS.1770-4, tables 1 and 2, at 48 kHz (transposed direct form II).
static double k_weight(double state[4], double x) {
  double y = 1.53512485958697 * x + state[0];
  state[0] = -2.69169618940638 * x + 1.69065929318241 * y + state[1];
  state[1] = 1.19839281085285 * x - 0.73248077421585 * y;
  double z = y + state[2];
  state[2] = -2.0 * y + 1.99004745483398 * z + state[3];
  state[3] = y - 0.99007225036621 * z;
  return z;
}

/// True peak of one channel: four times as many samples, but only where they could be higher.
static void true_peak(KtLoudness *loudness, int channel, const float *samples, size_t frames) {
  float *history = loudness->history[channel];
  int stride = loudness->channels;
  for (size_t i = 0; i < frames; ++i) {
    memmove(history, history + 1, (TAPS - 1) * sizeof(float));
    history[TAPS - 1] = samples[i * (size_t)stride + (size_t)channel];
    float near = fmaxf(fabsf(history[TAPS / 2 - 1]), fabsf(history[TAPS / 2]));
    loudness->peak = fmax(loudness->peak, (double)near);
    if ((double)near * 2.0 < loudness->peak) {
      continue; // between two samples this small nothing that high is to be expected
    }
    for (int p = 1; p < PHASES; ++p) {
      float sum = 0;
      for (int t = 0; t < TAPS; ++t) {
        sum += history[t] * loudness->taps[p][t];
      }
      loudness->peak = fmax(loudness->peak, fabs((double)sum));
    }
  }
}

void kt_loudness_add(KtLoudness *loudness, const float *samples, size_t frames) {
  for (int c = 0; c < loudness->channels; ++c) {
    true_peak(loudness, c, samples, frames);
  }
  size_t channels = (size_t)loudness->channels;
  for (size_t i = 0; i < frames; ++i) {
    for (size_t c = 0; c < channels; ++c) {
      if (loudness->weight[c] > 0) {
        double y = k_weight(loudness->state[c], (double)samples[i * channels + c]);
        loudness->power += loudness->weight[c] * y * y;
      }
    }
    if (++loudness->filled == HUNDRED_MS) {
      loudness->failed |= !kt_series_push(&loudness->powers, (float)(loudness->power / HUNDRED_MS));
      loudness->power = 0;
      loudness->filled = 0;
      for (size_t c = 0; c < channels; ++c) {
        for (int k = 0; k < 4; ++k) { // no denormal numbers in silence
          loudness->state[c][k] = fabs(loudness->state[c][k]) < 1e-30 ? 0 : loudness->state[c][k];
        }
      }
    }
  }
}

static double lufs(double power) {
  return power > 1e-12 ? -0.691 + 10.0 * log10(power) : -HUGE_VAL;
}

static double mean(const KtSeries *powers, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = from; i < to; ++i) {
    sum += i >= 0 && i < (int64_t)powers->count ? (double)powers->items[i] : 0.0;
  }
  return to > from ? sum / (double)(to - from) : 0;
}

/// Gated as in BS.1770-4, over the blocks that `counts` lets through.
static double gated(const KtSeries *powers, const bool *counts) {
  double threshold = -70.0, result = -HUGE_VAL;
  for (int pass = 0; pass < 2; ++pass) {
    double sum = 0;
    size_t blocks = 0;
    for (size_t i = 0; i + 4 <= powers->count; ++i) {
      double power = mean(powers, (int64_t)i, (int64_t)i + 4);
      if ((!counts || counts[i]) && lufs(power) > threshold) {
        sum += power;
        ++blocks;
      }
    }
    result = blocks ? lufs(sum / (double)blocks) : -HUGE_VAL;
    threshold = fmax(threshold, result - 10.0);
  }
  return result;
}

void kt_loudness_finish(KtLoudness *loudness, KtFilm *film) {
  if (loudness->filled) { // the rest counts as if silence followed
    loudness->failed |= !kt_series_push(&loudness->powers, (float)(loudness->power / HUNDRED_MS));
    loudness->filled = 0;
  }
  const KtSeries *powers = &loudness->powers;
  for (size_t i = 0; i < powers->count; ++i) {
    KtLoudnessPoint *point = kt_array_push(film->arena, &film->loudness);
    if (!point) {
      return;
    }
    int64_t at = (int64_t)i;
    point->momentary_lufs = (float)lufs(mean(powers, at - 2, at + 2));
    point->short_term_lufs = (float)lufs(mean(powers, at - 15, at + 15));
  }
  film->integrated_lufs = gated(powers, NULL);
  film->true_peak_dbtp = loudness->peak > 0 ? 20.0 * log10(loudness->peak) : -HUGE_VAL;
}

void kt_loudness_dialogue(KtFilm *film, const KtSeries *powers) {
  film->dialogue_lufs = -HUGE_VAL;
  bool *counts = powers->count ? calloc(powers->count, sizeof(bool)) : NULL;
  if (!counts) {
    return;
  }
  for (size_t i = 0; i < powers->count; ++i) { // blocks whose middle is in speech
    KtFilmTime middle = kt_film_time(0.1 * (double)i + 0.2);
    counts[i] = kt_film_speech_at(film, middle, middle + 1);
  }
  film->dialogue_lufs = gated(powers, counts);
  free(counts);
}
