// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/film_time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

KtFilmTime kt_film_time(double seconds) {
  return (KtFilmTime)llround(seconds * (double)KT_FLICKS_PER_SECOND);
}

static int64_t floor_div(int64_t a, int64_t b) {
  int64_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

int64_t kt_film_time_sample(KtFilmTime time) {
  return floor_div(time + KT_FLICKS_PER_SAMPLE / 2, KT_FLICKS_PER_SAMPLE);
}

double kt_rate_fps(KtRate rate) {
  return rate.den ? (double)rate.num / rate.den : 0.0;
}

KtFilmTime kt_frame_time(KtRate rate, int64_t frame) {
  __int128 flicks = (__int128)frame * rate.den * KT_FLICKS_PER_SECOND;
  __int128 q = flicks / rate.num;
  if (flicks % rate.num != 0 && flicks < 0) {
    --q;
  }
  return (KtFilmTime)q;
}

int64_t kt_time_frame(KtRate rate, KtFilmTime time) {
  __int128 num = (__int128)time * rate.num;
  __int128 den = (__int128)rate.den * KT_FLICKS_PER_SECOND;
  __int128 q = num / den;
  if (num % den != 0 && num < 0) {
    --q;
  }
  int64_t frame = (int64_t)q;
  return kt_frame_time(rate, frame + 1) <= time ? frame + 1 : frame;
}

static int64_t nominal_fps(KtRate rate) {
  return (rate.num + rate.den / 2) / rate.den;
}

void kt_timecode_print(const KtTimecode *tc, KtFilmTime time, char text[KT_TIMECODE_SIZE]) {
  int64_t fps = nominal_fps(tc->rate);
  int64_t frame = tc->start_frames + kt_time_frame(tc->rate, time);
  int64_t dropped = tc->drop ? fps / 15 : 0; // SMPTE ST 12-1: 2 of 30, 4 of 60
  int64_t per_ten = fps * 600 - dropped * 9;
  int64_t day = per_ten * 144;
  frame = ((frame % day) + day) % day;
  if (dropped) {
    int64_t tens = frame / per_ten;
    int64_t rest = frame % per_ten;
    int64_t per_minute = fps * 60 - dropped;
    frame += dropped * 9 * tens;
    if (rest >= fps * 60) {
      frame += dropped * (1 + (rest - fps * 60) / per_minute);
    }
  }
  snprintf(text, KT_TIMECODE_SIZE, "%02u:%02u:%02u%c%02u", (unsigned)(frame / (fps * 3600)) % 100U,
           (unsigned)(frame / (fps * 60) % 60) % 100U, (unsigned)(frame / fps % 60) % 100U, tc->drop ? ';' : ':',
           (unsigned)(frame % fps) % 100U);
}

KtStatus kt_timecode_parse(const KtTimecode *tc, const char *text, int64_t *frames, KtError *err) {
  unsigned h, m, s, f;
  char sep, tail;
  int64_t fps = nominal_fps(tc->rate);
  if (sscanf(text, "%2u:%2u:%2u%c%3u%c", &h, &m, &s, &sep, &f, &tail) != 5 ||
      !strchr(":;.", sep) || m > 59 || s > 59 || (int64_t)f >= fps) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "\"%.40s\" is not a timecode at %d frames a second; write HH:MM:SS:FF", text,
                        (int)fps);
  }
  int64_t dropped = tc->drop ? fps / 15 : 0;
  if (dropped && s == 0 && (int64_t)f < dropped && m % 10 != 0) {
    return kt_error_set(err, KT_ERR_FORMAT,
                        "\"%.40s\" does not exist in drop-frame timecode; the minute starts at ;%02d",
                        text, (int)dropped);
  }
  int64_t minutes = (int64_t)h * 60 + m;
  *frames = (minutes * 60 + s) * fps + f - dropped * (minutes - minutes / 10);
  return KT_OK;
}

KtStatus kt_timecode_time(const KtTimecode *tc, const char *text, KtFilmTime *time, KtError *err) {
  if (!strchr(text, ':')) {
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end == text || *end || !isfinite(seconds) || fabs(seconds) > 1e6) {
      return kt_error_set(err, KT_ERR_FORMAT,
                          "\"%.40s\" is neither a timecode HH:MM:SS:FF nor seconds", text);
    }
    *time = kt_film_time(seconds);
    return KT_OK;
  }
  int64_t frames = 0;
  KtStatus status = kt_timecode_parse(tc, text, &frames, err);
  if (!status) {
    *time = kt_frame_time(tc->rate, frames - tc->start_frames);
  }
  return status;
}
