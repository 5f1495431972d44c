// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What picture and sound alone feel like, as swings round the film's own middle.
#include "story/arc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// One feature of picture or sound, two values a second.
typedef struct Curve {
  float *at;
  size_t count;
} Curve;

/// What happens, two values a second.
typedef struct Events {
  Curve loud, sudden, bursts;
} Events;

static int by_value(const void *left, const void *right) {
  float a = *(const float *)left;
  float b = *(const float *)right;
  return (a > b) - (a < b);
}

float kt_arc_quantile(KtStoryWork *work, const float *values, size_t all, float share) {
  size_t told = (size_t)(work->end / (KT_FLICKS_PER_SECOND / 2)) + 1;
  size_t count = told < all ? told : all;
  float *sorted = KT_NEW(work->scratch, float, count + 1);
  if (!sorted || !count) {
    return 0;
  }
  memcpy(sorted, values, count * sizeof(*values));
  qsort(sorted, count, sizeof(*sorted), by_value);
  return sorted[(size_t)((float)(count - 1) * share + 0.5F)];
}

/// In spreads from the film's own middle, softly held to -1..1.
static void relate(KtStoryWork *work, Curve *curve, float floor) {
  float middle = kt_arc_quantile(work, curve->at, curve->count, 0.5F);
  float low = kt_arc_quantile(work, curve->at, curve->count, 0.1F);
  float high = kt_arc_quantile(work, curve->at, curve->count, 0.9F);
  float spread = fmaxf(high - low, 2 * floor) / 2;
  for (size_t i = 0; i < curve->count; ++i) {
    curve->at[i] = tanhf(0.9F * (curve->at[i] - middle) / spread);
  }
}

static Curve new_curve(KtStoryWork *work, size_t count) {
  Curve curve = {KT_NEW(work->scratch, float, count), count};
  curve.count = curve.at ? count : 0;
  return curve;
}

static void weigh(KtEmotion *out, const Curve *curve, const KtFeatureWeight *weight) {
  for (size_t i = 0; i < curve->count; ++i) {
    out[i].valence += weight->valence * curve->at[i];
    out[i].arousal += weight->arousal * curve->at[i];
    out[i].tension += weight->tension * curve->at[i];
  }
}

typedef float (*Feature)(const KtFrame *frame);
static float brightness(const KtFrame *f) {
  return f->brightness;
}
static float saturation(const KtFrame *f) {
  return f->saturation;
}
static float warmth(const KtFrame *f) {
  return f->warmth;
}
static float motion(const KtFrame *f) {
  return sqrtf(fmaxf(0, f->motion));
} // small ones count

/// Mean of a feature over the second around each point.
static Curve sample(KtStoryWork *work, size_t count, Feature feature) {
  Curve curve = new_curve(work, count);
  const KtFilm *film = work->film;
  size_t from = 0;
  for (size_t i = 0; i < curve.count; ++i) {
    KtFilmTime middle = (KtFilmTime)i * (KT_FLICKS_PER_SECOND / 2);
    while (from < film->frames.count &&
           film->frames.items[from].time < middle - KT_FLICKS_PER_SECOND / 2) {
      ++from;
    }
    size_t used = 0;
    for (size_t k = from;
         k < film->frames.count && film->frames.items[k].time < middle + KT_FLICKS_PER_SECOND / 2;
         ++k) {
      curve.at[i] += feature(&film->frames.items[k]);
      ++used;
    }
    curve.at[i] = used ? curve.at[i] / (float)used : i ? curve.at[i - 1] : 0;
  }
  return curve;
}

/// Events a second in a window around each point, each weighing less the farther it is.
static void count_near(Curve *curve, KtFilmTime time, float strength, float window_s) {
  double second = kt_seconds(time);
  long first = lround(2 * (second - (double)window_s));
  for (long i = first < 0 ? 0 : first;
       i < (long)curve->count && (double)i / 2 < second + (double)window_s; ++i) {
    float far = (float)fabs((double)i / 2 - second) / window_s;
    curve->at[i] += strength * fmaxf(0, 1 - far) / window_s;
  }
}

