// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/onset.h"

#include "base/audio_file.h"
#include "base/fft.h"
#include "base/film_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  WINDOW = 512, // 10.7 ms
  HOP = 48,     // 1 ms
  BANDS = 21,
  LAG = 12,   // hops the flux looks back
  REACH = 80, // ms either side of what was meant
  BEFORE = 300,
  AFTER = 420, // ms read around it
  STOP_REACH = 120,
  RISE = 120, // ms in which an attack reaches its top
};

/// Critical band edges in Hz (Zwicker 1961), the lowest four joined: the window cannot part them.
static const float band_edges[BANDS + 1] = {60,   400,  510,  630,  770,   920,  1080, 1270,
                                            1480, 1720, 2000, 2320, 2700,  3150, 3700, 4400,
                                            5300, 6400, 7700, 9500, 12000, 15500};

typedef struct Bands {
  int count;              // hops
  float (*energy)[BANDS]; // per hop
  float *flux;
} Bands;

static void bands_clear(Bands *bands) {
  free(bands->energy);
  free(bands->flux);
  memset(bands, 0, sizeof(*bands));
}

static void analyse(Bands *bands, const float *samples, KtFft *fft) {
  const double bin = (double)KT_SAMPLE_RATE / WINDOW;
  float window[WINDOW];
  for (int i = 0; i < WINDOW; ++i) {
    window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * (i + 0.5) / WINDOW));
  }
  for (int h = 0; h < bands->count; ++h) {
    for (int i = 0; i < WINDOW; ++i) {
      fft->real[i] = samples[h * HOP + i] * window[i];
    }
    kt_fft_forward(fft);
    for (int b = 0; b < BANDS; ++b) {
      double sum = 0;
      int first = (int)ceil((double)band_edges[b] / bin);
      int last = (int)ceil((double)band_edges[b + 1] / bin);
      for (int k = first; k < last; ++k) {
        double re = (double)crealf(fft->spectrum[k]), im = (double)cimagf(fft->spectrum[k]);
        sum += re * re + im * im;
      }
      bands->energy[h][b] = (float)(sum / (WINDOW * (double)WINDOW));
    }
  }
}

/// Rise of the bands' levels over LAG hops, each band by its share of the loudness now: a drum
/// under a full texture fills one band and is yet the event. The floor (relative to the loudest
/// moment) keeps faint bands from speaking as loudly as strong ones.
static void measure_flux(Bands *bands) {
  double top = 0;
  for (int h = 0; h < bands->count; ++h) {
    for (int b = 0; b < BANDS; ++b) {
      top = fmax(top, (double)bands->energy[h][b]);
    }
  }
  double floor_energy = fmax(top * 1e-4, 1e-14);
  for (int h = 0; h < bands->count; ++h) {
    double flux = 0, whole = 1e-14;
    for (int b = 0; b < BANDS; ++b) {
      whole += (double)bands->energy[h][b];
    }
    for (int b = 0; h >= LAG && b < BANDS; ++b) {
      double now = log(1.0 + (double)bands->energy[h][b] / floor_energy);
      double then = log(1.0 + (double)bands->energy[h - LAG][b] / floor_energy);
      double share = sqrt((double)bands->energy[h][b] / whole);
      flux += (0.1 + 2.0 * share) * fmax(0.0, now - then);
    }
    bands->flux[h] = (float)flux;
  }
}

