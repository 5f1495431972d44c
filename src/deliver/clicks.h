// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_CLICKS_H
#define KT_DELIVER_CLICKS_H

#include "deliver/common.h"

enum { KT_FREE_BARS = 2, KT_WARNING_CLICKS = 2 };

typedef struct KtClick {
  KtFilmTime at; ///< from the cue's in; negative in the free bars
  KtTick tick;   ///< the same way
  bool downbeat;
} KtClick;

/// Every beat of a cue, and of two bars free before it at its first tempo and metre. The array lives
/// in `arena`; the free bars come first.
typedef KT_ARRAY(KtClick) KtClicks;
KtStatus kt_clicks_of(const KtScore *score, KtFilmTime length, KtArena *arena, KtClicks *clicks,
                      KtError *err);

/// cues/1m01/1m01.click.wav and .click.mid: two bars free, then the cue, of every cue that is wanted.
KtStatus kt_deliver_clicks(const KtDelivery *delivery, KtError *err);
/// cues/1m01/1m01.streamers.mp4: the picture from twenty seconds before the cue to its end, with
/// streamers and punches drawn over it for the recording stage.
KtStatus kt_deliver_streamers(const KtDelivery *delivery, KtError *err);

typedef enum KtStreamerColour {
  KT_STREAMER_YELLOW, ///< into the first warning click
  KT_STREAMER_GREEN,  ///< into the downbeat
  KT_STREAMER_WHITE,  ///< into a hit
  KT_STREAMER_RED,    ///< into the end
} KtStreamerColour;

/// A line that goes across the picture from `start` to `end`, where it ends in a punch.
typedef struct KtStreamer {
  KtFilmTime start, end; ///< film time
  KtStreamerColour colour;
} KtStreamer;
typedef KT_ARRAY(KtStreamer) KtStreamers;

/// The streamers of a cue, by their ends.
KtStatus kt_streamers_of(const KtDelivery *delivery, size_t cue, KtArena *arena,
                         KtStreamers *streamers, KtError *err);
/// Draws what is on screen at `at` over a picture of three planes, chroma halved both ways.
typedef struct KtCanvas {
  uint8_t *plane[3];
  int stride[3];
  int width, height;
} KtCanvas;
void kt_draw_streamers(const KtCanvas *canvas, const KtStreamers *streamers, KtFilmTime at,
                       KtRate rate);

#endif
