// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "orchestrate/desk.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static double least_of_all(const double *cost, int rows, int columns, int row, unsigned used) {
  if (row == rows) {
    return 0;
  }
  double least = HUGE_VAL;
  for (int c = 0; c < columns; ++c) {
    if (!(used >> c & 1U)) {
      least = fmin(least, cost[row * columns + c] +
                              least_of_all(cost, rows, columns, row + 1, used | 1U << c));
    }
  }
  return least;
}

/// Against every possible assignment of small tables.
static void assignment_is_the_least(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtRng rng = kt_rng(3, "assign");
  for (int round = 0; round < 200; ++round) {
    int rows = kt_rng_int(&rng, 1, 5), columns = kt_rng_int(&rng, rows, 7);
    double cost[35];
    for (int i = 0; i < rows * columns; ++i) {
      cost[i] = kt_rng_unit(&rng) * 10;
    }
    int chosen[5] = {-1, -1, -1, -1, -1};
    kt_assign_least(arena, cost, rows, columns, chosen);
    double sum = 0;
    unsigned used = 0;
    for (int r = 0; r < rows; ++r) {
      assert_in_range(chosen[r], 0, columns - 1);
      assert_false(used >> chosen[r] & 1U);
      used |= 1U << chosen[r];
      sum += cost[r * columns + chosen[r]];
    }
    assert_true(fabs(sum - least_of_all(cost, rows, columns, 0, 0)) < 1e-9);
  }
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(assignment_is_the_least)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
