// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The film from left to right: what is seen and said, where music is, what it says and how loud.
#include "deliver/report_page.h"

#include "base/audio_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 1400, LEFT = 124, PLOT = WIDTH - LEFT - 14, LEVEL_POINTS = 644, LEVEL_WINDOW = 9600 };

static double x_of(const KtReportPage *page, KtFilmTime time) {
  double length = kt_seconds(page->delivery->film->duration);
  double at = length > 0 ? kt_seconds(time) / length : 0;
  return LEFT + PLOT * (at < 0 ? 0 : at > 1 ? 1 : at);
}

static void lane_name(const KtReportPage *page, const char *name, double y) {
  fprintf(page->out, "<text class=\"lane\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 10, y);
  kt_page_text(page, name);
  fputs("</text>\n", page->out);
}

/// As much of a text as fits, with an ellipsis; nothing where not even three letters do.
static void fitted(const KtReportPage *page, const char *text, double width, double letter) {
  size_t room = width > 0 ? (size_t)(width / letter) : 0, letters = 0;
  const char *cut = NULL;
  for (const char *c = text; *c; ++c) {
    if (((unsigned char)*c & 0xc0) != 0x80) {
      if (room && letters == room - 1) {
        cut = c;
      }
      ++letters;
    }
  }
  if (letters <= room) {
    kt_page_text(page, text);
  } else if (room >= 4 && cut) {
    kt_page_text(page, kt_arena_text_n(page->arena, text, (size_t)(cut - text)));
    fputs("…", page->out);
  }
}

static void tip(const KtReportPage *page, KtFilmTime from, KtFilmTime to, const char *what,
                const char *more) {
  char start[KT_TIMECODE_SIZE], end[KT_TIMECODE_SIZE];
  const KtTimecode *timecode = &page->delivery->film->timecode;
  kt_timecode_print(timecode, from, start);
  kt_timecode_print(timecode, to, end);
  fprintf(page->out, "<title>%s%s%s ", start, from == to ? "" : "–", from == to ? "" : end);
  kt_page_text(page, what);
  if (more && *more) {
    fputs(": ", page->out);
    kt_page_text(page, more);
  }
  fputs("</title>", page->out);
}

static double axis(const KtReportPage *page, double y, double bottom) {
  static const int STEPS[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800};
  double length = kt_seconds(page->delivery->film->duration);
  int step = 1800;
  for (size_t i = sizeof(STEPS) / sizeof(STEPS[0]); i-- > 0;) {
    if (length / STEPS[i] <= 13) {
      step = STEPS[i];
    }
  }
  for (int s = 0; s <= length; s += step) {
    char text[KT_TIMECODE_SIZE];
    KtFilmTime time = kt_film_time(s);
    double x = x_of(page, time);
    kt_timecode_print(&page->delivery->film->timecode, time, text);
    fprintf(page->out, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, y + 16, bottom);
    if (x < WIDTH - 70) {
      fprintf(page->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 2, y + 12, text);
    }
  }
  return y + 22;
}

static double scenes(const KtReportPage *page, double y) {
  const KtStory *story = page->delivery->story;
  if (!story->scenes.count) {
    return y;
  }
  lane_name(page, "scenes", y + 12);
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    double x = x_of(page, scene->start), width = x_of(page, scene->end) - x;
    fprintf(page->out, "<g><rect class=\"scene\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"17\"/>", x, y, width);
    tip(page, scene->start, scene->end, *scene->heading ? scene->heading : "scene", "");
    fprintf(page->out, "<text class=\"scene-name\" x=\"%.1f\" y=\"%.1f\">", x + 3, y + 12);
    fitted(page, scene->heading, width - 5, 6.2);
    fputs("</text></g>\n", page->out);
  }
  return y + 22;
}

/// Each shot in its own three main colours.
static double picture(const KtReportPage *page, double y) {
  const KtFilm *film = page->delivery->film;
  lane_name(page, "shots", y + 19);
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    double x = x_of(page, shot->start), width = x_of(page, shot->end) - x, top = y, sum = 0;
    for (int c = 0; c < 3; ++c) {
      sum += (double)shot->palette_share[c];
    }
    fputs("<g>", page->out);
    tip(page, shot->start, shot->end, kt_transition_name(shot->transition), "");
    for (int c = 0; c < 3; ++c) {
      double share = sum > 0 ? (double)shot->palette_share[c] / sum : c == 0;
      fprintf(page->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%02x%02x%02x\"/>", x, top,
              fmax(.3, width - .5), 30 * share, shot->palette[c][0], shot->palette[c][1], shot->palette[c][2]);
      top += 30 * share;
    }
    fputs("</g>\n", page->out);
  }
  return y + 36;
}

