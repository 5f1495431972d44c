// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_BASE_AUDIO_FILE_H
#define KT_BASE_AUDIO_FILE_H

#include "base/error.h"

#include <stdint.h>

/// Broadcast Wave fields (EBU Tech 3285 v2); iXML as a whole text. Borrowed for the call.
typedef struct KtBroadcast {
  const char *description, *originator, *date, *time; ///< "2026-11-23", "10:20:30"
  uint64_t time_reference;  ///< samples since midnight
  int loudness_value, loudness_range, max_true_peak, max_momentary, max_short_term; ///< hundredths
  const char *ixml;         ///< NULL none
} KtBroadcast;

typedef struct KtAudioWriter KtAudioWriter;
/// A WAV at 48 kHz, written beside `path` and put in its place by close; RF64 beyond 4 GiB.
/// `bits` 24, or 32 for float. `broadcast` may be NULL.
KtStatus kt_audio_writer_open(const char *path, int channels, int bits,
                              const KtBroadcast *broadcast, KtAudioWriter **writer, KtError *err);
KtStatus kt_audio_write(KtAudioWriter *writer, const float *samples, size_t frames, KtError *err);
KtStatus kt_audio_writer_close(KtAudioWriter *writer, KtError *err); ///< publishes and frees
/// The same without waiting for the disk: for what can be made again (a disk writes 150 MB/s, stems
/// come at 500).
KtStatus kt_audio_writer_close_cached(KtAudioWriter *writer, KtError *err);
void kt_audio_writer_abort(KtAudioWriter *writer);                   ///< leaves nothing; NULL is fine

typedef struct KtAudioReader KtAudioReader;
/// Any file libsndfile reads.
KtStatus kt_audio_reader_open(const char *path, KtAudioReader **reader, KtError *err);
int kt_audio_reader_channels(const KtAudioReader *reader);
int kt_audio_reader_rate(const KtAudioReader *reader);
int64_t kt_audio_reader_frames(const KtAudioReader *reader);
/// Largest sample, 1 at full scale, by the file's own note of it or by reading it all.
double kt_audio_reader_peak(KtAudioReader *reader);
KtStatus kt_audio_read(KtAudioReader *reader, float *samples, size_t frames, size_t *got,
                       KtError *err);
KtStatus kt_audio_seek(KtAudioReader *reader, int64_t frame, KtError *err);
void kt_audio_reader_close(KtAudioReader *reader);

#endif
