// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"
#include "mix/convolver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

// The same source compiled with KT_NARROW, by other names.
KtStatus narrow_response_init(KtResponse *response, const float *left, const float *right, size_t count,
                              KtError *err);
KtStatus narrow_convolver_init(KtConvolver *convolver, const KtResponse *response, KtError *err);
void narrow_convolver_run(KtConvolver *convolver, const float *in, float *out);

enum { BLOCK = KT_CONVOLVER_BLOCK, LONG = 3 * BLOCK + 777, BLOCKS = 6 };

static void wide_and_narrow_give_the_same_bits(void **state) {
  (void)state;
  static float ears[2][LONG], in[BLOCK], wide_out[2 * BLOCK], narrow_out[2 * BLOCK];
  KtRng rng = kt_rng(1, "vectors");
  for (size_t i = 0; i < LONG; ++i) {
    ears[0][i] = (float)kt_rng_unit(&rng) - 0.5F;
    ears[1][i] = (float)kt_rng_unit(&rng) - 0.5F;
  }
  KtResponse wide, narrow;
  KtConvolver by_wide, by_narrow;
  assert_int_equal(kt_response_init(&wide, ears[0], ears[1], LONG, NULL), KT_OK);
  assert_int_equal(narrow_response_init(&narrow, ears[0], ears[1], LONG, NULL), KT_OK);
  assert_int_equal(kt_convolver_init(&by_wide, &wide, NULL), KT_OK);
  assert_int_equal(narrow_convolver_init(&by_narrow, &narrow, NULL), KT_OK);
  double heard = 0;
  for (int b = 0; b < BLOCKS; ++b) {
    for (size_t i = 0; i < BLOCK; ++i) {
      in[i] = b < 2 ? (float)kt_rng_unit(&rng) - 0.5F : 0;
    }
    memset(wide_out, 0, sizeof(wide_out));
    memset(narrow_out, 0, sizeof(narrow_out));
    kt_convolver_run(&by_wide, in, wide_out);
    narrow_convolver_run(&by_narrow, in, narrow_out);
    assert_memory_equal(wide_out, narrow_out, sizeof(wide_out));
    heard += (double)(wide_out[100] * wide_out[100]);
  }
  assert_true(heard > 0);
  kt_convolver_clear(&by_wide);
  kt_convolver_clear(&by_narrow);
  kt_response_clear(&wide);
  kt_response_clear(&narrow);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(wide_and_narrow_give_the_same_bits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
