// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/key.h"
#include "ear/recall.h"
#include "ear/tension.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static KtNote note(KtTick start, KtTick duration, int midi) {
  return (KtNote){.start = start, .duration = duration, .midi = (int8_t)midi, .statement = -1};
}

/// A score of one part over eight bars of four at 60 a minute.
static KtScore *score_of(KtArena *arena, const KtNote *notes, size_t count, float level) {
  KtScore *score = KT_NEW(arena, KtScore, 1);
  score->arena = arena;
  score->name = "1m01";
  score->end = 8 * 3840;
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){0, 0};
  *kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){score->end, 32 * KT_FLICKS_PER_SECOND};
  *kt_array_push(arena, &score->metres) = (KtMetre){0, 4, 4};
  *kt_array_push(arena, &score->keys) = (KtKeyChange){0, {0, KT_MODE_IONIAN}};
  KtPart *part = kt_array_push(arena, &score->parts);
  part->id = "lead";
  part->high = 127;
  *kt_array_push(arena, &part->dynamics) = (KtDynamic){0, level};
  for (size_t i = 0; i < count; ++i) {
    *kt_array_push(arena, &part->notes) = notes[i];
  }
  assert_int_equal(kt_score_finish(score, NULL), KT_OK);
  return score;
}

static KtTheme theme_of(KtArena *arena) {
  static const int degrees[] = {0, 4, 3, 1, 2}; // C G F D E
  static const KtTick starts[] = {0, 960, 2400, 2880, 3360};
  KtTheme theme = {.key = {0, KT_MODE_IONIAN}, .tonic_midi = 60, .head = 5};
  for (int i = 0; i < 5; ++i) {
    *kt_array_push(arena, &theme.notes) =
        (KtThemeNote){.start = starts[i], .duration = 480, .degree = (int8_t)degrees[i]};
  }
  return theme;
}

static void a_head_is_found_changed_but_not_backwards(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtTheme theme = theme_of(arena);
  const KtNote up[] = {note(3840, 900, 67), note(4320, 700, 74), note(5040, 240, 72), note(5280, 240, 69), note(5520, 480, 71)}; // twice as fast, a fifth up
  const KtNote minor[] = {note(0, 900, 60), note(960, 900, 67), note(2400, 400, 65), note(2880, 400, 62), note(3360, 400, 63)};
  const KtNote bent[] = {note(0, 900, 60), note(960, 900, 67), note(2400, 400, 66), note(2880, 400, 62), note(3360, 400, 63)};
  const KtNote other[] = {note(0, 900, 64), note(960, 900, 62), note(2400, 400, 65), note(2880, 400, 67), note(3360, 400, 60)};
  assert_true(kt_heard_theme(arena, &theme, score_of(arena, up, 5, .5F), 3840, 7680, false));
  assert_true(kt_heard_theme(arena, &theme, score_of(arena, minor, 5, .5F), 0, 3840, false));
  assert_false(kt_heard_theme(arena, &theme, score_of(arena, bent, 5, .5F), 0, 3840, false)); // two tones off
  assert_false(kt_heard_theme(arena, &theme, score_of(arena, other, 5, .5F), 0, 3840, false));
  assert_true(kt_heard_theme(arena, &theme, score_of(arena, other, 5, .5F), 0, 3840, true));
  assert_false(kt_heard_theme(arena, &theme, score_of(arena, up, 5, .5F), 7680, 11520, false));
  kt_arena_free(arena);
}

static void a_loud_cluster_is_tenser_than_a_soft_triad(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  const KtNote triad[] = {note(0, 30000, 60), note(0, 30000, 64), note(0, 30000, 67)};
  const KtNote cluster[] = {note(0, 30000, 60), note(0, 30000, 61), note(0, 30000, 66), note(0, 30000, 68)};
  float soft[40], hard[40];
  kt_heard_tension(score_of(arena, triad, 3, .2F), KT_FLICKS_PER_SECOND / 2, soft, 40);
  kt_heard_tension(score_of(arena, cluster, 4, .9F), KT_FLICKS_PER_SECOND / 2, hard, 40);
  for (int i = 0; i < 40; ++i) {
    assert_true(hard[i] > soft[i] + 0.2F);
    assert_true(hard[i] <= 1 && soft[i] >= 0);
  }
  kt_arena_free(arena);
}

