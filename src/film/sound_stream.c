// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/sound_stream.h"

#include <libavutil/opt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Containers round times to a millisecond and more; only what is beyond is a real gap.
#define GAP_S 0.03

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

KtStatus kt_sound_stream_init(KtSoundStream *sound, const AVStream *stream, const char *path,
                              KtFilmTime origin, KtSoundSink sink, void *user, KtError *err) {
  memset(sound, 0, sizeof(*sound));
  sound->time_base = stream->time_base;
  sound->origin = origin;
  sound->sink = sink;
  sound->user = user;
  KtStatus status = kt_media_decoder(stream, path, 1, &sound->codec, err);
  if (status) {
    return status;
  }
  const AVChannelLayout *layout = &sound->codec->ch_layout;
  if (layout->nb_channels < 1 || layout->nb_channels > 64) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "its sound has %d channels",
                       layout->nb_channels);
  }
  if (layout->order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&sound->layout, layout->nb_channels);
  } else if (av_channel_layout_copy(&sound->layout, layout) < 0) {
    return no_memory(err);
  }
  sound->frame = av_frame_alloc();
  return sound->frame ? KT_OK : no_memory(err);
}

void kt_sound_stream_clear(KtSoundStream *sound) {
  avcodec_free_context(&sound->codec);
  swr_free(&sound->swr);
  av_frame_free(&sound->frame);
  av_channel_layout_uninit(&sound->layout);
  av_channel_layout_uninit(&sound->in_layout);
  free(sound->buffer);
  memset(sound, 0, sizeof(*sound));
}

static KtStatus give(KtSoundStream *sound, const float *samples, int64_t frames, KtError *err) {
  int64_t dropped = sound->drop < frames ? sound->drop : frames;
  sound->drop -= dropped;
  frames -= dropped;
  if (!frames) {
    return KT_OK;
  }
  sound->given += frames;
  return sound->sink(sound->user, samples + dropped * sound->layout.nb_channels, (size_t)frames,
                     err);
}

static KtStatus reserve(KtSoundStream *sound, int frames, KtError *err) {
  if (frames <= sound->capacity) {
    return KT_OK;
  }
  size_t bytes = (size_t)frames * (size_t)sound->layout.nb_channels * sizeof(float);
  float *larger = realloc(sound->buffer, bytes);
  if (!larger) {
    return no_memory(err);
  }
  sound->buffer = larger;
  sound->capacity = frames;
  return KT_OK;
}

static KtStatus silence(KtSoundStream *sound, int64_t frames, KtError *err) {
  enum { STEP = 4800 };
  KtStatus status = reserve(sound, STEP, err);
  while (!status && frames > 0) {
    int64_t step = frames < STEP ? frames : STEP;
    memset(sound->buffer, 0, (size_t)step * (size_t)sound->layout.nb_channels * sizeof(float));
    status = give(sound, sound->buffer, step, err);
    frames -= step;
  }
  return status;
}

/// Convert `count` audio frames, or with NULL take out what the resampler still holds.
static KtStatus convert(KtSoundStream *sound, const uint8_t **data, int count, KtError *err) {
  if (!sound->swr) {
    return KT_OK;
  }
  int room = swr_get_out_samples(sound->swr, count);
  KtStatus status = room < 0 ? no_memory(err) : reserve(sound, room + 64, err);
  if (status) {
    return status;
  }
  uint8_t *out = (uint8_t *)sound->buffer;
  int got = swr_convert(sound->swr, &out, sound->capacity, data, count);
  return got < 0 ? kt_error_set(err, KT_ERR_FORMAT, "the film's sound cannot be converted")
                 : give(sound, sound->buffer, got, err);
}

