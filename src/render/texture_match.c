// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which recording belongs to which scene: by the words of both, and without words by how they sound.
#include "base/file.h"
#include "render/texture_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 40, HEADING_MARKS = 2, CAPTION_MARKS = 2, ACTION_MOST = 3 };
static const float tilt_near_db = 4, range_near_lu = 3; // of one place

typedef struct Choice {
  const KtContext *ctx;
  const KtWorldAsk *ask;
  KtWorldRules *rules;
  KtArena *arena;
  KtWorldNames names;
  float (*heard)[2]; // per file: tilt, range
} Choice;

const char *kt_world_kind_name(KtWorldKind kind) {
  static const char *const names[] = {"drone", "grains", "pulse"};
  return names[kind];
}

/// The next word of a text, in lower case; false at its end. Bytes over 127 belong to words.
static bool next_word(const char **text, char word[WORD]) {
  const unsigned char *c = (const unsigned char *)*text;
  size_t length = 0;
  while (*c && !isalpha(*c) && *c < 128) {
    ++c;
  }
  for (; isalpha(*c) || *c >= 128; ++c) {
    if (length + 1 < WORD) {
      word[length++] = (char)tolower(*c);
    }
  }
  word[length] = '\0';
  *text = (const char *)c;
  return length > 0;
}

static bool in_family(const KtWorldFamily *family, const char *word) {
  for (unsigned i = 0; i < family->words_count; ++i) {
    if (!strcmp(family->words[i], word)) {
      return true;
    }
  }
  return false;
}

/// Whether a word of a scene means what a recording's name says.
static bool means(const Choice *choice, const char *file, const char *word) {
  char own[WORD];
  while (next_word(&file, own)) {
    if (strlen(own) > 2 && !strcmp(own, word)) {
      return true;
    }
    for (unsigned f = 0; f < choice->rules->families_count; ++f) {
      const KtWorldFamily *family = &choice->rules->families[f];
      if (in_family(family, own) && in_family(family, word)) {
        return true;
      }
    }
  }
  return false;
}

/// The file's name without its ending.
static const char *spoken_name(const Choice *choice, size_t file) {
  const char *name = choice->names.items[file];
  return kt_arena_text_n(choice->arena, name, kt_path_stem(name));
}

static int count_words(const Choice *choice, size_t file, const char *text, char first[WORD]) {
  char word[WORD];
  const char *name = spoken_name(choice, file);
  int found = 0;
  while (text && next_word(&text, word)) {
    if (means(choice, name, word)) {
      if (!found++ && !first[0]) {
        memcpy(first, word, WORD);
      }
    }
  }
  return found;
}

/// Marks of a file for a scene, and the word that brought them together.
static float scene_marks(const Choice *choice, size_t file, const KtScene *scene, char word[WORD]) {
  word[0] = '\0';
  int heading = count_words(choice, file, scene->heading, word) > 0;
  int action = count_words(choice, file, scene->action, word), sounds = 0;
  const KtFilm *film = choice->ask->film;
  for (size_t i = 0; i < film->captions.count; ++i) {
    const KtCaption *caption = &film->captions.items[i];
    if (caption->sound && caption->start < scene->end && caption->end > scene->start) {
      sounds = sounds || count_words(choice, file, caption->text, word);
    }
  }
  action = action > ACTION_MOST ? ACTION_MOST : action;
  return (float)(HEADING_MARKS * heading + CAPTION_MARKS * sounds + action);
}

/// Half a mark for a recording that sounds as the film does there, less the further off it is.
static float likeness(const Choice *choice, size_t file, KtFilmTime start, KtFilmTime end) {
  float best = 0;
  for (size_t i = 0; i < choice->ask->film->ambience.count; ++i) {
    const KtAmbience *place = &choice->ask->film->ambience.items[i];
    if (place->start < end && place->end > start) {
      float off = fabsf(place->tilt_db - choice->heard[file][0]) / tilt_near_db +
                  fabsf(place->range_lu - choice->heard[file][1]) / range_near_lu;
      best = fmaxf(best, 0.5F * (1 - 0.5F * off));
    }
  }
  return best;
}

static void keep_best(KtWorldTexture *best, const KtWorldTexture *one) {
  if (one->marks > best->marks) {
    *best = *one;
  }
}

/// The best recording for one cue; marks 0 where there is none.
static KtWorldTexture best_for(const Choice *choice, int index) {
  const KtCue *cue = &choice->ask->spotting->cues.items[index];
  const KtStory *story = choice->ask->story;
  KtFilmTime shortest = kt_film_time((double)choice->rules->shortest_s);
  KtWorldTexture best = {.cue = index};
  for (size_t f = 0; f < choice->names.count; ++f) {
    const char *path = kt_path_join(choice->arena, choice->ask->folder, choice->names.items[f]);
    if (!(choice->heard[f][1] >= 0)) {
      continue;
    }
    for (size_t s = 0; s < story->scenes.count; ++s) {
      const KtScene *scene = &story->scenes.items[s];
      char word[WORD];
      KtFilmTime start = scene->start > cue->in ? scene->start : cue->in;
      KtFilmTime end = scene->end < cue->out ? scene->end : cue->out;
      float marks = end - start >= shortest ? scene_marks(choice, f, scene, word) : 0;
      if (marks < choice->rules->least) {
        continue;
      }
      marks += likeness(choice, f, start, end);
      KtWorldTexture one = {index, path, KT_WORLD_DRONE, start, end, marks,
                            kt_arena_format(choice->arena, "\"%s\" in %s", word,
                                            scene->heading[0] ? scene->heading : "what is heard there")};
      keep_best(&best, &one);
    }
    float like = story->has_text ? 0 : likeness(choice, f, cue->in, cue->out);
    KtWorldTexture one = {index, path, KT_WORLD_DRONE, cue->in, cue->out, like,
                          "it sounds as the film's own place does"};
    if (like > 0.3F && cue->out - cue->in >= shortest) {
      keep_best(&best, &one);
    }
  }
  return best;
}

