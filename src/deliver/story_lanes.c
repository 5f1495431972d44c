// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver/report_page.h"
#include "deliver/story_page.h"

#include <math.h>
#include <string.h>

enum { WIDTH = KT_STORY_WIDTH, LEFT = KT_STORY_LEFT, PLOT = KT_STORY_PLOT, ARC = 120, ROW = 24, LABEL_ROWS = 5,
       ARC_POINTS = 400, LONG_S = 900, MOST_TURNS = 18 };

static double x_of(const KtStoryPage *page, KtFilmTime time) {
  double at = page->length > 0 ? (double)time / (double)page->length : 0;
  return LEFT + PLOT * fmax(0, fmin(1, at));
}

void kt_story_lane_name(const KtStoryPage *page, const char *name, double y) {
  fprintf(page->out, "<text class=\"lane\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 10, y);
  kt_story_text(page, name);
  fputs("</text>\n", page->out);
}

static void tip(const KtStoryPage *page, KtFilmTime from, const char *what, const char *more) {
  char start[KT_TIMECODE_SIZE];
  kt_timecode_print(page->timecode, from, start);
  fprintf(page->out, "<title>%s ", start);
  kt_story_text(page, what);
  fputs(*more ? ": " : "", page->out);
  kt_story_text(page, more);
  fputs("</title>", page->out);
}

/// As much of a text as fits, with an ellipsis; nothing where not even four letters do.
static void fitted(const KtStoryPage *page, const char *text, double width, double letter) {
  size_t room = width > 0 ? (size_t)(width / letter) : 0;
  size_t letters = 0;
  const char *cut = text;
  for (const char *c = text; *c; ++c) {
    bool starts = ((unsigned char)*c & 0xC0U) != 0x80;
    cut = starts && letters + 1 <= room ? c : cut;
    letters += starts;
  }
  if (letters <= room) {
    kt_story_text(page, text);
  } else if (room >= 4) {
    kt_story_text(page, kt_arena_text_n(page->arena, text, (size_t)(cut - text)));
    fputs("…", page->out);
  }
}

double kt_story_axis(const KtStoryPage *page, double y, double bottom) {
  static const int steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
  double length = kt_seconds(page->length);
  int step = steps[12];
  for (size_t i = sizeof(steps) / sizeof(*steps); i-- > 0;) {
    step = length / steps[i] <= 13 ? steps[i] : step;
  }
  for (int s = 0; s <= length; s += step) {
    char text[KT_TIMECODE_SIZE];
    double x = x_of(page, kt_film_time(s));
    kt_timecode_print(page->timecode, kt_film_time(s), text);
    fprintf(page->out, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x,
            y + 16, bottom);
    if (x < WIDTH - 70) {
      fprintf(page->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 2, y + 12,
              text);
    }
  }
  return y + 22;
}

static double scenes(const KtStoryPage *page, double y) {
  const KtStory *story = page->story;
  kt_story_lane_name(page, "scenes", y + 20);
  for (size_t i = 0; i < story->scenes.count; ++i) {
    const KtScene *scene = &story->scenes.items[i];
    double x = x_of(page, scene->start);
    double width = x_of(page, scene->end) - x;
    KtEmotion mean = kt_story_mean(story, scene->start, scene->end);
    const char *name = *scene->place ? scene->place : scene->heading;
    const char *when = kt_arena_format(page->arena, "%s%s%s", scene->interior ? "in" : "out",
                                       *scene->time_of_day ? ", " : "", scene->time_of_day);
    fprintf(page->out,
            "<g><rect class=\"f%d\" opacity=\".3\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"32\"/>"
            "<rect class=\"scene\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"32\"/>",
            (int)kt_feeling(&mean), x, y, width, x, y, width);
    tip(page, scene->start, *scene->heading ? scene->heading : "scene",
        kt_feeling_name(kt_feeling(&mean)));
    fprintf(page->out, "<text class=\"who\" x=\"%.1f\" y=\"%.1f\">", x + 4, y + 13);
    fitted(page, name, width - 6, 8);
    fprintf(page->out, "</text><text class=\"scene-name\" x=\"%.1f\" y=\"%.1f\">", x + 4, y + 26);
    fitted(page, *scene->heading ? when : "", width - 6, 5.6);
    fputs("</text></g>\n", page->out);
  }
  return y + 40;
}

static float value(const KtEmotion *emotion, int curve) {
  return curve == 0   ? 0.5F + 0.5F * emotion->valence
         : curve == 1 ? 0.5F + 0.5F * emotion->arousal
                      : emotion->tension;
}

static double arc(const KtStoryPage *page, double y) {
  static const char classes[] = "vat";
  const KtStory *story = page->story;
  kt_story_lane_name(page, "the film's arc", y + ARC / 2 + 4);
  fprintf(page->out, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT,
          LEFT + PLOT, y + ARC / 2, y + ARC / 2);
  // a long film is drawn as one remembers it, not second by second
  KtFilmTime half = page->length > kt_film_time(LONG_S) ? page->length / 120 : 0;
  for (int curve = 0; curve < 3; ++curve) {
    fprintf(page->out, "<polyline class=\"curve %c\" points=\"", classes[curve]);
    for (int i = 0; i <= ARC_POINTS && story->arc.count; ++i) {
      KtFilmTime at = page->length / ARC_POINTS * i;
      KtEmotion here = half ? kt_story_mean(story, at - half, at + half) : kt_story_at(story, at);
      double up = fmax(0, fmin(1, (double)value(&here, curve)));
      fprintf(page->out, "%.1f,%.1f ", x_of(page, at), y + ARC * (1 - up));
    }
    fputs("\"/>\n", page->out);
  }
  return y + ARC + 6;
}

bool *kt_story_chosen_turns(const KtStoryPage *page, size_t most) {
  const KtStory *story = page->story;
  size_t count = story->turns.count;
  bool *chosen = KT_NEW(page->arena, bool, count + 1);
  double reach = fmax(1, (double)page->length / (double)(most + 1));
  for (size_t n = 0; chosen && n < most && n < count; ++n) {
    double best = -HUGE_VAL;
    size_t which = count;
    for (size_t i = 0; i < count; ++i) {
      KtTurnKind kind = story->turns.items[i].kind;
      bool frame = kind == KT_TURN_OPENING || kind == KT_TURN_CLIMAX || kind == KT_TURN_ENDING;
      double worth = (double)story->turns.items[i].weight + (frame ? 0.5 : 0);
      for (size_t k = 0; k < count; ++k) {
        double far = fabs((double)(story->turns.items[i].at - story->turns.items[k].at)) / reach;
        worth -= chosen[k] ? 0.4 * exp(-far) : 0;
      }
      if (!chosen[i] && worth > best) {
        best = worth;
        which = i;
      }
    }
    chosen[which < count ? which : 0] = true;
  }
  return chosen;
}

/// Numbers on the arc, their phrases below in as many rows as keep them apart.
static double turns(const KtStoryPage *page, double top, double y) {
  double free_from[LABEL_ROWS] = {0};
  const KtStory *story = page->story;
  const bool *chosen = kt_story_chosen_turns(page, MOST_TURNS);
  kt_story_lane_name(page, "turns", y + 12);
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *turn = &story->turns.items[i];
    if (!chosen || !chosen[i]) {
      continue;
    }
    double x = x_of(page, turn->at);
    double room = fmin(230, WIDTH - x - 4);
    const char *text = kt_arena_format(page->arena, "%zu %s", i + 1, turn->label);
    bool flip = room < 150; // at the right edge it stands before its line
    double from = flip ? x - 6 - fmin(180, 5.9 * (double)strlen(text)) : x;
    int row = 0;
    for (int r = LABEL_ROWS - 1; r >= 0; --r) {
      row = from >= free_from[r] ? r : row;
    }
    double at = flip ? x - 6 : x + 4;
    double below = y + 12 + 14 * row;
    bool fits = from >= free_from[row];
    fprintf(page->out,
            "<g><line class=\"turn\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
            "<circle class=\"knot\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>",
            x, x, top, fits ? below - 9 : y, x, top, 2 + 3 * (double)turn->weight);
    tip(page, turn->at, kt_turn_name(turn->kind), turn->label);
    if (fits) {
      fprintf(page->out, "<text class=\"turn-name\" x=\"%.1f\" y=\"%.1f\"%s>", at, below,
              flip ? " text-anchor=\"end\"" : "");
      fitted(page, text, flip ? 180 : room, 5.9);
      fputs("</text>", page->out);
      free_from[row] = flip ? x : x + fmin(room, 5.9 * (double)strlen(text)) + 14;
    }
    fputs("</g>\n", page->out);
  }
  return y + 14 * LABEL_ROWS + 12;
}

