// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Movement of the camera between two pictures: shift, zoom and turn fitted to the block matches by
// reweighted least squares, then sharpened on the pixels by Gauss-Newton steps with a robust weight
// (Odobez & Bouthemy 1995), so that a hundredth of a pixel counts and what moves by itself does
// not.
#include "film/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNKNOWNS = 5, ROUNDS = 3, STEPS = 4, EDGE = 5, ZONES_X = 4, ZONES_Y = 3 };
enum {
  ZONES = ZONES_X * ZONES_Y,
  ZONES_NEEDED = 5,
  DARK = 26,
  SIDE_STEPS = 3,
  PLAIN = 3 * KT_BLOCK * KT_BLOCK
};

#define SOFT_PIXELS 0.8F ///< a block this far from the fit counts half
#define SOFT_LEVELS 8.0F ///< and a pixel this much darker or lighter

typedef struct Area {
  int left, top, right, bottom; ///< the picture without black bars
} Area;

static int brightest(const uint8_t *at, int step, int count) {
  int most = 0;
  for (int i = 0; i < count; ++i, at += step) {
    most = *at > most ? *at : most;
  }
  return most;
}

/// Bars stand still whatever the camera does; their edges would vote against it.
static Area inside_bars(const KtEye *eye) {
  int w = eye->half_width, h = eye->half_height;
  Area area = {0, 0, w, h};
  while (area.top < h / 3 && brightest(eye->half + area.top * w, 1, w) < DARK) {
    ++area.top;
  }
  while (area.bottom > h * 2 / 3 && brightest(eye->half + (area.bottom - 1) * w, 1, w) < DARK) {
    --area.bottom;
  }
  while (area.left < w / 3 && brightest(eye->half + area.left, w, h) < DARK) {
    ++area.left;
  }
  while (area.right > w * 2 / 3 && brightest(eye->half + area.right - 1, w, h) < DARK) {
    --area.right;
  }
  return area;
}

/// Solves the symmetric system by elimination; false where it is not determined.
static bool solve(float a[UNKNOWNS][UNKNOWNS + 1], int n, float *x) {
  for (int i = 0; i < n; ++i) {
    if (a[i][i] < 1e-6F) {
      return false;
    }
    for (int k = i + 1; k < n; ++k) {
      float factor = a[k][i] / a[i][i];
      for (int j = i; j <= n; ++j) {
        a[k][j] -= factor * a[i][j];
      }
    }
  }
  for (int i = n - 1; i >= 0; --i) {
    x[i] = a[i][n];
    for (int j = i + 1; j < n; ++j) {
      x[i] -= a[i][j] * x[j];
    }
    x[i] /= a[i][i];
  }
  return true;
}

static void add_row(float a[UNKNOWNS][UNKNOWNS + 1], int n, const float *row, float value,
                    float weight) {
  for (int i = 0; i < n; ++i) {
    for (int j = i; j < n; ++j) {
      a[i][j] += weight * row[i] * row[j];
    }
    a[i][n] += weight * row[i] * value;
  }
}

static void mirror(float a[UNKNOWNS][UNKNOWNS + 1], int n) {
  for (int i = 0; i < n; ++i) {
    a[i][i] += 1e-5F;
    for (int j = 0; j < i; ++j) {
      a[i][j] = a[j][i];
    }
  }
}

static bool counts(const KtBlock *block, const Area *area) {
  return block->texture > PLAIN && !block->lost && block->x >= area->left &&
         block->y >= area->top && block->x + KT_BLOCK <= area->right &&
         block->y + KT_BLOCK <= area->bottom;
}

static void fit_blocks(const KtEye *eye, const Area *area, const KtBlock *blocks, int count,
                       KtCameraFit *fit) {
  float cx = 0.5F * (float)eye->half_width, cy = 0.5F * (float)eye->half_height;
  for (int round = 0; round < ROUNDS; ++round) {
    float a[UNKNOWNS][UNKNOWNS + 1] = {{0}}, x[UNKNOWNS];
    for (int i = 0; i < count; ++i) {
      const KtBlock *block = &blocks[i];
      if (!counts(block, area)) {
        continue;
      }
      float px = (float)(block->x + KT_BLOCK / 2) - cx, py = (float)(block->y + KT_BLOCK / 2) - cy;
      float ex = block->dx - (fit->shift_x + fit->zoom * px - fit->turn * py);
      float ey = block->dy - (fit->shift_y + fit->zoom * py + fit->turn * px);
      float far = (ex * ex + ey * ey) / (SOFT_PIXELS * SOFT_PIXELS);
      float weight = fminf((float)block->texture, 1500.0F) / (1.0F + far * far);
      const float along[4] = {1, 0, px, -py}, down[4] = {0, 1, py, px};
      add_row(a, 4, along, block->dx, weight);
      add_row(a, 4, down, block->dy, weight);
    }
    mirror(a, 4);
    a[2][2] += 1e4F; // few blocks tell nothing of zoom and turn
    a[3][3] += 1e4F;
    if (!solve(a, 4, x)) {
      return;
    }
    *fit = (KtCameraFit){.shift_x = x[0], .shift_y = x[1], .zoom = x[2], .turn = x[3]};
  }
}

