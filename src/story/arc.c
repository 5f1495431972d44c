// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/arc.h"

#include <math.h>
#include <string.h>

static void divide(KtEmotion *sum, float by) {
  KtEmotion whole = *sum;
  memset(sum, 0, sizeof(*sum));
  if (by > 0) {
    kt_emotion_add(sum, &whole, 1 / by);
  }
}

/// Words are felt while they last and fade after; a scene's mean lies under them.
static void feel_words(KtStoryWork *work, KtSenses *senses) {
  const KtArcRules *rules = &work->rules->arc;
  for (size_t b = 0; b < work->beats.count; ++b) {
    const KtBeat *beat = &work->beats.items[b];
    double start = kt_seconds(beat->start);
    double end = kt_seconds(beat->end);
    KtEmotion felt = beat->emotion;
    felt.valence = kt_clamp(felt.valence * (beat->line >= 0 ? rules->dialogue_valence : 1), -1, 1);
    long first = lround(2 * (start - 1.5));
    for (long i = first < 0 ? 0 : first; i < (long)senses->count; ++i) {
      double at = (double)i / 2;
      double late = fmax(0, at - end);
      double early = fmax(0, start - at);
      if (late > 4 * (double)rules->word_fade_s) {
        break;
      }
      float weight = beat->weight * (float)exp(-late / (double)rules->word_fade_s - early / 0.7);
      kt_emotion_add(&senses->words[i], &felt, weight);
      senses->word_weight[i] += weight;
    }
  }
  for (size_t s = 0; s < work->story->scenes.count; ++s) {
    const KtScene *scene = &work->story->scenes.items[s];
    for (size_t i = 0; i < senses->count; ++i) {
      KtFilmTime at = (KtFilmTime)i * (KT_FLICKS_PER_SECOND / 2);
      bool has_words = scene->emotion.colours[0] >= 0; // set apart by scene_means()
      if (has_words && at >= scene->start && at < scene->end) {
        kt_emotion_add(&senses->words[i], &scene->emotion, rules->scene_base);
        senses->word_weight[i] += rules->scene_base;
      }
    }
  }
  for (size_t i = 0; i < senses->count; ++i) {
    divide(&senses->words[i], senses->word_weight[i]);
    senses->word_weight[i] = fminf(1, senses->word_weight[i]);
  }
}

/// Mean of the words of each scene; a scene without words is marked by a colour below zero.
static void scene_means(KtStoryWork *work) {
  for (size_t s = 0; s < work->story->scenes.count; ++s) {
    KtEmotion sum = {0};
    float weight = 0;
    for (size_t b = 0; b < work->beats.count; ++b) {
      if (work->beats.items[b].scene == (int)s) {
        kt_emotion_add(&sum, &work->beats.items[b].emotion, work->beats.items[b].weight);
        weight += work->beats.items[b].weight;
      }
    }
    divide(&sum, weight);
    sum.colours[0] = weight > 0 ? sum.colours[0] : -1;
    work->story->scenes.items[s].emotion = sum;
  }
}

static void keep_pass(KtStoryWork *work, KtPass pass, const KtEmotion *felt, float weight) {
  KtPassPoint *point = kt_array_push(work->arena, &work->story->passes[pass]);
  if (point) {
    *point = (KtPassPoint){.emotion = *felt, .weight = weight};
    point->emotion.valence = kt_clamp(felt->valence, -1, 1);
    point->emotion.arousal = kt_clamp(felt->arousal, -1, 1);
    point->emotion.tension = kt_clamp(felt->tension, 0, 1);
  }
}

/// Each reading as it was, and what share of the sum it had.
static void keep_passes(KtStoryWork *work, const KtSenses *senses, size_t i, float words,
                        float picture, float sound) {
  float all = fmaxf(1e-6F, words + picture + sound);
  if (work->lexicon && work->beats.count) {
    keep_pass(work, KT_PASS_WORDS, &senses->words[i], words / all);
  }
  if (senses->has_picture) {
    keep_pass(work, KT_PASS_PICTURE, &senses->picture[i], picture / all);
  }
  if (senses->has_sound) {
    keep_pass(work, KT_PASS_SOUND, &senses->sound[i], sound / all);
  }
}

