// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>
#include <stdlib.h>

/// People and pairs that have a thread, and how far words reach.
enum { PEOPLE_MOST = 8, PAIRS_MOST = 8 };
static const double fades_s = 8.0;
static const float still_felt = 0.05F; ///< below this nobody is there
static const float between = 0.5F;     ///< of the weaker one's presence, where both are there

static bool is_of(const KtStoryWork *work, const KtBeat *beat, int who) {
  const KtStory *story = work->story;
  if (beat->line >= 0 && story->lines.items[beat->line].character == who) {
    return true;
  }
  return kt_name_count(beat->text, story->characters.items[who].name) > 0;
}

/// A point a second, nobody there yet.
static bool make_points(KtStoryWork *work, KtThread *thread, size_t count) {
  thread->points.items = KT_NEW(work->arena, KtThreadPoint, count);
  thread->points.count = thread->points.capacity = thread->points.items ? count : 0;
  for (size_t i = 0; i < thread->points.count; ++i) {
    thread->points.items[i].at = (KtFilmTime)i * KT_FLICKS_PER_SECOND;
  }
  return thread->points.items != NULL;
}

/// Words by a person, of them or to them by name, felt while they last and fading after.
static KtThread *add_person(KtStoryWork *work, int who) {
  KtStory *story = work->story;
  size_t count = (size_t)(work->duration / KT_FLICKS_PER_SECOND) + 1;
  KtThread *thread = kt_array_push(work->arena, &story->threads);
  KtEmotion *sum = KT_NEW(work->scratch, KtEmotion, count);
  float *weight = KT_NEW(work->scratch, float, count);
  if (!thread || !sum || !weight) {
    return NULL;
  }
  *thread =
      (KtThread){.character = who, .other = -1, .weight = story->characters.items[who].weight};
  for (size_t b = 0; b < work->beats.count; ++b) {
    const KtBeat *beat = &work->beats.items[b];
    if (!is_of(work, beat, who)) {
      continue;
    }
    double start = kt_seconds(beat->start);
    double end = kt_seconds(beat->end);
    long last = lround(fmin((double)count - 1, end + 3 * fades_s));
    for (long i = lround(fmax(0, start - 1)); i <= last; ++i) {
      double after = fmax(0, (double)i - end);
      float share = beat->weight * (float)exp(-after / fades_s);
      kt_emotion_add(&sum[i], &beat->emotion, share);
      weight[i] += share;
    }
  }
  if (!make_points(work, thread, count)) {
    return NULL;
  }
  for (size_t i = 0; i < count; ++i) {
    if (weight[i] > still_felt) {
      KtThreadPoint *point = &thread->points.items[i];
      kt_emotion_add(&point->emotion, &sum[i], 1 / weight[i]);
      point->presence = fminf(1, weight[i]);
    }
  }
  return thread;
}

/// Two people and how long both are there.
typedef struct Bond {
  size_t one, two;
  float weight;
} Bond;

static float bond_weight(const KtStoryWork *work, const KtThread *a, const KtThread *b) {
  float together = 0;
  for (size_t i = 0; i < a->points.count && i < b->points.count; ++i) {
    together += fminf(a->points.items[i].presence, b->points.items[i].presence);
  }
  float seconds = (float)fmax(1, kt_seconds(work->duration));
  return fminf(a->weight, b->weight) * fminf(1, together / (between * seconds));
}

/// What is between two: both their moods where both are there.
static void add_pair(KtStoryWork *work, const Bond *bond) {
  KtThread *made = kt_array_push(work->arena, &work->story->threads);
  if (!made) {
    return;
  }
  const KtThread *a = &work->story->threads.items[bond->one];
  const KtThread *b = &work->story->threads.items[bond->two];
  *made = (KtThread){.character = a->character, .other = b->character, .weight = bond->weight};
  size_t count = a->points.count < b->points.count ? a->points.count : b->points.count;
  if (!make_points(work, made, count)) {
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const KtThreadPoint *p = &a->points.items[i];
    const KtThreadPoint *q = &b->points.items[i];
    KtThreadPoint *point = &made->points.items[i];
    point->presence = fminf(p->presence, q->presence);
    if (point->presence > 0) {
      float share = p->presence / (p->presence + q->presence);
      kt_emotion_add(&point->emotion, &p->emotion, share);
      kt_emotion_add(&point->emotion, &q->emotion, 1 - share);
    }
  }
}

static int by_weight(const void *left, const void *right) {
  const Bond *a = left;
  const Bond *b = right;
  if (a->weight != b->weight) {
    return a->weight < b->weight ? 1 : -1;
  }
  return a->one != b->one ? (a->one > b->one) - (a->one < b->one)
                          : (a->two > b->two) - (a->two < b->two);
}

static void add_pairs(KtStoryWork *work) {
  const KtThread *people = work->story->threads.items;
  size_t count = work->story->threads.count;
  Bond bonds[PEOPLE_MOST * PEOPLE_MOST];
  size_t used = 0;
  for (size_t a = 0; a < count; ++a) {
    for (size_t b = a + 1; b < count; ++b) {
      float weight = bond_weight(work, &people[a], &people[b]);
      if (weight > 0) { // else they are never there at once
        bonds[used++] = (Bond){a, b, weight};
      }
    }
  }
  if (used > 1) {
    qsort(bonds, used, sizeof(*bonds), by_weight);
  }
  for (size_t i = 0; i < used && i < PAIRS_MOST; ++i) {
    add_pair(work, &bonds[i]);
  }
}

void kt_story_threads(KtStoryWork *work) {
  KtStory *story = work->story;
  if (work->duration <= 0 || !work->lexicon) {
    return;
  }
  bool *taken = KT_NEW(work->scratch, bool, story->characters.count + 1);
  for (int k = 0; taken && k < PEOPLE_MOST; ++k) {
    int best = -1;
    for (size_t i = 0; i < story->characters.count; ++i) {
      const KtCharacter *person = &story->characters.items[i];
      if (!taken[i] && (best < 0 || person->weight > story->characters.items[best].weight)) {
        best = (int)i;
      }
    }
    if (best < 0 || !add_person(work, best)) {
      break;
    }
    taken[best] = true;
  }
  add_pairs(work);
}
