// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_MIX_LOUDNESS_H
#define KT_MIX_LOUDNESS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KT_HOP = 4800 }; ///< audio frames: 100 ms, the step of BS.1770-4's gating blocks

/// K-weighted energy (BS.1770-4) of each whole 100 ms of a sound.
typedef struct KtHops {
  double *energy;
  size_t count, capacity;
} KtHops;

/// Listens to a sound at 48 kHz as it goes by (libebur128).
typedef struct KtMeter {
  void *state;
  int channels;
  size_t filled;   ///< audio frames in the current hop
  KtHops hops;
} KtMeter;

/// `peak` asks for the true peak and `range` for the loudness range too, which take longer.
KtStatus kt_meter_init(KtMeter *meter, int channels, bool peak, bool range, KtError *err);
KtStatus kt_meter_add(KtMeter *meter, const float *samples, size_t frames, KtError *err);
double kt_meter_peak_dbtp(const KtMeter *meter); ///< -HUGE_VAL in silence
double kt_meter_range_lu(const KtMeter *meter);
void kt_meter_clear(KtMeter *meter);

double kt_lufs(double energy);     ///< -HUGE_VAL for 0
double kt_energy(double lufs);
/// Mean energy of hops [from, to), those outside the sound silent.
double kt_hops_mean(const KtHops *hops, int64_t from, int64_t to);

/// Gated loudness (BS.1770-4: -70 LUFS, then 10 LU below) of blocks gathered from many sounds.
typedef struct KtGate {
  double *blocks;
  size_t count, capacity;
  bool failed;
} KtGate;
/// The 400 ms blocks of hops [from, to), times `gain` (of energy).
void kt_gate_add(KtGate *gate, const KtHops *hops, int64_t from, int64_t to, double gain);
double kt_gate_lufs(const KtGate *gate); ///< -HUGE_VAL where all is silent
void kt_gate_clear(KtGate *gate);
/// The whole of a sound.
double kt_hops_lufs(const KtHops *hops);

#endif
