// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// report.html: one page, nothing loaded from elsewhere.
#include "deliver/report_page.h"

#include "base/xml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void kt_page_text(const KtReportPage *page, const char *text) {
  kt_text_put(page->out, text, KT_TEXT_XML);
}

void kt_clock(double seconds, char text[24]) {
  long whole = lround(seconds);
  if (whole >= 3600) {
    snprintf(text, 24, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    snprintf(text, 24, "%ld:%02ld", whole / 60, whole % 60);
  }
}

KtFeeling kt_feeling(const KtEmotion *emotion) {
  if (emotion->tension >= .5F) {
    return KT_FEELING_TENSE;
  }
  if (emotion->valence < -.05F) {
    return emotion->arousal >= .05F ? KT_FEELING_RESTLESS : KT_FEELING_SAD;
  }
  if (emotion->valence > .05F) {
    return emotion->arousal >= .05F ? KT_FEELING_BRIGHT : KT_FEELING_TENDER;
  }
  return emotion->arousal >= .15F ? KT_FEELING_RESTLESS : KT_FEELING_CALM;
}

const char *kt_feeling_name(KtFeeling feeling) {
  static const char *const NAMES[KT_FEELING_COUNT] = {"tense", "restless", "bright", "tender", "sad",
                                                      "even"};
  return NAMES[feeling];
}

bool kt_hit_within(const KtReportPage *page, size_t index) {
  const KtHit *hit = &page->delivery->spotting->hits.items[index];
  const KtHitResult *result = &page->results[index];
  double frame_ms = 1000 / kt_rate_fps(page->delivery->film->rate);
  double error = isfinite(result->heard_error_ms) ? result->heard_error_ms : result->notated_error_ms;
  double allowed = fmax((double)hit->tolerance_frames, 1) * frame_ms;
  return result->placed && isfinite(error) && fabs(error) <= allowed;
}

static void timecode(const KtReportPage *page, KtFilmTime time) {
  char text[KT_TIMECODE_SIZE];
  kt_timecode_print(&page->delivery->film->timecode, time, text);
  fputs(text, page->out);
}

static bool sound_dropped(const KtReportPage *page) {
  const KtMixOptions *options = page->delivery->mix_options;
  return options && options->film_sound && !strcmp(options->film_sound, "drop");
}

static void head(const KtReportPage *page) {
  FILE *out = page->out;
  const KtFilm *film = page->delivery->film;
  char clock[24];
  fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Score: ", out);
  kt_page_text(page, film->title);
  fprintf(out, "</title>\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
               "<style>%s</style>\n</head>\n<body>\n<header>\n<p class=\"kicker\">Score report</p>\n<h1>",
          kt_report_style);
  kt_page_text(page, film->title);
  kt_clock(kt_seconds(film->duration), clock);
  fprintf(out, "</h1>\n<ul class=\"facts\"><li>%s long</li><li>%.5g fps%s</li><li>from ", clock,
          kt_rate_fps(film->rate), film->timecode.drop ? " drop" : film->variable_rate ? " variable" : "");
  timecode(page, 0);
  fprintf(out, "</li><li>%d × %d</li>", film->width, film->height);
  if (film->audio_stream >= 0) {
    fprintf(out, "<li>own sound, %d ch%s</li>", film->audio_channels, sound_dropped(page) ? ", left out of the mix" : "");
  } else {
    fputs("<li>no sound of its own</li>", out);
  }
  if (page->delivery->palette && page->delivery->palette->name) {
    fputs("<li>palette: ", out);
    kt_page_text(page, page->delivery->palette->name);
    fputs("</li>", out);
  }
  if (page->delivery->brief && page->delivery->brief->composer) {
    fputs("<li>music: ", out);
    kt_page_text(page, page->delivery->brief->composer);
    fputs("</li>", out);
  }
  fputs("</ul>\n</header>\n<main>\n", out);
}

/// A figure with its unit and what to read it against.
static void card(const KtReportPage *page, const char *label, const char *value, const char *note,
                 const char *state) {
  fprintf(page->out, "<div class=\"card %s\"><dt>%s</dt><dd>%s</dd><p>", state, label, value);
  kt_page_text(page, note);
  fputs("</p></div>\n", page->out);
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void hit_cards(const KtReportPage *page) {
  const KtSpotting *spotting = page->delivery->spotting;
  char value[64], note[96];
  size_t met = 0, hard = 0, heard = 0;
  double *errors = KT_NEW(page->arena, double, spotting->hits.count + 1);
  for (size_t i = 0; i < spotting->hits.count; ++i) {
    met += kt_hit_within(page, i);
    hard += spotting->hits.items[i].kind == KT_HIT_HARD;
    if (errors && spotting->hits.items[i].kind == KT_HIT_HARD && isfinite(page->results[i].heard_error_ms)) {
      errors[heard++] = fabs(page->results[i].heard_error_ms);
    }
  }
  snprintf(value, sizeof(value), "%zu<small> of %zu</small>", met, spotting->hits.count);
  card(page, "Hits met", value, "within their tolerance, as heard where that could be measured",
       met * 10 >= spotting->hits.count * 9 ? "good" : "poor");
  if (errors && heard) {
    qsort(errors, heard, sizeof(*errors), compare_doubles);
    snprintf(value, sizeof(value), "%.0f<small> ms</small>", errors[heard / 2]);
    snprintf(note, sizeof(note), "median of %zu hard hits heard (of %zu); the worst %.0f ms", heard, hard,
             errors[heard - 1]);
    double half_frame_ms = 500 / kt_rate_fps(page->delivery->film->rate);
    card(page, "Heard off by", value, note, errors[heard / 2] <= half_frame_ms ? "good" : "poor");
  }
}

static void share_card(const KtReportPage *page) {
  const KtSpotting *spotting = page->delivery->spotting;
  char value[64], note[160];
  snprintf(value, sizeof(value), "%.0f<small> %%</small>", (double)spotting->share * 100);
  int used = snprintf(note, sizeof(note), "%zu cue%s", spotting->cues.count,
                      spotting->cues.count == 1 ? "" : "s");
  if (spotting->wanted_share > 0 && used > 0) {
    used += snprintf(note + used, sizeof(note) - (size_t)used, "; %.0f %% wished",
                     (double)spotting->wanted_share * 100);
  }
  if (spotting->bound_by && *spotting->bound_by && used > 0 && (size_t)used < sizeof(note)) {
    snprintf(note + used, sizeof(note) - (size_t)used, "; held by %s", spotting->bound_by);
  }
  card(page, "Film with music", value, note, "");
}

static void sound_cards(const KtReportPage *page) {
  const KtMix *mix = page->delivery->mix;
  const char *spec = page->delivery->mix_options ? page->delivery->mix_options->loudness : NULL;
  char value[64], note[120];
  if (!mix) {
    return;
  }
  if (isfinite(mix->speech_margin_lu)) {
    snprintf(value, sizeof(value), "%.1f<small> LU</small>", mix->speech_margin_lu);
    card(page, "Speech over music", value, "the least over any line; 10 is the aim",
         mix->speech_margin_lu >= 10 ? "good" : "poor");
  }
  if (isfinite(mix->integrated_lufs)) {
    snprintf(value, sizeof(value), "%.1f<small> LUFS</small>", mix->integrated_lufs);
    snprintf(note, sizeof(note), "the whole mix%s%s; range %.1f LU", spec ? ", spec " : "", spec ? spec : "",
             mix->loudness_range_lu);
    card(page, "Loudness", value, note, "");
  }
  if (isfinite(mix->true_peak_dbtp)) {
    snprintf(value, sizeof(value), "%.1f<small> dBTP</small>", mix->true_peak_dbtp);
    if (isfinite(mix->film_peak_dbtp)) {
      snprintf(note, sizeof(note), "the film alone %.1f; limiter at most %.1f dB", mix->film_peak_dbtp,
               fabs(mix->limiter_max_reduction_db));
    } else {
      snprintf(note, sizeof(note), "limiter at most %.1f dB", fabs(mix->limiter_max_reduction_db));
    }
    card(page, "True peak", value, note, "");
  }
}

static void warnings(const KtReportPage *page) {
  const KtFilm *film = page->delivery->film;
  const KtStory *story = page->delivery->story;
  bool temp = film->music_share > .4F && !sound_dropped(page);
  if (!film->warnings.count && !story->warnings.count && !temp) {
    return;
  }
  fputs("<aside class=\"warnings\" role=\"note\"><h2>Worth knowing</h2><ul>\n", page->out);
  if (temp) {
    fprintf(page->out, "<li>Music fills %.0f %% of the film's own sound and sounds under the score. If it is temp music, "
                       "score again with <code>--film-sound drop</code>, or with a file of dialogue and effects.</li>\n",
            (double)film->music_share * 100);
  }
  for (size_t i = 0; i < film->warnings.count + story->warnings.count; ++i) {
    fputs("<li>", page->out);
    kt_page_text(page, i < film->warnings.count ? film->warnings.items[i]
                                                : story->warnings.items[i - film->warnings.count]);
    fputs("</li>\n", page->out);
  }
  fputs("</ul></aside>\n", page->out);
}

static void feeling_bar(const KtReportPage *page, const char *name, double value, double low) {
  double at = 100 * (value - low) / (1 - low);
  fprintf(page->out, "<span class=\"meter\" title=\"%s %.2f\"><i style=\"width:%.0f%%\"></i></span>", name,
          value, at < 0 ? 0 : at > 100 ? 100 : at);
}

static void cue_hits(const KtReportPage *page, size_t cue) {
  size_t met = 0, all = 0;
  for (size_t i = 0; i < page->delivery->spotting->hits.count; ++i) {
    if ((size_t)page->delivery->spotting->hits.items[i].cue == cue) {
      ++all;
      met += kt_hit_within(page, i);
    }
  }
  if (all) {
    fprintf(page->out, "%zu/%zu", met, all);
  } else {
    fputs("–", page->out);
  }
}

/// What of the picture and of the names went into the notes.
static void cue_beyond(const KtReportPage *page, const KtScore *score, const KtCue *cue) {
  for (size_t i = 0; score && i < score->beyond.count; ++i) {
    const KtBeyond *one = &score->beyond.items[i];
    char clock[24];
    kt_clock(kt_seconds(cue->in + kt_tempo_time(&score->tempo, one->at)), clock);
    fprintf(page->out, i ? "; %s " : "<br><span class=\"why\" title=\"beyond the screen: what the picture and the names "
                                     "put into the notes\">\xe2\x99\xaa %s ", clock);
    kt_page_text(page, one->what);
  }
  if (score && score->beyond.count) {
    fputs("</span>", page->out);
  }
}

/// The field recording that lies under the cue: what of it, from when to when, and why.
static void cue_textures(const KtReportPage *page, size_t index) {
  const KtWorldPlan *world = page->delivery->world;
  for (size_t i = 0; world && i < world->items.count; ++i) {
    const KtWorldTexture *one = &world->items.items[i];
    char from[24], to[24];
    if ((size_t)one->cue != index) {
      continue;
    }
    kt_clock(kt_seconds(one->start), from);
    kt_clock(kt_seconds(one->end), to);
    fputs("<br><span class=\"why texture\" title=\"the world as an instrument: a field recording tuned to the harmony\">",
          page->out);
    kt_page_text(page, kt_path_name(one->file));
    fprintf(page->out, " as %s, %s to %s: ", kt_world_kind_name(one->kind), from, to);
    kt_page_text(page, one->why);
    fputs("</span>", page->out);
  }
}

/// Where a cue leaves the beat.
static void cue_time(const KtReportPage *page, const KtScore *score) {
  const KtTempoMap *tempo = &score->tempo;
  KtTick upbeat = score->metres.count ? kt_metres_upbeat(&score->metres) : 0;
  if (upbeat > 0) {
    int unit = kt_metres_at(&score->metres, 0).unit;
    fprintf(page->out, "<br><span class=\"why\">upbeat of %d/%d</span>", (int)(upbeat * unit / (4 * KT_PPQ)), unit);
  }
  if (tempo->holds.count) {
    fprintf(page->out, "<br><span class=\"why\">%zu fermata%s</span>", tempo->holds.count,
            tempo->holds.count > 1 ? "s" : "");
  }
  for (size_t i = 0; i < tempo->free.count; ++i) {
    const KtTickSpan *span = &tempo->free.items[i];
    fprintf(page->out, "<br><span class=\"why\">%.0f s free</span>",
            kt_seconds(kt_tempo_time(tempo, span->end) - kt_tempo_time(tempo, span->start)));
  }
}

static void cue_row(const KtReportPage *page, size_t index) {
  const KtCue *cue = &page->delivery->spotting->cues.items[index];
  const KtScore *score = kt_delivery_score(page->delivery, index);
  FILE *out = page->out;
  char clock[24];
  kt_clock(kt_seconds(cue->out - cue->in), clock);
  fprintf(out, "<tr><th scope=\"row\"><span class=\"swatch f%d\"></span>%s</th><td><b>",
          (int)kt_feeling(&cue->emotion), cue->name);
  kt_page_text(page, cue->title);
  fputs("</b><br><span class=\"why\">", out);
  kt_page_text(page, cue->reason);
  fputs("</span>", out);
  cue_beyond(page, score, cue);
  cue_textures(page, index);
  fputs("</td><td class=\"tc\">", out);
  timecode(page, cue->in);
  fputs("<br>", out);
  timecode(page, cue->out);
  fprintf(out, "</td><td class=\"n\">%s</td><td>%s<br><span class=\"why\">%s, %s</span></td><td>", clock,
          kt_function_name(cue->function), kt_entry_name(cue->entry), kt_exit_name(cue->exit));
  kt_page_text(page, kt_cue_themes(page->delivery, index, page->arena));
  fprintf(out, "</td><td class=\"feel\">%s", kt_feeling_name(kt_feeling(&cue->emotion)));
  feeling_bar(page, "valence", (double)cue->emotion.valence, -1);
  feeling_bar(page, "arousal", (double)cue->emotion.arousal, -1);
  feeling_bar(page, "tension", (double)cue->emotion.tension, 0);
  fputs("</td><td class=\"n\">", out);
  if (score) {
    fprintf(out, "%.0f", kt_tempo_bpm(&score->tempo, 0));
    double change = kt_tempo_change_most(&score->tempo, &score->metres, score->end);
    if (change >= 0.005) {
      fprintf(out, "<br><span class=\"why\" title=\"largest change of tempo from bar to bar\">&plusmn;%.0f %%</span>",
              100 * change);
    }
    cue_time(page, score);
    if (score->constant_missed + score->constant_near > 0) {
      fprintf(out, "<br><span class=\"why\" title=\"what the best single tempo would have done\">%.0f steady: "
                   "misses %d, nearly %d, %.1f frames off</span>",
              score->constant_bpm, score->constant_missed, score->constant_near, score->constant_off_frames);
    }
  }
  fputs("</td><td class=\"n\">", out);
  cue_hits(page, index);
  fputs("</td></tr>\n", out);
}

static void suite_row(const KtReportPage *page) {
  const KtConcertPiece *suite = page->delivery->suite;
  char clock[24];
  if (!suite) {
    return;
  }
  kt_clock(suite->seconds, clock);
  fprintf(page->out, "<tr><th scope=\"row\">%s</th><td><b>", suite->cue);
  kt_page_text(page, suite->title);
  fputs("</b><br><span class=\"why\">", page->out);
  kt_page_text(page, suite->reason);
  fprintf(page->out,
          "</span></td><td>not in the film</td><td class=\"n\">%s</td><td>concert piece</td><td>", clock);
  kt_page_text(page, suite->themes);
  fputs("</td><td></td><td></td><td></td></tr>\n", page->out);
}

static void cue_table(const KtReportPage *page) {
  fputs("<section><h2>Cues</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Cue</th><th>What it is, and "
        "why</th><th>In, out</th><th class=\"n\">Length</th><th>Function</th><th>Themes</th><th>Feeling"
        "<span class=\"why\"> V A T</span></th><th class=\"n\">♩ a minute</th><th class=\"n\">Hits</th></tr>"
        "</thead>\n<tbody>\n", page->out);
  for (size_t i = 0; i < page->delivery->spotting->cues.count; ++i) {
    cue_row(page, i);
  }
  suite_row(page);
  fputs("</tbody></table></div></section>\n", page->out);
}

static void error_cell(const KtReportPage *page, double error_ms, const char *none) {
  if (isfinite(error_ms)) {
    fprintf(page->out, "<td class=\"n\">%+.1f</td>", fabs(error_ms) < .05 ? 0.0 : error_ms);
  } else {
    fprintf(page->out, "<td class=\"n why\">%s</td>", none);
  }
}

static void hit_table(const KtReportPage *page) {
  const KtSpotting *spotting = page->delivery->spotting;
  if (!spotting->hits.count) {
    return;
  }
  fprintf(page->out, "<section><details><summary><h2>Hit points <small>%zu</small></h2></summary>\n"
                     "<div class=\"scroll\"><table><thead><tr><th>Cue</th><th>At</th><th>What</th><th>Kind</th>"
                     "<th class=\"n\">Weight</th><th class=\"n\">Bar, beat</th><th class=\"n\">By the score, ms"
                     "</th><th class=\"n\">As heard, ms</th><th>Met</th></tr></thead><tbody>\n",
          spotting->hits.count);
  for (size_t i = 0; i < spotting->hits.count; ++i) {
    const KtHit *hit = &spotting->hits.items[i];
    const KtHitResult *result = &page->results[i];
    fprintf(page->out, "<tr><th scope=\"row\">%s</th><td class=\"tc\">", spotting->cues.items[hit->cue].name);
    timecode(page, hit->at);
    fputs("</td><td>", page->out);
    kt_page_text(page, hit->label);
    const char *note = kt_hit_note(page->delivery, page->results, i, page->arena);
    if (note[0]) {
      fputs("<br><span class=\"why\">", page->out);
      kt_page_text(page, note);
      fputs("</span>", page->out);
    }
    fprintf(page->out, "</td><td>%s</td><td class=\"n\">%.2f</td><td class=\"n\">", kt_hit_name(hit->kind),
            (double)hit->weight);
    if (result->placed) {
      fprintf(page->out, "%d, %.3g", result->bar, result->beat);
    }
    fputs("</td>", page->out);
    error_cell(page, result->notated_error_ms, "not placed");
    error_cell(page, result->heard_error_ms, "–");
    fprintf(page->out, "<td class=\"%s\">%s</td></tr>\n", kt_hit_within(page, i) ? "yes" : "no",
            kt_hit_within(page, i) ? "yes" : "no");
  }
  fputs("</tbody></table></div></details></section>\n", page->out);
}

static void silence_table(const KtReportPage *page) {
  const KtSpotting *spotting = page->delivery->spotting;
  char clock[24];
  if (!spotting->silences.count) {
    return;
  }
  fputs("<section><h2>Where there is no music, and why</h2>\n<div class=\"scroll\"><table><thead><tr><th>In</th>"
        "<th>Out</th><th class=\"n\">Length</th><th>Reason</th></tr></thead><tbody>\n", page->out);
  for (size_t i = 0; i < spotting->silences.count; ++i) {
    const KtSilence *silence = &spotting->silences.items[i];
    kt_clock(kt_seconds(silence->out - silence->in), clock);
    fputs("<tr><td class=\"tc\">", page->out);
    timecode(page, silence->in);
    fputs("</td><td class=\"tc\">", page->out);
    timecode(page, silence->out);
    fprintf(page->out, "</td><td class=\"n\">%s</td><td>", clock);
    kt_page_text(page, silence->reason);
    fputs("</td></tr>\n", page->out);
  }
  fputs("</tbody></table></div></section>\n", page->out);
}

static void foot(const KtReportPage *page) {
  const KtDelivery *delivery = page->delivery;
  double total = 0;
  fputs("</main>\n<footer><p>", page->out);
  kt_page_text(page, delivery->program);
  if (delivery->orchestra && delivery->orchestra->library) {
    fputs(" · samples ", page->out);
    kt_page_text(page, delivery->orchestra->library);
  }
  if (delivery->ctx) {
    fprintf(page->out, " · seed %llu", (unsigned long long)delivery->ctx->seed);
  }
  for (size_t i = 0; i < delivery->time_count; ++i) {
    fprintf(page->out, "%s%s %.1f s", i ? ", " : " · ", delivery->times[i].stage, delivery->times[i].wall_s);
    total += delivery->times[i].wall_s;
  }
  if (total > 0) {
    fprintf(page->out, " (%.1f times as fast as the film plays)",
            kt_seconds(delivery->film->duration) / total);
  }
  fputs("</p>\n<p>Files beside this page: ", page->out);
  if (*page->scored) {
    kt_page_text(page, page->scored);
    fputs(", ", page->out);
  }
  fputs("spotting.csv, silences.csv, hits.csv, cue-sheet.html, themes.abc, report.json, cues/</p></footer>\n"
        "</body>\n</html>\n", page->out);
}

KtStatus kt_report_html(const KtDelivery *delivery, const KtHitResult *results, const char *scored_name,
                        KtArena *arena, KtError *err) {
  char path[KT_PATH_SIZE];
  KtAtomicFile file = {0};
  KtStatus status = kt_delivery_path(delivery, path, err, "report.html");
  if (status || (status = kt_atomic_open(&file, path, err))) {
    return status;
  }
  KtReportPage page = {delivery, results, scored_name, arena, file.stream};
  head(&page);
  fputs("<section aria-label=\"How well it was met\"><dl class=\"cards\">\n", page.out);
  share_card(&page);
  hit_cards(&page);
  sound_cards(&page);
  fputs("</dl></section>\n", page.out);
  warnings(&page);
  kt_report_timeline(&page);
  kt_report_theme_cards(&page);
  cue_table(&page);
  silence_table(&page);
  kt_report_marks(&page);
  hit_table(&page);
  foot(&page);
  return kt_atomic_commit(&file, err);
}
