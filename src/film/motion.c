// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include <math.h>

#define NOISE       0.006F ///< of grain and of coding, in lightness a picture
#define FULL        KT_FULL_CHANGE
#define LOCAL_TELLS 4.0F  ///< times its share of the picture
#define FULL_LOCAL  0.03F ///< the same for movement in the picture, its noise taken off by pixel
#define FLASH_STEP  0.12F ///< of brightness

static bool starts_shot(const KtFilm *film, int frame) {
  int shot = kt_film_shot_at(film, film->frames.items[frame].time);
  return film->shots.items[shot].start_frame == frame;
}

/// Changes with the cuts taken out, per 1/24 s.
static void fill_changes(const KtFilm *film, const KtSights *sights, float *changes) {
  int count = (int)sights->count;
  float usual_s = (float)(1.0 / kt_rate_fps(film->rate));
  for (int i = 1; i < count; ++i) {
    kt_sights_rest(sights, (size_t)i);
    float step_s = (float)kt_seconds(film->frames.items[i].time - film->frames.items[i - 1].time);
    step_s = fmaxf(step_s, usual_s * 0.5F);
    changes[i] = fmaxf(0.0F, sights->items[i].change - NOISE) / fminf(1.0F, step_s * 24.0F);
  }
  changes[0] = count > 1 ? changes[1] : 0;
  for (int i = 1; i < count; ++i) {
    if (starts_shot(film, i)) {
      changes[i] = i + 1 < count ? changes[i + 1] : changes[i - 1];
    }
  }
}

/// Not smoothed: a hand that shakes is told by its turning back.
static void fill_camera(KtFilm *film, const KtSight *sight, int i) {
  if (i && !starts_shot(film, i)) {
    KtFrame *frame = &film->frames.items[i];
    float step_s = (float)kt_seconds(frame->time - frame[-1].time);
    if (step_s > 0) {
      frame->camera_x = -sight->camera_x / step_s; // the picture goes the other way
      frame->camera_y = -sight->camera_y / step_s;
      frame->zoom = sight->zoom / step_s;
    }
  }
}

static void fill_frames(KtFilm *film, const KtSights *sights, const float *changes) {
  int count = (int)sights->count;
  int reach = (int)(kt_rate_fps(film->rate) * 0.06 + 0.5); // drawings often stand for two pictures
  for (int i = 0; i < count; ++i) {
    kt_sights_rest(sights, (size_t)i);
    const KtSight *sight = &sights->items[i];
    KtFrame *frame = &film->frames.items[i];
    frame->brightness = sight->brightness;
    frame->contrast = sight->contrast;
    frame->saturation = sight->saturation;
    frame->warmth = sight->warmth;
    int from = i - reach < 0 ? 0 : i - reach, to = i + reach < count ? i + reach : count - 1;
    float sum = 0, x = 0, y = 0, local = 0, gone_x = 0, gone_y = 0;
    int flows = 0;
    for (int k = from; k <= to; ++k) {
      sum += changes[k];
      if (k && !starts_shot(film, k)) {
        float step_s =
            (float)kt_seconds(film->frames.items[k].time - film->frames.items[k - 1].time);
        x += step_s > 0 ? sights->items[k].shift_x / step_s : 0;
        y += step_s > 0 ? sights->items[k].shift_y / step_s : 0;
        gone_x += step_s > 0 ? sights->items[k].local_x / step_s : 0;
        gone_y += step_s > 0 ? sights->items[k].local_y / step_s : 0;
        local += sights->items[k].local / fmaxf(step_s * 24.0F, 0.02F);
        ++flows;
      }
    }
    frame->motion = 1.0F - expf(-sum / (float)(to - from + 1) / FULL);
    frame->flow_x = flows ? x / (float)flows : 0;
    frame->flow_y = flows ? y / (float)flows : 0;
    frame->local = flows ? 1.0F - expf(-local / (float)flows / FULL_LOCAL) : 0;
    frame->local_x = flows ? gone_x / (float)flows : 0;
    frame->local_y = flows ? gone_y / (float)flows : 0;
    fill_camera(film, sight, i);
  }
}

void kt_moment_add(KtFilm *film, int frame, KtMomentKind kind, float strength) {
  KtMoment *moment = kt_array_push(film->arena, &film->moments);
  if (moment) {
    *moment = (KtMoment){film->frames.items[frame].time, kind, fminf(1.0F, strength)};
  }
}

/// Brightness that leaps up for a moment and falls back; it counts as no movement.
static void find_flashes(KtFilm *film, const KtSights *sights, float *changes) {
  int count = (int)sights->count, most = (int)(kt_rate_fps(film->rate) * 0.25 + 1.5);
  for (int i = 1; i + 1 < count; ++i) {
    kt_sights_rest(sights, (size_t)i);
    float before = sights->items[i - 1].brightness;
    float leap = sights->items[i].brightness - before;
    if (leap < FLASH_STEP || starts_shot(film, i)) {
      continue;
    }
    for (int k = 1; k <= most && i + k < count; ++k) {
      if (starts_shot(film, i + k)) {
        break;
      }
      if (sights->items[i + k].brightness < before + leap * 0.35F) {
        kt_moment_add(film, i, KT_MOMENT_FLASH, leap * 2.0F);
        for (int f = i; f <= i + k; ++f) {
          changes[f] = changes[i - 1];
        }
        i += k;
        break;
      }
    }
  }
}

/// A small thing that breaks out of stillness tells as much as a large one in a crowd: for steps,
/// what moves in the picture counts more than its size.
static void add_local(const KtFilm *film, const KtSights *sights, float *changes) {
  for (int i = 1; i < (int)sights->count; ++i) {
    kt_sights_rest(sights, (size_t)i);
    float step_s = (float)kt_seconds(film->frames.items[i].time - film->frames.items[i - 1].time);
    if (!starts_shot(film, i) && changes[i] > 0) {
      changes[i] =
          fmaxf(changes[i], LOCAL_TELLS * sights->items[i].local / fmaxf(step_s * 24.0F, 0.02F));
    }
  }
}

void kt_motion_find(KtFilm *film, const KtSights *sights) {
  KtArena *scratch = kt_arena_new();
  float *changes = scratch ? KT_NEW(scratch, float, sights->count) : NULL;
  if (changes) {
    fill_changes(film, sights, changes);
    find_flashes(film, sights, changes);
    fill_frames(film, sights, changes);
    add_local(film, sights, changes);
    kt_steps_find(film, changes);
    for (size_t s = 0; s < film->shots.count; ++s) {
      KtShot *shot = &film->shots.items[s];
      double sum = 0;
      for (int i = shot->start_frame; i <= shot->end_frame; ++i) {
        sum += (double)film->frames.items[i].motion;
      }
      shot->motion = (float)(sum / (shot->end_frame - shot->start_frame + 1));
    }
  }
  kt_arena_free(scratch);
}
