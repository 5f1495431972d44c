// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/audio_file.h"
#include "base/film_time.h"
#include "render/texture_parts.h"

#include <math.h>
#include <stdlib.h>

enum { LONGEST_S = 60, MOST_CHANNELS = 8 };

void kt_recording_clear(KtRecording *recording) {
  free(recording->samples);
  *recording = (KtRecording){0};
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/// Loudness swing and colour: levels of whole tenths of a second, and energy of two bands.
static void listen(KtRecording *recording) {
  enum { TENTH = KT_SAMPLE_RATE / 10 };
  float levels[10 * LONGEST_S + 10];
  size_t count = 0;
  double low[2] = {0}, high[2] = {0}, body = 0, air = 0, tenth = 0;
  const double edges[] = {200, 1500, 3000, 8000};
  double rate[4];
  for (int e = 0; e < 4; ++e) {
    rate[e] = 1 - exp(-2 * M_PI * edges[e] / KT_SAMPLE_RATE);
  }
  for (int64_t i = 0; i < recording->frames; ++i) {
    double now = 0.5 * (double)(recording->samples[2 * i] + recording->samples[2 * i + 1]);
    low[0] += rate[0] * (now - low[0]);
    low[1] += rate[1] * (now - low[1]);
    high[0] += rate[2] * (now - high[0]);
    high[1] += rate[3] * (now - high[1]);
    body += (low[1] - low[0]) * (low[1] - low[0]);
    air += (high[1] - high[0]) * (high[1] - high[0]);
    tenth += now * now;
    if ((i + 1) % TENTH == 0 && count < sizeof(levels) / sizeof(levels[0])) {
      levels[count++] = (float)(10 * log10(tenth / TENTH + 1e-12));
      tenth = 0;
    }
  }
  qsort(levels, count, sizeof(levels[0]), by_value);
  recording->range_lu = count ? levels[count * 9 / 10] - levels[count / 10] : 0;
  recording->tilt_db = (float)(10 * log10((air + 1e-12) / (body + 1e-12)));
}

/// Single events (a crack of the fire, a wave that breaks) brought half-way to the whole, in decibels:
/// a bed must not burst.
static void even_out(KtRecording *recording) {
  const double pass = 1 - exp(-1 / (0.15 * KT_SAMPLE_RATE));
  double mean = 0, power = 0;
  for (int64_t i = 0; i < 2 * recording->frames; ++i) {
    mean += (double)recording->samples[i] * (double)recording->samples[i];
  }
  mean = mean / (double)recording->frames + 1e-12;
  power = mean;
  for (int64_t i = 0; i < recording->frames; ++i) {
    double left = (double)recording->samples[2 * i], right = (double)recording->samples[2 * i + 1];
    double now = left * left + right * right;
    power += pass * (now - power);
    // a crack is over before the slow measure has seen it: the sample itself counts too
    double gain = fmin(2, pow((fmax(power, 0.05 * now) + 1e-12) / mean, -0.25));
    recording->samples[2 * i] = (float)(gain * left);
    recording->samples[2 * i + 1] = (float)(gain * right);
  }
}

/// To 48 kHz and two channels; between samples on straight lines, which is enough for noise.
static KtStatus convert(const float *raw, int64_t got, int channels, int rate, KtRecording *recording,
                        KtError *err) {
  int64_t frames = got * KT_SAMPLE_RATE / rate - 1;
  recording->samples = calloc(2 * (size_t)frames, sizeof(float));
  if (!recording->samples) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  recording->frames = frames;
  for (int64_t i = 0; i < frames; ++i) {
    double from = (double)i * rate / KT_SAMPLE_RATE;
    int64_t whole = (int64_t)from, next = whole + 1 < got ? whole + 1 : whole;
    double share = from - (double)whole;
    for (int c = 0; c < 2; ++c) {
      int take = channels > 1 ? c : 0;
      double a = (double)raw[whole * channels + take], b = (double)raw[next * channels + take];
      double now = a + share * (b - a);
      recording->samples[2 * i + c] = isfinite(now) && fabs(now) < 1e4 ? (float)now : 0;
    }
  }
  return KT_OK;
}

KtStatus kt_recording_read(const char *path, KtRecording *recording, KtError *err) {
  KtAudioReader *reader = NULL;
  *recording = (KtRecording){0};
  KtStatus status = kt_audio_reader_open(path, &reader, err);
  if (status) {
    return status;
  }
  int channels = kt_audio_reader_channels(reader), rate = kt_audio_reader_rate(reader);
  if (channels < 1 || channels > MOST_CHANNELS || rate < 4000 || rate > 400000) {
    kt_audio_reader_close(reader);
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "is no recording of one to eight channels");
  }
  size_t most = (size_t)LONGEST_S * (size_t)rate, got = 0;
  float *raw = malloc(most * (size_t)channels * sizeof(float));
  status = raw ? kt_audio_read(reader, raw, most, &got, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  kt_audio_reader_close(reader);
  if (!status && got < (size_t)rate) {
    status = kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "is shorter than a second");
  }
  status = status ? status : convert(raw, (int64_t)got, channels, rate, recording, err);
  free(raw);
  if (!status) {
    listen(recording);
    even_out(recording);
  }
  return status;
}
