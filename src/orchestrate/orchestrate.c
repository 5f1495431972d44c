// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// What an instrument has been given of the whole cue.
typedef struct Stand {
  KtDeskNotes notes;
  KT_ARRAY(KtDynamic) dynamics;
  int roles[KT_ROLE_COUNT];
} Stand;

static int priority_of(KtRole role) {
  static const int priorities[KT_ROLE_COUNT] = {
      [KT_ROLE_LEAD] = 8,    [KT_ROLE_COUNTER] = 6, [KT_ROLE_HARMONY] = 3, [KT_ROLE_BASS] = 7,
      [KT_ROLE_FIGURE] = 4,  [KT_ROLE_PULSE] = 5,   [KT_ROLE_PERCUSSION] = 5,
      [KT_ROLE_COLOUR] = 2};
  return priorities[role];
}

/// A trim is a share of what sounds: taken whole from a forte it would silence a piano.
static float trimmed(float level, float trim) {
  return level + trim * fminf(1.0F, level / 0.5F);
}

/// A level that a player follows in a span: the sketch's curve, trimmed.
static void copy_dynamics(const KtScoring *scoring, const KtSpan *span, const KtPart *part,
                          float trim, Stand *stand) {
  KtTick ends[2] = {span->start, span->end - 1};
  for (int e = 0; e < 2; ++e) {
    for (size_t i = 0; e && i < part->dynamics.count; ++i) {
      const KtDynamic *point = &part->dynamics.items[i];
      if (point->tick > span->start && point->tick < span->end - 1) {
        KtDynamic *fresh = kt_array_push(scoring->scratch, &stand->dynamics);
        if (fresh) {
          *fresh = (KtDynamic){point->tick, trimmed(point->level, trim)};
        }
      }
    }
    KtDynamic *fresh = kt_array_push(scoring->scratch, &stand->dynamics);
    if (fresh) {
      *fresh = (KtDynamic){ends[e], trimmed(kt_part_level(part, ends[e]), trim)};
    }
  }
  for (size_t i = 0; i < stand->dynamics.count; ++i) {
    float *level = &stand->dynamics.items[i].level;
    *level = *level < 0.03F ? 0.03F : *level > 1 ? 1 : *level;
  }
}

static Stand *stand_of(const KtScoring *scoring, Stand *stands, const KtInstrument *instrument) {
  return &stands[instrument - scoring->orchestra->instruments];
}

static void give_note(const KtScoring *scoring, Stand *stand, const KtPart *part,
                      const KtNote *note, int midi, bool first_seat) {
  KtDeskNote *fresh = kt_array_push(scoring->scratch, &stand->notes);
  if (!fresh) {
    return;
  }
  fresh->note = *note;
  fresh->note.line = (uint8_t)(part - scoring->sketch->parts.items + 1);
  fresh->note.role = (uint8_t)part->role;
  fresh->note.leads = first_seat && part->role == KT_ROLE_LEAD;
  fresh->note.midi = (int8_t)(midi < 0 ? 0 : midi > 127 ? 127 : midi);
  if (!first_seat) {
    fresh->note.statement = -1; // the theme is counted once, in the part that carries it
  }
  fresh->priority = priority_of(part->role) * 2 + (note->hit ? 1 : 0);
  ++stand->roles[part->role];
}

/// A span's notes of one sketch part, to all who play it.
static void give_pitched(const KtScoring *scoring, size_t s, size_t p, Stand *stands) {
  const KtSpan *span = &scoring->spans.items[s];
  const KtPart *part = &scoring->sketch->parts.items[p];
  const KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, p)];
  for (int k = 0; k < seats->count; ++k) {
    const KtSeat *seat = &seats->seats[k];
    Stand *stand = stand_of(scoring, stands, seat->instrument);
    KtComings comings = {.count = 0};
    bool throughout = part->role == KT_ROLE_LEAD; // a tune does not change colour within
    if (k > 0 && !throughout) {
      kt_learned_comings(scoring, span, seat->instrument, (int)p, &comings);
    }
    for (size_t i = 0; i < part->notes.count; ++i) {
      const KtNote *note = &part->notes.items[i];
      bool here = k == 0 || throughout || note->hit || kt_learned_plays(&comings, note->start);
      if (here && note->start >= span->start && note->start < span->end) {
        give_note(scoring, stand, part, note, note->midi + seat->shift, k == 0);
      }
    }
  }
}

