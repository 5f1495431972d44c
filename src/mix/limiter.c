// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/limiter.h"

#include "base/film_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  CHANNELS = 8,
  PHASES = 4,
  COARSE = 6,
  REACH = 24,                  // audio frames the interpolation looks either way: true to 20 kHz
  TAPS = 2 * REACH,
  CHUNK = 1024,
  GROUP = 16,                  // audio frames looked at together for whether they can matter
};

struct KtLimiter {
  int channels;
  double ceiling, release;
  double near, least;          // where the bed alone is over `near`, no gain under `least`
  size_t look, delay;
  float phases[PHASES][TAPS];  // 0 is the sample itself
  float coarse[PHASES][TAPS];  // as meters look, most of them a quarter as far
  float bed[(TAPS + CHUNK) * CHANNELS];     // TAPS audio frames of the past in front
  float moving[(TAPS + CHUNK) * CHANNELS];
  float *line;                 // `delay` audio frames of `moving` to come
  size_t line_at;
  double *asked;               // the last look + 1 gains asked for, a ring
  double *let;                 // the last `look` gains after release, a ring
  size_t at;                   // audio frames seen
  double held, sum, most;
  size_t halved;               // audio frames at less than half the level
};

/// Windowed sinc of a reach in audio frames.
static void design(float phases[PHASES][TAPS], int reach) {
  for (int p = 0; p < PHASES; ++p) {
    for (int t = 0; t < TAPS; ++t) {
      double x = t - (REACH - 1) - (double)p / PHASES;
      double sinc = fabs(x) < 1e-9 ? 1 : sin(M_PI * x) / (M_PI * x);
      double window = fabs(x) < reach ? 0.5 + 0.5 * cos(M_PI * x / reach) : 0;
      phases[p][t] = (float)(sinc * window);
    }
  }
}

KtStatus kt_limiter_open(int channels, const KtLimiting *how, KtLimiter **limiter, KtError *err) {
  KtLimiter *made = calloc(1, sizeof(*made));
  if (made) {
    made->channels = channels;
    // The gain moves while the peaks between samples are made: a hair is kept back for that.
    made->ceiling = pow(10.0, (how->ceiling_dbtp - 0.05) / 20.0);
    made->near = made->ceiling * pow(10.0, -how->bed_near_db / 20.0);
    made->least = how->bed_near_most_db > 0 ? pow(10.0, -how->bed_near_most_db / 20.0) : 0;
    made->look = (size_t)fmax(8.0, how->look_ms * KT_SAMPLE_RATE / 1000);
    made->delay = made->look + REACH;
    made->release = 1.0 - exp(-1000.0 / (fmax(1.0, how->release_ms) * KT_SAMPLE_RATE));
    made->line = calloc(made->delay * (size_t)channels, sizeof(float));
    made->asked = malloc((made->look + 1) * sizeof(double));
    made->let = malloc(made->look * sizeof(double));
    made->held = 1;
    made->sum = (double)made->look;
    design(made->phases, REACH);
    design(made->coarse, COARSE);
  }
  if (!made || !made->line || !made->asked || !made->let) {
    kt_limiter_close(made);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i <= made->look; ++i) {
    made->asked[i] = 1;
  }
  for (size_t i = 0; i < made->look; ++i) {
    made->let[i] = 1;
  }
  *limiter = made;
  return KT_OK;
}

void kt_limiter_close(KtLimiter *limiter) {
  if (limiter) {
    free(limiter->line);
    free(limiter->asked);
    free(limiter->let);
    free(limiter);
  }
}

size_t kt_limiter_delay(const KtLimiter *limiter) {
  return limiter->delay;
}

double kt_limiter_most_db(const KtLimiter *limiter) {
  return -20.0 * log10(fmax(1.0 - limiter->most, 1e-6));
}

double kt_limiter_half_s(const KtLimiter *limiter) {
  return (double)limiter->halved / KT_SAMPLE_RATE;
}

/// Gain on `moving` with which one point stays under the ceiling.
static double needed(const KtLimiter *limiter, double bed, double moving) {
  double both = bed + moving, ceiling = limiter->ceiling;
  if (fabs(both) <= ceiling || moving == 0) {
    return 1;
  }
  double gain = ((both > 0 ? ceiling : -ceiling) - bed) / moving;
  double least = fabs(bed) > limiter->near ? limiter->least : 0;
  return gain < least ? least : gain > 1 ? 1 : gain;
}

static double between(const float *samples, const float *taps, size_t step, size_t reach) {
  double sum = 0;
  for (size_t t = REACH - reach; t < REACH + reach; ++t) {
    sum += (double)(samples[t * step] * taps[t]);
  }
  return sum;
}

