// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/audio_file.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/pool.h"
#include "base/rng.h"
#include "render/texture_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Rises when the same recipe gives another sound.
static const int world_version = 1;

typedef struct Making {
  const KtContext *ctx;
  const KtWorldAsk *ask;
  const KtWorldPlan *plan;
  KtArena *arena;
  KtWorldRecipe *recipes; // per texture of the plan
  KtDryStem **stems;      // NULL where the cue does not sound this time
} Making;

static int64_t tick_frame(const KtScore *score, KtTick tick) {
  return kt_film_time_sample(kt_tempo_time(&score->tempo, tick));
}

static void take_chords(Making *making, const KtScore *score, KtWorldRecipe *recipe) {
  for (size_t i = 0; i < score->chords.count; ++i) {
    const KtChord *chord = &score->chords.items[i];
    int64_t from = tick_frame(score, chord->start), to = tick_frame(score, chord->start + chord->duration);
    int classes[6], count = kt_chord_classes(chord->quality, classes);
    int fifth = 12; // no fifth at all: an octave
    for (int k = 0; k < count; ++k) {
      fifth = classes[k] == 7 || (fifth != 7 && (classes[k] == 6 || classes[k] == 8)) ? classes[k] : fifth;
    }
    from = i ? from : 0; // the first is there from the in, the last to the end
    to = i + 1 < score->chords.count ? to : recipe->to;
    if (to > recipe->from && from < recipe->to) {
      KtWorldChord *one = kt_array_push(making->arena, &recipe->chords);
      if (one) {
        double root = 65.406 * pow(2, kt_spelling_class(chord->root) / 12.0); // from C2
        *one = (KtWorldChord){from, to < recipe->to ? to : recipe->to, root, fifth};
      }
    }
  }
}

static void take_steps(Making *making, const KtScore *score, KtWorldRecipe *recipe) {
  for (KtTick tick = 0; tick < score->end; tick += KT_PPQ / 2) {
    int64_t at = tick_frame(score, tick);
    if (at < recipe->from || at >= recipe->to) {
      continue;
    }
    int bar;
    double beat;
    kt_metres_position(&score->metres, tick, &bar, &beat);
    KtWorldStep *step = kt_array_push(making->arena, &recipe->steps);
    if (step) {
      bool down = beat < 1.01, on = fabs(beat - round(beat)) < 0.01;
      *step = (KtWorldStep){at, down ? 1.0F : on ? 0.6F : 0.38F};
    }
  }
}

static void take_words(Making *making, int64_t in, KtWorldRecipe *recipe) {
  for (size_t i = 0; i < making->ask->film->speech.count; ++i) {
    const KtSpan *line = &making->ask->film->speech.items[i];
    int64_t from = kt_film_time_sample(line->start) - in, to = kt_film_time_sample(line->end) - in;
    if (to > recipe->from && from < recipe->to) {
      KtWorldSpan *span = kt_array_push(making->arena, &recipe->spoken);
      if (span) {
        *span = (KtWorldSpan){from, to};
      }
    }
  }
}

static KtStatus hash_recipe(const KtWorldRecipe *recipe, const char *file, KtHash *key, KtError *err) {
  KtHash content;
  KtStatus status = kt_hash_file(file, &content, err);
  KtHasher *hasher = status ? NULL : kt_hasher_new();
  if (!hasher) {
    return status ? status : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  const int64_t whole[] = {world_version, recipe->kind, (int64_t)recipe->seed, recipe->from, recipe->to};
  const double numbers[] = {recipe->level, recipe->words, recipe->fade_s};
  kt_hasher_add_text(hasher, content.hex);
  for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); ++i) {
    kt_hasher_add_int(hasher, whole[i]);
  }
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); ++i) {
    kt_hasher_add_double(hasher, numbers[i]);
  }
  for (size_t i = 0; i < recipe->chords.count; ++i) {
    const KtWorldChord *chord = &recipe->chords.items[i];
    kt_hasher_add_int(hasher, chord->from);
    kt_hasher_add_int(hasher, chord->to);
    kt_hasher_add_double(hasher, chord->root_hz);
    kt_hasher_add_int(hasher, chord->fifth);
  }
  for (size_t i = 0; recipe->kind == KT_WORLD_PULSE && i < recipe->steps.count; ++i) {
    kt_hasher_add_int(hasher, recipe->steps.items[i].at);
    kt_hasher_add_double(hasher, (double)recipe->steps.items[i].weight);
  }
  for (size_t i = 0; i < recipe->spoken.count; ++i) {
    kt_hasher_add_int(hasher, recipe->spoken.items[i].from);
    kt_hasher_add_int(hasher, recipe->spoken.items[i].to);
  }
  *key = kt_hasher_finish(hasher);
  return KT_OK;
}

