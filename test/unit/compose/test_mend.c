// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong is mended, by whom it costs least; themes stay as they are. And cues as they are composed have
// nothing left that runs or crowds.
#include "made.h"

#include "compose/mend.h"
#include "compose/sketch.h"

enum { BAR = 4 * KT_PPQ, PARTS = 3 };

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
  static const KtSpelling roots[] = {0, 2, 1, 0}; // C D G7 C
  static const KtChordQuality kinds[] = {KT_CHORD_MAJOR, KT_CHORD_MAJOR, KT_CHORD_DOMINANT7, KT_CHORD_MAJOR};
  for (int i = 0; i < 4; ++i) {
    KtChord *c = kt_array_push(w->arena, &w->score.chords);
    *c = (KtChord){.start = i * BAR, .duration = BAR, .root = roots[i], .bass = roots[i], .quality = kinds[i], .key = {0, KT_MODE_IONIAN}};
  }
  return kt_writing_load(&ctx, &w->rules, NULL) ? 1 : 0;
}

static int close_page(void **state) {
  Written *w = *state;
  kt_writing_free(w->rules);
  kt_arena_free(w->arena);
  free(w);
  return 0;
}

static void line(Written *w, int part, KtRole role, const int *pitches, int statement) {
  w->parts[part].role = role;
  for (int i = 0; i < 4; ++i) {
    KtNote *n = kt_array_push(w->arena, &w->parts[part].notes);
    *n = (KtNote){.start = i * BAR, .duration = BAR, .midi = (int8_t)pitches[i], .statement = (int16_t)statement};
  }
}

static KtWritingFaults mend(Written *w, bool leaves_out, int *changes) {
  KtPart *parts[PARTS] = {&w->parts[0], &w->parts[1], &w->parts[2]};
  static const KtCompass compass[PARTS] = {{55, 91}, {36, 80}, {28, 55}};
  KtPartWriting heard;
  assert_true(kt_writing_hear(w->arena, w->rules, NULL, &w->score, parts, PARTS, &heard));
  *changes = kt_mend(&(KtMend){&heard, compass, leaves_out});
  for (unsigned i = 0; i < heard.tone_count; ++i) {
    assert_in_range(heard.tones[i].note->midi, compass[heard.tones[i].part].low, compass[heard.tones[i].part].high);
  }
  return kt_writing_faults(&heard);
}

static void what_is_well_stays(void **state) {
  Written *w = *state;
  line(w, 0, KT_ROLE_LEAD, (const int[]){76, 74, 74, 72}, -1);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){67, 66, 65, 64}, -1);
  line(w, 2, KT_ROLE_BASS, (const int[]){48, 45, 43, 48}, -1);
  int changes;
  mend(w, true, &changes);
  assert_int_equal(changes, 0);
}

static void fifths_under_a_theme_are_mended_below(void **state) {
  Written *w = *state;
  line(w, 0, KT_ROLE_LEAD, (const int[]){79, 81, 79, 76}, 0);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){64, 66, 65, 64}, -1);
  line(w, 2, KT_ROLE_BASS, (const int[]){48, 50, 43, 48}, -1);
  int changes;
  assert_int_equal(mend(w, false, &changes).parallels, 0);
  assert_true(changes > 0);
  static const int theme[] = {79, 81, 79, 76};
  for (int i = 0; i < 4; ++i) {
    assert_int_equal(w->parts[0].notes.items[i].midi, theme[i]);
    assert_true(kt_in_chord(&w->score.chords.items[i], w->parts[2].notes.items[i].midi));
  }
}

static void mud_is_cleared(void **state) {
  Written *w = *state;
  line(w, 0, KT_ROLE_LEAD, (const int[]){76, 74, 74, 72}, -1);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){40, 42, 47, 40}, -1);
  line(w, 2, KT_ROLE_BASS, (const int[]){36, 38, 43, 36}, -1);
  int changes;
  assert_int_equal(mend(w, false, &changes).deep, 0);
}

