// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// High dynamic range as a usual screen would show it: SMPTE ST 2084 and ARIB STD-B67 (ITU-R
// BT.2100) to light, white of a page at 203 cd/m2 (ITU-R BT.2408), BT.2020 to sRGB colours, and
// what is brighter than three fifths of white pressed together.
#include "film/shrink.h"

#include <math.h>
#include <stdlib.h>

enum { CODES = 256, LIGHTS = 4096 };
#define PAGE_WHITE 203.0 ///< cd/m2
#define KNEE       0.6

static double light_of_pq(double code) { // ST 2084, cd/m2
  const double m1 = 2610.0 / 16384, m2 = 2523.0 / 4096 * 128, c1 = 3424.0 / 4096;
  const double c2 = 2413.0 / 4096 * 32, c3 = 2392.0 / 4096 * 32;
  double p = pow(code, 1 / m2);
  return 10000 * pow(fmax(p - c1, 0) / (c2 - c3 * p), 1 / m1);
}

static double light_of_hlg(double code) { // BT.2100, a screen of 1000 cd/m2
  const double a = 0.17883277, b = 1 - 4 * a, c = 0.5 - a * log(4 * a);
  double scene = code <= 0.5 ? code * code / 3 : (exp((code - c) / a) + b) / 12;
  return 1000 * pow(scene, 1.2);
}

static KtStatus make_tables(KtShrink *shrink, bool hlg, KtError *err) {
  shrink->linear = malloc(CODES * sizeof(*shrink->linear));
  shrink->shown = malloc(LIGHTS + 1);
  if (!shrink->linear || !shrink->shown) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (int i = 0; i < CODES; ++i) {
    double code = i / 255.0;
    shrink->linear[i] = (float)((hlg ? light_of_hlg(code) : light_of_pq(code)) / PAGE_WHITE);
  }
  for (int i = 0; i <= LIGHTS; ++i) { // IEC 61966-2-1
    double v = (double)i / LIGHTS;
    v = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
    shrink->shown[i] = (uint8_t)lround(255 * v);
  }
  return KT_OK;
}

KtStatus kt_tone_map(KtShrink *shrink, const AVFrame *frame, KtError *err) {
  bool hlg = frame->color_trc == AVCOL_TRC_ARIB_STD_B67;
  if (!hlg && frame->color_trc != AVCOL_TRC_SMPTE2084) {
    return KT_OK;
  }
  KtStatus status = shrink->shown ? KT_OK : make_tables(shrink, hlg, err);
  if (status) {
    return status;
  }
  static const float matrix[3][3] = {{1.6605F, -0.5876F, -0.0728F}, // BT.2087, BT.2020 to 709
                                     {-0.1246F, 1.1329F, -0.0083F},
                                     {-0.0182F, -0.1006F, 1.1187F}};
  bool wide = frame->color_primaries == AVCOL_PRI_BT2020;
  size_t pixels = (size_t)shrink->width * (size_t)shrink->height;
  for (size_t i = 0; i < pixels; ++i) {
    uint8_t *p = shrink->rgb + 3 * i;
    const float in[3] = {shrink->linear[p[0]], shrink->linear[p[1]], shrink->linear[p[2]]};
    float most = fmaxf(in[0], fmaxf(in[1], in[2]));
    float press = most > (float)KNEE // the brightest colour decides, so that hues stay
                      ? (1.0F - 0.4F * expf(((float)KNEE - most) / 0.4F)) / most
                      : 1.0F;
    for (int c = 0; c < 3; ++c) {
      float v = wide ? matrix[c][0] * in[0] + matrix[c][1] * in[1] + matrix[c][2] * in[2] : in[c];
      v *= press;
      p[c] = shrink->shown[(int)((v <= 0 ? 0 : v >= 1 ? 1 : v) * LIGHTS + 0.5F)];
    }
  }
  return KT_OK;
}