static void feel_picture(KtStoryWork *work, KtSenses *senses) {
  const KtArcRules *rules = &work->rules->arc;
  const KtFilm *film = work->film;
  Curve light = sample(work, senses->count, brightness);
  Curve colour = sample(work, senses->count, saturation);
  for (size_t i = 0; i < light.count && i < colour.count; ++i) {
    // beside what the film is used to, light and colour have a meaning of their own
    senses->picture[i].valence +=
        kt_clamp(0.5F * (light.at[i] - 0.4F) + 0.4F * (colour.at[i] - 0.15F), -0.3F, 0.3F);
  }
  const struct {
    Feature feature;
    const KtFeatureWeight *weight;
  } list[] = {{brightness, &rules->brightness},
              {saturation, &rules->saturation},
              {warmth, &rules->warmth},
              {motion, &rules->motion}};
  for (size_t k = 0; k < sizeof(list) / sizeof(*list); ++k) {
    Curve curve = sample(work, senses->count, list[k].feature);
    relate(work, &curve, list[k].weight->floor);
    weigh(senses->picture, &curve, list[k].weight);
  }
  Curve cuts = new_curve(work, senses->count);
  for (size_t i = 1; i < film->shots.count; ++i) {
    count_near(&cuts, film->shots.items[i].start, 1, rules->cut_window_s);
  }
  relate(work, &cuts, rules->cuts.floor);
  weigh(senses->picture, &cuts, &rules->cuts);
}

static Curve moments_of(KtStoryWork *work, size_t count, KtMomentKind kind) {
  Curve curve = new_curve(work, count);
  for (size_t i = 0; i < work->film->moments.count; ++i) {
    const KtMoment *moment = &work->film->moments.items[i];
    if (moment->kind == kind) {
      count_near(&curve, moment->at, moment->strength, 4);
    }
  }
  return curve;
}

static void feel_sound(KtStoryWork *work, KtSenses *senses, Events *events) {
  const KtArcRules *rules = &work->rules->arc;
  const KtFilm *film = work->film;
  Curve loud = new_curve(work, senses->count);
  for (size_t i = 0; i < loud.count; ++i) {
    size_t point = i * 5;
    float lufs = point < film->loudness.count ? film->loudness.items[point].short_term_lufs : -70;
    loud.at[i] = isfinite(lufs) ? fmaxf(lufs, -60) : -60;
  }
  relate(work, &loud, rules->loudness.floor);
  weigh(senses->sound, &loud, &rules->loudness);
  Curve sudden = moments_of(work, senses->count, KT_MOMENT_TRANSIENT);
  relate(work, &sudden, rules->transients.floor);
  weigh(senses->sound, &sudden, &rules->transients);
  events->loud = loud;
  events->sudden = sudden;
}

static bool music_at(const KtFilm *film, KtFilmTime at) {
  for (size_t i = 0; i < film->music.count; ++i) {
    if (film->music.items[i].start <= at && film->music.items[i].end > at) {
      return true;
    }
  }
  return false;
}

/// Good and bad by what light, movement and sound do together.
static void feel_together(KtStoryWork *work, KtSenses *senses, const Events *events) {
  const KtArcRules *rules = &work->rules->arc;
  Curve light = sample(work, senses->count, brightness);
  relate(work, &light, rules->brightness.floor);
  for (size_t i = 0; i < light.count && i < events->loud.count && i < events->sudden.count &&
                     i < events->bursts.count;
       ++i) {
    float loud = senses->has_sound ? events->loud.at[i] : 0;
    float sudden = senses->has_sound ? fmaxf(0, events->sudden.at[i]) : 0;
    float dark = fmaxf(0, -light.at[i]);
    bool eased = loud < 0 && sudden <= 0.1F && dark <= 0.3F &&
                 music_at(work->film, (KtFilmTime)i * (KT_FLICKS_PER_SECOND / 2));
    senses->picture[i].valence += rules->blows * sudden * fmaxf(0, loud) +
                                  rules->dark_blows * sudden * dark +
                                  rules->dark_burst * fminf(1, events->bursts.at[i]) * dark +
                                  (eased ? -rules->music_calm * loud : 0);
  }
}

void kt_arc_sense(KtStoryWork *work, KtSenses *senses) {
  if (senses->has_picture) {
    feel_picture(work, senses);
  }
  Events events = {{0}, {0}, {0}};
  if (senses->has_sound) {
    feel_sound(work, senses, &events);
  }
  if (senses->has_picture) {
    events.loud = events.loud.count ? events.loud : new_curve(work, senses->count);
    events.sudden = events.sudden.count ? events.sudden : new_curve(work, senses->count);
    events.bursts = moments_of(work, senses->count, KT_MOMENT_BURST);
    feel_together(work, senses, &events);
  }
}
