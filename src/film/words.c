// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Where people speak. Twenty measures of the second around each 10 ms (how level, voicing, pitch
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

/// Scores of all steps; work on stretches of 30 s with what lies around them.
static float *all_scores(const KtHear *hear) {
  size_t total = hear->voice_count;
  float *scores = malloc((total + 1) * sizeof(float));
  Chunk *chunk = malloc(sizeof(*chunk));
  for (size_t at = 0; scores && chunk && at < total; at += CHUNK) {
    size_t from = at > MARGIN ? at - MARGIN : 0;
    size_t to = at + CHUNK + MARGIN < total ? at + CHUNK + MARGIN : total;
    memset(chunk, 0, sizeof(*chunk));
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

/// How much less (or more) the sound must say by itself. A caption is up longer than its words, so
/// it only supports; music is doubted more, for voices that sing and instruments that do as voices.
static float doubt(const KtFilm *film, KtFilmTime at, size_t *music, size_t *caption,
                   bool captions) {
  float sum = film->music_share > 0.4F ? 1.5F : 0.0F; // a score is never far
  while (*music < film->music.count && film->music.items[*music].end <= at) {
    ++*music;
  }
  if (*music < film->music.count && film->music.items[*music].start <= at) {
    sum = 3.0F;
  }
  if (!captions) {
    return sum;
  }
  while (*caption < film->captions.count && film->captions.items[*caption].end <= at) {
    ++*caption;
  }
  const KtCaption *line = &film->captions.items[*caption];
  bool words = *caption < film->captions.count && line->start <= at && !line->sound;
  return words ? sum * 0.4F - 1.5F : sum + 0.75F;
}

static KtFilmTime step_time(size_t step) { // a window ends with its step; its middle is earlier
  int64_t sample = ((int64_t)step + 1) * KT_STEP - KT_VOICE_WINDOW / 2;
  return kt_sample_film_time(sample > 0 ? sample : 0);
}

static void add_span(KtFilm *film, size_t from, size_t to) {
  KtFilmTime start = step_time(from), end = step_time(to);
  KtFilmTime join = kt_film_time(0.2);
  end = end < film->duration ? end : film->duration;
  if (film->speech.count && start - film->speech.items[film->speech.count - 1].end < join) {
    film->speech.items[film->speech.count - 1].end = end;
    return;
  }
  KtSpan *span = kt_array_push(film->arena, &film->speech);
  if (span) {
    *span = (KtSpan){start, end};
  }
}

static KtFilmTime heard_within(const KtFilm *film, KtFilmTime start, KtFilmTime end) {
  KtFilmTime heard = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    const KtSpan *span = &film->speech.items[i];
    KtFilmTime from = span->start > start ? span->start : start;
    KtFilmTime to = span->end < end ? span->end : end;
    heard += to > from ? to - from : 0;
  }
  return heard;
}

/// Puts a span among the others; those it touches become one with it.
static void put_span(KtFilm *film, KtSpan made) {
  KtSpan *list = film->speech.items;
  size_t kept = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    if (list[i].end < made.start || list[i].start > made.end) {
      list[kept++] = list[i];
    } else {
      made.start = list[i].start < made.start ? list[i].start : made.start;
      made.end = list[i].end > made.end ? list[i].end : made.end;
    }
  }
  film->speech.count = kept;
  size_t at = kept;
  if (kt_array_push(film->arena, &film->speech)) {
    for (list = film->speech.items; at && list[at - 1].start > made.start; --at) {
      list[at] = list[at - 1];
    }
    list[at] = made;
  }
}

/// Captions laid end to end were not timed one by one.
static bool touches(const KtFilm *film, size_t caption) {
  const KtCaption *list = film->captions.items;
  const KtFilmTime near = kt_film_time(0.1);
  return (caption && list[caption].start - list[caption - 1].end < near) ||
         (caption + 1 < film->captions.count && list[caption + 1].start - list[caption].end < near);
}

/// Thunder and sea cover a voice. Where a caption is up about as long as its words take to say, and
/// little of them was heard, the caption knows better.
static void lean_on_captions(KtFilm *film) {
  const double letters_per_s = 13, breath_s = 0.3;
  const KtFilmTime plain = kt_film_time(1.5); // so much heard in one box needs no help
  for (size_t i = 0; i < film->captions.count; ++i) {
    const KtCaption *caption = &film->captions.items[i];
    KtFilmTime start = caption->start > 0 ? caption->start : 0;
    KtFilmTime end = caption->end < film->duration ? caption->end : film->duration;
    KtFilmTime said = kt_film_time(breath_s + (double)strlen(caption->text) / letters_per_s);
    bool tight = said >= (end - start) * 3 / 4 && !touches(film, i);
    said = said < end - start ? said : end - start;
    KtFilmTime heard = end > start ? heard_within(film, start, end) : 0;
    if (!caption->sound && tight && said > 0 && heard < plain && heard < said * 11 / 20) {
      put_span(film, (KtSpan){start, start + said});
    }
  }
}

#define CERTAIN  1.0F
#define PROBABLE 0.25F
enum { SMOOTH = 12, SHORTEST = 20 };

void kt_voice_find(const KtHear *hear, KtFilm *film) {
  size_t count = hear->voice_count, music = 0, caption = 0;
  float *scores = all_scores(hear);
  bool captions = film->captions.count >= 3;
  film->speech_method = captions
                            ? "pitch and syllable rhythm (logistic, no neural weights), captions"
                            : "pitch and syllable rhythm (logistic, no neural weights)";
  size_t from = count;
  bool certain = false;
  double sum = 0;
  for (size_t i = 0; scores && i < (count < SMOOTH ? count : SMOOTH); ++i) {
    sum += (double)scores[i];
  }
  for (size_t i = 0; scores && i <= count; ++i) {
    float level = -HUGE_VALF;
    if (i < count) {
      size_t left = i > SMOOTH ? i - SMOOTH : 0;
      size_t right = i + SMOOTH < count ? i + SMOOTH : count - 1;
      sum += i + SMOOTH < count ? (double)scores[i + SMOOTH] : 0.0;
      level = (float)(sum / (double)(right - left + 1)) -
              doubt(film, step_time(i), &music, &caption, captions);
      sum -= i >= SMOOTH ? (double)scores[i - SMOOTH] : 0.0;
    }
    if (level > PROBABLE) {
      from = from == count ? i : from;
      certain = certain || level > CERTAIN;
    } else if (from < count) {
      if (certain && i - from >= SHORTEST) {
        add_span(film, from, i);
      }
      from = count;
      certain = false;
    }
  }
  if (captions && scores) {
    lean_on_captions(film);
  }
  free(scores);
}
