// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck_parts.h"

#include <math.h>

static const float THIN_STEP = 0.125F;
static const float LEVEL_STEP_DB = 0.25F;

void kt_dip_table(const KtMixSettings *settings, KtDipTable *table) {
  KtThin thin = kt_thin_new(settings);
  for (int b = 0; b < KT_BANDS; ++b) {
    kt_thin_taken(&thin, kt_band_hz(b), table->taken[b]);
    table->weight[b] = kt_band_weight(b);
  }
}

/// Energy that a band keeps.
static double kept(const KtDipTable *table, int band, const float amounts[KT_DIPS]) {
  double complex gain = 1;
  for (int d = 0; d < KT_DIPS; ++d) {
    gain -= (double)amounts[d] * table->taken[band][d];
  }
  return creal(gain) * creal(gain) + cimag(gain) * cimag(gain);
}

double kt_dip_kept(const KtDipTable *table, const double energy[KT_BANDS], const float amounts[KT_DIPS]) {
  double whole = 0, left = 0;
  for (int b = 0; b < KT_BANDS; ++b) {
    double weighted = table->weight[b] * energy[b];
    whole += weighted;
    left += weighted * kept(table, b, amounts);
  }
  return whole > 0 ? left / whole : 1;
}

/// A piece of speech and the music in it.
typedef struct Scene {
  const KtMixSettings *settings;
  const KtDipTable *table;
  const double *speech;       // KT_SPEECH_BANDS
  double music[KT_BANDS];
  double plain_lu;            // speech over music, without dips
} Scene;

/// Music's share of the energy, over the bands of speech.
static double masked(const Scene *scene, const KtAsk *ask) {
  double sum = 0, level = pow(10.0, (double)ask->gain_db / 10.0);
  for (int b = 0; b < KT_SPEECH_BANDS; ++b) {
    double music = level * scene->music[KT_SPEECH_BAND + b] * kept(scene->table, KT_SPEECH_BAND + b, ask->thin);
    sum += music > 0 ? music / (music + scene->speech[b]) : 0;
  }
  return sum / KT_SPEECH_BANDS;
}

static double margin(const Scene *scene, const KtAsk *ask) {
  return scene->plain_lu - (double)ask->gain_db - 10.0 * log10(kt_dip_kept(scene->table, scene->music, ask->thin));
}

static bool words_are_clear(const Scene *scene, const KtAsk *ask) {
  return masked(scene, ask) <= (double)scene->settings->masked_most ||
         margin(scene, ask) >= (double)scene->settings->clear_lu;
}

static bool enough(const Scene *scene, const KtAsk *ask) {
  double want = (double)(scene->settings->speech_margin_lu + scene->settings->margin_safety_lu);
  return words_are_clear(scene, ask) && margin(scene, ask) >= want;
}

/// The dip that helps most at what is still wrong, a step deeper; false when all are whole.
static bool thin_more(const Scene *scene, KtAsk *ask) {
  bool unclear = !words_are_clear(scene, ask);
  int best = -1;
  double most = -1;
  for (int d = 0; d < KT_DIPS; ++d) {
    KtAsk deeper = *ask;
    deeper.thin[d] += THIN_STEP;
    if (deeper.thin[d] > 1) {
      continue;
    }
    double helps = unclear ? masked(scene, ask) - masked(scene, &deeper)
                           : margin(scene, &deeper) - margin(scene, ask);
    if (helps > most) {
      most = helps;
      best = d;
    }
  }
  if (best >= 0) {
    ask->thin[best] += THIN_STEP;
  }
  return best >= 0;
}

KtAsk kt_duck_ask(const KtMixSettings *settings, const KtDipTable *table, const KtWords *words,
                  const KtWordsPiece *piece, const KtDuckCue *cue) {
  KtAsk ask = {0};
  Scene scene = {.settings = settings, .table = table, .speech = piece->energy};
  int64_t start = kt_duck_start_hop(cue);
  double gain = pow(10.0, cue->gain_db / 10.0), any = 0;
  for (int64_t hop = piece->from - start; hop < piece->to - start; ++hop) {
    for (int b = 0; b < KT_BANDS && hop >= 0 && hop < (int64_t)cue->plain->count; ++b) {
      scene.music[b] += gain * (double)cue->bands[hop][b];
      any += scene.music[b];
    }
  }
  KtAgainst a = kt_words_against(words, cue->plain, start, piece->from, piece->to);
  if (any <= 0 || a.music <= 0 || a.speech <= 0) {
    return ask;
  }
  scene.plain_lu = 10.0 * log10(a.speech / a.music) - cue->gain_db;
  while (!enough(&scene, &ask) && thin_more(&scene, &ask)) {
  }
  while (!enough(&scene, &ask) && ask.gain_db > -settings->duck_most_db) {
    ask.gain_db -= LEVEL_STEP_DB;
  }
  return ask;
}
