// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_PER_S = KT_SAMPLE_RATE / KT_DUCK_STEP, WINDOW = 30 };

double kt_speech_margin(const KtSpan *line, const KtHops *film, const KtHops *music,
                        int64_t music_start_sample) {
  int64_t first = kt_film_time_sample(line->start) / KT_HOP;
  int64_t last = (kt_film_time_sample(line->end) + KT_HOP - 1) / KT_HOP;
  last = last <= first ? first + 1 : last;
  int64_t shift = (music_start_sample + KT_HOP / 2) / KT_HOP;
  int64_t width = last - first < WINDOW ? last - first : WINDOW;
  double least = HUGE_VAL;
  double floor_energy = kt_hops_mean(film, first, last) * pow(10.0, -0.6);
  for (int64_t at = first; at + width <= last; ++at) {
    double speech = fmax(kt_hops_mean(film, at, at + width), floor_energy);
    double under = kt_hops_mean(music, at - shift, at + width - shift);
    if (speech > 0 && under > 0) {
      least = fmin(least, 10.0 * log10(speech / under));
    }
  }
  return least;
}

static int64_t step_of(const KtDuckCue *cue, KtFilmTime time, double plus_ms) {
  int64_t sample = kt_film_time_sample(time) - cue->start_sample;
  return (int64_t)floor((double)sample / KT_DUCK_STEP + plus_ms * STEPS_PER_S / 1000.0);
}

/// Lower a stretch to at most `db`.
static void lower(float *values, size_t count, int64_t from, int64_t to, float db) {
  for (int64_t i = from < 0 ? 0 : from; i < to && i < (int64_t)count; ++i) {
    values[i] = values[i] < db ? values[i] : db;
  }
}

static void raise_to(float *values, size_t count, int64_t from, int64_t to, float level) {
  for (int64_t i = from < 0 ? 0 : from; i < to && i < (int64_t)count; ++i) {
    values[i] = values[i] > level ? values[i] : level;
  }
}

/// Gain that a line asks for, and how much of the dip comes first.
static float ask(const KtMixSettings *settings, const KtSpan *line, const KtHops *film,
                 const KtDuckCue *cue, float *thin) {
  double want = (double)(settings->speech_margin_lu + settings->margin_safety_lu);
  double plain = kt_speech_margin(line, film, cue->plain, cue->start_sample) - cue->gain_db;
  double thinned = kt_speech_margin(line, film, cue->thinned, cue->start_sample) - cue->gain_db;
  if (plain >= want) {
    *thin = 0;
    return 0;
  }
  double helps = fmax(thinned - plain, 0.5);
  *thin = (float)fmin(1.0, (want - plain) / helps);
  double gain = fmin(0.0, thinned - want);
  return (float)fmax(gain, -(double)settings->duck_most_db);
}

/// Between two lines: short gaps stay down, longer ones lift.
static void hold_gap(const KtMixSettings *settings, const KtDuckCue *cue, KtDuck *duck,
                     const KtSpan *before, const KtSpan *after, float before_db, float after_db) {
  double gap = kt_seconds(after->start - before->end);
  if (gap >= (double)settings->long_gap_s) {
    return;
  }
  float higher = before_db > after_db ? before_db : after_db;
  float lift = gap < (double)settings->hold_gap_s ? 0 : settings->lift_lu;
  float level = higher + lift < 0 ? higher + lift : 0;
  lower(duck->gain_db, duck->count, step_of(cue, before->end, 0), step_of(cue, after->start, 0),
        level);
}

/// Ramps: no steeper than `rate` a step, beginning before a fall and after a rise; smoothed so that
/// no corner is heard.
static void slope(float *values, size_t count, float rate) {
  for (size_t i = count; i-- > 1;) {
    float most = values[i] + rate;
    values[i - 1] = values[i - 1] > most ? most : values[i - 1];
  }
  for (size_t i = 1; i < count; ++i) {
    float most = values[i - 1] + rate;
    values[i] = values[i] > most ? most : values[i];
  }
}

static bool smooth(float *values, size_t count, size_t half) {
  float *copy = malloc((count + 1) * sizeof(float));
  if (!copy) {
    return false;
  }
  memcpy(copy, values, count * sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (size_t j = 0; j <= 2 * half; ++j) {
      size_t at = i + j < half ? 0 : i + j - half;
      sum += (double)copy[at >= count ? count - 1 : at];
    }
    values[i] = (float)(sum / (double)(2 * half + 1));
  }
  free(copy);
  return true;
}

/// Steepness in dB a step so that the deepest fall takes between the least and the longest ramp.
static float ramp_rate(const KtMixSettings *settings, double depth) {
  double seconds = depth / (double)settings->ramp_db_per_s;
  seconds = fmax(seconds, (double)settings->ramp_least_ms / 1000);
  seconds = fmin(seconds, (double)settings->ramp_most_ms / 1000);
  return (float)(fmax(depth, 0.1) / seconds / STEPS_PER_S);
}

static bool finish(const KtMixSettings *settings, KtDuck *duck) {
  float rate = ramp_rate(settings, duck->most_db);
  slope(duck->gain_db, duck->count, rate);
  float thin_rate = 1000.0F / settings->thin_ramp_ms / STEPS_PER_S;
  for (size_t i = 0; i < duck->count; ++i) {
    duck->thin[i] = -duck->thin[i]; // a dip like the gain's, so that the same slope serves
  }
  slope(duck->thin, duck->count, thin_rate);
  for (size_t i = 0; i < duck->count; ++i) {
    duck->thin[i] = -duck->thin[i];
  }
  return smooth(duck->gain_db, duck->count, 5) && smooth(duck->thin, duck->count, 5);
}

KtStatus kt_duck_plan(const KtMixSettings *settings, const KtSpan *speech, size_t speech_count,
                      const KtHops *film, const KtDuckCue *cue, KtDuck *duck, KtError *err) {
  memset(duck, 0, sizeof(*duck));
  duck->count = (size_t)(cue->frames / KT_DUCK_STEP + 2);
  duck->gain_db = calloc(duck->count, sizeof(float));
  duck->thin = calloc(duck->count, sizeof(float));
  if (!duck->gain_db || !duck->thin) {
    kt_duck_clear(duck);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const KtSpan *before = NULL;
  float before_db = 0;
  for (size_t i = 0; i < speech_count; ++i) {
    const KtSpan *line = &speech[i];
    if (step_of(cue, line->end, 0) < -10 * STEPS_PER_S ||
        step_of(cue, line->start, 0) > (int64_t)duck->count + 10 * STEPS_PER_S) {
      continue;
    }
    float thin = 0;
    float db = ask(settings, line, film, cue, &thin);
    // The smoothing reaches 50 ms to either side.
    int64_t from = step_of(cue, line->start, -(double)settings->lead_ms - 50);
    int64_t to = step_of(cue, line->end, (double)settings->hold_ms + 50);
    lower(duck->gain_db, duck->count, from, to, db);
    // The dip is there before the level moves.
    int64_t early = from - (int64_t)(settings->ramp_least_ms * STEPS_PER_S / 1000);
    raise_to(duck->thin, duck->count, early, to, thin);
    if (before) {
      hold_gap(settings, cue, duck, before, line, before_db, db);
    }
    duck->most_db = fmax(duck->most_db, -(double)db);
    before = line;
    before_db = db;
  }
  if (!finish(settings, duck)) {
    kt_duck_clear(duck);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  return KT_OK;
}

void kt_duck_clear(KtDuck *duck) {
  free(duck->gain_db);
  free(duck->thin);
  memset(duck, 0, sizeof(*duck));
}
