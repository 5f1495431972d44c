// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "made.h"

static const char *const PALETTES[] = {"epic", "chamber", "piano", "minimal", "pulse", "hybrid", "horror", "comedy", "fairy", "silent"};

/// Consecutive fifths and octaves between bass and highest inner voice, both moving, at chord changes.
static void outer_voices_do_not_run_parallel(void **state) {
  (void)state;
  int changes = 0, parallels = 0;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 3);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      const KtPart *bass = part(score, "bass"), *top = part(score, "harmony/1");
      for (size_t i = 1; i < score->chords.count; ++i) {
        KtTick at = score->chords.items[i].start, before = score->chords.items[i - 1].start;
        const KtNote *b0 = sounding(bass, before), *b1 = sounding(bass, at);
        const KtNote *t0 = sounding(top, before), *t1 = sounding(top, at);
        if (!b0 || !b1 || !t0 || !t1 || b0->midi == b1->midi || t0->midi == t1->midi) {
          continue;
        }
        int was = (t0->midi - b0->midi) % 12, is = (t1->midi - b1->midi) % 12;
        ++changes;
        parallels += was == is && (is == 0 || is == 7);
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
  assert_true(changes > 100);
  assert_int_equal(parallels, 0);
}

static void low_intervals_are_open(void **state) {
  (void)state;
  static const char *const ids[] = {"bass", "harmony/1", "harmony/2", "harmony/3", "harmony/4"};
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 4);
    for (int c = 0; c < CUES; ++c) {
      KtScore *score = compose(made, c);
      for (size_t i = 0; i < score->chords.count; ++i) {
        KtTick at = score->chords.items[i].start;
        for (int a = 0; a < 5; ++a) {
          for (int b = 0; b < 5; ++b) {
            const KtNote *low = sounding(part(score, ids[a]), at), *high = sounding(part(score, ids[b]), at);
            if (a == b || !low || !high || high->midi <= low->midi) {
              continue;
            }
            int interval = high->midi - low->midi;
            assert_false(low->midi < 48 && interval < 5);
            assert_false(low->midi < 34 && interval < 12);
          }
        }
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
}

static int outside(const KtChord *chord, KtKey key) {
  int classes[6], count = kt_chord_classes(chord->quality, classes), out = 0;
  for (int i = 0; i < count; ++i) {
    out += !kt_in_key(key, kt_spelling_class(chord->root) + classes[i]);
  }
  return out;
}

/// Where it is calm, the chord before another key belongs to it but for one tone at most.
/// Sevenths go down by step, or stay, or are taken by what is dissonant anyway; leading tones of a dominant go up,
/// or stay: in the inner voices of music that is not meant to be tense.
static void tendencies_resolve(void **state) {
  (void)state;
  static const char *const ids[] = {"harmony/1", "harmony/2", "harmony/3", "harmony/4"};
  int due = 0, resolved = 0;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 60 + p);
    for (int c = 0; c < CUES; c += LONG) { // the calm and the long one
      KtScore *score = compose(made, c);
      for (size_t i = 0; i + 1 < score->chords.count; ++i) {
        const KtChord *chord = &score->chords.items[i], *next = chord + 1;
        int classes[6], count = kt_chord_classes(chord->quality, classes), root = kt_spelling_class(chord->root);
        int leading = (kt_spelling_class(chord->key.tonic) + 11) % 12;
        bool dominant = (root - kt_spelling_class(chord->key.tonic) + 12) % 12 == 7 && classes[1] == 4;
        for (int v = 0; v < 4; ++v) {
          const KtNote *a = sounding(part(score, ids[v]), next->start - 1), *b = sounding(part(score, ids[v]), next->start + 1);
          bool seventh = a && count == 4 && classes[3] >= 9 && classes[3] <= 11 && a->midi % 12 == (root + classes[3]) % 12;
          bool leads = a && dominant && a->midi % 12 == leading;
          if (!a || !b || (!seventh && !leads) || next->root == chord->root) {
            continue;
          }
          int by = b->midi - a->midi;
          ++due;
          resolved += (seventh && by <= 0 && by >= -2) || (leads && by >= 0 && by <= 2) || kt_in_chord(next, a->midi);
        }
      }
      kt_score_free(score);
    }
    kt_arena_free(made->arena);
  }
  print_message("%d of %d tendencies resolved\n", resolved, due);
  assert_true(due > 20);
  assert_true(resolved * 10 >= due * 8);
}

