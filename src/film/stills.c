// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/stills.h"

#include "film/media.h"

#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 24 }; ///< pictures that are decoded to come nearer to the one that is wanted

typedef struct Stills {
  const KtFilm *film;
  AVFormatContext *format;
  AVCodecContext *codec;
  AVPacket *packet;
  AVFrame *frame;
  struct SwsContext *scaler;
  int turns, width, height;
  uint8_t *small, *turned;
  bool ended;
} Stills;

static const AVStream *stream_of(const Stills *s) {
  return s->format->streams[s->film->video_stream];
}

static KtStatus open_film(Stills *s, const KtContext *ctx, int longer, KtError *err) {
  const KtFilm *film = s->film;
  KtStatus status = kt_media_open(film->path, &s->format, err);
  if (!status && film->video_stream >= (int)s->format->nb_streams) {
    status =
        kt_error_at(err, KT_ERR_FORMAT, film->path, 0, 0, "is not the film that was looked at");
  }
  if (status) {
    return status;
  }
  for (unsigned i = 0; i < s->format->nb_streams; ++i) {
    s->format->streams[i]->discard =
        (int)i == film->video_stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  s->turns = kt_media_turns(stream_of(s));
  const AVStream *stream = stream_of(s);
  AVRational pixel = stream->sample_aspect_ratio.num ? stream->sample_aspect_ratio
                                                     : stream->codecpar->sample_aspect_ratio;
  double shape = (double)stream->codecpar->width /
                 (stream->codecpar->height > 0 ? stream->codecpar->height : 1);
  shape *= pixel.num > 0 && pixel.den > 0 ? av_q2d(pixel) : 1;
  shape = shape > 8 ? 8 : shape < 0.125 ? 0.125 : shape;
  s->width = (int)((shape >= 1 ? longer : longer * shape) / 2 + 0.5) * 2;
  s->height = (int)((shape >= 1 ? longer / shape : longer) / 2 + 0.5) * 2;
  size_t bytes = (size_t)s->width * (size_t)s->height * 3 + 64; // the scaler writes whole vectors
  s->small = calloc(bytes, 1);
  s->turned = calloc(bytes, 1);
  s->packet = av_packet_alloc();
  s->frame = av_frame_alloc();
  if (!s->small || !s->turned || !s->packet || !s->frame) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return kt_media_decoder(stream, film->path, ctx->threads, &s->codec, err);
}

static void close_film(Stills *s) {
  sws_freeContext(s->scaler);
  av_frame_free(&s->frame);
  av_packet_free(&s->packet);
  avcodec_free_context(&s->codec);
  avformat_close_input(&s->format);
  free(s->small);
  free(s->turned);
}

/// The next picture that decodes; false at the end.
static bool next_picture(Stills *s, KtFilmTime *time) {
  for (;;) {
    int code = avcodec_receive_frame(s->codec, s->frame);
    if (code >= 0) {
      int64_t pts = s->frame->best_effort_timestamp;
      *time = pts == AV_NOPTS_VALUE
                  ? 0
                  : kt_media_time(pts, stream_of(s)->time_base) - s->film->picture_start;
      return true;
    }
    if (s->ended || code != AVERROR(EAGAIN)) {
      return false;
    }
    if (av_read_frame(s->format, s->packet) < 0) {
      s->ended = true;
      avcodec_send_packet(s->codec, NULL);
      continue;
    }
    if (s->packet->stream_index == s->film->video_stream) {
      avcodec_send_packet(s->codec, s->packet); // a damaged packet: the next may decode
    }
    av_packet_unref(s->packet);
  }
}

static bool seek(Stills *s, KtFilmTime to) {
  const AVStream *stream = stream_of(s);
  AVRational flicks = {1, (int)KT_FLICKS_PER_SECOND};
  int64_t pts = av_rescale_q(to + s->film->picture_start, flicks, stream->time_base);
  if (av_seek_frame(s->format, s->film->video_stream, pts, AVSEEK_FLAG_BACKWARD) < 0) {
    return false;
  }
  avcodec_flush_buffers(s->codec);
  s->ended = false;
  return true;
}

/// From the key picture before it on, to the wish or near enough. Leaves the picture in s->frame.
static bool find(Stills *s, const KtStillWish *wish) {
  KtFilmTime step = kt_frame_time(s->film->rate, 1), time = 0;
  if (!seek(s, wish->at)) {
    return false;
  }
  while (next_picture(s, &time)) {
    bool near = wish->at - time <= PATIENCE * step && wish->at - time > step / 2;
    if (time > wish->at - step / 2 || (time >= wish->earliest - step / 2 && !near)) {
      return true;
    }
  }
  return false;
}

static bool scale(Stills *s) {
  const AVFrame *frame = s->frame;
  if (frame->width <= 0 || frame->height <= 0) {
    return false;
  }
  s->scaler = sws_getCachedContext(s->scaler, frame->width, frame->height, frame->format, s->width,
                                   s->height, AV_PIX_FMT_RGB24, SWS_AREA, NULL, NULL, NULL);
  if (!s->scaler) {
    return false;
  }
  int matrix = frame->colorspace == AVCOL_SPC_UNSPECIFIED || frame->colorspace == AVCOL_SPC_RGB
                   ? (frame->height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601)
                   : (int)frame->colorspace;
  sws_setColorspaceDetails(s->scaler, sws_getCoefficients(matrix),
                           frame->color_range == AVCOL_RANGE_JPEG,
                           sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
  uint8_t *const planes[4] = {s->small};
  const int strides[4] = {s->width * 3};
  sws_scale(s->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
            planes, strides);
  return true;
}

static KtStill upright(Stills *s, size_t index) {
  int w = s->width, h = s->height;
  if (!s->turns) {
    return (KtStill){index, w, h, s->small};
  }
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      int to = s->turns == 1   ? x * h + (h - 1 - y)
               : s->turns == 2 ? (h - 1 - y) * w + (w - 1 - x)
                               : (w - 1 - x) * h + y;
      memcpy(s->turned + 3 * (size_t)to, s->small + 3 * ((size_t)y * (size_t)w + (size_t)x), 3);
    }
  }
  bool lying = s->turns % 2 == 0;
  return (KtStill){index, lying ? w : h, lying ? h : w, s->turned};
}

KtStatus kt_film_stills(const KtContext *ctx, const KtFilm *film, const KtStillWish *wishes,
                        size_t count, int longer, KtStillFn take, void *user, KtError *err) {
  Stills s = {.film = film};
  KtStatus status = open_film(&s, ctx, longer, err);
  for (size_t i = 0; i < count && !status; ++i) {
    if (kt_cancelled(ctx)) {
      status = kt_error_cancelled(err);
    } else if (find(&s, &wishes[i]) && scale(&s)) {
      KtStill still = upright(&s, i);
      status = take(user, &still, err);
    }
    av_frame_unref(s.frame);
  }
  close_film(&s);
  return status;
}
