// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include <math.h>
#include <stdlib.h>

// Scenes by how strongly what comes after a cut recalls what was before it: shots of one place
// return (Kender & Yeo, "Video scene segmentation via continuous video coherence", CVPR 1998). What
// counts as recalled depends on the film: a cartoon painted in browns is all alike. Where a set-up
// itself returns, or somebody goes on speaking, the scene goes on; where the sound changes with the
// picture it is more likely another.
enum { BACK = 6, SET_UP_BACK = 8, FAR = 12, PICTURES = 7 };
#define MEMORY_S         25.0
#define LEAST_USUAL      0.32F ///< colour distance; below it two shots are one place in any film
#define MOST_USUAL       0.60F
#define SET_UP_COLOUR    0.23F ///< the same camera on the same place: colours everywhere alike,
#define SET_UP_GRID      0.13F ///< and where they lie
#define SET_UP_S         45.0  ///< longer away, it is a return and another scene
#define SPEECH_HOLDS     0.10F
#define SPEECH_OVER_S    0.2
#define SOUND_PARTS      0.05F ///< when it changes by SOUND_LU, as one second is to the other
#define SOUND_LU         12.0F
#define SHORTEST_S       8.0
#define SHORTEST_FADED_S 2.0
#define LAST_S           4.0
#define LONG_S           0.6 ///< a dissolve, between shots unlike by UNLIKE
#define UNLIKE           0.45F

typedef struct Views {
  KtSight (*sights)[PICTURES];          ///< of each shot
  float (*colours)[FAR], (*grids)[FAR]; ///< distances to the FAR shots after each
  size_t count;
} Views;

static void clear(Views *views) {
  free(views->sights);
  free(views->colours);
  free(views->grids);
}

static void compare(Views *views, size_t a, size_t b) {
  float colour = 1, grid = 1; // of the most alike pictures
  for (int i = 0; i < PICTURES; ++i) {
    for (int k = 0; k < PICTURES; ++k) {
      const KtSight *x = &views->sights[a][i], *y = &views->sights[b][k];
      float here = kt_sight_colour_distance(x, y);
      colour = fminf(colour, here);
      grid = here < 2 * SET_UP_COLOUR ? fminf(grid, kt_sight_grid_distance(x, y)) : grid;
    }
  }
  views->colours[a][b - a - 1] = colour;
  views->grids[a][b - a - 1] = grid;
}

static bool view(const KtFilm *film, const KtSights *sights, Views *views) {
  size_t count = views->count = film->shots.count;
  views->sights = calloc(count + 1, sizeof(*views->sights));
  views->colours = calloc(count + 1, sizeof(*views->colours));
  views->grids = calloc(count + 1, sizeof(*views->grids));
  if (!views->sights || !views->colours || !views->grids) {
    return false;
  }
  for (size_t s = 0; s < count; ++s) {
    const KtShot *shot = &film->shots.items[s];
    kt_sights_rest(sights, 256 * s); // now and then
    for (int i = 0; i < PICTURES; ++i) {
      int at = (shot->end_frame - shot->start_frame) * (i + 1) / (PICTURES + 1);
      views->sights[s][i] = sights->items[shot->start_frame + at];
    }
  }
  for (size_t a = 0; a < count; ++a) {
    for (size_t b = a + 1; b < count && b <= a + FAR; ++b) {
      compare(views, a, b);
    }
  }
  return true;
}

/// How unlike shots of this film are that lie near each other: the middle of their distances, to
/// the hundredth.
static float usual(const Views *views) {
  size_t tally[101] = {0}, pairs = 0, below = 0;
  for (size_t a = 0; a < views->count; ++a) {
    for (size_t b = a + 1; b < views->count && b <= a + FAR; ++b, ++pairs) {
      ++tally[(int)(100.0F * views->colours[a][b - a - 1])];
    }
  }
  int at = 0;
  for (; at < 100 && (below += tally[at]) * 2 < pairs; ++at) {
  }
  return fmaxf(LEAST_USUAL, fminf(MOST_USUAL, (float)at / 100.0F));
}