/// Smallest gain needed between one audio frame and the next, over all channels; `i` counts in the
/// buffers with their past.
static double ask(const KtLimiter *limiter, size_t i, bool loud) {
  double gain = 1;
  size_t step = (size_t)limiter->channels;
  if (!loud) {
    return 1;
  }
  for (size_t c = 0; c < step; ++c) {
    const float *bed = limiter->bed + i * step + c;
    const float *moving = limiter->moving + i * step + c;
    double b = (double)bed[(REACH - 1) * step], m = (double)moving[(REACH - 1) * step];
    gain = fmin(gain, needed(limiter, b, m));
    for (int p = 1; p < PHASES; ++p) {
      b = between(bed, limiter->phases[p], step, REACH);
      m = between(moving, limiter->phases[p], step, REACH);
      gain = fmin(gain, needed(limiter, b, m));
      b = between(bed, limiter->coarse[p], step, COARSE);
      m = between(moving, limiter->coarse[p], step, COARSE);
      gain = fmin(gain, needed(limiter, b, m));
    }
  }
  return gain;
}

/// Whether any point between audio frames [from, from + frames) could come near the ceiling: between
/// samples a peak may stand above all of them, so the bound is generous. The worst tone, a quarter of
/// the rate, hides 3 dB.
static bool near_ceiling(const KtLimiter *limiter, size_t from, size_t frames) {
  float top = 0, moves = 0;
  size_t step = (size_t)limiter->channels;
  for (size_t i = from * step; i < (from + frames + TAPS) * step; ++i) {
    moves = fabsf(limiter->moving[i]) > moves ? fabsf(limiter->moving[i]) : moves;
    float level = fabsf(limiter->bed[i]) + fabsf(limiter->moving[i]);
    top = level > top ? level : top;
  }
  return moves > 0 && (double)top > 0.6 * limiter->ceiling;
}

/// The smallest of the last look + 1, let go slowly, then averaged over `look`: no sooner than the
/// gain asked for, no later, and without a step.
static double next_gain(KtLimiter *limiter, double asked) {
  limiter->asked[limiter->at % (limiter->look + 1)] = asked;
  double least = 1;
  for (size_t i = 0; i <= limiter->look; ++i) {
    least = limiter->asked[i] < least ? limiter->asked[i] : least;
  }
  double let = limiter->held + (1.0 - limiter->held) * limiter->release;
  limiter->held = least < let ? least : let;
  double *oldest = &limiter->let[limiter->at % limiter->look];
  limiter->sum += limiter->held - *oldest;
  *oldest = limiter->held;
  ++limiter->at;
  double gain = limiter->sum / (double)limiter->look;
  return gain > 0.999999 ? 1 : gain;
}

static void run_chunk(KtLimiter *limiter, size_t frames, float *out) {
  size_t step = (size_t)limiter->channels;
  bool loud = near_ceiling(limiter, 0, frames), here = loud;
  bool idle = !loud && limiter->held > 0.999999 && limiter->sum > 0.999999 * (double)limiter->look;
  for (size_t i = 0; i < frames; ++i) {
    double gain = 1;
    if (loud && i % GROUP == 0) {
      here = near_ceiling(limiter, i + 1, frames - i < GROUP ? frames - i - 1 : GROUP);
    }
    if (idle) {
      limiter->asked[limiter->at % (limiter->look + 1)] = 1;
      ++limiter->at;
    } else {
      // The point REACH before the newest, between it and the next.
      gain = next_gain(limiter, ask(limiter, i + 1, here));
    }
    limiter->most = fmax(limiter->most, 1.0 - gain);
    float *slot = limiter->line + limiter->line_at * step;
    bool heard = false;
    for (size_t c = 0; c < step; ++c) {
      out[i * step + c] = gain < 1 ? (float)((double)slot[c] * gain) : slot[c];
      heard = heard || fabsf(slot[c]) > 0;
      slot[c] = limiter->moving[(TAPS + i) * step + c];
    }
    limiter->halved += heard && gain < 0.5 ? 1 : 0;
    limiter->line_at = (limiter->line_at + 1) % limiter->delay;
  }
  memmove(limiter->bed, limiter->bed + frames * step, TAPS * step * sizeof(float));
  memmove(limiter->moving, limiter->moving + frames * step, TAPS * step * sizeof(float));
}

KtStatus kt_limiter_run(KtLimiter *limiter, const float *bed, const float *moving, size_t count,
                        float *out, KtError *err) {
  (void)err;
  size_t step = (size_t)limiter->channels;
  while (count) {
    size_t now = count < CHUNK ? count : CHUNK;
    if (bed) {
      memcpy(limiter->bed + TAPS * step, bed, now * step * sizeof(float));
      bed += now * step;
    }
    memcpy(limiter->moving + TAPS * step, moving, now * step * sizeof(float));
    moving += now * step;
    run_chunk(limiter, now, out);
    out += now * step;
    count -= now;
  }
  return KT_OK;
}
