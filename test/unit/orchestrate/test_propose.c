// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

#include "orchestrate/remedies.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

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
  KtScore *score = kt_choose_next(&(KtChooser){.critic = made.critic}, &proposals, -1);
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

/// A film of many short cues instead of its one.
static void cut_into(Made *made, size_t cues) {
  KtCue whole = made->spotting->cues.items[0];
  KtFilmTime length = (whole.out - whole.in) / (KtFilmTime)cues;
  made->spotting->cues.count = 0;
  for (size_t i = 0; i < cues; ++i) {
    KtCue *cue = kt_array_push(made->spotting->arena, &made->spotting->cues);
    *cue = whole;
    cue->name = kt_arena_format(made->spotting->arena, "1m%02zu", i + 1);
    cue->in = whole.in + length * (KtFilmTime)i;
    cue->out = cue->in + length - kt_film_time(0.5);
  }
  made->spotting->hits.count = 0;
  kt_plan_free(made->plan);
  assert_int_equal(kt_compose_plan(&made->desk, made->themes, &made->plan, NULL), KT_OK);
}

typedef struct Heap {
  size_t first, most;
  int cues;
} Heap;

static void weigh_heap(void *user, const char *stage, double fraction) {
  (void)fraction;
  Heap *heap = user;
  assert_string_equal(stage, "compose");
#ifdef __GLIBC__
  struct mallinfo2 info = mallinfo2();
  size_t now = info.uordblks + info.hblkhd;
#else
  size_t now = 0;
#endif
  heap->first = heap->cues++ == 2 ? now : heap->first;
  heap->most = now > heap->most ? now : heap->most;
}

/// What a long film has of proposals at once is what a short one has; what is kept of a cue is its notes.
static void proposals_do_not_pile_up(void **state) {
  (void)state;
  enum { CUES = 14 };
  Made made;
  make(&made, "calm > afraid > happy > sad", 7 * CUES, "piano", 4);
  cut_into(&made, CUES);
  Heap heap = {0};
  KtScore *scores[CUES + 1] = {NULL};
  made.ctx.progress = weigh_heap;
  made.ctx.user = &heap;
  assert_int_equal(kt_propose_cues(&made.desk, made.orchestra, made.themes, made.plan, NULL, scores, NULL), KT_OK);
  assert_int_equal(heap.cues, CUES);
  size_t kept = 0;
  for (int i = 0; i < CUES; ++i) {
    kept += kt_arena_used(scores[i]->arena);
    assert_true(scores[i]->rivals.count > 1);
    kt_score_free(scores[i]);
  }
  print_message("heap after three cues %zu KiB, at most %zu KiB; kept of %d cues %zu KiB\n", heap.first >> 10,
                heap.most >> 10, CUES, kept >> 10);
  assert_true(heap.most <= heap.first + kept + (256U << 10));
  assert_true(kept < CUES * (16U << 10));
  clear(&made);
}

/// Side by side or one after the other, the same notes.
static void threads_choose_alike(void **state) {
  (void)state;
  enum { CUES = 5 };
  Made made;
  make(&made, "calm > afraid > happy", 8 * CUES, "chamber", 6);
  cut_into(&made, CUES);
  KtScore *one[CUES + 1] = {NULL}, *many[CUES + 1] = {NULL};
  const int set[CUES] = {-1, 0, -1, -1, 1};
  assert_int_equal(kt_propose_cues(&made.desk, made.orchestra, made.themes, made.plan, set, one, NULL), KT_OK);
  made.ctx.threads = 3;
  assert_int_equal(kt_propose_cues(&made.desk, made.orchestra, made.themes, made.plan, set, many, NULL), KT_OK);
  for (int i = 0; i < CUES; ++i) {
    assert_int_equal(one[i]->chosen, many[i]->chosen);
    assert_int_equal(one[i]->parts.count, many[i]->parts.count);
    for (size_t p = 0; p < one[i]->parts.count; ++p) {
      const KtPart *a = &one[i]->parts.items[p], *b = &many[i]->parts.items[p];
      assert_string_equal(a->id, b->id);
      assert_int_equal(a->notes.count, b->notes.count);
      for (size_t n = 0; n < a->notes.count; ++n) {
        assert_int_equal(a->notes.items[n].start, b->notes.items[n].start);
        assert_int_equal(a->notes.items[n].midi, b->notes.items[n].midi);
      }
    }
    kt_score_free(one[i]);
    kt_score_free(many[i]);
  }
  clear(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_best_is_kept), cmocka_unit_test(others_are_no_better),
                                     cmocka_unit_test(orchestras_keep_to_norms), cmocka_unit_test(unknown_remedies_are_named),
                                     cmocka_unit_test(proposals_do_not_pile_up), cmocka_unit_test(threads_choose_alike)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