static void bar(const KtStoryPage *page, const KtScene *scene, const KtPresence *here, double y,
                const char *name) {
  double x = x_of(page, scene->start);
  double width = fmax(2, x_of(page, scene->end) - x - 1.5);
  const char *how = here->lines ? kt_arena_format(page->arena, "%d lines", here->lines)
                    : here->weight > 0 ? "there"
                                       : "spoken of";
  if (here->weight > 0) {
    KtFeeling feeling = kt_feeling(&here->emotion);
    fprintf(page->out, "<g><rect class=\"f%d\" opacity=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"14\" rx=\"3\"/>",
            (int)feeling, here->lines ? ".95" : ".55", x, y, width);
    how = kt_arena_format(page->arena, "%s, %s", how, kt_feeling_name(feeling));
  } else {
    fprintf(page->out, "<g><rect class=\"source\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"14\" rx=\"3\"/>",
            x, y, width);
  }
  tip(page, scene->start, name, how);
  fputs("</g>", page->out);
}

static double people(const KtStoryPage *page, double y, const int *order, size_t count) {
  const KtStory *story = page->story;
  for (size_t i = 0; i < count; ++i) {
    int who = order[i];
    const char *name = story->characters.items[who].name;
    double row = y + ROW * (double)i;
    kt_story_lane_name(page, name, row + 12);
    fprintf(page->out, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT,
            LEFT + PLOT, row + 8, row + 8);
    for (size_t k = 0; k < story->presences.count; ++k) {
      const KtPresence *here = &story->presences.items[k];
      if (here->character == who) {
        bar(page, &story->scenes.items[here->scene], here, row + 1, name);
      }
    }
    for (size_t k = 0; k < story->lines.count; ++k) {
      const KtLine *line = &story->lines.items[k];
      if (line->character == who) {
        fprintf(page->out, "<rect class=\"says\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"4\"/>",
                x_of(page, line->start), row + 6,
                fmax(1, x_of(page, line->end) - x_of(page, line->start)));
      }
    }
  }
  return y + ROW * (double)count + 8;
}

