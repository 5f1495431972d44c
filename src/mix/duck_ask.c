// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck_parts.h"

#include <math.h>
#include <string.h>

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

enum { SEGMENT = 4 }; // hops: STOI compares stretches of 384 ms, one by one

/// A piece of speech and the music in it.
typedef struct Scene {
  const KtMixSettings *settings;
  const KtDipTable *table;
  const KtBandSpread *spread;
  size_t segments;
  double speech[KT_WORDS_PIECE][KT_SPEECH_BANDS]; // of each stretch
  double under[KT_WORDS_PIECE][KT_BANDS];          // music in the same, not spread
  double music[KT_BANDS];                          // in the whole piece
  double plain_lu;                                 // speech over music, without dips
  double allowed;                                  // of masked()
} Scene;

/// Music's share of the energy, over the bands of speech and the stretches of the piece: what is said
/// softly counts as much as what is said loudly, as for STOI.
static double masked(const Scene *scene, const KtAsk *ask) {
  double sum = 0, level = pow(10.0, (double)ask->gain_db / 10.0), keeps[KT_BANDS];
  for (int b = 0; b < KT_BANDS; ++b) {
    keeps[b] = level * kept(scene->table, b, ask->thin);
  }
  for (size_t s = 0; s < scene->segments; ++s) {
    for (int to = 0; to < KT_SPEECH_BANDS; ++to) {
      double music = 0;
      for (int b = 0; b < KT_BANDS; ++b) {
        music += scene->spread->of[to][b] * keeps[b] * scene->under[s][b];
      }
      sum += music > 0 ? music / (music + scene->speech[s][to]) : 0;
    }
  }
  return scene->segments ? sum / (double)scene->segments / KT_SPEECH_BANDS : 0;
}

static double margin(const Scene *scene, const KtAsk *ask) {
  return scene->plain_lu - (double)ask->gain_db - 10.0 * log10(kt_dip_kept(scene->table, scene->music, ask->thin));
}

static bool words_are_clear(const Scene *scene, const KtAsk *ask) {
  return masked(scene, ask) <= scene->allowed ||
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

/// Energies of the stretch of SEGMENT hops from one on; false where nothing is said: softer than the
/// loudest hop by 40 dB.
static bool add_segment(Scene *scene, const KtWordsPiece *piece, const KtDuckCue *cue, int64_t first,
                        double quietest) {
  int64_t start = kt_duck_start_hop(cue), end = first + SEGMENT;
  double gain = pow(10.0, cue->gain_db / 10.0), said = 0;
  double *speech = scene->speech[scene->segments], *under = scene->under[scene->segments];
  memset(speech, 0, sizeof(scene->speech[0]));
  memset(under, 0, sizeof(scene->under[0]));
  for (int64_t hop = first; hop < end && hop < piece->to; ++hop) {
    bool heard = hop >= start && hop < start + (int64_t)cue->plain->count;
    for (int b = 0; b < KT_SPEECH_BANDS; ++b) {
      speech[b] += (double)piece->energy[hop - piece->from][b];
      said += (double)piece->energy[hop - piece->from][b];
    }
    for (int b = 0; heard && b < KT_BANDS; ++b) {
      under[b] += gain * (double)cue->bands[hop - start][b];
    }
  }
  return said > SEGMENT * quietest;
}

static double quietest_hop(const KtWordsPiece *piece) {
  double most = 0;
  for (int64_t hop = 0; hop < piece->to - piece->from; ++hop) {
    double sum = 0;
    for (int b = 0; b < KT_SPEECH_BANDS; ++b) {
      sum += (double)piece->energy[hop][b];
    }
    most = fmax(most, sum);
  }
  return 1e-4 * most;
}

static void lay_out(Scene *scene, const KtWordsPiece *piece, const KtDuckCue *cue) {
  int64_t start = kt_duck_start_hop(cue);
  double gain = pow(10.0, cue->gain_db / 10.0), quietest = quietest_hop(piece);
  for (int64_t hop = piece->from; hop < piece->to; ++hop) {
    bool heard = hop >= start && hop < start + (int64_t)cue->plain->count;
    for (int b = 0; heard && b < KT_BANDS; ++b) {
      scene->music[b] += gain * (double)cue->bands[hop - start][b];
    }
    bool first = hop == piece->from;
    if ((first || hop + SEGMENT <= piece->to) && scene->segments < KT_WORDS_PIECE &&
        add_segment(scene, piece, cue, hop, quietest)) {
      ++scene->segments;
    }
  }
}

KtAsk kt_duck_ask(const KtMixSettings *settings, const KtDipTable *table, const KtWords *words,
                  const KtWordsPiece *piece, const KtDuckCue *cue) {
  KtAsk ask = {0};
  Scene scene = {.settings = settings, .table = table, .spread = &words->spread};
  int64_t start = kt_duck_start_hop(cue);
  lay_out(&scene, piece, cue);
  double any = 0;
  for (int b = 0; b < KT_BANDS; ++b) {
    any += scene.music[b];
  }
  KtAgainst a = kt_words_against(words, cue->plain, start, piece->from, piece->to);
  if (any <= 0 || a.music <= 0 || a.speech <= 0) {
    return ask;
  }
  double wide = fmin(1, (double)(piece->to - piece->from) / KT_WORDS_WINDOW);
  double least = (double)settings->masked_short;
  scene.allowed = (double)settings->masked_most * (least + wide * (1 - least));
  scene.plain_lu = 10.0 * log10(a.speech / a.music) - cue->gain_db;
  while (!enough(&scene, &ask) && thin_more(&scene, &ask)) {
  }
  while (!enough(&scene, &ask) && ask.gain_db > -settings->duck_most_db) {
    ask.gain_db -= LEVEL_STEP_DB;
  }
  return ask;
}
