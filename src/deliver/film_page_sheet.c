// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/film_page.h"

#include <math.h>
#include <string.h>

static double length_s(const KtShot *shot) {
  return kt_seconds(shot->end - shot->start);
}

static const char *light_words(const KtShot *shot) {
  return shot->brightness < 0.2F ? "dark" : shot->brightness > 0.6F ? "bright" : "";
}

static const char *motion_words(const KtShot *shot) {
  return shot->motion < 0.04F ? "still" : shot->motion > 0.3F ? "lively" : "";
}

/// For those who do not see the picture: what is known of it.
static void alt(const KtFilmPage *p, size_t index) {
  const KtShot *shot = &p->film->shots.items[index];
  const char *light = light_words(shot), *motion = motion_words(shot),
             *name = kt_film_shot_name(p->film, shot);
  fprintf(p->page.out, "Shot %zu", index + 1);
  if (*name) {
    fputs(", ", p->page.out);
    kt_film_page_text(p, name);
  }
  fprintf(p->page.out, ", %.1f seconds%s%s%s%s", length_s(shot), *light ? ", " : "", light,
          *motion ? ", " : "", motion);
}

static void chips(const KtFilmPage *p, const KtShot *shot) {
  double sum = 0;
  for (int c = 0; c < 3; ++c) {
    sum += (double)shot->palette_share[c];
  }
  fputs("<div class=\"chips\" aria-hidden=\"true\">", p->page.out);
  for (int c = 0; c < 3 && sum > 0; ++c) {
    fprintf(p->page.out, "<i style=\"width:%.1f%%;background:#%02x%02x%02x\"></i>",
            100 * (double)shot->palette_share[c] / sum, shot->palette[c][0], shot->palette[c][1],
            shot->palette[c][2]);
  }
  fputs("</div>", p->page.out);
}

static void figure(const KtFilmPage *p, size_t index) {
  FILE *out = p->page.out;
  const KtShot *shot = &p->film->shots.items[index];
  const KtFilmStill *still = &p->stills[index];
  const char *name = kt_film_shot_name(p->film, shot);
  fprintf(out, "<li id=\"shot-%zu\"><figure><div class=\"frame\">", index + 1);
  if (still->size) {
    fprintf(out, "<img width=\"%d\" height=\"%d\" alt=\"", still->width, still->height);
    alt(p, index);
    fputs("\"", out);
    kt_film_still_put(p, index, "src");
    fputs(">", out);
  } else {
    fputs("<span class=\"none\">no picture</span>", out);
  }
  fputs("</div>", out);
  chips(p, shot);
  fprintf(out, "<figcaption><b>%zu</b> <span class=\"tc\">", index + 1);
  kt_film_page_timecode(p, shot->start);
  fprintf(out, "</span> · %.1f\u00a0s", length_s(shot));
  if (shot->transition > KT_TRANSITION_CUT) {
    fprintf(out, " <span class=\"in\">%s</span>", kt_film_transition_words(shot->transition));
  }
  if (*name) {
    fputs("<span class=\"name\">", out);
    kt_film_page_text(p, name);
    fputs("</span>", out);
  }
  fputs("</figcaption></figure></li>\n", out);
}

static void scene_head(const KtFilmPage *p, size_t first) {
  const KtFilm *film = p->film;
  size_t last = first;
  char clock[24];
  while (last + 1 < film->shots.count &&
         film->shots.items[last + 1].scene == film->shots.items[first].scene) {
    ++last;
  }
  kt_clock(kt_seconds(film->shots.items[last].end - film->shots.items[first].start), clock);
  fprintf(p->page.out, "<h3><b>Scene %d</b> · <span class=\"tc\">",
          film->shots.items[first].scene + 1);
  kt_film_page_timecode(p, film->shots.items[first].start);
  fprintf(p->page.out, "</span> · %s · %zu shot%s</h3>\n<ol>\n", clock, last - first + 1,
          last == first ? "" : "s");
}

void kt_film_page_sheet(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  fputs("<section class=\"sheet\"><h2>Every shot <small>scenes as the picture groups "
        "them</small></h2>\n",
        p->page.out);
  for (size_t i = 0; i < film->shots.count; ++i) {
    bool first = !i || film->shots.items[i].scene != film->shots.items[i - 1].scene;
    if (first) {
      fputs(i ? "</ol>\n" : "", p->page.out);
      scene_head(p, i);
    }
    figure(p, i);
  }
  fputs(film->shots.count ? "</ol></section>\n" : "</section>\n", p->page.out);
}

