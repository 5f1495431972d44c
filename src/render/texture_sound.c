// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/film_time.h"
#include "base/rng.h"
#include "render/texture_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 3 * KT_SAMPLE_RATE, PARTIALS = 7, GRAINS_A_SECOND = 16 };
static const double ring_s = 1.2;   // resonators sound on after their chord
static const double change_s = 0.2; // from one chord to the next
static const double sharpness = 70; // Q of a resonator: a pitch, and still the rain

/// A sample of the recording, which goes round.
static float at(const KtRecording *recording, double frame, int channel) {
  int64_t whole = (int64_t)floor(frame);
  double share = frame - (double)whole;
  int64_t a = whole % recording->frames, b = (whole + 1) % recording->frames;
  return (float)((1 - share) * (double)recording->samples[2 * a + channel] +
                 share * (double)recording->samples[2 * b + channel]);
}

/// The recording without end: windows from all over it, overlapping by half at even power.
static void lay_bed(const KtRecording *recording, KtRng *rng, float *bed, int64_t frames) {
  int64_t window = recording->frames / 2 < WINDOW ? recording->frames / 2 : WINDOW;
  int64_t reach = recording->frames - window;
  for (int64_t start = -window / 2; start < frames; start += window / 2) {
    int64_t from = (int64_t)(kt_rng_unit(rng) * (double)reach);
    for (int64_t i = 0; i < window; ++i) {
      int64_t to = start + i;
      double gain = sin(M_PI * ((double)i + 0.5) / (double)window);
      if (to >= 0 && to < frames) {
        bed[2 * to] += (float)gain * recording->samples[2 * (from + i)];
        bed[2 * to + 1] += (float)gain * recording->samples[2 * (from + i) + 1];
      }
    }
  }
}

/// Grains long enough to melt into each other, at octaves and fifths of the recording's own pitch, left
/// and right.
static void scatter(const KtRecording *recording, KtRng *rng, float *out, int64_t frames) {
  static const double speeds[] = {1, 1, 0.5, 1.5, 2, 0.75};
  int64_t count = frames * GRAINS_A_SECOND / KT_SAMPLE_RATE;
  for (int64_t g = 0; g < count; ++g) {
    int64_t start = (int64_t)(kt_rng_unit(rng) * (double)frames);
    int64_t length = (int64_t)((0.25 + 0.7 * kt_rng_unit(rng)) * KT_SAMPLE_RATE);
    double from = kt_rng_unit(rng) * (double)recording->frames;
    double speed = speeds[kt_rng_int(rng, 0, 5)], pan = kt_rng_unit(rng);
    for (int64_t i = 0; i < length && start + i < frames; ++i) {
      double shape = sin(M_PI * (double)i / (double)length);
      for (int c = 0; c < 2; ++c) {
        double side = sqrt(c ? pan : 1 - pan);
        out[2 * (start + i) + c] +=
            (float)(shape * shape * side) * at(recording, from + speed * (double)i, c);
      }
    }
  }
}

/// One resonator (two poles, gain 1 at its top; R. Bristow-Johnson's cookbook) over a chord's span.
static void resonate(const float *bed, float *out, int64_t frames, const KtWorldChord *chord,
                     double hz, double gain) {
  double w = 2 * M_PI * hz / KT_SAMPLE_RATE, alpha = sin(w) / (2 * sharpness), a0 = 1 + alpha;
  double b = alpha / a0, a1 = -2 * cos(w) / a0, a2 = (1 - alpha) / a0;
  double change = change_s * KT_SAMPLE_RATE;
  int64_t first = chord->from - (int64_t)change, last = chord->to + (int64_t)(ring_s * KT_SAMPLE_RATE);
  first = first < 0 ? 0 : first;
  last = last > frames ? frames : last;
  for (int c = 0; c < 2; ++c) {
    double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    for (int64_t i = first; i < last; ++i) {
      double in = fmin(1, fmin((double)(i - first) / change, (double)(chord->to - i) / change));
      double x = in > 0 ? in * (double)bed[2 * i + c] : 0;
      double ringing = fmin(1, (double)(last - i) / change);
      double y = b * (x - x2) - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      out[2 * i + c] += (float)(gain * ringing * y);
    }
  }
}

