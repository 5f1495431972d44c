// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_BEAMS_H
#define KT_DELIVER_BEAMS_H

#include "deliver/notate.h"

/// How many beams a symbol may have: one for eighths to three for thirty-seconds; 0 for rests and longer notes.
int kt_beam_levels(const KtSymbol *symbol);
/// Joins symbols that stand in one beat, at every level.
void kt_beam_group(KtSymbol *symbols, size_t count);

#endif
