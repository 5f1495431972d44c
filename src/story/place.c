// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>
#include <stdlib.h>

/// A place on paper whose film time is known.
typedef struct Anchor {
  float at;
  KtFilmTime time;
} Anchor;

typedef struct Anchors {
  KT_ARRAY(Anchor) list;
} Anchors;

static void anchor(KtStoryWork *work, Anchors *anchors, float at, KtFilmTime time) {
  const Anchor *last = anchors->list.count ? &anchors->list.items[anchors->list.count - 1] : NULL;
  if (last && (at <= last->at || time < last->time)) { // out of order: the film moved it
    return;
  }
  Anchor *made = kt_array_push(work->scratch, &anchors->list);
  if (made) {
    *made = (Anchor){at, time};
  }
}

static KtFilmTime time_at(const Anchors *anchors, float at) {
  const Anchor *a = anchors->list.items;
  size_t count = anchors->list.count;
  size_t i = 1;
  while (i + 1 < count && a[i].at < at) {
    ++i;
  }
  float share =
      count > 1 && a[i].at > a[i - 1].at ? (at - a[i - 1].at) / (a[i].at - a[i - 1].at) : 0;
  share = kt_clamp(share, 0, 1);
  return count > 1
             ? a[i - 1].time + (KtFilmTime)((double)share * (double)(a[i].time - a[i - 1].time))
             : 0;
}

/// Lines found that keep their order among the found: the longest such row (quadratic in lines is
/// nothing beside the alignment).
static void mark_in_order(const KtStoryWork *work, const size_t *beats, size_t count, bool *keep) {
  size_t *length = calloc(count + 1, sizeof(*length));
  size_t *before = calloc(count + 1, sizeof(*before));
  size_t best = count;
  for (size_t i = 0; length && before && i < count; ++i) {
    const KtLine *line = &work->story->lines.items[work->beats.items[beats[i]].line];
    length[i] = 1;
    before[i] = count;
    for (size_t j = 0; j < i; ++j) {
      const KtLine *other = &work->story->lines.items[work->beats.items[beats[j]].line];
      if (other->start <= line->start && length[j] + 1 > length[i]) {
        length[i] = length[j] + 1;
        before[i] = j;
      }
    }
    best = best == count || length[i] > length[best] ? i : best;
  }
  for (size_t i = best; before && i < count; i = before[i]) {
    keep[i] = true;
  }
  free(length);
  free(before);
}

static void make_anchors(KtStoryWork *work, Anchors *anchors, float total) {
  size_t *found = KT_NEW(work->scratch, size_t, work->beats.count + 1);
  bool *keep = KT_NEW(work->scratch, bool, work->beats.count + 1);
  size_t count = 0;
  for (size_t i = 0; found && i < work->beats.count; ++i) {
    int line = work->beats.items[i].line;
    if (line >= 0 && work->story->lines.items[line].confidence > 0) {
      found[count++] = i;
    }
  }
  if (found && keep) {
    mark_in_order(work, found, count, keep);
  }
  anchor(work, anchors, -0.001F, 0);
  for (size_t i = 0; found && keep && i < count; ++i) {
    const KtBeat *beat = &work->beats.items[found[i]];
    const KtLine *line = &work->story->lines.items[beat->line];
    if (keep[i]) {
      anchor(work, anchors, beat->at, line->start);
      anchor(work, anchors, beat->at + beat->length, line->end);
    }
  }
  const Anchor *last = anchors->list.count ? &anchors->list.items[anchors->list.count - 1] : NULL;
  float at = last && total <= last->at ? last->at + 1 : total;
  anchor(work, anchors, at, last && work->end < last->time ? work->duration : work->end);
}

/// How well a scene could begin with this shot, 0..1.5.
static float opening(const KtStoryWork *work, size_t shot, KtFilmTime wanted) {
  const KtShot *s = &work->film->shots.items[shot];
  double far = fabs(kt_seconds(s->start - wanted)) / (double)work->rules->snap_s;
  float score = (float)(1 - far);
  score += s->scene != work->film->shots.items[shot - 1].scene ? 0.3F : 0;
  score += s->transition > KT_TRANSITION_CUT ? 0.2F : 0;
  return score;
}

static KtFilmTime snap(const KtStoryWork *work, KtFilmTime wanted, KtFilmTime low,
                       KtFilmTime high) {
  KtFilmTime best = wanted;
  float best_score = 0;
  for (size_t i = 1; work->film && i < work->film->shots.count; ++i) {
    KtFilmTime start = work->film->shots.items[i].start;
    float score = start >= low && start <= high ? opening(work, i, wanted) : 0;
    if (score > best_score) {
      best_score = score;
      best = start;
    }
  }
  return best;
}

