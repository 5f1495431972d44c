// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_BANDS_H
#define KT_MIX_BANDS_H

#include "base/fft.h"
#include "mix/loudness.h"

/// Third octaves, the sixth round 150 Hz: the fifteen from there on are those in which intelligibility
/// is measured (Taal, Hendriks, Heusdens & Jensen 2011). The first takes all below it too, the last
/// all above.
enum { KT_BANDS = 26, KT_SPEECH_BAND = 5, KT_SPEECH_BANDS = 15 };

double kt_band_hz(int band);     ///< centre
double kt_band_weight(int band); ///< of energy, as BS.1770-4 weighs it

/// Frames of 25.6 ms, as intelligibility is measured in, cannot tell a bass from the lowest bands of
/// speech: what each of those gets of the energy in each band, 0..1.
typedef struct KtBandSpread {
  double of[KT_SPEECH_BANDS][KT_BANDS];
} KtBandSpread;
void kt_band_spread(KtBandSpread *spread);

/// Band energies of a sound at 48 kHz, a KT_HOP at a time, of its channels mixed to one.
typedef struct KtBandMeter {
  KtFft fft;
  float *window;
  float *mono;    ///< KT_HOP values
  size_t filled;
} KtBandMeter;

KtStatus kt_band_meter_init(KtBandMeter *meter, KtError *err);
/// Takes audio frames up to the end of the hop and says how many; `channels` 2, or from 3 on left,
/// right, centre and others that are left out.
size_t kt_band_meter_take(KtBandMeter *meter, const float *samples, size_t frames, int channels);
/// Whether a hop is full; if so its energies.
bool kt_band_meter_hop(KtBandMeter *meter, float energy[KT_BANDS]);
void kt_band_meter_clear(KtBandMeter *meter);

#endif