static bool answers(const KtInstrument *one, int key) {
  for (int i = 0; one && !one->pitched && i < one->key_count; ++i) {
    if (one->keys[i] == key) {
      return true;
    }
  }
  return false;
}

/// Who strikes this key of the drum map: the palette's players first, then anybody.
static const KtInstrument *drummer(const KtScoring *scoring, const KtPart *part,
                                   const KtNote *note) {
  const KtOrchestra *all = scoring->orchestra;
  const KtSeatRole *role = &scoring->palette->roles[KT_ROLE_PERCUSSION];
  bool cymbal = strstr(part->id, "cymbal") != NULL;
  if (cymbal && note->articulation == KT_ART_TREMOLO) {
    const KtInstrument *roll = kt_orchestra_find(all, "suspended_cymbal");
    if (roll) {
      return roll;
    }
  }
  for (int i = 0; i < role->count; ++i) {
    const KtInstrument *one = kt_orchestra_find(all, role->instruments[i]);
    if (answers(one, note->midi)) {
      return one;
    }
  }
  for (int i = 0; i < all->count; ++i) {
    if (answers(&all->instruments[i], note->midi)) {
      return &all->instruments[i];
    }
  }
  return kt_orchestra_find(all, cymbal ? "cymbals" : "bass_drum");
}

static void give_drums(const KtScoring *scoring, size_t s, size_t p, Stand *stands) {
  const KtSpan *span = &scoring->spans.items[s];
  const KtPart *part = &scoring->sketch->parts.items[p];
  for (size_t i = 0; i < part->notes.count; ++i) {
    const KtNote *note = &part->notes.items[i];
    const KtInstrument *one = note->start >= span->start && note->start < span->end
                                  ? drummer(scoring, part, note)
                                  : NULL;
    if (one) {
      int middle = (one->low + one->high) / 2 + (note->midi % 12 > 6 ? 3 : 0);
      Stand *stand = stand_of(scoring, stands, one);
      give_note(scoring, stand, part, note, one->low == one->high ? one->low : middle, true);
      bool rolls = note->articulation == KT_ART_TREMOLO && note->duration > 2; // with its crescendo
      copy_dynamics(scoring, &(KtSpan){.start = note->start, .end = note->start + (rolls ? note->duration : 2)}, part,
                    0, stand);
    }
  }
}

/// Each player follows the dynamic of the weightiest line it plays in the span.
static void give_dynamics(const KtScoring *scoring, size_t s, Stand *stands) {
  for (int i = 0; i < scoring->orchestra->count; ++i) {
    const KtPart *best = NULL;
    float trim = 0;
    for (size_t p = 0; p < scoring->sketch->parts.count; ++p) {
      const KtPart *part = &scoring->sketch->parts.items[p];
      const KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, p)];
      for (int k = 0; k < seats->count; ++k) {
        if (seats->seats[k].instrument == &scoring->orchestra->instruments[i] &&
            (!best || priority_of(part->role) > priority_of(best->role))) {
          best = part;
          trim = seats->seats[k].trim;
        }
      }
    }
    if (best) {
      copy_dynamics(scoring, &scoring->spans.items[s], best, trim, &stands[i]);
    }
  }
}

#define COPY(to, from, field)                                                                      \
  do {                                                                                             \
    for (size_t copied = 0; copied < (from)->field.count; ++copied) {                              \
      __typeof__((to)->field.items) fresh = kt_array_push((to)->arena, &(to)->field);              \
      if (fresh) {                                                                                 \
        *fresh = (from)->field.items[copied];                                                      \
      }                                                                                            \
    }                                                                                              \
  } while (0)

static int by_time(const void *a, const void *b) {
  const KtBeyond *x = a, *y = b;
  return x->at != y->at ? (x->at < y->at ? -1 : 1) : strcmp(x->what, y->what);
}