static void a_doubling_in_the_mud_is_left_out(void **state) {
  Written *w = *state;
  line(w, 0, KT_ROLE_LEAD, (const int[]){76, 74, 74, 72}, 0);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){40, 42, 47, 40}, -1);
  line(w, 2, KT_ROLE_BASS, (const int[]){36, 38, 43, 36}, -1);
  for (int i = 0; i < 4; ++i) { // hemmed in: nowhere to go
    w->parts[0].notes.items[i].midi = (int8_t)(w->parts[1].notes.items[i].midi + 24);
    w->parts[0].notes.items[i].line = w->parts[1].notes.items[i].line = 3;
    w->parts[0].notes.items[i].statement = -1;
    w->parts[1].notes.items[i].role = KT_ROLE_HARMONY;
  }
  KtPart *parts[PARTS] = {&w->parts[0], &w->parts[1], &w->parts[2]};
  static const KtCompass compass[PARTS] = {{55, 91}, {36, 47}, {33, 43}};
  KtPartWriting heard;
  assert_true(kt_writing_hear(w->arena, w->rules, NULL, &w->score, parts, PARTS, &heard));
  kt_mend(&(KtMend){&heard, compass, true});
  assert_int_equal(kt_writing_faults(&heard).deep, 0);
  int gone = 0;
  for (unsigned i = 0; i < heard.tone_count; ++i) {
    gone += heard.tones[i].gone && heard.tones[i].part == 1;
  }
  assert_true(gone > 0);
}

static void a_seventh_is_led_on(void **state) {
  Written *w = *state;
  line(w, 0, KT_ROLE_LEAD, (const int[]){76, 74, 71, 72}, 0);
  line(w, 1, KT_ROLE_HARMONY, (const int[]){67, 66, 65, 67}, -1); // F goes up to G
  line(w, 2, KT_ROLE_BASS, (const int[]){48, 45, 43, 48}, -1);
  int changes;
  assert_int_equal(mend(w, false, &changes).unresolved, 0);
  assert_int_equal(w->parts[1].notes.items[3].midi, 64);
}

/// Parts of a composed cue, without what has no pitch.
static KtWritingFaults faults_of(KtWritingRules *rules, const KtScore *score) {
  KtArena *arena = kt_arena_new();
  KtPart *parts[32];
  size_t count = 0;
  for (size_t p = 0; p < score->parts.count && count < 32; ++p) {
    if (!strstr(score->parts.items[p].id, "cymbal") && !strstr(score->parts.items[p].id, "drum")) {
      parts[count++] = &score->parts.items[p];
    }
  }
  KtPartWriting heard;
  assert_true(kt_writing_hear(arena, rules, "epic", score, parts, count, &heard));
  KtWritingFaults faults = kt_writing_faults(&heard);
  kt_arena_free(arena);
  return faults;
}

static void composed_cues_neither_run_nor_crowd(void **state) {
  (void)state;
  Made *made = make("epic", 3);
  KtWritingRules *rules = NULL;
  assert_int_equal(kt_writing_load(&made->ctx, &rules, NULL), KT_OK);
  KtWritingFaults sum = {0};
  for (int i = 0; i < CUES; ++i) {
    KtScore *score = compose(made, i);
    KtWritingFaults f = faults_of(rules, score);
    sum.moves += f.moves;
    sum.parallels += f.parallels;
    sum.attacks += f.attacks;
    sum.deep += f.deep;
    sum.tendencies += f.tendencies;
    sum.unresolved += f.unresolved;
    kt_score_free(score);
  }
  kt_writing_free(rules);
  print_message("%d of %d moves run, %d of %d attacks deep, %d of %d unresolved\n", sum.parallels, sum.moves, sum.deep, sum.attacks,
                sum.unresolved, sum.tendencies);
  assert_true(sum.moves > 100);
  assert_true(200 * sum.parallels <= sum.moves);
  assert_true(200 * sum.deep <= sum.attacks);
  assert_true(10 * sum.unresolved <= sum.tendencies + 9);
  kt_arena_free(made->arena);
}

#define ON_A_PAGE(test) cmocka_unit_test_setup_teardown(test, open_page, close_page)

int main(void) {
  const struct CMUnitTest tests[] = {ON_A_PAGE(what_is_well_stays),
                                     ON_A_PAGE(fifths_under_a_theme_are_mended_below),
                                     ON_A_PAGE(mud_is_cleared),
                                     ON_A_PAGE(a_doubling_in_the_mud_is_left_out),
                                     ON_A_PAGE(a_seventh_is_led_on),
                                     cmocka_unit_test(composed_cues_neither_run_nor_crowd)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