static int compare_float(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float median(const float *values, int count, float *scratch) {
  memcpy(scratch, values, (size_t)count * sizeof(float));
  qsort(scratch, (size_t)count, sizeof(float), compare_float);
  return scratch[count / 2];
}

/// The most each band held in the hops before `base`: held tones beat and quiver, and what stays
/// below that is not new.
static void held_before(const Bands *bands, int base, double held[BANDS]) {
  enum { BACK = 30 };
  for (int b = 0; b < BANDS; ++b) {
    held[b] = (double)bands->energy[base][b];
    for (int h = base > BACK ? base - BACK : 0; h < base; ++h) {
      held[b] = fmax(held[b], (double)bands->energy[h][b]);
    }
  }
}

/// Energy that has come above what was held, band by band.
static double excess(const Bands *bands, const double held[BANDS], int hop) {
  double sum = 0;
  for (int b = 0; b < BANDS; ++b) {
    sum += fmax(0.0, (double)bands->energy[hop][b] - held[b]);
  }
  return sum;
}

static double band_mean(const Bands *bands, int band, int from, int to) {
  from = from < 0 ? 0 : from;
  to = to > bands->count ? bands->count : to;
  double sum = 0;
  for (int h = from; h < to; ++h) {
    sum += (double)bands->energy[h][band];
  }
  return to > from ? sum / (to - from) : 0;
}

/// Whether what comes at `peak` stands out of what was there: over tens of milliseconds, since the
/// energy of noise and of close partials wavers from window to window.
static bool stands_out(const Bands *bands, int peak) {
  double come = 0, before = 0;
  for (int b = 0; b < BANDS; ++b) {
    double then = band_mean(bands, b, peak - LAG - 40, peak - LAG);
    come += fmax(0.0, band_mean(bands, b, peak, peak + 40) - then);
    before += then;
  }
  return come > 0.25 * before && come > 1e-12;
}

static double level_at(const Bands *bands, int hop) {
  double sum = 0;
  for (int b = 0; b < BANDS; ++b) {
    sum += band_mean(bands, b, hop - 8, hop + 8);
  }
  return sum;
}

/// Where the rise that peaks at `peak` begins. A slow attack has several peaks of flux, and any of
/// them may be the highest: go back as long as new energy keeps coming and the level was lower.
static int rise_begins(const Bands *bands, int peak) {
  enum { FARTHEST = 150, QUIET = 25, STEP = 15 };
  int at = peak;
  while (at > LAG + 4 && peak - at < FARTHEST) {
    float coming = 0;
    for (int h = at > QUIET ? at - QUIET : 0; h < at; ++h) {
      coming = bands->flux[h] > coming ? bands->flux[h] : coming;
    }
    if (coming < 0.3F * bands->flux[peak] ||
        level_at(bands, at - STEP) > 1.3 * level_at(bands, at)) {
      break;
    }
    --at;
  }
  return at - LAG - 4 > 0 ? at - LAG - 4 : 0;
}

/// Hop (with fraction) at which the onset whose flux peaks at `peak` is felt; negative: too weak.
static double attack_time(const Bands *bands, int peak) {
  int base = rise_begins(bands, peak);
  int end = peak + RISE < bands->count ? peak + RISE : bands->count;
  double top = 0, held[BANDS];
  held_before(bands, base, held);
  for (int h = base; h < end; ++h) {
    // An early top weighs more: what swells after the attack is not the attack.
    double late = fmax(0.0, (double)(h - peak) / RISE);
    top = fmax(top, excess(bands, held, h) * (1.0 - 0.7 * late));
  }
  if (!stands_out(bands, peak)) {
    return -1;
  }
  double threshold = 0.1 * top;
  int at = peak;
  while (at > base && excess(bands, held, at - 1) >= threshold) {
    --at; // what wavered before and sank again was no attack
  }
  while (at < end && excess(bands, held, at) < threshold) {
    ++at;
  }
  double last = at > base ? excess(bands, held, at - 1) : 0, now = at < end ? excess(bands, held, at) : 0;
  return at == end ? -1 : now > last ? at - 1 + (threshold - last) / (now - last) : at;
}

bool kt_onset_in(const float *samples, int count, int from, int to, double *at) {
  Bands bands = {.count = (count - WINDOW) / HOP + 1};
  KtFft fft = {0};
  bool found = false;
  if (count < WINDOW || kt_fft_init(&fft, WINDOW, NULL)) {
    return false;
  }
  bands.energy = calloc((size_t)bands.count, sizeof(*bands.energy));
  bands.flux = calloc((size_t)bands.count * 2, sizeof(float));
  if (bands.energy && bands.flux) {
    analyse(&bands, samples, &fft);
    measure_flux(&bands);
    int first = (from - WINDOW / 2) / HOP, last = (to - WINDOW / 2) / HOP;
    first = first < LAG ? LAG : first;
    last = last > bands.count ? bands.count : last;
    int peak = first;
    for (int h = first; h < last; ++h) {
      peak = bands.flux[h] > bands.flux[peak] ? h : peak;
    }
    float usual = median(bands.flux, bands.count, bands.flux + bands.count);
    if (first < last && bands.flux[peak] > 1.8F * usual + 1.0F) {
      double hop = attack_time(&bands, peak);
      found = hop >= 0;
      // The window's centre; its bell lets a tenth of the energy in 1.6 ms too soon.
      *at = found ? hop * HOP + WINDOW / 2.0 + 0.0016 * KT_SAMPLE_RATE : 0;
    }
  }
  bands_clear(&bands);
  kt_fft_clear(&fft);
  return found;
}

/// The sound around `sample` as mono, zeros where the file has none.
static KtStatus read_around(const char *wav, int64_t sample, float *mono, int before, int count,
                            KtError *err) {
  KtAudioReader *reader = NULL;
  KtStatus status = kt_audio_reader_open(wav, &reader, err);
  if (status) {
    return status;
  }
  int channels = kt_audio_reader_channels(reader);
  int64_t from = sample - before, frames = kt_audio_reader_frames(reader);
  int64_t start = from < 0 ? 0 : from;
  memset(mono, 0, (size_t)count * sizeof(float));
  float *buffer = calloc((size_t)count * (size_t)channels, sizeof(float));
  size_t got = 0;
  if (!buffer) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  } else if (kt_audio_reader_rate(reader) != KT_SAMPLE_RATE) {
    status = kt_error_at(err, KT_ERR_UNSUPPORTED, wav, 0, 0, "is at %d Hz; 48000 is wanted",
                         kt_audio_reader_rate(reader));
  } else if (start < frames && start < from + count) {
    status = kt_audio_seek(reader, start, err);
    if (!status) {
      status = kt_audio_read(reader, buffer, (size_t)(from + count - start), &got, err);
    }
  }
  for (size_t i = 0; !status && i < got; ++i) {
    for (int c = 0; c < channels; ++c) {
      mono[(size_t)(start - from) + i] += buffer[i * (size_t)channels + (size_t)c];
    }
  }
  free(buffer);
  kt_audio_reader_close(reader);
  return status;
}

