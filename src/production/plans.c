// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a locked cue was planned to be, kept from delivery to delivery. One line a cue, one a statement:
// numbers are written so that they are read back to the bit.
#include "production/plans.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char KEY[] = "plans.kept";
enum { NAME_SIZE = 32 };

static void add_theme(KtHasher *hasher, const KtTheme *theme) {
  kt_hasher_add_text(hasher, theme->id);
  kt_hasher_add_int(hasher, theme->key.tonic);
  kt_hasher_add_int(hasher, (int64_t)theme->key.mode);
  kt_hasher_add_int(hasher, theme->head);
  for (size_t i = 0; i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    kt_hasher_add_int(hasher, note->start);
    kt_hasher_add_int(hasher, note->duration);
    kt_hasher_add_int(hasher, 16 * note->degree + note->alter);
  }
  for (size_t i = 0; i < theme->chords.count; ++i) {
    const KtThemeChord *chord = &theme->chords.items[i];
    kt_hasher_add_int(hasher, chord->start);
    kt_hasher_add_int(hasher, 16 * chord->degree + chord->alter);
    kt_hasher_add_int(hasher, (int64_t)chord->quality);
  }
}

/// Hash of a cue and all that is its own: while it is the same, its notes may be.
static KtStatus key_of(const KtPlanInputs *inputs, int index, KtHash *key, KtError *err) {
  const KtCue *cue = &inputs->spotting->cues.items[index];
  KtHasher *hasher = kt_hasher_new();
  if (!hasher) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  kt_hasher_add_text(hasher, inputs->hash);
  kt_hasher_add_int(hasher, (int64_t)inputs->seed);
  kt_hasher_add_text(hasher, cue->name);
  kt_hasher_add_int(hasher, cue->in);
  kt_hasher_add_int(hasher, cue->out);
  kt_hasher_add_int(hasher, (int64_t)cue->function);
  kt_hasher_add_int(hasher, (int64_t)cue->entry);
  kt_hasher_add_int(hasher, (int64_t)cue->exit);
  for (size_t i = 0; i < cue->subjects.count; ++i) {
    kt_hasher_add_int(hasher, cue->subjects.items[i]);
  }
  for (size_t i = 0; i < inputs->spotting->hits.count; ++i) {
    const KtHit *hit = &inputs->spotting->hits.items[i];
    if (hit->cue == index) {
      kt_hasher_add_int(hasher, hit->at);
      kt_hasher_add_int(hasher, (int64_t)hit->kind);
      kt_hasher_add_double(hasher, (double)hit->weight);
    }
  }
  for (size_t i = 0; i < inputs->themes->items.count; ++i) { // melodies of its own lean on all of them
    add_theme(hasher, &inputs->themes->items.items[i]);
  }
  *key = kt_hasher_finish(hasher);
  return KT_OK;
}

static void put_cue(FILE *out, const KtPlanInputs *inputs, int index, const KtHash *key, const KtCuePlan *plan,
                    int chosen) {
  fprintf(out, "cue %s %s %d %d %d %a %d %d %a\n", inputs->spotting->cues.items[index].name, key->hex, chosen,
          (int)plan->key.tonic, (int)plan->key.mode, plan->bpm, plan->beats, plan->unit, (double)plan->energy);
  for (size_t i = 0; i < plan->statements.count; ++i) {
    const KtPlannedStatement *s = &plan->statements.items[i];
    fprintf(out, "say %d %d %" PRId64 " %d %d %d %d %a %d %a %d %d\n", s->theme, (int)s->transform, s->at,
            (int)s->recognisable, (int)s->role, (int)s->state, (int)s->mode, (double)s->lean, (int)s->tonic,
            (double)s->energy, s->other, (int)s->whole);
  }
}

KtStatus kt_plans_keep(KtProduction *production, const KtPlanInputs *inputs, const KtPlan *plan,
                       KtScore *const *scores, KtError *err) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = plan ? open_memstream(&text, &size) : NULL;
  if (!out) {
    return plan ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : KT_OK;
  }
  KtStatus status = KT_OK;
  for (size_t i = 0; i < plan->count && !status; ++i) {
    KtHash key;
    status = key_of(inputs, (int)i, &key, err);
    if (!status) {
      put_cue(out, inputs, (int)i, &key, &plan->cues[i], scores[i] ? scores[i]->chosen : -1);
    }
  }
  if (fclose(out) && !status) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  status = status ? status : kt_store_set(production->store, KEY, text, err);
  free(text);
  return status;
}

