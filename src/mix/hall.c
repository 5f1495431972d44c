// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/hall.h"

#include "base/film_time.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BANDS = 9 };                    // octaves round 63 Hz .. 16 kHz
static const double speed_of_sound = 343.0;

double kt_hall_t60(const KtHallDesign *design, double hz) {
  double low = (double)design->t60_low_s, mid = (double)design->t60_mid_s;
  double high = (double)design->t60_high_s;
  double x = log2(hz / 1000.0) / 3.0; // -1 at 125 Hz, 1 at 8 kHz
  x = x < -1 ? -1 : x > 1.5 ? 1.5 : x;
  double t60 = x < 0 ? mid * pow(low / mid, -x) : mid * pow(high / mid, x);
  return t60 > 0.05 ? t60 : 0.05;
}

/// Share of band `band` at a frequency: raised cosines over the logarithm that sum to one.
static double band_share(int band, double hz) {
  double x = hz > 0 ? log2(hz / 1000.0) + 4.0 - band : -20.0;
  if ((band == 0 && x < 0) || (band == BANDS - 1 && x > 0)) {
    return 1;
  }
  return fabs(x) >= 1 ? 0 : 0.5 + 0.5 * cos(M_PI * x);
}

typedef struct Synthesis {
  const KtHallDesign *design;
  KtFft fft;
  float complex *noise;   // its spectrum
  float *ear;
  size_t frames, start;   // length, and where the late room begins
  double level_db;
} Synthesis;

static void add_band(Synthesis *s, int band) {
  size_t bins = s->fft.size / 2 + 1;
  double bin_hz = (double)KT_SAMPLE_RATE / (double)s->fft.size;
  for (size_t k = 0; k < bins; ++k) {
    s->fft.spectrum[k] = s->noise[k] * (float)(band_share(band, (double)k * bin_hz) /
                                               (double)s->fft.size);
  }
  s->fft.spectrum[0] = 0;
  kt_fft_backward(&s->fft);
  double t60 = kt_hall_t60(s->design, 62.5 * pow(2, band));
  // The density of reflections grows for a while before the field is diffuse.
  double build = 0.02 * KT_SAMPLE_RATE;
  double step = pow(10.0, -3.0 / (t60 * KT_SAMPLE_RATE)), level = 1;
  for (size_t i = s->start; i < s->frames; ++i, level *= step) {
    double rise = fmin(1.0, (double)(i - s->start) / build);
    s->ear[i] += (float)((double)s->fft.real[i] * level * rise);
  }
}

/// To the design's energy, and a last hundredth that fades to nothing.
static void finish_ear(const Synthesis *s) {
  double energy = 0;
  for (size_t i = 0; i < s->frames; ++i) {
    energy += (double)s->ear[i] * (double)s->ear[i];
  }
  double gain = energy > 0 ? pow(10.0, s->level_db / 20.0) / sqrt(energy) : 0;
  size_t fade = s->frames / 50;
  for (size_t i = 0; i < s->frames; ++i) {
    size_t left = s->frames - i;
    double end = left < fade ? 0.5 - 0.5 * cos(M_PI * (double)left / (double)fade) : 1.0;
    s->ear[i] = (float)((double)s->ear[i] * gain * end);
  }
}

static KtStatus synthesise(Synthesis *s, const char *name, KtError *err) {
  KtRng rng = kt_rng(1, name);
  s->noise = calloc(s->fft.size / 2 + 1, sizeof(*s->noise));
  s->ear = calloc(s->frames, sizeof(float));
  if (!s->noise || !s->ear) {
    free(s->noise);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < s->fft.size; ++i) {
    s->fft.real[i] = (float)kt_rng_normal(&rng);
  }
  kt_fft_forward(&s->fft);
  memcpy(s->noise, s->fft.spectrum, (s->fft.size / 2 + 1) * sizeof(*s->noise));
  for (int band = 0; band < BANDS; ++band) {
    add_band(s, band);
  }
  finish_ear(s);
  free(s->noise);
  return KT_OK;
}

