// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef KT_DELIVER_STORY_PAGE_H
#define KT_DELIVER_STORY_PAGE_H

#include "base/json.h"
#include "deliver/deliver.h"

/// What story.html is drawn from.
typedef struct KtStoryPage {
  const KtStory *story;
  const KtTimecode *timecode;
  KtFilmTime length;
  KtArena *arena;
  FILE *out;
} KtStoryPage;

void kt_story_text(const KtStoryPage *page, const char *text); ///< escaped
/// Scenes, arcs, people, pairs and turns from left to right, as one drawing.
void kt_story_lanes(const KtStoryPage *page);
/// Pairs worth a lane, weightiest first; fills at most `most` indices, returns how many.
size_t kt_story_pairs(const KtStory *story, size_t most, size_t *pairs);
/// Words, picture and sound apart, and the threads of people and pairs, as curves.
void kt_story_threads_page(const KtStoryPage *page);
void kt_story_add_passes(json_t *root, const KtStory *story, KtArena *arena);

/// Lines of time across a drawing from `y` down to `bottom`, timecode at their top; returns where rows begin.
double kt_story_axis(const KtStoryPage *page, double y, double bottom);
void kt_story_lane_name(const KtStoryPage *page, const char *name, double y);
/// Marks the `most` turns that tell the film: the weightiest, and not all in one place. One flag a turn.
bool *kt_story_chosen_turns(const KtStoryPage *page, size_t most);

enum { KT_STORY_PEOPLE = 10, KT_STORY_PAIRS = 5 };
/// Drawings of the story: their width, where time begins, and how wide it is.
enum { KT_STORY_WIDTH = 1400, KT_STORY_LEFT = 150, KT_STORY_PLOT = KT_STORY_WIDTH - KT_STORY_LEFT - 14 };

#endif
