// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A quick look at key pictures alone. Encoders set one at most cuts; between two that differ much
// there is a cut, placed on the later one: late by up to the distance of key pictures.
#include "film/pass.h"

#include <math.h>
#include <string.h>

#define OTHER_COLOURS 0.30F ///< Hellinger distance, as kt_sight_colour_distance()
#define OTHER_GRID    0.13F ///< as kt_sight_grid_distance()
#define SURE          2.0F  ///< times these

static float difference(const KtSight *a, const KtSight *b) {
  float colours = kt_sight_colour_distance(a, b) / OTHER_COLOURS;
  float grid = kt_sight_grid_distance(a, b) / OTHER_GRID;
  return 0.5F * (colours + grid);
}

static void add_shot(KtFilm *film, const KtSights *sights, int from, int to, float sure) {
  KtShot *shot = kt_array_push(film->arena, &film->shots);
  if (!shot) {
    return;
  }
  *shot = (KtShot){.start_frame = from,
                   .end_frame = to,
                   .start = film->frames.items[from].time,
                   .end = (size_t)to + 1 < film->frames.count ? film->frames.items[to + 1].time
                                                              : film->duration,
                   .transition = from ? KT_TRANSITION_CUT : KT_TRANSITION_START,
                   .transition_start_frame = from,
                   .transition_end_frame = from,
                   .confidence = sure};
  float count = (float)(to - from + 1);
  for (int i = from; i <= to; ++i) {
    const KtSight *sight = &sights->items[i];
    shot->brightness += sight->brightness / count;
    shot->contrast += sight->contrast / count;
    shot->saturation += sight->saturation / count;
    shot->warmth += sight->warmth / count;
  }
}

void kt_preview_shots(KtFilm *film, const KtSights *sights) {
  int first = 0, count = (int)sights->count;
  float sure = 1;
  for (int i = 0; i < count; ++i) {
    const KtSight *sight = &sights->items[i];
    KtFrame *frame = &film->frames.items[i];
    frame->brightness = sight->brightness;
    frame->contrast = sight->contrast;
    frame->saturation = sight->saturation;
    frame->warmth = sight->warmth;
    float step = i ? difference(sight - 1, sight) : 0;
    if (step > 1) {
      add_shot(film, sights, first, i - 1, sure);
      first = i;
      sure = fminf(1.0F, step / SURE);
    }
  }
  add_shot(film, sights, first, count - 1, sure);
}

static int numbered(const KtFilm *film, int index) {
  return (int)lround(kt_seconds(film->frames.items[index].time) * kt_rate_fps(film->rate));
}

void kt_preview_number(KtFilm *film) {
  for (size_t i = 0; i < film->shots.count; ++i) {
    KtShot *shot = &film->shots.items[i];
    bool last = i + 1 == film->shots.count;
    shot->start_frame = numbered(film, shot->start_frame);
    shot->end_frame = last ? (int)lround(kt_seconds(film->duration) * kt_rate_fps(film->rate)) - 1
                           : numbered(film, shot->end_frame + 1) - 1;
    shot->transition_start_frame = shot->transition_end_frame = shot->start_frame;
  }
}
