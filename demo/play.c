// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// The film as a table: what is seen, said and heard, and when (seconds).
#include "play.h"

#include "stage.h"

#include <math.h>

static const Colour INK = {0.05, 0.05, 0.08};

static double ease(double u) {
  u = u < 0 ? 0 : u > 1 ? 1 : u;
  return u * u * (3 - 2 * u);
}

static double mix(double a, double b, double u) {
  return a + (b - a) * ease(u);
}

/// A camera: `zoom` times closer, looking at x, y.
static void camera(cairo_t *cr, double zoom, double x, double y) {
  cairo_translate(cr, 8, 4.5);
  cairo_scale(cr, zoom, zoom);
  cairo_translate(cr, -x, -y);
}

static void title(cairo_t *cr, double t, double u) {
  stage_sky(cr, (Colour){0.04, 0.06, 0.16}, (Colour){0.12, 0.16, 0.3});
  stage_stars(cr, 1, t);
  stage_lighthouse(cr, 13, 7.3, 2.6, INK, true);
  stage_beam(cr, 13, 4.85, M_PI + 0.35 * sin(t * 0.8), 12, 0.5);
  stage_waves(cr, 7.2, 0.1, 3.5, t * 0.8, (Colour){0.05, 0.08, 0.18});
  stage_words(cr, "THE LAMP", 4, 1.5, ease(u * 3) * ease((1 - u) * 5));
}

static void morning(cairo_t *cr, double t) {
  stage_sky(cr, (Colour){0.98, 0.72, 0.42}, (Colour){1, 0.9, 0.66});
  stage_sun(cr, 11.5, 4.9, 0.75, (Colour){1, 0.95, 0.75}, 0.9);
  stage_clouds(cr, t, 1.2, 0.12, (Colour){1, 0.85, 0.62}, 0.5);
  stage_hills(cr, 6, 1.5, 0, 2, (Colour){0.8, 0.5, 0.36});
  stage_lighthouse(cr, 14.2, 5.3, 2.2, (Colour){0.62, 0.34, 0.27}, false);
  stage_waves(cr, 6.1, 0.05, 4, t * 0.7, (Colour){0.86, 0.58, 0.4});
  stage_waves(cr, 6.9, 0.07, 3, t * 0.9, (Colour){0.62, 0.38, 0.3});
}

static void pier_wide(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.0, 1.12, u), 8 - 0.5 * u, 4.5 + 0.3 * u);
  morning(cr, t);
  stage_pier(cr, 5.2, 6.7, INK);
  Pose ida = {4.4, 6.7, 2.1, 0.03, 0.5 + 0.15 * sin(2 * t), 0.1, 0, 0.15, false, false, false, false};
  stage_figure(cr, IDA, &ida, INK);
  stage_boat(cr, 6.9, 7.35 + 0.06 * sin(1.7 * t), 1.25, 0.03 * sin(1.3 * t), 0.4, 2, true, INK);
  stage_waves(cr, 7.75, 0.09, 2.6, t * 1.2, (Colour){0.4, 0.22, 0.2});
}

static void pier_near(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.9, 2.05, u), 5.9, 5.9);
  morning(cr, t);
  stage_pier(cr, 5.2, 6.7, INK);
  Pose ida = {4.9, 6.7, 2.1, mix(0.05, 0.42, u * 2), mix(0.4, 1.25, u * 2), 0.2, 0, 0.15, false, false, false, false};
  stage_figure(cr, IDA, &ida, INK);
  stage_boat(cr, 6.9, 7.35 + 0.06 * sin(1.7 * t), 1.25, 0.03 * sin(1.3 * t), 0.2, 2, true, INK);
  stage_waves(cr, 7.75, 0.09, 2.6, t * 1.2, (Colour){0.4, 0.22, 0.2});
}

