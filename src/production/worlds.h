// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_WORLDS_H
#define KT_PRODUCTION_WORLDS_H

#include "production/work.h"

/// The palette of each cue: that of the brief's world in whose scenes more than half of it plays, else the film's.
/// Needs story and spotting; fills `cue_palettes`. KT_ERR_ARGUMENT names the palettes there are.
KtStatus kt_work_worlds(KtWork *work, KtError *err);

#endif
