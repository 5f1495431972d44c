// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/flow.h"

#include <math.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = KT_BLOCK, REACH = 6, OUTSIDE = 1 << 20 };

#ifdef __SSE2__
static __m128i two_lines(const uint8_t *at, int stride) {
  return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)at),
                            _mm_loadl_epi64((const __m128i *)(const void *)(at + stride)));
}

static int block_sad(const uint8_t *a, const uint8_t *b, int stride) {
  __m128i sum = _mm_setzero_si128();
  for (int y = 0; y < BLOCK; y += 2) {
    sum = _mm_add_epi32(sum, _mm_sad_epu8(two_lines(a, stride), two_lines(b, stride)));
    a += 2 * stride;
    b += 2 * stride;
  }
  return _mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8));
}
#else
static int block_sad(const uint8_t *a, const uint8_t *b, int stride) {
  int sum = 0;
  for (int y = 0; y < BLOCK; ++y) {
    for (int x = 0; x < BLOCK; ++x) {
      sum += abs(a[x] - b[x]);
    }
    a += stride;
    b += stride;
  }
  return sum;
}
#endif

static float vertex(int left, int middle, int right) { // of the parabola through three values
  if (left == OUTSIDE || right == OUTSIDE) {
    return 0.0F;
  }
  int curve = left - 2 * middle + right;
  return curve > 0 ? 0.5F * (float)(left - right) / (float)curve : 0.0F;
}

static int texture_of(const uint8_t *at, int stride) {
  int mean = 0, texture = 0;
  for (int y = 0; y < BLOCK; ++y) {
    for (int x = 0; x < BLOCK; ++x) {
      mean += at[y * stride + x];
    }
  }
  mean = (mean + 32) / (BLOCK * BLOCK);
  for (int y = 0; y < BLOCK; ++y) {
    for (int x = 0; x < BLOCK; ++x) {
      texture += abs(at[y * stride + x] - mean);
    }
  }
  return texture;
}

static KtBlock match_block(const KtEye *eye, int x0, int y0) {
  int stride = eye->half_width;
  const uint8_t *now = eye->half + (size_t)y0 * (size_t)stride + x0;
  int sads[2 * REACH + 1][2 * REACH + 1];
  int bx = 0, by = 0;
  KtBlock match = {.x = x0, .y = y0, .texture = texture_of(now, stride)};
  match.still = block_sad(now, eye->half_before + (size_t)y0 * (size_t)stride + x0, stride);
  match.sad = match.still - 32; // noise alone is no movement
  for (int dy = -REACH; dy <= REACH; ++dy) {
    for (int dx = -REACH; dx <= REACH; ++dx) {
      int x = x0 + dx, y = y0 + dy, *sad = &sads[dy + REACH][dx + REACH];
      *sad = OUTSIDE;
      if (x < 0 || y < 0 || x + BLOCK > stride || y + BLOCK > eye->half_height) {
        continue;
      }
      *sad = block_sad(now, eye->half_before + (size_t)y * (size_t)stride + x, stride);
      if (*sad < match.sad) {
        match.sad = *sad;
        bx = dx;
        by = dy;
      }
    }
  }
  match.sad = sads[by + REACH][bx + REACH];
  match.dx = (float)-bx; // the block was there, so it moved the other way
  match.dy = (float)-by;
  match.lost = abs(bx) == REACH || abs(by) == REACH;
  if (!match.lost) {
    int *line = sads[by + REACH];
    match.dx -= vertex(line[bx + REACH - 1], match.sad, line[bx + REACH + 1]);
    match.dy -=
        vertex(sads[by + REACH - 1][bx + REACH], match.sad, sads[by + REACH + 1][bx + REACH]);
  }
  return match;
}

typedef struct Weighted {
  float value, weight;
} Weighted;

static int by_value(const void *a, const void *b) {
  float x = ((const Weighted *)a)->value, y = ((const Weighted *)b)->value;
  return (x > y) - (x < y);
}

static float median(Weighted *items, int count) {
  qsort(items, (size_t)count, sizeof(*items), by_value);
  float total = 0, sum = 0;
  for (int i = 0; i < count; ++i) {
    total += items[i].weight;
  }
  for (int i = 0; i < count; ++i) {
    sum += items[i].weight;
    if (sum * 2 >= total) {
      return items[i].value;
    }
  }
  return 0;
}

/// Main movement since the picture before, and what no movement explains.
static void whole(const KtEye *eye, const KtBlock *blocks, int count, KtSight *sight) {
  Weighted xs[KT_MOST_BLOCKS], ys[KT_MOST_BLOCKS];
  float residue = 0;
  long change = 0;
  for (int i = 0; i < count; ++i) {
    const KtBlock *block = &blocks[i];
    float scale = (float)(block->texture > 4 * 64 ? block->texture : 4 * 64);
    residue += fminf(1.5F, (float)block->sad / scale);
    change += block->still;
    xs[i] = (Weighted){block->dx, (float)block->texture};
    ys[i] = (Weighted){block->dy, (float)block->texture};
  }
  sight->residue = residue / (float)count;
  sight->change = (float)change / ((float)count * BLOCK * BLOCK * 255.0F);
  sight->shift_x = median(xs, count) / (float)eye->half_width;
  sight->shift_y = median(ys, count) / (float)eye->half_width;
}

/// Movement in the picture: each block against the camera, by how much its own movement explains
/// better than the camera's.
static void local(const KtEye *eye, const KtCameraFit *fit, const KtBlock *blocks, int count,
                  KtSight *sight) {
  float rest[KT_MOST_BLOCKS], all = 0, x = 0, y = 0, moved = 0;
  sight->local = kt_camera_rest(eye, fit, blocks, count, rest);
  for (int i = 0; i < count; ++i) {
    const KtBlock *block = &blocks[i];
    float px = (float)(block->x + BLOCK / 2) - 0.5F * (float)eye->half_width;
    float py = (float)(block->y + BLOCK / 2) - 0.5F * (float)eye->half_height;
    float dx = block->dx - (fit->shift_x + fit->zoom * px - fit->turn * py);
    float dy = block->dy - (fit->shift_y + fit->zoom * py + fit->turn * px);
    float gain = rest[i] - (float)block->sad;
    if (gain <= 0 || block->lost || dx * dx + dy * dy < 0.15F) {
      continue;
    }
    all += gain;
    x += gain * dx;
    y += gain * dy;
    moved += 1;
  }
  float width = (float)eye->half_width;
  sight->local_x = all > 0 ? x / all / width : 0;
  sight->local_y = all > 0 ? y / all / width : 0;
  sight->local_share = moved / (float)count;
}

void kt_flow_see(const KtEye *eye, KtSight *sight) {
  KtBlock blocks[KT_MOST_BLOCKS];
  int count = 0;
  int left = eye->half_width % BLOCK / 2, top = eye->half_height % BLOCK / 2;
  for (int y = top; y + BLOCK <= eye->half_height; y += BLOCK) {
    for (int x = left; x + BLOCK <= eye->half_width && count < KT_MOST_BLOCKS; x += BLOCK) {
      blocks[count++] = match_block(eye, x, y);
    }
  }
  if (!count) {
    return;
  }
  whole(eye, blocks, count, sight);
  KtCameraFit fit = kt_camera_fit(eye, blocks, count);
  float width = (float)eye->half_width;
  sight->camera_x = fit.shift_x / width;
  sight->camera_y = fit.shift_y / width;
  sight->zoom = fit.zoom;
  sight->turn = fit.turn;
  sight->trust = fit.trust;
  local(eye, &fit, blocks, count, sight);
}
