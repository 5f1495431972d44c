// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_PASS_H
#define KT_FILM_PASS_H

#include "film/hear.h"
#include "film/media.h"
#include "film/queue.h"
#include "film/see.h"
#include "film/sound_stream.h"

#include <libswscale/swscale.h>

/// One pass over a film's packets: this thread reads and decodes pictures (the codec on threads of
/// its own), one scales and looks at them, one decodes the sound and listens.
typedef struct KtPass {
  const KtContext *ctx;
  KtFilm *film;
  const char *audio_file; ///< other sound, or NULL
  AVFormatContext *format;
  AVCodecContext *codec;
  KtQueue pictures, packets;
  struct SwsContext *scaler;
  int turns;                     ///< quarter turns clockwise
  int small_width, small_height; ///< before they are made
  uint8_t *small, *turned;
  bool eye_ready, hear_ready, sound_ready;
  KtEye eye;
  KtSights sights;
  KtHear hear;
  KtSoundStream sound;
  int64_t last_packet_end; ///< flicks of container time, over all streams
  int64_t last_duration;   ///< of the last picture, stream time, 0 unknown
  bool read_failed;
  KtStatus picture_status, sound_status;
  KtError picture_error, sound_error;
} KtPass;

KtStatus kt_pass_run(KtPass *pass, KtError *err);
void kt_pass_clear(KtPass *pass);
void *kt_pass_pictures(void *pass); ///< the thread that sees (pass_picture.c)

/// Frame times, nominal rate, duration, whether the film breaks off (timing.c).
KtStatus kt_timing_find(KtPass *pass, KtError *err);

#endif
