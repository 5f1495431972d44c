// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/sound_track.h"

#include "base/audio_file.h"

#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <math.h>
#include <stdlib.h>

struct KtSoundTrack {
  KtAudioReader *reader;
  AVCodecContext *codec;
  AVFrame *frame;
  float *block;     ///< interleaved, one codec frame
  int block_frames;
  int source_channels;
  int64_t start;    ///< samples
  int64_t sent;     ///< audio frames handed to the encoder
  bool flushed, done;
};

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static KtStatus open_codec(KtSoundTrack *track, bool flac, bool global_header, KtError *err) {
  const AVCodec *codec = avcodec_find_encoder(flac ? AV_CODEC_ID_FLAC : AV_CODEC_ID_AAC);
  if (!codec) {
    return kt_error_set(err, KT_ERR_MISSING, "this FFmpeg has no %s encoder; install libavcodec59",
                        flac ? "FLAC" : "AAC");
  }
  AVCodecContext *context = avcodec_alloc_context3(codec);
  if (!context) {
    return no_memory(err);
  }
  track->codec = context;
  int channels = track->source_channels == 1 ? 2 : track->source_channels;
  av_channel_layout_default(&context->ch_layout, channels);
  if (channels == 6) { // what players call 5.1; the default differs between versions
    av_channel_layout_uninit(&context->ch_layout);
    context->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_5POINT1_BACK;
  }
  context->sample_rate = KT_SAMPLE_RATE;
  context->time_base = (AVRational){1, KT_SAMPLE_RATE};
  context->sample_fmt = flac ? AV_SAMPLE_FMT_S32 : AV_SAMPLE_FMT_FLTP;
  context->bits_per_raw_sample = flac ? 24 : 0;
  context->bit_rate = flac ? 0 : 320000;
  context->flags |= AV_CODEC_FLAG_BITEXACT | (global_header ? AV_CODEC_FLAG_GLOBAL_HEADER : 0);
  int code = avcodec_open2(context, codec, NULL);
  if (code < 0) {
    return kt_error_set(err, KT_ERR_IO, "the sound track cannot be encoded with %d channels: %s",
                        channels, av_err2str(code));
  }
  return KT_OK;
}

KtStatus kt_sound_track_open(const char *wav, bool flac, bool global_header, double start_s,
                             KtSoundTrack **track, KtError *err) {
  KtSoundTrack *made = calloc(1, sizeof(*made));
  if (!made) {
    return no_memory(err);
  }
  KtStatus status = kt_audio_reader_open(wav, &made->reader, err);
  if (!status) {
    made->source_channels = kt_audio_reader_channels(made->reader);
    made->start = llround(start_s * KT_SAMPLE_RATE);
    flac = flac && kt_audio_reader_peak(made->reader) < 1;
    status = open_codec(made, flac, global_header, err);
  }
  if (!status) {
    made->block_frames = made->codec->frame_size > 0 ? made->codec->frame_size : 4096;
    made->block = calloc((size_t)made->block_frames * (size_t)made->source_channels, sizeof(float));
    made->frame = av_frame_alloc();
    status = made->block && made->frame ? KT_OK : no_memory(err);
  }
  if (status) {
    kt_sound_track_close(made);
    return status;
  }
  *track = made;
  return KT_OK;
}

const AVCodecContext *kt_sound_track_codec(const KtSoundTrack *track) {
  return track->codec;
}

double kt_sound_track_time(const KtSoundTrack *track) {
  return track->done ? HUGE_VAL : (double)(track->start + track->sent) / KT_SAMPLE_RATE;
}

bool kt_sound_track_done(const KtSoundTrack *track) {
  return track->done;
}

static int32_t to_24_bits(float sample) {
  double value = nearbyint((double)sample * 8388608.0);
  value = value > 8388607.0 ? 8388607.0 : value < -8388608.0 ? -8388608.0 : value;
  return (int32_t)value * 256;
}

static KtStatus fill_frame(KtSoundTrack *track, size_t frames, KtError *err) {
  AVFrame *frame = track->frame;
  const AVCodecContext *codec = track->codec;
  av_frame_unref(frame);
  frame->nb_samples = (int)frames;
  frame->format = codec->sample_fmt;
  frame->sample_rate = codec->sample_rate;
  if (av_channel_layout_copy(&frame->ch_layout, &codec->ch_layout) < 0 ||
      av_frame_get_buffer(frame, 0) < 0) {
    return no_memory(err);
  }
  int channels = codec->ch_layout.nb_channels;
  for (size_t i = 0; i < frames; ++i) {
    for (int c = 0; c < channels; ++c) {
      int from = c < track->source_channels ? c : 0; // mono goes to both sides
      float sample = track->block[i * (size_t)track->source_channels + (size_t)from];
      if (codec->sample_fmt == AV_SAMPLE_FMT_FLTP) {
        ((float *)(void *)frame->data[c])[i] = sample;
      } else {
        ((int32_t *)(void *)frame->data[0])[i * (size_t)channels + (size_t)c] = to_24_bits(sample);
      }
    }
  }
  frame->pts = track->start + track->sent;
  return KT_OK;
}

static KtStatus feed(KtSoundTrack *track, KtError *err) {
  size_t got = 0;
  KtStatus status = kt_audio_read(track->reader, track->block, (size_t)track->block_frames, &got, err);
  if (status) {
    return status;
  }
  if (!got) {
    track->flushed = true;
    avcodec_send_frame(track->codec, NULL);
    return KT_OK;
  }
  status = fill_frame(track, got, err);
  if (status) {
    return status;
  }
  int code = avcodec_send_frame(track->codec, track->frame);
  if (code < 0) {
    return kt_error_set(err, KT_ERR_IO, "the sound track cannot be encoded: %s", av_err2str(code));
  }
  track->sent += (int64_t)got;
  return KT_OK;
}

KtStatus kt_sound_track_next(KtSoundTrack *track, AVPacket *packet, bool *ready, KtError *err) {
  *ready = false;
  while (!track->done) {
    int code = avcodec_receive_packet(track->codec, packet);
    if (code >= 0) {
      *ready = true;
      return KT_OK;
    }
    if (code == AVERROR_EOF) {
      track->done = true;
    } else if (code != AVERROR(EAGAIN)) {
      return kt_error_set(err, KT_ERR_IO, "the sound track cannot be encoded: %s", av_err2str(code));
    } else {
      KtStatus status = feed(track, err);
      if (status) {
        return status;
      }
    }
  }
  return KT_OK;
}

void kt_sound_track_close(KtSoundTrack *track) {
  if (!track) {
    return;
  }
  kt_audio_reader_close(track->reader);
  avcodec_free_context(&track->codec);
  av_frame_free(&track->frame);
  free(track->block);
  free(track);
}