static void fuse(KtStoryWork *work, const KtSenses *senses, KtEmotion *out) {
  const KtArcRules *rules = &work->rules->arc;
  for (size_t i = 0; i < senses->count; ++i) {
    float words = rules->words * senses->word_weight[i];
    float picture = senses->has_picture ? rules->picture : 0;
    float sound = senses->has_sound ? rules->sound : 0;
    KtEmotion image = senses->picture[i];
    KtEmotion heard = senses->sound[i];
    keep_passes(work, senses, i, words, picture, sound);
    kt_emotion_add(&out[i], &senses->words[i], words);
    // picture and sound are swings round the film's middle: a little tension is always there
    image.tension += 0.25F;
    heard.tension += 0.25F;
    kt_emotion_add(&out[i], &image, picture);
    kt_emotion_add(&out[i], &heard, sound);
    divide(&out[i], words + picture + sound);
  }
}

/// A bell over time (Gaussian), its ends folded in.
static void smooth(KtStoryWork *work, KtEmotion *arc, size_t count, float sigma_s) {
  int reach = (int)ceilf(6 * sigma_s);
  KtEmotion *copy = KT_NEW(work->scratch, KtEmotion, count);
  if (!copy) {
    return;
  }
  memcpy(copy, arc, count * sizeof(*arc));
  for (size_t i = 0; i < count; ++i) {
    KtEmotion sum = {0};
    float all = 0;
    for (int k = -reach; k <= reach; ++k) {
      long at = (long)i + k;
      if (at >= 0 && at < (long)count) {
        float x = (float)k / (2 * sigma_s);
        float weight = expf(-0.5F * x * x);
        kt_emotion_add(&sum, &copy[at], weight);
        all += weight;
      }
    }
    divide(&sum, all);
    arc[i] = sum;
  }
}

typedef float *(*Coordinate)(KtEmotion *e);
static float *valence_of(KtEmotion *e) {
  return &e->valence;
}
static float *arousal_of(KtEmotion *e) {
  return &e->arousal;
}
static float *tension_of(KtEmotion *e) {
  return &e->tension;
}

/// Bring the strongest twentieth to `reach`, about `middle`, never by more than gain_max.
static void stretch(KtStoryWork *work, KtEmotion *arc, size_t count, Coordinate of, float middle,
                    float reach) {
  float *far = KT_NEW(work->scratch, float, count + 1);
  if (!far) {
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    far[i] = fabsf(*of(&arc[i]) - middle);
  }
  float strong = kt_arc_quantile(work, far, count, 0.95F);
  // half a minute has no height of its own: an excerpt is stretched less than a film
  float length = fminf(1, (float)kt_seconds(work->duration) / work->rules->arc.whole_s);
  float most = 1 + (work->rules->arc.gain_max - 1) * length;
  float gain = strong > 0 ? fminf(reach / strong, most) : 1;
  for (size_t i = 0; i < count; ++i) {
    float *value = of(&arc[i]);
    bool slack = of == tension_of && *value < middle; // ease is not pressed to nothing
    *value = middle + (slack ? fminf(gain, 1.2F) : gain) * (*value - middle);
  }
}

static float middle_of(KtStoryWork *work, KtEmotion *arc, size_t count, Coordinate of) {
  float *values = KT_NEW(work->scratch, float, count + 1);
  for (size_t i = 0; values && i < count; ++i) {
    values[i] = *of(&arc[i]);
  }
  return values ? kt_arc_quantile(work, values, count, 0.5F) : 0;
}

/// Colours that harmony knows, leaned by where the arc stands; words count for more.
static void colour(KtEmotion *e) {
  float up = fmaxf(0, e->valence);
  float down = fmaxf(0, -e->valence);
  float loud = fmaxf(0, e->arousal);
  float still = fmaxf(0, -e->arousal);
  const float leaned[KT_COLOUR_COUNT] = {[KT_COLOUR_WONDER] = up * (1 - loud) * (1 - e->tension),
                                         [KT_COLOUR_MENACE] = e->tension * (0.3F + down),
                                         [KT_COLOUR_GRANDEUR] = loud * (0.3F + up),
                                         [KT_COLOUR_INTIMACY] = still * up * 1.5F,
                                         [KT_COLOUR_LOSS] = still * down * 1.5F,
                                         [KT_COLOUR_ROMANCE] = 0,
                                         [KT_COLOUR_COMEDY] = loud * up * (1 - e->tension),
                                         [KT_COLOUR_MYSTERY] = still * e->tension};
  for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
    e->colours[c] = kt_clamp(1 - (1 - e->colours[c]) * (1 - 0.5F * leaned[c]), 0, 1);
  }
}

