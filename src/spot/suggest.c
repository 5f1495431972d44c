// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot/suggest.h"

#include "base/data.h"
#include "story/colour_fields.h"

#include <math.h>

/// What a palette likes: each weight times what the film has of it.
typedef struct Liking {
  const char *palette;
  float base, valence, arousal, tension, range, words, cuts, soundless, pantomime, grey, colourful;
  float colours[KT_COLOUR_COUNT];
} Liking;

#define WEIGHT(name)        CYAML_FIELD_FLOAT(#name, CYAML_FLAG_OPTIONAL, Liking, name)
static const cyaml_schema_field_t LIKING_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("palette", CYAML_FLAG_POINTER, Liking, palette, 1, 32),
    WEIGHT(base),
    WEIGHT(valence),
    WEIGHT(arousal),
    WEIGHT(tension),
    WEIGHT(range),
    WEIGHT(words),
    WEIGHT(cuts),
    WEIGHT(soundless),
    WEIGHT(pantomime),
    WEIGHT(grey),
    WEIGHT(colourful),
    KT_COLOUR_FIELDS(Liking),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t LIKING = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, Liking, LIKING_FIELDS)};
static const cyaml_schema_value_t LIKINGS = {
    CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, Liking, &LIKING, 1, 64)};

/// What the film has, each about -1..1 or 0..1.
typedef struct Has {
  KtEmotion mean;
  float range, words, cuts, soundless, pantomime, grey, colourful;
} Has;

static Has measure(const KtFilm *film, const KtStory *story) {
  Has has = {.mean = kt_story_mean(story, 0, film->duration)};
  float low = 1, high = 0;
  for (size_t i = 0; i < story->arc.count; ++i) {
    low = fminf(low, story->arc.items[i].emotion.tension);
    high = fmaxf(high, story->arc.items[i].emotion.tension);
  }
  has.range = high > low ? high - low : 0;
  double seconds = kt_seconds(film->duration) + 1;
  double spoken = 0;
  for (size_t i = 0; i < film->speech.count; ++i) {
    spoken += kt_seconds(film->speech.items[i].end - film->speech.items[i].start);
  }
  has.words = (float)fmin(1, 2 * spoken / seconds);
  has.cuts = (float)fmin(1, (double)film->shots.count / seconds * 4);
  has.pantomime = spoken < 0.03 * seconds ? 1.0F : 0.0F;
  double colour = 0; // against time, not shots
  for (size_t i = 0; i < film->shots.count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    colour += (double)shot->saturation * kt_seconds(shot->end - shot->start) / seconds;
  }
  has.grey = colour < 0.05 ? 1.0F : 0.0F;
  has.colourful = (float)fmax(0, fmin(1, (colour - 0.15) / 0.25));
  has.soundless = film->audio_stream < 0 && !film->sketch ? 1.0F : 0.0F;
  return has;
}

KtStatus kt_palette_suggest(const KtContext *ctx, KtArena *arena, const KtFilm *film,
                            const KtStory *story, const char **id, KtError *err) {
  Liking *likings = NULL;
  unsigned count = 0;
  KtStatus status = kt_data_load(ctx, "suggest.yaml", &LIKINGS, (void **)&likings, &count, err);
  if (status) {
    return status;
  }
  Has has = measure(film, story);
  float best = -HUGE_VALF;
  for (unsigned i = 0; i < count; ++i) {
    const Liking *l = &likings[i];
    float sum = l->base + l->valence * has.mean.valence + l->arousal * has.mean.arousal +
                l->tension * has.mean.tension + l->range * has.range + l->words * has.words +
                l->cuts * has.cuts + l->soundless * has.soundless + l->pantomime * has.pantomime +
                l->grey * has.pantomime * has.grey + l->colourful * has.colourful;
    for (int c = 0; c < KT_COLOUR_COUNT; ++c) {
      sum += l->colours[c] * has.mean.colours[c];
    }
    if (sum > best) {
      best = sum;
      *id = kt_arena_text(arena, l->palette);
    }
  }
  kt_data_free(&LIKINGS, likings, count);
  return KT_OK;
}
