// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_RENDER_TEXTURE_H
#define KT_RENDER_TEXTURE_H

#include "base/hash.h"
#include "render/render.h"
#include "spot/brief.h"
#include "spot/spot.h"

/// What is made of a recording.
typedef enum KtWorldKind {
  KT_WORLD_DRONE, ///< held: resonators on root and fifth of each chord
  KT_WORLD_GRAINS, ///< a bed of grains, some of them on those tones
  KT_WORLD_PULSE, ///< the resonators beating in eighths
} KtWorldKind;
const char *kt_world_kind_name(KtWorldKind kind);

/// A field recording under a cue.
typedef struct KtWorldTexture {
  int cue;               ///< index into the spotting's cues
  const char *file;      ///< path of the recording
  KtWorldKind kind;
  KtFilmTime start, end; ///< in the film
  float marks;           ///< how well it belongs there
  const char *why;
} KtWorldTexture;

/// Which recordings sound where; at most one a cue. Owns its arena.
typedef struct KtWorldPlan {
  KtArena *arena;
  KT_ARRAY(KtWorldTexture) items; ///< by cue
} KtWorldPlan;

/// What the choice rests on; borrowed. `restraint` 0..1 keeps that share of the cues without any.
typedef struct KtWorldAsk {
  const char *folder;    ///< of recordings: any sound files; NULL none
  const KtFilm *film;
  const KtStory *story;
  const KtSpotting *spotting;
  const KtBrief *brief;
  KtScore *const *scores;
  float restraint;
} KtWorldAsk;

/// Choose. A file that cannot be read as sound is warned of and passed over. KT_ERR_MISSING for the
/// folder or where no sound is in it, KT_ERR_FORMAT for data/textures.yaml, KT_ERR_MEMORY.
KtStatus kt_world_plan(const KtContext *ctx, const KtWorldAsk *ask, KtWorldPlan **plan, KtError *err);
void kt_world_free(KtWorldPlan *plan);

/// Make what was chosen and add it to the stems of its cue, as SYN, dry, kept under the hash of
/// recording, harmony and place. A cue without stems (not wanted this time) gets none.
KtStatus kt_world_render(const KtContext *ctx, const KtWorldAsk *ask, const KtWorldPlan *plan,
                         const char *folder, KtStems *stems, size_t count, KtError *err);

/// Hash over the recordings in a folder, by name, size and time. KT_ERR_MISSING for the folder
/// or where there is none in it.
KtStatus kt_world_hash(const char *folder, KtHash *hash, KtError *err);

#endif
