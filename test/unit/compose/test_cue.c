// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

static const char *const PALETTES[] = {"epic", "chamber", "piano", "minimal", "pulse", "hybrid", "horror", "comedy", "fairy", "silent"};

static void notes_lie_inside(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 1);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      KtFilmTime length = made->spotting.cues.items[c].out - made->spotting.cues.items[c].in;
      size_t notes = 0;
      for (size_t i = 0; i < score->parts.count; ++i) {
        const KtPart *part_ = &score->parts.items[i];
        for (size_t n = 0; n < part_->notes.count; ++n, ++notes) {
          const KtNote *note = &part_->notes.items[n];
          assert_true(note->start >= 0 && note->duration > 0);
          assert_true(note->start + note->duration <= score->end);
          assert_true(kt_tempo_time(&score->tempo, note->start + note->duration) <= length);
          assert_in_range(note->midi, 24, 104);
        }
      }
      assert_true(notes > 0);
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

static void hits_are_struck(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 2);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      for (size_t h = 0; h < score->hits.count; ++h) {
        const KtScoreHit *at = &score->hits.items[h];
        const KtHit *hit = &made->spotting.hits.items[at->hit];
        KtFilmTime when = kt_tempo_time(&score->tempo, at->tick);
        int struck = 0, near = 0, sounds = 0;
        for (size_t i = 0; i < score->parts.count; ++i) {
          const KtPart *q = &score->parts.items[i];
          sounds += sounding(q, at->tick) != NULL;
          for (size_t n = 0; n < q->notes.count; ++n) {
            double off = kt_seconds(kt_tempo_time(&score->tempo, q->notes.items[n].start) - when);
            struck += q->notes.items[n].start == at->tick && q->notes.items[n].hit;
            near += fabs(off) < 0.06 && q->notes.items[n].start != at->tick;
          }
        }
        if (hit->kind == KT_HIT_HARD) {
          assert_true(at->met);
          double miss = kt_seconds(when - (hit->at - made->spotting.cues.items[c].in));
          assert_true(fabs(miss) < 0.001);
          assert_true(struck > 0);
          assert_int_equal(near, 0);
        } else if (hit->kind == KT_HIT_STOP) {
          assert_int_equal(sounds, 0);
        }
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

/// Hash of all onsets of four bars, relative to their start.
static uint64_t four_bars(const KtScore *score, int bar) {
  KtTick from = kt_metres_bar_start(&score->metres, bar), to = kt_metres_bar_start(&score->metres, bar + 4);
  uint64_t hash = 1469598103934665603U;
  for (size_t i = 0; i < score->parts.count; ++i) {
    for (size_t n = 0; n < score->parts.items[i].notes.count; ++n) {
      const KtNote *note = &score->parts.items[i].notes.items[n];
      if (note->start >= from && note->start < to) {
        hash = (hash ^ (uint64_t)((note->start - from) * 128 + note->midi + (KtTick)i * 7919)) * 1099511628211U;
      }
    }
  }
  return hash;
}

static void nothing_loops(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 5);
    KtScore *score = compose(made, LONG);
    int bars;
    double beat;
    kt_metres_position(&score->metres, score->end - 1, &bars, &beat);
    int run = 0, longest = 0;
    for (int bar = 1; bar + 8 <= bars; bar += 4) {
      run = four_bars(score, bar) == four_bars(score, bar + 4) ? run + 1 : 0;
      longest = run > longest ? run : longest;
    }
    assert_true(longest < 2);
    for (size_t i = 1; i < score->sections.count; ++i) {
      assert_string_not_equal(score->sections.items[i].texture, score->sections.items[i - 1].texture);
    }
    assert_true(score->sections.count >= 3);
    int slots = 0, same = 0;
    for (size_t i = 1; i < score->chords.count; ++i, ++slots) {
      same += score->chords.items[i].duration == score->chords.items[i - 1].duration;
    }
    assert_true(same < slots); // harmonic rhythm varies
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static void statements_are_in_the_notes(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 6);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      assert_true(score->statements.count >= made->plan.cues[c].statements.count);
      for (size_t s = 0; s < score->statements.count; ++s) {
        const KtStatement *statement = &score->statements.items[s];
        const KtPart *q = &score->parts.items[statement->part];
        int notes = 0;
        KtTick last = -1;
        for (size_t n = 0; n < q->notes.count; ++n) {
          if (q->notes.items[n].statement == (int)s) {
            assert_true(q->notes.items[n].start >= statement->start && q->notes.items[n].start < statement->end);
            assert_true(q->notes.items[n].start > last);
            last = q->notes.items[n].start;
            ++notes;
          }
        }
        assert_int_equal(notes, statement->notes);
        assert_true(notes >= made->themes.items.items[0].head);
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

static void the_seed_decides(void **state) {
  (void)state;
  Made *made = make("chamber", 7), *other = make("chamber", 8);
  KtScore *a = compose(made, LONG), *b = compose(made, LONG), *c = compose(other, LONG);
  assert_true(print_of(a) == print_of(b));
  assert_true(print_of(a) != print_of(c));
  kt_score_free(a);
  kt_score_free(b);
  kt_score_free(c);
  kt_arena_free(made->arena);
  kt_arena_free(other->arena);
}

typedef struct Measure {
  double level, parts, onsets_s;
} Measure;

static Measure measure(const KtScore *score, double seconds) {
  Measure m = {0};
  int samples = 0;
  for (KtTick at = KT_PPQ / 2; at < score->end; at += KT_PPQ, ++samples) {
    double most = 0;
    for (size_t i = 0; i < score->parts.count; ++i) {
      if (sounding(&score->parts.items[i], at)) {
        m.parts += 1;
        most = fmax(most, (double)kt_part_level(&score->parts.items[i], at));
      }
    }
    m.level += most;
  }
  for (size_t i = 0; i < score->parts.count; ++i) {
    m.onsets_s += (double)score->parts.items[i].notes.count / seconds;
  }
  m.level /= samples;
  m.parts /= samples;
  return m;
}

static void calm_is_less_than_tense(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 9);
    KtScore *calm = compose(made, CALM), *tense = compose(made, TENSE);
    Measure c = measure(calm, 40), t = measure(tense, 40);
    assert_true(c.level < t.level - 0.15);
    assert_true(c.parts < t.parts);
    assert_true(c.onsets_s < t.onsets_s);
    assert_true(kt_tempo_bpm(&calm->tempo, 0) < kt_tempo_bpm(&tense->tempo, 0));
    kt_score_free(calm);
    kt_score_free(tense);
    kt_arena_free(made->arena);
  }
}

