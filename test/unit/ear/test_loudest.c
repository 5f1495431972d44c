// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/loudest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FRAMES = 96000 };

static void a_sine_is_as_loud_as_the_standard_says(void **state) {
  (void)state;
  static float tone[FRAMES], nothing[FRAMES];
  for (int i = 0; i < FRAMES; ++i) {
    tone[i] = (float)sin(2 * M_PI * 997 * i / 48000.0);
  }
  assert_float_equal(kt_loudest_lufs(tone, nothing, FRAMES), -3.01, 0.02); // BS.1770-4, annex 1
  assert_float_equal(kt_loudest_lufs(tone, tone, FRAMES), 0, 0.02);
  assert_float_equal(kt_loudest_lufs(tone, nothing, 4800), -9.03, 0.2); // a quarter of its window
  assert_float_equal(kt_loudest_lufs(nothing, nothing, FRAMES), -120, 1e-9);
  assert_float_equal(kt_loudest_lufs(tone, nothing, 0), -120, 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_sine_is_as_loud_as_the_standard_says)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