static void rows_out(cairo_t *cr, double t, double u) {
  camera(cr, 1.05, 8, 4.5);
  morning(cr, t + 12);
  double far = mix(1.2, 0.3, u);
  stage_boat(cr, mix(7.2, 11.3, u), mix(7.2, 6.25, u), far, 0.03 * sin(1.3 * t), 3 * t, 2, true, INK);
  stage_pier(cr, 5.2, 6.7, INK);
  Pose ida = {4.7, 6.7, 2.1, 0, 2.5 + 0.4 * sin(5 * t), 0.1, 0, 0.2, false, false, false, false};
  stage_figure(cr, IDA, &ida, INK);
  stage_waves(cr, 7.75, 0.09, 2.6, t * 1.2, (Colour){0.4, 0.22, 0.2});
}

static void lamp_day(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.0, 1.25, u), mix(8, 9.4, u), 4.8);
  Colour top = {mix(0.55, 0.32, u), mix(0.58, 0.35, u), mix(0.6, 0.42, u)};
  stage_lamp_room(cr, t, top, (Colour){mix(0.85, 0.5, u), mix(0.72, 0.45, u), mix(0.5, 0.42, u)}, 0.12, false);
  Pose marten = {5.9, 8.0, 3.4, 0.06, 1.3 + 0.1 * sin(t), 0.6, 0, 0, false, false, false, false};
  stage_figure(cr, MARTEN, &marten, INK);
  Pose ida = {11.6, 8.0, 2.6, 0.03, mix(0.3, 1.6, u * 1.5), 0.1, 0, 0.1, false, false, false, false};
  stage_figure(cr, IDA, &ida, INK);
}

static void tower_dusk(cairo_t *cr, double t, double u) {
  camera(cr, mix(1, 1.15, u), 9, 4.3);
  stage_sky(cr, (Colour){0.12, 0.12, 0.2}, (Colour){0.42, 0.28, 0.3});
  stage_clouds(cr, 3 * t + 5, 0.4, 1.6, (Colour){0.08, 0.08, 0.13}, 0.8);
  stage_clouds(cr, 2 * t, 2.2, 1.9, (Colour){0.14, 0.12, 0.18}, 0.7);
  stage_hills(cr, 7.4, 2.2, 0, 5, INK);
  stage_lighthouse(cr, 11, 7.1, 4.8, INK, true);
  stage_beam(cr, 11, 2.85, M_PI + 0.9 * sin(0.9 * t), 13, 0.55);
  stage_waves(cr, 7.4, 0.3, 3.2, 2 * t, (Colour){0.1, 0.11, 0.18});
  stage_rain(cr, t, 0.3 * u, -1);
}

static void storm_sea(cairo_t *cr, double t, double light) {
  stage_sky(cr, (Colour){0.13 + 0.3 * light, 0.16 + 0.3 * light, 0.25 + 0.34 * light},
            (Colour){0.34 + 0.4 * light, 0.4 + 0.4 * light, 0.5 + 0.4 * light});
  stage_clouds(cr, 3 * t, 0.2, 2.2, (Colour){0.07, 0.09, 0.15}, 0.7);
  stage_waves(cr, 5.6, 0.5, 5, 1.5 * t, (Colour){0.22, 0.28, 0.38});
}

static void storm_wide(cairo_t *cr, double t, double u) {
  (void)u;
  double flash = t > 2 && t < 2.6 ? 1 - (t - 2) / 0.6 : 0;
  camera(cr, 1.05, 8 + 0.15 * sin(3 * t), 4.5 + 0.12 * sin(4 * t));
  storm_sea(cr, t, flash);
  if (flash > 0.3) {
    stage_bolt(cr, 11.5, 7, flash);
  }
  double x = 7 + 0.5 * sin(0.7 * t);
  double h = stage_wave_height(x, 1.0, 7, 1.9 * t);
  stage_boat(cr, x, 6.6 + h, 0.8, -0.45 * cos(2 * M_PI * x / 7 + 1.9 * t), 6 * t, 2, true, INK);
  stage_waves(cr, 6.8, 1.0, 7, 1.9 * t, (Colour){0.13, 0.17, 0.26});
  stage_waves(cr, 8.2, 0.7, 5, 2.4 * t, (Colour){0.03, 0.045, 0.08});
  stage_rain(cr, t, 1, -2.4);
  if (flash > 0.6) {
    stage_flash(cr, 0.25 * flash);
  }
}