/// A blow takes something only where there was something to lose: it was bright before.
static bool was_glad(const KtEmotion *arc, size_t at, float least) {
  float sum = 0;
  size_t from = at > 40 ? at - 40 : 0;
  for (size_t i = from; i < at; ++i) {
    sum += arc[i].valence;
  }
  return at > from && sum / (float)(at - from) >= least;
}

/// What a blow took is missed for a while.
static void mourn(KtStoryWork *work, KtEmotion *arc, size_t count) {
  const KtArcRules *rules = &work->rules->arc;
  size_t kept = 0;
  for (size_t b = 0; b < work->blows.count; ++b) {
    KtBlow blow = work->blows.items[b];
    double at = kt_seconds(blow.at);
    if ((size_t)(2 * at) >= count || !was_glad(arc, (size_t)(2 * at), rules->blow_glad)) {
      continue;
    }
    work->blows.items[kept++] = blow;
    for (size_t i = (size_t)(2 * at); i < count; ++i) {
      float far = (float)exp(-((double)i / 2 - at) / (double)rules->mourned_s);
      arc[i].valence += rules->blow_loss * far * blow.weight;
      float *loss = &arc[i].colours[KT_COLOUR_LOSS];
      *loss = fmaxf(*loss, far * blow.weight);
    }
  }
  work->blows.count = kept;
}

/// Credits are after the story: the arc comes to rest.
static void rest_after(const KtStoryWork *work, KtEmotion *arc, size_t count) {
  double end = kt_seconds(work->end);
  for (size_t i = 0; i < count; ++i) {
    double after = (double)i / 2 - end;
    if (after > 0) {
      float keep = (float)exp(-after / 8);
      arc[i].arousal = -0.3F + keep * (arc[i].arousal + 0.3F);
      arc[i].tension *= keep;
      arc[i].valence = 0.1F + keep * (arc[i].valence - 0.1F);
    }
  }
}

static void keep(KtStoryWork *work, const KtEmotion *arc, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    KtArcPoint *point = kt_array_push(work->arena, &work->story->arc);
    if (!point) {
      return;
    }
    point->at = (KtFilmTime)i * (KT_FLICKS_PER_SECOND / 2);
    point->emotion = arc[i];
    point->emotion.valence = kt_clamp(arc[i].valence, -1, 1);
    point->emotion.arousal = kt_clamp(arc[i].arousal, -1, 1);
    point->emotion.tension = kt_clamp(arc[i].tension, 0, 1);
    colour(&point->emotion);
  }
}

void kt_story_arc(KtStoryWork *work) {
  size_t count = (size_t)(work->duration / (KT_FLICKS_PER_SECOND / 2)) + 1;
  KtSenses senses = {.words = KT_NEW(work->scratch, KtEmotion, count),
                     .picture = KT_NEW(work->scratch, KtEmotion, count),
                     .sound = KT_NEW(work->scratch, KtEmotion, count),
                     .word_weight = KT_NEW(work->scratch, float, count),
                     .count = count};
  KtEmotion *arc = KT_NEW(work->scratch, KtEmotion, count);
  if (!senses.words || !senses.picture || !senses.sound || !senses.word_weight || !arc) {
    return;
  }
  senses.has_picture = work->film && work->film->frames.count > 1;
  senses.has_sound =
      work->film && isfinite(work->film->integrated_lufs) && work->film->loudness.count;
  scene_means(work);
  if (work->lexicon) {
    feel_words(work, &senses);
  }
  kt_arc_sense(work, &senses);
  fuse(work, &senses, arc);
  smooth(work, arc, count, work->rules->arc.smooth_s);
  float reach = work->rules->arc.reach;
  stretch(work, arc, count, valence_of, 0, reach);
  stretch(work, arc, count, arousal_of, middle_of(work, arc, count, arousal_of), reach);
  stretch(work, arc, count, tension_of, fminf(0.35F, middle_of(work, arc, count, tension_of)),
          reach * 0.6F);
  mourn(work, arc, count);
  rest_after(work, arc, count);
  keep(work, arc, count);
  for (size_t s = 0; s < work->story->scenes.count; ++s) {
    KtScene *scene = &work->story->scenes.items[s];
    scene->emotion = kt_story_mean(work->story, scene->start, scene->end);
  }
}
