// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Why here, where nobody says a word: what sets a stretch of picture apart from the rest of the film, and from
// what was before it.
#include "spot/tell.h"

#include "story/seen.h"

#include <math.h>

enum { WINDOWS_MOST = 240, TOLD_MOST = 2 };
static const double REACH_S = 15;      ///< what was before
static const double LOOK_S = 30;       ///< what a cue begins with
static const double APART = 0.25;      ///< deviations between the most of all and the next
static const double PACE_RATIO = 1.7;  ///< a change of cutting that is felt
static const double MOTION_RATIO = 1.8;
static const double LIGHT_STEP = 0.08;

typedef enum Feature { CUTTING, MOVEMENT, LIGHT, FEATURES } Feature;

static int cuts_between(const KtTimeline *t, double start_s, double end_s) {
  int cuts = 0;
  for (size_t i = 1; i < t->film->shots.count; ++i) {
    double at_s = kt_seconds(t->film->shots.items[i].start);
    cuts += at_s > start_s + 0.1 && at_s < end_s - 0.1;
  }
  return cuts;
}

static double measure(const KtTimeline *t, Feature feature, double start_s, double end_s) {
  if (feature == CUTTING) {
    return cuts_between(t, start_s, end_s) / fmax(1, end_s - start_s);
  }
  return feature == MOVEMENT ? kt_timeline_motion(t, start_s, end_s)
                             : (double)kt_film_average(t->film, kt_film_time(start_s), kt_film_time(end_s)).brightness;
}

/// How far a stretch lies beyond all others of its length, in their deviations; negative below them, 0 among them.
static double stands_alone(const KtTimeline *t, Feature feature, double start_s, double end_s) {
  double length = end_s - start_s, last_s = fmin(t->credits_s, t->duration_s) - length;
  double step = fmax(1, fmax(length / 4, last_s / WINDOWS_MOST));
  double sum = 0, square = 0, least = HUGE_VAL, most = -HUGE_VAL, here = measure(t, feature, start_s, end_s);
  int count = 0, apart = 0;
  for (double at_s = 0; at_s <= last_s; at_s += step) {
    double value = measure(t, feature, at_s, at_s + length);
    sum += value;
    square += value * value;
    ++count;
    if (fabs(at_s - start_s) >= 0.6 * length) {
      least = fmin(least, value);
      most = fmax(most, value);
      ++apart;
    }
  }
  double spread = count ? sqrt(fmax(0, square / count - (sum / count) * (sum / count))) : 0;
  if (apart < 6 || last_s < 2 * length || spread < 1e-3) {
    return 0; // a film too short to have a most
  }
  return here > most + APART * spread ? 1 : here < least - APART * spread ? -1 : 0;
}

/// "a shot every 2 s"; "one shot" where nothing is cut.
static const char *shot_words(const KtTimeline *t, double start_s, double end_s) {
  int cuts = cuts_between(t, start_s, end_s);
  double shot_s = (end_s - start_s) / (cuts + 1);
  return !cuts ? "a single shot" : kt_arena_format(t->arena, shot_s < 3 ? "a shot every %.1f s" : "a shot every %.0f s", shot_s);
}

static const char *alone_words(const KtTimeline *t, Feature feature, double way, double start_s, double end_s) {
  switch (feature) {
  case CUTTING:
    return kt_arena_format(t->arena, "the %s cutting of the film, %s", way > 0 ? "fastest" : "slowest",
                           shot_words(t, start_s, end_s));
  case MOVEMENT:
    return way > 0 ? "nowhere in the film does more move" : "nowhere in the film does less move";
  default:
    return way > 0 ? "the brightest part of the film" : "the darkest part of the film";
  }
}

static const char *change_words(const KtTimeline *t, Feature feature, double was, double is, double start_s,
                                double end_s) {
  const char *shots = shot_words(t, start_s, end_s);
  switch (feature) {
  case CUTTING:
    if (is > PACE_RATIO * was && is > 0.2) {
      return kt_arena_format(t->arena, "the cutting quickens to %s", shots);
    }
    return was > PACE_RATIO * is && was > 0.2 ? kt_arena_format(t->arena, "the cutting slows to %s", shots) : "";
  case MOVEMENT:
    return is > MOTION_RATIO * was && is > 0.25   ? "far more moves than before"
           : was > MOTION_RATIO * is && was > 0.25 ? "far less moves than before"
                                                   : "";
  default:
    return is > was + LIGHT_STEP ? "lighter than before" : is < was - LIGHT_STEP ? "darker than before" : "";
  }
}

const char *kt_tell_stretch(const KtTimeline *t, double start_s, double end_s) {
  const char *told = "";
  int count = 0;
  if (!kt_has_picture(t) || end_s - start_s < 4) {
    return told;
  }
  bool said[FEATURES] = {false};
  for (Feature f = 0; f < FEATURES && count < TOLD_MOST; ++f) {
    double way = stands_alone(t, f, start_s, end_s);
    said[f] = way < 0 || way > 0;
    if (said[f]) {
      told = kt_arena_format(t->arena, "%s%s%s", told, count++ ? ", " : "", alone_words(t, f, way, start_s, end_s));
    }
  }
  double look_s = fmin(end_s, start_s + LOOK_S);
  for (Feature f = 0; f < FEATURES && count < TOLD_MOST && start_s > 5; ++f) {
    const char *words = said[f] ? "" : change_words(t, f, measure(t, f, fmax(0, start_s - REACH_S), start_s),
                                                    measure(t, f, start_s, look_s), start_s, look_s);
    if (words[0]) {
      told = kt_arena_format(t->arena, "%s%s%s", told, count++ ? ", " : "", words);
    }
  }
  return told;
}

const char *kt_tell_picture(const KtTimeline *t, double start_s, double end_s) {
  double moves = kt_timeline_motion(t, start_s, end_s), most = 0;
  const char *light = "";
  int shots = 0;
  for (size_t i = 0; i < t->film->shots.count; ++i) {
    const KtShot *shot = &t->film->shots.items[i];
    double seen = fmin(end_s, kt_seconds(shot->end)) - fmax(start_s, kt_seconds(shot->start));
    shots += seen > 0.2;
    if (seen > most) {
      most = seen;
      light = kt_seen_light(t->arena, shot);
    }
  }
  const char *motion = moves < 0.15 ? "hardly anything moves" : moves < 0.4 ? "little moves" : "all is astir";
  return shots > 1 ? kt_arena_format(t->arena, "%d shots, %s the longest; %s", shots, light, motion)
                   : kt_arena_format(t->arena, "a single shot, %s; %s", light, motion);
}
