// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The film from left to right, in rows of some minutes: picture, movement, sound, words.
#include "deliver/film_page_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ONE_ROW_S = 330, ROW_S = 240, STRIP = 46, BAND = 16, NARROWEST = 22 };
#define SMOOTH_S 0.5
#define GLYPH    11.0 ///< as much room as a sign needs

static void axis(KtFilmRow *row, double bottom) {
  static const int STEPS[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800};
  int step = 1800;
  for (size_t i = sizeof(STEPS) / sizeof(STEPS[0]); i-- > 0;) {
    step = (row->to_s - row->from_s) / STEPS[i] <= 13 ? STEPS[i] : step;
  }
  for (int s = (int)ceil(row->from_s / step) * step; s <= row->to_s; s += step) {
    char text[KT_TIMECODE_SIZE];
    double x = kt_row_x_at(row, s);
    kt_timecode_print(&row->film->timecode, kt_film_time(s), text);
    fprintf(row->out, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"16\" y2=\"%.1f\"/>", x, x,
            bottom);
    if (x < KT_ROW_WIDTH - 70) {
      fprintf(row->out, "<text class=\"tick\" x=\"%.1f\" y=\"12\">%s</text>\n", x + 2, text);
    }
  }
  row->y = 22;
}

static void scenes(KtFilmRow *row) {
  const KtFilm *film = row->film;
  kt_row_lane(row, "scenes", row->y + 12);
  for (size_t i = 0; i < film->shots.count;) {
    size_t last = i;
    while (last + 1 < film->shots.count &&
           film->shots.items[last + 1].scene == film->shots.items[i].scene) {
      ++last;
    }
    KtFilmTime start = film->shots.items[i].start, end = film->shots.items[last].end;
    if (kt_row_shows(row, start, end)) {
      double x = kt_row_x_of(row, start), width = kt_row_x_of(row, end) - x;
      fprintf(row->out,
              "<rect class=\"band%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"17\">",
              film->shots.items[i].scene % 2, x, row->y, fmax(.5, width - .5));
      kt_row_tip(row, start, end,
                 kt_arena_format(row->p->page.arena, "scene %d", film->shots.items[i].scene + 1));
      fprintf(row->out, "</rect><text class=\"scene-name\" x=\"%.1f\" y=\"%.1f\">", x + 3,
              row->y + 12);
      fputs(width > 12 ? kt_arena_format(row->p->page.arena, "%d", film->shots.items[i].scene + 1)
                       : "",
            row->out);
      fputs("</text>\n", row->out);
    }
    i = last + 1;
  }
  row->y += 20;
}

/// The three colours over each other, or beside each other.
static void colours(const KtFilmRow *row, const KtShot *shot, double x, double y, double width,
                    double height, bool beside) {
  double sum = 0;
  for (int c = 0; c < 3; ++c) {
    sum += (double)shot->palette_share[c];
  }
  for (int c = 0; c < 3; ++c) {
    double share = sum > 0 ? (double)shot->palette_share[c] / sum : c == 0;
    double w = beside ? width * share : width, h = beside ? height : height * share;
    if (share > 0) {
      fprintf(row->out,
              "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%02x%02x%02x\"/>",
              x, y, fmax(.3, w), h, shot->palette[c][0], shot->palette[c][1], shot->palette[c][2]);
    }
    x += beside ? w : 0;
    y += beside ? 0 : h;
  }
}

/// Each shot with its picture, where there is room, over its three main colours; a wedge where it
/// comes in gradually.
static void shots(KtFilmRow *row) {
  const KtFilm *film = row->film;
  kt_row_lane(row, "shots", row->y + 27);
  kt_row_lane(row, "and colours", row->y + 39);
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    double x = kt_row_x_of(row, shot->start), width = kt_row_x_of(row, shot->end) - x;
    if (!kt_row_shows(row, shot->start, shot->end)) {
      continue;
    }
    const KtFilmStill *still = &row->p->stills[i];
    const char *name = kt_film_shot_name(film, shot);
    fprintf(row->out, "<a href=\"#shot-%zu\">", i + 1);
    kt_row_tip(row, shot->start, shot->end,
               kt_arena_format(row->p->page.arena, "shot %zu, %s%s%s", i + 1,
                               kt_film_transition_words(shot->transition), *name ? ": " : "",
                               name));
    colours(row, shot, x, row->y, fmax(.3, width - .8), STRIP, false);
    if (still->size && width >= NARROWEST) {
      double own = STRIP * (double)still->width / still->height;
      fprintf(row->out,
              "<image x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" "
              "preserveAspectRatio=\"xMidYMid slice\"",
              x, row->y, fmin(own, width - .8), STRIP);
      kt_film_still_put(row->p, i, "href");
      fputs("/>", row->out);
    }
    colours(row, shot, x, row->y + STRIP + 1, fmax(.3, width - .8), BAND, width > 6);
    if (shot->transition > KT_TRANSITION_CUT) {
      double mixed = kt_row_x_of(row, film->frames.items[shot->transition_end_frame].time) - x;
      fprintf(row->out, "<path class=\"mixed\" d=\"M%.1f %.1fv%dl%.1f -%dz\"/>", x, row->y, STRIP,
              fmax(5, mixed), STRIP);
    }
    fputs("</a>\n", row->out);
  }
  row->y += STRIP + BAND + 8;
}

