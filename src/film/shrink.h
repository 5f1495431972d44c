// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_SHRINK_H
#define KT_FILM_SHRINK_H

#include "base/error.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <stdbool.h>

/// Makes a decoded picture small and plain sRGB: area means, one field of an interlaced or a large
/// picture only (so that no comb is seen as movement), high dynamic range brought to what a usual
/// screen shows.
typedef struct KtShrink {
  int width, height; ///< of the small picture; even
  uint8_t *rgb;      ///< width x height x 3
  struct SwsContext *scaler;
  uint32_t *sums; ///< one line of the decoded picture
  int sums_width;
  float *luma, *blue, *red; ///< small planes; colour at half size
  float *linear;            ///< light by code value, 1: the white of a page; made when needed
  uint8_t *shown;           ///< sRGB by light, 4096 steps
} KtShrink;

/// The longer side of the small picture becomes `longest`, its shape is as shown.
KtStatus kt_shrink_init(KtShrink *shrink, const AVFrame *frame, int longest, KtError *err);
void kt_shrink_clear(KtShrink *shrink);
/// KT_ERR_UNSUPPORTED: a pixel format that cannot be converted.
KtStatus kt_shrink_frame(KtShrink *shrink, const AVFrame *frame, KtError *err);

/// Light of high dynamic range to sRGB, in place (tone.c). Nothing for other pictures.
KtStatus kt_tone_map(KtShrink *shrink, const AVFrame *frame, KtError *err);

#endif
