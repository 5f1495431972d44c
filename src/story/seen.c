// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a moment shows and sounds like, in words that its measures bear out.
#include "story/seen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const float dim = 0.3F, light = 0.6F;  ///< brightness below and above the ordinary
static const float striking = 0.5F;           ///< a gesture that the eye follows
static const double before_s = 0.5;           ///< what has just begun is still seen
static const double with_s = 0.2;             ///< a sound this near belongs to what moves
static const double still_s = 1.2;            ///< shorter is no standstill
static const float rush_per_s = 0.7F;         ///< picture widths a second: faster is a rush

/// The hue of a colour; "" where it has next to none.
static const char *hue_name(const uint8_t rgb[3], float *colourful) {
  static const struct {
    double below;
    const char *name;
  } names[] = {{18, "red"},   {42, "brown"},   {62, "yellow"},  {165, "green"},
               {182, "teal"}, {255, "blue"}, {330, "purple"}, {361, "red"}};
  double r = rgb[0] / 255.0, g = rgb[1] / 255.0, b = rgb[2] / 255.0;
  double most = fmax(r, fmax(g, b));
  double spread = most - fmin(r, fmin(g, b));
  *colourful = (float)(most > 0 ? spread / most : 0);
  if (spread < 0.08 || *colourful < 0.2F) {
    return "";
  }
  double hue = most <= r   ? (g - b) / spread
               : most <= g ? 2 + (b - r) / spread
                           : 4 + (r - g) / spread;
  hue = 60 * (hue < 0 ? hue + 6 : hue);
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    if (hue < names[i].below) {
      bool earth = hue >= 42 && hue < 62 && most < 0.6; // dark yellow is brown to the eye
      return earth ? "brown" : hue >= 18 && hue < 42 && most > 0.75 ? "gold" : names[i].name;
    }
  }
  return "";
}

/// The hue that fills most of the shot; a dark one counts less.
static const char *shot_hue(const KtShot *shot) {
  const char *best = "";
  float most = 0.3F;
  for (int i = 0; i < 3; ++i) {
    float colourful = 0;
    float all = 0;
    const char *name = hue_name(shot->palette[i], &colourful);
    for (int k = 0; k < 3 && name[0]; ++k) {
      const uint8_t *rgb = shot->palette[k];
      bool same = !strcmp(hue_name(rgb, &colourful), name);
      bool seen = rgb[0] > 60 || rgb[1] > 60 || rgb[2] > 60;
      all += same ? shot->palette_share[k] * (seen ? 1 : 0.4F) : 0;
    }
    if (all > most) {
      most = all;
      best = name;
    }
  }
  return best;
}

const char *kt_seen_light(KtArena *arena, const KtShot *shot) {
  const char *hue = shot_hue(shot);
  const char *how = shot->brightness < dim ? "dark" : shot->brightness > light ? "bright" : "";
  if (!hue[0]) {
    return shot->brightness < 0.12F ? "black"
           : shot->brightness < dim ? "the dark"
           : how[0]                 ? "bright light"
                                    : "grey";
  }
  return how[0] ? kt_arena_format(arena, "%s %s", how, hue) : hue;
}

KtSeen kt_seen_cut(KtArena *arena, const KtFilm *film, size_t shot) {
  const float change = 0.12F;
  KtSeen none = {KT_SIGHT_NONE, ""};
  if (!shot || shot >= film->shots.count) {
    return none;
  }
  const KtShot *is = &film->shots.items[shot];
  const char *now = kt_seen_light(arena, is);
  const char *was = kt_seen_light(arena, is - 1);
  float lift = is->brightness - is[-1].brightness;
  bool other = strcmp(shot_hue(is), shot_hue(is - 1)) != 0 && shot_hue(is)[0] && shot_hue(is - 1)[0];
  if (!strcmp(now, was) || (fabsf(lift) < change && !other)) {
    return none;
  }
  KtSight sight = fabsf(lift) < change ? KT_SIGHT_COLOUR : lift > 0 ? KT_SIGHT_LIGHT : KT_SIGHT_DARK;
  const char *how = is->transition == KT_TRANSITION_CUT ? "cut" : "change";
  return (KtSeen){sight, kt_arena_format(arena, "the %s from %s to %s", how, was, now)};
}

static bool sounds(const KtFilm *film, KtFilmTime at) {
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    if (moment->kind == KT_MOMENT_TRANSIENT && moment->strength > 0.3F &&
        fabs(kt_seconds(moment->at - at)) < with_s) {
      return true;
    }
  }
  return false;
}