static void shot_row(const KtFilmPage *p, size_t index) {
  FILE *out = p->page.out;
  const KtFilm *film = p->film;
  const KtShot *shot = &film->shots.items[index];
  int mixed = shot->transition_end_frame - shot->transition_start_frame + 1;
  fprintf(out,
          "<tr><th scope=\"row\" class=\"n\"><a href=\"#shot-%zu\">%zu</a></th><td "
          "class=\"n\">%d</td><td class=\"tc\">",
          index + 1, index + 1, shot->scene + 1);
  kt_film_page_timecode(p, shot->start);
  fputs("</td><td class=\"tc\">", out);
  kt_film_page_timecode(p, shot->end);
  fprintf(out, "</td><td class=\"n\">%.2f</td><td>%s", length_s(shot),
          kt_film_transition_words(shot->transition));
  if (shot->transition > KT_TRANSITION_CUT && mixed > 1) {
    fprintf(out, ", %d frames", mixed);
  }
  fprintf(out, "</td><td class=\"n\">%.2f</td><td>", (double)shot->confidence);
  if (film->edit.count) {
    fputs(shot->listed ? "edit list" : "picture", out);
    fputs("</td><td>", out);
    kt_film_page_text(p, kt_film_shot_name(film, shot));
    fputs("</td><td>", out);
  }
  for (int c = 0; c < 3; ++c) {
    fprintf(out, "<span class=\"swatch\" style=\"background:#%02x%02x%02x\"></span>",
            shot->palette[c][0], shot->palette[c][1], shot->palette[c][2]);
  }
  fprintf(out, "</td><td class=\"n\">%.0f</td><td class=\"n\">%.0f</td></tr>\n",
          (double)shot->brightness * 100, (double)shot->motion * 100);
}

static void shot_table(const KtFilmPage *p) {
  fputs("<section><h2>The shots as a table</h2>\n<div class=\"scroll\"><table><thead><tr><th "
        "class=\"n\">Shot</th><th class=\"n\">Scene</th>"
        "<th>In</th><th>Out</th><th class=\"n\">Seconds</th><th>Comes in by</th><th "
        "class=\"n\">Sure</th>",
        p->page.out);
  fputs(p->film->edit.count ? "<th>Known from</th><th>Clip</th>" : "", p->page.out);
  fputs("<th>Colours</th><th class=\"n\">Light, %</th><th class=\"n\">Motion, "
        "%</th></tr></thead><tbody>\n",
        p->page.out);
  for (size_t i = 0; i < p->film->shots.count; ++i) {
    shot_row(p, i);
  }
  fputs("</tbody></table></div></section>\n", p->page.out);
}

static void marker_table(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  FILE *out = p->page.out;
  if (!film->markers.count) {
    return;
  }
  fputs("<section><h2>The editor’s markers</h2>\n<div "
        "class=\"scroll\"><table><thead><tr><th>At</th><th>Name</th><th>Note</th>"
        "<th>Colour</th><th class=\"n\">Seconds</th></tr></thead><tbody>\n",
        out);
  for (size_t i = 0; i < film->markers.count; ++i) {
    const KtMarker *marker = &film->markers.items[i];
    fputs("<tr><td class=\"tc\">", out);
    kt_film_page_timecode(p, marker->at);
    fputs("</td><th scope=\"row\">", out);
    kt_film_page_text(p, marker->name);
    fputs("</th><td>", out);
    kt_film_page_text(p, marker->note);
    fputs("</td><td>", out);
    kt_film_page_text(p, marker->colour);
    fputs("</td><td class=\"n\">", out);
    if (marker->duration) {
      fprintf(out, "%.2f", kt_seconds(marker->duration));
    }
    fputs("</td></tr>\n", out);
  }
  fputs("</tbody></table></div></section>\n", out);
}

static void moment_table(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  FILE *out = p->page.out;
  if (!film->moments.count) {
    return;
  }
  fprintf(out,
          "<section><details><summary><h2>Sudden moments <small>%zu</small></h2></summary>\n<div "
          "class=\"scroll\"><table><thead><tr>"
          "<th>At</th><th>What</th><th class=\"n\">Strength</th><th "
          "class=\"n\">Shot</th></tr></thead><tbody>\n",
          film->moments.count);
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    fputs("<tr><td class=\"tc\">", out);
    kt_film_page_timecode(p, moment->at);
    fprintf(out, "</td><td>%s</td><td class=\"n\">%.2f</td><td class=\"n\">%d</td></tr>\n",
            kt_moment_name(moment->kind), (double)moment->strength,
            kt_film_shot_at(film, moment->at) + 1);
  }
  fputs("</tbody></table></div></details></section>\n", out);
}

void kt_film_page_table(const KtFilmPage *p) {
  marker_table(p);
  shot_table(p);
  moment_table(p);
}
