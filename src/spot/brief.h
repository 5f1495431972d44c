// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_SPOT_BRIEF_H
#define KT_SPOT_BRIEF_H

#include "base/arena.h"
#include "base/context.h"
#include "base/film_time.h"

typedef struct KtBriefTheme {
  const char *subject;
  const char *file;
} KtBriefTheme;

/// A place of the story that has a palette of its own.
typedef struct KtBriefWorld {
  const char *place;   ///< as scene headings have it, whatever the case: "cave"
  const char *palette;
} KtBriefWorld;

/// What the person who commissions the score asks for (YAML). NULL, 0 or negative: not said.
typedef struct KtBrief {
  KtArena *arena;
  const char *palette;
  float share;              ///< 0..1; < 0 not said
  float restraint;          ///< 0..1; < 0 not said
  const char *textures;     ///< folder of field recordings, seen from the brief
  const char *learned;      ///< a name, or a folder of learned tables seen from the brief
  const char *loudness;     ///< ebu, atsc, netflix, web
  float tempo_min_bpm, tempo_max_bpm; ///< 0 not said
  bool has_seed;
  uint64_t seed;
  const char *language;     ///< "en" where not said
  int temp;                 ///< 1 the film's sound holds temp music, 0 it does not, -1 not said
  KT_ARRAY(KtBriefTheme) themes;
  KT_ARRAY(KtBriefWorld) worlds;
  const char *composer, *publisher, *ipi;
  float composer_share;     ///< per cent
  KT_ARRAY(const char *) off; ///< "silence", "colour", ...: what the director switches off
} KtBrief;

/// `path` NULL gives an empty brief. KT_ERR_FORMAT with line and column for unknown keys and values
/// out of range.
KtStatus kt_brief_load(const char *path, KtBrief **brief, KtError *err);
void kt_brief_free(KtBrief *brief);

/// What a palette means for spotting: the part of data/palettes/ID.yaml that this room reads.
typedef struct KtStyle {
  float share_min, share_max;      ///< of the film's length
  float cue_min_s, cue_max_s, cue_typical_s;
  float hits_per_minute;           ///< wish; comedy many, drama few
  float restraint;                 ///< 0..1 where the brief is silent
} KtStyle;

#endif
