// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_FILM_TIME_H
#define KT_BASE_FILM_TIME_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Film time in flicks: 1/705 600 000 s, from the first picture. Every frame of the usual rates
/// and every sample at 44.1, 48, 88.2 and 96 kHz is a whole number of them.
typedef int64_t KtFilmTime;

#define KT_FLICKS_PER_SECOND INT64_C(705600000)
#define KT_FLICKS_PER_SAMPLE INT64_C(14700) ///< at 48 kHz
#define KT_SAMPLE_RATE       48000

static inline double kt_seconds(KtFilmTime time) {
  return (double)time / (double)KT_FLICKS_PER_SECOND;
}
KtFilmTime kt_film_time(double seconds); ///< rounded to the nearest flick

/// 48 kHz sample at or nearest to `time`.
int64_t kt_film_time_sample(KtFilmTime time);
static inline KtFilmTime kt_sample_film_time(int64_t sample) {
  return sample * KT_FLICKS_PER_SAMPLE;
}

/// A frame rate as a fraction, frames a second.
typedef struct KtRate {
  int num;
  int den;
} KtRate;

double kt_rate_fps(KtRate rate);
/// Start of frame `frame` at a constant rate, exact for the usual rates.
KtFilmTime kt_frame_time(KtRate rate, int64_t frame);
/// The frame on screen at `time` at a constant rate (rounded down; negative before the picture).
int64_t kt_time_frame(KtRate rate, KtFilmTime time);

/// Timecode: a way to print film time at a rate, from a start.
typedef struct KtTimecode {
  KtRate rate;
  bool drop;            ///< only with 30000/1001 and 60000/1001
  int64_t start_frames; ///< frame count that the film's first picture carries
} KtTimecode;

enum { KT_TIMECODE_SIZE = 16 };
/// "HH:MM:SS:FF" (";FF" in drop-frame) of `time`, the frame rounded down, modulo 24 h.
void kt_timecode_print(const KtTimecode *tc, KtFilmTime time, char text[KT_TIMECODE_SIZE]);
/// Frame count of "HH:MM:SS:FF"; KT_ERR_FORMAT on a text or number that does not exist.
KtStatus kt_timecode_parse(const KtTimecode *tc, const char *text, int64_t *frames, KtError *err);
/// Film time of "HH:MM:SS:FF", or of plain seconds ("12.5").
KtStatus kt_timecode_time(const KtTimecode *tc, const char *text, KtFilmTime *time, KtError *err);

#endif
