// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

static const char *const PALETTES[] = {"epic", "chamber", "piano", "minimal", "pulse", "hybrid", "horror", "comedy", "fairy", "silent"};
enum { SEEDS = 3 };

/// What was counted of lines of our own.
typedef struct Count {
  int phrases, off, led, peaks, tops, leaps, back;
  int closes, held;
} Count;

static int recovered(const KtNote *n, int left) {
  int by = n[1].midi - n[0].midi;
  for (int i = 1; i < left; ++i) {
    int then = n[i + 1].midi - n[i].midi;
    if (then) {
      return then * by < 0 && abs(then) <= 4;
    }
  }
  return -1;
}

/// One breath: does it begin on the downbeat, has it one highest note inside, are its leaps taken back?
static void count_breath(const KtScore *score, const KtNote *n, int notes, Count *count) {
  int bar, top = 0, tops = 0;
  double beat;
  kt_metres_position(&score->metres, n->start, &bar, &beat);
  ++count->phrases;
  count->off += beat > 1.01;
  count->led += beat > 2.4;
  for (int i = 0; i < notes; ++i) {
    tops = n[i].midi > n[top].midi || !i ? 1 : tops + (n[i].midi == n[top].midi && n[i - 1].midi != n[i].midi);
    top = n[i].midi > n[top].midi ? i : top;
    if (i + 2 < notes && abs(n[i + 1].midi - n[i].midi) > 4) {
      int back = recovered(n + i, notes - i - 1);
      count->leaps += back >= 0;
      count->back += back == 1;
    }
  }
  if (notes >= 5) {
    ++count->peaks;
    count->tops += tops == 1 && top > 0 && n[notes - 1].midi < n[top].midi;
  }
}

static void count_line(const KtScore *score, const KtPart *lead, Count *count) {
  size_t first = 0;
  for (size_t i = 0; lead && i < lead->notes.count; ++i) {
    const KtNote *n = &lead->notes.items[i];
    bool last = i + 1 == lead->notes.count || n[1].start - n->start - n->duration > KT_PPQ / 8 || n->breath_after ||
                n[1].statement != n->statement;
    if (last) {
      if (n->statement < 0 && i - first >= 2) {
        count_breath(score, &lead->notes.items[first], (int)(i - first) + 1, count);
      }
      first = i + 1;
    }
  }
}

static void close(const KtScore *score, const KtPart *lead, Count *count) {
  const KtNote *n = &lead->notes.items[lead->notes.count - 1];
  KtTick bar = kt_metre_bar_ticks(kt_metres_at(&score->metres, score->end - 1));
  ++count->closes;
  count->held += n->start + n->duration > score->end - bar;
}

static Count count_all(void) {
  Count count = {0};
  for (size_t p = 0; p < 10; ++p) {
    for (uint64_t seed = 1; seed <= SEEDS; ++seed) {
      Made *made = make(PALETTES[p], seed);
      for (int c = 0; c < CUES; ++c) {
        KtScore *score = compose(made, c);
        const KtPart *lead = part(score, "lead");
        count_line(score, lead, &count);
        if (lead && made->spotting.cues.items[c].exit == KT_EXIT_RING_OFF && c == CALM) {
          close(score, lead, &count);
        }
        kt_score_free(score);
      }
      kt_arena_free(made->arena);
    }
  }
  return count;
}

static void lines_go_somewhere_and_breathe(void **state) {
  (void)state;
  Count count = count_all();
  print_message("%d phrases, %d off the downbeat, %d late in the bar; %d of %d have one highest note; %d of %d leaps taken back; %d of %d held\n",
                count.phrases, count.off, count.led, count.tops, count.peaks, count.back, count.leaps, count.held, count.closes);
  assert_true(count.phrases > 100);
  assert_in_range(count.off * 100 / count.phrases, 30, 85); // not all on the beat, not none
  assert_true(count.led > 0);
  assert_true(count.tops * 10 >= count.peaks * 6);
  assert_in_range(count.back * 100 / count.leaps, 60, 97);
  assert_true(count.held * 10 >= count.closes * 7);
}

/// Upbeats inside a theme's rests are no notes of the theme.
static void links_leave_themes_alone(void **state) {
  (void)state;
  for (size_t p = 0; p < 30; ++p) {
    Made *made = make(PALETTES[p % 10], 11 + p / 10);
    made->themes.items.items[0].notes.items[3].duration = KT_PPQ; // a rest behind the head, before it is known
    KtScore *score = compose(made, LONG);
    const KtPart *lead = part(score, "lead");
    for (size_t s = 0; lead && s < score->statements.count; ++s) {
      const KtNote *head[8];
      int found = 0;
      for (size_t i = 0; i < lead->notes.count && found < 8; ++i) {
        const KtNote *n = &lead->notes.items[i];
        bool inside = n->start >= score->statements.items[s].start && n->start < score->statements.items[s].end;
        if (inside && &score->parts.items[score->statements.items[s].part] == lead) {
          head[found++] = n;
        }
      }
      for (int i = 0; i < found; ++i) {
        assert_int_equal(head[i]->statement, (int)s); // nothing stands between the notes it is known by
      }
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static const KtNote *note_at(const KtPart *part, KtTick at) {
  for (size_t i = 0; part && i < part->notes.count; ++i) {
    const KtNote *n = &part->notes.items[i];
    if (n->start <= at && at < n->start + n->duration) {
      return n;
    }
  }
  return NULL;
}

/// Where a second line moves with the lead it goes another way, and no tone of it is held for ever.
static void second_lines_go_their_own_way(void **state) {
  (void)state;
  int similar = 0, other = 0, held = 0, all = 0;
  for (size_t p = 0; p < 10; ++p) {
    for (int c = 0; c < CUES; ++c) {
      Made *made = make(PALETTES[p], 5);
      KtScore *score = compose(made, c);
      const KtPart *lead = part(score, "lead"), *second = part(score, "counter");
      for (size_t i = 1; second && i < second->notes.count; ++i) {
        const KtNote *n = &second->notes.items[i], *now = note_at(lead, n->start);
        const KtNote *before = now && now->start > 0 ? note_at(lead, now->start - KT_PPQ / 16) : NULL;
        held += n->statement < 0 && n->duration > 12 * KT_PPQ;
        ++all;
        if (n->statement < 0 && n[-1].start + n[-1].duration == n->start && before && n->start - now->start < KT_PPQ / 3) {
          int product = (now->midi - before->midi) * (n->midi - n[-1].midi);
          similar += product > 0;
          other += product <= 0;
        }
      }
      kt_score_free(score);
      kt_arena_free(made->arena);
    }
  }
  print_message("%d moves with the lead the same way, %d others; %d of %d tones are held for more than three bars\n", similar, other, held, all);
  assert_true(other > 30);
  assert_true(similar * 100 <= (similar + other) * 40);
  assert_true(held * 20 <= all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_go_somewhere_and_breathe),
      cmocka_unit_test(links_leave_themes_alone),
      cmocka_unit_test(second_lines_go_their_own_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
