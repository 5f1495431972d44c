// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/places.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_PLACES = 1400 };

static KtPlace *add(const KtTimeline *t, KtPlaces *places, KtFilmTime at, unsigned mark) {
  if (at < 0 || at > t->film->duration) {
    return NULL;
  }
  KtPlace *place = kt_array_push(t->arena, &places->list);
  if (place) {
    KtFilmTime snapped = kt_timeline_snap(t, at);
    *place = (KtPlace){
        .at = snapped, .at_s = kt_seconds(snapped), .marks = mark, .turn = -1, .shot = -1};
  }
  return place;
}

/// The shot change nearest to `at` within `within_s`, or `at` itself.
static KtFilmTime near_cut(const KtTimeline *t, KtFilmTime at, double within_s) {
  KtFilmTime best = at;
  double least = within_s;
  for (size_t i = 0; i < t->film->shots.count; ++i) {
    double away = fabs(kt_seconds(t->film->shots.items[i].start - at));
    if (away < least) {
      least = away;
      best = t->film->shots.items[i].start;
    }
  }
  return best;
}

static bool opens_scene(const KtTimeline *t, size_t shot) {
  const KtFilm *film = t->film;
  if (shot && film->shots.items[shot].scene != film->shots.items[shot - 1].scene) {
    return true;
  }
  for (size_t i = 0; i < t->story->scenes.count; ++i) {
    if (fabs(kt_seconds(t->story->scenes.items[i].start - film->shots.items[shot].start)) < 0.6) {
      return true;
    }
  }
  return false;
}

static void add_picture(const KtTimeline *t, KtPlaces *places) {
  const KtFilm *film = t->film;
  for (size_t i = 0; i < film->shots.count; ++i) {
    KtPlace *place = i ? add(t, places, film->shots.items[i].start,
                             KT_MARK_CUT | (opens_scene(t, i) ? KT_MARK_SCENE : 0U))
                       : NULL;
    if (place) {
      place->shot = (int)i;
    }
  }
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    bool burst = moment->kind == KT_MOMENT_BURST;
    if ((burst || moment->kind == KT_MOMENT_STOP) && moment->strength >= 0.4F) {
      KtPlace *place = add(t, places, moment->at, burst ? KT_MARK_BURST : KT_MARK_STOP);
      if (place) {
        place->strength = moment->strength;
      }
    }
  }
  for (size_t i = 0; i < film->titles.count; ++i) {
    add(t, places, near_cut(t, film->titles.items[i].start, 1), KT_MARK_TITLE_IN);
    add(t, places, near_cut(t, film->titles.items[i].end, 1), KT_MARK_TITLE_OUT);
  }
}

static void add_story(const KtTimeline *t, KtPlaces *places) {
  const KtStory *story = t->story;
  if (t->credits_s < t->duration_s) {
    add(t, places, near_cut(t, kt_film_time(t->credits_s), 1.5), KT_MARK_TITLE_IN | KT_MARK_SCENE);
  }
  for (size_t i = 0; i < story->scenes.count; ++i) {
    add(t, places, near_cut(t, story->scenes.items[i].start, 1.5), KT_MARK_SCENE);
  }
  for (size_t i = 0; i < story->turns.count; ++i) {
    const KtTurn *turn = &story->turns.items[i];
    KtFilmTime at = near_cut(t, turn->at, 1.5);
    KtPlace *place = add(t, places, at, KT_MARK_TURN);
    if (place) {
      place->turn = (int)i;
      place->strength = turn->weight;
    }
    bool upbeat = turn->weight >= 0.5F && kt_turn_reveals(turn->kind);
    place = upbeat ? add(t, places, at - kt_film_time(1.25), KT_MARK_PICKUP) : NULL;
    if (place) {
      place->turn = (int)i;
      place->strength = turn->weight;
    }
  }
  for (size_t i = 0; i < t->words.count; ++i) {
    const KtWords *words = &t->words.items[i];
    double air =
        words->feeling >= t->rules->words.key_feeling ? (double)t->rules->words.air_s + 0.05 : 0.4;
    add(t, places, kt_film_time(words->end_s + air), KT_MARK_LINE_END);
    add(t, places, kt_film_time(words->start_s - 0.7), KT_MARK_LINE_START);
  }
}

