// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_COLOUR_FIELDS_H
#define KT_STORY_COLOUR_FIELDS_H

#include "base/data.h"
#include "story/story.h"

#define KT_COLOUR_FIELD(name, type, colour) CYAML_FIELD_FLOAT(name, CYAML_FLAG_OPTIONAL, type, colours[colour])

/// The colours of feeling as optional keys of a data file, for a struct `type` with `float colours[KT_COLOUR_COUNT]`.
#define KT_COLOUR_FIELDS(type)                                                                                         \
  KT_COLOUR_FIELD("wonder", type, KT_COLOUR_WONDER), KT_COLOUR_FIELD("menace", type, KT_COLOUR_MENACE),                \
      KT_COLOUR_FIELD("grandeur", type, KT_COLOUR_GRANDEUR), KT_COLOUR_FIELD("intimacy", type, KT_COLOUR_INTIMACY),    \
      KT_COLOUR_FIELD("loss", type, KT_COLOUR_LOSS), KT_COLOUR_FIELD("romance", type, KT_COLOUR_ROMANCE),              \
      KT_COLOUR_FIELD("comedy", type, KT_COLOUR_COMEDY), KT_COLOUR_FIELD("mystery", type, KT_COLOUR_MYSTERY)

#endif
