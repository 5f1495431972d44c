// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_EAR_MUSICXML_H
#define KT_EAR_MUSICXML_H

#include "ear/read_score.h"

/// Reads MusicXML 2 to 4, plain (score-partwise) or compressed (.mxl), told apart by content. KT_ERR_FORMAT
/// with file and line; KT_ERR_UNSUPPORTED for score-timewise. Without a tempo it stands at 100 quarters a minute.
KtStatus kt_musicxml_read(const char *path, KtReadScore **score, KtError *err);
/// The same from memory; `name` is for messages.
KtStatus kt_musicxml_parse(const char *name, const char *bytes, size_t size, KtReadScore **score, KtError *err);

#endif
