// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/media.h"

#include "base/file.h"

#include <errno.h>
#include <libavutil/display.h>
#include <math.h>
#include <string.h>

enum { LARGE = 1280 };

static KtStatus open_error(const char *path, int code, KtError *err) {
  char why[128];
  av_strerror(code, why, sizeof(why));
  if (code == AVERROR(ENOENT)) {
    return kt_error_at(err, KT_ERR_MISSING, path, 0, 0, "there is no such file");
  }
  if (code == AVERROR(EACCES) || code == AVERROR(EIO)) {
    return kt_error_at(err, KT_ERR_IO, path, 0, 0, "cannot be read: %s", why);
  }
  if (code == AVERROR(ENOMEM)) {
    return kt_error_at(err, KT_ERR_MEMORY, path, 0, 0, "out of memory");
  }
  return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                     "is not a film that can be opened (%s); give a whole video file", why);
}

KtStatus kt_media_open(const char *path, AVFormatContext **format, KtError *err) {
  *format = NULL;
  KtStatus status = kt_file_plain(path, err);
  if (status) {
    return status;
  }
  av_log_set_level(AV_LOG_QUIET); // a library does not print
  AVDictionary *options = NULL;
  av_dict_set(&options, "protocol_whitelist", "file", 0); // a film does not fetch others
  char url[4200]; // "file:" keeps names with a colon from being read as a protocol
  snprintf(url, sizeof(url), "file:%s", path);
  int code = avformat_open_input(format, url, NULL, &options);
  av_dict_free(&options);
  if (code < 0) {
    return open_error(path, code, err);
  }
  const char *name = (*format)->iformat->name;
  if (!strcmp(name, "tty") || strstr(name, "_pipe") || !strcmp(name, "image2")) {
    avformat_close_input(format); // text and stills, which FFmpeg would show as pictures
    return open_error(path, AVERROR_INVALIDDATA, err);
  }
  code = avformat_find_stream_info(*format, NULL);
  if (code < 0) {
    avformat_close_input(format);
    return open_error(path, code, err);
  }
  return KT_OK;
}

static bool is_picture(const AVStream *stream) {
  return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
         !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
}

KtStatus kt_media_video_stream(AVFormatContext *format, const char *path, int wanted, int *stream,
                               KtError *err) {
  if (wanted >= 0) {
    if (wanted >= (int)format->nb_streams || !is_picture(format->streams[wanted])) {
      return kt_error_at(err, KT_ERR_MISSING, path, 0, 0,
                         "stream %d is not a picture stream; the file has %u streams from 0 on",
                         wanted, format->nb_streams);
    }
    *stream = wanted;
    return KT_OK;
  }
  int64_t largest = -1;
  *stream = -1;
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    const AVCodecParameters *par = format->streams[i]->codecpar;
    int64_t area = (int64_t)par->width * par->height;
    if (is_picture(format->streams[i]) && area > largest) {
      largest = area;
      *stream = (int)i;
    }
  }
  return *stream >= 0 ? KT_OK
                      : kt_error_at(err, KT_ERR_MISSING, path, 0, 0,
                                    "has no picture stream; give a film with pictures");
}

int kt_media_audio_stream(AVFormatContext *format, int video_stream) {
  int stream = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, video_stream, NULL, 0);
  if (stream < 0 || format->streams[stream]->codecpar->sample_rate <= 0 ||
      !avcodec_find_decoder(format->streams[stream]->codecpar->codec_id)) {
    return -1;
  }
  return stream;
}

