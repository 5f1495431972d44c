// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/pass.h"

#include <stdlib.h>
#include <string.h>

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

/// The small picture's size: the longer side KT_LOOK_SIZE, the shape as it is shown.
static KtStatus begin(KtPass *pass, const AVFrame *frame, KtError *err) {
  double shape = (double)frame->width / frame->height;
  if (frame->sample_aspect_ratio.num > 0 && frame->sample_aspect_ratio.den > 0) {
    shape *= av_q2d(frame->sample_aspect_ratio);
  }
  double width = shape >= 1 ? KT_LOOK_SIZE : KT_LOOK_SIZE * shape;
  double height = shape >= 1 ? KT_LOOK_SIZE / shape : KT_LOOK_SIZE;
  pass->small_width = width < 32 ? 32 : (int)(width / 2 + 0.5) * 2;
  pass->small_height = height < 32 ? 32 : (int)(height / 2 + 0.5) * 2;
  size_t bytes = (size_t)pass->small_width * (size_t)pass->small_height * 3;
  pass->small = calloc(bytes + 64, 1); // the scaler writes whole vectors
  pass->turned = calloc(bytes + 64, 1);
  if (!pass->small || !pass->turned) {
    return no_memory(err);
  }
  bool lying = pass->turns % 2 == 0;
  KtStatus status = kt_eye_init(&pass->eye, lying ? pass->small_width : pass->small_height,
                                lying ? pass->small_height : pass->small_width, err);
  pass->eye_ready = !status;
  return status;
}

static KtStatus scale(KtPass *pass, const AVFrame *frame, KtError *err) {
  pass->scaler = sws_getCachedContext(pass->scaler, frame->width, frame->height, frame->format,
                                      pass->small_width, pass->small_height, AV_PIX_FMT_RGB24,
                                      SWS_AREA, NULL, NULL, NULL);
  if (!pass->scaler) {
    return kt_error_set(err, KT_ERR_UNSUPPORTED, "the film's pictures cannot be converted");
  }
  int matrix = frame->colorspace == AVCOL_SPC_UNSPECIFIED || frame->colorspace == AVCOL_SPC_RGB
                   ? (frame->height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601)
                   : (int)frame->colorspace;
  sws_setColorspaceDetails(pass->scaler, sws_getCoefficients(matrix),
                           frame->color_range == AVCOL_RANGE_JPEG,
                           sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
  uint8_t *const planes[4] = {pass->small};
  const int strides[4] = {pass->small_width * 3};
  sws_scale(pass->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
            planes, strides);
  return KT_OK;
}

static const uint8_t *turn(KtPass *pass) {
  int w = pass->small_width, h = pass->small_height;
  if (!pass->turns) {
    return pass->small;
  }
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      int to = pass->turns == 1   ? x * h + (h - 1 - y)
               : pass->turns == 2 ? (h - 1 - y) * w + (w - 1 - x)
                                  : (w - 1 - x) * h + y;
      memcpy(pass->turned + 3 * (size_t)to, pass->small + 3 * ((size_t)y * (size_t)w + (size_t)x),
             3);
    }
  }
  return pass->turned;
}

static KtSight *new_sight(KtSights *sights) {
  if (sights->count == sights->capacity) {
    size_t capacity = sights->capacity ? sights->capacity * 3 / 2 : 2048;
    KtSight *larger = realloc(sights->items, capacity * sizeof(KtSight));
    if (!larger) {
      return NULL;
    }
    sights->items = larger;
    sights->capacity = capacity;
  }
  KtSight *sight = &sights->items[sights->count++];
  memset(sight, 0, sizeof(*sight));
  return sight;
}

static KtStatus see(KtPass *pass, const AVFrame *frame, KtError *err) {
  if (frame->width <= 0 || frame->height <= 0) {
    return KT_OK;
  }
  KtStatus status = pass->eye_ready ? KT_OK : begin(pass, frame, err);
  if (!status) {
    status = scale(pass, frame, err);
  }
  KtSight *sight = status ? NULL : new_sight(&pass->sights);
  if (!sight) {
    return status ? status : no_memory(err);
  }
  size_t index = pass->sights.count - 1;
  int64_t step = frame->pkt_duration > 0 ? frame->pkt_duration : 1;
  sight->pts = frame->best_effort_timestamp;
  if (index && (sight->pts == AV_NOPTS_VALUE || sight->pts <= sight[-1].pts)) {
    sight->pts = sight[-1].pts + step; // a broken stamp: time only goes forward
  } else if (sight->pts == AV_NOPTS_VALUE) {
    sight->pts = 0;
  }
  kt_eye_see(&pass->eye, turn(pass), pass->eye.width * 3, sight);
  return KT_OK;
}

void *kt_pass_pictures(void *argument) {
  KtPass *pass = argument;
  AVFrame *frame;
  while ((frame = kt_queue_take(&pass->pictures))) {
    if (!pass->picture_status && !kt_cancelled(pass->ctx)) {
      pass->picture_status = see(pass, frame, &pass->picture_error);
    }
    av_frame_free(&frame);
    if (pass->picture_status) {
      kt_queue_close(&pass->pictures);
    }
  }
  return NULL;
}
