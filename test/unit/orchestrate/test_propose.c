// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

#include "orchestrate/remedies.h"

static void the_best_is_kept(void **state) {
  (void)state;
  Made made;
  make(&made, "calm > afraid > calm", 40, "epic", 3);
  KtScore *score = best(&made), *again = best(&made);
  assert_true(score->marks.count >= 9);
  for (size_t i = 0; i < score->marks.count; ++i) {
    assert_true(score->marks.items[i].value >= 0 && score->marks.items[i].value <= 1);
    assert_true(score->marks.items[i].weight > 0);
  }
  assert_true(score->rivals.count >= 2 && score->rivals.count <= KT_PROPOSALS_MOST);
  assert_true((size_t)score->chosen < score->rivals.count);
  assert_int_equal(score->chosen, again->chosen);
  assert_int_equal(score->parts.count, again->parts.count);
  kt_score_free(score);
  kt_score_free(again);
  clear(&made);
}

/// What is kept has the most marks of all that keep to real scores.
static void others_are_no_better(void **state) {
  (void)state;
  Made made;
  make(&made, "happy", 45, "epic", 2);
  KtProposals proposals;
  assert_int_equal(kt_propose_cue(&made.desk, made.orchestra, made.critic, made.themes, made.plan, 0, &proposals, NULL), KT_OK);
  size_t kept = 0;
  double most = 0;
  for (int i = 0; i < proposals.count; ++i) {
    const KtScore *one = proposals.items[i].score;
    assert_true(!one || 10 * one->outliers.count <= (size_t)one->counted);
    kept += one != NULL;
    most = one && proposals.items[i].total > most ? proposals.items[i].total : most;
  }
  assert_true(kept > 0);
  KtScore *score = NULL;
  kt_choose_proposals(made.critic, &proposals, 1, NULL, &score);
  assert_true((double)score->rivals.items[score->chosen] >= most - 0.05); // likeness is marked last
  kt_score_free(score);
  clear(&made);
}

/// No orchestral cue has more than one statistic in ten outside what real scores have: what is still, too, and what is long.
static void orchestras_keep_to_norms(void **state) {
  (void)state;
  static const struct {
    const char *mood, *palette;
    double seconds;
  } cases[] = {{"happy", "epic", 45}, {"sad", "fairy", 45}, {"angry", "epic", 30}, {"calm > afraid > heroic", "fairy", 60},
               {"calm", "fairy", 60}, {"calm", "epic", 90}, {"tender", "fairy", 90}, {"sad, intimate", "epic", 90}};
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    Made made;
    make(&made, cases[i].mood, cases[i].seconds, cases[i].palette, 5 + i);
    KtScore *score = best(&made);
    print_message("%s, %s: %zu of %d outside, %zu proposals\n", cases[i].mood, cases[i].palette, score->outliers.count,
                  score->counted, score->rivals.count);
    assert_true(score->counted >= 12);
    assert_true(10 * score->outliers.count <= (size_t)score->counted);
    kt_score_free(score);
    clear(&made);
  }
}

static void unknown_remedies_are_named(void **state) {
  (void)state;
  KtRemedy good = {"classes", "low", "chord", -0.1F, 0.5F}, other = good;
  assert_true(kt_remedy_known(&good));
  other.habit = "chords";
  assert_false(kt_remedy_known(&other));
  other = good;
  other.side = "left";
  assert_false(kt_remedy_known(&other));
  KtHabits writing = {.chord = 0.85F, .rest = 0.3F};
  KtHabitsOfPlayers players = {.bloom = 0};
  KtCourse course = {{10}};
  kt_course_take(&course, &good, 1, &writing, &players);
  assert_float_equal(writing.chord, 0.5, 1e-5); // ten steps, but no further than its end
  assert_float_equal(writing.rest, 0.3, 1e-5);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_best_is_kept), cmocka_unit_test(others_are_no_better),
                                     cmocka_unit_test(orchestras_keep_to_norms), cmocka_unit_test(unknown_remedies_are_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
