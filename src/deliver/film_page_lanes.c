// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The film from left to right, in rows of some minutes: picture, movement, sound, words.
#include "deliver/film_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  WIDTH = 1400,
  LEFT = 124,
  PLOT = WIDTH - LEFT - 14,
  COLUMNS = 1262,
  ONE_ROW_S = 330,
  ROW_S = 240,
  STRIP = 46,
  BAND = 16,
  NARROWEST = 22
};
#define SMOOTH_S 0.5
#define GLYPH    11.0 ///< as much room as a sign needs

/// A row of the drawing: a stretch of the film, and how far down it has come.
typedef struct Row {
  const KtFilmPage *p;
  const KtFilm *film;
  FILE *out;
  double from_s, to_s, y;
} Row;

static double x_at(const Row *row, double seconds) {
  double at = (seconds - row->from_s) / (row->to_s - row->from_s);
  return LEFT + PLOT * (at < 0 ? 0 : at > 1 ? 1 : at);
}

static double x_of(const Row *row, KtFilmTime time) {
  return x_at(row, kt_seconds(time));
}

static bool shows(const Row *row, KtFilmTime start, KtFilmTime end) {
  return kt_seconds(end) > row->from_s && kt_seconds(start) < row->to_s;
}

static void lane(const Row *row, const char *name, double y) {
  fprintf(row->out, "<text class=\"lane\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
          LEFT - 10, y, name);
}

static void tip(const Row *row, KtFilmTime from, KtFilmTime to, const char *what) {
  char start[KT_TIMECODE_SIZE], end[KT_TIMECODE_SIZE];
  kt_timecode_print(&row->film->timecode, from, start);
  kt_timecode_print(&row->film->timecode, to, end);
  fprintf(row->out, "<title>%s%s%s ", start, from == to ? "" : "–", from == to ? "" : end);
  kt_page_text(&row->p->page, what);
  fputs("</title>", row->out);
}

/// As much of a text as fits, with an ellipsis; nothing where not even four letters do.
static void fitted(const Row *row, const char *text, double width, double letter) {
  size_t room = width > 0 ? (size_t)(width / letter) : 0, letters = 0;
  const char *cut = NULL;
  for (const char *c = text; *c; ++c) {
    if (((unsigned char)*c & 0xc0) != 0x80) {
      cut = room && letters == room - 1 ? c : cut;
      ++letters;
    }
  }
  if (letters <= room) {
    kt_page_text(&row->p->page, text);
  } else if (room >= 4 && cut) {
    kt_page_text(&row->p->page, kt_arena_text_n(row->p->page.arena, text, (size_t)(cut - text)));
    fputs("…", row->out);
  }
}

static void span(const Row *row, KtFilmTime start, KtFilmTime end, double y, double height,
                 const char *kind, const char *what) {
  double x = x_of(row, start);
  fprintf(row->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
          kind, x, y, fmax(.8, x_of(row, end) - x), height);
  tip(row, start, end, what);
  fputs("</rect>\n", row->out);
}

static void axis(Row *row, double bottom) {
  static const int STEPS[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800};
  int step = 1800;
  for (size_t i = sizeof(STEPS) / sizeof(STEPS[0]); i-- > 0;) {
    step = (row->to_s - row->from_s) / STEPS[i] <= 13 ? STEPS[i] : step;
  }
  for (int s = (int)ceil(row->from_s / step) * step; s <= row->to_s; s += step) {
    char text[KT_TIMECODE_SIZE];
    double x = x_at(row, s);
    kt_timecode_print(&row->film->timecode, kt_film_time(s), text);
    fprintf(row->out, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"16\" y2=\"%.1f\"/>", x, x,
            bottom);
    if (x < WIDTH - 70) {
      fprintf(row->out, "<text class=\"tick\" x=\"%.1f\" y=\"12\">%s</text>\n", x + 2, text);
    }
  }
  row->y = 22;
}

