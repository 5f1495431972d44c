// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// film.html: what was seen and heard in a film, on one page, nothing loaded from elsewhere.
#include "deliver/film_page.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char kt_film_page_style[] =
    ".cards{grid-template-columns:repeat(auto-fit,minmax(10.4rem,1fr))}"
    ".sheet h3{font-size:1.02rem;margin:1.3rem 0 .5rem;color:var(--soft);font-weight:600}"
    ".sheet h3 b{color:var(--ink)}.sheet "
    "ol{list-style:none;display:grid;margin:0;padding:0;gap:.9rem .8rem;"
    "grid-template-columns:repeat(auto-fill,minmax(11.2rem,1fr))}"
    ".sheet figure{margin:0;break-inside:avoid}.sheet li{break-inside:avoid}"
    ".sheet "
    ".frame{position:relative;background:#000;border-radius:4px;overflow:hidden;display:flex;"
    "align-items:center;justify-content:center}"
    ".sheet img{width:100%;height:auto;display:block}"
    ".sheet .none{color:#888;font-size:.8rem;padding:1.6rem 0}"
    ".sheet .chips{display:flex;height:7px;border-radius:0 0 4px "
    "4px;overflow:hidden;margin-top:2px}"
    ".sheet .chips i{display:block;height:7px}"
    ".sheet figcaption{font-size:.78rem;line-height:1.35;margin-top:.25rem;color:var(--soft)}"
    ".sheet figcaption b{color:var(--ink);font-weight:600}"
    ".sheet .name{display:block;color:var(--ink);overflow-wrap:anywhere}"
    ".in{display:inline-block;border:1px solid var(--line);border-radius:9px;padding:0 "
    ".45em;font-size:.92em}"
    "tbody a{color:inherit;text-decoration-color:var(--soft)}"
    ".row+.row{border-top:1px solid var(--line);margin-top:.5rem;padding-top:.5rem}"
    "svg .move{fill:var(--f1);opacity:.5}svg .pace{fill:none;stroke:var(--f4);stroke-width:1.5}"
    "svg .band0{fill:var(--grid)}svg .band1{fill:var(--line)}svg "
    ".said{font-size:9.5px;fill:var(--soft)}"
    "svg .title-span{fill:var(--f4);opacity:.75}svg .source-span{fill:var(--music);opacity:.75}"
    "svg .glyph{font-size:12px;fill:var(--ink)}svg .still-span{fill:var(--f5);opacity:.55}"
    "svg .mixed{fill:var(--paper);opacity:.82;stroke:var(--ink);stroke-width:.4}"
    "svg .flag{stroke-width:1.3}svg .flag text{font-size:10px;stroke:none}"
    "svg .m-burst{fill:var(--f1);stroke:var(--f1)}svg .m-stop{fill:var(--f4);stroke:var(--f4)}"
    "svg .m-flash{fill:var(--f2);stroke:var(--f2)}svg .m-impact{fill:var(--f0);stroke:var(--f0)}"
    "svg .m-transient{fill:var(--soft);stroke:var(--soft)}"
    "@media print{@page{size:A4 landscape;margin:10mm}html{background:#fff}.sheet "
    "ol{grid-template-columns:repeat(7,1fr)}"
    ".cards{grid-template-columns:repeat(7,1fr);gap:.4rem;margin-top:.8rem}.card{padding:.4rem "
    ".6rem}.card dd{font-size:1.25rem}"
    "body{font-size:12px}h1{font-size:1.7rem}h2{margin-top:1.2rem}.timeline{border:0;padding:0}"
    ".timeline svg{min-width:0}.sheet .frame,.sheet "
    ".chips{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}thead{display:table-header-"
    "group}"
    "tr{break-inside:avoid}h2,h3{break-after:avoid}.row{break-inside:avoid}}";

const char *kt_film_shot_name(const KtFilm *film, const KtShot *shot) {
  bool listed = shot->listed > 0 && (size_t)shot->listed <= film->edit.count;
  const KtEditEvent *event = listed ? &film->edit.items[shot->listed - 1] : NULL;
  return event ? (*event->name ? event->name : event->reel) : "";
}

