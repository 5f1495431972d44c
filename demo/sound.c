// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// The sound of the demo film: lines spoken by espeak-ng, weather and effects made of noise.
#include "play.h"

#include <math.h>
#include <sndfile.h>
#include <soxr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RATE = 48000 };

typedef struct Noiser {
  uint32_t seed;
  double low, band_low, band;
} Noiser;

static double white(Noiser *n) {
  n->seed = n->seed * 1664525U + 1013904223U;
  return (double)(n->seed >> 8) / 8388608.0 - 1.0;
}

/// Noise below (about) `hz`.
static double dark(Noiser *n, double hz) {
  n->low += 2 * M_PI * hz / RATE * (white(n) - n->low);
  return n->low;
}

/// Noise around `hz` (a state-variable filter, Chamberlin 1985).
static double around(Noiser *n, double hz, double width) {
  double f = 2 * sin(M_PI * hz / RATE);
  n->band_low += f * n->band;
  n->band += f * (white(n) - n->band_low - width * n->band);
  return n->band;
}

static double ambience_at(double t, size_t field) {
  for (size_t i = 0; i < SHOT_COUNT; ++i) {
    if (t < SHOTS[i].end || i + 1 == SHOT_COUNT) {
      const double levels[] = {SHOTS[i].wind, SHOTS[i].sea, SHOTS[i].rain, SHOTS[i].fire};
      return levels[field];
    }
  }
  return 0;
}

static void weather(float *out, size_t frames) {
  Noiser wind[2] = {{1, 0, 0, 0}, {2, 0, 0, 0}}, sea[2] = {{3, 0, 0, 0}, {4, 0, 0, 0}};
  Noiser rain[2] = {{5, 0, 0, 0}, {6, 0, 0, 0}}, fire = {7, 0, 0, 0}, spark = {8, 0, 0, 0};
  double levels[4] = {0}, snap = 0;
  for (size_t i = 0; i < frames; ++i) {
    double t = (double)i / RATE;
    for (size_t k = 0; k < 4 && i % 64 == 0; ++k) { // cuts of sound are soft, some 80 ms
      levels[k] += 0.016 * (ambience_at(t, k) - levels[k]);
    }
    double gust = 0.6 + 0.4 * sin(0.7 * t + 2 * sin(0.23 * t));
    double swell = 0.45 + 0.55 * pow(0.5 + 0.5 * sin(2 * M_PI * t / 5.5), 2);
    if (white(&spark) > 0.9994) {
      snap = 1;
    }
    snap *= 0.996;
    for (size_t c = 0; c < 2; ++c) {
      double sum = 0.10 * levels[0] * gust * around(&wind[c], 380 + 250 * gust, 0.35);
      sum += 1.1 * levels[1] * swell * dark(&sea[c], 420) * 0.35;
      sum += 0.035 * levels[2] * (white(&rain[c]) - 0.4 * dark(&rain[c], 900));
      sum += levels[3] * (0.25 * dark(&fire, 200) + 0.12 * snap * white(&fire));
      out[2 * i + c] += (float)(0.42 * sum);
    }
  }
}

static double effect_sample(Noise kind, double t, Noiser *n) {
  switch (kind) {
  case THUNDER:
    return 2.6 * dark(n, 150) * exp(-1.1 * t) * (1 - exp(-60 * t)) + 0.5 * dark(n, 900) * exp(-9 * t);
  case GLASS:
    return white(n) * 0.5 * exp(-14 * t) +
           0.12 * exp(-6 * t) * (sin(2 * M_PI * 3170 * t) + sin(2 * M_PI * 4710 * t) + sin(2 * M_PI * 6230 * t));
  case CRACK:
    return white(n) * exp(-45 * t) + 0.5 * sin(2 * M_PI * 240 * t) * exp(-20 * t);
  case WHOOSH:
    return 1.6 * around(n, 300 + 500 * exp(-2 * t), 0.5) * (1 - exp(-8 * t)) * exp(-1.8 * t) * 0.25;
  case WHISTLE: {
    static const double notes[] = {1318.5, 1568.0, 1318.5};
    int i = (int)(t / 0.55);
    double in = t - 0.55 * i;
    if (i > 2) {
      return 0;
    }
    double shape = (1 - exp(-40 * in)) * (in < 0.45 ? 1 : exp(-25 * (in - 0.45)));
    return shape * (0.35 * sin(2 * M_PI * notes[i] * t + 0.2 * sin(2 * M_PI * 5.5 * t)) + 0.03 * white(n));
  }
  }
  return 0;
}