/// The picture before, where a point of this one comes from; negative outside.
static float before_at(const KtEye *eye, float x, float y) {
  int w = eye->half_width, h = eye->half_height;
  if (!(x >= 0 && y >= 0 && x < (float)(w - 1) && y < (float)(h - 1))) {
    return -1;
  }
  int ix = (int)x, iy = (int)y;
  float fx = x - (float)ix, fy = y - (float)iy;
  const uint8_t *at = eye->half_before + iy * w + ix;
  float upper = (float)at[0] + fx * (float)(at[1] - at[0]);
  float lower = (float)at[w] + fx * (float)(at[w + 1] - at[w]);
  return upper + fy * (lower - upper);
}

/// One step towards the pixels; returns how far it went, in half pixels at the picture's edge.
static float sharpen(const KtEye *eye, const Area *area, KtCameraFit *fit) {
  int w = eye->half_width;
  float cx = 0.5F * (float)w, cy = 0.5F * (float)eye->half_height;
  float a[UNKNOWNS][UNKNOWNS + 1] = {{0}}, x[UNKNOWNS];
  for (int iy = area->top + 1; iy < area->bottom - 1; ++iy) {
    for (int ix = area->left + 1 + (iy & 1); ix < area->right - 1; ix += 2) {
      const uint8_t *at = eye->half + iy * w + ix;
      int sx = at[1] - at[-1], sy = at[w] - at[-w];
      if (abs(sx) + abs(sy) < EDGE) {
        continue;
      }
      float px = (float)ix + 0.5F - cx, py = (float)iy + 0.5F - cy;
      float dx = fit->shift_x + fit->zoom * px - fit->turn * py;
      float dy = fit->shift_y + fit->zoom * py + fit->turn * px;
      float was = before_at(eye, (float)ix - dx, (float)iy - dy);
      if (was < 0) {
        continue;
      }
      float gx = 0.5F * (float)sx, gy = 0.5F * (float)sy;
      float error = (float)*at - was - fit->light;
      float soft = error * error / (SOFT_LEVELS * SOFT_LEVELS);
      const float row[UNKNOWNS] = {gx, gy, gx * px + gy * py, gy * px - gx * py, -1};
      add_row(a, UNKNOWNS, row, -error, 1.0F / ((1.0F + soft) * (1.0F + soft)));
    }
  }
  mirror(a, UNKNOWNS);
  a[2][2] += 100;
  a[3][3] += 100;
  if (!solve(a, UNKNOWNS, x) || fabsf(x[0]) + fabsf(x[1]) > 3) {
    return 0;
  }
  fit->shift_x += x[0];
  fit->shift_y += x[1];
  fit->zoom += x[2];
  fit->turn += x[3];
  fit->light += x[4];
  return fabsf(x[0]) + fabsf(x[1]) + (fabsf(x[2]) + fabsf(x[3])) * cx;
}

float kt_camera_rest(const KtEye *eye, const KtCameraFit *fit, const KtBlock *blocks, int count,
                     float *rest) {
  bool moves = fabsf(fit->shift_x) + fabsf(fit->shift_y) +
                   (fabsf(fit->zoom) + fabsf(fit->turn)) * 0.5F * (float)eye->half_width >
               0.05F;
  float cx = 0.5F * (float)eye->half_width, cy = 0.5F * (float)eye->half_height;
  float all = 0, pixels = 0;
  for (int i = 0; i < count; ++i) {
    float sum = 0;
    for (int iy = blocks[i].y; iy < blocks[i].y + KT_BLOCK; ++iy) {
      const uint8_t *line = eye->half + iy * eye->half_width;
      for (int ix = blocks[i].x; ix < blocks[i].x + KT_BLOCK; ++ix) {
        float was = (float)eye->half_before[iy * eye->half_width + ix], slack = 3;
        if (moves) {
          float px = (float)ix + 0.5F - cx, py = (float)iy + 0.5F - cy;
          float from_x = (float)ix - (fit->shift_x + fit->zoom * px - fit->turn * py);
          was =
              before_at(eye, from_x, (float)iy - (fit->shift_y + fit->zoom * py + fit->turn * px));
          if (was < 0) {
            continue; // came in from outside
          }
          int next = ix + 1 < eye->half_width ? line[ix + 1] : line[ix];
          slack += 0.3F * (float)abs(next - line[ix - (ix > 0)]); // fine detail between two pixels
        }
        float error = fabsf((float)line[ix] - was - fit->light);
        sum += error;
        all += fmaxf(0, error - slack);
        pixels += 1;
      }
    }
    if (rest) {
      rest[i] = sum;
    }
  }
  return pixels > 0 ? all / pixels / 255.0F : 0;
}