static double speech(const KtReportPage *page, double y) {
  const KtFilm *film = page->delivery->film;
  const KtStory *story = page->delivery->story;
  if (!film->speech.count && !story->lines.count && !film->music.count) {
    return y;
  }
  lane_name(page, "speech", y + 10);
  for (size_t i = 0; i < film->speech.count; ++i) {
    double x = x_of(page, film->speech.items[i].start);
    fprintf(page->out, "<rect class=\"speech\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"10\">", x, y + 1,
            fmax(.8, x_of(page, film->speech.items[i].end) - x));
    tip(page, film->speech.items[i].start, film->speech.items[i].end, "speech", "");
    fputs("</rect>\n", page->out);
  }
  for (size_t i = 0; i < film->music.count; ++i) {
    double x = x_of(page, film->music.items[i].start);
    fprintf(page->out, "<rect class=\"source\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\">", x, y,
            fmax(1, x_of(page, film->music.items[i].end) - x));
    tip(page, film->music.items[i].start, film->music.items[i].end, "music in the film's own sound", "");
    fputs("</rect>\n", page->out);
  }
  return y + 20;
}

static double cues(const KtReportPage *page, double y) {
  const KtSpotting *spotting = page->delivery->spotting;
  lane_name(page, "music", y + 26);
  for (size_t i = 0; i < spotting->silences.count; ++i) {
    const KtSilence *gap = &spotting->silences.items[i];
    double x = x_of(page, gap->in), width = x_of(page, gap->out) - x;
    fprintf(page->out, "<g><rect class=\"gap\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"46\"/>", x, y, fmax(.5, width));
    tip(page, gap->in, gap->out, "no music", gap->reason);
    fprintf(page->out, "<text class=\"gap-why\" x=\"%.1f\" y=\"%.1f\">", x + 5, y + 27);
    fitted(page, gap->reason ? gap->reason : "", width - 8, 5);
    fputs("</text></g>\n", page->out);
  }
  for (size_t i = 0; i < spotting->cues.count; ++i) {
    const KtCue *cue = &spotting->cues.items[i];
    double x = x_of(page, cue->in), width = x_of(page, cue->out) - x;
    fprintf(page->out, "<g class=\"cue\"><rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"46\" rx=\"3\"/>",
            (int)kt_feeling(&cue->emotion), x, y, fmax(1, width));
    tip(page, cue->in, cue->out, cue->name, cue->title);
    if (width > 34) {
      fprintf(page->out, "<text x=\"%.1f\" y=\"%.1f\">", x + 5, y + 15);
      fitted(page, cue->name, width - 6, 6.8);
      fprintf(page->out, "</text><text class=\"sub\" x=\"%.1f\" y=\"%.1f\">", x + 5, y + 28);
      fitted(page, cue->title ? cue->title : "", width - 6, 5.3);
      fprintf(page->out, "</text><text class=\"sub\" x=\"%.1f\" y=\"%.1f\">", x + 5, y + 40);
      fitted(page, kt_function_name(cue->function), width - 6, 5.3);
      fputs("</text>", page->out);
    }
    fputs("</g>\n", page->out);
  }
  return y + 50;
}

