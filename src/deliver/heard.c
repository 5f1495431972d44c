// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/common.h"

#include "base/rng.h"
#include "ear/onset.h"

#include <math.h>
#include <stdlib.h>

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

/// What a busy texture earns for nothing: an attack near moments that mean nothing.
static KtStatus try_chance(const KtCueMix *mix, KtRng *rng, int times, KtHitsHeard *heard, KtError *err) {
  KtStatus status = KT_OK;
  int64_t edge = KT_SAMPLE_RATE / 10, room = mix->frames - 2 * edge;
  for (int i = 0; i < times && !status && room > 0; ++i) {
    double error_ms = 0;
    bool found = false;
    int64_t at = edge + (int64_t)(kt_rng_unit(rng) * (double)room);
    status = kt_heard_onset(mix->path, at, &error_ms, &found, err);
    ++heard->moments;
    heard->chance += found && fabs(error_ms) <= heard->near_ms;
  }
  return status;
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

KtStatus kt_hear_all(const KtDelivery *delivery, const KtHitResult *results, KtHitsHeard *heard, KtError *err) {
  enum { MOMENTS = 10 }; // for each hit
  const KtSpotting *spotting = delivery->spotting;
  double frame_ms = 1000 / kt_rate_fps(delivery->film->rate);
  *heard = (KtHitsHeard){.near_ms = fmax(20, frame_ms / 2), .far_ms = fmax(40, frame_ms), .median_ms = NAN};
  KtRng rng = kt_rng(1, "hits by chance");
  double *errors = calloc(spotting->hits.count + 1, sizeof(*errors));
  KtStatus status = errors ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  size_t count = 0;
  for (size_t i = 0; !status && i < spotting->hits.count; ++i) {
    const KtHit *hit = &spotting->hits.items[i];
    const KtCueMix *mix = hit->cue >= 0 ? kt_delivery_cue_mix(delivery, (size_t)hit->cue) : NULL;
    if (hit->kind != KT_HIT_HARD || !mix) {
      continue;
    }
    double error = results[i].heard_error_ms;
    ++heard->hard;
    heard->near += isfinite(error) && fabs(error) <= heard->near_ms;
    heard->far += !isfinite(error) || fabs(error) > heard->far_ms;
    if (isfinite(error)) {
      errors[count++] = error;
    }
    status = try_chance(mix, &rng, MOMENTS, heard, err);
  }
  if (count) {
    qsort(errors, count, sizeof(*errors), compare_doubles);
    heard->median_ms = count % 2 ? errors[count / 2] : (errors[count / 2 - 1] + errors[count / 2]) / 2;
  }
  free(errors);
  return status;
}
