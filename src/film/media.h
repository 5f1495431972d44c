// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_MEDIA_H
#define KT_FILM_MEDIA_H

#include "base/error.h"
#include "base/film_time.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

/// Open a container (local files only) and find its streams. KT_ERR_MISSING no such file,
/// KT_ERR_FORMAT not a film. The caller closes with avformat_close_input().
KtStatus kt_media_open(const char *path, AVFormatContext **format, KtError *err);

/// The picture stream `wanted`, or with -1 the largest (then the first). Cover art is no picture.
/// KT_ERR_MISSING where there is none.
KtStatus kt_media_video_stream(AVFormatContext *format, const char *path, int wanted, int *stream,
                               KtError *err);
/// The main sound stream, -1 where there is none that can be decoded.
int kt_media_audio_stream(AVFormatContext *format, int video_stream);

/// A decoder for a stream on `threads` threads. The caller frees it.
KtStatus kt_media_decoder(const AVStream *stream, const char *path, int threads,
                          AVCodecContext **codec, KtError *err);

/// Stream time to flicks, rounded to the nearest.
KtFilmTime kt_media_time(int64_t pts, AVRational time_base);

/// Quarter turns clockwise (0..3) that the container asks a player to make.
int kt_media_turns(const AVStream *stream);

/// Container time of the first picture that decodes. KT_ERR_FORMAT where none does.
KtStatus kt_media_first_picture(const char *path, int video_stream, KtFilmTime *start,
                                KtError *err);

#endif