static void oar_breaks(cairo_t *cr, double t, double u) {
  (void)u;
  camera(cr, 2.3 + 0.04 * sin(9 * t), 7.6 + 0.1 * sin(5 * t), 5.6);
  storm_sea(cr, t + 6, 0.1);
  int oars = t < 1.5 ? 2 : 1;
  stage_boat(cr, 7.6, 6.5 + 0.35 * sin(2.4 * t), 1.5, 0.35 * sin(2.4 * t + 1), 9 * t, oars, true, INK);
  if (t > 1.5) { // the broken blade flies
    double f = t - 1.5;
    cairo_set_source_rgb(cr, INK.r, INK.g, INK.b);
    cairo_set_line_width(cr, 0.08);
    cairo_move_to(cr, 6.6 - 2 * f, 5.8 - 2 * f + 3 * f * f);
    cairo_line_to(cr, 6.6 - 2 * f + 0.7 * cos(9 * f), 5.8 - 2 * f + 3 * f * f + 0.7 * sin(9 * f));
    cairo_stroke(cr);
  }
  stage_waves(cr, 7.1, 0.5, 4, 2.2 * t, (Colour){0.1, 0.14, 0.22});
  stage_rain(cr, t, 1, -2.4);
}

static void wave_wall(cairo_t *cr, double t, double u) {
  camera(cr, 1.1, 8 + 0.1 * sin(7 * t), 4.5);
  storm_sea(cr, t + 9, 0.05);
  stage_boat(cr, 5, 7.3, 0.6, 0.35, 5 * t, 1, true, INK);
  cairo_set_source_rgb(cr, 0.12, 0.17, 0.26);
  double crest = mix(7, 1.2, u);
  cairo_move_to(cr, 20, 13);
  cairo_line_to(cr, 20, crest - 1);
  cairo_curve_to(cr, 14, crest - 1.4, 10 - 2 * u, crest - 0.8, 8.6 - 2.4 * u, crest + 1.2);
  cairo_curve_to(cr, 9.6 - 2 * u, crest + 0.6, 9 - 1.5 * u, 7.5, 4, 8.4);
  cairo_line_to(cr, 4, 13);
  cairo_close_path(cr);
  cairo_fill(cr);
  stage_waves(cr, 8, 0.5, 4, 2.2 * t, (Colour){0.03, 0.045, 0.08});
  stage_rain(cr, t, 1, -2.8);
}

static void lamp_night(cairo_t *cr, double t, double u) {
  double lamp = t < 2 ? 0.9 + 0.05 * sin(20 * t) : t < 2.5 ? 0.9 * (2.5 - t) / 0.5 : 0.0;
  camera(cr, mix(1.05, 1.3, u), mix(8, 8.6, u), 4.9);
  stage_lamp_room(cr, 3 * t, (Colour){0.13, 0.16, 0.28}, (Colour){0.3, 0.36, 0.5}, lamp, t >= 2);
  bool down = t > 3;
  Pose marten = {5.6, 8.0, 3.4, t < 2 ? 0 : 0.12, down ? 0.9 : 1.4, 0.4, 0, t > 2 ? 0.7 : 0, false, down, false, false};
  stage_figure(cr, MARTEN, &marten, INK);
  Pose ida = {mix(11.6, 10.2, (t - 2) / 1.5), 8.0, 2.6, t > 7 ? 0.1 : 0, t > 7.5 ? 0.8 : 0.4, 0.1, 0, t > 2 ? 0.8 : 0.1, true, false, t > 8.4, false};
  stage_figure(cr, IDA, &ida, INK);
  if (t > 2) {
    stage_rain(cr, t, 0.35, -3);
  }
  if (t >= 2 && t < 2.25) {
    stage_flash(cr, 0.8 * (1 - (t - 2) / 0.25));
  }
}

