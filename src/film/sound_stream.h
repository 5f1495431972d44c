// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_SOUND_STREAM_H
#define KT_FILM_SOUND_STREAM_H

#include "film/media.h"

#include <libswresample/swresample.h>

/// Where decoded sound goes, in order: interleaved at 48 kHz, the first sample at film time 0.
typedef KtStatus (*KtSoundSink)(void *user, const float *samples, size_t frames, KtError *err);

/// Packets of one sound stream in, samples laid out on film time out: what lies before the first
/// picture is dropped, gaps are silence, overlaps are dropped. 48 kHz sources pass untouched.
typedef struct KtSoundStream {
  AVCodecContext *codec;
  SwrContext *swr;
  AVFrame *frame;
  AVRational time_base;
  AVChannelLayout layout;    ///< given out
  AVChannelLayout in_layout; ///< coming in now
  int in_format, in_rate;
  KtFilmTime origin; ///< container time of film time 0
  bool begun;
  double next_s; ///< container time that the next decoded sample should have
  int64_t drop;  ///< samples at 48 kHz still to be dropped
  int64_t given; ///< samples at 48 kHz given out
  float *buffer;
  int capacity; ///< of the buffer in audio frames
  KtSoundSink sink;
  void *user;
} KtSoundStream;

KtStatus kt_sound_stream_init(KtSoundStream *sound, const AVStream *stream, const char *path,
                              KtFilmTime origin, KtSoundSink sink, void *user, KtError *err);
/// NULL ends the stream and gives out what is left.
KtStatus kt_sound_stream_packet(KtSoundStream *sound, const AVPacket *packet, KtError *err);
void kt_sound_stream_clear(KtSoundStream *sound);

#endif