/// End of the last line before a scene, start of the first line in it: the scene begins between.
static void limits(const KtStoryWork *work, int scene, KtFilmTime *low, KtFilmTime *high) {
  *low = 0;
  *high = work->duration;
  for (size_t i = 0; i < work->story->lines.count; ++i) {
    const KtLine *line = &work->story->lines.items[i];
    if (line->confidence < 0.5F) {
      continue;
    }
    if (line->scene < scene && line->end > *low) {
      *low = line->end - kt_film_time(0.2);
    } else if (line->scene >= scene && line->start < *high) {
      *high = line->start;
    }
  }
}

static void place_scenes(KtStoryWork *work, const Anchors *anchors) {
  KtStory *story = work->story;
  for (size_t i = 0; i < story->scenes.count; ++i) {
    KtScene *scene = &story->scenes.items[i];
    float at = i < work->headings.count ? work->headings.items[i] : 0;
    KtFilmTime low = 0;
    KtFilmTime high = 0;
    limits(work, (int)i, &low, &high);
    KtFilmTime wanted = time_at(anchors, at + 1);
    KtFilmTime after = i ? story->scenes.items[i - 1].start + kt_film_time(1) : 0;
    low = after > low && after < high ? after : low; // two scenes never share a cut
    wanted = wanted < low ? low : wanted > high ? high : wanted;
    scene->start = i ? snap(work, wanted, low, high) : 0;
    if (i && scene->start < story->scenes.items[i - 1].start) {
      scene->start = story->scenes.items[i - 1].start;
    }
    if (i) {
      story->scenes.items[i - 1].end = scene->start;
    }
    double room = kt_seconds(high - low);
    bool known = story->alignment > 0;
    scene->confidence = !work->film ? 0.3F : known ? (float)fmax(0.3, 1 - room / 60) : 0.25F;
  }
  if (story->scenes.count) {
    story->scenes.items[story->scenes.count - 1].end = work->duration;
  }
}

static void place_beats(KtStoryWork *work, const Anchors *anchors) {
  for (size_t i = 0; i < work->beats.count; ++i) {
    KtBeat *beat = &work->beats.items[i];
    KtLine *line = beat->line >= 0 ? &work->story->lines.items[beat->line] : NULL;
    beat->start = time_at(anchors, beat->at);
    beat->end = time_at(anchors, beat->at + beat->length);
    if (line && line->confidence > 0) {
      beat->start = line->start < 0 ? 0 : line->start;
      beat->end = line->end < work->duration ? line->end : work->duration;
      beat->end = beat->end < beat->start ? beat->start : beat->end;
    }
    if (line) {
      line->start = beat->start;
      line->end = beat->end;
      line->confidence = line->confidence > 0 ? line->confidence : work->film ? 0.2F : 0.3F;
    }
  }
}

/// A paragraph of action stays inside its scene, which has been moved to a cut.
static void keep_inside(KtStoryWork *work) {
  for (size_t i = 0; i < work->beats.count; ++i) {
    KtBeat *beat = &work->beats.items[i];
    const KtScene *scene = beat->scene >= 0 ? &work->story->scenes.items[beat->scene] : NULL;
    if (scene && beat->line < 0) {
      beat->start = beat->start < scene->start ? scene->start : beat->start;
      beat->end = beat->end > scene->end ? scene->end : beat->end;
      beat->start = beat->start > scene->end ? scene->end : beat->start;
      beat->end = beat->end < beat->start ? beat->start : beat->end;
    }
  }
}

static int by_start(const void *left, const void *right) {
  const KtBeat *a = left;
  const KtBeat *b = right;
  if (a->start != b->start) {
    return a->start < b->start ? -1 : 1;
  }
  return a->element - b->element;
}

static void match(KtStoryWork *work) {
  KtStory *story = work->story;
  bool words = false;
  for (size_t i = 0; i < work->film->captions.count; ++i) {
    words = words || !work->film->captions.items[i].sound;
  }
  if (words && story->lines.count) {
    story->alignment = kt_align_captions(work);
    if (story->alignment < work->rules->belongs) {
      kt_story_warn(work,
                    kt_arena_format(
                        work->arena,
                        "%s does not belong to this film: %.0f %% of its words are in the "
                        "captions; times come from its length",
                        work->script, (double)(100 * story->alignment)));
      for (size_t i = 0; i < story->lines.count; ++i) {
        story->lines.items[i].confidence = 0;
      }
    }
  } else if (story->lines.count && work->film->speech.count) {
    kt_align_speech(work);
  }
}

void kt_story_place(KtStoryWork *work) {
  if (work->film) {
    match(work);
  }
  Anchors anchors = {0};
  float total = 1;
  for (size_t i = 0; i < work->beats.count; ++i) {
    total = fmaxf(total, work->beats.items[i].at + work->beats.items[i].length);
  }
  make_anchors(work, &anchors, total);
  place_beats(work, &anchors);
  place_scenes(work, &anchors);
  keep_inside(work);
  if (work->beats.count) {
    qsort(work->beats.items, work->beats.count, sizeof(KtBeat), by_start);
  }
}