static void night_hill(cairo_t *cr, double t, double shift, double light) {
  stage_sky(cr, (Colour){0.1 + 0.35 * light, 0.13 + 0.16 * light, 0.22}, (Colour){0.3 + 0.5 * light, 0.34 + 0.22 * light, 0.46 - 0.15 * light});
  stage_clouds(cr, 2 * t, 0.3, 1.8, (Colour){0.03 + 0.2 * light, 0.04 + 0.08 * light, 0.08}, 0.7);
  stage_hills(cr, 6.2, 1.2, 0.4 * shift, 9, (Colour){0.14 + 0.2 * light, 0.17 + 0.08 * light, 0.26});
}

static void runs(cairo_t *cr, double t, double u) {
  camera(cr, 1.5, 8, 5.4);
  night_hill(cr, t, 5 * t, 0);
  stage_hills(cr, 8.2, 0.9, 4.2 * t, 3, INK);
  double x = mix(6.6, 8.8, u);
  Pose ida = {x, 7.95 - 0.45 * (0.5 + 0.28 * sin(0.45 * (x + 4.2 * t) + 3)) + 0.1 * fabs(sin(5 * t)), 2.0, 0.28, 1.1, -0.9 * sin(10 * t), 10 * t, 1, false, false, true, false};
  stage_figure(cr, IDA, &ida, INK);
  stage_rain(cr, t, 0.9, -2.4);
}

static void almost_lost(cairo_t *cr, double t, double u) {
  camera(cr, 1.05, 8, 4.5);
  storm_sea(cr, t + 15, 0);
  double sink = mix(0, 0.7, u);
  stage_boat(cr, 9 + 0.3 * sin(t), 6.9 + sink + stage_wave_height(9, 0.8, 7, 1.9 * t), 0.55, 0.5 * sin(1.9 * t), 4 * t, 1, true, INK);
  stage_waves(cr, 6.9, 0.9, 7, 1.9 * t, (Colour){0.13, 0.17, 0.26});
  stage_waves(cr, 8.0, 0.9, 5, 2.4 * t, (Colour){0.03, 0.045, 0.08});
  stage_rain(cr, t, 1, -2.6);
}

static void climbs(cairo_t *cr, double t, double u) {
  camera(cr, 1, 8, 4.5);
  night_hill(cr, t, 0, 0);
  cairo_set_source_rgb(cr, INK.r, INK.g, INK.b);
  cairo_move_to(cr, -2, 10);
  cairo_line_to(cr, -2, 8.6);
  cairo_curve_to(cr, 4, 8.2, 8, 6.2, 11.5, 5.2);
  cairo_line_to(cr, 18, 5.1);
  cairo_line_to(cr, 18, 10);
  cairo_close_path(cr);
  cairo_fill(cr);
  stage_woodpile(cr, 13, 5.2, 1.1, INK);
  double x = mix(2.5, 10.2, u);
  bool fallen = t > 2.0 && t < 2.8;
  double y = x < 8 ? mix(8.35, 6.25, (x - 2.5) / 5.5) : mix(6.25, 5.45, (x - 8) / 2.2);
  Pose ida = {x, y, 1.5, fallen ? 0.9 : 0.25, 1.1, -0.9 * sin(9 * t), fallen ? 0 : 9 * t, 1, false, fallen, true, false};
  stage_figure(cr, IDA, &ida, INK);
  stage_rain(cr, t, 1, -2.4);
}

static void top(cairo_t *cr, double t, double u, double light) {
  night_hill(cr, t, 0, light);
  cairo_set_source_rgb(cr, INK.r, INK.g, INK.b);
  cairo_rectangle(cr, -4, 7.2, 24, 6);
  cairo_fill(cr);
  (void)u;
}

