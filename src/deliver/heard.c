// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/common.h"

#include "ear/onset.h"

KtStatus kt_hear_cue(const KtDelivery *delivery, size_t cue, KtHitResult *results, KtError *err) {
  const KtCueMix *mix = kt_delivery_cue_mix(delivery, cue);
  const KtSpotting *spotting = delivery->spotting;
  KtStatus status = KT_OK;
  for (size_t i = 0; mix && !status && i < spotting->hits.count; ++i) {
    const KtHit *hit = &spotting->hits.items[i];
    if ((size_t)hit->cue != cue || !results[i].placed ||
        (hit->kind != KT_HIT_HARD && hit->kind != KT_HIT_STOP)) {
      continue;
    }
    int64_t sample = kt_film_time_sample(hit->at) - mix->start_sample;
    double error_ms = 0;
    bool found = false;
    status = hit->kind == KT_HIT_HARD ? kt_heard_onset(mix->path, sample, &error_ms, &found, err)
                                      : kt_heard_stop(mix->path, sample, &error_ms, &found, err);
    if (!status && found) {
      results[i].heard_error_ms = error_ms;
    }
  }
  return status;
}
