// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One cue, from the film's plan to notes by role. Each step is a file; this one conducts.
#include "compose/sketch.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *id;
  KtRole role;
} PARTS[KT_CUE_PARTS] = {
    [KT_PART_LEAD] = {"lead", KT_ROLE_LEAD},
    [KT_PART_COUNTER] = {"counter", KT_ROLE_COUNTER},
    [KT_PART_HARMONY_1] = {"harmony/1", KT_ROLE_HARMONY},
    [KT_PART_HARMONY_2] = {"harmony/2", KT_ROLE_HARMONY},
    [KT_PART_HARMONY_3] = {"harmony/3", KT_ROLE_HARMONY},
    [KT_PART_HARMONY_4] = {"harmony/4", KT_ROLE_HARMONY},
    [KT_PART_BASS] = {"bass", KT_ROLE_BASS},
    [KT_PART_FIGURE] = {"figure/1", KT_ROLE_FIGURE},
    [KT_PART_PULSE] = {"pulse", KT_ROLE_PULSE},
    [KT_PART_COLOUR] = {"colour/1", KT_ROLE_COLOUR},
    [KT_PART_TIMPANI] = {"perc/timpani", KT_ROLE_PERCUSSION},
    [KT_PART_CYMBAL] = {"perc/cymbal", KT_ROLE_PERCUSSION},
    [KT_PART_DRUM] = {"perc/drum", KT_ROLE_PERCUSSION},
};

KtRole kt_cue_part_role(KtCuePart part) {
  return PARTS[part].role;
}

static int by_start(const void *a, const void *b) {
  const KtNote *x = a, *y = b;
  return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->midi - y->midi;
}

static int by_time(const void *a, const void *b) {
  const KtBeyond *x = a, *y = b;
  return x->at != y->at ? (x->at < y->at ? -1 : 1) : strcmp(x->what, y->what);
}

/// A line of one voice: a note ends where the next begins; a statement's note is not cut away.
static void one_voice(KtPart *part) {
  size_t kept = 0;
  qsort(part->notes.items, part->notes.count, sizeof(KtNote), by_start);
  for (size_t i = 0; i < part->notes.count; ++i) {
    KtNote note = part->notes.items[i];
    KtNote *before = kept ? &part->notes.items[kept - 1] : NULL;
    if (before && before->start == note.start) {
      if (note.statement >= 0 || (before->statement < 0 && note.duration > before->duration)) {
        *before = note;
      }
      continue;
    }
    if (before && before->start + before->duration > note.start) {
      before->duration = note.start - before->start;
    }
    part->notes.items[kept++] = note;
  }
  part->notes.count = kept;
}

