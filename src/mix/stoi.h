// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_STOI_H
#define KT_MIX_STOI_H

#include "base/error.h"

#include <complex.h>
#include <stddef.h>

enum {
  KT_STOI_RATE = 12000,  ///< audio frames a second of what is compared
  KT_STOI_SIZE = 616,    ///< of the transform: as good as the bins of 512 values at 10 kHz
  KT_STOI_BINS = 228,    ///< to 4.4 kHz
  KT_STOI_STEP = 153,    ///< audio frames from one of its frames to the next
};

/// How much of what is said stays intelligible under music (STOI: Taal, Hendriks, Heusdens & Jensen 2011), asked again
/// and again for other levels and filters of the same music.
typedef struct KtStoi KtStoi;

/// Both mono at KT_STOI_RATE, `count` audio frames. `stoi` becomes NULL where too little is said to be measured: less
/// than 0.4 s.
KtStatus kt_stoi_open(const float *speech, const float *music, size_t count, KtStoi **stoi, KtError *err);
/// What STOI falls by, 0..1, with the music at an amplitude and, by bin, through a filter.
double kt_stoi_fall(KtStoi *stoi, double gain, const float complex filter[KT_STOI_BINS]);
void kt_stoi_close(KtStoi *stoi);
double kt_stoi_hz(int bin);

#endif
