// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A cue is spoilt in one thing at a time: the mark for it falls clearly, and where the cue was good before.
#include "made.h"

#include "ear/norms.h"
#include "orchestrate/marks.h"

static Made made;
static KtScore *good;

static int compose(void **state) {
  (void)state;
  make(&made, "calm > afraid > heroic", 60, "epic", 1);
  good = best(&made);
  return 0;
}

static int discard(void **state) {
  (void)state;
  kt_score_free(good);
  clear(&made);
  return 0;
}

static KtPart *copy_parts(KtArena *arena, KtScore *out) {
  *out = *good;
  out->arena = arena;
  out->parts.items = kt_arena_alloc(arena, good->parts.count * sizeof(KtPart));
  for (size_t p = 0; p < good->parts.count; ++p) {
    KtPart *part = &out->parts.items[p];
    *part = good->parts.items[p];
    part->notes.items = kt_arena_alloc(arena, (part->notes.count + 1) * sizeof(KtNote));
    for (size_t i = 0; i < part->notes.count; ++i) {
      part->notes.items[i] = good->parts.items[p].notes.items[i];
    }
  }
  out->chords.items = kt_arena_alloc(arena, good->chords.count * sizeof(KtChord));
  for (size_t i = 0; i < good->chords.count; ++i) {
    out->chords.items[i] = good->chords.items[i];
  }
  return out->parts.items;
}

static void each_note(KtScore *score, void (*spoil)(KtScore *, KtPart *, KtNote *)) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    for (size_t i = 0; i < score->parts.items[p].notes.count; ++i) {
      spoil(score, &score->parts.items[p], &score->parts.items[p].notes.items[i]);
    }
  }
}

static void onto_beats(KtScore *s, KtPart *p, KtNote *n) {
  (void)s, (void)p;
  n->start = n->start / KT_PPQ * KT_PPQ;
}
static void into_middle(KtScore *s, KtPart *p, KtNote *n) {
  (void)s, (void)p;
  n->midi = (int8_t)(48 + n->midi % 24);
}
static void into_mud(KtScore *s, KtPart *p, KtNote *n) {
  (void)s, (void)p;
  n->midi = (int8_t)(28 + n->midi % 12);
}
static void up_high(KtScore *s, KtPart *p, KtNote *n) {
  (void)s, (void)p;
  n->midi = (int8_t)(n->midi + 14 > 120 ? 120 : n->midi + 14);
}
static void cut_short(KtScore *s, KtPart *p, KtNote *n) {
  (void)s, (void)p;
  n->duration = n->duration < KT_PPQ / 4 ? n->duration : KT_PPQ / 4;
}
/// Each bar says what the one before said, a fifth higher or where it was.
static void loop(KtScore *score) {
  for (size_t p = 0; p < score->parts.count; ++p) {
    KtPart *part = &score->parts.items[p];
    KtTick at = 0;
    size_t kept = 0;
    for (; kept < part->notes.count && at < score->end; at = kt_metres_bar_end(&score->metres, at), ++kept) {
      KtNote *n = &part->notes.items[kept];
      n->start = at;
      n->midi = (int8_t)(kept % 2 ? 62 : 55);
    }
    part->notes.count = kept < part->notes.count ? kept : part->notes.count;
  }
}

typedef struct Lines {
  const KtNote *notes;
  size_t count;
} Lines;

static Lines lead_of(KtArena *arena, const KtScore *score) {
  Lines l = {0};
  l.notes = kt_leading_line(arena, score, &l.count);
  return l;
}

static void falls(const char *what, double before, double after, double by) {
  print_message("%-12s %.2f -> %.2f\n", what, before, after);
  assert_true(before >= 0 && before <= 1 && after >= 0 && after <= 1);
  assert_true(after <= before - by);
}

