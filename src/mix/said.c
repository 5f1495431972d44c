// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/said.h"

#include "base/film_time.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  TAPS = 64,
  DOWN = KT_SAMPLE_RATE / KT_STOI_RATE,
  HOP = KT_HOP / DOWN,
};

size_t kt_said_length(const KtWords *words, size_t piece) {
  return (size_t)(words->pieces[piece].to - words->pieces[piece].from) * HOP;
}

/// Where a piece begins behind the first of all, in bytes.
static int64_t bytes_before(const KtWords *words, size_t piece) {
  return (int64_t)(words->pieces[piece].energy - words->energy) * HOP * (int64_t)sizeof(float);
}

KtStatus kt_said_open(const char *folder, const KtWords *words, KtSaid *said, KtError *err) {
  *said = (KtSaid){.file = -1, .words = words};
  const double cut = 5200.0 / KT_SAMPLE_RATE;
  for (int i = 0; i < TAPS; ++i) {
    double x = i - (TAPS - 1) / 2.0, window = 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / TAPS);
    said->taps[i] = (float)(window * sin(2 * M_PI * cut * x) / (M_PI * x));
  }
  if (!words->piece_count) {
    return KT_OK;
  }
  char path[4096];
  snprintf(path, sizeof(path), "%s/said", folder);
  said->file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (said->file < 0) {
    return kt_error_at(err, KT_ERR_IO, path, 0, 0, "cannot be written: %s", strerror(errno));
  }
  unlink(path); // it goes when it is closed
  return KT_OK;
}

void kt_said_close(KtSaid *said) {
  if (said->file >= 0) {
    close(said->file);
  }
  said->file = -1;
}

KtSaidTap kt_said_tap(KtSaid *said, int64_t from, int64_t to) {
  KtSaidTap tap = {.said = said, .next = from};
  const KtWords *words = said->words;
  while (tap.first < words->piece_count && words->pieces[tap.first].to * KT_HOP <= from) {
    ++tap.first;
  }
  tap.end = tap.first;
  while (tap.end < words->piece_count && words->pieces[tap.end].from * KT_HOP < to) {
    ++tap.end;
  }
  if (tap.end > tap.first) {
    size_t last = tap.end - 1;
    int64_t bytes = bytes_before(words, last) - bytes_before(words, tap.first) +
                    (int64_t)(kt_said_length(words, last) * sizeof(float));
    tap.place = atomic_fetch_add(&said->end, bytes);
  }
  return tap;
}

/// Samples [at, at + count) at KT_STOI_RATE into every piece that has them.
static bool put(const KtSaidTap *tap, int64_t at, const float *samples, int64_t count) {
  const KtWords *words = tap->said->words;
  for (size_t p = tap->first; p < tap->end; ++p) {
    int64_t from = words->pieces[p].from * HOP, to = words->pieces[p].to * HOP;
    int64_t a = at > from ? at : from, b = at + count < to ? at + count : to;
    if (a >= b) {
      continue;
    }
    int64_t place = tap->place + bytes_before(words, p) - bytes_before(words, tap->first) + (a - from) * (int64_t)sizeof(float);
    size_t bytes = (size_t)(b - a) * sizeof(float);
    if (pwrite(tap->said->file, samples + (a - at), bytes, place) != (ssize_t)bytes) {
      return false;
    }
  }
  return true;
}

/// Pieces that are over are not looked at again; whether one is near.
static bool is_near(KtSaidTap *tap, size_t frames, size_t *first) {
  const KtWords *words = tap->said->words;
  while (*first < tap->end && words->pieces[*first].to * KT_HOP + TAPS <= tap->next) {
    ++*first;
  }
  return *first < tap->end && words->pieces[*first].from * KT_HOP < tap->next + (int64_t)frames;
}

KtStatus kt_said_take(KtSaidTap *tap, const float *samples, size_t frames, int channels, KtError *err) {
  float mono[TAPS + KT_SAID_BLOCK], out[KT_SAID_BLOCK / DOWN + 1];
  size_t step = (size_t)channels, first = tap->first;
  memcpy(mono, tap->past, sizeof(tap->past));
  for (size_t i = 0; i < frames; ++i) {
    const float *frame = samples + i * step;
    mono[TAPS + i] = 0.5F * (frame[0] + frame[1]) + (channels > 2 ? (float)M_SQRT1_2 * frame[2] : 0);
  }
  memcpy(tap->past, mono + frames, sizeof(tap->past));
  bool good = true;
  if (tap->said->file >= 0 && is_near(tap, frames, &first)) {
    int64_t count = 0, begin = (tap->next + DOWN - 1) / DOWN;
    for (int64_t at = begin * DOWN; at < tap->next + (int64_t)frames; at += DOWN) {
      const float *from = mono + 1 + (at - tap->next);
      double sum = 0;
      for (int i = 0; i < TAPS; ++i) {
        sum += (double)(tap->said->taps[i] * from[i]);
      }
      out[count++] = (float)sum;
    }
    good = put(tap, begin, out, count);
  }
  tap->next += (int64_t)frames;
  return good ? KT_OK : kt_error_set(err, KT_ERR_IO, "the mix folder cannot be written: %s", strerror(errno));
}

bool kt_said_read(const KtSaid *said, int64_t place, size_t first, size_t piece, float *out) {
  const KtWords *words = said->words;
  size_t bytes = kt_said_length(words, piece) * sizeof(float);
  int64_t at = place + bytes_before(words, piece) - bytes_before(words, first);
  ssize_t got = said->file >= 0 ? pread(said->file, out, bytes, at) : -1;
  if (got < 0) {
    return false;
  }
  memset((char *)out + got, 0, bytes - (size_t)got);
  return true;
}
