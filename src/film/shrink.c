// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/shrink.h"

#include <libavutil/pixdesc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATIO = 4, LINES_ENOUGH = 3, SMALLEST = 32, STEP = 16 };

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

KtStatus kt_shrink_init(KtShrink *shrink, const AVFrame *frame, int longest, KtError *err) {
  memset(shrink, 0, sizeof(*shrink));
  double shape = (double)frame->width / frame->height;
  if (frame->sample_aspect_ratio.num > 0 && frame->sample_aspect_ratio.den > 0) {
    shape *= av_q2d(frame->sample_aspect_ratio);
  }
  double width = shape >= 1 ? longest : longest * shape;
  double height = shape >= 1 ? longest / shape : longest;
  shrink->width = width < SMALLEST ? SMALLEST : (int)(width / 2 + 0.5) * 2;
  shrink->height = height < SMALLEST ? SMALLEST : (int)(height / 2 + 0.5) * 2;
  size_t pixels = (size_t)shrink->width * (size_t)shrink->height;
  shrink->rgb = calloc(pixels * 3 + 64, 1); // the scaler writes whole vectors
  shrink->luma = calloc(pixels, sizeof(float));
  shrink->blue = calloc(pixels / 4, sizeof(float));
  shrink->red = calloc(pixels / 4, sizeof(float));
  if (!shrink->rgb || !shrink->luma || !shrink->blue || !shrink->red) {
    kt_shrink_clear(shrink);
    return no_memory(err);
  }
  return KT_OK;
}

void kt_shrink_clear(KtShrink *shrink) {
  sws_freeContext(shrink->scaler);
  free(shrink->rgb);
  free(shrink->sums);
  free(shrink->luma);
  free(shrink->blue);
  free(shrink->red);
  free(shrink->linear);
  free(shrink->shown);
  memset(shrink, 0, sizeof(*shrink));
}

/// One plane as it lies in memory, one field of it where `field`.
typedef struct Plane {
  const uint8_t *data;
  ptrdiff_t stride;
  int width, height, bytes; ///< bytes of a sample
} Plane;

// Fixed steps, so that every compiler makes vectors of them.
static void add_bytes(uint32_t *restrict sums, const uint8_t *restrict line, int width,
                      uint32_t weight) {
  uint16_t *restrict narrow = (uint16_t *)(void *)sums; // weights of a line sum up to 256
  int x = 0;
  for (; x + STEP <= width; x += STEP) {
    for (int i = 0; i < STEP; ++i) {
      narrow[x + i] = (uint16_t)(narrow[x + i] + weight * line[x + i]);
    }
  }
  for (; x < width; ++x) {
    narrow[x] = (uint16_t)(narrow[x] + weight * line[x]);
  }
}

static void add_words(uint32_t *restrict sums, const uint16_t *restrict line, int width,
                      uint32_t weight) {
  int x = 0;
  for (; x + STEP <= width; x += STEP) {
    for (int i = 0; i < STEP; ++i) {
      sums[x + i] += weight * line[x + i];
    }
  }
  for (; x < width; ++x) {
    sums[x] += weight * line[x];
  }
}

/// Weighted lines of one small line; returns what the weights sum up to.
static uint32_t add_lines(uint32_t *sums, const Plane *plane, double top, double bottom) {
  memset(sums, 0, (size_t)plane->width * sizeof(*sums));
  uint32_t total = 0;
  double scale = 255.0 / (bottom - top); // rounding up stays within 256 for up to some lines
  for (int y = (int)top; y < plane->height && y < bottom; ++y) {
    double part = fmin(bottom, y + 1.0) - fmax(top, y);
    uint32_t weight = (uint32_t)(part * scale);
    if (weight) {
      const uint8_t *line = plane->data + y * plane->stride;
      if (plane->bytes == 1) {
        add_bytes(sums, line, plane->width, weight);
      } else {
        add_words(sums, (const uint16_t *)(const void *)line, plane->width, weight);
      }
      total += weight;
    }
  }
  return total ? total : 1;
}

