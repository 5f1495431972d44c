// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/figures.h"
#include "made.h"

static const char *const PALETTES[] = {"epic", "chamber", "piano", "hybrid", "horror", "comedy", "fairy", "silent", "minimal", "pulse"};
enum { FREE = 8, ROW = 8 }; // the last two may repeat

static void spell(const KtFigureRow *row, char *out) {
  for (int i = 0; i < row->count; ++i) {
    const KtFigureStep *s = &row->steps[i];
    *out++ = (char)(s->count > 0 ? '0' + s->tones[0] : s->count < 0 ? '-' : '.');
    if (s->count > 0 && s->neighbour) {
      *out++ = s->neighbour > 0 ? 'n' : 'm';
    }
    if (s->accent) {
      *out++ = '!';
    }
  }
  *out = 0;
}

static void variants_change_what_they_say(void **state) {
  (void)state;
  static const struct {
    KtFigureVariant variant;
    const char *pattern, *becomes;
  } table[] = {
      {{.id = "plain"}, "0! 1 . 2 - 1", "0!1.2-1"},
      {{.invert = true}, "0 1 . 2 - 1", "21.0-1"},
      {{.invert = true}, "0 0n 1 0m", "11m01n"},
      {{.reverse = true}, "0! 1 . 3 - 2", "2!3.1-0"},
      {{.rotate = 1}, "0 1 2 .", "201."},
      {{.raise = 2}, "0 1 2 .", "234."},
      {{.neighbour = 2}, "0 0 0 0", "00n00m"},
      {{.leap = 4}, "0 0 0 0 0 0 0 0", "00010001"},
      {{.thin = 2}, "0 1 0 1", "0.0."},
      {{.hold = 2}, "0 1 0! 1!", "0-0!1!"},
      {{.fill = 2}, "0 . . . .", "0.1.1"},
      {{.accent = 3}, "0! 1! 2 0", "0!120!"},
      {{.breath = 0.5F}, "0 1 2 1", "01.."},
  };
  for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
    KtFigureRow row, out;
    char text[200];
    kt_figure_row(table[i].pattern, &row);
    kt_figure_vary(&row, &table[i].variant, row.count, &out);
    spell(&out, text);
    assert_string_equal(text, table[i].becomes);
  }
}

static void rows_fill_bars(void **state) {
  (void)state;
  static const struct {
    const char *pattern;
    int steps;
    bool across;
    const char *becomes;
  } table[] = {
      {"0 1", 4, false, "0101"}, {"0 1 2", 4, false, "0120"},  {"0 1 2 3 2 1 0 .", 4, false, "0123210."},
      {"0 1 2", 4, true, "012"}, {"0 1 2 3 4", 3, false, "012"}, {"0", 1, false, "0"},
  };
  for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
    KtFigureRow row;
    char text[200];
    kt_figure_row(table[i].pattern, &row);
    kt_figure_fit(&row, table[i].steps, table[i].across);
    spell(&row, text);
    assert_string_equal(text, table[i].becomes);
  }
}

/// The longest row of bars with the same onsets (three at least) and directions in a part.
static int longest_row(const KtScore *score, const KtPart *part) {
  int bar = -1, count = 0, row = 1, longest = 0;
  int shape[2][64], now = 0, counts[2] = {0, 0};
  for (size_t i = 0; part && i <= part->notes.count; ++i) {
    const KtNote *n = i < part->notes.count ? &part->notes.items[i] : NULL;
    int at = -1;
    double beat = 0;
    if (n) {
      kt_metres_position(&score->metres, n->start, &at, &beat);
    }
    if (at != bar) {
      counts[now] = count;
      bool same = count > 2 && counts[0] == counts[1] && !memcmp(shape[0], shape[1], (size_t)count * sizeof(int));
      row = same ? row + 1 : 1;
      longest = row > longest ? row : longest;
      now = 1 - now;
      count = 0;
      if (n && at != bar + 1) {
        counts[1 - now] = 0; // a bar of silence between
      }
      bar = at;
    }
    if (n && count < 64 && (!i || !count || n->start != n[-1].start)) {
      int way = count ? (n->midi > n[-1].midi) - (n->midi < n[-1].midi) : 0;
      shape[now][count++] = (int)(beat * 48) * 3 + way + 1;
    }
  }
  return longest;
}

static void no_bar_is_wallpaper(void **state) {
  (void)state;
  static const char *const parts[] = {"figure/1", "pulse", "bass"};
  for (size_t p = 0; p < FREE; ++p) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      for (int cue = 0; cue < CUES; ++cue) {
        Made *made = make(PALETTES[p], seed);
        KtScore *score = compose(made, cue);
        for (size_t i = 0; i < 3; ++i) {
          int row = longest_row(score, part(score, parts[i]));
          if (row > ROW) {
            print_message("%s %d cue %d: %s one bar %d times\n", PALETTES[p], (int)seed, cue, parts[i], row);
          }
          assert_true(row <= ROW);
        }
        kt_score_free(score);
        kt_arena_free(made->arena);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(variants_change_what_they_say),
      cmocka_unit_test(rows_fill_bars),
      cmocka_unit_test(no_bar_is_wallpaper),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