const char *kt_film_transition_words(KtTransition transition) {
  static const char *const WORDS[] = {
      "start", "cut", "dissolve", "through black", "through white", "through a colour", "wipe"};
  return WORDS[transition];
}

void kt_film_page_text(const KtFilmPage *p, const char *words) {
  kt_page_text(&p->page, words);
}

void kt_film_page_timecode(const KtFilmPage *p, KtFilmTime time) {
  char at[KT_TIMECODE_SIZE];
  kt_timecode_print(&p->film->timecode, time, at);
  fputs(at, p->page.out);
}

static void head(const KtFilmPage *p) {
  FILE *out = p->page.out;
  const KtFilm *film = p->film;
  char clock[24];
  fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Film: ",
        out);
  kt_film_page_text(p, film->title);
  fprintf(out,
          "</title>\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<style>%s%s</style>\n</head>\n<body>\n<header>\n<p class=\"kicker\">The film as it is "
          "seen and heard</p>\n<h1>",
          kt_report_style, kt_film_page_style);
  kt_film_page_text(p, film->title);
  kt_clock(kt_seconds(film->duration), clock);
  fprintf(out,
          "</h1>\n<ul class=\"facts\"><li>%s long</li><li>%.5g frames a second%s</li><li>from ",
          clock, kt_rate_fps(film->rate),
          film->timecode.drop   ? ", drop-frame"
          : film->variable_rate ? ", variable"
                                : "");
  kt_film_page_timecode(p, 0);
  fprintf(out, "</li><li>%d × %d</li>", film->width, film->height);
  if (film->audio_stream >= 0 || film->audio_channels) {
    fprintf(out, "<li>sound, %d channel%s</li>", film->audio_channels,
            film->audio_channels == 1 ? "" : "s");
  } else {
    fputs("<li>no sound</li>", out);
  }
  if (film->edit_name) {
    fputs("<li>cut by ", out);
    kt_film_page_text(p, film->edit_name);
    fputs("</li>", out);
  }
  fputs("</ul>\n</header>\n<main>\n", out);
}

static void card(const KtFilmPage *p, const char *label, const char *value, const char *note) {
  fprintf(p->page.out, "<div class=\"card\"><dt>%s</dt><dd>%s</dd><p>%s</p></div>\n", label, value,
          note);
}

static int by_size(const void *a, const void *b) {
  KtFilmTime x = *(const KtFilmTime *)a, y = *(const KtFilmTime *)b;
  return (x > y) - (x < y);
}

static double median_shot_s(const KtFilmPage *p) {
  size_t count = p->film->shots.count;
  KtFilmTime *lengths = KT_NEW(p->page.arena, KtFilmTime, count + 1);
  for (size_t i = 0; lengths && i < count; ++i) {
    lengths[i] = p->film->shots.items[i].end - p->film->shots.items[i].start;
  }
  if (!lengths || !count) {
    return 0;
  }
  qsort(lengths, count, sizeof(*lengths), by_size);
  return kt_seconds(lengths[count / 2]);
}

static double covered(const KtSpan *spans, size_t count, KtFilmTime whole) {
  KtFilmTime sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += spans[i].end - spans[i].start;
  }
  return whole > 0 ? 100 * kt_seconds(sum) / kt_seconds(whole) : 0;
}

static void shot_card(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  char value[64], note[96];
  size_t gradual = 0, scenes = film->shots.count
                                   ? (size_t)film->shots.items[film->shots.count - 1].scene + 1
                                   : 0;
  for (size_t i = 0; i < film->shots.count; ++i) {
    gradual += film->shots.items[i].transition > KT_TRANSITION_CUT;
  }
  snprintf(value, sizeof(value), "%zu", film->shots.count);
  snprintf(note, sizeof(note), "in %zu scene%s; %zu come%s in gradually", scenes,
           scenes == 1 ? "" : "s", gradual, gradual == 1 ? "s" : "");
  card(p, film->shots.count == 1 ? "Shot" : "Shots", value, note);
  double minutes = kt_seconds(film->duration) / 60;
  snprintf(value, sizeof(value), "%.1f <small>s</small>", median_shot_s(p));
  snprintf(note, sizeof(note), "half the shots are shorter; %.1f cuts a minute",
           minutes > 0 && film->shots.count ? (double)(film->shots.count - 1) / minutes : 0);
  card(p, "A shot lasts", value, note);
}