static void shrink_plane(uint32_t *sums, const Plane *plane, float *to, int width, int height,
                         float full) {
  const uint16_t *narrow = (const uint16_t *)(void *)sums;
  double step_y = (double)plane->height / height, step_x = (double)plane->width / width;
  for (int y = 0; y < height; ++y) {
    uint32_t total = add_lines(sums, plane, y * step_y, (y + 1) * step_y);
    float scale = 1.0F / ((float)total * (float)step_x * full);
    for (int x = 0; x < width; ++x) {
      double left = x * step_x, right = left + step_x;
      int from = (int)left, to_x = (int)right < plane->width ? (int)right : plane->width - 1;
      uint64_t inner = 0;
      uint32_t first = plane->bytes == 1 ? narrow[from] : sums[from];
      uint32_t last = plane->bytes == 1 ? narrow[to_x] : sums[to_x];
      if (plane->bytes == 1) {
        uint32_t sum = 0;
        for (int i = from; i < to_x; ++i) {
          sum += narrow[i];
        }
        inner = sum;
      } else {
        for (int i = from; i < to_x; ++i) {
          inner += sums[i];
        }
      }
      float sum =
          (float)inner - (float)(left - from) * (float)first + (float)(right - to_x) * (float)last;
      to[y * width + x] = sum * scale;
    }
  }
}

static bool is_direct(const AVPixFmtDescriptor *format) {
  const uint64_t odd = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BE |
                       AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_FLOAT;
  if (!format || format->nb_components < 3 || !(format->flags & AV_PIX_FMT_FLAG_PLANAR) ||
      (format->flags & odd)) {
    return false;
  }
  for (int c = 0; c < 3; ++c) {
    const AVComponentDescriptor *comp = &format->comp[c];
    if (comp->plane != c || comp->shift || comp->offset || comp->depth != format->comp[0].depth ||
        comp->depth < 8 || comp->depth > 16 || comp->step != (comp->depth > 8 ? 2 : 1)) {
      return false;
    }
  }
  return true;
}

/// A picture with so many lines that some of one field show all: less memory is read, which is what
/// takes the time, and what is interlaced shows no comb, whether or not the file says so.
static Plane plane_of(const AVFrame *frame, const AVPixFmtDescriptor *format, int index,
                      int lines) {
  int right = index ? format->log2_chroma_w : 0, down = index ? format->log2_chroma_h : 0;
  Plane plane = {.data = frame->data[index],
                 .stride = frame->linesize[index],
                 .width = -((-frame->width) >> right),
                 .height = -((-frame->height) >> down),
                 .bytes = format->comp[index].step};
  int each = plane.height / lines / LINES_ENOUGH / 2 * 2;
  each = each < 2 && (plane.height >= RATIO * lines || frame->interlaced_frame) ? 2 : each;
  if (each > 1) {
    plane.stride *= each;
    plane.height = (plane.height + each - 1) / each;
  }
  return plane;
}

static void weights_of(const AVFrame *frame, float *red, float *blue) {
  int space = frame->colorspace == AVCOL_SPC_UNSPECIFIED || frame->colorspace == AVCOL_SPC_RGB
                  ? (frame->height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M)
                  : (int)frame->colorspace;
  bool wide =
      space == AVCOL_SPC_BT2020_NCL || space == AVCOL_SPC_BT2020_CL || space == AVCOL_SPC_ICTCP;
  *red = space == AVCOL_SPC_BT709 ? 0.2126F : wide ? 0.2627F : 0.299F; // ITU-R BT.709, 2020, 601
  *blue = space == AVCOL_SPC_BT709 ? 0.0722F : wide ? 0.0593F : 0.114F;
}

static uint8_t byte_of(float value) {
  return (uint8_t)(value <= 0 ? 0 : value >= 1 ? 255 : value * 255.0F + 0.5F);
}

