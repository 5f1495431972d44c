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
  for (size_t i = 0; i < count; ++i) {
    KtThreadPoint *point = kt_array_push(work->arena, &thread->points);
    if (!point) {
      return NULL;
    }
    *point = (KtThreadPoint){.at = (KtFilmTime)i * KT_FLICKS_PER_SECOND};
    if (weight[i] > still_felt) {
      kt_emotion_add(&point->emotion, &sum[i], 1 / weight[i]);
      point->presence = fminf(1, weight[i]);
    }
  }
  return thread;
}

/// What is between two: both their moods where both are there.
static void add_pair(KtStoryWork *work, size_t one, size_t two) {
  KtThread *made = kt_array_push(work->arena, &work->story->threads);
  if (!made) {
    return;
  }
  const KtThread *a = &work->story->threads.items[one];
  const KtThread *b = &work->story->threads.items[two];
  *made = (KtThread){.character = a->character, .other = b->character};
  float together = 0;
  for (size_t i = 0; i < a->points.count && i < b->points.count; ++i) {
    const KtThreadPoint *p = &a->points.items[i];
    const KtThreadPoint *q = &b->points.items[i];
    KtThreadPoint *point = kt_array_push(work->arena, &made->points);
    if (!point) {
      return;
    }
    *point = (KtThreadPoint){.at = p->at, .presence = fminf(p->presence, q->presence)};
    if (point->presence > 0) {
      float share = p->presence / (p->presence + q->presence);
      kt_emotion_add(&point->emotion, &p->emotion, share);
      kt_emotion_add(&point->emotion, &q->emotion, 1 - share);
      together += point->presence;
    }
  }
  float seconds = (float)fmax(1, kt_seconds(work->duration));
  made->weight = fminf(a->weight, b->weight) * fminf(1, together / (between * seconds));
  if (together <= 0) { // they are never there at once
    --work->story->threads.count;
  }
}

static int by_weight(const void *left, const void *right) {
  const KtThread *a = left;
  const KtThread *b = right;
  if (a->weight != b->weight) {
    return a->weight < b->weight ? 1 : -1;
  }
  return a->character != b->character ? a->character - b->character : a->other - b->other;
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
  size_t people = story->threads.count;
  for (size_t a = 0; a < people; ++a) {
    for (size_t b = a + 1; b < people; ++b) {
      add_pair(work, a, b);
    }
  }
  size_t pairs = story->threads.count - people;
  if (pairs > 1) {
    qsort(story->threads.items + people, pairs, sizeof(KtThread), by_weight);
  }
  story->threads.count = people + (pairs < PAIRS_MOST ? pairs : PAIRS_MOST);
}
