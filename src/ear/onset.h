// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_ONSET_H
#define KT_EAR_ONSET_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/// The heard attack nearest in time to what was meant: the strongest onset (spectral flux in
/// critical bands) within +-80 ms of audio frame `sample` of a 48 kHz sound file, placed at its
/// perceptual attack time: where the new sound's energy comes within 10 dB of its top (after Vos &
/// Rasch 1981, Gordon 1987). `error_ms` is heard minus meant, plus is late; untouched unless
/// `found`. KT_ERR_MISSING, KT_ERR_FORMAT, KT_ERR_IO for the file, KT_ERR_UNSUPPORTED for another
/// rate.
KtStatus kt_heard_onset(const char *wav, int64_t sample, double *error_ms, bool *found,
                        KtError *err);

/// The same for a stop: where, within +-120 ms, the level falls most, if it falls by 4 dB or more;
/// the time is that of half the fall in decibels.
KtStatus kt_heard_stop(const char *wav, int64_t sample, double *error_ms, bool *found,
                       KtError *err);

/// Perceptual attack time of the first strong onset in mono samples at 48 kHz, in audio frames from
/// the first, searched in [from, to); false where nothing begins there.
bool kt_onset_in(const float *samples, int count, int from, int to, double *at);

#endif