/// The converter for what comes in now; a stream may change its format on the way.
static KtStatus follow_format(KtSoundStream *sound, KtError *err) {
  const AVFrame *frame = sound->frame;
  if (sound->swr && frame->format == sound->in_format && frame->sample_rate == sound->in_rate &&
      !av_channel_layout_compare(&frame->ch_layout, &sound->in_layout)) {
    return KT_OK;
  }
  KtStatus status = convert(sound, NULL, 0, err);
  if (status) {
    return status;
  }
  swr_free(&sound->swr);
  AVChannelLayout in = {0};
  if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&in, frame->ch_layout.nb_channels);
  } else {
    av_channel_layout_copy(&in, &frame->ch_layout);
  }
  int code = swr_alloc_set_opts2(&sound->swr, &sound->layout, AV_SAMPLE_FMT_FLT, KT_SAMPLE_RATE,
                                 &in, frame->format, frame->sample_rate, 0, NULL);
  if (code >= 0 && frame->sample_rate != KT_SAMPLE_RATE) {
    av_opt_set_int(sound->swr, "filter_size", 64, 0); // stop band well below 16 bits
    av_opt_set_int(sound->swr, "phase_shift", 10, 0);
    av_opt_set_double(sound->swr, "cutoff", 0.97, 0);
  }
  code = code < 0 ? code : swr_init(sound->swr);
  av_channel_layout_uninit(&in);
  if (code < 0) {
    swr_free(&sound->swr);
    return kt_error_set(err, KT_ERR_FORMAT, "the film's sound cannot be converted");
  }
  av_channel_layout_copy(&sound->in_layout, &frame->ch_layout);
  sound->in_format = frame->format;
  sound->in_rate = frame->sample_rate;
  return KT_OK;
}

/// Bring the next sample to where the container says it is.
static KtStatus place(KtSoundStream *sound, KtError *err) {
  const AVFrame *frame = sound->frame;
  if (!sound->begun) {
    sound->begun = true;
    KtFilmTime at = frame->pts == AV_NOPTS_VALUE
                        ? 0
                        : kt_media_time(frame->pts, sound->time_base) - sound->origin;
    sound->next_s = kt_seconds(at + sound->origin);
    int64_t sample = kt_film_time_sample(at);
    sound->drop = sample < 0 ? -sample : 0;
    return sample > 0 ? silence(sound, sample, err) : KT_OK;
  }
  if (frame->pts == AV_NOPTS_VALUE) {
    return KT_OK;
  }
  double at_s = kt_seconds(kt_media_time(frame->pts, sound->time_base));
  double gap_s = at_s - sound->next_s;
  if (fabs(gap_s) < GAP_S) {
    return KT_OK;
  }
  KtStatus status = convert(sound, NULL, 0, err);
  swr_free(&sound->swr); // a fresh filter behind the gap
  sound->next_s = at_s;
  int64_t samples = llround(fabs(gap_s) * KT_SAMPLE_RATE);
  if (status || gap_s < 0) {
    sound->drop += samples;
    return status;
  }
  return silence(sound, samples, err);
}

static KtStatus take_frame(KtSoundStream *sound, KtError *err) {
  const AVFrame *frame = sound->frame;
  if (frame->nb_samples <= 0 || frame->sample_rate <= 0) {
    return KT_OK;
  }
  KtStatus status = place(sound, err);
  if (!status) {
    status = follow_format(sound, err);
  }
  if (!status) {
    status = convert(sound, (const uint8_t **)(void *)frame->extended_data, frame->nb_samples, err);
  }
  sound->next_s += (double)frame->nb_samples / frame->sample_rate;
  return status;
}

KtStatus kt_sound_stream_packet(KtSoundStream *sound, const AVPacket *packet, KtError *err) {
  KtStatus status = KT_OK;
  avcodec_send_packet(sound->codec, packet); // a damaged packet becomes a gap
  while (!status && avcodec_receive_frame(sound->codec, sound->frame) >= 0) {
    status = take_frame(sound, err);
    av_frame_unref(sound->frame);
  }
  if (!status && !packet) {
    status = convert(sound, NULL, 0, err);
  }
  return status;
}
