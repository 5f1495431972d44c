// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage.h"

#include <math.h>
#include <stdint.h>

static void set(cairo_t *cr, Colour c, double alpha) {
  cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

/// A number 0..1 that looks random but is the same for the same place.
static double chance(int seed, int index) {
  uint32_t h = (uint32_t)seed * 2654435761U ^ (uint32_t)index * 2246822519U;
  h = (h ^ (h >> 15)) * 2654435761U;
  h ^= h >> 13;
  return (double)(h & 0xffffU) / 65535.0;
}

void stage_sky(cairo_t *cr, Colour top, Colour bottom) {
  cairo_pattern_t *sky = cairo_pattern_create_linear(0, 0, 0, 9);
  cairo_pattern_add_color_stop_rgb(sky, 0, top.r, top.g, top.b);
  cairo_pattern_add_color_stop_rgb(sky, 1, bottom.r, bottom.g, bottom.b);
  cairo_set_source(cr, sky);
  cairo_rectangle(cr, -4, -4, 24, 17);
  cairo_fill(cr);
  cairo_pattern_destroy(sky);
}

void stage_stars(cairo_t *cr, double amount, double t) {
  for (int i = 0; i < 70; ++i) {
    double twinkle = 0.6 + 0.4 * sin(t * (1 + chance(3, i)) + i);
    cairo_set_source_rgba(cr, 1, 1, 0.92, amount * twinkle * (0.3 + 0.7 * chance(4, i)));
    cairo_arc(cr, 16 * chance(1, i), 6 * chance(2, i), 0.015 + 0.02 * chance(5, i), 0, 2 * M_PI);
    cairo_fill(cr);
  }
}

static void glow(cairo_t *cr, double x, double y, double radius, Colour c, double alpha) {
  cairo_pattern_t *light = cairo_pattern_create_radial(x, y, 0, x, y, radius);
  cairo_pattern_add_color_stop_rgba(light, 0, c.r, c.g, c.b, alpha);
  cairo_pattern_add_color_stop_rgba(light, 0.4, c.r, c.g, c.b, alpha * 0.35);
  cairo_pattern_add_color_stop_rgba(light, 1, c.r, c.g, c.b, 0);
  cairo_set_source(cr, light);
  cairo_rectangle(cr, x - radius, y - radius, 2 * radius, 2 * radius);
  cairo_fill(cr);
  cairo_pattern_destroy(light);
}

void stage_sun(cairo_t *cr, double x, double y, double radius, Colour colour, double shine) {
  glow(cr, x, y, radius * 6, colour, shine);
  set(cr, colour, 1);
  cairo_arc(cr, x, y, radius, 0, 2 * M_PI);
  cairo_fill(cr);
}

void stage_clouds(cairo_t *cr, double t, double y, double speed, Colour colour, double alpha) {
  set(cr, colour, alpha);
  for (int i = 0; i < 7; ++i) {
    double x = fmod(chance(11, i) * 22 + t * speed * (0.6 + 0.8 * chance(12, i)), 22) - 3;
    double height = y + 2.2 * chance(13, i);
    for (int k = 0; k < 6; ++k) {
      double r = 0.35 + 0.5 * chance(14 + i, k);
      cairo_save(cr);
      cairo_translate(cr, x + 0.62 * k - 1.5, height + 0.18 * sin(k * 1.7 + i));
      cairo_scale(cr, 1.35, 0.62);
      cairo_arc(cr, 0, 0, r, 0, 2 * M_PI);
      cairo_restore(cr);
      cairo_fill(cr);
    }
  }
}

void stage_hills(cairo_t *cr, double y, double height, double shift, int seed, Colour colour) {
  set(cr, colour, 1);
  cairo_move_to(cr, -4, 13);
  for (double x = -4; x <= 20; x += 0.25) {
    double s = x + shift;
    double up = 0.5 + 0.28 * sin(0.45 * s + seed) + 0.16 * sin(1.1 * s + 2.0 * seed) + 0.06 * sin(2.9 * s);
    cairo_line_to(cr, x, y - height * up);
  }
  cairo_line_to(cr, 20, 13);
  cairo_close_path(cr);
  cairo_fill(cr);
}

double stage_wave_height(double x, double height, double length, double phase) {
  double a = 2 * M_PI * x / length + phase;
  return height * (0.62 * sin(a) + 0.25 * sin(2.1 * a + 1.3 * phase) + 0.13 * sin(3.7 * a - phase));
}

void stage_waves(cairo_t *cr, double y, double height, double length, double phase, Colour colour) {
  set(cr, colour, 1);
  cairo_move_to(cr, -4, 13);
  for (double x = -4; x <= 20; x += 0.12) {
    cairo_line_to(cr, x, y + stage_wave_height(x, height, length, phase));
  }
  cairo_line_to(cr, 20, 13);
  cairo_close_path(cr);
  cairo_fill(cr);
}

void stage_lighthouse(cairo_t *cr, double x, double y, double size, Colour colour, bool lit) {
  set(cr, colour, 1);
  cairo_move_to(cr, x - 0.2 * size, y);
  cairo_line_to(cr, x - 0.12 * size, y - 0.8 * size);
  cairo_line_to(cr, x + 0.12 * size, y - 0.8 * size);
  cairo_line_to(cr, x + 0.2 * size, y);
  cairo_close_path(cr);
  cairo_fill(cr);
  cairo_rectangle(cr, x - 0.17 * size, y - 0.83 * size, 0.34 * size, 0.035 * size);
  cairo_fill(cr);
  if (lit) {
    cairo_set_source_rgb(cr, 1, 0.9, 0.55);
    cairo_rectangle(cr, x - 0.09 * size, y - 0.96 * size, 0.18 * size, 0.13 * size);
    cairo_fill(cr);
    set(cr, colour, 1);
  }
  cairo_set_line_width(cr, 0.02 * size);
  cairo_rectangle(cr, x - 0.09 * size, y - 0.96 * size, 0.18 * size, 0.13 * size);
  cairo_stroke(cr);
  cairo_move_to(cr, x - 0.13 * size, y - 0.95 * size);
  cairo_line_to(cr, x, y - 1.07 * size);
  cairo_line_to(cr, x + 0.13 * size, y - 0.95 * size);
  cairo_close_path(cr);
  cairo_fill(cr);
}

void stage_beam(cairo_t *cr, double x, double y, double angle, double length, double alpha) {
  double spread = 0.09;
  cairo_pattern_t *light = cairo_pattern_create_radial(x, y, 0, x, y, length);
  cairo_pattern_add_color_stop_rgba(light, 0, 1, 0.93, 0.62, alpha);
  cairo_pattern_add_color_stop_rgba(light, 1, 1, 0.93, 0.62, 0);
  cairo_set_source(cr, light);
  cairo_move_to(cr, x, y);
  cairo_line_to(cr, x + length * cos(angle - spread), y + length * sin(angle - spread));
  cairo_line_to(cr, x + length * cos(angle + spread), y + length * sin(angle + spread));
  cairo_close_path(cr);
  cairo_fill(cr);
  cairo_pattern_destroy(light);
}

void stage_pier(cairo_t *cr, double x, double y, Colour colour) {
  set(cr, colour, 1);
  cairo_rectangle(cr, -4, y, x + 4, 0.22);
  cairo_fill(cr);
  for (double at = x - 0.3; at > -4; at -= 1.1) {
    cairo_rectangle(cr, at, y - 0.25, 0.14, 3.5);
    cairo_fill(cr);
  }
}

void stage_boat(cairo_t *cr, double x, double y, double size, double tilt, double row, int oars,
                bool crewed, Colour colour) {
  cairo_save(cr);
  cairo_translate(cr, x, y);
  cairo_rotate(cr, tilt);
  cairo_scale(cr, size, size);
  set(cr, colour, 1);
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  for (int side = 0; side < oars; ++side) {
    double swing = 0.6 * sin(row + 0.2 * side);
    cairo_set_line_width(cr, 0.05);
    cairo_move_to(cr, -0.05, -0.3);
    cairo_line_to(cr, -0.65 + 0.7 * swing + 0.25 * side, 0.32 - 0.2 * cos(row));
    cairo_stroke(cr);
  }
  cairo_move_to(cr, -0.95, -0.28);
  cairo_curve_to(cr, -0.7, 0.32, 0.6, 0.32, 1.0, -0.4);
  cairo_curve_to(cr, 0.5, -0.12, -0.5, -0.1, -0.95, -0.28);
  cairo_fill(cr);
  if (crewed) {
    double pull = 0.12 * sin(row);
    cairo_move_to(cr, -0.2 - pull, -0.1);
    cairo_curve_to(cr, -0.26 - pull, -0.55, -0.05 - pull, -0.72, 0.05 - 1.5 * pull, -0.68);
    cairo_curve_to(cr, 0.2 - pull, -0.6, 0.2 - pull, -0.3, 0.2, -0.08);
    cairo_fill(cr);
    cairo_arc(cr, 0.02 - 1.8 * pull, -0.84, 0.16, 0, 2 * M_PI);
    cairo_fill(cr);
    cairo_rectangle(cr, -0.16 - 1.8 * pull, -0.98, 0.42, 0.07); // the cap's peak
    cairo_fill(cr);
    cairo_set_line_width(cr, 0.09);
    cairo_move_to(cr, 0.06 - pull, -0.55);
    cairo_line_to(cr, -0.1 + 0.3 * sin(row), -0.3);
    cairo_stroke(cr);
  }
  cairo_restore(cr);
}

void stage_wreck(cairo_t *cr, double x, double y, double size, Colour colour) {
  set(cr, colour, 1);
  cairo_move_to(cr, x - size, y);
  cairo_curve_to(cr, x - 0.8 * size, y - 0.75 * size, x + 0.5 * size, y - 0.85 * size, x + 1.1 * size, y + 0.05 * size);
  cairo_close_path(cr);
  cairo_fill(cr);
}

static void limb(cairo_t *cr, double x, double y, double length, double angle, double bend, double width) {
  double half = length / 2;
  double knee_x = x + half * sin(angle), knee_y = y + half * cos(angle);
  cairo_set_line_width(cr, width);
  cairo_move_to(cr, x, y);
  cairo_line_to(cr, knee_x, knee_y);
  cairo_line_to(cr, knee_x + half * sin(angle + bend), knee_y + half * cos(angle + bend));
  cairo_stroke(cr);
}

static void head(cairo_t *cr, Who who, double wind, double walk) {
  cairo_arc(cr, 0.02, -0.88, 0.095, 0, 2 * M_PI);
  cairo_fill(cr);
  cairo_move_to(cr, 0.1, -0.9); // a nose makes a profile
  cairo_line_to(cr, 0.145, -0.865);
  cairo_line_to(cr, 0.09, -0.84);
  cairo_fill(cr);
  if (who == IDA) { // a braid
    double fly = 0.25 + 0.9 * wind + 0.12 * sin(2 * walk + 1);
    cairo_set_line_width(cr, 0.05);
    cairo_move_to(cr, -0.05, -0.92);
    cairo_curve_to(cr, -0.14, -0.85, -0.12 - 0.2 * fly, -0.78, -0.1 - 0.28 * fly, -0.66 - 0.14 * wind);
    cairo_stroke(cr);
  } else if (who == JON) { // a cap
    cairo_arc(cr, 0.01, -0.92, 0.1, M_PI, 2 * M_PI);
    cairo_fill(cr);
    cairo_rectangle(cr, 0.02, -0.945, 0.17, 0.03);
    cairo_fill(cr);
  } else { // a beard and a seaman's hat
    cairo_move_to(cr, 0.1, -0.85);
    cairo_line_to(cr, 0.12, -0.68);
    cairo_line_to(cr, -0.02, -0.78);
    cairo_fill(cr);
    cairo_rectangle(cr, -0.1, -1.02, 0.22, 0.1);
    cairo_fill(cr);
    cairo_rectangle(cr, -0.1, -0.95, 0.3, 0.03);
    cairo_fill(cr);
  }
}

static void body(cairo_t *cr, Who who, double wind) {
  double flare = who == IDA ? 0.2 : who == MARTEN ? 0.16 : 0.1;
  double hem = who == JON ? -0.36 : who == IDA ? -0.25 : -0.2;
  cairo_move_to(cr, -0.07, -0.8);
  cairo_curve_to(cr, -0.13, -0.6, -flare - 0.12 * wind, -0.45, -flare - 0.22 * wind, hem);
  cairo_line_to(cr, flare - 0.05 * wind, hem);
  cairo_curve_to(cr, flare, -0.5, 0.12, -0.65, 0.08, -0.8);
  cairo_close_path(cr);
  cairo_fill(cr);
}

void stage_figure(cairo_t *cr, Who who, const Pose *pose, Colour colour) {
  cairo_save(cr);
  cairo_translate(cr, pose->x, pose->y + (pose->kneels ? 0.24 * pose->size : 0));
  cairo_scale(cr, pose->left ? -pose->size : pose->size, pose->size);
  cairo_rotate(cr, pose->lean);
  set(cr, colour, 1);
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
  double stride = pose->walk ? 0.55 * sin(pose->walk) : 0.06;
  if (!pose->kneels) {
    limb(cr, 0, -0.42, 0.42, stride, pose->walk ? -0.35 * (1 + cos(pose->walk)) / 2 : 0, 0.07);
    limb(cr, 0, -0.42, 0.42, -stride, pose->walk ? -0.35 * (1 - cos(pose->walk)) / 2 : 0, 0.07);
  } else {
    limb(cr, 0, -0.34, 0.3, 0.9, -2.2, 0.08);
  }
  limb(cr, -0.02, -0.74, 0.36, pose->arm2, 0.25, 0.055);
  body(cr, who, pose->wind);
  limb(cr, 0.02, -0.74, 0.36, pose->arm, 0.3, 0.055);
  head(cr, who, pose->wind, pose->walk);
  if (pose->lantern) {
    double hand_x = 0.02 + 0.18 * sin(pose->arm) + 0.18 * sin(pose->arm + 0.3);
    double hand_y = -0.74 + 0.18 * cos(pose->arm) + 0.18 * cos(pose->arm + 0.3);
    cairo_rectangle(cr, hand_x - 0.04, hand_y, 0.09, 0.13);
    cairo_fill(cr);
    glow(cr, hand_x, hand_y + 0.06, 0.75, (Colour){1, 0.75, 0.35}, 0.8);
    cairo_set_source_rgb(cr, 1, 0.85, 0.5);
    cairo_rectangle(cr, hand_x - 0.02, hand_y + 0.03, 0.05, 0.07);
    cairo_fill(cr);
  }
  cairo_restore(cr);
}

void stage_rain(cairo_t *cr, double t, double amount, double slant) {
  cairo_set_source_rgba(cr, 0.8, 0.85, 0.95, 0.28);
  cairo_set_line_width(cr, 0.022);
  int drops = (int)(160 * amount);
  for (int i = 0; i < drops; ++i) {
    double fall = fmod(chance(21, i) * 11 + t * (13 + 7 * chance(22, i)), 11) - 1;
    double x = fmod(chance(23, i) * 20 + slant * fall * 0.5 + 20, 20) - 2;
    cairo_move_to(cr, x, fall);
    cairo_line_to(cr, x + 0.22 * slant, fall + 0.45);
  }
  cairo_stroke(cr);
}

void stage_flash(cairo_t *cr, double alpha) {
  cairo_set_source_rgba(cr, 0.93, 0.95, 1, alpha);
  cairo_rectangle(cr, -4, -4, 24, 17);
  cairo_fill(cr);
}

void stage_bolt(cairo_t *cr, double x, int seed, double alpha) {
  cairo_set_source_rgba(cr, 0.97, 0.97, 1, alpha);
  cairo_set_line_width(cr, 0.07);
  double y = 0;
  cairo_move_to(cr, x, y);
  for (int i = 0; i < 8; ++i) {
    x += 0.9 * (chance(seed, i) - 0.5);
    y += 0.65;
    cairo_line_to(cr, x, y);
  }
  cairo_stroke(cr);
}

void stage_fire(cairo_t *cr, double x, double y, double size, double t) {
  glow(cr, x, y - 0.4 * size, 4.5 * size, (Colour){1, 0.6, 0.2}, 0.75);
  for (int layer = 0; layer < 3; ++layer) {
    static const Colour colours[] = {{0.85, 0.25, 0.05}, {1, 0.55, 0.1}, {1, 0.9, 0.5}};
    double scale = size * (1 - 0.28 * layer);
    set(cr, colours[layer], 0.95);
    cairo_move_to(cr, x - 0.55 * scale, y);
    for (int i = 0; i <= 6; ++i) {
      double at = -0.55 + 1.1 * i / 6;
      double tall = scale * (0.5 + 0.75 * (1 - fabs(at) * 1.5) + 0.22 * sin(9 * t + 2.4 * i + layer));
      cairo_curve_to(cr, x + (at - 0.1) * scale, y - 0.3 * tall, x + (at - 0.03) * scale + 0.05 * sin(7 * t + i),
                     y - tall, x + (at + 0.06) * scale, y - 0.25 * scale);
    }
    cairo_line_to(cr, x + 0.6 * scale, y);
    cairo_close_path(cr);
    cairo_fill(cr);
  }
  for (int i = 0; i < 26; ++i) {
    double life = fmod(t * (0.35 + 0.4 * chance(31, i)) + chance(32, i), 1);
    cairo_set_source_rgba(cr, 1, 0.7, 0.3, 1 - life);
    cairo_arc(cr, x + size * (chance(33, i) - 0.5 + 0.3 * sin(5 * life + i)), y - size * (0.6 + 2.6 * life), 0.03, 0, 2 * M_PI);
    cairo_fill(cr);
  }
}

void stage_lamp_room(cairo_t *cr, double t, Colour outside_top, Colour outside_bottom, double lamp, bool broken) {
  stage_sky(cr, outside_top, outside_bottom);
  stage_waves(cr, 6.2, 0.12, 3, t, (Colour){outside_bottom.r * 0.5, outside_bottom.g * 0.55, outside_bottom.b * 0.65});
  Colour wall = {0.09 + 0.12 * lamp, 0.07 + 0.08 * lamp, 0.08 + 0.03 * lamp};
  set(cr, wall, 1);
  cairo_rectangle(cr, -4, 7.1, 24, 6);
  cairo_fill(cr);
  for (int i = 0; i < 6; ++i) {
    cairo_rectangle(cr, -0.3 + 3.2 * i, -4, 0.3, 12);
    cairo_fill(cr);
  }
  cairo_rectangle(cr, -4, -4, 24, 4.9);
  cairo_fill(cr);
  cairo_rectangle(cr, -4, 3.7, 24, 0.16);
  cairo_fill(cr);
  if (broken) {
    cairo_set_source_rgba(cr, 0.75, 0.82, 0.95, 0.8);
    cairo_set_line_width(cr, 0.03);
    for (int i = 0; i < 14; ++i) {
      double x = 9.4 + 2.6 * chance(41, i), y = 1.2 + 5.2 * chance(42, i);
      cairo_move_to(cr, x, y);
      cairo_line_to(cr, x + chance(43, i) - 0.5, y + chance(44, i) - 0.3);
    }
    cairo_stroke(cr);
  }
  if (lamp > 0.02) {
    glow(cr, 8, 4.2, 8, (Colour){1, 0.82, 0.45}, 0.75 * lamp);
  }
  cairo_set_source_rgb(cr, 0.05, 0.04, 0.05);
  cairo_rectangle(cr, 7.3, 5.6, 1.4, 3.6);
  cairo_fill(cr);
  cairo_set_source_rgb(cr, 0.08 + 0.92 * lamp, 0.07 + 0.8 * lamp, 0.08 + 0.45 * lamp);
  cairo_save(cr);
  cairo_translate(cr, 8, 4.3);
  cairo_scale(cr, 0.62, 1.3);
  cairo_arc(cr, 0, 0, 1, 0, 2 * M_PI);
  cairo_restore(cr);
  cairo_fill(cr);
}

void stage_woodpile(cairo_t *cr, double x, double y, double size, Colour colour) {
  set(cr, colour, 1);
  for (int row = 0; row < 5; ++row) {
    for (int i = 0; i < 6 - row; ++i) {
      cairo_arc(cr, x + size * (0.3 * i + 0.15 * row - 0.75), y - size * (0.12 + 0.23 * row), 0.15 * size, 0, 2 * M_PI);
      cairo_fill(cr);
    }
  }
}

void stage_rocks(cairo_t *cr, double x, double y, double size, Colour colour) {
  set(cr, colour, 1);
  cairo_move_to(cr, x - 1.6 * size, y);
  cairo_line_to(cr, x - 1.2 * size, y - 0.9 * size);
  cairo_line_to(cr, x - 0.4 * size, y - 1.5 * size);
  cairo_line_to(cr, x + 0.2 * size, y - 1.1 * size);
  cairo_line_to(cr, x + 0.9 * size, y - 1.8 * size);
  cairo_line_to(cr, x + 2.5 * size, y);
  cairo_close_path(cr);
  cairo_fill(cr);
}

void stage_words(cairo_t *cr, const char *text, double y, double size, double alpha) {
  cairo_text_extents_t extents;
  cairo_select_font_face(cr, "serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, size);
  cairo_text_extents(cr, text, &extents);
  cairo_set_source_rgba(cr, 1, 0.95, 0.82, alpha);
  cairo_move_to(cr, 8 - extents.width / 2 - extents.x_bearing, y);
  cairo_show_text(cr, text);
}

void stage_vignette(cairo_t *cr) {
  cairo_pattern_t *dark = cairo_pattern_create_radial(8, 4.5, 5, 8, 4.5, 10.5);
  cairo_pattern_add_color_stop_rgba(dark, 0, 0, 0, 0, 0);
  cairo_pattern_add_color_stop_rgba(dark, 1, 0, 0, 0, 0.55);
  cairo_set_source(cr, dark);
  cairo_rectangle(cr, -4, -4, 24, 17);
  cairo_fill(cr);
  cairo_pattern_destroy(dark);
}
