// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/film.h"
#include "film/sound_stream.h"

#include <stdlib.h>
#include <string.h>

struct KtFilmSound {
  AVFormatContext *format;
  AVPacket *packet;
  int stream;
  int channels;
  bool ended;
  KtSoundStream sound;
  float *waiting;                ///< decoded and not yet read
  size_t first, count, capacity; ///< in audio frames
  int64_t given, least;          ///< samples read so far; the film's length
};

static KtStatus keep(void *user, const float *samples, size_t frames, KtError *err) {
  KtFilmSound *sound = user;
  size_t channels = (size_t)sound->channels;
  if (sound->first && sound->first + sound->count + frames > sound->capacity) {
    memmove(sound->waiting, sound->waiting + sound->first * channels,
            sound->count * channels * sizeof(float));
    sound->first = 0;
  }
  if (sound->count + frames > sound->capacity) {
    size_t capacity = (sound->count + frames) * 2;
    float *larger = realloc(sound->waiting, capacity * channels * sizeof(float));
    if (!larger) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    }
    sound->waiting = larger;
    sound->capacity = capacity;
  }
  memcpy(sound->waiting + (sound->first + sound->count) * channels, samples,
         frames * channels * sizeof(float));
  sound->count += frames;
  return KT_OK;
}

static KtStatus open_stream(KtFilmSound *sound, const KtFilm *film, const char *audio_file,
                            KtError *err) {
  const char *path = audio_file ? audio_file : film->path;
  KtStatus status = kt_media_open(path, &sound->format, err);
  if (status) {
    return status;
  }
  sound->stream = audio_file ? kt_media_audio_stream(sound->format, -1) : film->audio_stream;
  if (sound->stream < 0 || sound->stream >= (int)sound->format->nb_streams) {
    return kt_error_at(err, KT_ERR_MISSING, path, 0, 0, "has no sound that can be decoded");
  }
  for (unsigned i = 0; i < sound->format->nb_streams; ++i) {
    sound->format->streams[i]->discard =
        (int)i == sound->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  const AVStream *stream = sound->format->streams[sound->stream];
  KtFilmTime origin = audio_file ? 0 : film->picture_start; // another file starts with the picture
  status = kt_sound_stream_init(&sound->sound, stream, path, origin, keep, sound, err);
  if (!status) {
    sound->channels = sound->sound.layout.nb_channels;
    sound->packet = av_packet_alloc();
    status = sound->packet ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return status;
}

KtStatus kt_film_sound_open(const KtFilm *film, const char *audio_file, KtFilmSound **result,
                            KtError *err) {
  *result = NULL;
  KtFilmSound *sound = calloc(1, sizeof(*sound));
  if (!sound) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  sound->channels = 2;
  sound->least = kt_film_time_sample(film->duration);
  KtStatus status = KT_OK;
  if (!audio_file && film->audio_stream < 0) {
    sound->ended = true; // silence of the film's length
  } else {
    status = open_stream(sound, film, audio_file, err);
  }
  if (status) {
    kt_film_sound_close(sound);
    return status;
  }
  *result = sound;
  return KT_OK;
}

int kt_film_sound_channels(const KtFilmSound *sound) {
  return sound->channels;
}

static KtStatus fill(KtFilmSound *sound, size_t count, KtError *err) {
  KtStatus status = KT_OK;
  while (!status && !sound->ended && sound->count < count) {
    if (av_read_frame(sound->format, sound->packet) < 0) {
      sound->ended = true;
      status = kt_sound_stream_packet(&sound->sound, NULL, err);
      continue;
    }
    if (sound->packet->stream_index == sound->stream) {
      status = kt_sound_stream_packet(&sound->sound, sound->packet, err);
    }
    av_packet_unref(sound->packet);
  }
  return status;
}

KtStatus kt_film_sound_read(KtFilmSound *sound, float *samples, size_t count, size_t *got,
                            KtError *err) {
  *got = 0;
  KtStatus status = fill(sound, count, err);
  if (status) {
    return status;
  }
  size_t channels = (size_t)sound->channels;
  size_t given = sound->count < count ? sound->count : count;
  if (given) {
    memcpy(samples, sound->waiting + sound->first * channels, given * channels * sizeof(float));
  }
  sound->first += given;
  sound->count -= given;
  sound->given += (int64_t)given;
  if (given < count && sound->given < sound->least) {
    int64_t rest = sound->least - sound->given;
    size_t silent = rest < (int64_t)(count - given) ? (size_t)rest : count - given;
    memset(samples + given * channels, 0, silent * channels * sizeof(float));
    sound->given += (int64_t)silent;
    given += silent;
  }
  *got = given;
  return KT_OK;
}

void kt_film_sound_close(KtFilmSound *sound) {
  if (!sound) {
    return;
  }
  kt_sound_stream_clear(&sound->sound);
  av_packet_free(&sound->packet);
  avformat_close_input(&sound->format);
  free(sound->waiting);
  free(sound);
}