/// Steps from dark to light along one line.
static int steps_along(const uint8_t *at, int step, int count) {
  int steps = 0;
  for (int i = 1; i < count; ++i, at += step) {
    steps += abs(at[step] - at[0]) > EDGE;
  }
  return steps;
}

/// Detail at two edges of the picture or more: a thing before a plain ground leaves them plain.
static bool has_ground(const KtEye *eye, const Area *area) {
  int w = eye->half_width, wide = area->right - area->left, high = area->bottom - area->top;
  const uint8_t *corner = eye->half + (area->top + 1) * w + area->left + 1;
  int sides = (steps_along(corner, 1, wide - 2) >= SIDE_STEPS) +
              (steps_along(corner + (high - 3) * w, 1, wide - 2) >= SIDE_STEPS) +
              (steps_along(corner, w, high - 2) >= SIDE_STEPS) +
              (steps_along(corner + wide - 3, w, high - 2) >= SIDE_STEPS);
  return sides >= 2;
}

/// Does the whole picture move, or only things in it? Counted by zones, so that one large thing
/// before a plain ground is no camera; blocks that stand still while the fit moves speak against
/// it.
static float judge(const KtEye *eye, const Area *area, const KtBlock *blocks, int count,
                   const KtCameraFit *fit) {
  float fitted[KT_MOST_BLOCKS], still[KT_MOST_BLOCKS];
  const KtCameraFit stands = {.light = fit->light};
  kt_camera_rest(eye, fit, blocks, count, fitted);
  kt_camera_rest(eye, &stands, blocks, count, still);
  float speaks[ZONES] = {0}, all = 0, follows = 0, with = 0, against = 0;
  for (int i = 0; i < count; ++i) {
    const KtBlock *block = &blocks[i];
    if (block->texture <= PLAIN || block->x < area->left || block->y < area->top ||
        block->x + KT_BLOCK > area->right || block->y + KT_BLOCK > area->bottom) {
      continue;
    }
    float weight = fminf((float)block->texture, 1500.0F);
    float slack = 0.12F * (float)block->texture;
    bool fits = fitted[i] < 96.0F + 3.0F * slack;
    int zone =
        block->y * ZONES_Y / eye->half_height * ZONES_X + block->x * ZONES_X / eye->half_width;
    all += weight;
    follows += fits ? weight : 0;
    speaks[zone] += fits ? weight : -weight;
    with += fitted[i] + slack < still[i] ? weight : 0;
    against += still[i] + slack < fitted[i] ? weight : 0;
  }
  int zones = 0;
  for (int i = 0; i < ZONES; ++i) {
    zones += speaks[i] > 0;
  }
  return all > 0 && zones >= ZONES_NEEDED && has_ground(eye, area) && with >= 2 * against
             ? follows / all
             : 0;
}

KtCameraFit kt_camera_fit(const KtEye *eye, const KtBlock *blocks, int count) {
  KtCameraFit fit = {0};
  long still = 0;
  for (int i = 0; i < count; ++i) {
    still += blocks[i].still;
  }
  if (still * 4 < (long)count * KT_BLOCK * KT_BLOCK) {
    return fit; // the same picture
  }
  Area area = inside_bars(eye);
  fit_blocks(eye, &area, blocks, count, &fit);
  for (int step = 0; step < STEPS && sharpen(eye, &area, &fit) > 0.01F; ++step) {
  }
  float trust = judge(eye, &area, blocks, count, &fit);
  if (trust < 0.5F) {
    float light = fit.light;
    fit = (KtCameraFit){0};
    fit.light = fabsf(light) < 12 ? light : 0;
    return fit;
  }
  fit.trust = trust;
  return fit;
}
