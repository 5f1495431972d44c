// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What words, picture and sound each felt, and the thread of every person and pair, under one another on the
// film's time line.
#include "deliver/story_page.h"

#include <math.h>

enum { ROW = 64, HIGH = 46, POINTS = 350, AXIS = 22, MOST = 12 };
static const float there = 0.04F; ///< from this presence on a thread is drawn

/// What a row shows at one of POINTS places.
typedef struct Mean {
  double valence, arousal, tension, weight;
  int count;
} Mean;

static void add(Mean *means, KtFilmTime at, KtFilmTime length, const KtEmotion *emotion, float weight) {
  double place = length > 0 ? (double)at / (double)length * POINTS : 0;
  Mean *mean = &means[(int)fmax(0, fmin(POINTS - 1, place))];
  mean->valence += (double)emotion->valence;
  mean->arousal += (double)emotion->arousal;
  mean->tension += (double)emotion->tension;
  mean->weight += (double)weight;
  ++mean->count;
}

static double felt(const Mean *mean, int curve) {
  return curve == 0   ? 0.5 + 0.5 * mean->valence / mean->count
         : curve == 1 ? 0.5 + 0.5 * mean->arousal / mean->count
                      : mean->tension / mean->count;
}

static double x_of(int point) {
  return KT_STORY_LEFT + KT_STORY_PLOT * (point + 0.5) / POINTS;
}

/// How much it weighs, as a shade behind the curves.
static void shade(const KtStoryPage *page, const Mean *means, double bottom) {
  fprintf(page->out, "<polygon class=\"share\" points=\"%d,%.1f ", KT_STORY_LEFT, bottom);
  for (int i = 0; i < POINTS; ++i) {
    if (means[i].count) {
      fprintf(page->out, "%.1f,%.1f ", x_of(i), bottom - HIGH * fmin(1, means[i].weight / means[i].count));
    }
  }
  fprintf(page->out, "%d,%.1f\"/>\n", KT_STORY_LEFT + KT_STORY_PLOT, bottom);
}

/// A curve rests where the row has nothing to say.
static void curve(const KtStoryPage *page, const Mean *means, int which, double bottom) {
  static const char classes[] = "vat";
  bool open = false;
  for (int i = 0; i < POINTS; ++i) {
    bool silent = means[i].count && means[i].weight < (double)there * means[i].count;
    if (silent && open) {
      fputs("\"/>", page->out);
      open = false;
    }
    if (means[i].count && !silent) {
      fprintf(page->out, open ? "" : "<polyline class=\"curve %c\" points=\"", classes[which]);
      fprintf(page->out, "%.1f,%.1f ", x_of(i), bottom - HIGH * fmax(0, fmin(1, felt(&means[i], which))));
      open = true;
    }
  }
  fputs(open ? "\"/>\n" : "\n", page->out);
}

static void row(const KtStoryPage *page, const char *name, const char *share, const Mean *means, double y) {
  double bottom = y + HIGH;
  kt_story_lane_name(page, name, y + 20);
  fprintf(page->out, "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", KT_STORY_LEFT - 10,
          y + 34, share);
  shade(page, means, bottom);
  fprintf(page->out, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", KT_STORY_LEFT,
          KT_STORY_LEFT + KT_STORY_PLOT, bottom - HIGH / 2.0, bottom - HIGH / 2.0);
  for (int which = 0; which < 3; ++which) {
    curve(page, means, which, bottom);
  }
}

/// Share of a pass in the whole, 0 where it says nothing.
static double share_of(const KtStory *story, int pass) {
  double sum = 0;
  for (size_t i = 0; i < story->passes[pass].count; ++i) {
    sum += (double)story->passes[pass].items[i].weight;
  }
  return story->passes[pass].count ? sum / (double)story->passes[pass].count : 0;
}

static double readings(const KtStoryPage *page, double y) {
  const KtStory *story = page->story;
  static const char *const names[] = {"as written", "as seen", "as heard"};
  for (int p = 0; p < KT_PASS_COUNT; ++p) {
    Mean means[POINTS] = {0};
    for (size_t i = 0; i < story->passes[p].count; ++i) {
      const KtPassPoint *point = &story->passes[p].items[i];
      add(means, story->arc.items[i].at, page->length, &point->emotion, point->weight);
    }
    if (share_of(story, p) > 0) {
      row(page, names[p], kt_arena_format(page->arena, "%.0f %% of the arc", 100 * share_of(story, p)), means, y);
      y += ROW;
    }
  }
  return y;
}

static double threads(const KtStoryPage *page, double y) {
  const KtStory *story = page->story;
  for (size_t i = 0; i < story->threads.count && i < MOST; ++i) {
    const KtThread *thread = &story->threads.items[i];
    const char *one = story->characters.items[thread->character].name;
    const char *name = thread->other < 0 ? one
                                         : kt_arena_format(page->arena, "%s + %s", one,
                                                           story->characters.items[thread->other].name);
    Mean means[POINTS] = {0};
    for (size_t k = 0; k < thread->points.count; ++k) {
      const KtThreadPoint *point = &thread->points.items[k];
      add(means, point->at, page->length, &point->emotion, point->presence);
    }
    row(page, name, kt_arena_format(page->arena, "%.0f %% of the story", 100 * (double)thread->weight), means, y);
    y += ROW;
  }
  return y;
}

void kt_story_threads_page(const KtStoryPage *page) {
  size_t rows = page->story->threads.count < MOST ? page->story->threads.count : MOST;
  for (int p = 0; p < KT_PASS_COUNT; ++p) {
    rows += share_of(page->story, p) > 0;
  }
  double high = AXIS + ROW * (double)rows;
  fprintf(page->out, "<h2>Readings and threads <small>– how words, picture and sound felt apart; how each person, and "
                     "what is between two, fares</small></h2>\n<div class=\"timeline\"><svg viewBox=\"0 0 %d %.0f\" "
                     "role=\"img\" aria-label=\"readings and threads\">\n",
          KT_STORY_WIDTH, high);
  double y = kt_story_axis(page, 0, high);
  y = readings(page, y);
  threads(page, y);
  fputs("</svg>\n<ul class=\"legend\"><li><span class=\"swatch\" style=\"background:var(--valence)\"></span>light or dark"
        "</li><li><span class=\"swatch\" style=\"background:var(--arousal)\"></span>stirred or still</li><li><span "
        "class=\"swatch\" style=\"background:var(--tension)\"></span>tension</li><li>shade: how much the reading counts, "
        "how much somebody is there</li></ul></div>\n", page->out);
}
