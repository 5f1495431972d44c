// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/work.h"

#include <math.h>
#include <string.h>
#include <strings.h>

// What is done inside a scene goes, in order, to the shots and sounds that can show it: flames to
// the warm shot, a whistle to a sudden sound, all else where its place on paper says.

enum { MOST = 24 };

/// Where a sentence may begin.
typedef struct Spot {
  KtFilmTime time;
  double own, best;
  int before;
} Spot;

typedef struct Sentence {
  KtBeat *beat;
  KtFilmTime low, high;
  Spot spots[MOST];
  int count;
} Sentence;

static bool has_word(const char *text, const char *word) {
  size_t size = strlen(word);
  for (const char *at = text; (at = strcasestr(at, word)); ++at) {
    bool starts =
        at == text || !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", at[-1]);
    if (starts && (!at[size] || strchr(" .,;:!?\"'-\n", at[size]))) {
      return true;
    }
  }
  return false;
}

/// What a sentence wants to see and hear.
static KtShowRule wish_of(const KtStoryWork *work, const char *text) {
  KtShowRule wish = {0};
  for (unsigned i = 0; i < work->rules->shows_count; ++i) {
    const KtShowRule *rule = &work->rules->shows[i];
    bool said = false;
    for (unsigned k = 0; k < rule->words_count && !said; ++k) {
      said = has_word(text, rule->words[k]);
    }
    if (said) {
      wish.light += rule->light;
      wish.warmth += rule->warmth;
      wish.motion += rule->motion;
      wish.sound = fmaxf(wish.sound, rule->sound);
    }
  }
  return wish;
}

static double held(double x) {
  return fmax(-1, fmin(1, x));
}

/// How well a shot shows it, against the scene's mean.
static double shows(const KtFilm *film, const KtFrame *mean, int shot, const KtShowRule *wish) {
  const KtShot *s = &film->shots.items[shot];
  return (double)wish->light * held((double)(s->brightness - mean->brightness) / 0.15) +
         (double)wish->warmth * held((double)(s->warmth - mean->warmth) / 0.4) +
         (double)wish->motion * held((double)(s->motion - mean->motion) / 0.02);
}

static void add_spot(Sentence *sentence, KtFilmTime time, double cost) {
  bool inside = time >= sentence->low && time <= sentence->high;
  if (inside && sentence->count < MOST) {
    sentence->spots[sentence->count++] = (Spot){time, cost, 0, 0};
  }
}

static void find_spots(const KtStoryWork *work, const KtFrame *mean, Sentence *sentence) {
  const KtFilm *film = work->film;
  const double reach_s = 12;
  KtShowRule wish = wish_of(work, sentence->beat->text);
  KtFilmTime wanted = sentence->beat->start;
  wanted = wanted < sentence->low ? sentence->low : wanted;
  wanted = wanted > sentence->high ? sentence->high : wanted;
  sentence->count = 0;
  add_spot(sentence, wanted,
           (double)wish.sound - 0.5 * shows(film, mean, kt_film_shot_at(film, wanted), &wish));
  for (int late_s = 2; late_s <= 6; late_s += 2) { // room for those before it
    add_spot(sentence, wanted + kt_film_time(late_s), late_s / 8.0 + (double)wish.sound);
  }
  for (size_t i = 0; i < film->shots.count; ++i) {
    double far = fabs(kt_seconds(film->shots.items[i].start - wanted));
    if (far < reach_s) {
      add_spot(sentence, film->shots.items[i].start,
               far / 5 - 0.4 + (double)wish.sound - shows(film, mean, (int)i, &wish));
    }
  }
  for (size_t i = 0; i < film->moments.count && wish.sound > 0; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    double far = fabs(kt_seconds(moment->at - wanted));
    if (moment->kind == KT_MOMENT_TRANSIENT && far < reach_s) {
      add_spot(sentence, moment->at, far / 8 - (double)(wish.sound * moment->strength) * 5);
    }
  }
}

/// The cheapest way through all sentences of a scene that keeps their order.
static void walk(Sentence *list, int count) {
  for (int n = 0; n < count; ++n) {
    for (int i = 0; i < list[n].count; ++i) {
      Spot *to = &list[n].spots[i];
      to->best = n ? HUGE_VAL : to->own;
      for (int k = 0; n && k < list[n - 1].count; ++k) {
        const Spot *from = &list[n - 1].spots[k];
        double gap = kt_seconds(to->time - from->time);
        double wanted = kt_seconds(list[n].beat->start - list[n - 1].beat->start);
        double stretch = gap > 0 ? log((gap + 2) / (fmax(0, wanted) + 2)) : 0;
        double cost = from->best + to->own + (gap <= 0.2 ? 30 - 30 * gap : 0.3 * stretch * stretch);
        if (cost < to->best) {
          to->best = cost;
          to->before = k;
        }
      }
    }
  }
  int at = 0;
  for (int i = 1; count && i < list[count - 1].count; ++i) {
    at = list[count - 1].spots[i].best < list[count - 1].spots[at].best ? i : at;
  }
  for (int n = count; n-- > 0;) {
    const Spot *spot = &list[n].spots[at];
    KtFilmTime length = list[n].beat->end - list[n].beat->start;
    list[n].beat->start = spot->time;
    list[n].beat->end = spot->time + length;
    at = spot->before;
  }
}

/// Sentences of a scene with the room that lines found round them leave.
static int gather(KtStoryWork *work, size_t scene, Sentence *list, int most) {
  const KtScene *in = &work->story->scenes.items[scene];
  int count = 0;
  KtFilmTime low = in->start;
  for (size_t i = 0; i < work->beats.count && count < most; ++i) {
    KtBeat *beat = &work->beats.items[i];
    if (beat->scene != (int)scene) {
      continue;
    }
    const KtLine *line = beat->line >= 0 ? &work->story->lines.items[beat->line] : NULL;
    if (!line) {
      list[count++] = (Sentence){.beat = beat, .low = low, .high = in->end};
    } else if (line->confidence >= 0.5F) {
      for (int k = count; k-- > 0 && list[k].high > line->start;) {
        list[k].high = line->start < list[k].low ? list[k].low : line->start;
      }
      low = line->end < in->end ? line->end : in->end;
    }
  }
  return count;
}

void kt_story_action(KtStoryWork *work) {
  Sentence *list = KT_NEW(work->scratch, Sentence, work->beats.count + 1);
  for (size_t s = 0; list && work->film->shots.count && s < work->story->scenes.count; ++s) {
    const KtScene *scene = &work->story->scenes.items[s];
    int count = gather(work, s, list, (int)work->beats.count);
    KtFrame mean = kt_film_average(work->film, scene->start, scene->end);
    for (int i = 0; i < count; ++i) {
      find_spots(work, &mean, &list[i]);
    }
    walk(list, count);
    for (int i = 0; i < count; ++i) { // each lasts till the next at most, and to the scene's end
      KtFilmTime next = i + 1 < count ? list[i + 1].beat->start : scene->end;
      KtBeat *beat = list[i].beat;
      beat->end = beat->end > next ? next : beat->end;
      beat->end = beat->end < beat->start ? beat->start : beat->end;
    }
  }
}
