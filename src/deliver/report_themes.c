// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The themes: what they look like, whose they are, what becomes of them.
#include "deliver/report_page.h"

#include <string.h>

enum { WIDTH = 420, HEIGHT = 110, LEFT = 30, TOP = 8, BOTTOM = 12 };

static void compass(const KtTheme *theme, int *low, int *high) {
  *low = 127;
  *high = 0;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    int pitch = kt_theme_pitch(theme, &theme->notes.items[i]);
    *low = pitch < *low ? pitch : *low;
    *high = pitch > *high ? pitch : *high;
  }
}

static void pitch_name(const KtReportPage *page, const KtTheme *theme, int midi, double y) {
  char name[4];
  KtSpelling spelling = kt_key_spell(theme->key, midi);
  kt_spelling_name(spelling, name);
  fprintf(page->out, "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s%d</text>", LEFT - 5, y + 3, name,
          kt_spelling_octave(spelling, midi));
}

/// The line as bars of sound, higher is higher; the head motif in colour.
static void contour(const KtReportPage *page, const KtTheme *theme) {
  int low, high;
  compass(theme, &low, &high);
  if (!theme->notes.count || theme->ticks <= 0) {
    return;
  }
  double span = high > low ? high - low : 1;
  double per_tick = (double)(WIDTH - LEFT - 4) / (double)theme->ticks;
  KtTick bar = (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
  fprintf(page->out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Contour of the theme, %zu notes\">", WIDTH, HEIGHT,
          theme->notes.count);
  for (KtTick at = 0; at <= theme->ticks; at += bar) {
    double x = LEFT + per_tick * (double)at;
    fprintf(page->out, "<line class=\"rule\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>", x, x, HEIGHT);
  }
  pitch_name(page, theme, high, TOP);
  if (high > low) {
    pitch_name(page, theme, low, HEIGHT - BOTTOM);
  }
  for (size_t i = 0; i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    int pitch = kt_theme_pitch(theme, note);
    double y = TOP + (HEIGHT - TOP - BOTTOM) * (high - pitch) / span;
    char name[4];
    KtSpelling spelling = kt_key_spell(theme->key, pitch);
    kt_spelling_name(spelling, name);
    fprintf(page->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"5\" rx=\"2\"><title>%s%d</title></rect>",
            (int)i < theme->head ? "headnote" : "note", LEFT + per_tick * (double)note->start + .7, y - 2.5,
            per_tick * (double)note->duration - 1.4 > 1.5 ? per_tick * (double)note->duration - 1.4 : 1.5, name,
            kt_spelling_octave(spelling, pitch));
  }
  fputs("</svg>\n", page->out);
}

static size_t count_statements(const KtReportPage *page, int theme, size_t *plain, size_t *cues) {
  size_t count = 0;
  *plain = *cues = 0;
  for (size_t c = 0; c < page->delivery->spotting->cues.count; ++c) {
    const KtScore *score = kt_delivery_score(page->delivery, c);
    size_t before = count;
    for (size_t i = 0; score && i < score->statements.count; ++i) {
      if (score->statements.items[i].theme == theme) {
        ++count;
        *plain += score->statements.items[i].transform == KT_TRANSFORM_PLAIN;
      }
    }
    *cues += count > before;
  }
  return count;
}

/// Where it is heard and how: one line a statement, the first two dozen.
static void story_of(const KtReportPage *page, int theme) {
  const KtSpotting *spotting = page->delivery->spotting;
  size_t shown = 0;
  fputs("<ol>", page->out);
  for (size_t c = 0; c < spotting->cues.count; ++c) {
    const KtScore *score = kt_delivery_score(page->delivery, c);
    for (size_t i = 0; score && i < score->statements.count; ++i) {
      const KtStatement *said = &score->statements.items[i];
      if (said->theme != theme || ++shown > 24) {
        continue;
      }
      char text[KT_TIMECODE_SIZE];
      kt_timecode_print(&page->delivery->film->timecode,
                        spotting->cues.items[c].in + kt_tempo_time(&score->tempo, said->start), text);
      const KtPart *part = said->part >= 0 && (size_t)said->part < score->parts.count
                               ? &score->parts.items[said->part] : NULL;
      fprintf(page->out, "<li>%s %s, %s", spotting->cues.items[c].name, text, kt_transform_name(said->transform));
      if (part && part->name) {
        fputs(", ", page->out);
        kt_page_text(page, part->name);
      }
      fputs(said->recognisable ? "</li>" : " (hidden)</li>", page->out);
    }
  }
  fputs("</ol>\n", page->out);
  if (shown > 24) {
    fprintf(page->out, "<p class=\"why\">and %zu more</p>\n", shown - 24);
  }
}

static const char *mode_name(KtMode mode) {
  static const char *const NAMES[] = {"locrian", "phrygian", "minor", "dorian", "mixolydian", "major", "lydian"};
  return NAMES[mode];
}

static void theme_card(const KtReportPage *page, size_t index) {
  const KtTheme *theme = &page->delivery->themes->items.items[index];
  size_t plain = 0, cues = 0, count = count_statements(page, (int)index, &plain, &cues);
  char tonic[4];
  kt_spelling_name(theme->key.tonic, tonic);
  fputs("<article class=\"theme\"><h3>", page->out);
  kt_page_text(page, kt_theme_subject_name(page->delivery, theme));
  fputs(" <small class=\"why\">", page->out);
  kt_page_text(page, theme->id);
  fprintf(page->out, "</small></h3>\n<p class=\"why\">%s %s, %d/%d, ♩ = %.0f", tonic, mode_name(theme->key.mode), theme->beats,
          theme->unit, theme->bpm);
  if (theme->rhythm_from && *theme->rhythm_from) {
    fputs("; its rhythm from ", page->out);
    kt_page_text(page, theme->rhythm_from);
  }
  fputs(theme->locked ? "; locked</p>\n" : "</p>\n", page->out);
  const KtThemeMarks *marks = &theme->marks;
  fprintf(page->out,
          "<p class=\"why\">Score %.2f: distinct %.2f, contour %.2f, singable %.2f, without harmony %.2f, fits its subject "
          "%.2f</p>\n",
          (double)theme->score, (double)marks->distinct, (double)marks->contour, (double)marks->singable,
          (double)marks->alone, (double)marks->fits);
  contour(page, theme);
  if (count) {
    fprintf(page->out, "<p>Stated %zu time%s in %zu cue%s, %zu of them plain.</p>\n", count, count == 1 ? "" : "s", cues,
            cues == 1 ? "" : "s", plain);
    story_of(page, (int)index);
  } else {
    fputs("<p>Not stated in this score.</p>\n", page->out);
  }
  fputs("<details><summary>as ABC</summary><pre>", page->out);
  kt_page_text(page, kt_theme_abc(page->delivery, index, page->arena));
  fputs("</pre></details></article>\n", page->out);
}

void kt_report_theme_cards(const KtReportPage *page) {
  const KtThemes *themes = page->delivery->themes;
  if (!themes || !themes->items.count) {
    return;
  }
  fputs("<section><h2>Themes</h2>\n<div class=\"themes\">\n", page->out);
  for (size_t i = 0; i < themes->items.count; ++i) {
    if (kt_delivery_sounds(page->delivery, i)) {
      theme_card(page, i);
    }
  }
  fputs("</div></section>\n", page->out);
}
