// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/film_page_row.h"

#include <math.h>
#include <string.h>

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

void kt_row_markers(KtFilmRow *row) {
  const KtFilm *film = row->film;
  if (!film->markers.count) {
    return;
  }
  kt_row_lane(row, "markers", row->y + 12);
  double free_from = 0;
  for (size_t i = 0; i < film->markers.count; ++i) {
    const KtMarker *m = &film->markers.items[i];
    const char *colour = colour_of(m);
    if (!kt_row_shows(row, m->at, m->at + 1)) {
      continue;
    }
    double x = kt_row_x_of(row, m->at), next = KT_ROW_WIDTH;
    if (i + 1 < film->markers.count &&
        kt_row_shows(row, film->markers.items[i + 1].at, film->markers.items[i + 1].at + 1)) {
      next = kt_row_x_of(row, film->markers.items[i + 1].at);
    }
    fprintf(row->out, "<g class=\"flag\" style=\"stroke:%s;fill:%s\">", colour, colour);
    kt_row_tip(row, m->at, m->at + m->duration, *m->name ? m->name : m->note);
    fprintf(
        row->out,
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><path d=\"M%.1f %.1fl6 3l-6 3z\"/>",
        x, x, row->y, row->y + 17, x, row->y);
    if (m->duration) {
      fprintf(row->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"2\"/>", x, row->y + 15,
              kt_row_x_of(row, m->at + m->duration) - x);
    }
    if (x + 9 >= free_from) {
      fprintf(row->out, "<text x=\"%.1f\" y=\"%.1f\">", x + 9, row->y + 10);
      kt_row_fitted(row, m->name, next - x - 12, 5.6);
      fputs("</text>", row->out);
      free_from = next;
    }
    fputs("</g>\n", row->out);
  }
  row->y += 22;
}

void kt_row_titles(KtFilmRow *row) {
  const KtFilm *film = row->film;
  if (!film->titles.count) {
    return;
  }
  kt_row_lane(row, "titles", row->y + 9);
  for (size_t i = 0; i < film->titles.count; ++i) {
    const KtSpan *s = &film->titles.items[i];
    if (kt_row_shows(row, s->start, s->end)) {
      kt_row_span(row, s->start, s->end, row->y + 1, 9, "title-span", "lettering");
    }
  }
  row->y += 15;
}

void kt_row_words(KtFilmRow *row) {
  const KtFilm *film = row->film;
  if (film->music.count) {
    kt_row_lane(row, "own music", row->y + 9);
    for (size_t i = 0; i < film->music.count; ++i) {
      const KtSpan *s = &film->music.items[i];
      if (kt_row_shows(row, s->start, s->end)) {
        kt_row_span(row, s->start, s->end, row->y + 1, 9, "source-span",
                    "music in the film's own sound");
      }
    }
    row->y += 15;
  }
  if (film->speech.count) {
    kt_row_lane(row, "speech", row->y + 9);
    for (size_t i = 0; i < film->speech.count; ++i) {
      const KtSpan *s = &film->speech.items[i];
      if (kt_row_shows(row, s->start, s->end)) {
        kt_row_span(row, s->start, s->end, row->y + 1, 9, "speech", "speech");
      }
    }
    row->y += 15;
  }
  if (film->captions.count) {
    kt_row_lane(row, "captions", row->y + 11);
    for (size_t i = 0; i < film->captions.count; ++i) {
      const KtCaption *c = &film->captions.items[i];
      double x = kt_row_x_of(row, c->start), width = kt_row_x_of(row, c->end) - x;
      if (!kt_row_shows(row, c->start, c->end)) {
        continue;
      }
      fprintf(row->out,
              "<g><rect class=\"scene\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"15\"/>", x,
              row->y, fmax(.8, width));
      kt_row_tip(row, c->start, c->end,
                 *c->speaker ? kt_arena_format(row->p->page.arena, "%s: %s", c->speaker, c->text)
                             : c->text);
      fprintf(row->out, "<text class=\"said\" x=\"%.1f\" y=\"%.1f\">", x + 2, row->y + 11);
      kt_row_fitted(row, c->text, width - 3, 5.1);
      fputs("</text></g>\n", row->out);
    }
    row->y += 20;
  }
}

static double level_y(double y, double lufs) {
  double at = (lufs + 60) / 60;
  return y + 56 - 54 * (at < 0 ? 0 : at > 1 ? 1 : at);
}

void kt_row_loudness(KtFilmRow *row) {
  const KtFilm *film = row->film;
  size_t count = film->loudness.count, from = (size_t)(row->from_s * 10),
         to = (size_t)(row->to_s * 10);
  if (!count || !isfinite(film->integrated_lufs)) {
    return;
  }
  kt_row_lane(row, "loudness", row->y + 10);
  for (int lufs = -60; lufs <= -20; lufs += 20) {
    double y = level_y(row->y, lufs);
    fprintf(row->out,
            "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text "
            "class=\"tick\" x=\"%d\" y=\"%.1f\" "
            "text-anchor=\"end\">%d</text>\n",
            KT_ROW_LEFT, KT_ROW_LEFT + KT_ROW_PLOT, y, y, KT_ROW_LEFT - 4, y + 3, lufs);
  }
  size_t step = (to - from) / KT_ROW_COLUMNS + 1;
  double x = KT_ROW_LEFT;
  fprintf(row->out, "<path class=\"film\" d=\"M%d %.1f", KT_ROW_LEFT, row->y + 56);
  for (size_t i = from; i < count && i <= to; i += step) {
    float loudest = -HUGE_VALF;
    for (size_t k = i; k < count && k < i + step; ++k) {
      loudest = fmaxf(loudest, film->loudness.items[k].momentary_lufs);
    }
    x = kt_row_x_at(row, (double)i / 10);
    fprintf(row->out, "L%.1f %.1f", x, level_y(row->y, (double)loudest));
  }
  fprintf(row->out, "L%.1f %.1fZ\"><title>the film's sound, momentary LUFS</title></path>\n", x,
          row->y + 56);
  row->y += 64;
}
