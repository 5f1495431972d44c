// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/sketch.h"
#include "compose/statement.h"
#include "themes_made.h"

static KtStatementRequest ask(const KtTheme *theme, KtTransform transform) {
  return (KtStatementRequest){.theme = theme,
                              .transform = transform,
                              .key = theme->key,
                              .start = 3840,
                              .available = 4 * theme->ticks,
                              .low = 36,
                              .high = 96};
}

static void check_statement(const KtStatementRequest *request, const KtStatementNotes *notes) {
  assert_true(notes->notes.count > 0);
  KtTick end = request->start;
  for (size_t i = 0; i < notes->notes.count; ++i) {
    const KtNote *note = &notes->notes.items[i];
    assert_true(note->start >= end && note->duration > 0);
    end = note->start + note->duration;
    assert_true(note->midi >= request->low && note->midi <= request->high);
    assert_int_equal(kt_spelling_class(note->spelling), note->midi % 12);
    assert_int_equal(note->statement, -1);
  }
  assert_true(end <= request->start + request->available);
  assert_int_equal(notes->record.notes, notes->notes.count);
  bool head_alone = notes->record.transform == KT_TRANSFORM_FRAGMENT && (int)notes->notes.count <= request->theme->head;
  assert_true(notes->record.transform == request->transform || head_alone);
  for (size_t i = 1; i < notes->chords.count; ++i) {
    assert_true(notes->chords.items[i].start ==
                notes->chords.items[i - 1].start + notes->chords.items[i - 1].duration);
  }
}

static void test_every_form(void **state) {
  (void)state;
  KtThemes *themes = compose(2, "epic");
  for (size_t t = 0; t < themes->items.count; ++t) {
    for (int f = 0; f < KT_TRANSFORM_COUNT; ++f) {
      KtArena *arena = kt_arena_new();
      KtStatementRequest request = ask(&themes->items.items[t], (KtTransform)f);
      KtStatementNotes notes;
      request.other = &themes->items.items[(t + 1) % themes->items.count];
      assert_int_equal(kt_statement_realise(arena, &request, &notes, NULL), KT_OK);
      check_statement(&request, &notes);
      assert_int_equal(notes.answer.count > 0, f == KT_TRANSFORM_CONTRAPUNTAL);
      KtTick least = 0, want = kt_statement_ticks(request.theme, (KtTransform)f, &least);
      assert_true(least > 0 && least <= want);
      request.available = least; // the least still makes sense
      request.low = 55;
      request.high = 74;
      assert_int_equal(kt_statement_realise(arena, &request, &notes, NULL), KT_OK);
      check_statement(&request, &notes);
      request.available = 100;
      assert_int_equal(kt_statement_realise(arena, &request, &notes, NULL), KT_OK);
      check_statement(&request, &notes);
      assert_false(notes.record.recognisable);
      kt_arena_free(arena);
    }
  }
  kt_themes_free(themes);
}

/// Whether a line has the intervals a tune is known by.
static bool is_tune(const KtTheme *theme, const KtNote *notes, size_t count) {
  for (size_t i = 1; i < KT_KNOWN_NOTES && i < theme->notes.count; ++i) {
    int own = kt_theme_pitch(theme, &theme->notes.items[i]) - kt_theme_pitch(theme, &theme->notes.items[i - 1]);
    if (i >= count || (notes[i].midi - notes[i - 1].midi - own) % 12) {
      return false;
    }
  }
  return true;
}

/// Two tunes at once: the second is known too, in whichever mode, and not only begun.
static void test_a_second_tune_is_known(void **state) {
  (void)state;
  KtThemes *themes = compose(4, "hybrid");
  KtArena *arena = kt_arena_new();
  int pairs = 0, known = 0;
  for (size_t a = 0; a < themes->items.count; ++a) {
    for (size_t b = 0; b < themes->items.count; ++b) {
      KtStatementRequest request = ask(&themes->items.items[a], KT_TRANSFORM_CONTRAPUNTAL);
      KtStatementNotes notes;
      request.other = &themes->items.items[b];
      request.available = request.theme->ticks;
      if (a != b && kt_statement_known(request.other) <= request.available) {
        assert_int_equal(kt_statement_realise(arena, &request, &notes, NULL), KT_OK);
        assert_true(notes.answer.count >= (size_t)request.other->head);
        known += is_tune(request.other, notes.answer.items, notes.answer.count);
        ++pairs;
      }
    }
  }
  assert_true(pairs > 10 && known * 10 >= pairs * 9);
  kt_arena_free(arena);
  kt_themes_free(themes);
}

