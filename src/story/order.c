// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Where the lines of a scene are heard, by their words.
typedef struct Heard {
  int words, found;
  bool known, kept;             ///< heard well enough; in the script's order
  KtFilmTime low, middle, high; ///< quarters of its lines
} Heard;

enum { WORDS_LEAST = 6 };

static int words_of(const char *text) {
  int words = 0;
  for (; *text; text += strcspn(text, " ")) {
    text += strspn(text, " ");
    words += *text != '\0';
  }
  return words;
}

static int by_time(const void *left, const void *right) {
  KtFilmTime a = *(const KtFilmTime *)left;
  KtFilmTime b = *(const KtFilmTime *)right;
  return (a > b) - (a < b);
}

static void hear(const KtStory *story, int scene, KtFilmTime *starts, Heard *heard) {
  size_t count = 0;
  for (size_t i = 0; i < story->lines.count; ++i) {
    const KtLine *line = &story->lines.items[i];
    if (line->scene == scene) {
      int words = words_of(line->text);
      heard->words += words;
      heard->found += line->confidence > 0 ? words : 0;
      starts[count] = line->start;
      count += line->confidence > 0;
    }
  }
  heard->known = heard->found >= WORDS_LEAST && 2 * heard->found >= heard->words;
  if (count) {
    qsort(starts, count, sizeof(*starts), by_time);
    heard->low = starts[count / 4];
    heard->middle = starts[count / 2];
    heard->high = starts[count - 1 - count / 4];
  }
}

/// The row of scenes with most words whose order is the same on paper and in the film.
static bool keep_row(Heard *heard, size_t count) {
  long *sum = calloc(count + 1, sizeof(*sum));
  size_t *before = calloc(count + 1, sizeof(*before));
  size_t best = count;
  for (size_t i = 0; sum && before && i < count; ++i) {
    before[i] = count;
    sum[i] = heard[i].known ? heard[i].found : 0;
    for (size_t j = 0; heard[i].known && j < i; ++j) {
      if (heard[j].known && heard[j].middle <= heard[i].middle &&
          sum[j] + heard[i].found > sum[i]) {
        sum[i] = sum[j] + heard[i].found;
        before[i] = j;
      }
    }
    best = heard[i].known && (best == count || sum[i] > sum[best]) ? i : best;
  }
  for (size_t i = best; before && i < count; i = before[i]) {
    heard[i].kept = true;
  }
  free(sum);
  free(before);
  return best < count;
}

/// Scenes whose lines are told in turns are not moved: one must lie wholly on the other side.
static bool is_moved(const Heard *heard, size_t count, size_t scene) {
  const Heard *here = &heard[scene];
  for (size_t i = 0; here->known && !here->kept && i < count; ++i) {
    bool other =
        heard[i].kept && (i < scene ? heard[i].low > here->high : heard[i].high < here->low);
    if (other) {
      return true;
    }
  }
  return false;
}

/// The moved scene that comes next in the film, before `limit`; `count` where none does.
static size_t next_moved(const Heard *heard, const bool *moved, size_t count, KtFilmTime limit) {
  size_t best = count;
  for (size_t i = 0; i < count; ++i) {
    if (moved[i] && heard[i].middle < limit &&
        (best == count || heard[i].middle < heard[best].middle)) {
      best = i;
    }
  }
  return best;
}

static void tell_moved(KtStoryWork *work, size_t scene, size_t after) {
  const KtScene *scenes = work->story->scenes.items;
  kt_story_warn(work, kt_arena_format(work->arena,
                                      "scene %zu (%s, line %d) stands elsewhere in the film: %s%s",
                                      scene + 1, scenes[scene].heading, scenes[scene].line,
                                      after ? "after " : "at its beginning",
                                      after ? scenes[after - 1].heading : ""));
}

/// Scenes in the order of the film; those without words stay behind the one before them.
static bool put_in_order(KtStoryWork *work, const Heard *heard, bool *moved, size_t count,
                         size_t *order) {
  size_t used = 0;
  bool any = false;
  for (size_t i = 0; i < count; ++i) {
    moved[i] = is_moved(heard, count, i);
    any = any || moved[i];
  }
  bool *left = KT_NEW(work->scratch, bool, count + 1);
  for (size_t i = 0; any && left && i <= count; ++i) {
    left[i] = i < count && moved[i];
  }
  for (size_t i = 0; any && left && i <= count; ++i) {
    if (i < count && moved[i]) {
      continue;
    }
    KtFilmTime limit = i == count ? INT64_MAX : heard[i].kept ? heard[i].middle : 0;
    for (size_t k; (k = next_moved(heard, left, count, limit)) < count; left[k] = false) {
      tell_moved(work, k, used ? order[used - 1] + 1 : 0);
      order[used++] = k;
    }
    if (i < count) {
      order[used++] = i;
    }
  }
  return any && used == count;
}

/// The screenplay with its scenes in another order, on paper one after the other as before.
static const KtScreenplay *reordered(KtStoryWork *work, const size_t *order) {
  const KtScreenplay *play = work->play;
  size_t count = work->openings.count;
  KtScreenplay *made = KT_NEW(work->scratch, KtScreenplay, 1);
  KtElement *elements = KT_NEW(work->scratch, KtElement, play->elements.count + 1);
  if (!made || !elements || !count) {
    return play;
  }
  const size_t *first = work->openings.items;
  const KtElement *all = play->elements.items;
  memcpy(elements, all, first[0] * sizeof(*elements));
  size_t used = first[0];
  float at = all[first[0]].at;
  float page = all[first[0]].page;
  for (size_t i = 0; i < count; ++i) {
    size_t from = first[order[i]];
    size_t to = order[i] + 1 < count ? first[order[i] + 1] : play->elements.count;
    bool last = to == play->elements.count;
    float down = at - all[from].at;
    float on = page - all[from].page;
    for (size_t k = from; k < to; ++k, ++used) {
      elements[used] = all[k];
      elements[used].at += down;
      elements[used].page += on;
    }
    at = down + (last ? play->length : all[to].at);
    page = on + (last ? play->pages : all[to].page);
  }
  *made = *play;
  made->elements.items = elements;
  made->elements.count = made->elements.capacity = used;
  return made;
}

bool kt_story_film_order(KtStoryWork *work) {
  size_t count = work->story->scenes.count;
  Heard *heard = KT_NEW(work->scratch, Heard, count + 1);
  bool *moved = KT_NEW(work->scratch, bool, count + 1);
  size_t *order = KT_NEW(work->scratch, size_t, count + 1);
  KtFilmTime *starts = KT_NEW(work->scratch, KtFilmTime, work->story->lines.count + 1);
  if (!heard || !moved || !order || !starts || work->openings.count != count) {
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    hear(work->story, (int)i, starts, &heard[i]);
  }
  if (!keep_row(heard, count) || !put_in_order(work, heard, moved, count, order)) {
    return false;
  }
  work->play = reordered(work, order);
  return true;
}
