// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_PRODUCTION_SKETCH_H
#define KT_PRODUCTION_SKETCH_H

#include "production/internal.h"
#include "story/story.h"

/// A production of a film that does not exist yet: with captions they are its time line, else the
/// script's own length. `story` is filled where the time line comes from the script; NULL else.
KtStatus kt_sketch_look(const KtContext *ctx, const KtKept *kept, const char *language,
                        KtFilm **film, KtStory **story, KtError *err);

#endif