static void what_gives_a_machine_away(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScore spoilt;
  copy_parts(arena, &spoilt);
  each_note(&spoilt, onto_beats);
  falls("offbeats", kt_mark_offbeats(good), kt_mark_offbeats(&spoilt), 0.5);
  copy_parts(arena, &spoilt);
  each_note(&spoilt, into_middle);
  falls("register", kt_mark_register(good), kt_mark_register(&spoilt), 0.5);
  copy_parts(arena, &spoilt);
  each_note(&spoilt, cut_short);
  falls("ending", kt_mark_ending(good), kt_mark_ending(&spoilt), 0.3);
  copy_parts(arena, &spoilt);
  loop(&spoilt);
  falls("loops", kt_mark_loops(arena, good), kt_mark_loops(arena, &spoilt), 0.5);
  copy_parts(arena, &spoilt);
  for (size_t i = 0; i < spoilt.chords.count; ++i) {
    spoilt.chords.items[i].bass = spoilt.chords.items[i].root;
  }
  falls("bass", kt_mark_bass(good), kt_mark_bass(&spoilt), 0.3);
  for (size_t i = 0; i < spoilt.chords.count; ++i) {
    spoilt.chords.items[i].duration = 4 * KT_PPQ;
  }
  falls("chord_pace", kt_mark_chord_pace(good), kt_mark_chord_pace(&spoilt), 0.2);
  spoilt.sections.items = kt_arena_alloc(arena, good->sections.count * sizeof(KtSection));
  for (size_t i = 0; i < good->sections.count; ++i) {
    spoilt.sections.items[i] = good->sections.items[i];
    spoilt.sections.items[i].texture = "tutti";
  }
  falls("textures", kt_mark_textures(good), kt_mark_textures(&spoilt), 0.8);
  kt_arena_free(arena);
}

static void lines_that_a_machine_writes(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  Lines lead = lead_of(arena, good);
  KtNote *notes = kt_arena_alloc(arena, lead.count * sizeof(KtNote));
  assert_true(lead.count > 24);
  for (size_t i = 0; i < lead.count; ++i) { // four quarters and a rest, again and again, on the root
    const KtChord *c = &good->chords.items[0];
    notes[i] = lead.notes[i];
    notes[i].start = (KtTick)(i / 3 * 4 + i % 3) * KT_PPQ;
    notes[i].duration = KT_PPQ;
    for (size_t k = 0; k < good->chords.count && good->chords.items[k].start <= notes[i].start; ++k) {
      c = &good->chords.items[k];
    }
    notes[i].midi = (int8_t)(60 + kt_spelling_class(c->root));
    notes[i].breath_after = false;
  }
  falls("phrases", kt_mark_phrases(arena, lead.notes, lead.count), kt_mark_phrases(arena, notes, lead.count), 0.3);
  falls("tune", kt_mark_tune(good, lead.notes, lead.count), kt_mark_tune(good, notes, lead.count), 0.3);
  for (size_t i = 0; i < lead.count; ++i) {
    notes[i].duration = good->end / (KtTick)lead.count + 1;
  }
  falls("rests", kt_mark_rests(good, lead.notes, lead.count), kt_mark_rests(good, notes, lead.count), 0.5);
  KtScore spoilt;
  copy_parts(arena, &spoilt);
  for (size_t p = 0; p < spoilt.parts.count; ++p) { // everybody from the first bar to the last
    spoilt.parts.items[p].notes.count = 1;
    spoilt.parts.items[p].notes.items[0].start = 0;
    spoilt.parts.items[p].notes.items[0].duration = spoilt.end;
  }
  falls("layers", kt_mark_layers(arena, good), kt_mark_layers(arena, &spoilt), 0.5);
  kt_arena_free(arena);
}

