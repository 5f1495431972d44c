// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_FLOW_H
#define KT_FILM_FLOW_H

#include "film/see.h"

enum { KT_BLOCK = 8, KT_MOST_BLOCKS = 512 };

/// One block of the half picture, and where it came from.
typedef struct KtBlock {
  int x, y;     ///< its upper left corner, in half pixels
  int sad;      ///< what the best match leaves, summed over its pixels
  int still;    ///< what no movement at all would leave
  int texture;  ///< sum of differences to its own mean
  float dx, dy; ///< movement since the picture before, in half pixels; right and down positive
  bool lost;    ///< the best match lies at the end of the search
} KtBlock;

/// How the camera moved between two pictures, in half pixels about the picture's middle: a point
/// at p came from p - (shift + zoom * p + turn * across(p)), where across((x, y)) = (-y, x).
typedef struct KtCameraFit {
  float shift_x, shift_y, zoom, turn;
  float light; ///< how much lighter the picture became, in levels
  float trust; ///< share of the textured picture that follows it, 0..1; 0: the camera stands still
} KtCameraFit;

/// Fills what the sight says of movement, from the two half pictures of the eye.
void kt_flow_see(const KtEye *eye, KtSight *sight);

/// Camera movement from blocks, sharpened on the pixels (camera_fit.c).
KtCameraFit kt_camera_fit(const KtEye *eye, const KtBlock *blocks, int count);
/// What the camera does not explain: per block (may be NULL), and in all, 0..1.
float kt_camera_rest(const KtEye *eye, const KtCameraFit *fit, const KtBlock *blocks, int count,
                     float *rest);

#endif