static void sound_cards(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  char value[64], note[96];
  bool heard = film->loudness.count && isfinite(film->integrated_lufs);
  if (film->speech.count || heard) {
    snprintf(value, sizeof(value), "%.0f <small>%%</small>",
             covered(film->speech.items, film->speech.count, film->duration));
    snprintf(note, sizeof(note), "of the film, in %zu stretches", film->speech.count);
    card(p, "Speech", value, note);
  }
  if (!heard) {
    card(p, "Sound", "none", "nothing is heard in the film itself");
    return;
  }
  snprintf(value, sizeof(value), "%.0f <small>%%</small>", (double)film->music_share * 100);
  card(p, "Music in its own sound", value,
       film->music_share > 0.4F ? "enough to be temp music" : "of the film");
  snprintf(value, sizeof(value), "%.1f <small>LUFS</small>", film->integrated_lufs);
  if (isfinite(film->dialogue_lufs)) {
    snprintf(note, sizeof(note), "dialogue %.1f; true peak %.1f dBTP", film->dialogue_lufs,
             film->true_peak_dbtp);
  } else {
    snprintf(note, sizeof(note), "true peak %.1f dBTP", film->true_peak_dbtp);
  }
  card(p, "Loudness", value, note);
}

static void cards(const KtFilmPage *p) {
  const KtFilm *film = p->film;
  char value[64], note[96];
  fputs("<section aria-label=\"At a glance\"><dl class=\"cards\">\n", p->page.out);
  shot_card(p);
  sound_cards(p);
  size_t accents = 0;
  for (size_t i = 0; i < film->moments.count; ++i) {
    accents += film->moments.items[i].kind != KT_MOMENT_TRANSIENT;
  }
  snprintf(value, sizeof(value), "%zu", film->moments.count);
  snprintf(note, sizeof(note), "%zu in the picture, %zu in the sound", accents,
           film->moments.count - accents);
  card(p, "Sudden moments", value, note);
  if (film->markers.count) {
    snprintf(value, sizeof(value), "%zu", film->markers.count);
    card(p, film->markers.count == 1 ? "Marker" : "Markers", value, "set by the editor");
  }
  fputs("</dl></section>\n", p->page.out);
}

static void warnings(const KtFilmPage *p) {
  if (!p->film->warnings.count) {
    return;
  }
  fputs("<section class=\"warnings\"><h2>To know</h2><ul>\n", p->page.out);
  for (size_t i = 0; i < p->film->warnings.count; ++i) {
    fputs("<li>", p->page.out);
    kt_film_page_text(p, p->film->warnings.items[i]);
    fputs("</li>\n", p->page.out);
  }
  fputs("</ul></section>\n", p->page.out);
}

static void foot(const KtFilmPage *p, const char *program) {
  FILE *out = p->page.out;
  fputs("</main>\n<footer><p>", out);
  kt_film_page_text(p, program);
  fputs(" · ", out);
  kt_film_page_text(p, kt_path_name(p->film->path));
  if (p->film->speech.count) {
    fputs(" · speech by ", out);
    kt_film_page_text(p, p->film->speech_method);
  }
  fputs("</p></footer>\n</body>\n</html>\n", out);
}

KtStatus kt_deliver_film_page(const KtContext *ctx, const KtFilm *film, const char *program,
                              const char *path, KtError *err) {
  KtArena *arena = kt_arena_new();
  KtDelivery delivery = {.ctx = ctx, .film = film};
  KtFilmPage page = {.page = {.delivery = &delivery, .scored = "", .arena = arena}, .film = film};
  KtAtomicFile file = {0};
  KtStatus status = arena ? kt_film_stills_take(&page, ctx, err)
                          : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (!status) {
    status = kt_atomic_open(&file, path, err);
  }
  if (!status) {
    page.page.out = file.stream;
    head(&page);
    cards(&page);
    warnings(&page);
    kt_film_page_lanes(&page);
    kt_film_page_sheet(&page);
    kt_film_page_table(&page);
    foot(&page, program);
    status = kt_atomic_commit(&file, err);
  }
  kt_film_stills_clear(&page);
  kt_arena_free(arena);
  return status;
}
