// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_CAPTION_TRACK_H
#define KT_DELIVER_CAPTION_TRACK_H

#include "base/error.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

/// MP4's timed text as SubRip, packet by packet: Matroska cannot carry it as it is.
typedef struct KtCaptionTrack KtCaptionTrack;
KtStatus kt_caption_track_open(const AVStream *from, AVStream *to, KtCaptionTrack **track,
                               KtError *err);
/// `packet` becomes SubRip; of size 0 where nothing is to be shown.
KtStatus kt_caption_track_convert(KtCaptionTrack *track, AVPacket *packet, KtError *err);
void kt_caption_track_close(KtCaptionTrack *track);

#endif