static bool is_quick(const KtGesture *gesture) {
  double length = kt_seconds(gesture->end - gesture->start);
  return length > 0 && (double)gesture->travel / length > (double)rush_per_s;
}

bool kt_seen_drifts(const KtFilm *film, KtFilmTime at, double within_s) {
  bool drifts = false;
  for (size_t i = 0; i < film->gestures.count; ++i) {
    const KtGesture *gesture = &film->gestures.items[i];
    double after_s = kt_seconds(gesture->start - at);
    if (gesture->kind != KT_GESTURE_STILLNESS && after_s >= -before_s && after_s <= within_s) {
      if (is_quick(gesture)) {
        return false;
      }
      drifts = true;
    }
  }
  return drifts;
}

static KtSeen of_gesture(KtArena *arena, const KtGesture *gesture) {
  double length = kt_seconds(gesture->end - gesture->start);
  bool quick = is_quick(gesture);
  switch (gesture->kind) {
  case KT_GESTURE_RISE:
    return (KtSeen){KT_SIGHT_RISE, quick ? "something shoots up" : "something rises"};
  case KT_GESTURE_FALL:
    return (KtSeen){KT_SIGHT_DROP, quick ? "something drops" : "something sinks"};
  case KT_GESTURE_SWEEP_LEFT:
    return (KtSeen){KT_SIGHT_RUSH, quick ? "a rush to the left" : "a move to the left"};
  case KT_GESTURE_SWEEP_RIGHT:
    return (KtSeen){KT_SIGHT_RUSH, quick ? "a rush to the right" : "a move to the right"};
  case KT_GESTURE_STILLNESS:
    return (KtSeen){KT_SIGHT_STILL,
                    length >= 2 ? kt_arena_format(arena, "all stands still for %.0f s", length)
                                : "all stands still"};
  }
  return (KtSeen){KT_SIGHT_NONE, ""};
}

/// How long nothing moved up to a moment.
static double stood_still(const KtFilm *film, KtFilmTime at) {
  for (size_t i = 0; i < film->gestures.count; ++i) {
    const KtGesture *gesture = &film->gestures.items[i];
    double left = kt_seconds(at - gesture->end);
    if (gesture->kind == KT_GESTURE_STILLNESS && left > -0.2 && left < 0.8) {
      return kt_seconds(gesture->end - gesture->start);
    }
  }
  return 0;
}

static KtSeen of_moment(KtArena *arena, const KtFilm *film, const KtMoment *moment) {
  double still = stood_still(film, moment->at);
  switch (moment->kind) {
  case KT_MOMENT_IMPACT:
    return (KtSeen){KT_SIGHT_BLOW, sounds(film, moment->at) ? "a blow" : "a jolt"};
  case KT_MOMENT_FLASH:
    return (KtSeen){KT_SIGHT_FLASH, "a flash of light"};
  case KT_MOMENT_STOP:
    return (KtSeen){KT_SIGHT_STILL, "movement stops dead"};
  case KT_MOMENT_BURST:
    return (KtSeen){KT_SIGHT_START,
                    still >= still_s
                        ? kt_arena_format(arena, "sudden movement after %.0f s of none", still)
                        : "sudden movement"};
  case KT_MOMENT_TRANSIENT:
    break;
  }
  return (KtSeen){KT_SIGHT_NONE, ""};
}

static KtSeen of_camera(const KtCameraMove *move) {
  const char *words = "";
  if (move->kind == KT_CAMERA_ZOOM) {
    words = move->amount > 0 ? "the camera moves in" : "the camera draws back";
  } else if (move->kind == KT_CAMERA_PAN) {
    words = fabsf(move->direction) < 90 ? "the camera pans right" : "the camera pans left";
  } else if (move->kind == KT_CAMERA_TILT) {
    words = move->direction > 0 ? "the camera tilts up" : "the camera tilts down";
  }
  return (KtSeen){words[0] ? KT_SIGHT_CAMERA : KT_SIGHT_NONE, words};
}

typedef struct Search {
  double from_s, at_s, to_s;
  float most;
  KtSeen best;
} Search;

static void weigh(Search *s, KtFilmTime start, float worth, KtSeen seen) {
  double at_s = kt_seconds(start);
  double late = (at_s - s->at_s) / (s->to_s - s->at_s + 0.1);
  float value = worth * (float)(1 - 0.4 * fmax(0, late));
  if (at_s >= s->from_s && at_s <= s->to_s && value > s->most && seen.words[0]) {
    s->most = value;
    s->best = seen;
  }
}

