// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TEST_COMPOSE_MADE_H
#define TEST_COMPOSE_MADE_H

#include "compose/plan.h"
#include "compose/sketch.h"
#include "ear/tension.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A desk made by hand: one theme, cues of several tempers over a made-up arc.
typedef struct Made {
  KtArena *arena;
  KtContext ctx;
  KtFilm film;
  KtStory story;
  KtSpotting spotting;
  KtPalette palette;
  KtBrief brief;
  KtThemes themes;
  KtPlan plan;
  KtDesk desk;
} Made;

enum { CALM, TENSE, SHORT, LONG, SPOKEN, STOPPED, CUES };
static const struct {
  double in, out;
  KtEmotion emotion;
  double bpm;
  float energy;
  KtEntry entry;
  KtExit exit;
} CUE[CUES] = {
    [CALM] = {0, 40, {.valence = 0.4F, .arousal = -0.7F, .tension = 0.1F}, 66, 0.35F, KT_ENTRY_SNEAK_IN, KT_EXIT_RING_OFF},
    [TENSE] = {50, 90, {.valence = -0.6F, .arousal = 0.8F, .tension = 0.8F}, 138, 0.95F, KT_ENTRY_ON_CUT, KT_EXIT_ON_CUT},
    [SHORT] = {95, 97, {.valence = -0.3F, .arousal = 0.5F, .tension = 0.7F}, 100, 0.6F, KT_ENTRY_ON_CUT, KT_EXIT_RING_OFF},
    [LONG] = {100, 220, {.valence = 0.2F, .arousal = 0.1F, .tension = 0.3F}, 92, 0.7F, KT_ENTRY_PICKUP, KT_EXIT_FADE_UNDER},
    [SPOKEN] = {230, 270, {.valence = 0.0F, .arousal = 0.1F, .tension = 0.4F}, 84, 0.6F, KT_ENTRY_SNEAK_IN, KT_EXIT_SEGUE},
    [STOPPED] = {280, 310, {.valence = -0.2F, .arousal = 0.6F, .tension = 0.6F}, 120, 0.8F, KT_ENTRY_ON_CUT, KT_EXIT_ON_CUT},
};

static inline void add_hit(Made *made, int cue, double at, KtHitKind kind, float weight) {
  KtHit *hit = kt_array_push(made->arena, &made->spotting.hits);
  *hit = (KtHit){.cue = cue, .at = kt_film_time(at), .label = "made", .kind = kind,
                 .weight = weight, .tolerance_frames = 2, .source = "marker"};
}

static inline void make_theme(Made *made) {
  static const int degrees[] = {0, 4, 3, 2, 4, 5, 4, 2, 1, 0};
  static const int quarters[] = {2, 1, 1, 3, 1, 2, 1, 1, 2, 2};
  KtTheme *theme = kt_array_push(made->arena, &made->themes.items);
  *theme = (KtTheme){.id = "T1", .title = "made", .key = {0, KT_MODE_IONIAN}, .tonic_midi = 67, .beats = 4, .unit = 4, .bpm = 88, .head = 4, .head_ticks = 8 * KT_PPQ, .ticks = 16 * KT_PPQ, .rhythm_from = ""};
  KtTick at = 0;
  for (int i = 0; i < 10; ++i) {
    KtThemeNote *note = kt_array_push(made->arena, &theme->notes);
    *note = (KtThemeNote){.start = at, .duration = quarters[i] * KT_PPQ, .degree = (int8_t)degrees[i]};
    at += note->duration;
  }
  static const int roots[] = {0, 0, 3, 4};
  for (int i = 0; i < 4; ++i) {
    KtThemeChord *chord = kt_array_push(made->arena, &theme->chords);
    *chord = (KtThemeChord){i * 4 * KT_PPQ, 4 * KT_PPQ, (int8_t)roots[i], 0, KT_CHORD_MAJOR};
  }
}

static inline void make_cue(Made *made, int i) {
  KtCue *cue = kt_array_push(made->arena, &made->spotting.cues);
  *cue = (KtCue){.name = kt_arena_format(made->arena, "1m%02d", i + 1), .title = "made", .in = kt_film_time(CUE[i].in), .out = kt_film_time(CUE[i].out), .entry = CUE[i].entry, .exit = CUE[i].exit, .emotion = CUE[i].emotion};
  KtCuePlan *plan = &made->plan.cues[i];
  *plan = (KtCuePlan){.key = {2, CUE[i].emotion.valence > 0 ? KT_MODE_IONIAN : KT_MODE_AEOLIAN}, .bpm = CUE[i].bpm, .beats = 4, .unit = 4, .energy = CUE[i].energy};
  if (CUE[i].out - CUE[i].in > 20) {
    KtPlannedStatement *s = kt_array_push(made->arena, &plan->statements);
    *s = (KtPlannedStatement){.theme = 0, .transform = KT_TRANSFORM_PLAIN, .at = kt_film_time(CUE[i].in + 8), .recognisable = true, .role = KT_ROLE_LEAD, .mode = plan->key.mode, .energy = 0.5F};
  }
}