static void test_forms_do_what_they_say(void **state) {
  (void)state;
  KtThemes *themes = compose(2, "chamber");
  const KtTheme *theme = &themes->items.items[0];
  KtArena *arena = kt_arena_new();
  KtStatementNotes plain, long_one, quick, upside;
  KtStatementRequest request = ask(theme, KT_TRANSFORM_PLAIN);
  request.key.tonic = (KtSpelling)(theme->key.tonic + 1);
  assert_int_equal(kt_statement_realise(arena, &request, &plain, NULL), KT_OK);
  assert_int_equal(plain.notes.count, theme->notes.count);
  assert_true(plain.record.recognisable);
  for (size_t i = 0; i < plain.notes.count; ++i) { // the tune, moved as the record says
    assert_int_equal(plain.notes.items[i].midi,
                     kt_theme_pitch(theme, &theme->notes.items[i]) + plain.record.transpose);
    assert_int_equal(plain.notes.items[i].start, 3840 + theme->notes.items[i].start);
  }
  assert_int_equal(plain.chords.count, theme->chords.count);
  request.transform = KT_TRANSFORM_AUGMENTATION;
  assert_int_equal(kt_statement_realise(arena, &request, &long_one, NULL), KT_OK);
  assert_int_equal(long_one.notes.items[1].start - 3840, 2 * theme->notes.items[1].start);
  request.transform = KT_TRANSFORM_DIMINUTION;
  assert_int_equal(kt_statement_realise(arena, &request, &quick, NULL), KT_OK);
  assert_int_equal(quick.notes.items[1].start - 3840, theme->notes.items[1].start / 2);
  request.transform = KT_TRANSFORM_INVERSION;
  assert_int_equal(kt_statement_realise(arena, &request, &upside, NULL), KT_OK);
  for (size_t i = 1; i < (size_t)theme->head; ++i) {
    int up = plain.notes.items[i].midi - plain.notes.items[i - 1].midi;
    int down = upside.notes.items[i].midi - upside.notes.items[i - 1].midi;
    assert_true(up * down <= 0);
  }
  kt_arena_free(arena);
  kt_themes_free(themes);
}

static bool in_mode(KtKey key, int class) {
  for (int d = 0; d < 7; ++d) {
    if ((kt_mode_degree(key.mode, d) + kt_spelling_class(key.tonic) - class + 24) % 12 == 0) {
      return true;
    }
  }
  return false;
}

/// Notes that sound a degree which the chord under them has altered.
static int false_relations(const KtStatementNotes *notes, KtKey key) {
  int found = 0;
  for (size_t i = 0; i < notes->chords.count; ++i) {
    const KtChord *chord = &notes->chords.items[i];
    int classes[6], count = kt_chord_classes(chord->quality, classes);
    for (int t = 0; t < count; ++t) {
      int tone = (kt_spelling_class(chord->root) + classes[t]) % 12;
      for (size_t n = 0; !in_mode(key, tone) && n < notes->notes.count; ++n) {
        const KtNote *note = &notes->notes.items[n];
        int off = (note->midi - tone + 12) % 12;
        found += (off == 1 || off == 11) && note->start < chord->start + chord->duration &&
                 note->start + note->duration > chord->start;
      }
    }
  }
  return found;
}

/// Another harmony, but none that says the opposite of the tune.
static void test_new_harmony_does_not_contradict(void **state) {
  (void)state;
  int found = 0, notes = 0;
  for (uint64_t seed = 1; seed < 9; ++seed) {
    KtThemes *themes = compose(seed, "epic");
    KtArena *arena = kt_arena_new();
    for (size_t t = 0; t < themes->items.count; ++t) {
      KtStatementNotes other;
      KtStatementRequest request = ask(&themes->items.items[t], KT_TRANSFORM_REHARMONISED);
      assert_int_equal(kt_statement_realise(arena, &request, &other, NULL), KT_OK);
      found += false_relations(&other, request.key);
      notes += (int)other.notes.count;
    }
    kt_arena_free(arena);
    kt_themes_free(themes);
  }
  if (found * 500 > notes) {
    fail_msg("%d of %d notes are contradicted by their chord", found, notes);
  }
}