static void ranks_correlate(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  const float a[] = {1, 2, 3, 4, 5}, up[] = {10, 20, 21, 400, 401}, down[] = {9, 8, 7, 6, 5}, flat[] = {1, 1, 1, 1, 1};
  assert_true(kt_rank_correlation(arena, a, up, 5) > 0.999);
  assert_true(kt_rank_correlation(arena, a, down, 5) < -0.999);
  assert_true(kt_rank_correlation(arena, a, flat, 5) == 0);
  kt_arena_free(arena);
}

static KtTones triad_of(int root, bool minor) {
  KtTones tones = {{0}};
  tones.weight[root % 12] = tones.weight[(root + (minor ? 3 : 4)) % 12] = tones.weight[(root + 7) % 12] = 1;
  return tones;
}

/// A key is remembered while its chords sound, and lost to another's.
static void a_home_is_remembered_and_forgotten(void **state) {
  (void)state;
  const KtKey c_major = {0, KT_MODE_IONIAN}, e_flat_minor = {-3, KT_MODE_DORIAN};
  KtKeyFits home, far, heard = {.full = 0};
  KtTones c = triad_of(0, false), e_flat = triad_of(3, true);
  kt_key_fits(&c, &home);
  kt_key_fits(&e_flat, &far);
  kt_key_hear(&heard, &home, 4, 15);
  assert_true(kt_key_lead(&heard, c_major) > 0.03F);
  assert_int_equal(kt_key_heard(&heard).tonic, 0);
  float before = kt_key_lead(&heard, c_major);
  kt_key_hear(&heard, &far, 3, 15);
  assert_true(kt_key_lead(&heard, c_major) < before);
  kt_key_hear(&heard, &far, 30, 15);
  assert_true(kt_key_lead(&heard, c_major) < 0);
  assert_true(kt_key_lead(&heard, e_flat_minor) > 0);
  assert_int_equal(kt_key_heard(&heard).tonic, -3);
  assert_int_equal(kt_key_heard(&heard).mode, KT_MODE_AEOLIAN);
}

/// Who is told no key hears C major in its chords, and a chord of six flats as far from it.
static void harmony_is_heard_without_being_told_the_key(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  const KtNote notes[] = {note(0, 7680, 60),     note(0, 7680, 64),     note(0, 7680, 67),    note(7680, 3840, 55), note(7680, 3840, 59),
                          note(7680, 3840, 62),  note(11520, 3840, 61), note(11520, 3840, 65), note(11520, 3840, 68), note(15360, 7680, 60),
                          note(15360, 7680, 64), note(15360, 7680, 67)};
  float figures[5 * 48];
  kt_heard_figures(arena, score_of(arena, notes, 12, .5F), KT_FLICKS_PER_SECOND / 2, figures, 48);
  const float *width = figures, *strain = figures + 48, *motion = figures + 96, *level = figures + 144;
  assert_true(strain[28] > strain[8] + 0.3F); // D flat major against C major
  assert_true(motion[24] > motion[8] + 0.1F);
  assert_true(width[8] > 0.3F && width[8] < 0.6F);
  assert_true(level[8] > 0.1F);
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_head_is_found_changed_but_not_backwards),
      cmocka_unit_test(a_loud_cluster_is_tenser_than_a_soft_triad),
      cmocka_unit_test(ranks_correlate),
      cmocka_unit_test(a_home_is_remembered_and_forgotten),
      cmocka_unit_test(harmony_is_heard_without_being_told_the_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
