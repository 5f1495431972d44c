// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Themes of a made-up story, for tests.
#ifndef KT_TEST_THEMES_MADE_H
#define KT_TEST_THEMES_MADE_H

#include "compose/compose.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

static inline KtContext context_of(uint64_t seed) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = seed};
}

static inline KtThemes *compose_without(uint64_t seed, const char *palette, const char *off) {
  static const struct {
    const char *name, *rhythm;
    float valence, arousal, tension;
    KtColour colour;
    KtSubjectKind kind;
  } rows[] = {
      {"Barbra", "/x", -0.1F, -0.1F, 0.5F, KT_COLOUR_LOSS, KT_SUBJECT_CHARACTER},
      {"Johnny", "/x", 0.3F, 0.3F, 0.2F, KT_COLOUR_COMEDY, KT_SUBJECT_CHARACTER},
      {"the farmhouse", "", -0.4F, -0.3F, 0.7F, KT_COLOUR_MYSTERY, KT_SUBJECT_PLACE},
      {"the chase", "", -0.2F, 0.7F, 0.7F, KT_COLOUR_MENACE, KT_SUBJECT_IDEA},
      {"Elisabeth", "x/xx", 0.4F, -0.2F, 0.2F, KT_COLOUR_ROMANCE, KT_SUBJECT_CHARACTER},
      {"Nobody", "/xx", 0, 0, 0.3F, KT_COLOUR_INTIMACY, KT_SUBJECT_CHARACTER},
  };
  KtContext ctx = context_of(seed);
  KtArena *arena = kt_arena_new();
  KtStory story = {.arena = arena};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtSubject *subject = kt_array_push(arena, &story.subjects);
    *subject = (KtSubject){.kind = rows[i].kind,
                           .name = rows[i].name,
                           .rhythm = rows[i].rhythm,
                           .weight = 1 - 0.1F * (float)i,
                           .character = -1,
                           .emotion = {.valence = rows[i].valence,
                                       .arousal = rows[i].arousal,
                                       .tension = rows[i].tension}};
    subject->emotion.colours[rows[i].colour] = 0.6F;
  }
  KtPalette mix = {.id = palette, .tempo_min_bpm = 50, .tempo_max_bpm = 160};
  KtBrief brief = {0};
  if (off) {
    *(const char **)kt_array_push(arena, &brief.off) = off;
  }
  KtDesk desk = {.ctx = &ctx, .story = &story, .palette = &mix, .brief = &brief};
  KtThemes *themes = NULL;
  KtError err = {0};
  if (kt_compose_themes(&desk, &themes, &err)) {
    fail_msg("%s: %s", err.file, err.message);
  }
  kt_arena_free(arena);
  return themes;
}

static inline KtThemes *compose(uint64_t seed, const char *palette) {
  return compose_without(seed, palette, NULL);
}

#endif
