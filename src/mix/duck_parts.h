// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_DUCK_PARTS_H
#define KT_MIX_DUCK_PARTS_H

#include "mix/duck.h"

/// What the dips do to each band.
typedef struct KtDipTable {
  double complex taken[KT_BANDS][KT_DIPS];
  double complex fine[KT_STOI_BINS][KT_DIPS]; // by bin of STOI
  double weight[KT_BANDS];             ///< of energy, for loudness
} KtDipTable;

void kt_dip_table(const KtMixSettings *settings, KtDipTable *table);
/// How much of its K-weighted energy music keeps through the dips, 0..1; 1 for silence.
double kt_dip_kept(const KtDipTable *table, const double energy[KT_BANDS], const float amounts[KT_DIPS]);

/// What a stretch of speech asks of the music under it.
typedef struct KtAsk {
  float thin[KT_DIPS];
  float gain_db;                       ///< <= 0
} KtAsk;

/// Thin first, then level.
KtAsk kt_duck_ask(const KtMixSettings *settings, const KtDipTable *table, const KtWords *words,
                  const KtWordsPiece *piece, const KtDuckCue *cue);

/// Lowers `ceiling_db` (a value a hop of the cue) where a window of 3 s or a short line has too much
/// music with the gains as they are; `music` is the cue's loudness through dips and gains. Gives the
/// most that any was over, in LU.
double kt_duck_windows(const KtMixSettings *settings, const KtWords *words, const KtDuckCue *cue,
                       const KtHops *music, const float *gain_db, float *ceiling_db);

/// The hop of the film in which a cue's first hop lies.
int64_t kt_duck_start_hop(const KtDuckCue *cue);

#endif
