// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "compose/compose.h"
#include "compose/statement.h"
#include "compose/themes_abc.h"
#include "compose/themes_grow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static KtContext context_of(uint64_t seed) {
  return (KtContext){.data_dir = getenv("KINOTHEK_DATA"), .threads = 2, .seed = seed};
}

static KtThemes *compose_without(uint64_t seed, const char *palette, const char *off) {
  static const struct {
    const char *name, *rhythm;
    float valence, arousal, tension;
    KtColour colour;
    KtSubjectKind kind;
  } rows[] = {
      {"Barbra", "/x", -0.1F, -0.1F, 0.5F, KT_COLOUR_LOSS, KT_SUBJECT_CHARACTER},
      {"Johnny", "/x", 0.3F, 0.3F, 0.2F, KT_COLOUR_COMEDY, KT_SUBJECT_CHARACTER},
      {"the farmhouse", "", -0.4F, -0.3F, 0.7F, KT_COLOUR_MYSTERY, KT_SUBJECT_PLACE},
      {"the chase", "", -0.2F, 0.7F, 0.7F, KT_COLOUR_MENACE, KT_SUBJECT_IDEA},
      {"Elisabeth", "x/xx", 0.4F, -0.2F, 0.2F, KT_COLOUR_ROMANCE, KT_SUBJECT_CHARACTER},
      {"Nobody", "/xx", 0, 0, 0.3F, KT_COLOUR_INTIMACY, KT_SUBJECT_CHARACTER},
  };
  KtContext ctx = context_of(seed);
  KtArena *arena = kt_arena_new();
  KtStory story = {.arena = arena};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtSubject *subject = kt_array_push(arena, &story.subjects);
    *subject = (KtSubject){.kind = rows[i].kind,
                           .name = rows[i].name,
                           .rhythm = rows[i].rhythm,
                           .weight = 1 - 0.1F * (float)i,
                           .character = -1,
                           .emotion = {.valence = rows[i].valence,
                                       .arousal = rows[i].arousal,
                                       .tension = rows[i].tension}};
    subject->emotion.colours[rows[i].colour] = 0.6F;
  }
  KtPalette mix = {.id = palette, .tempo_min_bpm = 50, .tempo_max_bpm = 160};
  KtBrief brief = {0};
  if (off) {
    *(const char **)kt_array_push(arena, &brief.off) = off;
  }
  KtDesk desk = {.ctx = &ctx, .story = &story, .palette = &mix, .brief = &brief};
  KtThemes *themes = NULL;
  KtError err = {0};
  if (kt_compose_themes(&desk, &themes, &err)) {
    fail_msg("%s: %s", err.file, err.message);
  }
  kt_arena_free(arena);
  return themes;
}

static KtThemes *compose(uint64_t seed, const char *palette) {
  return compose_without(seed, palette, NULL);
}

static const char *const palettes[] = {"epic",   "chamber", "piano",  "minimal", "pulse",
                                       "hybrid", "horror",  "comedy", "fairy",   "silent"};

static void check_tune(const KtTheme *theme) {
  KtTick bar = (KtTick)theme->beats * 4 * KT_PPQ / theme->unit, end = 0;
  assert_true(theme->ticks == 8 * bar || theme->ticks == 16 * bar);
  assert_true(theme->head >= 3 && theme->head <= 7);
  assert_true(theme->head_ticks > 0 && theme->head_ticks <= 2 * bar);
  assert_int_equal(theme->head_ticks % (4 * KT_PPQ / theme->unit), 0);
  int low = 1000, high = 0, leaps = 0, left = 0;
  for (size_t i = 0; i < theme->notes.count; ++i) {
    const KtThemeNote *note = &theme->notes.items[i];
    assert_true(note->start >= end && note->duration > 0);
    end = note->start + note->duration;
    int pitch = kt_theme_pitch(theme, note);
    low = pitch < low ? pitch : low;
    high = pitch > high ? pitch : high;
    if (i > 0 && i + 1 < theme->notes.count) {
      int step = note->degree - note[-1].degree, next = note[1].degree - note->degree;
      assert_true(abs(step) <= 9);
      if (abs(step) >= 4) {
        ++leaps;
        left += (next > 0) == (step > 0) && abs(next) > 1;
      }
    }
  }
  assert_true(end <= theme->ticks);
  assert_true(high - low >= 4 && high - low <= 19); // near a tenth; a twelfth at the very most
  assert_true(low >= 48 && high <= 88);
  assert_true(left * 2 <= leaps + 1); // leaps are mostly answered
  const KtThemeNote *last = &theme->notes.items[theme->notes.count - 1];
  assert_int_equal(((last->degree % 7) + 7) % 7, 0);
  KtTick chords = 0;
  for (size_t i = 0; i < theme->chords.count; ++i) {
    assert_int_equal(theme->chords.items[i].start, chords);
    chords += theme->chords.items[i].duration;
  }
  assert_int_equal(chords, theme->ticks);
  assert_true(theme->bpm >= 50 && theme->bpm <= 160);
}

