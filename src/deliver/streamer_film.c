// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The picture for the recording stage: decoded, drawn upon, encoded.
#include "deliver/clicks.h"

#include "film/media.h"

#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <unistd.h>

enum { WIDEST = 1280, PREROLL_S = 20, AFTER_FRAMES = 12 };

typedef struct Stage {
  const KtDelivery *delivery;
  const char *path; ///< of the film, for messages
  AVFormatContext *in, *out;
  AVCodecContext *decoder, *encoder;
  AVStream *from, *to;
  AVPacket *packet;
  AVFrame *next, *shown; ///< `next` is the first that is not on screen yet
  struct SwsContext *scaler;
  bool have_next, have_shown, ended;
  KtFilmTime next_at;
} Stage;

static KtStatus fail(const Stage *s, const char *what, KtError *err) {
  return kt_error_at(err, KT_ERR_IO, s->path, 0, 0, "the streamers cannot be made: %s", what);
}

static KtStatus open_film(Stage *s, KtFilmTime from, KtError *err) {
  const KtFilm *film = s->delivery->film;
  KtStatus status = kt_media_open(film->path, &s->in, err);
  if (status) {
    return status;
  }
  s->from = s->in->streams[film->video_stream];
  status = kt_media_decoder(s->from, film->path, s->delivery->ctx->threads, &s->decoder, err);
  if (!status) {
    KtFilmTime at = film->picture_start + (from > 0 ? from : 0);
    int64_t stamp = av_rescale_q(at, (AVRational){1, (int)KT_FLICKS_PER_SECOND}, s->from->time_base);
    av_seek_frame(s->in, film->video_stream, stamp, AVSEEK_FLAG_BACKWARD); // else from the start
  }
  return status;
}

/// The next decoded picture into `next`; none at the film's end.
static void read_next(Stage *s) {
  const KtFilm *film = s->delivery->film;
  s->have_next = false;
  while (!s->have_next && !s->ended) {
    int code = avcodec_receive_frame(s->decoder, s->next);
    if (code >= 0) {
      s->next_at = kt_media_time(s->next->best_effort_timestamp, s->from->time_base) - film->picture_start;
      s->have_next = s->next->best_effort_timestamp != AV_NOPTS_VALUE;
    } else if (code == AVERROR(EAGAIN)) {
      int got = av_read_frame(s->in, s->packet);
      if (got < 0) {
        avcodec_send_packet(s->decoder, NULL);
      } else if (s->packet->stream_index == film->video_stream) {
        avcodec_send_packet(s->decoder, s->packet);
      }
      av_packet_unref(s->packet);
    } else {
      s->ended = true;
    }
  }
}

/// Brings what is on screen at a time into `shown`.
static void show(Stage *s, KtFilmTime at) {
  KtFilmTime half = kt_frame_time(s->delivery->film->timecode.rate, 1) / 2;
  if (!s->have_next && !s->ended) {
    read_next(s);
  }
  while (s->have_next && s->next_at <= at + half) {
    av_frame_unref(s->shown);
    av_frame_move_ref(s->shown, s->next);
    s->have_shown = true;
    read_next(s);
  }
}

