// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "music/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void names_and_alterations(void **state) {
  (void)state;
  static const struct {
    int spelling;
    const char *name;
    int class, step, alter;
  } rows[] = {{0, "C", 0, 0, 0},   {1, "G", 7, 4, 0},   {-1, "F", 5, 3, 0}, {5, "B", 11, 6, 0},
              {6, "F#", 6, 3, 1},  {-2, "Bb", 10, 6, -1}, {-6, "Gb", 6, 4, -1},
              {-8, "Fb", 4, 3, -1}, {7, "C#", 1, 0, 1}, {13, "F##", 7, 3, 2}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
    KtSpelling s = (KtSpelling)rows[i].spelling;
    char name[4];
    kt_spelling_name(s, name);
    assert_string_equal(name, rows[i].name);
    assert_int_equal(kt_spelling_class(s), rows[i].class);
    assert_int_equal(kt_spelling_step(s), rows[i].step);
    assert_int_equal(kt_spelling_alter(s), rows[i].alter);
  }
}

static void octaves_follow_the_letter(void **state) {
  (void)state;
  assert_int_equal(kt_spelling_octave(0, 60), 4);
  assert_int_equal(kt_spelling_octave(-7, 59), 4); // C flat 4 sounds as B 3
  assert_int_equal(kt_spelling_octave(12, 60), 3); // B sharp 3 sounds as C 4
}

static void modes_and_signatures(void **state) {
  (void)state;
  assert_int_equal(kt_key_fifths((KtKey){3, KT_MODE_AEOLIAN}), 0);  // A minor
  assert_int_equal(kt_key_fifths((KtKey){2, KT_MODE_DORIAN}), 0);   // D dorian
  assert_int_equal(kt_key_fifths((KtKey){0, KT_MODE_LYDIAN}), 1);   // C lydian
  assert_int_equal(kt_key_fifths((KtKey){4, KT_MODE_PHRYGIAN}), 0); // E phrygian
  assert_int_equal(kt_mode_degree(KT_MODE_AEOLIAN, 2), 3);
  assert_int_equal(kt_mode_degree(KT_MODE_LYDIAN, 3), 6);
  assert_int_equal(kt_mode_degree(KT_MODE_IONIAN, -1), -1);
  assert_int_equal(kt_mode_degree(KT_MODE_IONIAN, 9), 16);
  assert_int_equal(kt_key_pitch((KtKey){3, KT_MODE_AEOLIAN}, 57, 6, 1), 68);
}

static void spelling_in_keys(void **state) {
  (void)state;
  assert_int_equal(kt_key_spell((KtKey){0, KT_MODE_IONIAN}, 66), 6);   // F sharp in C
  assert_int_equal(kt_key_spell((KtKey){0, KT_MODE_IONIAN}, 70), -2);  // B flat in C
  assert_int_equal(kt_key_spell((KtKey){3, KT_MODE_AEOLIAN}, 68), 8);  // G sharp in A minor
  assert_int_equal(kt_key_spell((KtKey){-3, KT_MODE_AEOLIAN}, 66), -6); // G flat in E flat minor
}

static void tempo_is_exact_at_its_points(void **state) {
  (void)state;
  KtTempoPoint points[] = {{0, 0}, {3840, 1411200001}, {7680, 2469600002}};
  KtTempoMap map = {.points = {points, 3, 3}};
  for (int i = 0; i < 3; ++i) {
    assert_int_equal(kt_tempo_time(&map, points[i].tick), points[i].time);
    assert_int_equal(kt_tempo_tick(&map, points[i].time), points[i].tick);
  }
  for (KtTick t = -500; t < 9000; t += 7) {
    assert_int_equal(kt_tempo_tick(&map, kt_tempo_time(&map, t)), t);
  }
}

static void bars_and_beats(void **state) {
  (void)state;
  KtMetre items[] = {{0, 4, 4}, {7680, 3, 4}, {13440, 6, 8}};
  KtMetres metres = {items, 3, 3};
  static const struct {
    KtTick tick;
    int bar;
    double beat;
  } rows[] = {{0, 1, 1}, {3840, 2, 1}, {7680, 3, 1}, {9600, 3, 3}, {10560, 4, 1}, {13920, 5, 2}, {16320, 6, 1}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
    int bar;
    double beat;
    kt_metres_position(&metres, rows[i].tick, &bar, &beat);
    assert_int_equal(bar, rows[i].bar);
    assert_true(beat == rows[i].beat);
  }
  for (int bar = 1; bar < 12; ++bar) {
    int back;
    double beat;
    kt_metres_position(&metres, kt_metres_bar_start(&metres, bar), &back, &beat);
    assert_int_equal(back, bar);
    assert_true(beat == 1.0);
  }
}

static void keys_get_the_name_that_reads_best(void **state) {
  (void)state;
  KtScore score = {.arena = kt_arena_new()};
  // D sharp minor, E flat mixolydian, D sharp minor: all three on E flat
  static const KtKey given[] = {{9, KT_MODE_AEOLIAN}, {-3, KT_MODE_MIXOLYDIAN}, {9, KT_MODE_AEOLIAN}};
  for (int i = 0; i < 3; ++i) {
    *kt_array_push(score.arena, &score.keys) = (KtKeyChange){i * 100, given[i]};
    *kt_array_push(score.arena, &score.chords) = (KtChord){
        .start = i * 100, .duration = 100, .root = 9, .bass = 6, .quality = KT_CHORD_MINOR, .key = {9, given[i].mode}};
  }
  kt_score_name_keys(&score);
  for (size_t i = 0; i < 3; ++i) {
    assert_int_equal(score.keys.items[i].key.tonic, -3);
    assert_int_equal(score.keys.items[i].key.mode, given[i].mode);
    assert_int_equal(score.chords.items[i].key.tonic, -3);
    assert_int_equal(score.chords.items[i].root, -3); // E flat
    assert_int_equal(score.chords.items[i].bass, -6); // G flat
    assert_int_equal(kt_score_spell(&score, (KtTick)i * 100, 66), -6); // its third is G flat
  }
  kt_arena_free(score.arena);
}

static void a_lowered_second_stays_one(void **state) {
  (void)state;
  KtScore score = {.arena = kt_arena_new()};
  *kt_array_push(score.arena, &score.keys) = (KtKeyChange){0, {0, KT_MODE_IONIAN}};
  *kt_array_push(score.arena, &score.chords) =
      (KtChord){.duration = 100, .root = -5, .bass = -5, .quality = KT_CHORD_MAJOR, .key = {0, KT_MODE_IONIAN}};
  kt_score_name_keys(&score);
  assert_int_equal(score.chords.items[0].root, -5);
  assert_int_equal(score.keys.items[0].key.tonic, 0);
  kt_arena_free(score.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_and_alterations),  cmocka_unit_test(octaves_follow_the_letter),
      cmocka_unit_test(modes_and_signatures),   cmocka_unit_test(spelling_in_keys),
      cmocka_unit_test(tempo_is_exact_at_its_points), cmocka_unit_test(bars_and_beats),
      cmocka_unit_test(keys_get_the_name_that_reads_best), cmocka_unit_test(a_lowered_second_stays_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