/// Whom the picture's colours brought in joins what else is told of it.
static void tell_tints(const KtScoring *scoring, KtScore *score) {
  for (size_t i = 0; i < scoring->tinted.count; ++i) {
    KtBeyond *told = kt_array_push(score->arena, &score->beyond);
    if (told) {
      *told = scoring->tinted.items[i];
      told->what = kt_arena_text(score->arena, told->what);
    }
  }
  if (score->beyond.count) {
    qsort(score->beyond.items, score->beyond.count, sizeof(KtBeyond), by_time);
  }
}

/// Everything of the sketch but its parts, in an arena of its own.
static KtScore *copy_frame(const KtScore *sketch, const KtPalette *palette) {
  KtArena *arena = kt_arena_new();
  KtScore *score = arena ? KT_NEW(arena, KtScore, 1) : NULL;
  if (!score) {
    kt_arena_free(arena);
    return NULL;
  }
  *score = (KtScore){.arena = arena,
                     .cue = sketch->cue,
                     .name = kt_arena_text(arena, sketch->name),
                     .palette = palette->id ? kt_arena_text(arena, palette->id) : NULL,
                     .end = sketch->end,
                     .bpm_least = sketch->bpm_least,
                     .bpm_most = sketch->bpm_most,
                     .constant_bpm = sketch->constant_bpm,
                     .constant_missed = sketch->constant_missed,
                     .constant_near = sketch->constant_near,
                     .constant_off_frames = sketch->constant_off_frames};
  for (size_t i = 0; i < sketch->tempo.points.count; ++i) {
    KtTempoPoint *point = kt_array_push(arena, &score->tempo.points);
    if (point) {
      *point = sketch->tempo.points.items[i];
    }
  }
  COPY(score, sketch, tempo.holds);
  COPY(score, sketch, tempo.free);
  COPY(score, sketch, metres);
  COPY(score, sketch, keys);
  COPY(score, sketch, sections);
  COPY(score, sketch, chords);
  COPY(score, sketch, statements);
  COPY(score, sketch, hits);
  COPY(score, sketch, beyond);
  for (size_t i = 0; i < score->sections.count; ++i) {
    KtSection *section = &score->sections.items[i];
    section->label = kt_arena_text(arena, section->label ? section->label : "");
    section->texture = kt_arena_text(arena, section->texture ? section->texture : "");
  }
  for (size_t i = 0; i < score->beyond.count; ++i) {
    score->beyond.items[i].what = kt_arena_text(arena, score->beyond.items[i].what);
  }
  return score;
}

static void write_part(const KtScoring *scoring, const KtInstrument *instrument, Stand *stand,
                       KtScore *score) {
  KtPart *part = kt_array_push(score->arena, &score->parts);
  if (!part) {
    return;
  }
  part->id = kt_arena_text(score->arena, instrument->id);
  part->instrument = part->id;
  part->name = kt_arena_text(score->arena, instrument->name);
  part->low = instrument->low;
  part->high = instrument->high;
  for (int r = 0; r < KT_ROLE_COUNT; ++r) {
    part->role = stand->roles[r] > stand->roles[part->role] ? (KtRole)r : part->role;
  }
  for (size_t i = 0; i < stand->dynamics.count; ++i) {
    KtDynamic *fresh = kt_array_push(score->arena, &part->dynamics);
    if (fresh) {
      *fresh = stand->dynamics.items[i];
    }
  }
  kt_make_playable(scoring, instrument, part, &stand->notes);
  for (size_t i = 0; i < stand->notes.count; ++i) {
    KtNote *fresh = kt_array_push(score->arena, &part->notes);
    if (fresh) {
      *fresh = stand->notes.items[i].note;
    }
  }
  if (!part->notes.count) {
    --score->parts.count;
  }
}

/// As the data lists them: who came in for the hits alone stands in the row.
static void into_score_order(const KtScoring *scoring, KtScore *score) {
  for (size_t i = 1; i < score->parts.count; ++i) {
    KtPart part = score->parts.items[i];
    const KtInstrument *one = kt_orchestra_find(scoring->orchestra, part.instrument);
    size_t k = i;
    for (; k > 0 && kt_orchestra_find(scoring->orchestra, score->parts.items[k - 1].instrument) > one; --k) {
      score->parts.items[k] = score->parts.items[k - 1];
    }
    score->parts.items[k] = part;
  }
}

