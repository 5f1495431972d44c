// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What words, picture and sound each felt, and the thread of every person and pair, as small curves.
#include "deliver/story_page.h"

static const double wide = 640, high = 46; ///< of one curve's drawing, px

typedef enum Axis { AXIS_VALENCE, AXIS_TENSION, AXIS_WEIGHT } Axis;

static const KtPassPoint *pass_at(const KtStory *story, KtPass pass, size_t i) {
  return i < story->passes[pass].count ? &story->passes[pass].items[i] : NULL;
}

static double height(double value, Axis axis) {
  return axis == AXIS_VALENCE ? high / 2 - value * (high / 2 - 2) : high - 2 - value * (high - 4);
}

static void begin(const KtStoryPage *page, const char *name, const char *more) {
  fputs("<tr><th>", page->out);
  kt_story_text(page, name);
  fprintf(page->out, "</th><td class=\"n\">%s</td><td><svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\">"
                     "<line x1=\"0\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#8884\"/>",
          more, wide, high, wide, high, wide, high / 2, high / 2);
}

static void curve_begin(const KtStoryPage *page, const char *colour, bool thin) {
  fprintf(page->out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" points=\"", colour, thin ? "1" : "1.6");
}

static const char *const colours[] = {"#2a7ab8", "#c0392b", "#888"};

static void readings(const KtStoryPage *page) {
  const KtStory *story = page->story;
  double length = kt_seconds(page->length) > 0 ? kt_seconds(page->length) : 1;
  for (int p = 0; p < KT_PASS_COUNT; ++p) {
    double sum = 0;
    for (size_t i = 0; i < story->passes[p].count; ++i) {
      sum += (double)story->passes[p].items[i].weight;
    }
    if (!story->passes[p].count || sum <= 0) {
      continue;
    }
    begin(page, kt_pass_name((KtPass)p),
          kt_arena_format(page->arena, "%.0f %% of the whole", 100 * sum / (double)story->passes[p].count));
    for (int axis = 0; axis < 3; ++axis) {
      curve_begin(page, colours[axis], axis == AXIS_WEIGHT);
      for (size_t i = 0; i < story->passes[p].count; i += 2) {
        const KtPassPoint *point = pass_at(story, (KtPass)p, i);
        float value = axis == AXIS_VALENCE ? point->emotion.valence : axis == AXIS_TENSION ? point->emotion.tension : point->weight;
        fprintf(page->out, "%.1f,%.1f ", wide * 0.5 * (double)i / length, height((double)value, (Axis)axis));
      }
      fputs("\"/>", page->out);
    }
    fputs("</svg></td></tr>\n", page->out);
  }
}

static void thread(const KtStoryPage *page, const KtThread *thread) {
  const KtStory *story = page->story;
  double length = kt_seconds(page->length) > 0 ? kt_seconds(page->length) : 1;
  const char *one = story->characters.items[thread->character].name;
  const char *name = thread->other >= 0
                         ? kt_arena_format(page->arena, "%s and %s", one, story->characters.items[thread->other].name)
                         : one;
  begin(page, name, kt_arena_format(page->arena, "weight %.2f", (double)thread->weight));
  for (int axis = 0; axis < 3; ++axis) {
    curve_begin(page, colours[axis], axis == AXIS_WEIGHT);
    for (size_t i = 0; i < thread->points.count; ++i) {
      const KtThreadPoint *point = &thread->points.items[i];
      float value = axis == AXIS_VALENCE ? point->emotion.valence : axis == AXIS_TENSION ? point->emotion.tension : point->presence;
      fprintf(page->out, "%.1f,%.1f ", wide * kt_seconds(point->at) / length, height((double)value, (Axis)axis));
    }
    fputs("\"/>", page->out);
  }
  fputs("</svg></td></tr>\n", page->out);
}

void kt_story_threads_page(const KtStoryPage *page) {
  enum { MOST = 12 };
  fputs("<h2>Readings and threads</h2><p>Blue: valence (middle line: neither). Red: tension. Grey: how much the reading "
        "weighs, or how much the person is there.</p><div class=\"scroll\"><table><tbody>\n", page->out);
  readings(page);
  for (size_t i = 0; i < page->story->threads.count && i < MOST; ++i) {
    thread(page, &page->story->threads.items[i]);
  }
  fputs("</tbody></table></div>\n", page->out);
}
