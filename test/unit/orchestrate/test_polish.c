// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the orchestra plays, counted by who knows only the notes: nothing lies close deep down, outer voices do not run.
#include "made.h"

enum { LOWEST_THIRD = 48, FOURTH = 5 };

/// Lowest and highest pitch at a tick, and whether two lie closer than a fourth over a tone below C3.
static int lie(const Made *made, const KtScore *score, KtTick at, int *low, int *high, bool *deep) {
  bool on[128] = {false};
  int count = 0;
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    const KtInstrument *one = kt_orchestra_find(made->orchestra, part->instrument);
    for (size_t i = 0; one && one->pitched && i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      on[(int)n->midi] = on[(int)n->midi] || (n->start <= at && n->start + n->duration > at);
    }
  }
  int last = -1;
  *deep = false;
  for (int k = 0; k < 128; ++k) {
    if (on[k]) {
      *deep = *deep || (last >= 0 && last < LOWEST_THIRD && k - last < FOURTH);
      *low = count ? *low : k;
      *high = k;
      last = k;
      ++count;
    }
  }
  return count;
}

static bool runs(int a0, int a1, int b0, int b1) {
  int was = (a0 - b0) % 12, is = (a1 - b1) % 12;
  return a0 != a1 && b0 != b1 && was == is && is == 7;
}

static void count(const Made *made, const KtScore *score, int *attacks, int *deeps, int *fifths) {
  for (KtTick at = 0, low0 = 0, high0 = 0; at < score->end; at += KT_PPQ) {
    int low = 0, high = 0;
    bool deep;
    int voices = lie(made, score, at, &low, &high, &deep);
    *attacks += voices > 1;
    *deeps += deep;
    *fifths += voices > 1 && low0 && runs((int)high0, high, (int)low0, low);
    low0 = voices > 1 ? low : 0;
    high0 = high;
  }
}

static void nothing_runs_or_crowds(void **state) {
  (void)state;
  static const char *const palettes[] = {"epic", "chamber", "fairy", "hybrid", "piano"};
  int attacks = 0, deeps = 0, fifths = 0;
  for (size_t i = 0; i < sizeof(palettes) / sizeof(*palettes); ++i) {
    Made made;
    make(&made, i % 2 ? "chase, tense" : "heroic", 30, palettes[i], 2);
    KtScore *score = best(&made);
    count(&made, score, &attacks, &deeps, &fifths);
    kt_score_free(score);
    clear(&made);
  }
  print_message("%d beats, deep %d, fifths %d\n", attacks, deeps, fifths);
  assert_true(attacks > 100);
  assert_true(deeps <= 1);
  assert_true(fifths <= 1);
}

/// Mended tones lie in the compass and are not had twice by a player.
static void players_stay_playable(void **state) {
  (void)state;
  Made made;
  make(&made, "heroic", 30, "epic", 4);
  KtScore *score = best(&made);
  for (size_t p = 0; p < score->parts.count; ++p) {
    const KtPart *part = &score->parts.items[p];
    const KtInstrument *one = kt_orchestra_find(made.orchestra, part->instrument);
    for (size_t i = 0; one->pitched && i < part->notes.count; ++i) {
      const KtNote *n = &part->notes.items[i];
      assert_in_range(n->midi, one->low, one->high);
      for (size_t k = i + 1; k < part->notes.count && part->notes.items[k].start < n->start + n->duration; ++k) {
        assert_int_not_equal(part->notes.items[k].midi, n->midi);
      }
    }
  }
  kt_score_free(score);
  clear(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_runs_or_crowds), cmocka_unit_test(players_stay_playable)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
