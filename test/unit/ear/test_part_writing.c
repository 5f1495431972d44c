// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A few bars with one fault each, and the same bars as they should be.
#include "ear/part_writing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BAR = 4 * KT_PPQ, PARTS = 4 };

typedef struct Written {
  KtArena *arena;
  KtWritingRules *rules;
  KtScore score;
  KtPart parts[PARTS];
} Written;

static int open_page(void **state) {
  Written *w = calloc(1, sizeof(*w));
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA"), .threads = 1};
  w->arena = kt_arena_new();
  w->score = (KtScore){.arena = w->arena, .end = 4 * BAR};
  *state = w;
  return kt_writing_load(&ctx, &w->rules, NULL) ? 1 : 0;
}

static int close_page(void **state) {
  Written *w = *state;
  kt_writing_free(w->rules);
  kt_arena_free(w->arena);
  free(w);
  return 0;
}

static void chord(Written *w, int bar, int fifths, KtChordQuality quality) {
  KtChord *c = kt_array_push(w->arena, &w->score.chords);
  *c = (KtChord){.start = bar * BAR, .duration = BAR, .root = (KtSpelling)fifths, .bass = (KtSpelling)fifths, .quality = quality,
                 .key = {0, KT_MODE_IONIAN}};
}

static KtNote *note(Written *w, int part, KtTick start, KtTick duration, int midi) {
  KtNote *n = kt_array_push(w->arena, &w->parts[part].notes);
  *n = (KtNote){.start = start, .duration = duration, .midi = (int8_t)midi, .statement = -1};
  return n;
}

/// Whole notes of a part, a bar each.
static void line(Written *w, int part, KtRole role, const int *pitches, int count) {
  w->parts[part].role = role;
  for (int i = 0; i < count; ++i) {
    note(w, part, i * BAR, BAR, pitches[i]);
  }
}

static KtWritingFaults hear(Written *w, const char *palette) {
  KtPart *parts[PARTS] = {&w->parts[0], &w->parts[1], &w->parts[2], &w->parts[3]};
  KtPartWriting heard;
  assert_true(kt_writing_hear(w->arena, w->rules, palette, &w->score, parts, PARTS, &heard));
  return kt_writing_faults(&heard);
}

static void two_chords(Written *w) {
  chord(w, 0, 0, KT_CHORD_MAJOR); // C
  chord(w, 1, 2, KT_CHORD_MAJOR); // D
}

static void fifths_between_outer_voices(void **state) {
  Written *w = *state;
  two_chords(w);
  line(w, 0, KT_ROLE_LEAD, (const int[]){79, 81}, 2);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){64, 66}, 2);
  line(w, 2, KT_ROLE_BASS, (const int[]){48, 50}, 2);
  assert_true(hear(w, NULL).parallels > 0);
  w->parts[2].notes.items[1].midi = 54; // F sharp: D in its first inversion
  assert_int_equal(hear(w, NULL).parallels, 0);
}

static void octaves_the_other_way_are_octaves(void **state) {
  Written *w = *state;
  two_chords(w);
  line(w, 0, KT_ROLE_LEAD, (const int[]){84, 74}, 2);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){64, 66}, 2);
  line(w, 2, KT_ROLE_BASS, (const int[]){48, 50}, 2);
  assert_true(hear(w, NULL).parallels > 0);
}

static void a_line_and_its_doubling_are_one(void **state) {
  Written *w = *state;
  two_chords(w);
  line(w, 0, KT_ROLE_LEAD, (const int[]){79, 81}, 2);
  line(w, 1, KT_ROLE_LEAD, (const int[]){67, 69}, 2);
  assert_true(hear(w, NULL).parallels > 0);
  for (int p = 0; p < 2; ++p) {
    for (int i = 0; i < 2; ++i) {
      w->parts[p].notes.items[i].line = 1;
    }
  }
  assert_int_equal(hear(w, NULL).parallels, 0);
}

static void planing_is_meant_where_the_data_say_so(void **state) {
  Written *w = *state;
  two_chords(w);
  line(w, 0, KT_ROLE_LEAD, (const int[]){79, 81}, 2);
  line(w, 2, KT_ROLE_BASS, (const int[]){48, 50}, 2);
  char name[] = "planed";
  KtWritingMeant row = {name, false, true}, *were = w->rules->meant;
  unsigned count = w->rules->meant_count;
  w->rules->meant = &row;
  w->rules->meant_count = 1;
  int meant = hear(w, "planed").parallels, other = hear(w, "chamber").parallels;
  w->rules->meant = were;
  w->rules->meant_count = count;
  assert_int_equal(meant, 0);
  assert_true(other > 0);
}

static void thirds_down_low(void **state) {
  Written *w = *state;
  chord(w, 0, 0, KT_CHORD_MAJOR);
  line(w, 0, KT_ROLE_LEAD, (const int[]){72}, 1);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){40}, 1);
  line(w, 2, KT_ROLE_BASS, (const int[]){36}, 1);
  assert_int_equal(hear(w, NULL).deep, 1);
  w->parts[1].notes.items[0].midi = 43; // a fifth over C2
  assert_int_equal(hear(w, NULL).deep, 0);
  w->parts[1].notes.items[0].midi = 40; // a fifth over A1 less an octave
  w->parts[2].notes.items[0].midi = 33;
  assert_int_equal(hear(w, NULL).deep, 1);
  w->score.chords.items[0].quality = KT_CHORD_CLUSTER;
  assert_int_equal(hear(w, "horror").deep, 0);
}

static void sevenths_and_leading_tones(void **state) {
  Written *w = *state;
  chord(w, 0, 1, KT_CHORD_DOMINANT7); // G7
  chord(w, 1, 0, KT_CHORD_MAJOR);
  line(w, 0, KT_ROLE_HARMONY, (const int[]){77, 76}, 2);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){71, 72}, 2);
  line(w, 2, KT_ROLE_BASS, (const int[]){43, 48}, 2);
  KtWritingFaults good = hear(w, NULL);
  assert_int_equal(good.tendencies, 2);
  assert_int_equal(good.unresolved, 0);
  w->parts[0].notes.items[1].midi = 79; // the seventh goes up
  w->parts[1].notes.items[1].midi = 64; // the leading tone falls to the third
  assert_int_equal(hear(w, NULL).unresolved, 2);
  w->parts[0].notes.items[1].start += 2 * KT_PPQ; // a rest between: nobody waits for it
  assert_int_equal(hear(w, NULL).unresolved, 1);
}

static void what_accompanies_over_the_tune(void **state) {
  Written *w = *state;
  chord(w, 0, 0, KT_CHORD_MAJOR);
  line(w, 0, KT_ROLE_LEAD, (const int[]){67}, 1);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){72}, 1);
  assert_int_equal(hear(w, NULL).covered, 1);
  w->parts[1].notes.items[0].midi = 60;
  assert_int_equal(hear(w, NULL).covered, 0);
}

#define ON_A_PAGE(test) cmocka_unit_test_setup_teardown(test, open_page, close_page)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_A_PAGE(fifths_between_outer_voices),      ON_A_PAGE(octaves_the_other_way_are_octaves),
      ON_A_PAGE(a_line_and_its_doubling_are_one),  ON_A_PAGE(planing_is_meant_where_the_data_say_so),
      ON_A_PAGE(thirds_down_low),                  ON_A_PAGE(sevenths_and_leading_tones),
      ON_A_PAGE(what_accompanies_over_the_tune)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