/// Mean of the pictures' movement over a column of the drawing, and the pace over it.
static void motion(KtFilmRow *row) {
  const KtFilm *film = row->film;
  double base = row->y + 44, second = (row->to_s - row->from_s) / KT_ROW_COLUMNS;
  double window = fmax(second, SMOOTH_S); // drawn on twos, pictures move by jerks
  kt_row_lane(row, "motion", row->y + 20);
  kt_row_lane(row, "and pace", row->y + 32);
  double pictures_s =
      kt_seconds(film->frames.items[film->frames.count - 1].time); // sound may go on
  fprintf(row->out, "<path class=\"move\" d=\"M%d %.1f", KT_ROW_LEFT, base);
  for (int c = 0; c < KT_ROW_COLUMNS; ++c) {
    double middle = row->from_s + second * (c + 0.5);
    KtFrame mean =
        kt_film_average(film, kt_film_time(middle - window / 2), kt_film_time(middle + window / 2));
    fprintf(row->out, "L%.1f %.1f", KT_ROW_LEFT + (double)c * KT_ROW_PLOT / KT_ROW_COLUMNS,
            middle > pictures_s ? base : base - 42 * fmin(1, sqrt(fmax(0, (double)mean.motion))));
  }
  fprintf(row->out, "L%.1f %.1fZ\"><title>movement in the picture, cuts taken out</title></path>\n",
          (double)KT_ROW_LEFT + KT_ROW_PLOT, base);
  bool first = true;
  fputs("<path class=\"pace\" d=\"", row->out);
  size_t step = (size_t)((row->to_s - row->from_s) / 1200) + 1;
  for (size_t i = (size_t)row->from_s; i < film->pace.count && (double)i <= row->to_s; i += step) {
    fprintf(row->out, "%c%.1f %.1f", first ? 'M' : 'L', kt_row_x_at(row, (double)i),
            base - 42 * (double)film->pace.items[i].pace);
    first = false;
  }
  fputs("\"><title>pace: cuts and movement together</title></path>\n", row->out);
  row->y += 52;
}

/// A sign where there is room for it: `free_from` is where the last one ends.
static void glyph(const KtFilmRow *row, KtFilmTime start, KtFilmTime end, const char *sign,
                  float strength, const char *what, double *free_from) {
  double x = (kt_row_x_of(row, start) + kt_row_x_of(row, end)) / 2;
  if (x - GLYPH / 2 < *free_from) {
    return;
  }
  *free_from = x + GLYPH / 2;
  fprintf(row->out,
          "<text class=\"glyph\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" opacity=\"%.2f\">", x,
          row->y + 11, 0.3 + 0.7 * (double)strength);
  kt_row_tip(row, start, end, what);
  fprintf(row->out, "%s</text>\n", sign);
}

/// Of gestures that stand too close to be drawn each, the stronger.
static bool outdone(const KtFilmRow *row, size_t index) {
  const KtFilm *film = row->film;
  const KtGesture *g = &film->gestures.items[index];
  double x = (kt_row_x_of(row, g->start) + kt_row_x_of(row, g->end)) / 2;
  for (size_t i = index > 4 ? index - 4 : 0; i < film->gestures.count && i < index + 5; ++i) {
    const KtGesture *other = &film->gestures.items[i];
    double away = fabs((kt_row_x_of(row, other->start) + kt_row_x_of(row, other->end)) / 2 - x);
    if (i != index && other->kind != KT_GESTURE_STILLNESS && away < GLYPH &&
        other->strength > g->strength) {
      return true;
    }
  }
  return false;
}

static void gestures(KtFilmRow *row) {
  const KtFilm *film = row->film;
  static const char *const SIGNS[] = {"", "↑", "↓", "←", "→"};
  double free_from = 0;
  if (film->gestures.count) {
    kt_row_lane(row, "gestures", row->y + 11);
    for (size_t i = 0; i < film->gestures.count; ++i) {
      const KtGesture *g = &film->gestures.items[i];
      if (kt_row_shows(row, g->start, g->end) && g->kind == KT_GESTURE_STILLNESS) {
        kt_row_span(row, g->start, g->end, row->y + 4, 6, "still-span", kt_gesture_name(g->kind));
      } else if (kt_row_shows(row, g->start, g->end) && !outdone(row, i)) {
        glyph(row, g->start, g->end, SIGNS[g->kind], g->strength, kt_gesture_name(g->kind),
              &free_from);
      }
    }
    row->y += 18;
  }
  if (film->camera.count) {
    kt_row_lane(row, "camera", row->y + 11);
    free_from = 0;
    for (size_t i = 0; i < film->camera.count; ++i) {
      const KtCameraMove *m = &film->camera.items[i];
      const char *sign = m->kind == KT_CAMERA_ZOOM       ? (m->amount > 0 ? "⊕" : "⊖")
                         : m->kind == KT_CAMERA_HANDHELD ? "≈"
                         : fabsf(m->direction) < 45      ? "⇒"
                         : fabsf(m->direction) > 135     ? "⇐"
                         : m->direction > 0              ? "⇑"
                                                         : "⇓";
      if (kt_row_shows(row, m->start, m->end)) {
        glyph(row, m->start, m->end, sign, m->strength, kt_camera_name(m->kind), &free_from);
      }
    }
    row->y += 18;
  }
}

