// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck_parts.h"

#include "base/film_time.h"

#include <math.h>

static const double ROOM_LU = 0.05; // a window this little over is left

/// A window or a short line, in hops of the film.
typedef struct Window {
  int64_t from, to;
} Window;

typedef struct Holding {
  const KtMixSettings *settings;
  const KtWords *words;
  const KtDuckCue *cue;
  const KtHops *music;
  const float *gain_db;   // of the automation
  float *ceiling_db;      // by hop of the cue
  double most;
} Holding;

int64_t kt_duck_start_hop(const KtDuckCue *cue) {
  return (cue->start_sample + KT_HOP / 2) / KT_HOP;
}

/// Mean gain of a hop.
static double gain_of(const Holding *holding, int64_t hop) {
  enum { STEPS = KT_HOP / KT_DUCK_STEP };
  double sum = 0;
  for (int i = 0; i < STEPS; ++i) {
    sum += (double)holding->gain_db[hop * STEPS + i];
  }
  return sum / STEPS;
}

/// LU that a window stays over when no hop of it has more gain than `level_db`.
static double over_at(const Holding *holding, const Window *window, double want_lu, double level_db) {
  int64_t start = kt_duck_start_hop(holding->cue);
  double whole = 0, said = 0, weight = 0;
  // Windows need not begin where hops do: a long one may reach into the hops beside it.
  int64_t more = window->to - window->from >= KT_WORDS_WINDOW ? 1 : 0;
  for (int64_t hop = window->from - start - more; hop < window->to - start + more; ++hop) {
    if (hop >= 0 && hop < (int64_t)holding->music->count) {
      double lower = fmin(0, level_db - gain_of(holding, hop));
      double energy = holding->music->energy[hop] * pow(10.0, lower / 10.0);
      double share = kt_words_share(holding->words, hop + start, hop + start + 1);
      whole += energy;
      said += share * energy;
    }
  }
  for (int64_t hop = window->from; hop < window->to; ++hop) {
    weight += kt_words_share(holding->words, hop, hop + 1);
  }
  double music = fmax(whole / (double)(window->to - window->from), weight > 0 ? said / weight : 0);
  KtAgainst a = kt_words_against(holding->words, holding->music, start, window->from, window->to);
  return music > 0 && a.speech > 0 ? want_lu - 10.0 * log10(a.speech / music) : -HUGE_VAL;
}

/// Other music in the window takes half of what is allowed.
static double wanted(const Holding *holding, const Window *window) {
  double want = (double)(holding->settings->speech_margin_lu + holding->settings->margin_safety_lu);
  bool shared = window->from * KT_HOP < holding->cue->before_sample ||
                window->to * KT_HOP > holding->cue->after_sample;
  return want + (shared ? 3.0 : 0.0);
}

static void hold(Holding *holding, Window window) {
  double want = wanted(holding, &window);
  double over = over_at(holding, &window, want, 0);
  if (over <= ROOM_LU) {
    return;
  }
  holding->most = fmax(holding->most, over);
  double low = -(double)holding->settings->duck_most_db, high = 0;
  for (int i = 0; i < 12; ++i) {
    double middle = 0.5 * (low + high);
    if (over_at(holding, &window, want, middle) > 0) {
      high = middle;
    } else {
      low = middle;
    }
  }
  int64_t start = kt_duck_start_hop(holding->cue);
  for (int64_t hop = window.from - start; hop < window.to - start; ++hop) {
    if (hop >= 0 && hop < (int64_t)holding->music->count) {
      holding->ceiling_db[hop] = fminf(holding->ceiling_db[hop], (float)low);
    }
  }
}

double kt_duck_windows(const KtMixSettings *settings, const KtWords *words, const KtDuckCue *cue,
                       const KtHops *music, const float *gain_db, float *ceiling_db) {
  Holding holding = {settings, words, cue, music, gain_db, ceiling_db, 0};
  int64_t start = kt_duck_start_hop(cue), end = start + (int64_t)music->count;
  for (int64_t from = start - KT_WORDS_WINDOW + 1; from < end; ++from) {
    if (kt_words_window(words, from)) {
      hold(&holding, (Window){from, from + KT_WORDS_WINDOW});
    }
  }
  for (size_t p = 0; p < words->piece_count; ++p) {
    const KtWordsPiece *piece = &words->pieces[p];
    if (piece->to > start && piece->from < end) {
      hold(&holding, (Window){piece->from, piece->to});
    }
  }
  return holding.most;
}