/// What is calm and rings off, or fades, ends on its tonic, theme or no theme, in the bass too.
static void calm_cues_end_at_home(void **state) {
  (void)state;
  for (size_t p = 0; p < 10; ++p) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      Made *made = make(PALETTES[p], seed);
      for (int c = 0; c < CUES; c += LONG) { // the calm and the long one
        KtScore *score = compose(made, c);
        const KtChord *last = &score->chords.items[score->chords.count - 1];
        const KtNote *bass = sounding(part(score, "bass"), score->end - 1);
        assert_int_equal(kt_spelling_class(last->root), kt_spelling_class(last->key.tonic));
        assert_true(!bass || kt_in_chord(last, bass->midi));
        kt_score_free(score);
      }
      kt_arena_free(made->arena);
    }
  }
}

/// Measured in the notes of all palettes: where the arc rises and falls the music does, half of it by harmony alone.
static void tension_follows_the_arc(void **state) {
  (void)state;
  double sum = 0, harmony = 0;
  for (size_t p = 0; p < 10; ++p) {
    Made *made = make(PALETTES[p], 21);
    KtScore *score = compose(made, LONG);
    enum { STEPS = 240 };
    float heard[STEPS], meant[STEPS], width[STEPS];
    KtFilmTime step = KT_FLICKS_PER_SECOND / 2;
    kt_heard_tension(score, step, heard, STEPS);
    for (int i = 0; i < STEPS; ++i) {
      meant[i] = kt_story_at(&made->story, kt_film_time(CUE[LONG].in) + i * step).tension;
      KtTick from = kt_tempo_tick(&score->tempo, i > 8 ? (i - 8) * step : 0), to = kt_tempo_tick(&score->tempo, (i + 8) * step);
      KtTones tones = {{0}};
      kt_heard_between(score->parts.items, score->parts.count, from, to, 4, score->keys.items[0].key, &tones);
      width[i] = (float)kt_harmony_tension(&tones, score->keys.items[0].key);
    }
    KtArena *scratch = kt_arena_new();
    sum += kt_rank_correlation(scratch, heard, meant, STEPS);
    harmony += kt_rank_correlation(scratch, width, meant, STEPS);
    kt_arena_free(scratch);
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  print_message("rank correlation %.2f, of harmony alone %.2f\n", sum / 10, harmony / 10);
  assert_true(sum / 10 > 0.7);
  assert_true(harmony / 10 > 0.25);
}

static void keys_are_prepared(void **state) {
  (void)state;
  int changes = 0, jolts = 0;
  for (size_t p = 0; p < 30; ++p) {
    Made *made = make(PALETTES[p % 10], 40 + p);
    for (int i = 0; i < 2; ++i) {
      KtTurn *turn = kt_array_push(made->arena, &made->story.turns);
      *turn = (KtTurn){.at = kt_film_time(7 + 19 * i), .weight = 0.9F}; // as the tune begins, and once it is told
    }
    KtScore *score = compose(made, CALM);
    for (size_t i = 1; i < score->chords.count; ++i) {
      const KtChord *chord = &score->chords.items[i];
      if (chord->key.tonic != chord[-1].key.tonic || chord->key.mode != chord[-1].key.mode) {
        assert_true(abs(chord->key.tonic - chord[-1].key.tonic) <= 1);
        ++changes;
        jolts += outside(chord - 1, chord->key) > 1;
      }
    }
    kt_score_free(score);
    kt_arena_free(made->arena);
  }
  assert_true(changes > 3);
  assert_int_equal(jolts, 0);
}

/// A seventh falls, a sixth is at rest; the third of a dominant with a ninth leads up.
static void chords_say_where_their_tones_want_to_go(void **state) {
  (void)state;
  KtChord chord = {.root = 0, .bass = 0, .quality = KT_CHORD_MINOR7, .key = {-2, KT_MODE_IONIAN}};
  assert_int_equal(kt_tendency(&chord, 70), -1);
  chord.quality = KT_CHORD_MINOR6;
  assert_int_equal(kt_tendency(&chord, 69), 0);
  chord.quality = KT_CHORD_DOMINANT7_FLAT9;
  assert_int_equal(kt_tendency(&chord, 70), -1);
  assert_int_equal(kt_tendency(&chord, 64), 1);
  assert_true(kt_in_chord(&chord, 61) && !kt_in_chord(&chord, 62));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(outer_voices_do_not_run_parallel),
      cmocka_unit_test(low_intervals_are_open),
      cmocka_unit_test(tendencies_resolve),
      cmocka_unit_test(calm_cues_end_at_home),
      cmocka_unit_test(chords_say_where_their_tones_want_to_go),
      cmocka_unit_test(tension_follows_the_arc),
      cmocka_unit_test(keys_are_prepared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
