// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// How much the sound is like words, by measures alone. Twenty measures of the second around each 10 ms (how level, voicing, pitch
// and spectrum move: words glide in pitch and change three to eight times a second, notes stand)
// are weighed by logistic regression. The weights were fitted to film dialogue of 1968 over a night
// ambience against an orchestral score and field recordings.

enum {
  LSTD,
  FAST,
  DL,
  VMEAN,
  VSTD,
  VOICED,
  GLIDE,
  JUMP,
  TSTD,
  TMEAN,
  FLUX,
  FLUXSTD,
  FORM,
  FORMSTD,
  OVER,
  VNOW,
  TNOW,
  XNOW,
  LREL,
  PITCH,
  MEASURES
};

typedef struct Weight {
  float mean, deviation, weight;
} Weight;

static const Weight weights[MEASURES] = {
    [LSTD] = {3.3516F, 2.7353F, -0.2437F},    [FAST] = {1.3842F, 1.1654F, 1.1235F},
    [DL] = {1.7474F, 0.9293F, -0.1164F},      [VMEAN] = {0.5518F, 0.1825F, 1.7240F},
    [VSTD] = {0.1649F, 0.0722F, 1.2555F},     [VOICED] = {0.4587F, 0.3394F, 0.4451F},
    [GLIDE] = {0.3265F, 0.2678F, 2.5064F},    [JUMP] = {0.1960F, 0.1718F, 1.2548F},
    [TSTD] = {4.6742F, 2.9040F, -0.0020F},    [TMEAN] = {-10.7382F, 11.9471F, -1.9307F},
    [FLUX] = {1.9245F, 0.1866F, 2.3474F},     [FLUXSTD] = {0.4189F, 0.1254F, -1.1398F},
    [FORM] = {6.0096F, 2.7223F, -0.6390F},    [FORMSTD] = {1.1020F, 0.5665F, -0.1444F},
    [OVER] = {7.2472F, 7.4397F, 2.1846F},     [VNOW] = {0.5519F, 0.2083F, 0.6390F},
    [TNOW] = {-10.7364F, 12.7243F, -0.3516F}, [XNOW] = {1.9245F, 0.2488F, 0.1210F},
    [LREL] = {-0.1319F, 2.8235F, -0.6683F},   [PITCH] = {5.3709F, 2.8340F, 1.1682F},
};
#define OFFSET (-11.3027F)

enum { CHUNK = 3000, MARGIN = 300, LENGTH = CHUNK + 2 * MARGIN, SECOND = 50, LONG = 150 };

/// Running sums of one chunk's signals: means over any window at once.
enum {
  S_LEVEL,
  S_LEVEL2,
  S_FAST2,
  S_DL,
  S_VOICING,
  S_VOICING2,
  S_VOICED,
  S_GLIDE,
  S_SMOOTH,
  S_JUMP,
  S_BOTH,
  S_TILT,
  S_TILT2,
  S_FLUX,
  S_FLUX2,
  S_FORM,
  S_FORM2,
  S_PITCH,
  S_FLOOR,
  SIGNALS
};
typedef struct Chunk {
  double sums[SIGNALS][LENGTH + 1];
  float level[LENGTH], smooth[LENGTH];
  int count;
} Chunk;

static double mean(const Chunk *chunk, int signal, int at, int reach) {
  int from = at - reach < 0 ? 0 : at - reach;
  int to = at + reach + 1 > chunk->count ? chunk->count : at + reach + 1;
  return (chunk->sums[signal][to] - chunk->sums[signal][from]) / (to - from);
}

static float deviation(const Chunk *chunk, int signal, int at) { // its square is the next signal
  double m = mean(chunk, signal, at, SECOND);
  return (float)sqrt(fmax(0.0, mean(chunk, signal + 1, at, SECOND) - m * m));
}

static void put(Chunk *chunk, int signal, int at, double value) {
  chunk->sums[signal][at + 1] = chunk->sums[signal][at] + value;
}

static float octave(const KtVoice *voice) {
  return log2f(fmaxf(voice->pitch_hz, 50.0F));
}

static void put_step(Chunk *chunk, const KtVoice *voices, int i) {
  const KtVoice *v = &voices[i];
  float level = fmaxf(v->level_db, -75.0F);
  bool voiced = v->voicing > 0.55F;
  bool both = voiced && i >= 2 && v[-2].voicing > 0.55F;
  float step = i >= 2 ? fabsf(octave(v) - octave(v - 2)) : 0;
  chunk->level[i] = level;
  put(chunk, S_LEVEL, i, (double)level);
  put(chunk, S_LEVEL2, i, (double)(level * level));
  put(chunk, S_DL, i, i >= 3 ? (double)fabsf(level - chunk->level[i - 3]) : 0.0);
  put(chunk, S_VOICING, i, (double)v->voicing);
  put(chunk, S_VOICING2, i, (double)(v->voicing * v->voicing));
  put(chunk, S_VOICED, i, voiced);
  put(chunk, S_BOTH, i, both);
  put(chunk, S_SMOOTH, i, both && step < 0.17F);
  put(chunk, S_GLIDE, i, both && step < 0.17F && step > 0.012F);
  put(chunk, S_JUMP, i, both && step >= 0.17F);
  put(chunk, S_TILT, i, (double)v->tilt_db);
  put(chunk, S_TILT2, i, (double)(v->tilt_db * v->tilt_db));
  put(chunk, S_FLUX, i, (double)v->flux);
  put(chunk, S_FLUX2, i, (double)(v->flux * v->flux));
  put(chunk, S_FORM, i, (double)v->formants);
  put(chunk, S_FORM2, i, (double)(v->formants * v->formants));
  put(chunk, S_PITCH, i, voiced ? (double)octave(v) : 0.0);
}

