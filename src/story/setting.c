// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Which shot each scene of a script begins with: the cheapest way through all of them at once
// (Viterbi 1967) by length on paper, lines, transitions, time of day, and places that come back.

/// A shot a scene may begin with.
typedef struct Start {
  KtFilmTime time;
  int shot; ///< -1: inside one, where no cut is within reach
  double own, best;
  int before;
} Start;

typedef struct Starts {
  KT_ARRAY(Start) list;
} Starts;

/// How a shot looks, in steps of about 0..1 each.
typedef struct Looks {
  double light, colour, warmth;
} Looks;

enum { REACH = 48 }; // shots on either side of the one that paper wants

static Looks looks_of(const KtShot *shot) {
  return (Looks){(double)shot->brightness, (double)shot->saturation, (double)shot->warmth};
}

static double unlike(const Looks *a, const Looks *b) {
  return fmin(1, 2.5 * fabs(a->light - b->light) + 0.8 * fabs(a->colour - b->colour) +
                     0.8 * fabs(a->warmth - b->warmth));
}

/// 1 by day, -1 by night, 0 unknown; rooms have lamps.
static double daylight(const KtScene *scene) {
  static const struct {
    const char *word;
    double light;
  } times[] = {{"NIGHT", -1},      {"MIDNIGHT", -1}, {"DUSK", -0.6}, {"EVENING", -0.6},
               {"TWILIGHT", -0.6}, {"DAWN", 0.5},    {"SUN", 0.5},   {"MORNING", 1},
               {"NOON", 1},        {"AFTERNOON", 1}, {"DAY", 1}};
  for (size_t i = 0; i < sizeof(times) / sizeof(*times); ++i) {
    if (scene->time_of_day && strcasestr(scene->time_of_day, times[i].word)) {
      return times[i].light * (scene->interior ? 0.5 : 1);
    }
  }
  return 0;
}

static double median_light(const KtFilm *film) {
  double low = 0, high = 1;
  for (int step = 0; step < 20; ++step) { // of time, not of shots
    double middle = (low + high) / 2, darker = 0;
    for (size_t i = 0; i < film->shots.count; ++i) {
      const KtShot *shot = &film->shots.items[i];
      darker += (double)shot->brightness < middle ? kt_seconds(shot->end - shot->start) : 0;
    }
    *(darker < kt_seconds(film->duration) / 2 ? &low : &high) = middle;
  }
  return low;
}

static bool same_place(const KtScene *a, const KtScene *b) {
  return *a->place && !strcmp(a->place, b->place) && !strcmp(a->time_of_day, b->time_of_day);
}

/// What a place looked like in the other scenes that play there; false where it has none.
static bool known_looks(const KtStoryWork *work, size_t scene, Looks *looks) {
  const KtStory *story = work->story;
  double sum = 0;
  *looks = (Looks){0};
  for (size_t s = 0; s < story->scenes.count; ++s) {
    const KtScene *other = &story->scenes.items[s];
    for (size_t i = 0; s != scene && same_place(other, &story->scenes.items[scene]) &&
                       i < work->film->shots.count;
         ++i) {
      const KtShot *shot = &work->film->shots.items[i];
      KtFilmTime from = shot->start > other->start ? shot->start : other->start;
      KtFilmTime to = shot->end < other->end ? shot->end : other->end;
      double length = to > from ? kt_seconds(to - from) : 0;
      looks->light += length * (double)shot->brightness;
      looks->colour += length * (double)shot->saturation;
      looks->warmth += length * (double)shot->warmth;
      sum += length;
    }
  }
  if (sum > 0) {
    *looks = (Looks){looks->light / sum, looks->colour / sum, looks->warmth / sum};
  }
  return sum > 0;
}

/// What it costs that a scene shows a shot, by its time of day and by how its place looked before;
/// summed over the shots before each.
static double *shot_costs(const KtStoryWork *work, size_t scene, bool again) {
  const KtFilm *film = work->film;
  double *sum = KT_NEW(work->scratch, double, film->shots.count + 1);
  double day = daylight(&work->story->scenes.items[scene]);
  double middle = median_light(film);
  Looks known;
  bool back = again && known_looks(work, scene, &known);
  for (size_t i = 0; sum && i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    Looks here = looks_of(shot);
    double bright = fmax(-1, fmin(1, ((double)shot->brightness - middle) / 0.15));
    double length = fmin(1, kt_seconds(shot->end - shot->start) / 8);
    double cost = -0.8 * day * bright + (back ? 1.2 * (unlike(&here, &known) - 0.3) : 0);
    sum[i + 1] = sum[i] + length * cost;
  }
  return sum;
}

KtChange kt_setting_change(const KtStoryWork *work, size_t scene) {
  float from = scene ? work->headings.items[scene - 1] : 0;
  float to = scene < work->headings.count ? work->headings.items[scene] : 0;
  KtChange change = KT_CHANGE_NONE;
  for (size_t i = 0; work->play && scene && i < work->play->elements.count; ++i) {
    const KtElement *e = &work->play->elements.items[i];
    bool here = e->kind == KT_ELEMENT_TRANSITION && e->at > from && e->at <= to;
    if (here && (strcasestr(e->text, "FADE") || strcasestr(e->text, "BLACK"))) {
      change = KT_CHANGE_FADE;
    } else if (here && strcasestr(e->text, "DISSOLVE")) {
      change = KT_CHANGE_DISSOLVE;
    }
  }
  return change;
}

