// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include <math.h>

// Scenes by how strongly what comes after a cut recalls what was before it: shots of one place
// return (Kender & Yeo, "Video scene segmentation via continuous video coherence", CVPR 1998).
enum { BACK = 6 };
#define MEMORY_S   25.0
#define RECALLS    0.42F
#define SHORTEST_S 8.0

static float likeness(const KtFilm *film, const KtSights *sights, size_t a, size_t b) {
  const KtShot *x = &film->shots.items[a], *y = &film->shots.items[b];
  float best = 1; // any of three pictures of the one with any of the other
  for (int i = 1; i <= 3; ++i) {
    for (int k = 1; k <= 3; ++k) {
      int m = x->start_frame + (x->end_frame - x->start_frame) * i / 4;
      int n = y->start_frame + (y->end_frame - y->start_frame) * k / 4;
      best = fminf(best, kt_sight_colour_distance(&sights->items[m], &sights->items[n]));
    }
  }
  return fmaxf(0.0F, 1.0F - best);
}

static float recall(const KtFilm *film, const KtSights *sights, size_t cut) {
  float best = 0;
  size_t first = cut > BACK ? cut - BACK : 0;
  for (size_t a = first; a < cut; ++a) {
    for (size_t b = cut; b < film->shots.count && b < cut + BACK; ++b) {
      double gap = kt_seconds(film->shots.items[b].start - film->shots.items[a].end);
      float fading = (float)exp(-gap / MEMORY_S);
      best = fmaxf(best, fading * likeness(film, sights, a, b));
    }
  }
  return best;
}

void kt_scenes_find(KtFilm *film, const KtSights *sights) {
  int scene = 0;
  KtFilmTime since = 0;
  for (size_t i = 0; i < film->shots.count; ++i) {
    KtShot *shot = &film->shots.items[i];
    double length = kt_seconds(shot->start - since);
    double left = kt_seconds(film->duration - shot->start);
    bool faded = shot->transition == KT_TRANSITION_FADE_BLACK ||
                 shot->transition == KT_TRANSITION_FADE_WHITE;
    if (i && left > SHORTEST_S / 2 && length > (faded ? SHORTEST_S / 4 : SHORTEST_S) &&
        (faded || recall(film, sights, i) < RECALLS)) {
      ++scene;
      since = shot->start;
    }
    shot->scene = scene;
  }
}