/// Points each statement at the part that carries it now.
static void follow_statements(const KtScoring *scoring, KtScore *score) {
  for (size_t i = 0; i < score->statements.count; ++i) {
    KtStatement *one = &score->statements.items[i];
    int most = 0;
    size_t sketch_part = (size_t)one->part;
    for (size_t p = 0; p < score->parts.count; ++p) {
      const KtPart *part = &score->parts.items[p];
      int count = 0;
      for (size_t n = 0; n < part->notes.count; ++n) {
        count += part->notes.items[n].statement == (int)i;
      }
      if (count > most) {
        most = count;
        one->part = (int)p;
      }
    }
    one->notes = most;
    for (size_t s = 0; sketch_part < scoring->sketch->parts.count && s < scoring->spans.count; ++s) {
      const KtSpan *span = &scoring->spans.items[s];
      const KtSeats *seats = &scoring->seats[kt_scoring_at(scoring, s, sketch_part)];
      if (one->start >= span->start && one->start < span->end && seats->count) {
        one->transpose += seats->seats[0].shift;
        break;
      }
    }
    if (!most) { // given up for something weightier
      one->part = 0;
      one->recognisable = false;
    }
  }
}

static KtStatus orchestrate(KtScoring *scoring, KtScore *score, KtError *err) {
  kt_scoring_look(scoring);
  kt_scoring_assign(scoring);
  kt_scoring_double(scoring);
  Stand *stands = KT_NEW(scoring->scratch, Stand, (size_t)scoring->orchestra->count);
  if (kt_arena_failed(scoring->scratch)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while orchestrating %s", score->name);
  }
  for (size_t s = 0; s < scoring->spans.count; ++s) {
    for (size_t p = 0; p < scoring->sketch->parts.count; ++p) {
      if (kt_part_unpitched(&scoring->sketch->parts.items[p])) {
        give_drums(scoring, s, p, stands);
      } else {
        give_pitched(scoring, s, p, stands);
      }
    }
    give_dynamics(scoring, s, stands);
  }
  for (int i = 0; i < scoring->orchestra->count; ++i) { // the data is in score order
    if (stands[i].notes.count) {
      write_part(scoring, &scoring->orchestra->instruments[i], &stands[i], score);
    }
  }
  kt_scoring_synth_hits(scoring, score);
  kt_scoring_strokes(scoring, score);
  kt_scoring_swells(scoring, score);
  kt_scoring_touches(scoring, score);
  kt_scoring_hearts(scoring, score);
  kt_scoring_polish(scoring, score);
  into_score_order(scoring, score);
  follow_statements(scoring, score);
  tell_tints(scoring, score);
  if (kt_arena_failed(scoring->scratch)) {
    return kt_error_set(err, KT_ERR_MEMORY, "out of memory while orchestrating %s", score->name);
  }
  return kt_score_finish(score, err);
}

KtStatus kt_orchestrate(const KtContext *ctx, const KtHandbook *book, const KtOrchestra *orchestra,
                        const KtPalette *palette, const KtScore *sketch, KtScore **score, KtError *err) {
  *score = NULL;
  if (kt_cancelled(ctx)) {
    return kt_error_cancelled(err);
  }
  KtArena *scratch = kt_arena_new();
  KtScore *made = scratch ? copy_frame(sketch, palette) : NULL;
  KtStatus status = KT_OK;
  if (!made) {
    status = kt_error_set(err, KT_ERR_MEMORY, "out of memory while orchestrating");
  } else {
    KtScoring scoring = {.ctx = ctx,
                         .orchestra = orchestra,
                         .palette = palette,
                         .sketch = sketch,
                         .book = book,
                         .habits = book->habits,
                         .learned = book->learned,
                         .scratch = scratch};
    scoring.rng = kt_rng(ctx->seed, kt_arena_format(scratch, "%s/orchestrate", sketch->name));
    status = orchestrate(&scoring, made, err);
  }
  kt_arena_free(scratch);
  if (status) {
    kt_score_free(made);
    return status;
  }
  *score = made;
  return KT_OK;
}