static void stops(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.25, 1.5, u), 8.6, 5.6);
  top(cr, t, u, 0);
  stage_woodpile(cr, 11, 7.2, 1.7, INK);
  double breath = 0.05 * sin(7 * t);
  bool throws = t > 3.6;
  Pose ida = {6.8, 7.2, 2.2, 0.08 + breath, throws ? 2.2 : 0.9, -0.2, 0, 0.9, false, false, !throws, false};
  stage_figure(cr, IDA, &ida, INK);
  if (throws) {
    double f = (t - 3.6) / 1.2;
    stage_sun(cr, 7.4 + 3.4 * f, 5.4 - 2.2 * f + 3.4 * f * f, 0.09, (Colour){1, 0.8, 0.45}, 0.9);
  }
  stage_rain(cr, t, 0.7, -2);
}

static void beacon(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.35, 0.95, u), mix(9.6, 8, u), mix(5.4, 4.5, u));
  double light = ease(t / 2.5);
  top(cr, t, u, light);
  stage_woodpile(cr, 11, 7.2, 1.7, INK);
  stage_fire(cr, 10.9, 7.1, mix(0.3, 2.9, t / 3), t);
  Pose ida = {6.2, 7.2, 2.2, -0.05, mix(0.8, 2.4, (t - 3) / 2), mix(0.2, -2.2, (t - 3) / 2), 0, 0.6, false, false, false, false};
  stage_figure(cr, IDA, &ida, INK);
  stage_rain(cr, t, 0.4 * (1 - u), -1.5);
}

static void sees_it(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.3, 1.15, u), 8, 5);
  storm_sea(cr, t + 20, 0);
  stage_sun(cr, 13, 4.7, 0.1 + 0.01 * sin(20 * t), (Colour){1, 0.72, 0.3}, 1);
  stage_waves(cr, 5.7, 0.25, 5, 1.5 * t, (Colour){0.12, 0.1, 0.12});
  double x = mix(6.2, 7.6, u);
  stage_boat(cr, x, 6.7 + stage_wave_height(x, 0.5, 7, 1.6 * t), 1.0, 0.22 * sin(1.6 * t), t < 1.5 ? 0.3 : 5 * t, 1, true, INK);
  stage_waves(cr, 7.0, 0.5, 7, 1.6 * t, (Colour){0.14, 0.16, 0.24});
  stage_rain(cr, t, 0.4, -1.5);
}

static void grey_beach(cairo_t *cr, double t, double warm) {
  stage_sky(cr, (Colour){0.6 + 0.32 * warm, 0.63 + 0.1 * warm, 0.68 - 0.2 * warm}, (Colour){0.8 + 0.2 * warm, 0.81 + 0.06 * warm, 0.82 - 0.2 * warm});
  if (warm > 0.05) {
    stage_sun(cr, 4, 5.6 - 0.9 * warm, 0.7, (Colour){1, 0.93, 0.7}, 0.9 * warm);
  }
  stage_waves(cr, 5.9, 0.05, 4, t * 0.6, (Colour){0.55 + 0.3 * warm, 0.6 + 0.02 * warm, 0.65 - 0.2 * warm});
  stage_hills(cr, 7.9, 1.1, 0, 7, (Colour){0.45 + 0.3 * warm, 0.44 + 0.06 * warm, 0.44 - 0.1 * warm});
}

static void beach_wide(cairo_t *cr, double t, double u) {
  camera(cr, mix(1, 1.15, u), 8, 4.8);
  grey_beach(cr, t, 0);
  stage_rocks(cr, 14, 7.8, 1.3, (Colour){0.2, 0.2, 0.22});
  stage_wreck(cr, 6.5, 7.9, 1.2, INK);
  double x = mix(11.5, 8.6, t / 5);
  Pose ida = {x, 8.0, 1.9, 0.05, 0.2, 0.1, t < 5 ? 4 * t : 0, 0.1, true, false, false, false};
  stage_figure(cr, IDA, &ida, INK);
}

