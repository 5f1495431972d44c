// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_STORY_SEEN_H
#define KT_STORY_SEEN_H

#include "story/story.h"

/// What stands out at a moment of a film that nobody tells in words.
typedef enum KtSight {
  KT_SIGHT_NONE,
  KT_SIGHT_BLOW,
  KT_SIGHT_FLASH,
  KT_SIGHT_RISE,
  KT_SIGHT_DROP,
  KT_SIGHT_RUSH,
  KT_SIGHT_STILL,
  KT_SIGHT_START, ///< movement after none
  KT_SIGHT_CAMERA,
  KT_SIGHT_DARK, ///< a cut into it
  KT_SIGHT_LIGHT,
  KT_SIGHT_COLOUR,
  KT_SIGHT_QUICKER,
  KT_SIGHT_SLOWER,
  KT_SIGHT_HUSH,
} KtSight;

typedef struct KtSeen {
  KtSight sight;
  const char *words; ///< "something rises"; "" where nothing stands out
} KtSeen;

/// Text with names in capitals, as scripts introduce people, and shouted words, as in prose.
const char *kt_calm_capitals(KtArena *arena, const KtStory *story, const char *text);
/// Light and colour of a shot: "bright green", "the dark".
const char *kt_seen_light(KtArena *arena, const KtShot *shot);
/// The cut that begins a shot, where it changes light or colour: "the cut from pale blue to green".
KtSeen kt_seen_cut(KtArena *arena, const KtFilm *film, size_t shot);
/// The most striking that moves, strikes, stops or falls silent from half a second before `at` to
/// `within_s` after it.
KtSeen kt_seen_move(KtArena *arena, const KtFilm *film, KtFilmTime at, double within_s);
/// Whether what moves about a moment, in the same span, moves slowly: it drifts, rises or sinks and neither
/// rushes nor shoots. False where nothing is known to move.
bool kt_seen_drifts(const KtFilm *film, KtFilmTime at, double within_s);
/// Both together; the pace of cutting where there is neither.
KtSeen kt_seen_at(KtArena *arena, const KtFilm *film, KtFilmTime at);

#endif