/// A pin a moment: its height is its strength.
static void moments(KtFilmRow *row) {
  const KtFilm *film = row->film;
  if (!film->moments.count) {
    return;
  }
  kt_row_lane(row, "moments", row->y + 15);
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *m = &film->moments.items[i];
    double x = kt_row_x_of(row, m->at), foot = row->y + 22,
           top = foot - 5 - 14 * (double)m->strength;
    if (!kt_row_shows(row, m->at, m->at + 1)) {
      continue;
    }
    fprintf(row->out, "<g class=\"m-%s\">", kt_moment_name(m->kind));
    kt_row_tip(row, m->at, m->at, kt_moment_name(m->kind));
    fprintf(row->out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, top, foot);
    switch (m->kind) {
    case KT_MOMENT_TRANSIENT:
      fprintf(row->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", x, top);
      break;
    case KT_MOMENT_STOP:
      fprintf(row->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"5\" height=\"5\"/>", x - 2.5, top - 2);
      break;
    case KT_MOMENT_FLASH:
      fprintf(row->out, "<path d=\"M%.1f %.1fl3 4l-3 4l-3 -4z\"/>", x, top - 4);
      break;
    default:
      fprintf(row->out, "<path d=\"M%.1f %.1fl3.2 5.5h-6.4z\"/>", x, top - 3);
      break;
    }
    fputs("</g>\n", row->out);
  }
  row->y += 28;
}

static void legend(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  FILE *out = p->page.out;
  fputs("<ul class=\"legend\" aria-label=\"Legend\"><li>each shot with its picture and its three "
        "main colours; a pale wedge: comes in gradually</li>"
        "<li><span class=\"swatch f1\"></span>motion</li><li><span class=\"swatch "
        "f4\"></span>pace: cuts and motion</li>",
        out);
  if (film->gestures.count || film->camera.count) {
    fputs("<li>gestures ↑ ↓ ← → across the picture, bar: stillness; camera ⇐ ⇒ ⇑ ⇓, ⊕ ⊖ zoom, ≈ "
          "handheld</li>",
          out);
  }
  if (film->moments.count) {
    fputs("<li>moments: ● a sound, ▲ movement breaks out or strikes, ■ stops, ◆ flash</li>", out);
  }
  fputs("</ul>\n", out);
}

/// How far down a row reaches is known when it is drawn; so it is drawn once for nothing.
static double draw(KtFilmRow *row, double bottom) {
  axis(row, bottom);
  scenes(row);
  shots(row);
  kt_row_markers(row);
  kt_row_titles(row);
  motion(row);
  gestures(row);
  moments(row);
  kt_row_words(row);
  kt_row_loudness(row);
  return row->y;
}

static double measure(KtFilmRow row) {
  char *drawn = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&drawn, &size);
  KtFilmPage silent = *row.p;
  double height = 400;
  if (out) {
    silent.page.out = out;
    row.out = out;
    row.p = &silent;
    row.from_s = 0;
    row.to_s = 1e-3; // next to nothing lies in it: only the lanes count
    height = draw(&row, 0);
    fclose(out);
  }
  free(drawn);
  return height;
}

void kt_film_page_lanes(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  double length = kt_seconds(film->duration);
  int rows = length <= ONE_ROW_S ? 1 : (int)ceil(length / ROW_S);
  fputs("<section><h2>From beginning to end</h2>\n<div class=\"timeline\">\n", p->page.out);
  for (int i = 0; i < rows; ++i) {
    KtFilmRow row = {p, film, p->page.out, length * i / rows, length * (i + 1) / rows, 0};
    double height = measure(row);
    fprintf(p->page.out,
            "<div class=\"row\"><svg viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"Time "
            "line%s: %zu shots, movement, sudden "
            "moments, words and loudness. The table of shots below holds the cuts.\">\n",
            KT_ROW_WIDTH, height,
            rows > 1 ? kt_arena_format(p->page.arena, ", part %d of %d", i + 1, rows) : "",
            film->shots.count);
    draw(&row, height - 4);
    fputs("</svg></div>\n", p->page.out);
  }
  legend(p);
  fputs("</div></section>\n", p->page.out);
}