static bool theme_exists(const KtPlanInputs *inputs, int theme) {
  return theme >= 0 && (size_t)theme < inputs->themes->items.count;
}

/// A statement of a kept cue; false where the line says none that can be.
static bool read_statement(const char *line, const KtPlanInputs *inputs, KtPlannedStatement *s) {
  int transform, recognisable, role, state, mode, tonic, whole = 0;
  double lean, energy;
  int read = sscanf(line, "say %d %d %" SCNd64 " %d %d %d %d %la %d %la %d %d", &s->theme, &transform, &s->at,
                    &recognisable, &role, &state, &mode, &lean, &tonic, &energy, &s->other, &whole);
  if (read < 11 || !theme_exists(inputs, s->theme) || (s->other != -1 && !theme_exists(inputs, s->other)) ||
      transform < 0 || transform >= KT_TRANSFORM_COUNT || role < 0 || role >= KT_ROLE_COUNT || mode < 0 ||
      mode > KT_MODE_LYDIAN) {
    return false;
  }
  s->transform = (KtTransform)transform;
  s->recognisable = recognisable != 0;
  s->whole = whole != 0;
  s->role = (KtRole)role;
  s->state = (KtSubjectState)state;
  s->mode = (KtMode)mode;
  s->lean = (float)lean;
  s->tonic = (KtSpelling)tonic;
  s->energy = (float)energy;
  return true;
}

/// A locked cue that is as it was; -1 none.
static int held_cue(const KtPlanInputs *inputs, const char *name, const char *key, KtStatus *status, KtError *err) {
  int index = kt_spotting_cue(inputs->spotting, name);
  KtHash now;
  if (index < 0 || !inputs->spotting->cues.items[index].locked || *status) {
    return -1;
  }
  *status = key_of(inputs, index, &now, err);
  return !*status && !strcmp(now.hex, key) ? index : -1;
}

KtStatus kt_plans_hold(KtProduction *production, const KtPlanInputs *inputs, KtPlan *plan, int *chosen,
                       KtError *err) {
  KtArena *scratch = kt_arena_new();
  const char *text = scratch ? kt_store_get(production->store, scratch, KEY) : NULL;
  KtStatus status = scratch ? KT_OK : kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  for (size_t i = 0; i < plan->count; ++i) {
    chosen[i] = -1;
  }
  char *lines = (char *)(uintptr_t)(text ? kt_arena_text(scratch, text) : NULL), *rest = NULL;
  KtCuePlan *open = NULL;
  for (char *line = lines ? strtok_r(lines, "\n", &rest) : NULL; line && !status; line = strtok_r(NULL, "\n", &rest)) {
    char name[NAME_SIZE], key[65];
    int proposal, tonic, mode, beats, unit;
    double bpm, energy;
    KtPlannedStatement statement = {0};
    if (sscanf(line, "cue %31s %64s %d %d %d %la %d %d %la", name, key, &proposal, &tonic, &mode, &bpm, &beats, &unit,
               &energy) == 9) {
      int index = held_cue(inputs, name, key, &status, err);
      open = index >= 0 ? &plan->cues[index] : NULL;
      if (open) {
        *open = (KtCuePlan){.key = {(KtSpelling)tonic, (KtMode)mode}, .bpm = bpm, .beats = beats, .unit = unit,
                            .energy = (float)energy};
        chosen[index] = proposal;
      }
    } else if (open && read_statement(line, inputs, &statement)) {
      KtPlannedStatement *kept = kt_array_push(plan->arena, &open->statements);
      if (kept) {
        *kept = statement;
      }
    }
  }
  kt_arena_free(scratch);
  return !status && kt_arena_failed(plan->arena) ? kt_error_set(err, KT_ERR_MEMORY, "out of memory") : status;
}
