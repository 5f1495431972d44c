// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_ENVELOPE_H
#define KT_RENDER_ENVELOPE_H

#include "orchestra/orchestra.h"

#include <fluidsynth.h>

/// Gives a voice that has just begun what its preset sets by generator (SoundFont 2.04, 8.1.3): attack, decay,
/// release, and how much of its sample is left out. Before the voice's first block is rendered.
void kt_shape_voice(fluid_voice_t *voice, const KtPreset *preset);

#endif