static void words_are_left_room(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 10);
    KtScore *score = compose(made, SPOKEN);
    const KtPart *lead = part(score, "lead");
    for (size_t n = 0; lead && n < lead->notes.count; ++n) {
      double at = kt_seconds(kt_tempo_time(&score->tempo, lead->notes.items[n].start)) + 230;
      if (at > 233 && at < 266) {
        assert_false(lead->notes.items[n].midi >= 48 && lead->notes.items[n].midi < 70);
      }
    }
    assert_true(measure(score, 40).parts < 5.5);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static void nothing_enters_inside_a_line(void **state) {
  (void)state;
  static const char *const later[] = {"figure/1", "pulse", "colour/1", "counter", "perc/drum", "perc/timpani"};
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 21 + p);
    KtScore *score = compose(made, SPOKEN); // one line from its second second to its end
    for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); ++i) {
      const KtPart *one = part(score, later[i]);
      double first = one && one->notes.count ? kt_seconds(kt_tempo_time(&score->tempo, one->notes.items[0].start)) : 0;
      if (first > 8 && first < 37) {
        fail_msg("%s: %s enters after %.1f s", PALETTES[p], later[i], first);
      }
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

static size_t drums(const KtScore *score) {
  static const char *const ids[] = {"perc/drum", "perc/timpani", "perc/cymbal"};
  size_t notes = 0;
  for (size_t i = 0; i < 3; ++i) {
    notes += part(score, ids[i]) ? part(score, ids[i])->notes.count : 0;
  }
  return notes;
}

static void drums_belong_to_heat(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed < 5; ++seed) {
    Made *made = make("epic", seed);
    add_hit(made, CALM, 21.0, KT_HIT_HARD, 0.95F);
    KtScore *calm = compose(made, CALM), *tense = compose(made, TENSE);
    assert_int_equal(drums(calm), 0);
    assert_true(drums(tense) > 2);
    kt_score_free(calm);
    kt_score_free(tense);
    kt_arena_free(made->arena);
  }
}

static void it_is_not_melody_all_the_time(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 11);
    KtScore *score = compose(made, LONG);
    int with = 0, all = 0;
    for (KtTick at = KT_PPQ / 2; at < score->end; at += KT_PPQ, ++all) {
      with += sounding(part(score, "lead"), at) != NULL;
    }
    assert_true(with > all / 12);
    assert_true(with < all * 9 / 10);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(notes_lie_inside),
      cmocka_unit_test(hits_are_struck),
      cmocka_unit_test(nothing_loops),
      cmocka_unit_test(statements_are_in_the_notes),
      cmocka_unit_test(the_seed_decides),
      cmocka_unit_test(calm_is_less_than_tense),
      cmocka_unit_test(words_are_left_room),
      cmocka_unit_test(nothing_enters_inside_a_line),
      cmocka_unit_test(drums_belong_to_heat),
      cmocka_unit_test(it_is_not_melody_all_the_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
