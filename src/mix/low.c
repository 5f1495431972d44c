// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/low.h"

#include "base/audio_file.h"
#include "base/film_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DOWN = 16, BLOCK = 512 * DOWN };

/// A gentle shelf, 6 dB an octave, takes this much of its depth off what lies under its corner in the mean.
static const double REACHES = 0.75;

/// A second-order low-pass at a sixteenth of the rate.
typedef struct Low {
  double b, a1, a2, x1, x2, y1, y2;
} Low;

static Low low_new(double hz) {
  double w = 2 * M_PI * hz * DOWN / KT_SAMPLE_RATE, alpha = sin(w) * M_SQRT1_2, a0 = 1 + alpha;
  return (Low){.b = (1 - cos(w)) / 2 / a0, .a1 = -2 * cos(w) / a0, .a2 = (1 - alpha) / a0};
}

static double low_run(Low *low, double x) {
  double y = low->b * (x + 2 * low->x1 + low->x2) - low->a1 * low->y1 - low->a2 * low->y2;
  low->x2 = low->x1;
  low->x1 = x;
  low->y2 = low->y1;
  low->y1 = fabs(y) < 1e-25 ? 0 : y;
  return y;
}

static KtStatus hear_stem(const KtDryStem *stem, double hz, float *block, double *whole, double *under, KtError *err) {
  KtAudioReader *reader = NULL;
  KtStatus status = kt_audio_reader_open(stem->path, &reader, err);
  Low low = low_new(hz);
  size_t got = 1;
  while (!status && got) {
    status = kt_audio_read(reader, block, BLOCK, &got, err);
    for (size_t i = 0; !status && i + DOWN <= got; i += DOWN) {
      double sum = 0, energy = 0;
      for (size_t k = i; k < i + DOWN; ++k) {
        float mono = 0.5F * (block[2 * k] + block[2 * k + 1]);
        sum += (double)mono;
        energy += (double)(mono * mono);
      }
      double y = low_run(&low, sum / DOWN);
      *whole += energy;
      *under += y * y * DOWN;
    }
  }
  kt_audio_reader_close(reader);
  return status;
}

KtStatus kt_low_hear(const KtMixSettings *settings, const KtStems *stems, KtLowEnd *end, KtError *err) {
  *end = (KtLowEnd){0};
  float *block = malloc(2 * (size_t)BLOCK * sizeof(float));
  KtStatus status = block ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t i = 0; !status && i < stems->items.count; ++i) {
    const KtDryStem *stem = &stems->items.items[i];
    status = hear_stem(stem, (double)settings->low_hz, block, &end->whole[stem->stem], &end->low[stem->stem], err);
  }
  free(block);
  return status;
}

void kt_low_thin(const KtMixSettings *settings, const KtLowEnd *end, float db[KT_STEM_COUNT]) {
  double low = 0, rest = 0, share = (double)settings->low_share;
  memset(db, 0, KT_STEM_COUNT * sizeof(*db));
  for (int s = 0; s < KT_STEM_COUNT; ++s) {
    low += end->low[s];
    rest += fmax(0, end->whole[s] - end->low[s]);
  }
  double over = share < 1 ? low - share / (1 - share) * rest : 0;
  for (unsigned i = 0; over > 0 && i < settings->low_order_count; ++i) {
    const KtLowCut *cut = &settings->low_order[i];
    for (int s = 0; s < KT_STEM_COUNT; ++s) {
      if (strcmp(cut->section, kt_stem_code((KtSectionId)s)) != 0 || end->low[s] <= 0 || over <= 0) {
        continue;
      }
      double most = end->low[s] * (1 - pow(10, -(double)cut->db * REACHES / 10)), taken = fmin(over, most);
      db[s] = (float)fmin((double)cut->db, -10 * log10(1 - taken / end->low[s]) / REACHES);
      over -= taken;
    }
  }
}