static void beach_kneels(cairo_t *cr, double t, double u) {
  camera(cr, mix(2.1, 2.3, u), 8, 6.8);
  grey_beach(cr, t + 9, 0);
  stage_wreck(cr, 6.0, 7.9, 1.2, INK);
  cairo_set_source_rgb(cr, INK.r, INK.g, INK.b);
  cairo_set_line_width(cr, 0.07);
  cairo_move_to(cr, 7.6, 7.6);
  cairo_line_to(cr, 8.5, 7.35);
  cairo_stroke(cr);
  Pose ida = {8.6, 7.75, 1.9, 0.3 + 0.03 * sin(6 * t), 0.7, 0.6, 0, 0.1, true, true, false, false};
  stage_figure(cr, IDA, &ida, INK);
}

static void lifts_head(cairo_t *cr, double t, double u) {
  camera(cr, 2.3, 8.3, 6.8);
  grey_beach(cr, t + 14, 0.15 * u);
  stage_wreck(cr, 6.0, 7.9, 1.2, INK);
  double up = ease((t - 1.2) / 0.5);
  Pose ida = {8.6, 7.75, 1.9, 0.32 - 0.4 * up, 0.7 - 0.3 * up, 0.5, 0, 0.2, t < 1.5, t < 2.8, false, false};
  stage_figure(cr, IDA, &ida, INK);
}

static void reunion(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.05, 1.5, u), mix(9.5, 9.3, u), mix(4.9, 6.2, u));
  grey_beach(cr, t + 18, 0.25 + 0.55 * u);
  stage_rocks(cr, 14.6, 7.8, 1.3, (Colour){0.25, 0.22, 0.22});
  double run = t < 3.2 ? t / 3.2 : 1;
  bool held = t > 3.2;
  Pose jon = {mix(13.2, 9.75, run), 8.0, 1.6, held ? 0.14 : 0.2, held ? 1.5 : 0.8, held ? 1.2 : -0.6 * sin(9 * t), held ? 0 : 9 * t, 0.3, true, false, false, false};
  Pose ida = {mix(6.4, 9.2, run), 8.0, 1.95, held ? 0.16 : 0.22, held ? 1.4 : 1.2, held ? 1.1 : -0.7 * sin(9 * t + 1), held ? 0 : 9 * t + 1, 0.4, false, false, false, false};
  stage_figure(cr, JON, &jon, INK);
  stage_figure(cr, IDA, &ida, INK);
}

static void walk_home(cairo_t *cr, double t, double u) {
  camera(cr, mix(1.15, 0.95, u), 8, mix(5, 4.5, u));
  grey_beach(cr, t + 28, 1);
  stage_hills(cr, 7.7, 2.2, 8, 5, (Colour){0.55, 0.32, 0.26});
  stage_lighthouse(cr, 13, 6.1, 2.6, (Colour){0.4, 0.2, 0.18}, false);
  double x = mix(5.2, 8.4, u);
  Pose ida = {x, 8.1, 1.8, 0.03, 0.55, 0.1, 4.5 * t, 0.1, false, false, false, false};
  Pose jon = {x + 0.75, 8.1, 1.5, 0.03, 0.1, -0.6, 4.5 * t + 0.7, 0.1, false, false, false, false};
  stage_figure(cr, JON, &jon, INK);
  stage_figure(cr, IDA, &ida, INK);
}

static void end_card(cairo_t *cr, double t, double u) {
  stage_sky(cr, (Colour){0.35, 0.18, 0.16}, (Colour){0.75, 0.45, 0.3});
  stage_lighthouse(cr, 13, 7.3, 2.6, INK, false);
  stage_waves(cr, 7.2, 0.06, 3.5, t * 0.6, (Colour){0.25, 0.12, 0.12});
  stage_words(cr, "THE END", 4.2, 1.2, ease(u * 4));
  stage_words(cr, "drawn, spoken and scored by Kinothek", 5.3, 0.42, ease(u * 4 - 1));
}

