// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_FILM_SEE_H
#define KT_FILM_SEE_H

#include "base/mapped.h"
#include "film/film.h"

enum {
  KT_LOOK_SIZE = 160, ///< the longer side of the small picture
  KT_GRID_W = 16,
  KT_GRID_H = 9,
  KT_GRID = KT_GRID_W * KT_GRID_H,
  KT_COLOURS = 128, ///< 8 lightnesses of 4 by 4 hues
};

/// What is kept of a picture until the shots are known: about 600 bytes.
typedef struct KtSight {
  int64_t pts;                 ///< in the stream's time base
  uint8_t grid[KT_GRID][3];    ///< mean colour by CIE Lab: L* * 2.55, a* + 128, b* + 128
  uint8_t colours[KT_COLOURS]; ///< square roots of shares, times 255
  float brightness, contrast, saturation, warmth;
  float edges;   ///< mean step between neighbouring pixels, 0..1
  float change;  ///< mean difference of lightness to the picture before, 0..1
  float residue; ///< what block matching cannot explain of the picture before: 0 all, 1 nothing
  float shift_x, shift_y;   ///< main movement since the picture before, in picture widths
  float camera_x, camera_y; ///< of it, what the whole picture makes: the camera's, turned round
  float zoom, turn;         ///< growth (in: positive) and turn (radians, clockwise) of the picture
  float trust;              ///< share of the picture that follows the camera; 0: it stands still
  float local;              ///< mean difference that is left when the camera is taken out, 0..1
  float local_x, local_y;   ///< movement against the camera, in picture widths
  float local_share;        ///< share of the picture that moves so
  float lettering;          ///< share of the picture with the fine high contrast of letters
  float strokes;            ///< of large letters in the line that has most, evenly light or dark
} KtSight;

/// All pictures seen (sights.c). Zero to begin with.
typedef struct KtSights {
  KtSight *items;
  size_t count, capacity;
  KtMapped room;
} KtSights;
KtSight *kt_sights_add(KtSights *sights); ///< zeroed; NULL: out of memory
/// Called by who goes through all of them, with each index: lets what lies behind leave memory now
/// and then. Pointers stay good.
void kt_sights_rest(const KtSights *sights, size_t at);
void kt_sights_clear(KtSights *sights);

/// Turns small pictures into sights, in order.
typedef struct KtEye {
  int width, height; ///< of the small picture, upright
  int half_width, half_height;
  uint8_t *luma; ///< width x height
  uint8_t *half, *half_before;
  float (*lab)[3]; ///< half_width x half_height
  float gamma[256], root[4097];
  bool begun;
} KtEye;

KtStatus kt_eye_init(KtEye *eye, int width, int height, KtError *err);
void kt_eye_clear(KtEye *eye);
/// `rgb` is the small picture, `stride` bytes a line.
void kt_eye_see(KtEye *eye, const uint8_t *rgb, int stride, KtSight *sight);

/// Distances 0..1 between pictures: of colours wherever they lie (Hellinger), and of grids (mean
/// CIE 1976 difference over 100).
float kt_sight_colour_distance(const KtSight *a, const KtSight *b);
float kt_sight_grid_distance(const KtSight *a, const KtSight *b);

void kt_lab_to_srgb(const float lab[3], uint8_t rgb[3]);

KtStatus kt_shots_find(KtFilm *film, const KtSights *sights, KtError *err); ///< shots.c
/// Groups shots by place and by sound, which is known by then (scenes.c). False: no memory.
bool kt_scenes_find(KtFilm *film, const KtSights *sights);
void kt_palettes_find(KtFilm *film, const KtSights *sights);                ///< palette.c
void kt_motion_find(KtFilm *film, const KtSights *sights); ///< motion.c: frames, moments
#define KT_FULL_CHANGE                                                                             \
  0.06F ///< change a picture at 24 a second that counts as 63 % of all movement
void kt_moment_add(KtFilm *film, int frame, KtMomentKind kind, float strength);
/// steps.c: bursts, stops, impacts, from the change of each picture a 24th of a second, cuts and
/// flashes taken out; impacts are taken out of it too.
void kt_steps_find(KtFilm *film, float *changes);
void kt_gestures_find(KtFilm *film, const KtSights *sights); ///< gestures.c, after motion
void kt_camera_moves_find(KtFilm *film);                     ///< camera_moves.c, after motion
void kt_pace_find(KtFilm *film);                             ///< pace.c, after motion
void kt_titles_find(KtFilm *film, const KtSights *sights);   ///< titles.c

#endif