/// Parts that have notes, under their final index.
static void gather(KtSketch *sketch) {
  KtScore *score = sketch->score;
  int index[KT_CUE_PARTS];
  for (int i = 0; i < KT_CUE_PARTS; ++i) {
    KtPart *part = &sketch->parts[i];
    index[i] = -1;
    if (!part->notes.count) {
      continue;
    }
    if (PARTS[i].role == KT_ROLE_LEAD || PARTS[i].role == KT_ROLE_COUNTER ||
        PARTS[i].role == KT_ROLE_HARMONY || PARTS[i].role == KT_ROLE_BASS) {
      one_voice(part);
    }
    part->id = PARTS[i].id;
    part->role = PARTS[i].role;
    part->low = 127;
    for (size_t n = 0; n < part->notes.count; ++n) {
      int midi = part->notes.items[n].midi;
      part->low = midi < part->low ? midi : part->low;
      part->high = midi > part->high ? midi : part->high;
    }
    KtPart *out = kt_array_push(score->arena, &score->parts);
    if (out) {
      *out = *part;
      index[i] = (int)score->parts.count - 1;
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < score->statements.count; ++i) {
    KtStatement s = score->statements.items[i];
    s.part = index[s.part];
    s.notes = 0;
    for (size_t n = 0; s.part >= 0 && n < score->parts.items[s.part].notes.count; ++n) {
      KtNote *note = &score->parts.items[s.part].notes.items[n];
      if (note->statement == (int16_t)i) {
        note->statement = (int16_t)kept;
        ++s.notes;
      }
    }
    if (s.notes > 0) {
      score->statements.items[kept++] = s;
    }
  }
  score->statements.count = kept;
}

static KtStatus compose(KtSketch *sketch, KtError *err) {
  KtStatus status = kt_sketch_time(sketch, err);
  if (!status && kt_arena_failed(sketch->arena)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  if (!status) {
    status = kt_sketch_sections(sketch, err);
  }
  if (!status) {
    status = kt_sketch_place(sketch, err);
  }
  if (!status) {
    status = kt_sketch_harmony(sketch, err);
  }
  if (!status) {
    status = kt_sketch_voicing(sketch, err);
  }
  if (!status) {
    kt_sketch_lead(sketch);
    kt_sketch_links(sketch);
    kt_sketch_counter(sketch);
    kt_sketch_pads(sketch);
    kt_sketch_bass(sketch);
    kt_sketch_figures(sketch);
    kt_sketch_percussion(sketch);
    kt_sketch_joins(sketch);
    kt_sketch_touch(sketch);
    kt_sketch_ending(sketch);
    kt_sketch_upbeat(sketch);
    kt_sketch_holds(sketch);
    kt_sketch_under_words(sketch);
    kt_sketch_gestures(sketch);
    kt_sketch_hits(sketch);
    kt_sketch_dynamics(sketch);
    kt_sketch_steer(sketch);
    kt_sketch_hits_settle(sketch);
    kt_sketch_outer(sketch);
    kt_sketch_tell_names(sketch);
    if (sketch->score->beyond.count) {
      qsort(sketch->score->beyond.items, sketch->score->beyond.count, sizeof(KtBeyond), by_time);
    }
    gather(sketch);
    status = kt_score_finish(sketch->score, err);
  }
  return status;
}

static KtScore *new_score(const KtDesk *desk, int cue) {
  KtArena *arena = kt_arena_new();
  KtScore *score = arena ? KT_NEW(arena, KtScore, 1) : NULL;
  if (!score) {
    kt_arena_free(arena);
    return NULL;
  }
  score->arena = arena;
  score->cue = cue;
  score->name = kt_arena_text(arena, desk->spotting->cues.items[cue].name);
  return score;
}

KtStatus kt_compose_cue(const KtDesk *desk, const KtThemes *themes, const KtPlan *plan, int cue,
                        KtScore **score, KtError *err) {
  *score = NULL;
  if (cue < 0 || (size_t)cue >= desk->spotting->cues.count || (size_t)cue >= plan->count) {
    return kt_error_set(err, KT_ERR_ARGUMENT, "there is no cue %d to compose", cue);
  }
  if (kt_cancelled(desk->ctx)) {
    return kt_error_cancelled(err);
  }
  KtSketch *sketch = calloc(1, sizeof(KtSketch));
  KtScore *made = new_score(desk, cue);
  KtArena *arena = kt_arena_new();
  if (!sketch || !made || !arena) {
    kt_score_free(made);
    kt_arena_free(arena);
    free(sketch);
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory");
  }
  *sketch = (KtSketch){.desk = desk, .themes = themes, .plan = &plan->cues[cue],
                       .cue = &desk->spotting->cues.items[cue], .arena = arena, .score = made};
  sketch->layers_max = desk->palette && desk->palette->layers_max > 0 ? desk->palette->layers_max : 8;
  KtLore own = {0};
  KtStatus status = desk->lore ? KT_OK : kt_lore_load(desk->ctx, desk->palette ? desk->palette->id : NULL, &own, err);
  if (!status) {
    sketch->lore = desk->lore ? *desk->lore : own;
    status = compose(sketch, err);
    kt_lore_free(&own);
  }
  if (status) {
    kt_score_free(made);
  } else {
    *score = made;
  }
  kt_arena_free(arena);
  free(sketch);
  return status;
}
