// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FPS 1000.0

static const KtRate usual[] = {
    {24, 1}, {25, 1}, {30, 1}, {24000, 1001}, {30000, 1001}, {50, 1}, {60, 1}, {60000, 1001},
    {48, 1}, {12, 1}, {15, 1}, {16, 1},       {18, 1},       {20, 1}, {10, 1}, {120, 1}};
enum { USUAL = sizeof(usual) / sizeof(*usual) };

static const AVStream *picture_stream(const KtPass *pass) {
  return pass->format->streams[pass->film->video_stream];
}

static KtFilmTime time_of(const KtPass *pass, size_t index) {
  kt_sights_rest(&pass->sights, index);
  AVRational base = picture_stream(pass)->time_base;
  return kt_media_time(pass->sights.items[index].pts - pass->sights.items[0].pts, base);
}

/// Do all pictures lie where a constant rate puts them, but for the container's rounding?
static bool fits(const KtPass *pass, KtRate rate) {
  AVRational base = picture_stream(pass)->time_base;
  double slack_s = fmax(1.05 * av_q2d(base), 1e-6);
  if (slack_s * kt_rate_fps(rate) > 0.25) {
    return false; // too coarse a clock to tell
  }
  KtFilmTime slack = kt_film_time(slack_s);
  for (size_t i = 1; i < pass->sights.count; ++i) {
    if (llabs(time_of(pass, i) - kt_frame_time(rate, (int64_t)i)) > slack) {
      return false;
    }
  }
  return true;
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static KtFilmTime median_interval(const KtPass *pass) {
  size_t count = pass->sights.count - 1;
  int64_t *intervals = count ? malloc(count * sizeof(*intervals)) : NULL;
  if (!intervals) {
    return KT_FLICKS_PER_SECOND / 24;
  }
  for (size_t i = 0; i < count; ++i) {
    intervals[i] = time_of(pass, i + 1) - time_of(pass, i);
  }
  qsort(intervals, count, sizeof(*intervals), by_size);
  KtFilmTime middle = intervals[count / 2];
  free(intervals);
  return middle > 0 ? middle : 1;
}

static KtRate nearest_usual(double fps) {
  KtRate best = usual[0];
  for (size_t i = 1; i < USUAL; ++i) {
    if (fabs(log(kt_rate_fps(usual[i]) / fps)) < fabs(log(kt_rate_fps(best) / fps))) {
      best = usual[i];
    }
  }
  if (fabs(log(kt_rate_fps(best) / fps)) > 0.08) { // a camera of its own
    long whole = lround(fmin(fps, MOST_FPS));
    return (KtRate){whole > 0 ? (int32_t)whole : 1, 1};
  }
  return best;
}

/// The usual rate that a container means when it says nearly that: 19001/317 is 60000/1001.
static KtRate meant(KtRate rate) {
  for (size_t i = 0; i < USUAL; ++i) {
    if (fabs(log(kt_rate_fps(usual[i]) / kt_rate_fps(rate))) < 2e-4) {
      return usual[i];
    }
  }
  return rate;
}

static bool sane(AVRational rate) {
  return rate.num > 0 && rate.den > 0 && av_q2d(rate) >= 1.0 && av_q2d(rate) <= MOST_FPS;
}

static void find_rate(KtPass *pass) {
  KtFilm *film = pass->film;
  const AVStream *stream = picture_stream(pass);
  const AVRational named[2] = {stream->avg_frame_rate, stream->r_frame_rate};
  if (film->preview) { // too few pictures to tell: the file's word is taken
    film->rate = sane(named[0])   ? meant((KtRate){named[0].num, named[0].den})
                 : sane(named[1]) ? meant((KtRate){named[1].num, named[1].den})
                                  : usual[1];
    return;
  }
  for (int i = 0; i < 2; ++i) {
    KtRate rate = meant((KtRate){named[i].num, named[i].den});
    if (sane(named[i]) && fits(pass, rate)) {
      film->rate = rate;
      return;
    }
  }
  for (size_t i = 0; i < USUAL; ++i) {
    if (fits(pass, usual[i])) {
      film->rate = usual[i];
      return;
    }
  }
  film->variable_rate = true;
  film->rate = nearest_usual(1.0 / kt_seconds(median_interval(pass)));
}

static KtStatus place_frames(KtPass *pass, KtError *err) {
  KtFilm *film = pass->film;
  size_t count = pass->sights.count;
  KtFrame *frames = KT_NEW(film->arena, KtFrame, count);
  if (!frames) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  film->frames.items = frames;
  film->frames.count = film->frames.capacity = count;
  for (size_t i = 0; i < count; ++i) {
    frames[i].time = film->variable_rate ? time_of(pass, i) : kt_frame_time(film->rate, (int64_t)i);
    if (film->preview) { // on the grid, as all pictures together would be
      int64_t number = llround(kt_seconds(time_of(pass, i)) * kt_rate_fps(film->rate));
      frames[i].time = kt_frame_time(film->rate, number);
    }
  }
  KtFilmTime end = kt_frame_time(film->rate, (int64_t)count);
  if (film->variable_rate) {
    AVRational base = picture_stream(pass)->time_base;
    KtFilmTime last = kt_media_time(pass->last_duration, base);
    KtFilmTime usual_step = kt_frame_time(film->rate, 1);
    end = frames[count - 1].time + (last > 0 && last < 4 * usual_step ? last : usual_step);
  }
  if (film->preview) {
    end = pass->picture_end - film->picture_start;
  }
  KtFilmTime heard = pass->sound_ready  ? kt_sample_film_time(pass->sound.given)
                     : pass->hear_ready ? kt_sample_film_time(pass->hear.heard + pass->hear.filled)
                                        : 0;
  film->duration = heard > end ? heard : end;
  return KT_OK;
}

/// What containers without a length in time tell: AVI's header counts pictures, a transport stream
/// is whole packets.
static bool ends_amid(const KtPass *pass) {
  const AVFormatContext *format = pass->format;
  const char *name = format->iformat->name;
  if (!strcmp(name, "avi") && !pass->film->preview) {
    int64_t second = (int64_t)ceil(kt_rate_fps(pass->film->rate));
    return picture_stream(pass)->nb_frames > (int64_t)pass->film->frames.count + second;
  }
  int64_t size = !strcmp(name, "mpegts") && format->pb ? avio_size(format->pb) : 0;
  return size > 0 && size % 188 && size % 192 && size % 204;
}

/// A download broken off: packets end well before the container says, or reading failed.
static void find_break(KtPass *pass) {
  KtFilm *film = pass->film;
  const AVFormatContext *format = pass->format;
  const KtFilmTime slack = KT_FLICKS_PER_SECOND / 2;
  const AVStream *stream = picture_stream(pass);
  bool missing = pass->read_failed;
  KtFilmTime picture_end =
      film->preview ? film->duration : film->frames.items[film->frames.count - 1].time;
  if (format->duration > 0 && format->duration_estimation_method == AVFMT_DURATION_FROM_STREAM) {
    bool from_zero = strstr(format->iformat->name, "matroska"); // its length runs from time 0
    KtFilmTime start = from_zero || format->start_time == AV_NOPTS_VALUE
                           ? 0
                           : kt_media_time(format->start_time, AV_TIME_BASE_Q);
    KtFilmTime length = kt_media_time(format->duration, AV_TIME_BASE_Q);
    missing = missing || pass->last_packet_end - start + slack < length;
  }
  if (stream->duration > 0) {
    KtFilmTime length = kt_media_time(stream->duration, stream->time_base);
    missing = missing || picture_end + 2 * slack < length;
  }
  film->truncated = missing || ends_amid(pass);
}

KtStatus kt_timing_find(KtPass *pass, KtError *err) {
  find_rate(pass);
  KtStatus status = place_frames(pass, err);
  if (!status) {
    find_break(pass);
  }
  return status;
}

KtFilmTime kt_timing_holes(const KtFilm *film, size_t *at, size_t *count) {
  const KtFilmTime step = kt_frame_time(film->rate, 1);
  KtFilmTime missing = 0;
  size_t steady = 0;
  *at = *count = 0;
  for (size_t i = 1; i < film->frames.count && film->variable_rate; ++i) {
    KtFilmTime interval = film->frames.items[i].time - film->frames.items[i - 1].time;
    steady += llabs(interval - step) < step / 8;
    if (interval > step * 5 / 2) {
      *at = (*count)++ ? *at : i;
      missing += interval - step;
    }
  }
  return steady * 5 >= film->frames.count * 4 ? missing : 0; // else its rate is its own
}