static void what_players_and_ears_mind(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScore spoilt;
  copy_parts(arena, &spoilt);
  each_note(&spoilt, up_high);
  falls("range", kt_mark_playable(made.orchestra, good), kt_mark_playable(made.orchestra, &spoilt), 0.3);
  copy_parts(arena, &spoilt);
  for (size_t p = 0; p < spoilt.parts.count; ++p) { // nobody breathes
    KtPart *part = &spoilt.parts.items[p];
    for (size_t i = 0; i < part->notes.count; ++i) {
      KtTick to = i + 1 < part->notes.count ? part->notes.items[i + 1].start : spoilt.end;
      part->notes.items[i].duration = to > part->notes.items[i].start ? to - part->notes.items[i].start : 1;
      part->notes.items[i].breath_after = false;
    }
  }
  falls("breath", kt_mark_playable(made.orchestra, good), kt_mark_playable(made.orchestra, &spoilt), 0.2);
  copy_parts(arena, &spoilt);
  for (size_t p = 0; p < spoilt.parts.count; ++p) { // quicker than anybody plays
    for (size_t i = 0; i < spoilt.parts.items[p].notes.count; ++i) {
      spoilt.parts.items[p].notes.items[i].start = (KtTick)i * KT_PPQ / 32;
    }
  }
  falls("tempo", kt_mark_playable(made.orchestra, good), kt_mark_playable(made.orchestra, &spoilt), 0.3);
  copy_parts(arena, &spoilt);
  each_note(&spoilt, into_mud);
  falls("crowding", kt_mark_crowding(good), kt_mark_crowding(&spoilt), 0.3);
  copy_parts(arena, &spoilt);
  for (size_t p = 0; p < spoilt.parts.count; ++p) { // all in octaves with the chord's root
    KtPart *part = &spoilt.parts.items[p];
    for (size_t i = 0; i < part->notes.count; ++i) {
      const KtChord *c = &good->chords.items[0];
      for (size_t k = 0; k < good->chords.count && good->chords.items[k].start <= part->notes.items[i].start; ++k) {
        c = &good->chords.items[k];
      }
      part->notes.items[i].midi = (int8_t)(36 + 12 * (int)(p % 4) + kt_spelling_class(c->root));
    }
  }
  KtWritingRules *rules = NULL;
  assert_int_equal(kt_writing_load(&made.ctx, &rules, NULL), KT_OK);
  falls("voices", kt_mark_voices(arena, rules, good), kt_mark_voices(arena, rules, &spoilt), 0.5);
  copy_parts(arena, &spoilt);
  for (size_t p = 0; p < spoilt.parts.count; ++p) { // one slip in eight seconds is not a bad cue
    KtPart *part = &spoilt.parts.items[p];
    size_t kept = 0;
    for (size_t i = 0; i < part->notes.count; ++i) {
      bool first = part->notes.items[i].start < 2 * KT_PPQ;
      if (part->notes.items[i].start < 4 * KT_PPQ && (p == 0 || p + 1 == spoilt.parts.count)) {
        part->notes.items[kept] = part->notes.items[i];
        part->notes.items[kept++].midi = (int8_t)((p ? 48 : 67) + (first ? 0 : 2));
      }
    }
    part->notes.count = kept;
  }
  assert_true(kt_mark_voices(arena, rules, &spoilt) > 0.5);
  kt_writing_free(rules);
  kt_arena_free(arena);
}

static void what_the_story_minds(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScore spoilt;
  Made other; // the same notes where it should be calm when they are not
  make(&other, "afraid > calm > afraid", 60, "epic", 3);
  falls("tension", kt_mark_tension(arena, &made.desk, good), kt_mark_tension(arena, &other.desk, good), 0.5);
  clear(&other);
  copy_parts(arena, &spoilt);
  for (size_t p = 0; p < spoilt.parts.count; ++p) {
    for (size_t i = 0; i < spoilt.parts.items[p].notes.count; ++i) {
      spoilt.parts.items[p].notes.items[i].midi = (int8_t)(60 + (i * 7 + p * 5) % 12);
    }
  }
  falls("themes", kt_mark_themes(arena, made.themes, good), kt_mark_themes(arena, made.themes, &spoilt), 0.5);
  Made dark;
  make(&dark, "sad", 60, "epic", 3);
  falls("emotion", kt_mark_emotion(&made.desk, good), kt_mark_emotion(&dark.desk, good), 0.1); // the wrong feeling for it
  clear(&dark);
  double plain = kt_mark_words(&made.desk, good);
  KtSpan *span = kt_array_push(made.film->arena, &made.film->speech);
  *span = (KtSpan){kt_film_time(40), kt_film_time(58)};
  falls("words", plain, kt_mark_words(&made.desk, good), 0.2); // the loudest part of it under a line
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_gives_a_machine_away), cmocka_unit_test(lines_that_a_machine_writes),
                                     cmocka_unit_test(what_players_and_ears_mind), cmocka_unit_test(what_the_story_minds)};
  return cmocka_run_group_tests(tests, compose, discard);
}