static void test_tunes_can_be_sung(void **state) {
  (void)state;
  for (size_t p = 0; p < sizeof(palettes) / sizeof(*palettes); ++p) {
    for (uint64_t seed = 1; seed <= 2; ++seed) {
      KtThemes *themes = compose(seed, palettes[p]);
      assert_int_equal(themes->items.count, 5); // never more
      for (size_t i = 0; i < themes->items.count; ++i) {
        check_tune(&themes->items.items[i]);
        assert_int_equal(themes->items.items[i].subject, i);
        assert_true(themes->items.items[i].score > 0.7F);
      }
      kt_themes_free(themes);
    }
  }
}

static void test_same_seed_same_tunes(void **state) {
  (void)state;
  KtThemes *a = compose(5, "chamber"), *b = compose(5, "chamber"), *c = compose(6, "chamber");
  bool other = false;
  for (size_t i = 0; i < a->items.count; ++i) {
    const KtTheme *x = &a->items.items[i], *y = &b->items.items[i], *z = &c->items.items[i];
    assert_int_equal(x->notes.count, y->notes.count);
    for (size_t k = 0; k < x->notes.count; ++k) {
      assert_int_equal(x->notes.items[k].degree, y->notes.items[k].degree);
      assert_int_equal(x->notes.items[k].start, y->notes.items[k].start);
      other = other || k >= z->notes.count || x->notes.items[k].degree != z->notes.items[k].degree;
    }
  }
  assert_true(other);
  kt_themes_free(a);
  kt_themes_free(b);
  kt_themes_free(c);
}

static void test_tunes_differ(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    KtThemes *themes = compose(seed, "epic");
    for (size_t i = 0; i < themes->items.count; ++i) {
      for (size_t k = 0; k < i; ++k) {
        const KtTheme *a = &themes->items.items[i], *b = &themes->items.items[k];
        int same = 0;
        for (int n = 1; n < 5 && n < (int)a->notes.count && n < (int)b->notes.count; ++n) {
          const KtThemeNote *x = &a->notes.items[n], *y = &b->notes.items[n];
          same += x[0].degree - x[-1].degree == y[0].degree - y[-1].degree &&
                  x[-1].duration == y[-1].duration;
        }
        assert_true(same < 4);
      }
    }
    kt_themes_free(themes);
  }
}

static void test_numerals(void **state) {
  (void)state;
  KtThemeChord chords[KT_TUNE_CHORDS_MAX];
  assert_int_equal(kt_tune_chords("i | bVII7 iv | Vsus4", 3840, chords), 4);
  assert_int_equal(chords[1].degree, 6);
  assert_int_equal(chords[1].alter, -1);
  assert_int_equal(chords[1].quality, KT_CHORD_DOMINANT7);
  assert_int_equal(chords[1].start, 3840);
  assert_int_equal(chords[1].duration, 1920);
  assert_int_equal(chords[2].quality, KT_CHORD_MINOR);
  assert_int_equal(chords[3].degree, 4);
  assert_int_equal(chords[3].quality, KT_CHORD_SUS4);
  assert_int_equal(kt_tune_chords("i | VIIx", 3840, chords), -1);
  assert_int_equal(kt_tune_chords("H", 3840, chords), -1);
}

// Statements.

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
  assert_int_equal(notes->record.transform, request->transform);
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

static void test_reads_abc(void **state) {
  (void)state;
  static const char text[] =
      "% a tune\n"
      "X:1\nT:Home\nM:3/4\nL:1/8\nQ:1/4=84\nK:Dm\n"
      "A2 | \"^head\"\"Dm\"d3 e f2 | \"A7\"\"^end of head\"^c4-c2 | \"Gm\"(3BAG F2>E2 |\n"
      "\"Dm\"D6 |]\n\nX:2\nK:C\nC D E\n";
  KtArena *arena = kt_arena_new();
  KtTheme theme = {0};
  KtError err = {0};
  if (kt_theme_parse_abc(arena, text, "home.abc", &theme, &err)) {
    fail_msg("%d:%d %s", err.line, err.column, err.message);
  }
  static const struct {
    KtTick start, duration;
    int midi;
  } notes[] = {{1920, 960, 69},  {2880, 1440, 74}, {4320, 480, 76},  {4800, 960, 77},
               {5760, 2880, 73}, {8640, 320, 70},  {8960, 320, 69},  {9280, 320, 67},
               {9600, 1440, 65}, {11040, 480, 64}, {11520, 2880, 62}};
  assert_int_equal(theme.notes.count, 11);
  for (size_t i = 0; i < 11; ++i) {
    assert_int_equal(theme.notes.items[i].start, notes[i].start);
    assert_int_equal(theme.notes.items[i].duration, notes[i].duration);
    assert_int_equal(kt_theme_pitch(&theme, &theme.notes.items[i]), notes[i].midi);
  }
  assert_int_equal(theme.beats, 3);
  assert_int_equal(theme.head, 5);
  assert_int_equal(theme.ticks, 5 * 2880);
  assert_int_equal(theme.chords.items[1].quality, KT_CHORD_DOMINANT7);
  assert_int_equal(theme.chords.items[1].degree, 4);
  assert_true(fabs(theme.bpm - 84) < 1e-9);
  assert_true(theme.locked);
  kt_arena_free(arena);
}