static int row_of(const int *order, size_t count, int who) {
  for (size_t i = 0; i < count; ++i) {
    if (order[i] == who) {
      return (int)i;
    }
  }
  return -1;
}

/// A line between two people where they first meet.
static void meetings(const KtStoryPage *page, double y, const int *order, size_t count) {
  const KtStory *story = page->story;
  double used[WIDTH] = {0};
  for (size_t i = 0; i < story->pairs.count; ++i) {
    const KtPair *pair = &story->pairs.items[i];
    int a = row_of(order, count, pair->a);
    int b = row_of(order, count, pair->b);
    if (a < 0 || b < 0) {
      continue;
    }
    double x = x_of(page, pair->met) + 5;
    for (; x < WIDTH - 20 && used[(int)x] > 0; x += 6) {
    }
    used[(int)x] = 1;
    double top = y + ROW * (a < b ? a : b) + 8;
    double low = y + ROW * (a < b ? b : a) + 8;
    fprintf(page->out,
            "<g class=\"meets\"><line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/><circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
            x, x, top, low, x, top, x, low);
    tip(page, pair->met, "meet",
        kt_arena_format(page->arena, "%s and %s", story->characters.items[pair->a].name,
                        story->characters.items[pair->b].name));
    fputs("</g>\n", page->out);
  }
}

static const KtPresence *presence_of(const KtStory *story, int scene, int who) {
  for (size_t k = 0; k < story->presences.count; ++k) {
    const KtPresence *here = &story->presences.items[k];
    if (here->scene == scene && here->character == who && here->weight > 0) {
      return here;
    }
  }
  return NULL;
}

static int by_worth(const KtPair *a, const KtPair *b) {
  if (a->lines != b->lines) {
    return b->lines - a->lines;
  }
  return (a->together < b->together) - (a->together > b->together);
}