static void scenes(Row *row) {
  const KtFilm *film = row->film;
  lane(row, "scenes", row->y + 12);
  for (size_t i = 0; i < film->shots.count;) {
    size_t last = i;
    while (last + 1 < film->shots.count &&
           film->shots.items[last + 1].scene == film->shots.items[i].scene) {
      ++last;
    }
    KtFilmTime start = film->shots.items[i].start, end = film->shots.items[last].end;
    if (shows(row, start, end)) {
      double x = x_of(row, start), width = x_of(row, end) - x;
      fprintf(row->out,
              "<rect class=\"band%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"17\">",
              film->shots.items[i].scene % 2, x, row->y, fmax(.5, width - .5));
      tip(row, start, end,
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
static void colours(const Row *row, const KtShot *shot, double x, double y, double width,
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
static void shots(Row *row) {
  const KtFilm *film = row->film;
  lane(row, "shots", row->y + 27);
  lane(row, "and colours", row->y + 39);
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    double x = x_of(row, shot->start), width = x_of(row, shot->end) - x;
    if (!shows(row, shot->start, shot->end)) {
      continue;
    }
    const KtFilmStill *still = &row->p->stills[i];
    const char *name = kt_film_shot_name(film, shot);
    fprintf(row->out, "<a href=\"#shot-%zu\">", i + 1);
    tip(row, shot->start, shot->end,
        kt_arena_format(row->p->page.arena, "shot %zu, %s%s%s", i + 1,
                        kt_film_transition_words(shot->transition), *name ? ": " : "", name));
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
      double mixed = x_of(row, film->frames.items[shot->transition_end_frame].time) - x;
      fprintf(row->out, "<path class=\"mixed\" d=\"M%.1f %.1fv%dl%.1f -%dz\"/>", x, row->y, STRIP,
              fmax(5, mixed), STRIP);
    }
    fputs("</a>\n", row->out);
  }
  row->y += STRIP + BAND + 8;
}

/// Mean of the pictures' movement over a column of the drawing, and the pace over it.
static void motion(Row *row) {
  const KtFilm *film = row->film;
  double base = row->y + 44, second = (row->to_s - row->from_s) / COLUMNS;
  double window = fmax(second, SMOOTH_S); // drawn on twos, pictures move by jerks
  lane(row, "motion", row->y + 20);
  lane(row, "and pace", row->y + 32);
  double pictures_s =
      kt_seconds(film->frames.items[film->frames.count - 1].time); // sound may go on
  fprintf(row->out, "<path class=\"move\" d=\"M%d %.1f", LEFT, base);
  for (int c = 0; c < COLUMNS; ++c) {
    double middle = row->from_s + second * (c + 0.5);
    KtFrame mean =
        kt_film_average(film, kt_film_time(middle - window / 2), kt_film_time(middle + window / 2));
    fprintf(row->out, "L%.1f %.1f", LEFT + (double)c * PLOT / COLUMNS,
            middle > pictures_s ? base : base - 42 * fmin(1, sqrt(fmax(0, (double)mean.motion))));
  }
  fprintf(row->out, "L%.1f %.1fZ\"><title>movement in the picture, cuts taken out</title></path>\n",
          (double)LEFT + PLOT, base);
  bool first = true;
  fputs("<path class=\"pace\" d=\"", row->out);
  size_t step = (size_t)((row->to_s - row->from_s) / 1200) + 1;
  for (size_t i = (size_t)row->from_s; i < film->pace.count && (double)i <= row->to_s; i += step) {
    fprintf(row->out, "%c%.1f %.1f", first ? 'M' : 'L', x_at(row, (double)i),
            base - 42 * (double)film->pace.items[i].pace);
    first = false;
  }
  fputs("\"><title>pace: cuts and movement together</title></path>\n", row->out);
  row->y += 52;
}

/// A sign where there is room for it: `free_from` is where the last one ends.
static void glyph(const Row *row, KtFilmTime start, KtFilmTime end, const char *sign,
                  float strength, const char *what, double *free_from) {
  double x = (x_of(row, start) + x_of(row, end)) / 2;
  if (x - GLYPH / 2 < *free_from) {
    return;
  }
  *free_from = x + GLYPH / 2;
  fprintf(row->out,
          "<text class=\"glyph\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" opacity=\"%.2f\">", x,
          row->y + 11, 0.3 + 0.7 * (double)strength);
  tip(row, start, end, what);
  fprintf(row->out, "%s</text>\n", sign);
}

/// Of gestures that stand too close to be drawn each, the stronger.
static bool outdone(const Row *row, size_t index) {
  const KtFilm *film = row->film;
  const KtGesture *g = &film->gestures.items[index];
  double x = (x_of(row, g->start) + x_of(row, g->end)) / 2;
  for (size_t i = index > 4 ? index - 4 : 0; i < film->gestures.count && i < index + 5; ++i) {
    const KtGesture *other = &film->gestures.items[i];
    double away = fabs((x_of(row, other->start) + x_of(row, other->end)) / 2 - x);
    if (i != index && other->kind != KT_GESTURE_STILLNESS && away < GLYPH &&
        other->strength > g->strength) {
      return true;
    }
  }
  return false;
}

static void gestures(Row *row) {
  const KtFilm *film = row->film;
  static const char *const SIGNS[] = {"", "↑", "↓", "←", "→"};
  double free_from = 0;
  if (film->gestures.count) {
    lane(row, "gestures", row->y + 11);
    for (size_t i = 0; i < film->gestures.count; ++i) {
      const KtGesture *g = &film->gestures.items[i];
      if (shows(row, g->start, g->end) && g->kind == KT_GESTURE_STILLNESS) {
        span(row, g->start, g->end, row->y + 4, 6, "still-span", kt_gesture_name(g->kind));
      } else if (shows(row, g->start, g->end) && !outdone(row, i)) {
        glyph(row, g->start, g->end, SIGNS[g->kind], g->strength, kt_gesture_name(g->kind),
              &free_from);
      }
    }
    row->y += 18;
  }
  if (film->camera.count) {
    lane(row, "camera", row->y + 11);
    free_from = 0;
    for (size_t i = 0; i < film->camera.count; ++i) {
      const KtCameraMove *m = &film->camera.items[i];
      const char *sign = m->kind == KT_CAMERA_ZOOM       ? (m->amount > 0 ? "⊕" : "⊖")
                         : m->kind == KT_CAMERA_HANDHELD ? "≈"
                         : fabsf(m->direction) < 45      ? "⇒"
                         : fabsf(m->direction) > 135     ? "⇐"
                         : m->direction > 0              ? "⇑"
                                                         : "⇓";
      if (shows(row, m->start, m->end)) {
        glyph(row, m->start, m->end, sign, m->strength, kt_camera_name(m->kind), &free_from);
      }
    }
    row->y += 18;
  }
}

/// A pin a moment: its height is its strength.
static void moments(Row *row) {
  const KtFilm *film = row->film;
  if (!film->moments.count) {
    return;
  }
  lane(row, "moments", row->y + 15);
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *m = &film->moments.items[i];
    double x = x_of(row, m->at), foot = row->y + 22, top = foot - 5 - 14 * (double)m->strength;
    if (!shows(row, m->at, m->at + 1)) {
      continue;
    }
    fprintf(row->out, "<g class=\"m-%s\">", kt_moment_name(m->kind));
    tip(row, m->at, m->at, kt_moment_name(m->kind));
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

/// Colours as editing programs call them; any other is the ink's.
static const char *colour_of(const KtMarker *marker) {
  static const char *const KNOWN[] = {"red",  "orange", "yellow", "green",   "cyan",
                                      "blue", "purple", "pink",   "magenta", "teal",
                                      "navy", "olive",  "brown",  "violet",  "fuchsia"};
  for (size_t i = 0; i < sizeof(KNOWN) / sizeof(*KNOWN); ++i) {
    if (!strcmp(marker->colour, KNOWN[i])) {
      return KNOWN[i];
    }
  }
  return "var(--ink)";
}

static void markers(Row *row) {
  const KtFilm *film = row->film;
  if (!film->markers.count) {
    return;
  }
  lane(row, "markers", row->y + 12);
  double free_from = 0;
  for (size_t i = 0; i < film->markers.count; ++i) {
    const KtMarker *m = &film->markers.items[i];
    const char *colour = colour_of(m);
    if (!shows(row, m->at, m->at + 1)) {
      continue;
    }
    double x = x_of(row, m->at), next = WIDTH;
    if (i + 1 < film->markers.count &&
        shows(row, film->markers.items[i + 1].at, film->markers.items[i + 1].at + 1)) {
      next = x_of(row, film->markers.items[i + 1].at);
    }
    fprintf(row->out, "<g class=\"flag\" style=\"stroke:%s;fill:%s\">", colour, colour);
    tip(row, m->at, m->at + m->duration, *m->name ? m->name : m->note);
    fprintf(
        row->out,
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><path d=\"M%.1f %.1fl6 3l-6 3z\"/>",
        x, x, row->y, row->y + 17, x, row->y);
    if (m->duration) {
      fprintf(row->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"2\"/>", x, row->y + 15,
              x_of(row, m->at + m->duration) - x);
    }
    if (x + 9 >= free_from) {
      fprintf(row->out, "<text x=\"%.1f\" y=\"%.1f\">", x + 9, row->y + 10);
      fitted(row, m->name, next - x - 12, 5.6);
      fputs("</text>", row->out);
      free_from = next;
    }
    fputs("</g>\n", row->out);
  }
  row->y += 22;
}

static void titles(Row *row) {
  const KtFilm *film = row->film;
  if (!film->titles.count) {
    return;
  }
  lane(row, "titles", row->y + 9);
  for (size_t i = 0; i < film->titles.count; ++i) {
    const KtSpan *s = &film->titles.items[i];
    if (shows(row, s->start, s->end)) {
      span(row, s->start, s->end, row->y + 1, 9, "title-span", "lettering");
    }
  }
  row->y += 15;
}

static void words(Row *row) {
  const KtFilm *film = row->film;
  if (film->music.count) {
    lane(row, "own music", row->y + 9);
    for (size_t i = 0; i < film->music.count; ++i) {
      const KtSpan *s = &film->music.items[i];
      if (shows(row, s->start, s->end)) {
        span(row, s->start, s->end, row->y + 1, 9, "source-span", "music in the film's own sound");
      }
    }
    row->y += 15;
  }
  if (film->speech.count) {
    lane(row, "speech", row->y + 9);
    for (size_t i = 0; i < film->speech.count; ++i) {
      const KtSpan *s = &film->speech.items[i];
      if (shows(row, s->start, s->end)) {
        span(row, s->start, s->end, row->y + 1, 9, "speech", "speech");
      }
    }
    row->y += 15;
  }
  if (film->captions.count) {
    lane(row, "captions", row->y + 11);
    for (size_t i = 0; i < film->captions.count; ++i) {
      const KtCaption *c = &film->captions.items[i];
      double x = x_of(row, c->start), width = x_of(row, c->end) - x;
      if (!shows(row, c->start, c->end)) {
        continue;
      }
      fprintf(row->out,
              "<g><rect class=\"scene\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"15\"/>", x,
              row->y, fmax(.8, width));
      tip(row, c->start, c->end,
          *c->speaker ? kt_arena_format(row->p->page.arena, "%s: %s", c->speaker, c->text)
                      : c->text);
      fprintf(row->out, "<text class=\"said\" x=\"%.1f\" y=\"%.1f\">", x + 2, row->y + 11);
      fitted(row, c->text, width - 3, 5.1);
      fputs("</text></g>\n", row->out);
    }
    row->y += 20;
  }
}

static double level_y(double y, double lufs) {
  double at = (lufs + 60) / 60;
  return y + 56 - 54 * (at < 0 ? 0 : at > 1 ? 1 : at);
}

static void loudness(Row *row) {
  const KtFilm *film = row->film;
  size_t count = film->loudness.count, from = (size_t)(row->from_s * 10),
         to = (size_t)(row->to_s * 10);
  if (!count || !isfinite(film->integrated_lufs)) {
    return;
  }
  lane(row, "loudness", row->y + 10);
  for (int lufs = -60; lufs <= -20; lufs += 20) {
    double y = level_y(row->y, lufs);
    fprintf(row->out,
            "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text "
            "class=\"tick\" x=\"%d\" y=\"%.1f\" "
            "text-anchor=\"end\">%d</text>\n",
            LEFT, LEFT + PLOT, y, y, LEFT - 4, y + 3, lufs);
  }
  size_t step = (to - from) / COLUMNS + 1;
  double x = LEFT;
  fprintf(row->out, "<path class=\"film\" d=\"M%d %.1f", LEFT, row->y + 56);
  for (size_t i = from; i < count && i <= to; i += step) {
    float loudest = -HUGE_VALF;
    for (size_t k = i; k < count && k < i + step; ++k) {
      loudest = fmaxf(loudest, film->loudness.items[k].momentary_lufs);
    }
    x = x_at(row, (double)i / 10);
    fprintf(row->out, "L%.1f %.1f", x, level_y(row->y, (double)loudest));
  }
  fprintf(row->out, "L%.1f %.1fZ\"><title>the film's sound, momentary LUFS</title></path>\n", x,
          row->y + 56);
  row->y += 64;
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
static double draw(Row *row, double bottom) {
  axis(row, bottom);
  scenes(row);
  shots(row);
  markers(row);
  titles(row);
  motion(row);
  gestures(row);
  moments(row);
  words(row);
  loudness(row);
  return row->y;
}

static double measure(Row row) {
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
    Row row = {p, film, p->page.out, length * i / rows, length * (i + 1) / rows, 0};
    double height = measure(row);
    fprintf(p->page.out,
            "<div class=\"row\"><svg viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"Time "
            "line%s: %zu shots, movement, sudden "
            "moments, words and loudness. The table of shots below holds the cuts.\">\n",
            WIDTH, height,
            rows > 1 ? kt_arena_format(p->page.arena, ", part %d of %d", i + 1, rows) : "",
            film->shots.count);
    draw(&row, height - 4);
    fputs("</svg></div>\n", p->page.out);
  }
  legend(p);
  fputs("</div></section>\n", p->page.out);
}
