// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/glue.h"

#include "base/film_time.h"

#include <math.h>

enum { STEP = KT_SAMPLE_RATE / 1000 };

static const double FAST_MS = 10, SLOW_MS = 3000;
static const double SILENCE = 1e-10;

/// What a follower goes on by in a millisecond.
static double pace(double ms) {
  return 1.0 - exp(-1.0 / fmax(0.5, ms));
}

KtGlue kt_glue_new(const KtMixSettings *settings, double score_lufs) {
  return (KtGlue){.over_db = (double)settings->glue_over_db,
                  .share = 1.0 - 1.0 / fmax(1.0, (double)settings->glue_ratio),
                  .most_db = (double)settings->glue_most_db,
                  .attack = pace((double)settings->glue_attack_ms),
                  .release = pace((double)settings->glue_release_ms),
                  .floor_db = isfinite(score_lufs) ? score_lufs + (double)settings->glue_over_db : 0,
                  .from = 1,
                  .to = 1};
}

/// Where the gain is to be at the end of the next millisecond.
static void listen(KtGlue *glue, double energy) {
  glue->fast += (energy - glue->fast) * pace(FAST_MS);
  glue->slow += (energy - glue->slow) * pace(SLOW_MS);
  double now = 10.0 * log10(glue->fast + SILENCE), around = 10.0 * log10(glue->slow + SILENCE);
  double over = now - fmax(around + glue->over_db, glue->floor_db);
  double wanted = -fmin(glue->most_db, fmax(0, over) * glue->share);
  glue->gain_db += (wanted - glue->gain_db) * (wanted < glue->gain_db ? glue->attack : glue->release);
  glue->gain_db = glue->gain_db > -1e-4 ? 0 : glue->gain_db;
  glue->taken_db = fmax(glue->taken_db, -glue->gain_db);
  glue->from = glue->to;
  glue->to = glue->gain_db < 0 ? pow(10.0, glue->gain_db / 20.0) : 1;
}

void kt_glue_run(KtGlue *glue, float *samples, size_t count, size_t channels) {
  for (size_t i = 0; i < count; ++i) {
    float *frame = samples + i * channels;
    double part = (double)glue->at / STEP, gain = glue->from + part * (glue->to - glue->from);
    for (size_t c = 0; c < channels; ++c) {
      glue->energy += (double)frame[c] * (double)frame[c];
      frame[c] = gain < 1 ? (float)((double)frame[c] * gain) : frame[c];
    }
    if (++glue->at == STEP) {
      listen(glue, glue->energy / STEP);
      glue->at = 0;
      glue->energy = 0;
    }
  }
}

double kt_glue_most_db(const KtGlue *glue) {
  return glue->taken_db;
}