enum { PER_MS = KT_SAMPLE_RATE / 1000 };

KtStatus kt_heard_onset(const char *wav, int64_t sample, double *error_ms, bool *found,
                        KtError *err) {
  static const int count = (BEFORE + AFTER) * PER_MS;
  *found = false;
  float *mono = malloc((size_t)count * sizeof(float));
  if (!mono) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = read_around(wav, sample, mono, BEFORE * PER_MS, count, err);
  double at = 0;
  // The flux peaks some milliseconds after the attack begins: look that much further.
  if (!status &&
      kt_onset_in(mono, count, (BEFORE - REACH) * PER_MS, (BEFORE + REACH + LAG) * PER_MS, &at)) {
    double ms = at / PER_MS - BEFORE;
    if (fabs(ms) <= REACH) {
      *error_ms = ms;
      *found = true;
    }
  }
  free(mono);
  return status;
}

static double mean(const double *values, int from, int to) {
  double sum = 0;
  for (int i = from; i < to; ++i) {
    sum += values[i];
  }
  return sum / (to - from);
}

/// Level in dB per millisecond over 20 ms, and where it falls most.
static bool find_fall(const float *mono, double *ms) {
  enum { COUNT = BEFORE + AFTER - 20, LOOK = 60, GUARD = 10 };
  double level[COUNT];
  for (int m = 0; m < COUNT; ++m) {
    double sum = 1e-12;
    for (int i = m * PER_MS; i < (m + 20) * PER_MS; ++i) {
      sum += (double)mono[i] * (double)mono[i];
    }
    level[m] = 10.0 * log10(sum / (20.0 * PER_MS));
  }
  int best = 0;
  double most = 0;
  for (int m = BEFORE - STOP_REACH - 10; m <= BEFORE + STOP_REACH - 10; ++m) {
    double fall = mean(level, m - LOOK, m - GUARD) - mean(level, m + LOOK, m + LOOK + 100);
    if (fall > most) {
      most = fall;
      best = m;
    }
  }
  if (most < 4.0) {
    return false;
  }
  double half = mean(level, best - LOOK, best - GUARD) - most / 2;
  int at = best + LOOK + 100;
  while (at > best - LOOK && level[at - 1] < half) {
    --at;
  }
  *ms = at + 10 - BEFORE; // the middle of the 20 ms
  return fabs(*ms) <= STOP_REACH;
}

KtStatus kt_heard_stop(const char *wav, int64_t sample, double *error_ms, bool *found,
                       KtError *err) {
  static const int count = (BEFORE + AFTER) * PER_MS;
  *found = false;
  float *mono = malloc((size_t)count * sizeof(float));
  if (!mono) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  KtStatus status = read_around(wav, sample, mono, BEFORE * PER_MS, count, err);
  double ms = 0;
  if (!status && find_fall(mono, &ms)) {
    *error_ms = ms;
    *found = true;
  }
  free(mono);
  return status;
}