KtStatus kt_media_decoder(const AVStream *stream, const char *path, int threads,
                          AVCodecContext **codec, KtError *err) {
  const AVCodec *decoder = avcodec_find_decoder(stream->codecpar->codec_id);
  if (!decoder) {
    return kt_error_at(err, KT_ERR_UNSUPPORTED, path, 0, 0,
                       "stream %d is coded as %s, which this FFmpeg cannot decode", stream->index,
                       avcodec_get_name(stream->codecpar->codec_id));
  }
  *codec = avcodec_alloc_context3(decoder);
  if (!*codec || avcodec_parameters_to_context(*codec, stream->codecpar) < 0) {
    avcodec_free_context(codec);
    return kt_error_at(err, KT_ERR_MEMORY, path, 0, 0, "out of memory");
  }
  (*codec)->pkt_timebase = stream->time_base;
  // One more than there are cores, as one always waits. Large pictures are looked at small, where
  // those that no other is made from do not need their block edges smoothed; nor, in H.264, those
  // that only such are made from (in HEVC all may be of that type).
  (*codec)->thread_count = threads > 1 ? threads + 1 : threads;
  if (stream->codecpar->width >= LARGE) {
    bool h264 = stream->codecpar->codec_id == AV_CODEC_ID_H264;
    (*codec)->skip_loop_filter = h264 ? AVDISCARD_BIDIR : AVDISCARD_NONREF;
  }
  (*codec)->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
  int code = avcodec_open2(*codec, decoder, NULL);
  if (code < 0) {
    char why[128];
    av_strerror(code, why, sizeof(why));
    avcodec_free_context(codec);
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "stream %d cannot be decoded: %s",
                       stream->index, why);
  }
  return KT_OK;
}

KtFilmTime kt_media_time(int64_t pts, AVRational time_base) {
  return av_rescale_q_rnd(pts, time_base, (AVRational){1, (int)KT_FLICKS_PER_SECOND},
                          AV_ROUND_NEAR_INF);
}

int kt_media_turns(const AVStream *stream) {
  const int32_t *matrix = (const int32_t *)(const void *)av_stream_get_side_data(
      stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
  double degrees = matrix ? -av_display_rotation_get(matrix) : 0.0;
  return isfinite(degrees) ? (int)(((lround(degrees / 90.0) % 4) + 4) % 4) : 0;
}

/// Decode until a picture comes out; AV_NOPTS_VALUE where none does.
static int64_t first_pts(AVFormatContext *format, AVCodecContext *codec, int stream) {
  AVPacket *packet = av_packet_alloc();
  AVFrame *frame = av_frame_alloc();
  int64_t pts = AV_NOPTS_VALUE;
  bool ended = false;
  while (packet && frame && pts == AV_NOPTS_VALUE) {
    if (!ended && av_read_frame(format, packet) < 0) {
      ended = true;
      avcodec_send_packet(codec, NULL);
    } else if (!ended) {
      if (packet->stream_index == stream) {
        avcodec_send_packet(codec, packet); // a damaged packet: the next may decode
      }
      av_packet_unref(packet);
    }
    int code = avcodec_receive_frame(codec, frame);
    if (code >= 0) {
      pts = frame->best_effort_timestamp == AV_NOPTS_VALUE ? 0 : frame->best_effort_timestamp;
    } else if (ended) {
      break;
    }
  }
  av_packet_free(&packet);
  av_frame_free(&frame);
  return pts;
}

KtStatus kt_media_first_picture(const char *path, int video_stream, KtFilmTime *start,
                                KtError *err) {
  AVFormatContext *format = NULL;
  AVCodecContext *codec = NULL;
  KtStatus status = kt_media_open(path, &format, err);
  if (!status) {
    status = kt_media_decoder(format->streams[video_stream], path, 1, &codec, err);
  }
  if (!status) {
    for (unsigned i = 0; i < format->nb_streams; ++i) {
      format->streams[i]->discard = (int)i == video_stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    int64_t pts = first_pts(format, codec, video_stream);
    if (pts == AV_NOPTS_VALUE) {
      status = kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                           "not one picture of it can be decoded; give a whole video file");
    } else {
      *start = kt_media_time(pts, format->streams[video_stream]->time_base);
    }
  }
  avcodec_free_context(&codec);
  avformat_close_input(&format);
  return status;
}