static void test_mode_and_harmony_change(void **state) {
  (void)state;
  KtThemes *themes = compose(3, "epic");
  KtArena *arena = kt_arena_new();
  int moved = 0, other_roots = 0, fits = 0, chords = 0;
  for (size_t t = 0; t < themes->items.count; ++t) {
    const KtTheme *theme = &themes->items.items[t];
    KtStatementNotes plain, dark, other;
    KtStatementRequest request = ask(theme, KT_TRANSFORM_PLAIN);
    assert_int_equal(kt_statement_realise(arena, &request, &plain, NULL), KT_OK);
    request.transform = KT_TRANSFORM_REHARMONISED;
    assert_int_equal(kt_statement_realise(arena, &request, &other, NULL), KT_OK);
    for (size_t i = 0; i < other.chords.count; ++i) {
      other_roots += kt_spelling_class(other.chords.items[i].root) !=
                     kt_spelling_class(plain.chords.items[i].root);
      ++chords;
      int classes[6], count = kt_chord_classes(other.chords.items[i].quality, classes);
      for (size_t n = 0; n < other.notes.count; ++n) { // the note on the chord's start belongs
        if (other.notes.items[n].start == other.chords.items[i].start) {
          int above = other.notes.items[n].midi - kt_spelling_class(other.chords.items[i].root);
          for (int c = 0; c < count; ++c) {
            fits += (above - classes[c]) % 12 == 0;
          }
        }
      }
    }
    request.transform = KT_TRANSFORM_MODE;
    request.key.mode = theme->key.mode == KT_MODE_PHRYGIAN ? KT_MODE_IONIAN : KT_MODE_PHRYGIAN;
    assert_int_equal(kt_statement_realise(arena, &request, &dark, NULL), KT_OK);
    for (size_t i = 0; i < dark.notes.count && i < plain.notes.count; ++i) {
      moved += dark.notes.items[i].midi != plain.notes.items[i].midi;
      assert_true(abs(dark.notes.items[i].midi - plain.notes.items[i].midi) % 12 <= 2 ||
                  abs(dark.notes.items[i].midi - plain.notes.items[i].midi) % 12 >= 10);
    }
  }
  assert_true(moved > 20);
  assert_true(other_roots * 3 > chords); // a third of the roots at least are new
  assert_true(fits * 2 > chords);        // and still carry the tune
  kt_arena_free(arena);
  kt_themes_free(themes);
}

static void test_follows_the_bars(void **state) {
  (void)state;
  KtThemeNote tune[] = {{0, 1920, 0, 0, 0},
                        {1920, 1920, 2, 0, 0},
                        {3840, 3840, 4, 0, 0},
                        {7680, 3840, 1, 0, 0},
                        {11520, 3840, 0, 0, 0}};
  KtTheme theme = {.id = "T1",
                   .key = {0, KT_MODE_IONIAN},
                   .tonic_midi = 60,
                   .beats = 4,
                   .unit = 4,
                   .bpm = 90,
                   .head = 3,
                   .head_ticks = 7680,
                   .ticks = 15360};
  theme.notes.items = tune;
  theme.notes.count = 5;
  KtMetre bars[] = {{0, 4, 4}, {3840, 5, 4}, {8640, 4, 4}, {12480, 3, 4}};
  KtMetres metres = {.items = bars, .count = 4};
  KtArena *arena = kt_arena_new();
  KtStatementNotes notes;
  KtStatementRequest request = ask(&theme, KT_TRANSFORM_PLAIN);
  request.start = 0;
  request.metres = &metres;
  assert_int_equal(kt_statement_realise(arena, &request, &notes, NULL), KT_OK);
  static const KtTick starts[] = {0, 1920, 3840, 8640, 12480};
  for (size_t i = 0; i < 5; ++i) {
    assert_int_equal(notes.notes.items[i].start, starts[i]);
  }
  assert_int_equal(notes.notes.items[4].duration, 2880);
  kt_arena_free(arena);
}