KtSeen kt_seen_move(KtArena *arena, const KtFilm *film, KtFilmTime at, double within_s) {
  double at_s = kt_seconds(at);
  Search s = {at_s - before_s, at_s, at_s + within_s, striking * 0.6F, {KT_SIGHT_NONE, ""}};
  for (size_t i = 1; i < film->shots.count; ++i) { // before a cut at the moment is another picture
    double cut_s = kt_seconds(film->shots.items[i].start);
    s.from_s = cut_s <= at_s + 0.05 && cut_s > s.from_s ? cut_s - 0.01 : s.from_s;
  }
  for (size_t i = 0; i < film->gestures.count; ++i) {
    const KtGesture *gesture = &film->gestures.items[i];
    bool still = gesture->kind == KT_GESTURE_STILLNESS;
    bool long_one = kt_seconds(gesture->end - gesture->start) >= still_s;
    if (still ? long_one : gesture->strength >= striking && gesture->travel > 0.12F) {
      weigh(&s, gesture->start, gesture->strength, of_gesture(arena, gesture));
    }
  }
  for (size_t i = 0; i < film->moments.count; ++i) {
    const KtMoment *moment = &film->moments.items[i];
    bool blow = moment->kind == KT_MOMENT_IMPACT && sounds(film, moment->at);
    weigh(&s, moment->at, moment->strength * (blow ? 1.1F : 0.8F), of_moment(arena, film, moment));
  }
  for (size_t i = 0; i < film->camera.count; ++i) {
    const KtCameraMove *move = &film->camera.items[i];
    bool far = fabsf(move->amount) > 0.2F;
    weigh(&s, move->start, far ? 0.5F + move->strength : 0, of_camera(move));
  }
  for (size_t i = 0; i < film->silence.count && film->audio_stream >= 0; ++i) {
    const KtSpan *span = &film->silence.items[i];
    if (kt_seconds(span->end - span->start) >= 2) {
      weigh(&s, span->start, 0.9F, (KtSeen){KT_SIGHT_HUSH, "the sound falls away"});
    }
  }
  return s.best;
}

static KtSeen of_pace(const KtFilm *film, KtFilmTime at) {
  const long reach = 8;
  long now = lround(kt_seconds(at));
  float sums[2] = {0, 0};
  if (now < reach || now + reach >= (long)film->pace.count) {
    return (KtSeen){KT_SIGHT_NONE, ""};
  }
  for (long i = 0; i < 2 * reach; ++i) {
    sums[i >= reach] += film->pace.items[now - reach + i].cuts_per_minute / (float)reach;
  }
  bool quicker = sums[1] > 1.4F * sums[0] && sums[1] > 12;
  bool slower = sums[0] > 1.4F * sums[1] && sums[0] > 12;
  return quicker  ? (KtSeen){KT_SIGHT_QUICKER, "the cutting quickens"}
         : slower ? (KtSeen){KT_SIGHT_SLOWER, "the cutting slows"}
                  : (KtSeen){KT_SIGHT_NONE, ""};
}

static KtSeen of_light(const KtFilm *film, KtFilmTime at) {
  const KtFilmTime reach = 4 * KT_FLICKS_PER_SECOND;
  const float change = 0.08F;
  float lift = kt_film_average(film, at, at + reach).brightness - kt_film_average(film, at - reach, at).brightness;
  return at < reach || fabsf(lift) < change ? (KtSeen){KT_SIGHT_NONE, ""}
         : lift > 0                         ? (KtSeen){KT_SIGHT_LIGHT, "the picture brightens"}
                                            : (KtSeen){KT_SIGHT_DARK, "the picture darkens"};
}

KtSeen kt_seen_at(KtArena *arena, const KtFilm *film, KtFilmTime at) {
  KtSeen cut = {KT_SIGHT_NONE, ""};
  for (size_t i = 1; i < film->shots.count; ++i) {
    if (fabs(kt_seconds(film->shots.items[i].start - at)) < 0.15) {
      cut = kt_seen_cut(arena, film, i);
    }
  }
  KtSeen move = kt_seen_move(arena, film, at, 1.2);
  if (cut.words[0] && move.words[0]) {
    return (KtSeen){cut.sight, kt_arena_format(arena, "%s, then %s", cut.words, move.words)};
  }
  if (cut.words[0] || move.words[0]) {
    return cut.words[0] ? cut : move;
  }
  KtSeen pace = of_pace(film, at);
  return pace.words[0] ? pace : of_light(film, at);
}