static void test_abc_errors_tell_where(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int line, column;
  } rows[] = {{"X:1\nK:H\n", 2, 1},
              {"X:1\nK:C\nC D ; E\n", 3, 5},
              {"C D E\n", 1, 1},
              {"X:1\nM:1/3\nK:C\n", 2, 1},
              {"K:C\nC \"Am\nD\n", 2, 3},
              {"K:C\n[CEG] D\n", 2, 1},
              {"K:C\nC99999999999999999999 D\n", 2, 22},
              {"K:C\nC D\n", 3, 0},
              {"", 1, 0}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtArena *arena = kt_arena_new();
    KtTheme theme = {0};
    KtError err = {0};
    assert_int_equal(kt_theme_parse_abc(arena, rows[i].text, "x.abc", &theme, &err), KT_ERR_FORMAT);
    if (err.line != rows[i].line || err.column != rows[i].column) {
      fail_msg("row %zu: %d:%d %s", i, err.line, err.column, err.message);
    }
    kt_arena_free(arena);
  }
}

static void test_brief_gives_a_theme(void **state) {
  (void)state;
  static const char path[] = "test_themes_given.abc";
  static const char text[] = "X:1\nM:4/4\nL:1/4\nK:G\nG B d2 | c A G2 |]\n";
  assert_int_equal(kt_file_write(path, text, strlen(text), NULL), KT_OK);
  KtContext ctx = context_of(1);
  KtArena *arena = kt_arena_new();
  KtStory story = {.arena = arena};
  for (int i = 0; i < 2; ++i) {
    KtSubject *subject = kt_array_push(arena, &story.subjects);
    *subject =
        (KtSubject){.name = i ? "Maria" : "Anna", .rhythm = "", .weight = 1, .character = -1};
  }
  KtBrief brief = {.arena = arena};
  KtBriefTheme *given = kt_array_push(arena, &brief.themes);
  *given = (KtBriefTheme){"maria", path};
  KtDesk desk = {.ctx = &ctx, .story = &story, .brief = &brief};
  KtThemes *themes = NULL;
  assert_int_equal(kt_compose_themes(&desk, &themes, NULL), KT_OK);
  assert_false(themes->items.items[0].locked);
  assert_true(themes->items.items[1].locked);
  assert_int_equal(themes->items.items[1].notes.count, 6);
  assert_string_equal(themes->items.items[1].title, "Maria");
  kt_themes_free(themes);
  given->file = "missing.abc";
  assert_int_equal(kt_compose_themes(&desk, &themes, NULL), KT_ERR_MISSING);
  given->file = "tune.pdf";
  assert_int_equal(kt_compose_themes(&desk, &themes, NULL), KT_ERR_UNSUPPORTED);
  remove(path);
  kt_arena_free(arena);
}

static void names_are_said_unless_switched_off(void **state) {
  (void)state;
  int said[2] = {0};
  for (int off = 0; off < 2; ++off) {
    KtThemes *themes = compose_without(1, "chamber", off ? "name_rhythm" : NULL);
    for (size_t i = 0; i < themes->items.count; ++i) {
      said[off] += *themes->items.items[i].rhythm_from != 0;
    }
    kt_themes_free(themes);
  }
  assert_true(said[0] >= 2);
  assert_int_equal(said[1], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_said_unless_switched_off),
      cmocka_unit_test(test_tunes_can_be_sung),
      cmocka_unit_test(test_same_seed_same_tunes),
      cmocka_unit_test(test_tunes_differ),
      cmocka_unit_test(test_numerals),
      cmocka_unit_test(test_every_form),
      cmocka_unit_test(test_forms_do_what_they_say),
      cmocka_unit_test(test_new_harmony_does_not_contradict),
      cmocka_unit_test(test_mode_and_harmony_change),
      cmocka_unit_test(test_follows_the_bars),
      cmocka_unit_test(test_bad_requests),
      cmocka_unit_test(test_reads_abc),
      cmocka_unit_test(test_abc_errors_tell_where),
      cmocka_unit_test(test_brief_gives_a_theme),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
