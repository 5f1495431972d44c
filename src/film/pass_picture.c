// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/pass.h"

#include <stdlib.h>
#include <string.h>

static KtStatus no_memory(KtError *err) {
  return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static KtStatus begin(KtPass *pass, const AVFrame *frame, KtError *err) {
  KtStatus status = kt_shrink_init(&pass->shrink, frame, KT_LOOK_SIZE, err);
  if (status) {
    return status;
  }
  int width = pass->shrink.width, height = pass->shrink.height;
  pass->turned = malloc((size_t)width * (size_t)height * 3);
  if (!pass->turned) {
    return no_memory(err);
  }
  bool lying = pass->turns % 2 == 0;
  status = kt_eye_init(&pass->eye, lying ? width : height, lying ? height : width, err);
  pass->eye_ready = !status;
  return status;
}

static const uint8_t *turn(KtPass *pass) {
  int w = pass->shrink.width, h = pass->shrink.height;
  const uint8_t *small = pass->shrink.rgb;
  if (!pass->turns) {
    return small;
  }
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      int to = pass->turns == 1   ? x * h + (h - 1 - y)
               : pass->turns == 2 ? (h - 1 - y) * w + (w - 1 - x)
                                  : (w - 1 - x) * h + y;
      memcpy(pass->turned + 3 * (size_t)to, small + 3 * ((size_t)y * (size_t)w + (size_t)x),
             3);
    }
  }
  return pass->turned;
}

static KtStatus see(KtPass *pass, const AVFrame *frame, KtError *err) {
  if (frame->width <= 0 || frame->height <= 0) {
    return KT_OK;
  }
  KtStatus status = pass->eye_ready ? KT_OK : begin(pass, frame, err);
  if (!status) {
    status = kt_shrink_frame(&pass->shrink, frame, err);
  }
  KtSight *sight = status ? NULL : kt_sights_add(&pass->sights);
  if (!sight) {
    return status ? status : no_memory(err);
  }
  size_t index = pass->sights.count - 1;
  if (frame->decode_error_flags || (frame->flags & AV_FRAME_FLAG_CORRUPT)) {
    pass->first_damaged = pass->damaged++ ? pass->first_damaged : index;
  }
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
