// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/pass.h"

#include <stdlib.h>
#include <string.h>

#define KEY_APART (KT_FLICKS_PER_SECOND * 2 / 5) // where every picture is a key picture

enum { PICTURES_WAITING = 8, PACKETS_WAITING = 128, LISTEN = 4800 };

static KtStatus hear_sink(void *user, const float *samples, size_t frames, KtError *err) {
  KtPass *pass = user;
  return kt_hear_add(&pass->hear, samples, frames, err);
}

/// The film's own sound, packet by packet from the reading thread.
static KtStatus listen_packets(KtPass *pass, KtError *err) {
  KtStatus status = KT_OK;
  AVPacket *packet;
  while ((packet = kt_queue_take(&pass->packets))) {
    if (!status) {
      status = kt_sound_stream_packet(&pass->sound, packet, err);
    }
    av_packet_free(&packet);
  }
  return status ? status : kt_sound_stream_packet(&pass->sound, NULL, err);
}

/// Sound from another file, which starts with the first picture.
static KtStatus listen_file(KtPass *pass, KtError *err) {
  KtFilmSound *sound = NULL;
  KtStatus status = kt_film_sound_open(pass->film, pass->audio_file, &sound, err);
  float *samples =
      status ? NULL
             : malloc((size_t)LISTEN * (size_t)kt_film_sound_channels(sound) * sizeof(float));
  size_t got = status || !samples ? 0 : 1;
  while (!status && got && !kt_cancelled(pass->ctx)) {
    status = kt_film_sound_read(sound, samples, LISTEN, &got, err);
    if (!status && got) {
      status = kt_hear_add(&pass->hear, samples, got, err);
    }
  }
  free(samples);
  kt_film_sound_close(sound);
  return status;
}

static void *listen(void *argument) {
  KtPass *pass = argument;
  pass->sound_status = pass->audio_file ? listen_file(pass, &pass->sound_error)
                                        : listen_packets(pass, &pass->sound_error);
  kt_queue_close(&pass->packets);
  return NULL;
}

/// Hand on what the decoder has ready; false when nobody takes it any more.
static bool hand_on(KtPass *pass) {
  for (;;) {
    AVFrame *frame = av_frame_alloc();
    if (!frame || avcodec_receive_frame(pass->codec, frame) < 0) {
      av_frame_free(&frame);
      return true;
    }
    if (!kt_queue_put(&pass->pictures, frame)) {
      av_frame_free(&frame);
      return false;
    }
  }
}

static void note_end(KtPass *pass, const AVPacket *packet) {
  const AVStream *stream = pass->format->streams[packet->stream_index];
  if (packet->pts != AV_NOPTS_VALUE) {
    KtFilmTime end = kt_media_time(packet->pts + packet->duration, stream->time_base);
    pass->last_packet_end = end > pass->last_packet_end ? end : pass->last_packet_end;
  }
}

/// Is it one that a quick look passes over?
static bool passed_over(KtPass *pass, const AVPacket *packet) {
  if (!pass->film->preview) {
    return false;
  }
  const AVStream *stream = pass->format->streams[packet->stream_index];
  int64_t stamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
  KtFilmTime at = stamp != AV_NOPTS_VALUE ? kt_media_time(stamp, stream->time_base) : 0;
  bool close = pass->last_key && stamp != AV_NOPTS_VALUE && at - pass->last_key < KEY_APART;
  if (!(packet->flags & AV_PKT_FLAG_KEY) || close) {
    return true;
  }
  pass->last_key = at ? at : 1;
  return false;
}

static bool take_packet(KtPass *pass, AVPacket *packet) {
  note_end(pass, packet);
  if (packet->stream_index == pass->film->video_stream) {
    if (packet->duration > 0) {
      pass->last_duration = packet->duration;
    }
    pass->picture_end = pass->last_packet_end;
    if (passed_over(pass, packet)) {
      return true;
    }
    // A damaged packet is passed over; a full decoder is emptied and asked again.
    int code = avcodec_send_packet(pass->codec, packet);
    bool going = hand_on(pass);
    if (code == AVERROR(EAGAIN)) {
      avcodec_send_packet(pass->codec, packet);
      going = going && hand_on(pass);
    }
    return going;
  }
  if (pass->sound_ready && packet->stream_index == pass->film->audio_stream) {
    AVPacket *copy = av_packet_alloc();
    if (!copy) {
      return false;
    }
    av_packet_move_ref(copy, packet);
    if (!kt_queue_put(&pass->packets, copy)) {
      av_packet_free(&copy);
      return false;
    }
  }
  return true;
}

static void read_all(KtPass *pass) {
  AVPacket *packet = av_packet_alloc();
  KtFilmTime length =
      pass->format->duration > 0 ? kt_media_time(pass->format->duration, AV_TIME_BASE_Q) : 0;
  int told = -1, code = 0;
  bool going = packet != NULL;
  while (going && !kt_cancelled(pass->ctx)) {
    code = av_read_frame(pass->format, packet);
    if (code < 0) {
      break;
    }
    going = take_packet(pass, packet);
    av_packet_unref(packet);
    int percent = length ? (int)(pass->last_packet_end * 100 / length) : 0;
    if (percent != told) {
      told = percent;
      kt_progress(pass->ctx, "film", (double)percent / 100.0 * 0.98);
    }
  }
  pass->read_failed = code < 0 && code != AVERROR_EOF;
  if (going) {
    avcodec_send_packet(pass->codec, NULL);
    hand_on(pass);
  }
  av_packet_free(&packet);
}

KtStatus kt_pass_run(KtPass *pass, KtError *err) {
  kt_queue_init(&pass->pictures, PICTURES_WAITING);
  kt_queue_init(&pass->packets, PACKETS_WAITING);
  if (pass->sound_ready) {
    pass->sound.sink = hear_sink;
    pass->sound.user = pass;
  }
  pthread_t seeing, listening;
  bool sees = !pthread_create(&seeing, NULL, kt_pass_pictures, pass);
  bool listens = sees && pass->hear_ready && !pthread_create(&listening, NULL, listen, pass);
  bool ok = sees && (listens || !pass->hear_ready);
  if (ok) {
    read_all(pass);
  }
  kt_queue_close(&pass->pictures);
  kt_queue_close(&pass->packets);
  if (sees) {
    pthread_join(seeing, NULL);
  }
  if (listens) {
    pthread_join(listening, NULL);
  }
  kt_queue_clear(&pass->pictures);
  kt_queue_clear(&pass->packets);
  if (!ok) {
    return kt_error_set(err, KT_ERR_MEMORY, "no further thread can be started");
  }
  if (kt_cancelled(pass->ctx)) {
    return kt_error_cancelled(err);
  }
  KtStatus status = pass->picture_status ? pass->picture_status : pass->sound_status;
  if (status && err) {
    *err = pass->picture_status ? pass->picture_error : pass->sound_error;
  }
  return status;
}

void kt_pass_clear(KtPass *pass) {
  if (pass->eye_ready) {
    kt_eye_clear(&pass->eye);
  }
  if (pass->hear_ready) {
    kt_hear_clear(&pass->hear);
  }
  if (pass->sound_ready) {
    kt_sound_stream_clear(&pass->sound);
  }
  kt_shrink_clear(&pass->shrink);
  avcodec_free_context(&pass->codec);
  avformat_close_input(&pass->format);
  free(pass->turned);
  kt_sights_clear(&pass->sights);
  memset(pass, 0, sizeof(*pass));
}