static KtStatus open_encoder(Stage *s, const char *temporary, KtFilmTime from, KtError *err) {
  const KtFilm *film = s->delivery->film;
  KtRate rate = film->timecode.rate;
  const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
  codec = codec ? codec : avcodec_find_encoder(AV_CODEC_ID_MPEG4);
  if (!codec || avformat_alloc_output_context2(&s->out, NULL, "mp4", temporary) < 0 ||
      !(s->encoder = avcodec_alloc_context3(codec)) || !(s->to = avformat_new_stream(s->out, NULL))) {
    return fail(s, "no encoder", err);
  }
  int width = film->width > WIDEST ? WIDEST : film->width;
  s->encoder->width = width & ~1;
  s->encoder->height = (int)((int64_t)film->height * width / film->width) & ~1;
  s->encoder->pix_fmt = AV_PIX_FMT_YUV420P;
  s->encoder->time_base = (AVRational){rate.den, rate.num};
  s->encoder->framerate = (AVRational){rate.num, rate.den};
  s->encoder->gop_size = (int)(kt_rate_fps(rate) + 0.5);
  s->encoder->bit_rate = codec->id == AV_CODEC_ID_MPEG4 ? 4000000 : 0;
  s->encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  s->encoder->thread_count = s->delivery->ctx->threads;
  AVDictionary *how = NULL;
  av_dict_set(&how, "preset", "veryfast", 0);
  av_dict_set(&how, "crf", "20", 0);
  int code = s->encoder->width > 1 && s->encoder->height > 1 ? avcodec_open2(s->encoder, codec, &how) : -1;
  av_dict_free(&how);
  char timecode[KT_TIMECODE_SIZE];
  const KtFilmTime day = kt_film_time(86400); // before the film's first picture the clock runs back
  kt_timecode_print(&film->timecode, from < 0 && !film->timecode.start_frames ? from + day : from, timecode);
  av_dict_set(&s->to->metadata, "timecode", timecode, 0);
  if (code < 0 || avcodec_parameters_from_context(s->to->codecpar, s->encoder) < 0) {
    return fail(s, "the encoder refuses this picture", err);
  }
  s->to->time_base = s->encoder->time_base;
  s->to->avg_frame_rate = s->encoder->framerate;
  s->out->flags |= AVFMT_FLAG_BITEXACT;
  return avio_open(&s->out->pb, temporary, AVIO_FLAG_WRITE) < 0 || avformat_write_header(s->out, NULL) < 0
             ? fail(s, "the file cannot be written", err)
             : KT_OK;
}

/// Sends one picture (NULL: no more) and writes what comes out.
static KtStatus encode(Stage *s, const AVFrame *frame, KtError *err) {
  if (avcodec_send_frame(s->encoder, frame) < 0) {
    return fail(s, "the encoder stopped", err);
  }
  while (avcodec_receive_packet(s->encoder, s->packet) >= 0) {
    av_packet_rescale_ts(s->packet, s->encoder->time_base, s->to->time_base);
    s->packet->stream_index = 0;
    if (av_interleaved_write_frame(s->out, s->packet) < 0) {
      return fail(s, "the file cannot be written; is the disk full?", err);
    }
  }
  return KT_OK;
}

static void paint(Stage *s, AVFrame *canvas, KtFilmTime at) {
  for (int plane = 0; plane < 3; ++plane) { // black before the film, and where nothing decodes
    int height = plane ? canvas->height / 2 : canvas->height;
    for (int y = 0; y < height; ++y) {
      uint8_t *row = canvas->data[plane] + (ptrdiff_t)y * canvas->linesize[plane];
      for (int x = 0; x < (plane ? canvas->width / 2 : canvas->width); ++x) {
        row[x] = plane ? 128 : 16;
      }
    }
  }
  if (at < 0) {
    return;
  }
  show(s, at);
  if (s->have_shown) {
    s->scaler = sws_getCachedContext(s->scaler, s->shown->width, s->shown->height, (enum AVPixelFormat)s->shown->format,
                                     canvas->width, canvas->height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL, NULL);
    if (s->scaler) {
      sws_scale(s->scaler, (const uint8_t *const *)s->shown->data, s->shown->linesize, 0, s->shown->height,
                canvas->data, canvas->linesize);
    }
  }
}