size_t kt_story_pairs(const KtStory *story, size_t most, size_t *pairs) {
  size_t count = 0;
  for (size_t i = 0; i < story->pairs.count; ++i) {
    size_t at = count;
    while (at && by_worth(&story->pairs.items[i], &story->pairs.items[pairs[at - 1]]) < 0) {
      --at;
    }
    if (at < most) {
      size_t move = (count < most ? count : most - 1) - at;
      memmove(&pairs[at + 1], &pairs[at], move * sizeof(*pairs));
      pairs[at] = i;
      count += count < most;
    }
  }
  return count;
}

/// What two people are to each other: how both feel where they are together.
static double pair_lanes(const KtStoryPage *page, double y) {
  const KtStory *story = page->story;
  size_t chosen[KT_STORY_PAIRS];
  size_t count = kt_story_pairs(story, KT_STORY_PAIRS, chosen);
  for (size_t i = 0; i < count; ++i) {
    const KtPair *pair = &story->pairs.items[chosen[i]];
    const char *name = kt_arena_format(page->arena, "%s + %s", story->characters.items[pair->a].name,
                                       story->characters.items[pair->b].name);
    fprintf(page->out, "<text class=\"lane\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 10,
            y + 10);
    fitted(page, name, LEFT - 12, 6);
    fputs("</text>", page->out);
    for (size_t s = 0; s < story->scenes.count; ++s) {
      const KtPresence *a = presence_of(story, (int)s, pair->a);
      const KtPresence *b = presence_of(story, (int)s, pair->b);
      if (a && b) {
        KtPresence both = *a;
        both.lines += b->lines;
        both.emotion.valence = 0.5F * (a->emotion.valence + b->emotion.valence);
        both.emotion.arousal = 0.5F * (a->emotion.arousal + b->emotion.arousal);
        both.emotion.tension = 0.5F * (a->emotion.tension + b->emotion.tension);
        bar(page, &story->scenes.items[s], &both, y, name);
      }
    }
    y += 20;
  }
  return y + (count ? 6 : 0);
}

/// The weightiest people, in the order in which they come in.
static size_t choose_people(const KtStory *story, int *order) {
  size_t count = 0;
  for (size_t i = 0; i < story->characters.count; ++i) {
    size_t heavier = 0;
    for (size_t k = 0; k < story->characters.count; ++k) {
      float mine = story->characters.items[i].weight;
      float other = story->characters.items[k].weight;
      heavier += other > mine || (other >= mine && k < i && !(mine > other));
    }
    if (heavier < KT_STORY_PEOPLE) {
      order[count++] = (int)i;
    }
  }
  return count;
}

void kt_story_lanes(const KtStoryPage *page) {
  int order[KT_STORY_PEOPLE];
  size_t chosen[KT_STORY_PAIRS];
  size_t count = choose_people(page->story, order);
  size_t pairs = kt_story_pairs(page->story, KT_STORY_PAIRS, chosen);
  double height = 22 + 40 + ARC + 6 + 14 * LABEL_ROWS + 12 + ROW * (double)count + 8 +
                  20 * (double)pairs + 16;
  fprintf(page->out, "<div class=\"timeline\"><svg viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"the story\">\n",
          WIDTH, height);
  double y = kt_story_axis(page, 0, height - 8);
  y = scenes(page, y);
  double top = y;
  y = arc(page, y);
  y = turns(page, top, y);
  double rows = y;
  y = people(page, y, order, count);
  meetings(page, rows, order, count);
  pair_lanes(page, y);
  fputs("</svg>\n<ul class=\"legend\">", page->out);
  for (int f = 0; f < KT_FEELING_COUNT; ++f) {
    fprintf(page->out, "<li><span class=\"swatch f%d\"></span>%s</li>", f,
            kt_feeling_name((KtFeeling)f));
  }
  fputs("<li><span class=\"swatch\" style=\"background:var(--valence)\"></span>curve: light or dark</li>"
        "<li><span class=\"swatch\" style=\"background:var(--arousal)\"></span>curve: stirred or still</li>"
        "<li><span class=\"swatch\" style=\"background:var(--tension)\"></span>curve: tension</li>"
        "<li>dark strokes: who speaks</li><li>dashed: spoken of</li><li>dots joined: two meet</li></ul></div>\n",
        page->out);
}