static void prepare(Chunk *chunk, const KtVoice *voices, int count) {
  chunk->count = count;
  for (int i = 0; i < count; ++i) {
    put_step(chunk, voices, i);
  }
  for (int i = 0; i < count; ++i) {
    chunk->smooth[i] = (float)mean(chunk, S_LEVEL, i, 5);
    double fast = mean(chunk, S_LEVEL, i, 4) - mean(chunk, S_LEVEL, i, 15);
    put(chunk, S_FAST2, i, fast * fast);
  }
  for (int i = 0; i < count; ++i) { // what is always there, to rise above
    int from = i - LONG < 0 ? 0 : i - LONG, to = i + LONG < count ? i + LONG : count - 1;
    float least = chunk->smooth[i];
    for (int k = from; k <= to; k += 2) {
      least = fminf(least, chunk->smooth[k]);
    }
    put(chunk, S_FLOOR, i, (double)least);
  }
}

static float score(const Chunk *chunk, int i) {
  float x[MEASURES];
  double voiced = mean(chunk, S_VOICED, i, SECOND);
  x[LSTD] = deviation(chunk, S_LEVEL, i);
  x[FAST] = (float)sqrt(fmax(0.0, mean(chunk, S_FAST2, i, SECOND)));
  x[DL] = (float)mean(chunk, S_DL, i, SECOND);
  x[VMEAN] = (float)mean(chunk, S_VOICING, i, SECOND);
  x[VSTD] = deviation(chunk, S_VOICING, i);
  x[VOICED] = (float)voiced;
  x[GLIDE] = (float)(mean(chunk, S_GLIDE, i, SECOND) / (mean(chunk, S_SMOOTH, i, SECOND) + 0.05));
  x[JUMP] = (float)(mean(chunk, S_JUMP, i, SECOND) / (mean(chunk, S_BOTH, i, SECOND) + 0.05));
  x[TSTD] = deviation(chunk, S_TILT, i);
  x[TMEAN] = (float)mean(chunk, S_TILT, i, SECOND);
  x[FLUX] = (float)mean(chunk, S_FLUX, i, SECOND);
  x[FLUXSTD] = deviation(chunk, S_FLUX, i);
  x[FORM] = (float)mean(chunk, S_FORM, i, SECOND);
  x[FORMSTD] = deviation(chunk, S_FORM, i);
  x[OVER] = fminf(40.0F, chunk->smooth[i] - (float)mean(chunk, S_FLOOR, i, 100));
  x[VNOW] = (float)mean(chunk, S_VOICING, i, 6);
  x[TNOW] = (float)mean(chunk, S_TILT, i, 6);
  x[XNOW] = (float)mean(chunk, S_FLUX, i, 6);
  x[LREL] = fminf(6.0F, (float)(mean(chunk, S_LEVEL, i, 4) - mean(chunk, S_LEVEL, i, SECOND)));
  x[PITCH] = voiced > 0.05 ? (float)(mean(chunk, S_PITCH, i, SECOND) / (voiced + 1e-3)) : 0.0F;
  float sum = OFFSET;
  for (int k = 0; k < MEASURES; ++k) {
    float z = (x[k] - weights[k].mean) / weights[k].deviation;
    sum += weights[k].weight * fmaxf(-3.0F, fminf(3.0F, z));
  }
  return sum;
}

/// Works on stretches of 30 s with what lies around them.
float *kt_words_scores(const KtHear *hear) {
  size_t total = hear->voice_count;
  float *scores = malloc((total + 1) * sizeof(float));
  Chunk *chunk = malloc(sizeof(*chunk));
  for (size_t at = 0; scores && chunk && at < total; at += CHUNK) {
    size_t from = at > MARGIN ? at - MARGIN : 0;
    size_t to = at + CHUNK + MARGIN < total ? at + CHUNK + MARGIN : total;
    memset(chunk, 0, sizeof(*chunk));
    if (at / CHUNK % 8 == 0) {
      kt_mapped_rest(&hear->voice_room);
    }
    prepare(chunk, hear->voices + from, (int)(to - from));
    for (size_t i = at; i < to && i < at + CHUNK; ++i) {
      scores[i] = score(chunk, (int)(i - from));
    }
  }
  bool ok = scores && chunk;
  free(chunk);
  if (!ok) {
    free(scores);
    return NULL;
  }
  return scores;
}
