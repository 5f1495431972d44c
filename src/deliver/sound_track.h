// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_SOUND_TRACK_H
#define KT_DELIVER_SOUND_TRACK_H

#include "deliver/common.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

/// The mix as an encoded sound track, made packet by packet as the picture goes by.
typedef struct KtSoundTrack KtSoundTrack;

/// AAC at 320 kbit/s, or FLAC at 24 bits where nothing goes over full scale. `start_s` is where the mix's sample 0 lies in the container.
KtStatus kt_sound_track_open(const char *wav, bool flac, bool global_header, double start_s,
                             KtSoundTrack **track, KtError *err);
const AVCodecContext *kt_sound_track_codec(const KtSoundTrack *track);
/// Seconds in the container up to which packets have been made; HUGE_VAL at the end.
double kt_sound_track_time(const KtSoundTrack *track);
/// Encode on until a packet comes: `*ready` says whether one did; without one, call again or, at the
/// end, no more. Times are in samples at 48 kHz.
KtStatus kt_sound_track_next(KtSoundTrack *track, AVPacket *packet, bool *ready, KtError *err);
bool kt_sound_track_done(const KtSoundTrack *track);
void kt_sound_track_close(KtSoundTrack *track);

#endif
