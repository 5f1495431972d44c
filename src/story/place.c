// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A place on paper whose film time is known; paper is measured in words.
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

static float words_in(const char *text) {
  float words = 0;
  for (const char *at = text; *at;) {
    at += strspn(at, " \n\t");
    words += *at ? 1 : 0;
    at += strcspn(at, " \n\t");
  }
  return words;
}

/// Words of action and speech take time on the screen; lines of paper and blanks between do not.
/// Line on paper, words before it.
static void weigh_paper(KtStoryWork *work, Anchors *paper) {
  float words = 0;
  for (size_t i = 0; work->film && i < work->play->elements.count; ++i) {
    const KtElement *e = &work->play->elements.items[i];
    bool told = e->kind == KT_ELEMENT_ACTION || e->kind == KT_ELEMENT_DIALOGUE ||
                e->kind == KT_ELEMENT_LYRIC;
    const Anchor ends[] = {{e->at, (KtFilmTime)lroundf(1000 * words)}, {e->at + e->length, 0}};
    words += told ? words_in(e->text) + 1 : 0.1F;
    for (int k = 0; k < 2; ++k) {
      Anchor *made = kt_array_push(work->scratch, &paper->list);
      if (made) {
        *made = (Anchor){ends[k].at, k ? (KtFilmTime)lroundf(1000 * words) : ends[k].time};
      }
    }
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

/// Place in words of a place in lines; a script without a film keeps its pages.
static float place_of(const KtStoryWork *work, const Anchors *paper, float at) {
  return work->film && paper->list.count > 1 ? (float)time_at(paper, at) / 1000 : at;
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

/// Starts of scenes that are sure enough to count as known: none, those whose fade or dissolve in
/// the script is one on the screen, or all.
typedef enum Sure { SURE_LINES, SURE_CHANGES, SURE_SCENES } Sure;

static void anchor_scene(KtStoryWork *work, const Anchors *paper, Anchors *anchors, size_t scene,
                         Sure sure) {
  const KtScene *here = &work->story->scenes.items[scene];
  bool known = sure == SURE_SCENES;
  for (size_t i = 1; sure == SURE_CHANGES && i < work->film->shots.count; ++i) {
    const KtShot *shot = &work->film->shots.items[i];
    known = known ||
            (shot->start == here->start && kt_setting_shows(shot, kt_setting_change(work, scene)));
  }
  if (known && scene && scene < work->headings.count) {
    anchor(work, anchors, place_of(work, paper, work->headings.items[scene]) + 0.05F, here->start);
  }
}

static size_t found_lines(KtStoryWork *work, size_t *found, bool *keep) {
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
  return found && keep ? count : 0;
}

/// The script begins after a title on black.
static KtFilmTime prelude(const KtStoryWork *work) {
  const KtFilm *film = work->film;
  if (!film || film->shots.count < 2) {
    return 0;
  }
  const KtShot *first = film->shots.items;
  bool black = first->brightness < 0.12F && first->brightness < 0.4F * first[1].brightness;
  bool lettered = film->titles.count && film->titles.items[0].start < first->end &&
                  film->titles.items[0].end <= first->end + KT_FLICKS_PER_SECOND;
  bool spoken = false;
  for (size_t i = 0; i < work->story->lines.count; ++i) {
    const KtLine *line = &work->story->lines.items[i];
    spoken = spoken || (line->confidence > 0 && line->start < first->end);
  }
  bool short_one = first->end < film->duration / 10 + 5 * KT_FLICKS_PER_SECOND;
  return (black || lettered) && !spoken && short_one ? first->end : 0;
}

static void make_anchors(KtStoryWork *work, const Anchors *paper, Anchors *anchors, float total,
                         Sure sure) {
  size_t *found = KT_NEW(work->scratch, size_t, work->beats.count + 1);
  bool *keep = KT_NEW(work->scratch, bool, work->beats.count + 1);
  size_t count = found_lines(work, found, keep);
  size_t next = 0;
  int scene = 0;
  *anchors = (Anchors){0};
  anchor(work, anchors, -0.001F, prelude(work));
  for (size_t i = 0; i < work->beats.count; ++i) {
    const KtBeat *beat = &work->beats.items[i];
    for (; sure != SURE_LINES && scene < beat->scene; ++scene) {
      anchor_scene(work, paper, anchors, (size_t)scene + 1, sure);
    }
    if (next < count && found[next] == i) {
      const KtLine *line = &work->story->lines.items[beat->line];
      if (keep[next++]) {
        anchor(work, anchors, place_of(work, paper, beat->at), line->start);
        anchor(work, anchors, place_of(work, paper, beat->at + beat->length), line->end);
      }
    }
  }
  const Anchor *last = anchors->list.count ? &anchors->list.items[anchors->list.count - 1] : NULL;
  float at = place_of(work, paper, total);
  at = last && at <= last->at ? last->at + 1 : at;
  anchor(work, anchors, at, last && work->end < last->time ? work->duration : work->end);
}

/// End of the last line before a scene, start of the first line in it: the scene begins between.
static void limits(const KtStoryWork *work, int scene, KtFilmTime *low, KtFilmTime *high) {
  *low = 0;
  *high = work->duration;
  for (size_t i = 0; i < work->story->lines.count; ++i) {
    const KtLine *line = &work->story->lines.items[i];
    if (line->confidence < 0.5F || (work->in_order && !work->in_order[i])) {
      continue; // a line that the film tells elsewhere says nothing of its scene
    }
    if (line->scene < scene && line->end > *low) {
      *low = line->end - kt_film_time(0.2);
    } else if (line->scene >= scene && line->start < *high) {
      *high = line->start;
    }
  }
}

/// Where scenes begin, by what is known so far.
static void place_scenes(KtStoryWork *work, const Anchors *paper, const Anchors *anchors,
                         bool again) {
  KtStory *story = work->story;
  KtSetting *settings = KT_NEW(work->scratch, KtSetting, story->scenes.count + 1);
  for (size_t i = 0; settings && i < story->scenes.count; ++i) {
    float at = i < work->headings.count ? work->headings.items[i] : 0;
    KtSetting *to = &settings[i];
    limits(work, (int)i, &to->low, &to->high);
    to->wanted = i ? time_at(anchors, place_of(work, paper, at) + 0.05F) : 0;
    to->wanted = to->wanted < to->low ? to->low : to->wanted > to->high ? to->high : to->wanted;
    KtScene *scene = &story->scenes.items[i];
    scene->start = again ? scene->start : to->wanted;
    double room = kt_seconds(to->high - to->low);
    bool known = story->alignment > 0;
    scene->confidence = !work->film ? 0.3F : known ? (float)fmax(0.3, 1 - room / 60) : 0.25F;
  }
  if (settings && work->film) {
    kt_setting_place(work, settings, again);
  }
  for (size_t i = 1; i < story->scenes.count; ++i) {
    KtScene *scene = &story->scenes.items[i];
    scene->start = scene->start < scene[-1].start ? scene[-1].start : scene->start;
    scene[-1].end = scene->start;
  }
  if (story->scenes.count) {
    story->scenes.items[story->scenes.count - 1].end = work->duration;
  }
}

/// Speech that no caption tells of, in a span.
static double untold_speech_s(const KtFilm *film, KtFilmTime low, KtFilmTime high) {
  double sum = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    KtFilmTime from = film->speech.items[i].start > low ? film->speech.items[i].start : low;
    KtFilmTime to = film->speech.items[i].end < high ? film->speech.items[i].end : high;
    bool told = false;
    for (size_t k = 0; k < film->captions.count; ++k) {
      told |= film->captions.items[k].start < to && film->captions.items[k].end > from;
    }
    sum += to > from && !told ? kt_seconds(to - from) : 0;
  }
  return sum;
}

/// Whether the film has left a scene out: it has lines enough to be known by, none is heard, and
/// nobody speaks unheard where it would be.
static bool is_cut(const KtStoryWork *work, int scene) {
  const KtStory *story = work->story;
  int words = 0;
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    if (line->scene != scene) {
      continue;
    }
    if (line->confidence > 0.2F) {
      return false;
    }
    words += (int)words_in(line->text);
  }
  KtFilmTime low = 0;
  KtFilmTime high = 0;
  limits(work, scene, &low, &high);
  return words >= 6 && untold_speech_s(work->film, low, high) < 1.5;
}

/// Scenes that were cut get no time, and the script says so; their lines and deeds go with them.
static void leave_out(KtStoryWork *work) {
  KtStory *story = work->story;
  if (!work->film || story->alignment < fmaxf(0.4F, work->rules->belongs)) {
    return;
  }
  for (size_t i = story->scenes.count; i-- > 0;) {
    KtScene *scene = &story->scenes.items[i];
    if (!is_cut(work, (int)i)) {
      continue;
    }
    // Its time goes to the scene before it, the first one's to the one after.
    if (i) {
      scene[-1].end = scene->end;
      scene->start = scene->end;
    } else if (story->scenes.count > 1) {
      scene[1].start = scene->start;
      scene->end = scene->start;
    }
    scene->confidence = 0;
    kt_story_warn(
        work,
        kt_arena_format(work->arena,
                        "scene %zu (%s, line %d) is not in the film: none of its lines is heard",
                        i + 1, scene->heading, scene->line));
  }
}

static void place_beats(KtStoryWork *work, const Anchors *paper, const Anchors *anchors) {
  for (size_t i = 0; i < work->beats.count; ++i) {
    KtBeat *beat = &work->beats.items[i];
    KtLine *line = beat->line >= 0 ? &work->story->lines.items[beat->line] : NULL;
    beat->start = time_at(anchors, place_of(work, paper, beat->at));
    beat->end = time_at(anchors, place_of(work, paper, beat->at + beat->length));
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
    bool cut = scene && work->film && scene->confidence <= 0;
    if (cut && beat->line >= 0) {
      KtLine *line = &work->story->lines.items[beat->line];
      line->start = line->end = beat->start = beat->end = scene->start;
      line->confidence = 0;
    }
    if (scene && (beat->line < 0 || cut)) {
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
  return a->element != b->element ? a->element - b->element : (a->at > b->at) - (a->at < b->at);
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
      kt_story_warn(
          work, kt_arena_format(work->arena,
                                "%s does not belong to this film: %.0f %% of its words are in the "
                                "captions; times come from its length",
                                work->script, (double)(100 * story->alignment)));
      for (size_t i = 0; i < story->lines.count; ++i) {
        story->lines.items[i].confidence = 0;
      }
    }
    kt_align_tighten(work);
  } else if (story->lines.count && work->film->speech.count) {
    kt_align_speech(work);
  }
}

/// A script whose scenes the film tells in another order is read in the film's.
static void read_in_order(KtStoryWork *work) {
  KtStory *story = work->story;
  if (story->alignment < fmaxf(0.4F, work->rules->belongs) || !kt_story_film_order(work)) {
    return;
  }
  story->scenes.count = story->lines.count = 0;
  work->beats.count = work->headings.count = work->openings.count = 0;
  for (size_t i = 0; i < story->characters.count; ++i) {
    story->characters.items[i].lines = 0;
  }
  kt_story_script(work);
  match(work);
}

static void mark_lines(KtStoryWork *work) {
  size_t *found = KT_NEW(work->scratch, size_t, work->beats.count + 1);
  bool *keep = KT_NEW(work->scratch, bool, work->beats.count + 1);
  work->in_order = KT_NEW(work->scratch, bool, work->story->lines.count + 1);
  size_t count = found_lines(work, found, keep);
  for (size_t i = 0; work->in_order && i < count; ++i) {
    work->in_order[work->beats.items[found[i]].line] = keep[i];
  }
}

void kt_story_place(KtStoryWork *work) {
  if (work->film) {
    match(work);
    read_in_order(work);
    mark_lines(work);
  }
  Anchors anchors = {0};
  float total = work->film ? 1 : fmaxf(1, work->play->length);
  for (size_t i = 0; i < work->beats.count; ++i) {
    total = fmaxf(total, work->beats.items[i].at + work->beats.items[i].length);
  }
  Anchors paper = {0};
  weigh_paper(work, &paper);
  make_anchors(work, &paper, &anchors, total, SURE_LINES);
  place_scenes(work, &paper, &anchors, false);
  if (work->film) { // fades and known places first, then all between them
    make_anchors(work, &paper, &anchors, total, SURE_CHANGES);
    place_scenes(work, &paper, &anchors, true);
    make_anchors(work, &paper, &anchors, total, SURE_SCENES);
  }
  leave_out(work);
  place_beats(work, &paper, &anchors);
  keep_inside(work);
  if (work->film) {
    kt_story_action(work);
  }
  if (work->beats.count) {
    qsort(work->beats.items, work->beats.count, sizeof(KtBeat), by_start);
  }
}