static KtStatus draw_all(Stage *s, const KtStreamers *streamers, int64_t first, int64_t last, KtError *err) {
  KtRate rate = s->delivery->film->timecode.rate;
  AVFrame *canvas = av_frame_alloc();
  KtStatus status = KT_OK;
  if (canvas) {
    canvas->width = s->encoder->width;
    canvas->height = s->encoder->height;
    canvas->format = AV_PIX_FMT_YUV420P;
  }
  if (!canvas || av_frame_get_buffer(canvas, 0) < 0) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (int64_t i = first; i < last && !status; ++i) {
    KtFilmTime at = kt_frame_time(rate, i);
    if (kt_cancelled(s->delivery->ctx)) {
      status = kt_error_cancelled(err);
    } else if (av_frame_make_writable(canvas) < 0) {
      status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    } else {
      paint(s, canvas, at);
      KtCanvas area = {{canvas->data[0], canvas->data[1], canvas->data[2]},
                       {canvas->linesize[0], canvas->linesize[1], canvas->linesize[2]},
                       canvas->width, canvas->height};
      kt_draw_streamers(&area, streamers, at, rate);
      canvas->pts = i - first;
      status = encode(s, canvas, err);
    }
  }
  av_frame_free(&canvas);
  status = status ? status : encode(s, NULL, err);
  return !status && av_write_trailer(s->out) < 0 ? fail(s, "the file cannot be ended", err) : status;
}

static void close_stage(Stage *s) {
  if (s->out) {
    avio_closep(&s->out->pb);
    avformat_free_context(s->out);
  }
  avcodec_free_context(&s->encoder);
  avcodec_free_context(&s->decoder);
  avformat_close_input(&s->in);
  av_packet_free(&s->packet);
  av_frame_free(&s->next);
  av_frame_free(&s->shown);
  sws_freeContext(s->scaler);
}

static KtStatus film_cue(const KtDelivery *delivery, size_t cue, KtArena *arena, KtError *err) {
  const KtCue *spotted = &delivery->spotting->cues.items[cue];
  KtRate rate = delivery->film->timecode.rate;
  KtStreamers streamers;
  KtStatus status = kt_streamers_of(delivery, cue, arena, &streamers, err);
  if (status) {
    return status;
  }
  KtFilmTime begin = spotted->in - kt_film_time(PREROLL_S);
  begin = streamers.items[0].start < begin ? streamers.items[0].start : begin;
  int64_t first = kt_time_frame(rate, begin);
  int64_t last = kt_time_frame(rate, spotted->out) + AFTER_FRAMES;
  char path[KT_PATH_SIZE];
  char temporary[KT_PATH_SIZE + 64];
  status = kt_delivery_path(delivery, path, err, "cues/%s/%s.streamers.mp4", spotted->name, spotted->name);
  if (status) {
    return status;
  }
  kt_temporary_path(path, temporary, sizeof(temporary));
  Stage stage = {.delivery = delivery, .path = delivery->film->path, .packet = av_packet_alloc(),
                 .next = av_frame_alloc(), .shown = av_frame_alloc()};
  status = stage.packet && stage.next && stage.shown ? open_film(&stage, begin, err)
                                                     : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  status = status ? status : open_encoder(&stage, temporary, kt_frame_time(rate, first), err);
  status = status ? status : draw_all(&stage, &streamers, first, last, err);
  close_stage(&stage);
  if (status) {
    unlink(temporary);
    return status;
  }
  return kt_file_publish(temporary, path, err);
}

KtStatus kt_deliver_streamers(const KtDelivery *delivery, KtError *err) {
  if (delivery->film->video_stream < 0) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "there is no picture to draw streamers on; ask for clicks alone");
  }
  KtStatus status = KT_OK;
  for (size_t i = 0; i < delivery->spotting->cues.count && !status; ++i) {
    if (kt_delivery_score(delivery, i) && kt_delivery_wants(delivery, i)) {
      KtArena *arena = kt_arena_new();
      status = arena ? film_cue(delivery, i, arena, err) : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      kt_arena_free(arena);
      kt_progress(delivery->ctx, "deliver", (double)(i + 1) / (double)delivery->spotting->cues.count);
    }
  }
  return status;
}
