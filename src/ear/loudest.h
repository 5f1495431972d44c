// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_LOUDEST_H
#define KT_EAR_LOUDEST_H

/// Highest momentary loudness (ITU-R BS.1770-4: K-weighted, 400 ms) of a stereo take at 48 kHz, LUFS,
/// looked for every 25 ms; what is shorter is taken with silence after it. -120 for silence.
double kt_loudest_lufs(const float *left, const float *right, int frames);

#endif