static KtStatus late(const KtHallDesign *design, const char *const names[2], double after_ms,
                     double level_db, float *ears[2], size_t *frames, KtError *err) {
  double longest = fmax((double)design->t60_low_s,
                        fmax((double)design->t60_mid_s, (double)design->t60_high_s));
  Synthesis s = {.design = design, .level_db = level_db};
  s.start = (size_t)(fmax(0.0, (double)design->predelay_ms + after_ms) * KT_SAMPLE_RATE / 1000);
  s.frames = s.start + (size_t)(1.15 * longest * KT_SAMPLE_RATE) + 1;
  size_t size = 1;
  while (size < s.frames) {
    size *= 2;
  }
  ears[0] = ears[1] = NULL;
  *frames = s.frames;
  KtStatus status = kt_fft_init(&s.fft, size, err);
  for (int ear = 0; !status && ear < 2; ++ear) {
    status = synthesise(&s, names[ear], err);
    ears[ear] = s.ear;
    s.ear = NULL;
  }
  if (s.fft.forward) {
    kt_fft_clear(&s.fft);
  }
  if (status) {
    free(ears[0]);
    free(ears[1]);
    ears[0] = ears[1] = NULL;
  }
  return status;
}

KtStatus kt_hall_late(const KtHallDesign *design, float *ears[2], size_t *frames, KtError *err) {
  static const char *const names[2] = {"hall/left", "hall/right"};
  return late(design, names, 0, (double)design->late_db, ears, frames, err);
}

KtStatus kt_hall_rear(const KtHallDesign *design, const KtMixSettings *settings, float *ears[2],
                      size_t *frames, KtError *err) {
  static const char *const names[2] = {"hall/rear left", "hall/rear right"};
  return late(design, names, (double)settings->surround_delay_ms,
              (double)(design->late_db + settings->surround_db), ears, frames, err);
}

static KtStatus keep_response(KtResponse *response, float *ears[2], size_t frames, KtHall *hall,
                              KtError *err) {
  KtStatus status = kt_response_init(response, ears[0], ears[1], frames, err);
  hall->frames = frames > hall->frames ? frames : hall->frames;
  free(ears[0]);
  free(ears[1]);
  return status;
}

int kt_hall_channels(int film_channels) {
  return film_channels == 6 || film_channels == 8 ? film_channels : 2;
}

static void set_sends(KtHall *hall, const KtMixSettings *settings) {
  for (int stem = 0; stem < KT_STEM_COUNT; ++stem) {
    hall->sends[stem] = 1;
    for (unsigned i = 0; i < settings->sends_count; ++i) {
      if (!strcmp(settings->sends[i].section, kt_stem_code((KtSectionId)stem))) {
        hall->sends[stem] = powf(10, settings->sends[i].db / 20);
      }
    }
  }
}

KtStatus kt_hall_init(KtHall *hall, const KtHallDesign *design, const KtMixSettings *settings,
                      int channels, KtError *err) {
  float *ears[2];
  size_t frames = 0;
  memset(hall, 0, sizeof(*hall));
  hall->design = design;
  hall->channels = channels;
  hall->full_stage = (double)settings->full_stage;
  set_sends(hall, settings);
  KtStatus status = kt_hall_late(design, ears, &frames, err);
  if (!status) {
    status = keep_response(&hall->late, ears, frames, hall, err);
  }
  if (!status && hall->channels > 2) {
    status = kt_hall_rear(design, settings, ears, &frames, err);
    status = status ? status : keep_response(&hall->rear, ears, frames, hall, err);
  }
  return status;
}

void kt_hall_clear(KtHall *hall) {
  kt_response_clear(&hall->late);
  kt_response_clear(&hall->rear);
  memset(hall, 0, sizeof(*hall));
}

/// Constant-power panning; -1 left, 1 right.
static void pan(double position, double gain, float ears[2]) {
  double p = position < -1 ? -1 : position > 1 ? 1 : position;
  ears[0] = (float)(gain * cos((p + 1) * M_PI / 4) * M_SQRT2);
  ears[1] = (float)(gain * sin((p + 1) * M_PI / 4) * M_SQRT2);
}

typedef struct Image {
  double delay_s, gain, position;
} Image;