const Shot SHOTS[] = {
    {0, 5, FADE, 1.5, 0, title, .1, .35, 0, 0},
    {5, 15.5, CUT, 0, 0, pier_wide, .05, .4, 0, 0},
    {15.5, 21.5, CUT, 0, 0, pier_near, .05, .4, 0, 0},
    {21.5, 30, CUT, 0, 0, rows_out, .05, .4, 0, 0},
    {30, 41.5, DISSOLVE, 1.5, 0, lamp_day, .3, .2, 0, 0},
    {41.5, 46, CUT, 0, 0, tower_dusk, .8, .5, .2, 0},
    {46, 51, CUT, 0, 0, storm_wide, 1, .9, 1, 0},
    {51, 54, CUT, 0, 0, oar_breaks, 1, .9, 1, 0},
    {54, 56.5, CUT, 0, 0, wave_wall, 1, 1, 1, 0},
    {56.5, 68, CUT, 0, 0, lamp_night, .7, .3, .5, 0},
    {68, 72, CUT, 0, 0, runs, .8, .3, .9, 0},
    {72, 75.5, CUT, 0, 0, almost_lost, 1, .9, 1, 0},
    {75.5, 80, CUT, 0, 0, climbs, .9, .3, 1, 0},
    {80, 85, CUT, 0, 0, stops, .7, .3, .7, 0},
    {85, 95, CUT, 0, 0, beacon, .5, .2, .3, 1},
    {95, 101, CUT, 0, 2, sees_it, .5, .7, .3, 0},
    {101, 110, FADE, 2, 0, beach_wide, .08, .3, 0, 0},
    {110, 115.5, CUT, 0, 0, beach_kneels, .06, .3, 0, 0},
    {115.5, 120, CUT, 0, 0, lifts_head, .05, .3, 0, 0},
    {120, 130.5, CUT, 0, 0, reunion, .05, .3, 0, 0},
    {130.5, 138, CUT, 0, 0, walk_home, .05, .3, 0, 0},
    {138, 144, DISSOLVE, 1.5, 2, end_card, .03, .2, 0, 0},
};
const size_t SHOT_COUNT = sizeof(SHOTS) / sizeof(SHOTS[0]);

#define VOICE_IDA    "en-gb+f3", 62, 150
#define VOICE_JON    "en-gb+f5", 85, 155
#define VOICE_MARTEN "en-gb+m7", 22, 130
const Line LINES[] = {
    {7.0, "JON", VOICE_JON, "I'll be back before the lamp is lit."},
    {11.3, "IDA", VOICE_IDA, "You always say that."},
    {17.0, "IDA", VOICE_IDA, "Take the whistle. Blow it if you are lost."},
    {32.6, "MARTEN", VOICE_MARTEN, "The glass is falling. There is a storm behind the islands."},
    {38.6, "IDA", VOICE_IDA, "Jon is still out there."},
    {60.0, "MARTEN", VOICE_MARTEN, "The lamp! The oil is gone. It is too late."},
    {64.4, "IDA", VOICE_IDA, "No. Not while he is out there."},
    {107.5, "IDA", VOICE_IDA, "Jon?"},
    {124.8, "JON", VOICE_JON, "I saw the lamp."},
    {127.4, "IDA", VOICE_IDA, "It was not the lamp."},
};
const size_t LINE_COUNT = sizeof(LINES) / sizeof(LINES[0]);

const Effect EFFECTS[] = {
    {43.8, THUNDER, .35}, {48.0, THUNDER, 1}, {52.5, CRACK, .9},  {55.6, WHOOSH, .8},
    {58.5, GLASS, .9},    {73.5, THUNDER, .5}, {85.0, WHOOSH, 1}, {116.4, WHISTLE, .5},
};
const size_t EFFECT_COUNT = sizeof(EFFECTS) / sizeof(EFFECTS[0]);

double play_length(void) {
  return SHOTS[SHOT_COUNT - 1].end;
}