static KtWorldKind kind_for(const Choice *choice, const KtWorldTexture *one) {
  KtEmotion felt = kt_story_mean(choice->ask->story, one->start, one->end);
  if (felt.tension >= choice->rules->drone_from) {
    return KT_WORLD_DRONE;
  }
  return felt.arousal >= choice->rules->pulse_from ? KT_WORLD_PULSE : KT_WORLD_GRAINS;
}

/// What each file sounds like; one that cannot be read is passed over.
static KtStatus hear_files(Choice *choice, KtError *err) {
  choice->heard = kt_arena_alloc_items(choice->arena, choice->names.count + 1, sizeof(*choice->heard));
  if (!choice->heard) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  size_t heard = 0;
  for (size_t f = 0; f < choice->names.count; ++f) {
    KtRecording recording;
    KtError why = {0};
    const char *path = kt_path_join(choice->arena, choice->ask->folder, choice->names.items[f]);
    KtStatus status = kt_recording_read(path, &recording, &why);
    if (status == KT_ERR_MEMORY) {
      return kt_error_set(err, status, "out of memory");
    }
    choice->heard[f][0] = recording.tilt_db;
    choice->heard[f][1] = status ? -1 : recording.range_lu;
    heard += !status;
    if (status) {
      kt_warn(choice->ctx, "%s is passed over: %s", path, why.message);
    }
    kt_recording_clear(&recording);
  }
  return heard ? KT_OK
               : kt_error_at(err, KT_ERR_MISSING, choice->ask->folder, 0, 0,
                             "holds no recording that can be read (WAV, FLAC, Ogg, AIFF)");
}

static int by_marks(const void *a, const void *b) {
  const KtWorldTexture *x = a, *y = b;
  return x->marks > y->marks ? -1 : x->marks < y->marks ? 1 : x->cue - y->cue;
}

static int by_cue(const void *a, const void *b) {
  return ((const KtWorldTexture *)a)->cue - ((const KtWorldTexture *)b)->cue;
}

static void choose(Choice *choice, KtWorldPlan *plan) {
  const KtWorldAsk *ask = choice->ask;
  size_t cues = ask->spotting->cues.count;
  for (size_t c = 0; c < cues; ++c) {
    KtWorldTexture best = best_for(choice, (int)c);
    KtWorldTexture *one = best.marks > 0 ? kt_array_push(plan->arena, &plan->items) : NULL;
    if (one) {
      *one = best;
      one->file = kt_arena_text(plan->arena, best.file);
      one->why = kt_arena_text(plan->arena, best.why);
      one->kind = kind_for(choice, &best);
    }
  }
  size_t most = (size_t)ceil((double)cues * (1 - (double)fminf(1, fmaxf(0, ask->restraint))));
  if (plan->items.count) {
    qsort(plan->items.items, plan->items.count, sizeof(KtWorldTexture), by_marks);
    plan->items.count = plan->items.count < most ? plan->items.count : most;
    qsort(plan->items.items, plan->items.count, sizeof(KtWorldTexture), by_cue);
  }
}

static bool is_off(const KtBrief *brief) {
  for (size_t i = 0; brief && i < brief->off.count; ++i) {
    if (!strcmp(brief->off.items[i], "textures")) {
      return true;
    }
  }
  return false;
}

KtStatus kt_world_plan(const KtContext *ctx, const KtWorldAsk *ask, KtWorldPlan **plan, KtError *err) {
  KtArena *scratch = kt_arena_new(), *arena = kt_arena_new();
  KtWorldPlan *made = arena ? KT_NEW(arena, KtWorldPlan, 1) : NULL;
  Choice choice = {.ctx = ctx, .ask = ask, .arena = scratch};
  KtStatus status = scratch && made ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  if (made) {
    made->arena = arena;
  }
  if (!status && ask->folder && !is_off(ask->brief)) {
    status = kt_world_rules_load(ctx, &choice.rules, err);
    status = status ? status : kt_world_names(scratch, ask->folder, &choice.names, err);
    status = status ? status : hear_files(&choice, err);
    if (!status) {
      choose(&choice, made);
      status = kt_arena_failed(scratch) || kt_arena_failed(arena)
                   ? kt_error_set(err, KT_ERR_MEMORY, "out of memory")
                   : KT_OK;
    }
  }
  kt_world_rules_free(choice.rules);
  kt_arena_free(scratch);
  if (status) {
    kt_arena_free(arena);
    return status;
  }
  *plan = made;
  return KT_OK;
}

void kt_world_free(KtWorldPlan *plan) {
  if (plan) {
    kt_arena_free(plan->arena);
  }
}
