// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/loudness.h"

#include <ebur128.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// libebur128 fills tables when the first meter is made: one thread at a time.
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

double kt_lufs(double energy) {
  return energy > 0 ? 10.0 * log10(energy) - 0.691 : -HUGE_VAL;
}

double kt_energy(double lufs) {
  return isfinite(lufs) ? pow(10.0, (lufs + 0.691) / 10.0) : 0;
}

static bool push(double **items, size_t *count, size_t *capacity, double value) {
  if (*count == *capacity) {
    size_t more = *capacity ? *capacity * 2 : 256;
    double *grown = realloc(*items, more * sizeof(double));
    if (!grown) {
      return false;
    }
    *items = grown;
    *capacity = more;
  }
  (*items)[(*count)++] = value;
  return true;
}

KtStatus kt_meter_init(KtMeter *meter, int channels, bool peak, bool range, KtError *err) {
  memset(meter, 0, sizeof(*meter));
  meter->channels = channels;
  int mode = EBUR128_MODE_M | (peak ? EBUR128_MODE_TRUE_PEAK : 0) | (range ? EBUR128_MODE_LRA : 0);
  pthread_mutex_lock(&making);
  meter->state = ebur128_init((unsigned)channels, 48000, mode);
  pthread_mutex_unlock(&making);
  return meter->state ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

KtStatus kt_meter_add(KtMeter *meter, const float *samples, size_t frames, KtError *err) {
  while (frames) {
    size_t now = KT_HOP - meter->filled;
    now = now > frames ? frames : now;
    if (ebur128_add_frames_float(meter->state, samples, now)) {
      return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
    }
    meter->filled += now;
    samples += now * (size_t)meter->channels;
    frames -= now;
    if (meter->filled == KT_HOP) {
      double lufs = -HUGE_VAL;
      ebur128_loudness_window(meter->state, 100, &lufs);
      meter->filled = 0;
      if (!push(&meter->hops.energy, &meter->hops.count, &meter->hops.capacity, kt_energy(lufs))) {
        return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
      }
    }
  }
  return KT_OK;
}

double kt_meter_peak_dbtp(const KtMeter *meter) {
  double most = 0;
  for (int c = 0; c < meter->channels; ++c) {
    double peak = 0;
    if (!ebur128_true_peak(meter->state, (unsigned)c, &peak)) {
      most = peak > most ? peak : most;
    }
  }
  return most > 0 ? 20.0 * log10(most) : -HUGE_VAL;
}

double kt_meter_range_lu(const KtMeter *meter) {
  double range = 0;
  return ebur128_loudness_range(meter->state, &range) ? 0 : range;
}

void kt_meter_clear(KtMeter *meter) {
  ebur128_state *state = meter->state;
  if (state) {
    ebur128_destroy(&state);
  }
  free(meter->hops.energy);
  memset(meter, 0, sizeof(*meter));
}

double kt_hops_mean(const KtHops *hops, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = from < 0 ? 0 : from; i < to && i < (int64_t)hops->count; ++i) {
    sum += hops->energy[i];
  }
  return to > from ? sum / (double)(to - from) : 0;
}

void kt_gate_add(KtGate *gate, const KtHops *hops, int64_t from, int64_t to, double gain) {
  from = from < 0 ? 0 : from;
  to = to > (int64_t)hops->count ? (int64_t)hops->count : to;
  for (int64_t i = from; i + 4 <= to; ++i) {
    double energy = gain * kt_hops_mean(hops, i, i + 4);
    gate->failed = !push(&gate->blocks, &gate->count, &gate->capacity, energy) || gate->failed;
  }
}

/// Mean of the blocks above a threshold; 0 where there is none.
static double mean_above(const KtGate *gate, double threshold) {
  double sum = 0;
  size_t count = 0;
  for (size_t i = 0; i < gate->count; ++i) {
    if (gate->blocks[i] >= threshold) {
      sum += gate->blocks[i];
      ++count;
    }
  }
  return count ? sum / (double)count : 0;
}

double kt_gate_lufs(const KtGate *gate) {
  double quietest = kt_energy(-70.0);
  double first = mean_above(gate, quietest);
  double relative = first / 10.0;
  return kt_lufs(mean_above(gate, relative > quietest ? relative : quietest));
}

void kt_gate_clear(KtGate *gate) {
  free(gate->blocks);
  memset(gate, 0, sizeof(*gate));
}

double kt_hops_lufs(const KtHops *hops) {
  KtGate gate = {0};
  kt_gate_add(&gate, hops, 0, (int64_t)hops->count, 1.0);
  double lufs = kt_gate_lufs(&gate);
  kt_gate_clear(&gate);
  return lufs;
}
