// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_MIDI_FILE_H
#define KT_EAR_MIDI_FILE_H

#include "ear/read_score.h"

/// Reads a Standard MIDI File (RP-001), format 0 or 1: a part for each channel of each track that has
/// notes, named after its track; channel 10 is percussion. Metres, key signatures and tempo are the
/// file's, else 4/4, none, 120 quarters a minute; ticks are rounded to ours. KT_ERR_FORMAT with the byte
/// where it breaks off; KT_ERR_UNSUPPORTED for format 2 and for SMPTE time.
KtStatus kt_midi_read(const char *path, KtReadScore **score, KtError *err);
/// The same from memory; `name` is for messages.
KtStatus kt_midi_parse(const char *name, const char *bytes, size_t size, KtReadScore **score, KtError *err);

#endif
