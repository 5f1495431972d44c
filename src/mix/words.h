// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_WORDS_H
#define KT_MIX_WORDS_H

#include "film/film.h"
#include "mix/bands.h"

enum {
  KT_WORDS_WINDOW = 30, ///< hops: 3 s
  KT_WORDS_PIECE = 50,  ///< hops: 5 s
};

/// A stretch of speech of at most 5 s and what the film sounds like in it, per hop and band.
typedef struct KtWordsPiece {
  size_t line;                          ///< which line it belongs to
  int64_t from, to;                     ///< hops of the film; at most KT_WORDS_PIECE
  float (*energy)[KT_SPEECH_BANDS];     ///< a row a hop, spread as kt_band_spread() says
} KtWordsPiece;

/// The film's words as music has to leave them: what is said when, how loud, in which bands.
typedef struct KtWords {
  const KtSpan *spans;               ///< borrowed, in order
  size_t count;
  const KtHops *film;                ///< the whole film sound's loudness; borrowed
  KtWordsPiece *pieces;
  size_t piece_count;
  float (*energy)[KT_SPEECH_BANDS];  ///< what the pieces point into
  KtBandSpread spread;
} KtWords;

/// `speech` is borrowed.
KtStatus kt_words_init(KtWords *words, const KtSpan *speech, size_t count, KtError *err);
/// The film's band energies in one hop; hops come in order.
void kt_words_hop(KtWords *words, int64_t hop, const float energy[KT_BANDS]);
void kt_words_clear(KtWords *words);

/// Share of speech in hops [from, to), 0..1.
double kt_words_share(const KtWords *words, int64_t from, int64_t to);

/// Speech and music in hops [from, to), as a pessimist hears them: the film over the whole or over
/// what is said, whichever is softer, and the music whichever is louder. Energies.
typedef struct KtAgainst {
  double speech, music;
} KtAgainst;
KtAgainst kt_words_against(const KtWords *words, const KtHops *music, int64_t music_start_hop,
                           int64_t from, int64_t to);

/// Whether a window from this hop counts: at least half of it is speech (a hair less, as windows need
/// not begin where ours do).
bool kt_words_window(const KtWords *words, int64_t from);

/// Smallest speech over music in LU: over every 3 s of which at least half is speech, and over each
/// shorter line. HUGE_VAL where either is silent.
double kt_words_margin(const KtWords *words, const KtHops *music, int64_t music_start_hop);

#endif
