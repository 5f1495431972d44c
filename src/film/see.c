// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "film/see.h"

#include "film/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

KtStatus kt_eye_init(KtEye *eye, int width, int height, KtError *err) {
  memset(eye, 0, sizeof(*eye));
  eye->width = width;
  eye->height = height;
  eye->half_width = width / 2;
  eye->half_height = height / 2;
  size_t half = (size_t)eye->half_width * (size_t)eye->half_height;
  eye->luma = calloc((size_t)width * (size_t)height, 1);
  eye->half = calloc(half, 1);
  eye->half_before = calloc(half, 1);
  eye->lab = calloc(half, sizeof(*eye->lab));
  if (!eye->luma || !eye->half || !eye->half_before || !eye->lab) {
    kt_eye_clear(eye);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  for (int i = 0; i < 256; ++i) { // IEC 61966-2-1
    double v = i / 255.0;
    eye->gamma[i] = (float)(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
  }
  for (int i = 0; i <= 4096; ++i) { // CIE 1976, f(t)
    double t = i / 4096.0;
    eye->root[i] = (float)(t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0);
  }
  return KT_OK;
}

void kt_eye_clear(KtEye *eye) {
  free(eye->luma);
  free(eye->half);
  free(eye->half_before);
  free(eye->lab);
  memset(eye, 0, sizeof(*eye));
}

static float root_of(const KtEye *eye, float t) {
  float at = (t < 0 ? 0 : t > 1 ? 1 : t) * 4096.0F;
  int i = at >= 4095.0F ? 4095 : (int)at;
  return eye->root[i] + (at - (float)i) * (eye->root[i + 1] - eye->root[i]);
}

static void to_lab(const KtEye *eye, const uint8_t *p, const uint8_t *q, float lab[3]) {
  float lin[3]; // two pixels of the 2 x 2, on the diagonal, stand for the four
  for (int c = 0; c < 3; ++c) {
    lin[c] = 0.5F * (eye->gamma[p[c]] + eye->gamma[q[c]]);
  }
  float x = root_of(eye, (0.4124F * lin[0] + 0.3576F * lin[1] + 0.1805F * lin[2]) / 0.9505F);
  float y = root_of(eye, 0.2126F * lin[0] + 0.7152F * lin[1] + 0.0722F * lin[2]);
  float z = root_of(eye, (0.0193F * lin[0] + 0.1192F * lin[1] + 0.9505F * lin[2]) / 1.0890F);
  lab[0] = 116.0F * y - 16.0F;
  lab[1] = 500.0F * (x - y);
  lab[2] = 200.0F * (y - z);
}

static void planes(KtEye *eye, const uint8_t *rgb, int stride) {
  for (int y = 0; y < eye->height; ++y) {
    const uint8_t *line = rgb + (size_t)y * (size_t)stride;
    uint8_t *luma = eye->luma + (size_t)y * (size_t)eye->width;
    for (int x = 0; x < eye->width; ++x) {
      luma[x] = (uint8_t)((77 * line[3 * x] + 150 * line[3 * x + 1] + 29 * line[3 * x + 2]) >> 8);
    }
  }
  for (int y = 0; y < eye->half_height; ++y) {
    const uint8_t *a = eye->luma + (size_t)(2 * y) * (size_t)eye->width;
    const uint8_t *b = a + eye->width;
    const uint8_t *p = rgb + (size_t)(2 * y) * (size_t)stride;
    size_t row = (size_t)y * (size_t)eye->half_width;
    for (int x = 0; x < eye->half_width; ++x) {
      eye->half[row + (size_t)x] =
          (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >> 2);
      to_lab(eye, p + 6 * x, p + stride + 6 * x + 3, eye->lab[row + (size_t)x]);
    }
  }
}

static int hue_bin(float v) { // most film colours are near grey: finer steps there
  return v < -10.0F ? 0 : v < 2.0F ? 1 : v < 14.0F ? 2 : 3;
}

static void colours(const KtEye *eye, KtSight *sight) {
  float share[KT_COLOURS] = {0};
  float cells[KT_GRID][4] = {{0}};
  double sum[5] = {0};
  for (int y = 0; y < eye->half_height; ++y) {
    int row = y * KT_GRID_H / eye->half_height;
    for (int x = 0; x < eye->half_width; ++x) {
      const float *lab = eye->lab[(size_t)y * (size_t)eye->half_width + (size_t)x];
      float *cell = cells[row * KT_GRID_W + x * KT_GRID_W / eye->half_width];
      for (int c = 0; c < 3; ++c) {
        cell[c] += lab[c];
      }
      cell[3] += 1;
      float level = lab[0] * 0.08F - 0.5F; // between the middles of eight steps
      int low = level < 0 ? 0 : level > 6 ? 6 : (int)level;
      float part = level < 0 ? 0 : level > 7 ? 1 : level - (float)low;
      int hue = hue_bin(lab[1]) * 4 + hue_bin(lab[2]);
      share[low * 16 + hue] += 1 - part;
      share[(low + 1) * 16 + hue] += part;
      sum[0] += (double)lab[0];
      sum[1] += (double)(lab[0] * lab[0]);
      sum[2] += (double)sqrtf(lab[1] * lab[1] + lab[2] * lab[2]);
      sum[3] += (double)(lab[2] + 0.5F * lab[1]);
    }
  }
  double pixels = (double)eye->half_width * eye->half_height;
  for (int i = 0; i < KT_COLOURS; ++i) {
    sight->colours[i] = (uint8_t)lroundf(255.0F * sqrtf(share[i] / (float)pixels));
  }
  for (int i = 0; i < KT_GRID; ++i) {
    float many = fmaxf(cells[i][3], 1);
    for (int c = 0; c < 3; ++c) {
      float value = c ? cells[i][c] / many + 128.0F : cells[i][c] / many * 2.55F;
      sight->grid[i][c] = (uint8_t)lroundf(fminf(255.0F, fmaxf(0.0F, value)));
    }
  }
  double mean = sum[0] / pixels;
  double variance = sum[1] / pixels - mean * mean;
  sight->brightness = (float)fmin(1.0, fmax(0.0, mean / 100.0));
  sight->contrast = (float)fmin(1.0, sqrt(fmax(0.0, variance)) / 50.0);
  sight->saturation = (float)fmin(1.0, sum[2] / pixels / 60.0);
  sight->warmth = (float)fmax(-1.0, fmin(1.0, sum[3] / pixels / 50.0));
}

/// Edges, and how much of the picture turns from light to dark and back as fast as letters do,
/// where the rest of it is mostly plain.
static void edges(const KtEye *eye, KtSight *sight) {
  double total = 0;
  int cells = 0, lettered = 0, plain = 0;
  for (int y0 = 0; y0 + 8 <= eye->height; y0 += 8) {
    for (int x0 = 0; x0 + 16 < eye->width; x0 += 16) {
      int sum = 0, turns = 0, before = 0;
      for (int y = y0; y < y0 + 8; ++y) {
        const uint8_t *line = eye->luma + (size_t)y * (size_t)eye->width + x0;
        for (int x = 0; x < 16; ++x) {
          int step = line[x + 1] - line[x];
          sum += abs(step);
          turns += (step > 6 && before < -6) || (step < -6 && before > 6);
          before = step;
        }
      }
      total += sum;
      lettered += turns > 12;
      plain += sum < 192;
      ++cells;
    }
  }
  sight->edges = cells ? (float)(total / (cells * 128.0 * 255.0)) : 0;
  sight->lettering = plain * 4 > cells ? (float)lettered / (float)cells : 0;
}

enum { STROKE_STEP = 36, STROKE_WIDE = 9, LETTER_GAP = 26, EVEN = 24, MOST_STROKES = 64 };

typedef struct Strokes {
  int x[MOST_STROKES], count;
} Strokes;

/// The longest run of strokes in a line of pixels: up and soon down again (`sign` -1: dark
/// letters), all as light as the first, none far from the next.
static Strokes strokes_of(const uint8_t *line, int width, int sign) {
  Strokes best = {{0}, 0}, run = {{0}, 0};
  int peak = 0;
  for (int x = 2; x + STROKE_WIDE + 2 < width; ++x) {
    if (sign * (line[x] - line[x - 2]) < STROKE_STEP) {
      continue;
    }
    int top = sign * line[x], end = x + 1;
    while (end < x + STROKE_WIDE && sign * line[end] > top - STROKE_STEP) {
      top = sign * line[end] > top ? sign * line[end] : top;
      ++end;
    }
    if (end == x + STROKE_WIDE) {
      continue; // a surface, no stroke
    }
    bool goes_on = run.count && x - run.x[run.count - 1] < LETTER_GAP && abs(top - peak) < EVEN;
    if (!goes_on) {
      run.count = 0;
      peak = top;
    }
    if (run.count < MOST_STROKES) {
      run.x[run.count++] = x;
    }
    best = run.count > best.count ? run : best;
    x = end - 1;
  }
  return best;
}

/// How many strokes of the one line stand where the other has one: railings have all.
static int upright(const Strokes *a, const Strokes *b) {
  int same = 0;
  for (int i = 0; i < a->count; ++i) {
    for (int k = 0; k < b->count; ++k) {
      same += a->x[i] == b->x[k];
    }
  }
  return same;
}

/// Lines of letters large enough to be seen one by one.
static void strokes(const KtEye *eye, KtSight *sight) {
  int best = 0;
  for (int sign = -1; sign <= 1; sign += 2) {
    Strokes lines[3] = {{{0}, 0}};
    for (int y = eye->height / 12, n = 0; y < eye->height - eye->height / 12; y += 2, ++n) {
      lines[n % 3] = strokes_of(eye->luma + (size_t)y * (size_t)eye->width, eye->width, sign);
      const Strokes *now = &lines[n % 3], *before = &lines[(n + 2) % 3];
      int least = now->count < before->count ? now->count : before->count;
      const Strokes *first = &lines[(n + 1) % 3];
      least = first->count < least ? first->count : least;
      if (n > 1 && least > best && upright(now, first) * 10 < now->count * 7) {
        best = least;
      }
    }
  }
  sight->strokes = (float)best;
}

void kt_eye_see(KtEye *eye, const uint8_t *rgb, int stride, KtSight *sight) {
  uint8_t *before = eye->half_before;
  eye->half_before = eye->half;
  eye->half = before;
  planes(eye, rgb, stride);
  colours(eye, sight);
  edges(eye, sight);
  strokes(eye, sight);
  if (eye->begun) {
    kt_flow_see(eye, sight);
  }
  eye->begun = true;
}

float kt_sight_colour_distance(const KtSight *a, const KtSight *b) {
  int product = 0, aa = 0, bb = 0;
  for (int i = 0; i < KT_COLOURS; ++i) {
    product += a->colours[i] * b->colours[i];
    aa += a->colours[i] * a->colours[i];
    bb += b->colours[i] * b->colours[i];
  }
  double same = (double)product / sqrt((double)aa * bb + 1.0);
  return (float)sqrt(fmax(0.0, 1.0 - same));
}

float kt_sight_grid_distance(const KtSight *a, const KtSight *b) {
  float sum = 0;
  for (int i = 0; i < KT_GRID; ++i) {
    float l = (float)(a->grid[i][0] - b->grid[i][0]) / 2.55F;
    float u = (float)(a->grid[i][1] - b->grid[i][1]);
    float v = (float)(a->grid[i][2] - b->grid[i][2]);
    sum += sqrtf(l * l + u * u + v * v);
  }
  return sum / (KT_GRID * 100.0F);
}

void kt_lab_to_srgb(const float lab[3], uint8_t rgb[3]) {
  double fy = ((double)lab[0] + 16.0) / 116.0;
  double f[3] = {fy + (double)lab[1] / 500.0, fy, fy - (double)lab[2] / 200.0};
  static const double white[3] = {0.9505, 1.0, 1.0890};
  double xyz[3];
  for (int i = 0; i < 3; ++i) {
    double cube = f[i] * f[i] * f[i];
    xyz[i] = white[i] * (cube > 216.0 / 24389.0 ? cube : (116.0 * f[i] - 16.0) * 27.0 / 24389.0);
  }
  static const double matrix[3][3] = {
      {3.2406, -1.5372, -0.4986}, {-0.9689, 1.8758, 0.0415}, {0.0557, -0.2040, 1.0570}};
  for (int c = 0; c < 3; ++c) {
    double v = matrix[c][0] * xyz[0] + matrix[c][1] * xyz[1] + matrix[c][2] * xyz[2];
    v = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
    rgb[c] = (uint8_t)lround(255.0 * fmin(1.0, fmax(0.0, v)));
  }
}
