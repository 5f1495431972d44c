// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/words.h"

#include "base/film_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double HOP_S = (double)KT_HOP / KT_SAMPLE_RATE;

static int64_t first_hop(const KtSpan *line) {
  return (int64_t)floor(kt_seconds(line->start) / HOP_S);
}

static int64_t end_hop(const KtSpan *line) {
  int64_t end = (int64_t)ceil(kt_seconds(line->end) / HOP_S), first = first_hop(line);
  return end > first ? end : first + 1;
}

static size_t pieces_of(const KtSpan *line) {
  return (size_t)((end_hop(line) - first_hop(line) + KT_WORDS_PIECE - 1) / KT_WORDS_PIECE);
}

KtStatus kt_words_init(KtWords *words, const KtSpan *speech, size_t count, KtError *err) {
  size_t pieces = 0, hops = 0, taken = 0;
  for (size_t i = 0; i < count; ++i) {
    pieces += pieces_of(&speech[i]);
    hops += (size_t)(end_hop(&speech[i]) - first_hop(&speech[i]));
  }
  *words = (KtWords){.spans = speech, .count = count};
  words->pieces = calloc(pieces + 1, sizeof(*words->pieces));
  words->energy = calloc(hops + 1, sizeof(*words->energy));
  kt_band_spread(&words->spread);
  if (!words->pieces || !words->energy) {
    kt_words_clear(words);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < count; ++i) {
    int64_t parts = (int64_t)pieces_of(&speech[i]), first = first_hop(&speech[i]);
    int64_t width = end_hop(&speech[i]) - first;
    for (int64_t p = 0; p < parts; ++p) {
      KtWordsPiece *piece = &words->pieces[words->piece_count++];
      *piece = (KtWordsPiece){.line = i,
                              .from = first + width * p / parts,
                              .to = first + width * (p + 1) / parts,
                              .energy = words->energy + taken};
      taken += (size_t)(piece->to - piece->from);
    }
  }
  return KT_OK;
}

void kt_words_clear(KtWords *words) {
  free(words->pieces);
  free(words->energy);
  memset(words, 0, sizeof(*words));
}

/// First piece that ends after a hop.
static size_t piece_after(const KtWords *words, int64_t hop) {
  size_t low = 0, high = words->piece_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (words->pieces[middle].to <= hop) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void kt_words_hop(KtWords *words, int64_t hop, const float energy[KT_BANDS]) {
  float spread[KT_SPEECH_BANDS];
  for (int to = 0; to < KT_SPEECH_BANDS; ++to) {
    double sum = 0;
    for (int from = 0; from < KT_BANDS; ++from) {
      sum += words->spread.of[to][from] * (double)energy[from];
    }
    spread[to] = (float)sum;
  }
  // Neighbouring lines may share a hop.
  for (size_t p = piece_after(words, hop); p < words->piece_count && words->pieces[p].from <= hop; ++p) {
    float *row = words->pieces[p].energy[hop - words->pieces[p].from];
    memcpy(row, spread, sizeof(spread));
  }
}

/// First line that ends after a time.
static size_t line_after(const KtWords *words, double time_s) {
  size_t low = 0, high = words->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (kt_seconds(words->spans[middle].end) <= time_s) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

double kt_words_share(const KtWords *words, int64_t from, int64_t to) {
  double start = (double)from * HOP_S, end = (double)to * HOP_S, said = 0;
  for (size_t i = line_after(words, start); i < words->count; ++i) {
    double a = fmax(start, kt_seconds(words->spans[i].start));
    double b = fmin(end, kt_seconds(words->spans[i].end));
    if (a >= end) {
      break;
    }
    said += fmax(0, b - a);
  }
  return to > from ? said / (end - start) : 0;
}

KtAgainst kt_words_against(const KtWords *words, const KtHops *music, int64_t music_start_hop,
                           int64_t from, int64_t to) {
  int64_t shift = music_start_hop;
  KtAgainst whole = {kt_hops_mean(words->film, from, to),
                     kt_hops_mean(music, from - shift, to - shift)};
  KtAgainst said = {0, 0};
  double weight = 0;
  for (int64_t hop = from; hop < to; ++hop) {
    double share = kt_words_share(words, hop, hop + 1);
    said.speech += share * kt_hops_mean(words->film, hop, hop + 1);
    said.music += share * kt_hops_mean(music, hop - shift, hop + 1 - shift);
    weight += share;
  }
  if (weight <= 0) {
    return whole;
  }
  return (KtAgainst){fmin(whole.speech, said.speech / weight), fmax(whole.music, said.music / weight)};
}

bool kt_words_window(const KtWords *words, int64_t from) {
  return from >= 0 && kt_words_share(words, from, from + KT_WORDS_WINDOW) >= 0.48;
}

double kt_words_margin(const KtWords *words, const KtHops *music, int64_t music_start_hop) {
  double least = HUGE_VAL;
  int64_t last = (int64_t)words->film->count - KT_WORDS_WINDOW;
  for (int64_t from = 0; words->count && from <= last; ++from) {
    if (kt_words_window(words, from)) {
      KtAgainst a = kt_words_against(words, music, music_start_hop, from, from + KT_WORDS_WINDOW);
      least = a.speech > 0 && a.music > 0 ? fmin(least, 10.0 * log10(a.speech / a.music)) : least;
    }
  }
  for (size_t i = 0; i < words->count; ++i) {
    int64_t from = first_hop(&words->spans[i]), to = end_hop(&words->spans[i]);
    if (to - from < KT_WORDS_WINDOW) {
      KtAgainst a = kt_words_against(words, music, music_start_hop, from, to);
      least = a.speech > 0 && a.music > 0 ? fmin(least, 10.0 * log10(a.speech / a.music)) : least;
    }
  }
  return least;
}
