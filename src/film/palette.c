// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 10, POINTS = SAMPLES * KT_GRID, ROUNDS = 12 };

typedef struct Cloud {
  float points[POINTS][3];
  int count;
} Cloud;

static void gather(const KtSights *sights, const KtShot *shot, Cloud *cloud) {
  int length = shot->end_frame - shot->start_frame + 1;
  int samples = length < SAMPLES ? length : SAMPLES;
  cloud->count = 0;
  for (int s = 0; s < samples; ++s) {
    const KtSight *sight = &sights->items[shot->start_frame + (2 * s + 1) * length / (2 * samples)];
    for (int i = 0; i < KT_GRID; ++i) {
      float *point = cloud->points[cloud->count++];
      point[0] = (float)sight->grid[i][0] / 2.55F;
      point[1] = (float)sight->grid[i][1] - 128.0F;
      point[2] = (float)sight->grid[i][2] - 128.0F;
    }
  }
}

static float distance(const float *a, const float *b) {
  float sum = 0;
  for (int c = 0; c < 3; ++c) {
    sum += (a[c] - b[c]) * (a[c] - b[c]);
  }
  return sum;
}

/// Start from the mean, then twice from the point farthest from all centres: no chance in it.
static void begin(const Cloud *cloud, float centres[3][3]) {
  memset(centres, 0, 9 * sizeof(float));
  for (int i = 0; i < cloud->count; ++i) {
    for (int c = 0; c < 3; ++c) {
      centres[0][c] += cloud->points[i][c] / (float)cloud->count;
    }
  }
  for (int k = 1; k < 3; ++k) {
    float farthest = -1;
    for (int i = 0; i < cloud->count; ++i) {
      float nearest = HUGE_VALF;
      for (int j = 0; j < k; ++j) {
        nearest = fminf(nearest, distance(cloud->points[i], centres[j]));
      }
      if (nearest > farthest) {
        farthest = nearest;
        memcpy(centres[k], cloud->points[i], 3 * sizeof(float));
      }
    }
  }
}

static void k_means(const Cloud *cloud, float centres[3][3], float shares[3]) {
  begin(cloud, centres);
  for (int round = 0; round < ROUNDS; ++round) {
    float sums[3][3] = {{0}};
    int counts[3] = {0};
    for (int i = 0; i < cloud->count; ++i) {
      int best = 0;
      for (int k = 1; k < 3; ++k) {
        best = distance(cloud->points[i], centres[k]) < distance(cloud->points[i], centres[best])
                   ? k
                   : best;
      }
      ++counts[best];
      for (int c = 0; c < 3; ++c) {
        sums[best][c] += cloud->points[i][c];
      }
    }
    for (int k = 0; k < 3; ++k) {
      shares[k] = (float)counts[k] / (float)cloud->count;
      for (int c = 0; c < 3 && counts[k]; ++c) {
        centres[k][c] = sums[k][c] / (float)counts[k];
      }
    }
  }
}

void kt_palettes_find(KtFilm *film, const KtSights *sights) {
  KtArena *scratch = kt_arena_new();
  Cloud *cloud = scratch ? KT_NEW(scratch, Cloud, 1) : NULL;
  for (size_t s = 0; cloud && s < film->shots.count; ++s) {
    KtShot *shot = &film->shots.items[s];
    float centres[3][3], shares[3];
    kt_sights_rest(sights, 256 * s); // now and then
    gather(sights, shot, cloud);
    k_means(cloud, centres, shares);
    bool used[3] = {false};
    for (int k = 0; k < 3; ++k) { // the largest first
      int best = -1;
      for (int j = 0; j < 3; ++j) {
        best = !used[j] && (best < 0 || shares[j] > shares[best]) ? j : best;
      }
      used[best] = true;
      kt_lab_to_srgb(centres[best], shot->palette[k]);
      shot->palette_share[k] = shares[best];
    }
  }
  kt_arena_free(scratch);
}