static void test_bad_requests(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtTheme empty = {.id = "T9", .beats = 4, .unit = 4};
  KtStatementNotes notes;
  KtStatementRequest request = ask(&empty, KT_TRANSFORM_PLAIN);
  assert_int_equal(kt_statement_realise(arena, &request, &notes, NULL), KT_ERR_ARGUMENT);
  kt_arena_free(arena);
}

/// A cue of eight bars of 4/4 at 120, with a strong hit on a bar line or none.
static void make_sketch(KtArena *arena, KtSketch *sketch, KtCuePlan *plan, const KtThemes *themes, const KtDesk *desk,
                        KtTick hit) {
  static const KtCue cue = {.name = "1m01"};
  KtScore *score = KT_NEW(arena, KtScore, 1);
  score->arena = arena;
  score->end = 32 * KT_PPQ;
  *(KtMetre *)kt_array_push(arena, &score->metres) = (KtMetre){0, 4, 4};
  *(KtTempoPoint *)kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){0, 0};
  *(KtTempoPoint *)kt_array_push(arena, &score->tempo.points) = (KtTempoPoint){score->end, kt_film_time(16)};
  if (hit) {
    *(KtScoreHit *)kt_array_push(arena, &score->hits) = (KtScoreHit){.hit = 0, .tick = hit};
  }
  *sketch = (KtSketch){.desk = desk, .themes = themes, .plan = plan, .cue = &cue, .arena = arena, .score = score};
}

static void test_bars_take_the_themes_metre(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtThemes themes = {.arena = arena};
  KtTheme *waltz = kt_array_push(arena, &themes.items);
  *waltz = (KtTheme){.beats = 3, .unit = 4, .head = 5, .head_ticks = 6 * KT_PPQ, .ticks = 12 * KT_PPQ};
  KtSpotting spotting = {.arena = arena};
  *(KtHit *)kt_array_push(arena, &spotting.hits) = (KtHit){.weight = 0.9F};
  KtDesk desk = {.spotting = &spotting};
  KtCuePlan plan = {.beats = 4, .unit = 4};
  *(KtPlannedStatement *)kt_array_push(arena, &plan.statements) =
      (KtPlannedStatement){.transform = KT_TRANSFORM_PLAIN, .at = kt_film_time(2)};
  const struct {
    KtTick hit, probe;
    int beats;
    KtTick end;
  } rows[] = {{0, 4 * KT_PPQ, 3, 16 * KT_PPQ},  // twelve quarters: four bars of three instead of three of four
              {12 * KT_PPQ, 4 * KT_PPQ, 3, 12 * KT_PPQ}, // a strong hit keeps its bar line
              {8 * KT_PPQ, 4 * KT_PPQ, 4, 8 * KT_PPQ}};  // and leaves the head no room
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtSketch sketch;
    make_sketch(arena, &sketch, &plan, &themes, &desk, rows[i].hit);
    kt_sketch_rebar(&sketch);
    const KtMetres *metres = &sketch.score->metres;
    assert_int_equal(kt_metres_at(metres, 0).beats, 4);
    assert_int_equal(kt_metres_at(metres, rows[i].probe).beats, rows[i].beats);
    assert_int_equal(kt_metres_at(metres, 16 * KT_PPQ).beats, 4);
    bool line = false;
    for (KtTick at = 0; at < sketch.score->end; at += kt_metre_bar_ticks(kt_metres_at(metres, at))) {
      line = line || at == rows[i].end;
    }
    assert_true(line);
    assert_int_equal(kt_sketch_carries(&sketch, waltz, 4 * KT_PPQ, 6 * KT_PPQ), rows[i].beats == 3);
  }
  kt_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_form),
      cmocka_unit_test(test_a_second_tune_is_known),
      cmocka_unit_test(test_forms_do_what_they_say),
      cmocka_unit_test(test_new_harmony_does_not_contradict),
      cmocka_unit_test(test_mode_and_harmony_change),
      cmocka_unit_test(test_follows_the_bars),
      cmocka_unit_test(test_bad_requests),
      cmocka_unit_test(test_bars_take_the_themes_metre),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