/// A pin a hit: its height is its weight, its head its kind.
static double hits(const KtReportPage *page, double y) {
  const KtSpotting *spotting = page->delivery->spotting;
  if (!spotting->hits.count) {
    return y;
  }
  lane_name(page, "hits", y + 14);
  for (size_t i = 0; i < spotting->hits.count; ++i) {
    const KtHit *hit = &spotting->hits.items[i];
    double x = x_of(page, hit->at), foot = y + 6 + 12 * (double)hit->weight;
    fprintf(page->out, "<g class=\"hit%s\">", kt_hit_within(page, i) ? "" : " miss");
    tip(page, hit->at, hit->at, kt_hit_name(hit->kind), hit->label);
    fprintf(page->out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, y, foot);
    switch (hit->kind) {
    case KT_HIT_HARD: fprintf(page->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>", x, foot); break;
    case KT_HIT_SOFT:
      fprintf(page->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" style=\"fill:var(--card)\"/>", x, foot);
      break;
    case KT_HIT_SWELL:
      fprintf(page->out, "<path d=\"M%.1f %.1fl-3 -5h6z\"/>", x, foot + 3);
      break;
    case KT_HIT_STOP:
      fprintf(page->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"5\" height=\"5\"/>", x - 2.5, foot - 2);
      break;
    }
    fputs("</g>\n", page->out);
  }
  return y + 28;
}

static void statements(const KtReportPage *page, int theme, double y) {
  const KtSpotting *spotting = page->delivery->spotting;
  for (size_t c = 0; c < spotting->cues.count; ++c) {
    const KtScore *score = kt_delivery_score(page->delivery, c);
    for (size_t i = 0; score && i < score->statements.count; ++i) {
      const KtStatement *said = &score->statements.items[i];
      if (said->theme != theme) {
        continue;
      }
      KtFilmTime from = spotting->cues.items[c].in + kt_tempo_time(&score->tempo, said->start);
      KtFilmTime to = spotting->cues.items[c].in + kt_tempo_time(&score->tempo, said->end);
      double x = x_of(page, from);
      bool plain = said->transform == KT_TRANSFORM_PLAIN;
      fprintf(page->out, "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\" opacity=\"%s\">",
              (int)kt_feeling(&spotting->cues.items[c].emotion), x, y + (plain ? 1 : 3),
              fmax(2, x_of(page, to) - x), plain ? 12 : 8, said->recognisable ? "1" : ".45");
      tip(page, from, to, kt_transform_name(said->transform), spotting->cues.items[c].name);
      fputs("</rect>\n", page->out);
    }
  }
}

static double themes(const KtReportPage *page, double y) {
  const KtThemes *all = page->delivery->themes;
  for (size_t t = 0; all && t < all->items.count; ++t) {
    const KtTheme *theme = &all->items.items[t];
    fprintf(page->out, "<text class=\"lane\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 10, y + 11);
    fitted(page, kt_theme_subject_name(page->delivery, theme), LEFT - 14, 5.8);
    fprintf(page->out, "</text><line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, LEFT + PLOT,
            y + 7, y + 7);
    statements(page, (int)t, y);
    y += 17;
  }
  return y + 8;
}

static float arc_value(const KtEmotion *emotion, int which) {
  return which == 0 ? emotion->valence : which == 1 ? emotion->arousal : emotion->tension;
}

static double arc(const KtReportPage *page, double y) {
  const KtStory *story = page->delivery->story;
  static const char *const CLASSES[] = {"v", "a", "t"};
  static const char *const NAMES[] = {"valence", "arousal", "tension"};
  if (story->arc.count < 2) {
    return y;
  }
  fprintf(page->out, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, LEFT + PLOT, y + 45, y + 45);
  size_t step = story->arc.count / 1400 + 1;
  for (int c = 0; c < 3; ++c) {
    lane_name(page, NAMES[c], y + 30 + 16 * c);
    fprintf(page->out, "<circle class=\"key %s\" cx=\"%d\" cy=\"%.1f\" r=\"3.2\"/><path class=\"curve %s\" d=\"", CLASSES[c],
            LEFT - 4, y + 26 + 16 * c, CLASSES[c]);
    for (size_t i = 0; i < story->arc.count; i += step) {
      fprintf(page->out, "%c%.1f %.1f", i ? 'L' : 'M', x_of(page, story->arc.items[i].at),
              y + 45 - 43 * (double)arc_value(&story->arc.items[i].emotion, c));
    }
    fputs("\"/>\n", page->out);
  }
  return y + 98;
}

static double level_y(double y, double db) {
  double at = (db + 60) / 60;
  return y + 70 - 68 * (at < 0 ? 0 : at > 1 ? 1 : at);
}

static void film_level(const KtReportPage *page, double y) {
  const KtFilm *film = page->delivery->film;
  size_t count = film->loudness.count;
  if (!count || film->audio_stream < 0) {
    return;
  }
  size_t step = count / LEVEL_POINTS + 1;
  fprintf(page->out, "<path class=\"film\" d=\"M%d %.1f", LEFT, y + 70);
  KtFilmTime at = 0;
  for (size_t i = 0; i < count; i += step) {
    float loudest = -HUGE_VALF;
    for (size_t k = i; k < count && k < i + step; ++k) {
      loudest = fmaxf(loudest, film->loudness.items[k].momentary_lufs);
    }
    at = (KtFilmTime)i * (KT_FLICKS_PER_SECOND / 10);
    fprintf(page->out, "L%.1f %.1f", x_of(page, at), level_y(y, (double)loudest));
  }
  fprintf(page->out, "L%.1f %.1fZ\"><title>the film's own sound, momentary LUFS</title></path>\n", x_of(page, at), y + 70);
}

/// Level of `frames` audio frames at `at`, dB of full scale.
static double level_at(KtAudioReader *reader, int64_t at, float *block, int channels) {
  size_t got = 0;
  double sum = 0;
  KtError err;
  if (kt_audio_seek(reader, at, &err) || kt_audio_read(reader, block, LEVEL_WINDOW, &got, &err) || !got) {
    return -HUGE_VAL;
  }
  for (size_t i = 0; i < got * (size_t)channels; ++i) {
    sum += (double)block[i] * (double)block[i];
  }
  return sum > 0 ? 10 * log10(sum / (double)got) : -HUGE_VAL;
}

/// A fifth of a second of the score's sound at each point: a picture needs no more, however long the
/// film.
static void music_level(const KtReportPage *page, double y) {
  const KtMix *mix = page->delivery->mix;
  KtAudioReader *reader = NULL;
  KtError err;
  if (!mix || !mix->music_path || kt_audio_reader_open(mix->music_path, &reader, &err)) {
    return;
  }
  int channels = kt_audio_reader_channels(reader);
  int64_t frames = kt_audio_reader_frames(reader);
  float *block = malloc(sizeof(*block) * (size_t)LEVEL_WINDOW * (size_t)channels);
  bool down = false;
  fputs("<path class=\"music\" d=\"", page->out);
  for (int i = 0; block && i < LEVEL_POINTS; ++i) {
    int64_t at = frames * i / LEVEL_POINTS;
    double db = level_at(reader, at, block, channels);
    if (db > -60) {
      fprintf(page->out, "%c%.1f %.1f", down ? 'L' : 'M', x_of(page, kt_sample_film_time(at)), level_y(y, db));
    }
    down = db > -60;
  }
  fputs("\"><title>the score alone, level over a fifth of a second</title></path>\n", page->out);
  free(block);
  kt_audio_reader_close(reader);
}

static double loudness(const KtReportPage *page, double y) {
  lane_name(page, "loudness", y + 14);
  for (int db = -60; db <= -20; db += 20) {
    fprintf(page->out, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"tick\" x=\"%d\" "
                       "y=\"%.1f\" text-anchor=\"end\">%d</text>\n",
            LEFT, LEFT + PLOT, level_y(y, db), level_y(y, db), LEFT - 4, level_y(y, db) + 3, db);
  }
  film_level(page, y);
  music_level(page, y);
  return y + 78;
}

static void legend(const KtReportPage *page) {
  fputs("<ul class=\"legend\" aria-label=\"Legend\">", page->out);
  for (int f = 0; f < KT_FEELING_COUNT; ++f) {
    fprintf(page->out, "<li><span class=\"swatch f%d\"></span>%s</li>", f, kt_feeling_name((KtFeeling)f));
  }
  fputs("<li>pins: ● hard, ○ soft, ▼ swell, ■ stop; orange: missed</li><li>themes: tall is plain, low is changed, "
        "pale is hidden</li><li>loudness: grey the film (LUFS), line the score (dB)</li></ul>\n", page->out);
}

void kt_report_timeline(const KtReportPage *page) {
  const KtSpotting *spotting = page->delivery->spotting;
  size_t lanes = page->delivery->themes ? page->delivery->themes->items.count : 0;
  const KtStory *story = page->delivery->story;
  const KtFilm *film = page->delivery->film;
  bool words = film->speech.count || story->lines.count || film->music.count;
  double height = 22 + (story->scenes.count ? 22 : 0) + 36 + (words ? 20 : 0) + 50 + (spotting->hits.count ? 28 : 0) +
                  17 * (double)lanes + 8 + (story->arc.count < 2 ? 0 : 98) + 78;
  fprintf(page->out, "<section><h2>The film, and the score along it</h2>\n<div class=\"timeline\">\n<svg viewBox=\"0 0 %d %.0f\" "
                     "role=\"img\" aria-label=\"Time line of the film: %zu shots, %zu cues, %zu silences, %zu hit points, "
                     "the emotion arc and the loudness. The tables below hold the same.\">\n",
          WIDTH, height, film->shots.count, spotting->cues.count, spotting->silences.count, spotting->hits.count);
  fputs("<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><line class=\"hatchline\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"6\"/></pattern></defs>\n",
        page->out);
  double y = axis(page, 0, height - 8);
  y = scenes(page, y);
  y = picture(page, y);
  y = speech(page, y);
  y = cues(page, y);
  y = hits(page, y);
  y = themes(page, y);
  y = arc(page, y);
  loudness(page, y);
  fputs("</svg>\n", page->out);
  legend(page);
  fputs("</div></section>\n", page->out);
}
