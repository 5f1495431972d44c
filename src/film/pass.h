// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_PASS_H
#define KT_FILM_PASS_H

#include "film/hear.h"
#include "film/media.h"
#include "film/queue.h"
#include "film/see.h"
#include "film/shrink.h"
#include "film/sound_stream.h"

/// One pass over a film's packets: this thread reads and decodes pictures (the codec on threads of
/// its own), one scales and looks at them, one decodes the sound and listens.
typedef struct KtPass {
  const KtContext *ctx;
  KtFilm *film;
  const char *audio_file; ///< other sound, or NULL
  AVFormatContext *format;
  AVCodecContext *codec;
  KtQueue pictures, packets;
  KtShrink shrink;
  int turns; ///< quarter turns clockwise
  uint8_t *turned;
  bool eye_ready, hear_ready, sound_ready;
  KtEye eye;
  KtSights sights;
  KtHear hear;
  KtSoundStream sound;
  int64_t last_packet_end; ///< flicks of container time, over all streams
  int64_t last_key;        ///< flicks of the last key picture that a quick look decoded
  KtFilmTime picture_end;  ///< container time where the last picture packet ends
  int64_t last_duration;   ///< of the last picture, stream time, 0 unknown
  bool read_failed;
  size_t damaged, first_damaged; ///< pictures that the decoder had to patch, and the first of them
  KtStatus picture_status, sound_status;
  KtError picture_error, sound_error;
} KtPass;

KtStatus kt_pass_run(KtPass *pass, KtError *err);
void kt_pass_clear(KtPass *pass);
void *kt_pass_pictures(void *pass); ///< the thread that sees (pass_picture.c)

/// Frame times, nominal rate, duration, whether the film breaks off (timing.c).
KtStatus kt_timing_find(KtPass *pass, KtError *err);
/// Pictures missing inside a film of otherwise steady rate: how long in all, 0 none; `at` the picture
/// after the first hole, `count` the holes.
KtFilmTime kt_timing_holes(const KtFilm *film, size_t *at, size_t *count);

/// A quick look (preview.c): shots and frames from key pictures; afterwards their numbers as if all
/// pictures had been seen.
void kt_preview_shots(KtFilm *film, const KtSights *sights);
void kt_preview_number(KtFilm *film);

#endif