static void tune(const float *bed, float *out, int64_t frames, const KtWorldRecipe *recipe) {
  for (size_t k = 0; k < recipe->chords.count; ++k) {
    const KtWorldChord *chord = &recipe->chords.items[k];
    double fifth = pow(2, chord->fifth / 12.0);
    const double tones[PARTIALS] = {1, 2, 2 * fifth, 4, 4 * fifth, 8, 8 * fifth};
    static const double gains[PARTIALS] = {0.8, 1, 0.7, 0.8, 0.5, 0.45, 0.3};
    for (int p = 0; p < PARTIALS; ++p) {
      double hz = chord->root_hz * tones[p];
      resonate(bed, out, frames, chord, hz, gains[p] * sqrt(hz / 200)); // what is high is weak in the world
    }
  }
}

static double rms(const float *samples, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = 2 * from; i < 2 * to; ++i) {
    sum += (double)samples[i] * (double)samples[i];
  }
  return to > from ? sqrt(sum / (2.0 * (double)(to - from))) : 0;
}

/// A stroke every eighth that falls in a tenth of a second.
static void beat(float *samples, int64_t frames, const KtWorldRecipe *recipe) {
  size_t step = 0;
  double level = 0, rise = 0;
  for (int64_t i = 0; i < frames; ++i) {
    while (step < recipe->steps.count && recipe->steps.items[step].at <= i) {
      rise = (double)recipe->steps.items[step++].weight;
    }
    level += rise > level ? (rise - level) / (0.003 * KT_SAMPLE_RATE) : -level / (0.11 * KT_SAMPLE_RATE);
    rise = level > 0.95 * rise ? 0 : rise;
    samples[2 * i] *= (float)(0.06 + level);
    samples[2 * i + 1] *= (float)(0.06 + level);
  }
}

/// Fades at both ends, and lower under words.
static double gain_at(const KtWorldRecipe *recipe, int64_t frame, double under) {
  double fade = fmin(recipe->fade_s * KT_SAMPLE_RATE, 0.4 * (double)(recipe->to - recipe->from));
  double in = fmin(1, (double)(frame - recipe->from) / fade), out = fmin(1, (double)(recipe->to - 1 - frame) / fade);
  double ends = in <= 0 || out <= 0 ? 0 : sin(M_PI_2 * in) * sin(M_PI_2 * out);
  return ends * ends * (1 + under * (recipe->words - 1));
}

static void shape(float *samples, const KtWorldRecipe *recipe, double gain) {
  double under = 0;
  size_t line = 0;
  for (int64_t i = 0; i < recipe->to; ++i) {
    while (line < recipe->spoken.count && recipe->spoken.items[line].to <= i) {
      ++line;
    }
    // down before the first word, up behind the last: a third of a second
    bool said = line < recipe->spoken.count && recipe->spoken.items[line].from - KT_SAMPLE_RATE / 2 <= i;
    under += ((said ? 1.0 : 0.0) - under) / (0.15 * KT_SAMPLE_RATE);
    double now = gain * gain_at(recipe, i, under);
    samples[2 * i] *= (float)now;
    samples[2 * i + 1] *= (float)now;
  }
}

float *kt_world_sound(const KtRecording *recording, const KtWorldRecipe *recipe) {
  size_t size = 2 * (size_t)recipe->to;
  float *bed = calloc(size, sizeof(float)), *tuned = calloc(size, sizeof(float)), *out = calloc(size, sizeof(float));
  if (!bed || !tuned || !out) {
    free(bed);
    free(tuned);
    free(out);
    return NULL;
  }
  KtRng rng = {recipe->seed};
  lay_bed(recording, &rng, bed, recipe->to);
  tune(bed, tuned, recipe->to, recipe);
  if (recipe->kind == KT_WORLD_GRAINS) {
    scatter(recording, &rng, out, recipe->to);
  } else if (recipe->kind == KT_WORLD_PULSE) {
    beat(tuned, recipe->to, recipe);
  }
  const float *plain = recipe->kind == KT_WORLD_GRAINS ? out : bed;
  for (size_t i = 0; recipe->kind == KT_WORLD_GRAINS && i < size; ++i) {
    out[i] = 0.35F * out[i] + bed[i]; // the place itself, and grains of it around
  }
  double of_plain = rms(plain, recipe->from, recipe->to), of_tuned = rms(tuned, recipe->from, recipe->to);
  double share = recipe->kind == KT_WORLD_GRAINS ? 0.6 : 0.16; // of the recording as it is
  double a = of_plain > 0 ? share / of_plain : 0, b = of_tuned > 0 ? (1 - share) / of_tuned : 0;
  for (size_t i = 0; i < size; ++i) {
    out[i] = (float)(a * (double)plain[i] + b * (double)tuned[i]);
  }
  double all = rms(out, recipe->from, recipe->to);
  shape(out, recipe, all > 0 ? recipe->level / all : 0);
  free(bed);
  free(tuned);
  return out;
}
