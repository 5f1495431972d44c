// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_TEST_FILM_BY_HAND_H
#define KT_TEST_FILM_BY_HAND_H

#include "story/story.h"

#include <math.h>
#include <stdlib.h>

/// A film made of numbers: `motion(second)` and `light(second)` at ten pictures a second, a cut
/// every `cut_s` seconds, no sound.
static inline KtFilm *film_by_hand(double seconds, double cut_s, float (*motion)(double),
                                   float (*light)(double)) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = KT_NEW(arena, KtFilm, 1);
  film->arena = arena;
  film->title = "by hand";
  film->duration = kt_film_time(seconds);
  film->rate = (KtRate){10, 1};
  film->integrated_lufs = -HUGE_VAL;
  film->audio_stream = -1;
  for (int i = 0; i < (int)(seconds * 10); ++i) {
    KtFrame *frame = kt_array_push(arena, &film->frames);
    *frame = (KtFrame){.time = kt_film_time(i / 10.0),
                       .brightness = light(i / 10.0),
                       .saturation = 0.2F,
                       .motion = motion(i / 10.0)};
  }
  for (double at = 0; at < seconds; at += cut_s) {
    KtShot *shot = kt_array_push(arena, &film->shots);
    *shot = (KtShot){.start = kt_film_time(at),
                     .end = kt_film_time(fmin(seconds, at + cut_s)),
                     .brightness = 0.5F,
                     .transition = at > 0 ? KT_TRANSITION_CUT : KT_TRANSITION_START};
  }
  return film;
}

static inline void add_caption(KtFilm *film, double start, double end, const char *text) {
  KtCaption *caption = kt_array_push(film->arena, &film->captions);
  *caption = (KtCaption){
      .start = kt_film_time(start), .end = kt_film_time(end), .speaker = "", .text = text};
}

static inline KtContext test_context(void) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = 1};
}

#endif
