// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_BED_H
#define KT_MIX_BED_H

#include "film/film.h"

/// The film's own sound as the mix carries it: two channels or more. A mono film lies in both at
/// -3 dB, so that a meter reads what it read before; silence where there is no film sound.
typedef struct KtBed {
  KtFilmSound *sound;   ///< NULL: no film sound
  int from, channels;   ///< of the film, of the mix
  float *block;
} KtBed;

enum { KT_BED_BLOCK = 8192, KT_BED_CHANNELS = 8 };

/// `film_sound` as in KtMixOptions.
KtStatus kt_bed_open(const KtFilm *film, const char *film_sound, KtBed *bed, KtError *err);
/// The next `count` <= KT_BED_BLOCK audio frames, silent beyond the film's end.
KtStatus kt_bed_read(KtBed *bed, float *out, size_t count, KtError *err);
void kt_bed_close(KtBed *bed);

#endif
