// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DEMO_STAGE_H
#define KT_DEMO_STAGE_H

#include <cairo.h>
#include <stdbool.h>

/// The paper theatre: pieces of scenery and figures, drawn in a picture 16 wide and 9 high, y down.
typedef struct Colour {
  double r, g, b;
} Colour;

typedef enum Who { IDA, JON, MARTEN } Who;

/// How a figure stands. Angles in radians from hanging straight down, positive to its front.
typedef struct Pose {
  double x, y;       ///< where the feet are
  double size;       ///< height
  double lean;       ///< of the whole body
  double arm, arm2;  ///< front and back arm
  double walk;       ///< phase of the legs, 0 standing
  double wind;       ///< hair and clothes, 0..1
  bool left;         ///< looks left
  bool kneels;
  bool lantern, whistle;
} Pose;

void stage_sky(cairo_t *cr, Colour top, Colour bottom);
void stage_stars(cairo_t *cr, double amount, double t);
void stage_sun(cairo_t *cr, double x, double y, double radius, Colour colour, double glow);
void stage_clouds(cairo_t *cr, double t, double y, double speed, Colour colour, double alpha);
void stage_hills(cairo_t *cr, double y, double height, double shift, int seed, Colour colour);
/// One row of waves; `height` of the crests.
void stage_waves(cairo_t *cr, double y, double height, double length, double phase, Colour colour);
double stage_wave_height(double x, double height, double length, double phase);
void stage_lighthouse(cairo_t *cr, double x, double y, double size, Colour colour, bool lit);
void stage_beam(cairo_t *cr, double x, double y, double angle, double length, double alpha);
void stage_pier(cairo_t *cr, double x, double y, Colour colour);
void stage_boat(cairo_t *cr, double x, double y, double size, double tilt, double row, int oars, bool crewed, Colour colour);
void stage_wreck(cairo_t *cr, double x, double y, double size, Colour colour);
void stage_figure(cairo_t *cr, Who who, const Pose *pose, Colour colour);
void stage_rain(cairo_t *cr, double t, double amount, double slant);
void stage_flash(cairo_t *cr, double alpha);
void stage_bolt(cairo_t *cr, double x, int seed, double alpha);
void stage_fire(cairo_t *cr, double x, double y, double size, double t);
void stage_lamp_room(cairo_t *cr, double t, Colour outside_top, Colour outside_bottom, double lamp, bool broken);
void stage_woodpile(cairo_t *cr, double x, double y, double size, Colour colour);
void stage_rocks(cairo_t *cr, double x, double y, double size, Colour colour);
void stage_words(cairo_t *cr, const char *text, double y, double size, double alpha);
void stage_vignette(cairo_t *cr);

#endif
