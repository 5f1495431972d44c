// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_ORCHESTRA_INSTRUMENTS_H
#define KT_ORCHESTRA_INSTRUMENTS_H

#include "base/data.h"
#include "orchestra/orchestra.h"

/// Names of articulations as in the data files, as flags (bit: KtArticulation).
extern const cyaml_strval_t kt_articulation_flags[KT_ART_COUNT];

/// data/instruments.yaml into the orchestra: who there is and what each can do.
KtStatus kt_instruments_load(const KtContext *ctx, KtOrchestra *orchestra, KtError *err);
/// Finds the sample library and gives each instrument its presets.
KtStatus kt_library_load(const KtContext *ctx, const char *library, KtOrchestra *orchestra,
                         KtError *err);
/// data/synths.yaml: which instruments Csound plays, where it is built in.
KtStatus kt_synths_load(const KtContext *ctx, KtOrchestra *orchestra, KtError *err);
/// data/ensemble.yaml into the orchestra. KT_ERR_FORMAT where a number cannot be.
KtStatus kt_ensemble_load(const KtContext *ctx, KtOrchestra *orchestra, KtError *err);
/// Names (without ".yaml") in a folder of the data, sorted, in `arena`.
KtStatus kt_data_names(const KtContext *ctx, KtArena *arena, const char *folder,
                       const char ***names, int *count, KtError *err);

#endif
