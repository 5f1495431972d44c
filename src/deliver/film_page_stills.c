// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/film_page.h"

#include "film/stills.h"

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

/// A page of a feature film stays under some ten megabytes: pictures are about 5 kB at 192 pixels.
enum { FEW = 240, MANY = 700, MOST = 1500, LARGE = 240, MIDDLE = 192, SMALL = 144, QUALITY = 5 };

static KtStatus no_encoder(KtError *err) {
  return kt_error_set(err, KT_ERR_UNSUPPORTED, "this FFmpeg writes no JPEG, which film.html needs");
}

/// Full-range 4:2:0, as every browser takes it.
static AVFrame *to_yuv(const KtStill *still) {
  AVFrame *frame = av_frame_alloc();
  struct SwsContext *scaler =
      sws_getContext(still->width, still->height, AV_PIX_FMT_RGB24, still->width, still->height,
                     AV_PIX_FMT_YUVJ420P, SWS_BILINEAR, NULL, NULL, NULL);
  if (frame) {
    frame->format = AV_PIX_FMT_YUVJ420P;
    frame->width = still->width;
    frame->height = still->height;
    frame->quality = QUALITY * FF_QP2LAMBDA;
  }
  if (!frame || !scaler || av_frame_get_buffer(frame, 0) < 0) {
    av_frame_free(&frame);
    sws_freeContext(scaler);
    return NULL;
  }
  const uint8_t *const planes[4] = {still->rgb};
  const int strides[4] = {still->width * 3};
  sws_scale(scaler, planes, strides, 0, still->height, frame->data, frame->linesize);
  sws_freeContext(scaler);
  return frame;
}

static AVCodecContext *open_jpeg(const KtStill *still) {
  const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
  if (context) {
    context->width = still->width;
    context->height = still->height;
    context->pix_fmt = AV_PIX_FMT_YUVJ420P;
    context->time_base = (AVRational){1, 25};
    context->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    context->global_quality = QUALITY * FF_QP2LAMBDA;
    context->thread_count = 1;
    if (avcodec_open2(context, codec, NULL) < 0) {
      avcodec_free_context(&context);
    }
  }
  return context;
}

static KtStatus take(void *user, const KtStill *still, KtError *err) {
  KtFilmPage *page = ((void **)user)[0];
  const size_t *shots = ((void **)user)[1];
  KtFilmStill *to = &page->stills[shots[still->index]];
  AVCodecContext *codec = open_jpeg(still);
  AVFrame *frame = codec ? to_yuv(still) : NULL;
  AVPacket *packet = av_packet_alloc();
  if (!codec) {
    av_packet_free(&packet);
    return no_encoder(err);
  }
  bool good = frame && packet && avcodec_send_frame(codec, frame) >= 0 &&
              avcodec_receive_packet(codec, packet) >= 0;
  if (good && (to->bytes = malloc((size_t)packet->size))) {
    memcpy(to->bytes, packet->data, (size_t)packet->size);
    to->size = (size_t)packet->size;
    to->width = still->width;
    to->height = still->height;
  }
  bool memory = good && !to->bytes;
  av_packet_free(&packet);
  av_frame_free(&frame);
  avcodec_free_context(&codec);
  return memory ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}

static int by_length(const void *a, const void *b) {
  KtFilmTime x = *(const KtFilmTime *)a, y = *(const KtFilmTime *)b;
  return (x < y) - (x > y);
}

/// The length that a shot needs for a picture of its own.
static KtFilmTime least_length(const KtFilm *film, KtArena *arena) {
  KtFilmTime *lengths =
      film->shots.count > MOST ? KT_NEW(arena, KtFilmTime, film->shots.count) : NULL;
  if (!lengths) {
    return 0;
  }
  for (size_t i = 0; i < film->shots.count; ++i) {
    lengths[i] = film->shots.items[i].end - film->shots.items[i].start;
  }
  qsort(lengths, film->shots.count, sizeof(*lengths), by_length);
  return lengths[MOST] + 1;
}

KtStatus kt_film_stills_take(KtFilmPage *page, const KtContext *ctx, KtError *err) {
  const KtFilm *film = page->film;
  KtArena *arena = page->page.arena;
  KtStillWish *wishes = KT_NEW(arena, KtStillWish, film->shots.count + 1);
  size_t *shots = KT_NEW(arena, size_t, film->shots.count + 1), count = 0;
  page->stills = KT_NEW(arena, KtFilmStill, film->shots.count + 1);
  if (!wishes || !shots || !page->stills) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtFilmTime least = least_length(film, arena);
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    if (shot->end - shot->start < least) {
      continue;
    }
    KtFilmTime whole = film->frames.items[shot->transition_end_frame].time; // mixed no more
    whole = whole > shot->start && shot->transition != KT_TRANSITION_START ? whole : shot->start;
    whole = whole < shot->end ? whole : shot->start;
    wishes[count] =
        (KtStillWish){whole + (shot->end - whole) / 8, whole + (shot->end - whole) * 2 / 5};
    shots[count++] = i;
  }
  int longer = count <= FEW ? LARGE : count <= MANY ? MIDDLE : SMALL;
  void *user[] = {page, shots};
  return kt_film_stills(ctx, film, wishes, count, longer, take, user, err);
}

void kt_film_stills_clear(KtFilmPage *page) {
  for (size_t i = 0; page->stills && i < page->film->shots.count; ++i) {
    free(page->stills[i].bytes);
  }
}

void kt_film_still_put(const KtFilmPage *page, size_t shot, const char *attribute) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const KtFilmStill *still = &page->stills[shot];
  FILE *out = page->page.out;
  fprintf(out, " %s=\"data:image/jpeg;base64,", attribute);
  for (size_t i = 0; i < still->size; i += 3) { // RFC 4648
    unsigned b = (unsigned)still->bytes[i] << 16;
    b |= i + 1 < still->size ? (unsigned)still->bytes[i + 1] << 8 : 0;
    b |= i + 2 < still->size ? (unsigned)still->bytes[i + 2] : 0;
    fputc(digits[b >> 18], out);
    fputc(digits[b >> 12 & 63], out);
    fputc(i + 1 < still->size ? digits[b >> 6 & 63] : '=', out);
    fputc(i + 2 < still->size ? digits[b & 63] : '=', out);
  }
  fputs("\"", out);
}