static int by_time(const void *a, const void *b) {
  const KtPlace *x = a;
  const KtPlace *y = b;
  if (x->at != y->at) {
    return x->at < y->at ? -1 : 1;
  }
  return (x->marks > y->marks) - (x->marks < y->marks);
}

/// One place where several fall together; a cut says when, for the eye does.
static void merge(KtPlaces *places) {
  if (places->list.count > 1) {
    qsort(places->list.items, places->list.count, sizeof(*places->list.items), by_time);
  }
  size_t kept = 0;
  const unsigned fixed = KT_MARK_CUT | KT_MARK_FILM_START | KT_MARK_FILM_END | KT_MARK_PIN;
  for (size_t i = 0; i < places->list.count; ++i) {
    KtPlace *last = kept ? &places->list.items[kept - 1] : NULL;
    KtPlace next = places->list.items[i];
    bool apart = !last || next.at_s - last->at_s > 0.3 ||
                 ((last->marks & fixed) && (next.marks & fixed) && last->at != next.at) ||
                 // A line's end stays after the line.
                 ((last->marks | next.marks) & KT_MARK_LINE_END && last->at != next.at);
    if (apart) {
      places->list.items[kept++] = next;
      continue;
    }
    if (next.marks & fixed && !(last->marks & fixed)) {
      last->at = next.at;
      last->at_s = next.at_s;
    }
    last->marks |= next.marks;
    last->shot = next.shot >= 0 ? next.shot : last->shot;
    last->turn = next.turn >= 0 && (last->turn < 0 || next.strength > last->strength) ? next.turn
                                                                                      : last->turn;
    last->strength = fmaxf(last->strength, next.strength);
  }
  places->list.count = kept;
}

/// Where nothing happens for long, music may still steal in or away.
static void add_quiet(const KtTimeline *t, KtPlaces *places) {
  double every_s = fmax(3, t->duration_s / 300);
  size_t marked = places->list.count;
  for (size_t i = 0; i + 1 < marked; ++i) {
    double start_s = places->list.items[i].at_s;
    double gap_s = places->list.items[i + 1].at_s - start_s;
    int parts = (int)(gap_s / every_s);
    for (int part = 1; part < parts; ++part) {
      add(t, places, kt_film_time(start_s + gap_s * part / parts), 0);
    }
  }
  if (places->list.count > 1) {
    qsort(places->list.items, places->list.count, sizeof(*places->list.items), by_time);
  }
}

static double worth_in(const KtTimeline *t, const KtPlace *place) {
  const struct KtRuleEntry *rule = &t->rules->entry;
  unsigned m = place->marks;
  const unsigned useless = KT_MARK_LINE_START | KT_MARK_STOP | KT_MARK_TITLE_OUT | KT_MARK_PIN |
                           KT_MARK_PIN_IN | KT_MARK_PIN_OUT;
  double worth = m & ~useless
                     ? 0
                     : (double)rule->nothing;
  worth += m & KT_MARK_FILM_START ? (double)rule->film_start : 0;
  // End credits open a cue of their own; lettering in the middle is a caption.
  double part = place->at_s / t->duration_s;
  worth += m & KT_MARK_TITLE_IN
               ? (double)rule->title * (part > 0.85 || place->at_s > t->credits_s - 2 ? 2
                                        : part < 0.2                                  ? 1
                                                                                      : 0)
               : 0;
  worth += m & KT_MARK_SCENE ? (double)rule->scene : m & KT_MARK_CUT ? (double)rule->cut : 0;
  worth += m & KT_MARK_LINE_END ? (double)rule->line_end : 0;
  worth += m & KT_MARK_BURST ? (double)(rule->burst * place->strength) : 0;
  worth += m & KT_MARK_TURN ? (double)(rule->turn * place->strength) : 0;
  worth += m & KT_MARK_PICKUP ? (double)(rule->pickup * place->strength) : 0;
  return worth;
}

