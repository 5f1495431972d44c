// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/audio_file.h"

#include "base/file.h"

#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct KtAudioWriter {
  SNDFILE *file;
  char path[1024];
  char temporary[1080];
};

struct KtAudioReader {
  SNDFILE *file;
  SF_INFO info;
  char path[1024];
};

static void add_broadcast(SNDFILE *file, const KtBroadcast *from) {
  SF_BROADCAST_INFO to;
  memset(&to, 0, sizeof(to));
  strncpy(to.description, from->description ? from->description : "", sizeof(to.description));
  strncpy(to.originator, from->originator ? from->originator : "", sizeof(to.originator));
  strncpy(to.origination_date, from->date ? from->date : "", sizeof(to.origination_date));
  strncpy(to.origination_time, from->time ? from->time : "", sizeof(to.origination_time));
  to.time_reference_low = (uint32_t)(from->time_reference & 0xffffffffU);
  to.time_reference_high = (uint32_t)(from->time_reference >> 32);
  to.version = 2;
  to.loudness_value = (int16_t)from->loudness_value;
  to.loudness_range = (int16_t)from->loudness_range;
  to.max_true_peak_level = (int16_t)from->max_true_peak;
  to.max_momentary_loudness = (int16_t)from->max_momentary;
  to.max_shortterm_loudness = (int16_t)from->max_short_term;
  sf_command(file, SFC_SET_BROADCAST_INFO, &to, sizeof(to));
  if (from->ixml) {
    SF_CHUNK_INFO chunk;
    memset(&chunk, 0, sizeof(chunk));
    memcpy(chunk.id, "iXML", 5);
    chunk.id_size = 4;
    chunk.datalen = (unsigned)strlen(from->ixml);
    chunk.data = (void *)(uintptr_t)from->ixml;
    sf_set_chunk(file, &chunk);
  }
}

KtStatus kt_audio_writer_open(const char *path, int channels, int bits,
                              const KtBroadcast *broadcast, KtAudioWriter **writer, KtError *err) {
  KtAudioWriter *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  strncpy(made->path, path, sizeof(made->path) - 1);
  kt_temporary_path(path, made->temporary, sizeof(made->temporary));
  SF_INFO info = {.samplerate = 48000, .channels = channels};
  info.format = SF_FORMAT_RF64 | (bits == 24 ? SF_FORMAT_PCM_24 : SF_FORMAT_FLOAT);
  made->file = sf_open(made->temporary, SFM_WRITE, &info);
  if (!made->file) {
    KtStatus status = kt_error_at(err, KT_ERR_IO, path, 0, 0, "cannot be written: %s",
                                  sf_strerror(NULL));
    unlink(made->temporary);
    free(made);
    return status;
  }
  sf_command(made->file, SFC_RF64_AUTO_DOWNGRADE, NULL, SF_TRUE);
  sf_command(made->file, SFC_SET_CLIPPING, NULL, SF_TRUE);
  if (broadcast) {
    add_broadcast(made->file, broadcast);
  }
  *writer = made;
  return KT_OK;
}

KtStatus kt_audio_write(KtAudioWriter *writer, const float *samples, size_t frames, KtError *err) {
  if (sf_writef_float(writer->file, samples, (sf_count_t)frames) != (sf_count_t)frames) {
    return kt_error_at(err, KT_ERR_IO, writer->path, 0, 0, "cannot be written: %s",
                       sf_strerror(writer->file));
  }
  return KT_OK;
}

/// libsndfile writes a PEAK chunk with the time of day into float files (and for RF64 will not be
/// told otherwise): the same sound must be the same bytes.
static void clear_clock(const char *path) {
  char head[4096];
  FILE *file = fopen(path, "r+b");
  size_t got = file ? fread(head, 1, sizeof(head), file) : 0;
  const char *peak = got > 16 ? memmem(head, got - 16, "PEAK", 4) : NULL;
  if (peak && !fseek(file, peak - head + 12, SEEK_SET)) {
    fwrite("\0\0\0", 1, 4, file);
  }
  if (file) {
    fclose(file);
  }
}

static KtStatus close_writer(KtAudioWriter *writer, bool wait, KtError *err) {
  KtStatus status = KT_OK;
  if (sf_close(writer->file)) {
    status = kt_error_at(err, KT_ERR_IO, writer->path, 0, 0, "cannot be written");
    unlink(writer->temporary);
  } else {
    clear_clock(writer->temporary);
    if (wait) {
      status = kt_file_publish(writer->temporary, writer->path, err);
    } else if (rename(writer->temporary, writer->path)) {
      status = kt_error_at(err, KT_ERR_IO, writer->path, 0, 0, "cannot be written");
      unlink(writer->temporary);
    }
  }
  free(writer);
  return status;
}

KtStatus kt_audio_writer_close(KtAudioWriter *writer, KtError *err) {
  return close_writer(writer, true, err);
}

KtStatus kt_audio_writer_close_cached(KtAudioWriter *writer, KtError *err) {
  return close_writer(writer, false, err);
}

void kt_audio_writer_abort(KtAudioWriter *writer) {
  if (writer) {
    sf_close(writer->file);
    unlink(writer->temporary);
    free(writer);
  }
}

KtStatus kt_audio_reader_open(const char *path, KtAudioReader **reader, KtError *err) {
  KtAudioReader *made = calloc(1, sizeof(*made));
  if (!made) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  strncpy(made->path, path, sizeof(made->path) - 1);
  made->file = sf_open(path, SFM_READ, &made->info);
  if (!made->file) {
    KtStatus status = kt_error_at(err, kt_file_exists(path) ? KT_ERR_FORMAT : KT_ERR_MISSING, path,
                                  0, 0, "cannot be read: %s", sf_strerror(NULL));
    free(made);
    return status;
  }
  *reader = made;
  return KT_OK;
}

int kt_audio_reader_channels(const KtAudioReader *reader) {
  return reader->info.channels;
}

int kt_audio_reader_rate(const KtAudioReader *reader) {
  return reader->info.samplerate;
}

double kt_audio_reader_peak(KtAudioReader *reader) {
  double peak = 0;
  if (sf_command(reader->file, SFC_GET_SIGNAL_MAX, &peak, sizeof(peak)) != SF_TRUE) {
    sf_command(reader->file, SFC_CALC_SIGNAL_MAX, &peak, sizeof(peak));
  }
  return peak;
}

int64_t kt_audio_reader_frames(const KtAudioReader *reader) {
  return reader->info.frames;
}

KtStatus kt_audio_read(KtAudioReader *reader, float *samples, size_t frames, size_t *got,
                       KtError *err) {
  *got = (size_t)sf_readf_float(reader->file, samples, (sf_count_t)frames);
  if (sf_error(reader->file)) {
    return kt_error_at(err, KT_ERR_IO, reader->path, 0, 0, "cannot be read: %s",
                       sf_strerror(reader->file));
  }
  return KT_OK;
}

KtStatus kt_audio_seek(KtAudioReader *reader, int64_t frame, KtError *err) {
  if (sf_seek(reader->file, frame, SEEK_SET) < 0) {
    return kt_error_at(err, KT_ERR_IO, reader->path, 0, 0, "has no audio frame %lld",
                       (long long)frame);
  }
  return KT_OK;
}

void kt_audio_reader_close(KtAudioReader *reader) {
  if (reader) {
    sf_close(reader->file);
    free(reader);
  }
}
