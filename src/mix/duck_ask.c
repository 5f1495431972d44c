// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "mix/duck_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const float THIN_STEP = 0.125F;
static const float LEVEL_STEP_DB = 0.25F;

void kt_dip_table(const KtMixSettings *settings, KtDipTable *table) {
  KtThin thin = kt_thin_new(settings);
  for (int b = 0; b < KT_BANDS; ++b) {
    kt_thin_taken(&thin, kt_band_hz(b), table->taken[b]);
    table->weight[b] = kt_band_weight(b);
  }
  for (int k = 0; k < KT_STOI_BINS; ++k) {
    kt_thin_taken(&thin, fmax(1, kt_stoi_hz(k)), table->fine[k]);
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

enum { PHASES = 3 };  // of a line's frames: where the first begins moves STOI of a short line by a hundredth
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
  double gain_db;                                  // the cue's
  double plain_lu;                                 // speech over music, without dips
  double allowed;                                  // of masked()
  KtStoi *stoi[PHASES];                            // NULL: too short, or only energies are known
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

/// What STOI falls by under an ask.
static double stoi_fall(const Scene *scene, const KtAsk *ask) {
  float complex filter[KT_STOI_BINS];
  for (int k = 0; k < KT_STOI_BINS; ++k) {
    double complex gain = 1;
    for (int d = 0; d < KT_DIPS; ++d) {
      gain -= (double)ask->thin[d] * scene->table->fine[k][d];
    }
    filter[k] = (float complex)gain;
  }
  double gain = pow(10.0, (scene->gain_db + (double)ask->gain_db) / 20.0), most = 0;
  for (int p = 0; p < PHASES; ++p) {
    most = scene->stoi[p] ? fmax(most, kt_stoi_fall(scene->stoi[p], gain, filter)) : most;
  }
  return most;
}

static bool words_are_clear(const Scene *scene, const KtAsk *ask) {
  if (margin(scene, ask) >= (double)scene->settings->clear_lu) {
    return true;
  }
  return scene->stoi[0] ? stoi_fall(scene, ask) <= (double)scene->settings->stoi_fall_most
                     : masked(scene, ask) <= scene->allowed;
}

static double wanted_lu(const Scene *scene) {
  return (double)(scene->settings->speech_margin_lu + scene->settings->margin_safety_lu);
}

static bool enough(const Scene *scene, const KtAsk *ask) {
  return margin(scene, ask) >= wanted_lu(scene) && words_are_clear(scene, ask);
}

/// The dip that helps most at what is still wrong, a step deeper; false when all are whole.
static bool thin_more(const Scene *scene, KtAsk *ask) {
  bool unclear = scene->stoi[0] ? margin(scene, ask) >= wanted_lu(scene) : !words_are_clear(scene, ask);
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

/// The part of a piece, in values of what was taken down, that its line fills: pieces begin and end on whole hops.
static void line_within(const KtWords *words, const KtWordsPiece *piece, size_t *from, size_t *to) {
  const KtSpan *line = &words->spans[piece->line];
  double start = (double)piece->from / 10, rate = KT_STOI_RATE;
  double a = (kt_seconds(line->start) - start) * rate, b = (kt_seconds(line->end) - start) * rate;
  *from = a > 0 ? (size_t)a : 0;
  *to = b < (double)*to ? (size_t)b : *to;
}

/// Both sounds of a piece, where they were taken down.
static void open_stoi(Scene *scene, const KtWords *words, const KtWordsPiece *piece, const KtDuckCue *cue) {
  size_t index = (size_t)(piece - words->pieces), count = kt_said_length(words, index);
  const KtSaidTap *film = cue->film, *music = cue->music;
  if (!film || !music || index < music->first || index >= music->end || index < film->first || index >= film->end) {
    return;
  }
  float *both = malloc(2 * count * sizeof(float));
  if (both && kt_said_read(film->said, film->place, film->first, index, both) &&
      kt_said_read(music->said, music->place, music->first, index, both + count)) {
    size_t from = 0, to = count;
    line_within(words, piece, &from, &to);
    for (int p = 0; p < PHASES; ++p, from += KT_STOI_STEP / PHASES) {
      kt_stoi_open(both + from, both + count + from, to > from ? to - from : 0, &scene->stoi[p], NULL);
    }
  }
  free(both);
}

/// The most level, to LEVEL_STEP_DB, with which it is enough.
static void lower(const Scene *scene, KtAsk *ask) {
  int low = (int)(scene->settings->duck_most_db / LEVEL_STEP_DB), high = 0; // low is enough, high is not
  while (low - high > 1) {
    int middle = (low + high) / 2;
    ask->gain_db = -LEVEL_STEP_DB * (float)middle;
    if (enough(scene, ask)) {
      low = middle;
    } else {
      high = middle;
    }
  }
  ask->gain_db = -LEVEL_STEP_DB * (float)low;
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
  scene.gain_db = cue->gain_db;
  open_stoi(&scene, words, piece, cue);
  bool good = enough(&scene, &ask);
  while (!good && thin_more(&scene, &ask)) {
    good = enough(&scene, &ask);
  }
  if (!good) {
    lower(&scene, &ask);
  }
  for (int p = 0; p < PHASES; ++p) {
    kt_stoi_close(scene.stoi[p]);
  }
  return ask;
}