static double worth_out(const KtTimeline *t, const KtPlace *place) {
  const struct KtRuleExit *rule = &t->rules->exit;
  unsigned m = place->marks;
  const unsigned useful = KT_MARK_FILM_END | KT_MARK_TITLE_OUT | KT_MARK_SCENE | KT_MARK_CUT |
                          (t->heard ? KT_MARK_LINE_START : 0U) | KT_MARK_STOP | KT_MARK_TURN;
  double worth = m & useful ? 0 : (double)rule->nothing;
  worth += m & KT_MARK_FILM_END ? (double)rule->film_end : 0;
  worth += m & KT_MARK_TITLE_OUT ? (double)rule->title : 0;
  worth += m & KT_MARK_SCENE ? (double)rule->scene : m & KT_MARK_CUT ? (double)rule->cut : 0;
  worth += m & KT_MARK_LINE_START && t->heard ? (double)rule->line_start : 0;
  worth += m & KT_MARK_STOP ? (double)(rule->stop * place->strength) : 0;
  bool loss = place->turn >= 0 && t->story->turns.items[place->turn].kind == KT_TURN_LOSS;
  worth += m & KT_MARK_TURN && loss ? (double)(rule->turn * place->strength) : 0;
  worth += t->heard && kt_timeline_speaks(t, place->at_s, place->at_s) ? (double)rule->words : 0;
  return worth;
}

/// The hard rule of entries: never on words, never just before them, air after a key line.
static bool words_allow(const KtTimeline *t, double at_s) {
  const struct KtRuleWords *rule = &t->rules->words;
  for (size_t i = 0; i < t->words.count; ++i) {
    const KtWords *words = &t->words.items[i];
    double air = words->feeling >= rule->key_feeling ? (double)rule->air_s : 0.04;
    if (at_s > words->start_s - (double)rule->before_s && at_s < words->end_s + air) {
      return false;
    }
  }
  return true;
}

/// A long film keeps its strongest places, window by window.
static void thin(const KtTimeline *t, KtPlaces *places) {
  if (places->list.count <= MOST_PLACES) {
    return;
  }
  double window_s = t->duration_s / (MOST_PLACES / 2);
  size_t kept = 0;
  for (size_t i = 0; i < places->list.count;) {
    size_t end = i;
    size_t in = i;
    size_t out = i;
    long window = (long)(places->list.items[i].at_s / window_s);
    for (; end < places->list.count && (long)(places->list.items[end].at_s / window_s) == window;
         ++end) {
      const KtPlace *p = &places->list.items[end];
      in = p->in * p->may_in > places->list.items[in].in * places->list.items[in].may_in ? end : in;
      out = p->out > places->list.items[out].out ? end : out;
    }
    for (size_t k = i; k < end; ++k) {
      if (k == in || k == out ||
          places->list.items[k].marks & (KT_MARK_FILM_START | KT_MARK_FILM_END | KT_MARK_PIN)) {
        places->list.items[kept++] = places->list.items[k];
      }
    }
    i = end;
  }
  places->list.count = kept;
}

KtStatus kt_places_find(const KtTimeline *t, KtPlaces *places, KtError *err) {
  *places = (KtPlaces){0};
  add(t, places, 0, KT_MARK_FILM_START);
  add(t, places, t->film->duration, KT_MARK_FILM_END);
  add_picture(t, places);
  add_story(t, places);
  for (size_t i = 0; i < t->pins.count; ++i) {
    add(t, places, t->pins.items[i].in, KT_MARK_PIN | KT_MARK_PIN_IN);
    add(t, places, t->pins.items[i].out, KT_MARK_PIN | KT_MARK_PIN_OUT);
  }
  for (size_t i = 0; i < t->barred.count; ++i) { // up to where silence is wanted, and from there
    add(t, places, kt_film_time(t->barred.items[i].start_s), KT_MARK_PIN);
    add(t, places, kt_film_time(t->barred.items[i].end_s), KT_MARK_PIN);
  }
  merge(places);
  add_quiet(t, places);
  for (size_t i = 0; i < places->list.count; ++i) {
    KtPlace *place = &places->list.items[i];
    place->in = worth_in(t, place);
    place->out = worth_out(t, place);
    place->may_in = words_allow(t, place->at_s);
  }
  thin(t, places);
  return kt_arena_failed(t->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
}