bool kt_setting_shows(const KtShot *shot, KtChange change) {
  bool fade =
      shot->transition >= KT_TRANSITION_FADE_BLACK && shot->transition <= KT_TRANSITION_FADE_COLOUR;
  return change == KT_CHANGE_FADE       ? fade
         : change == KT_CHANGE_DISSOLVE ? shot->transition == KT_TRANSITION_DISSOLVE
                                        : false;
}

/// What speaks for a scene beginning with this shot, whatever the scene before it.
static double start_cost(const KtStoryWork *work, size_t scene, size_t shot, KtFilmTime wanted,
                         KtChange change) {
  const KtShot *s = &work->film->shots.items[shot];
  double far = fabs(kt_seconds(s->start - wanted)) / (double)work->rules->snap_s;
  double cost = far < 1 ? far * far : 2 * far - 1; // far away, the paper is only a rumour
  bool gradual = s->transition > KT_TRANSITION_CUT;
  if (change != KT_CHANGE_NONE) {
    cost += kt_setting_shows(s, change) ? -3 : gradual ? -1 : 1;
  } else if (gradual) {
    cost -= s->transition == KT_TRANSITION_DISSOLVE ? 0.3 : 0.6;
  }
  if (shot) {
    Looks here = looks_of(s), before = looks_of(s - 1);
    cost -= 1.2 * unlike(&here, &before) + (s->scene != s[-1].scene ? 0.4 : 0);
    // a glimpse and back is no new scene
    Looks after = shot + 1 < work->film->shots.count ? looks_of(s + 1) : here;
    cost +=
        kt_seconds(s->end - s->start) < 4 && unlike(&after, &before) < unlike(&here, &before) / 2
            ? 0.2
            : 0;
  }
  (void)scene;
  return cost;
}

static void add_start(const KtStoryWork *work, Starts *starts, Start start) {
  Start *made = kt_array_push(work->scratch, &starts->list);
  if (made) {
    *made = start;
  }
}

static void find_starts(KtStoryWork *work, size_t scene, const KtSetting *setting, Starts *starts) {
  const KtFilm *film = work->film;
  KtFilmTime wanted = setting->wanted;
  if (!scene) {
    add_start(work, starts, (Start){.time = 0, .shot = 0});
    return;
  }
  int near = kt_film_shot_at(film, wanted);
  KtChange change = kt_setting_change(work, scene);
  for (int i = near - REACH > 1 ? near - REACH : 1; i < (int)film->shots.count && i <= near + REACH;
       ++i) {
    KtFilmTime at = film->shots.items[i].start;
    if (at >= setting->low && at <= setting->high) {
      add_start(work, starts,
                (Start){at, i, start_cost(work, scene, (size_t)i, wanted, change), 0, 0});
    }
  }
  // where no cut comes in time a scene begins unseen, inside a shot
  add_start(work, starts, (Start){wanted, -1, starts->list.count ? 4 : 0, 0, 0});
}

/// What it costs that a scene lasts from one start to the next.
static double step_cost(const KtStoryWork *work, const Start *from, const Start *to,
                        double wanted_s, const double *shots) {
  double length = kt_seconds(to->time - from->time);
  if (length < 0.5) {
    return 50 - 10 * length;
  }
  double stretch = log((length + 2) / (fmax(wanted_s, 0) + 2));
  int first = from->shot >= 0 ? from->shot : kt_film_shot_at(work->film, from->time);
  int last = to->shot >= 0 ? to->shot : kt_film_shot_at(work->film, to->time);
  return stretch * stretch + (shots && last > first ? shots[last] - shots[first] : 0);
}

static void walk(KtStoryWork *work, const KtSetting *settings, Starts *starts, size_t count,
                 bool again) {
  Start end = {work->end, (int)work->film->shots.count, 0, 0, 0};
  for (size_t s = 0; s <= count; ++s) {
    Start *here = s < count ? starts[s].list.items : &end;
    size_t many = s < count ? starts[s].list.count : 1;
    const double *shots = s ? shot_costs(work, s - 1, again) : NULL;
    KtFilmTime wanted = s < count ? settings[s].wanted : work->end;
    for (size_t i = 0; i < many; ++i) {
      here[i].best = s ? HUGE_VAL : 0;
      for (size_t k = 0; s && k < starts[s - 1].list.count; ++k) {
        const Start *from = &starts[s - 1].list.items[k];
        double cost =
            from->best + here[i].own +
            step_cost(work, from, &here[i], kt_seconds(wanted - settings[s - 1].wanted), shots);
        if (cost < here[i].best) {
          here[i].best = cost;
          here[i].before = (int)k;
        }
      }
    }
  }
  int at = end.before;
  for (size_t s = count; s-- > 0;) {
    const Start *start = &starts[s].list.items[at];
    work->story->scenes.items[s].start = start->time;
    at = start->before;
  }
}

void kt_setting_place(KtStoryWork *work, const KtSetting *settings, bool again) {
  size_t count = work->story->scenes.count;
  Starts *starts = KT_NEW(work->scratch, Starts, count + 1);
  for (size_t s = 0; starts && s < count; ++s) {
    find_starts(work, s, &settings[s], &starts[s]);
    if (!starts[s].list.count) {
      return;
    }
  }
  if (starts && count) {
    walk(work, settings, starts, count, again);
  }
}