/// Recipe and place of one texture.
static KtStatus prepare(Making *making, const KtWorldRules *rules, size_t index, const char *folder,
                        KtStems *stems, KtError *err) {
  const KtWorldTexture *one = &making->plan->items.items[index];
  const KtCue *cue = &making->ask->spotting->cues.items[one->cue];
  const KtScore *score = making->ask->scores[one->cue];
  KtWorldRecipe *recipe = &making->recipes[index];
  int64_t in = kt_film_time_sample(cue->in);
  KtHash key;
  if (!score || !stems->items.count) {
    return KT_OK;
  }
  *recipe = (KtWorldRecipe){.kind = one->kind,
                            .seed = kt_rng(making->ctx->seed, kt_arena_format(making->arena, "%s/texture", cue->name)).state,
                            .from = kt_film_time_sample(one->start) - in,
                            .to = kt_film_time_sample(one->end) - in,
                            .level = pow(10, (double)rules->level_db / 20),
                            .words = pow(10, (double)rules->words_db / 20),
                            .fade_s = (double)rules->fade_s};
  take_chords(making, score, recipe);
  take_steps(making, score, recipe);
  take_words(making, in, recipe);
  KtStatus status = hash_recipe(recipe, one->file, &key, err);
  KtDryStem *stem = status ? NULL : kt_array_push(stems->arena, &stems->items);
  if (stem) { // not named by its cue first, or the seats' sweep would take it
    const char *name = kt_arena_format(making->arena, "texture-%s-%.16s.wav", cue->name, key.hex);
    *stem = (KtDryStem){.stem = KT_STEM_SYNTH,
                        .instrument = "texture",
                        .path = kt_path_join(stems->arena, folder, name),
                        .frames = recipe->to};
    stems->frames = stems->frames > recipe->to ? stems->frames : recipe->to;
    making->stems[index] = stem;
  }
  return status ? status : stem ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
}

static KtStatus make_one(void *user, size_t index, int worker, KtError *err) {
  (void)worker;
  const Making *making = user;
  const KtDryStem *stem = making->stems[index];
  if (!stem || kt_file_exists(stem->path)) {
    return KT_OK;
  }
  if (kt_cancelled(making->ctx)) {
    return kt_error_cancelled(err);
  }
  KtRecording recording;
  KtAudioWriter *writer = NULL;
  const KtWorldRecipe *recipe = &making->recipes[index];
  KtStatus status = kt_recording_read(making->plan->items.items[index].file, &recording, err);
  float *sound = status ? NULL : kt_world_sound(&recording, recipe);
  kt_recording_clear(&recording);
  if (!status && !sound) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  status = status ? status : kt_audio_writer_open(stem->path, 2, 32, NULL, &writer, err);
  status = status ? status : kt_audio_write(writer, sound, (size_t)recipe->to, err);
  if (writer && status) {
    kt_audio_writer_abort(writer);
  } else if (writer) {
    status = kt_audio_writer_close_cached(writer, err);
  }
  free(sound);
  return status;
}

KtStatus kt_world_render(const KtContext *ctx, const KtWorldAsk *ask, const KtWorldPlan *plan,
                         const char *folder, KtStems *stems, size_t count, KtError *err) {
  size_t textures = plan->items.count;
  if (!textures) {
    return KT_OK;
  }
  KtArena *arena = kt_arena_new();
  KtWorldRules *rules = NULL;
  Making making = {.ctx = ctx, .ask = ask, .plan = plan, .arena = arena};
  making.recipes = arena ? KT_NEW(arena, KtWorldRecipe, textures) : NULL;
  making.stems = arena ? KT_NEW(arena, KtDryStem *, textures) : NULL;
  KtStatus status = making.recipes && making.stems ? kt_world_rules_load(ctx, &rules, err)
                                                   : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t i = 0; !status && i < textures; ++i) {
    int cue = plan->items.items[i].cue;
    status = (size_t)cue < count ? prepare(&making, rules, i, folder, &stems[cue], err) : KT_OK;
  }
  if (!status && kt_arena_failed(arena)) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  status = status ? status : kt_parallel(ctx->threads, textures, make_one, &making, err);
  kt_world_rules_free(rules);
  kt_arena_free(arena);
  return status;
}