static void effects(float *out, size_t frames) {
  for (size_t e = 0; e < EFFECT_COUNT; ++e) {
    Noiser n = {(uint32_t)(100 + e), 0, 0, 0};
    size_t start = (size_t)(EFFECTS[e].at * RATE);
    for (size_t i = 0; i < 4 * RATE && start + i < frames; ++i) {
      double s = 0.5 * EFFECTS[e].gain * effect_sample(EFFECTS[e].noise, (double)i / RATE, &n);
      out[2 * (start + i)] += (float)s;
      out[2 * (start + i) + 1] += (float)s;
    }
  }
}

/// One line spoken, at 48 kHz mono; the caller frees it. NULL where it failed.
static float *speak(const Line *line, const char *folder, size_t *count) {
  char path[1024], command[2048];
  snprintf(path, sizeof(path), "%s/.line.wav", folder);
  snprintf(command, sizeof(command), "espeak-ng -v %s -p %d -s %d -w '%s' \"%s\"", line->voice,
           line->pitch, line->speed, path, line->text);
  if (system(command) != 0) {
    fprintf(stderr, "make_demo: espeak-ng could not speak \"%s\"; is it installed?\n", line->text);
    return NULL;
  }
  SF_INFO info = {0};
  SNDFILE *file = sf_open(path, SFM_READ, &info);
  unlink(path);
  if (!file || info.channels != 1) {
    return NULL;
  }
  float *raw = malloc(sizeof(float) * (size_t)info.frames);
  size_t got = raw ? (size_t)sf_readf_float(file, raw, info.frames) : 0;
  sf_close(file);
  *count = (size_t)((double)got * RATE / info.samplerate);
  float *spoken = calloc(*count + 1, sizeof(float));
  size_t done = 0;
  if (raw && spoken) {
    soxr_oneshot(info.samplerate, RATE, 1, raw, got, NULL, spoken, *count, &done, NULL, NULL, NULL);
  }
  free(raw);
  while (done > 1 && fabsf(spoken[done - 1]) < 0.004F) {
    --done; // the silence that espeak-ng leaves behind
  }
  *count = done;
  return spoken;
}

static void stamp(double t, char text[16]) {
  int ms = (int)lround(t * 1000);
  snprintf(text, 16, "%02u:%02u:%02u,%03u", (unsigned)ms / 3600000U % 24U, (unsigned)ms / 60000U % 60U, (unsigned)ms / 1000U % 60U, (unsigned)ms % 1000U);
}

static int lines(float *out, size_t frames, const char *folder, FILE *captions) {
  for (size_t l = 0; l < LINE_COUNT; ++l) {
    size_t count = 0;
    float *spoken = speak(&LINES[l], folder, &count);
    if (!spoken) {
      return 0;
    }
    double power = 1e-9;
    for (size_t i = 0; i < count; ++i) {
      power += (double)spoken[i] * (double)spoken[i];
    }
    float gain = (float)(0.085 / sqrt(power / (double)(count + 1)));
    size_t start = (size_t)(LINES[l].at * RATE);
    for (size_t i = 0; i < count && start + i < frames; ++i) {
      out[2 * (start + i)] += gain * spoken[i];
      out[2 * (start + i) + 1] += gain * spoken[i];
    }
    free(spoken);
    char from[16], to[16];
    stamp(LINES[l].at, from);
    stamp(LINES[l].at + (double)count / RATE, to);
    fprintf(captions, "%zu\n%s --> %s\n%s: %s\n\n", l + 1, from, to, LINES[l].who, LINES[l].text);
  }
  return 1;
}

int play_sound(const char *folder, const char *name) {
  char path[1024];
  snprintf(path, sizeof(path), "%s/%s.srt", folder, name);
  size_t frames = (size_t)(play_length() * RATE);
  float *out = calloc(frames * 2, sizeof(float));
  FILE *captions = fopen(path, "w");
  int ok = out && captions && lines(out, frames, folder, captions);
  if (captions && fclose(captions)) {
    ok = 0;
  }
  if (ok) {
    weather(out, frames);
    effects(out, frames);
    for (size_t i = 0; i < 2 * frames; ++i) {
      out[i] = tanhf(out[i]);
    }
    snprintf(path, sizeof(path), "%s/.sound.wav", folder);
    SF_INFO info = {.samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    ok = file && sf_writef_float(file, out, (sf_count_t)frames) == (sf_count_t)frames;
    ok = file && !sf_close(file) && ok;
  }
  free(out);
  return ok;
}