static double gap_s(const KtFilm *film, size_t a, size_t b) {
  return kt_seconds(film->shots.items[b].start - film->shots.items[a].end);
}

static float recall(const KtFilm *film, const Views *views, size_t cut) {
  float best = 0;
  for (size_t a = cut > BACK ? cut - BACK : 0; a < cut; ++a) {
    for (size_t b = cut; b < views->count && b < cut + BACK && b <= a + FAR; ++b) {
      float fading = (float)exp(-gap_s(film, a, b) / MEMORY_S);
      best = fmaxf(best, fading * (1.0F - views->colours[a][b - a - 1]));
    }
  }
  return best;
}

static bool set_up_returns(const KtFilm *film, const Views *views, size_t cut) {
  for (size_t a = cut > SET_UP_BACK ? cut - SET_UP_BACK : 0; a < cut; ++a) {
    for (size_t b = cut; b < views->count && b <= a + SET_UP_BACK; ++b) {
      if (views->colours[a][b - a - 1] < SET_UP_COLOUR &&
          views->grids[a][b - a - 1] < SET_UP_GRID && gap_s(film, a, b) < SET_UP_S) {
        return true;
      }
    }
  }
  return false;
}

/// How the sound at a cut speaks for the scene to go on, as a likeness.
static float sound_holds(const KtFilm *film, KtFilmTime at) {
  const KtFilmTime over = kt_film_time(SPEECH_OVER_S);
  for (size_t i = 0; i < film->speech.count; ++i) {
    if (film->speech.items[i].start < at - over && film->speech.items[i].end > at + over) {
      return SPEECH_HOLDS;
    }
  }
  size_t before = (size_t)(fmax(0.0, kt_seconds(at) - 2.0) * 10), after = before + 40;
  if (kt_seconds(at) < 2.0 || after >= film->loudness.count) {
    return 0;
  }
  float was = fmaxf(-70.0F, film->loudness.items[before].short_term_lufs);
  float is = fmaxf(-70.0F, film->loudness.items[after].short_term_lufs);
  return fabsf(is - was) > SOUND_LU ? -SOUND_PARTS : 0.0F;
}

/// A fade, or a long dissolve into something else: what one writes "and later" for.
static bool parted(const KtFilm *film, const Views *views, size_t cut) {
  const KtShot *shot = &film->shots.items[cut];
  if (shot->transition == KT_TRANSITION_DISSOLVE) {
    KtFilmTime length =
        kt_frame_time(film->rate, shot->transition_end_frame - shot->transition_start_frame);
    return kt_seconds(length) > LONG_S && views->colours[cut - 1][0] > UNLIKE;
  }
  return shot->transition == KT_TRANSITION_FADE_BLACK ||
         shot->transition == KT_TRANSITION_FADE_WHITE ||
         shot->transition == KT_TRANSITION_FADE_COLOUR;
}

static bool begins(const KtFilm *film, const Views *views, size_t cut, KtFilmTime since,
                   float least) {
  KtFilmTime at = film->shots.items[cut].start;
  double length_s = kt_seconds(at - since);
  if (kt_seconds(film->duration - at) <= LAST_S || length_s <= SHORTEST_FADED_S) {
    return false;
  }
  return parted(film, views, cut) || (length_s > SHORTEST_S && !set_up_returns(film, views, cut) &&
                                      recall(film, views, cut) + sound_holds(film, at) < least);
}

bool kt_scenes_find(KtFilm *film, const KtSights *sights) {
  Views views = {0};
  bool ok = view(film, sights, &views);
  float least = ok ? 1.0F - usual(&views) : 0;
  KtFilmTime since = 0;
  int scene = 0;
  for (size_t i = 0; ok && i < film->shots.count; ++i) {
    KtShot *shot = &film->shots.items[i];
    if (i && begins(film, &views, i, since, least)) {
      ++scene;
      since = shot->start;
    }
    shot->scene = scene;
  }
  clear(&views);
  return ok;
}