static int by_gain(const void *a, const void *b) {
  double x = ((const Image *)a)->gain, y = ((const Image *)b)->gain;
  return (x < y) - (x > y);
}

/// Coordinate of the `order`-th image of `x` in walls at 0 and `size`.
static double mirrored(double x, double size, int order) {
  return order % 2 == 0 ? order * size + x : (order + 1) * size - x;
}

static void add_reflections(const KtHallDesign *design, double x, double y, KtSeating *seating) {
  double width = (double)design->width_m, length = (double)design->length_m;
  double height = (double)design->height_m, mic = (double)design->mic_m;
  // The listener stands in the middle; the conductor a quarter of the hall from the front wall.
  double ear_x = width / 2, ear_y = length * 0.25 + mic, ear_z = 3.0;
  double from_x = width / 2 + x, from_y = fmax(0.5, ear_y - y), from_z = 1.2;
  double direct = hypot(hypot(from_x - ear_x, from_y - ear_y), from_z - ear_z);
  Image images[128];
  int count = 0;
  for (int i = -2; i <= 2; ++i) {
    for (int j = -2; j <= 2; ++j) {
      for (int k = -2; k <= 2; ++k) {
        int order = abs(i) + abs(j) + abs(k);
        double dx = mirrored(from_x, width, i) - ear_x, dy = mirrored(from_y, length, j) - ear_y;
        double dz = mirrored(from_z, height, k) - ear_z;
        double far = hypot(hypot(dx, dy), dz), delay = (far - direct) / speed_of_sound;
        // What comes within 4 ms colours the sound more than it places it: left to the sample.
        if (order < 1 || order > 2 || delay < 0.004 || delay * KT_SAMPLE_RATE >= KT_TAP_MOST - 1) {
          continue;
        }
        images[count++] = (Image){delay, direct / far * pow((double)design->reflect, order),
                                  dx / fmax(far, 0.1)};
      }
    }
  }
  qsort(images, (size_t)count, sizeof(*images), by_gain);
  double gain = pow(10.0, (double)design->early_db / 20.0);
  for (int i = 0; i < count && seating->taps < KT_TAPS; ++i) {
    if (images[i].gain * gain > 0.01) {
      int tap = seating->taps++;
      seating->tap_delay[tap] = (int)lround(images[i].delay_s * KT_SAMPLE_RATE);
      pan(images[i].position, images[i].gain * gain * M_SQRT1_2, seating->tap_gain[tap]);
    }
  }
}

KtSeating kt_hall_seat(const KtHallDesign *design, double position, double depth_m, int players) {
  KtSeating seating = {0};
  double half = (double)design->stage_width_m / 2, mic = (double)design->mic_m;
  double p = position < -1 ? -1 : position > 1 ? 1 : position;
  double x = p * half, y = mic + (depth_m > 0 ? depth_m : 0);
  double near_by = mic + 2.0, distance = hypot(x, y);
  // The players balance themselves: distance takes half of what it would in the open.
  double gain = sqrt(near_by / fmax(distance, 1.0));
  gain = gain > 1.2 ? 1.2 : gain;
  double angle = atan2(x, y) / atan2(half, near_by); // -1..1 over the width of the front desks
  double width = players > 1 ? 0.12 + 0.01 * (players < 16 ? players : 16) : 0.08;
  // Each side at 1/sqrt 2 a side of the pan, so that a centred stereo sound keeps its level.
  pan(0.85 * angle - width, gain * M_SQRT1_2, seating.direct[0]);
  pan(0.85 * angle + width, gain * M_SQRT1_2, seating.direct[1]);
  int late = (int)lround(fabs(angle) * 0.0003 * KT_SAMPLE_RATE); // the farther ear, at most 0.3 ms
  seating.direct_delay[angle > 0 ? 0 : 1] = late;
  double corner = 20000.0 * pow(0.93, fmax(0.0, y - 3.0)); // air and the backs of those in front
  seating.dull = (float)(1.0 - exp(-2.0 * M_PI * corner / KT_SAMPLE_RATE));
  seating.late_gain = 0.7071F;
  add_reflections(design, x, y, &seating);
  return seating;
}