static void to_rgb(KtShrink *shrink, const AVFrame *frame) {
  bool full = frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P ||
              frame->format == AV_PIX_FMT_YUVJ422P || frame->format == AV_PIX_FMT_YUVJ444P;
  float kr, kb, low = full ? 0 : 16, range = full ? 255 : 219, spread = full ? 255 : 224;
  weights_of(frame, &kr, &kb);
  float from_red = 2 * (1 - kr), from_blue = 2 * (1 - kb), kg = 1 - kr - kb;
  for (int y = 0; y < shrink->height; ++y) {
    for (int x = 0; x < shrink->width; ++x) {
      int half = y / 2 * (shrink->width / 2) + x / 2;
      float light = (shrink->luma[y * shrink->width + x] - low) / range;
      float u = (shrink->blue[half] - 128) / spread * from_blue;
      float v = (shrink->red[half] - 128) / spread * from_red;
      uint8_t *to = shrink->rgb + 3 * (y * shrink->width + x);
      to[0] = byte_of(light + v);
      to[1] = byte_of(light - (kr * v + kb * u) / kg);
      to[2] = byte_of(light + u);
    }
  }
}

static KtStatus shrink_direct(KtShrink *shrink, const AVFrame *frame,
                              const AVPixFmtDescriptor *format, KtError *err) {
  if (shrink->sums_width < frame->width) {
    free(shrink->sums);
    shrink->sums = calloc((size_t)frame->width + STEP, sizeof(*shrink->sums));
    shrink->sums_width = shrink->sums ? frame->width : 0;
    if (!shrink->sums) {
      return no_memory(err);
    }
  }
  float full = (float)(1 << (format->comp[0].depth - 8));
  float *const planes[3] = {shrink->luma, shrink->blue, shrink->red};
  for (int p = 0; p < 3; ++p) {
    int width = p ? shrink->width / 2 : shrink->width,
        height = p ? shrink->height / 2 : shrink->height;
    Plane plane = plane_of(frame, format, p, height);
    shrink_plane(shrink->sums, &plane, planes[p], width, height, full);
  }
  to_rgb(shrink, frame);
  return KT_OK;
}

static KtStatus shrink_scaled(KtShrink *shrink, const AVFrame *frame, KtError *err) {
  int fields = frame->interlaced_frame && frame->height >= 2 * SMALLEST ? 2 : 1;
  int height = frame->height / fields;
  shrink->scaler =
      sws_getCachedContext(shrink->scaler, frame->width, height, frame->format, shrink->width,
                           shrink->height, AV_PIX_FMT_RGB24, SWS_AREA, NULL, NULL, NULL);
  if (!shrink->scaler) {
    return kt_error_set(err, KT_ERR_UNSUPPORTED, "the film's pictures cannot be converted");
  }
  int matrix = frame->colorspace == AVCOL_SPC_UNSPECIFIED || frame->colorspace == AVCOL_SPC_RGB
                   ? (frame->height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601)
                   : (int)frame->colorspace;
  sws_setColorspaceDetails(shrink->scaler, sws_getCoefficients(matrix),
                           frame->color_range == AVCOL_RANGE_JPEG,
                           sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
  int lines[4];
  for (int p = 0; p < 4; ++p) {
    lines[p] = frame->linesize[p] * fields;
  }
  uint8_t *const planes[4] = {shrink->rgb};
  const int strides[4] = {shrink->width * 3};
  sws_scale(shrink->scaler, (const uint8_t *const *)frame->data, lines, 0, height, planes, strides);
  return KT_OK;
}

KtStatus kt_shrink_frame(KtShrink *shrink, const AVFrame *frame, KtError *err) {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
  bool large = frame->width >= RATIO * shrink->width && frame->height >= RATIO * shrink->height;
  KtStatus status = large && is_direct(format) ? shrink_direct(shrink, frame, format, err)
                                               : shrink_scaled(shrink, frame, err);
  return status ? status : kt_tone_map(shrink, frame, err);
}