static inline void make_arc(Made *made) {
  for (int i = 0; i < 640; ++i) {
    KtArcPoint *point = kt_array_push(made->arena, &made->story.arc);
    *point = (KtArcPoint){.at = i * KT_FLICKS_PER_SECOND / 2};
    for (int c = 0; c < CUES; ++c) {
      if (i / 2.0 >= CUE[c].in - 3 && i / 2.0 <= CUE[c].out + 3) {
        point->emotion = CUE[c].emotion;
      }
    }
    if (i / 2.0 > 150 && i / 2.0 < 222) { // the long cue has a middle and an end
      point->emotion.arousal = i / 2.0 < 190 ? 0.7F : -0.3F;
      point->emotion.tension = i / 2.0 < 190 ? 0.6F : 0.15F;
    }
  }
}

static inline Made *make(const char *palette, uint64_t seed) {
  KtArena *arena = kt_arena_new();
  Made *made = KT_NEW(arena, Made, 1);
  made->arena = arena;
  made->ctx = (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = seed};
  made->film.rate = (KtRate){24, 1};
  made->film.duration = kt_film_time(320);
  KtSpan *speech = kt_array_push(arena, &made->film.speech);
  *speech = (KtSpan){kt_film_time(231), kt_film_time(268)};
  made->plan = (KtPlan){arena, KT_NEW(arena, KtCuePlan, CUES), CUES};
  made->palette = (KtPalette){.id = palette, .tempo_min_bpm = 48, .tempo_max_bpm = 168, .layers_max = 7};
  make_arc(made);
  make_theme(made);
  for (int i = 0; i < CUES; ++i) {
    make_cue(made, i);
  }
  add_hit(made, TENSE, 58.25, KT_HIT_HARD, 0.9F);
  add_hit(made, TENSE, 71.5, KT_HIT_HARD, 0.6F);
  add_hit(made, LONG, 150.0, KT_HIT_SWELL, 0.8F);
  add_hit(made, LONG, 171.2, KT_HIT_HARD, 0.8F);
  add_hit(made, STOPPED, 294.5, KT_HIT_STOP, 0.9F);
  made->desk = (KtDesk){&made->ctx, &made->film, &made->story, &made->spotting, &made->brief, &made->palette, NULL, NULL};
  return made;
}

static inline KtScore *compose(Made *made, int cue) {
  KtScore *score = NULL;
  KtError err = {0};
  KtStatus status = kt_compose_cue(&made->desk, &made->themes, &made->plan, cue, &score, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
  return score;
}

static inline const KtPart *part(const KtScore *score, const char *id) {
  for (size_t i = 0; i < score->parts.count; ++i) {
    if (!strcmp(score->parts.items[i].id, id)) {
      return &score->parts.items[i];
    }
  }
  return NULL;
}

static inline const KtNote *sounding(const KtPart *p, KtTick at) {
  for (size_t i = 0; p && i < p->notes.count; ++i) {
    const KtNote *n = &p->notes.items[i];
    if (n->start <= at && at < n->start + n->duration) {
      return n;
    }
  }
  return NULL;
}

static inline uint64_t print_of(const KtScore *score) {
  uint64_t hash = 1469598103934665603U;
  for (size_t i = 0; i < score->parts.count; ++i) {
    const KtPart *p = &score->parts.items[i];
    for (size_t n = 0; n < p->notes.count; ++n) {
      const KtNote *note = &p->notes.items[n];
      const int64_t values[] = {note->start, note->duration, note->midi, note->articulation, note->spelling, lrintf(note->accent * 1e6F)};
      for (size_t v = 0; v < 6; ++v) {
        hash = (hash ^ (uint64_t)values[v]) * 1099511628211U;
      }
    }
    for (size_t d = 0; d < p->dynamics.count; ++d) {
      hash = (hash ^ (uint64_t)(p->dynamics.items[d].tick + lrintf(p->dynamics.items[d].level * 1e6F))) * 1099511628211U;
    }
  }
  return hash;
}

#endif
