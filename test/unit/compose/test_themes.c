// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "compose/compose.h"
#include "compose/themes_abc.h"
#include "compose/themes_grow.h"
#include "themes_made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const palettes[] = {"epic",   "chamber", "piano",  "minimal", "pulse",
                                       "hybrid", "horror",  "comedy", "fairy",   "silent"};

static void check_tune(const KtTheme *theme) {
  KtTick bar = (KtTick)theme->beats * 4 * KT_PPQ / theme->unit, end = 0;
  KtTick up = theme->notes.items[0].start; // in a bar of its own
  KtTick upbeat = up * 2 >= bar && theme->ticks % (8 * bar) ? bar : 0;
  assert_true(up < bar && (theme->ticks - upbeat == 8 * bar || theme->ticks - upbeat == 16 * bar));
  assert_true(theme->head >= 3 && theme->head <= 7);
  assert_true(theme->head_ticks > 0 && theme->head_ticks <= upbeat + 2 * bar);
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
  int upbeats = 0, usual = 0, count = 0;
  for (size_t p = 0; p < sizeof(palettes) / sizeof(*palettes); ++p) {
    for (uint64_t seed = 1; seed <= 2; ++seed) {
      KtThemes *themes = compose(seed, palettes[p]);
      assert_int_equal(themes->items.count, 5); // never more
      for (size_t i = 0; i < themes->items.count; ++i) {
        check_tune(&themes->items.items[i]);
        assert_int_equal(themes->items.items[i].subject, i);
        assert_true(themes->items.items[i].score > 0.7F);
        const KtTheme *theme = &themes->items.items[i];
        KtTick bar = (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
        upbeats += theme->notes.items[0].start * 2 >= bar;
        usual += theme->key.mode == KT_MODE_IONIAN || theme->key.mode == KT_MODE_AEOLIAN || theme->key.mode == KT_MODE_DORIAN;
        bool weak = i == 4 && theme->rhythm_from[0]; // Elisabeth: what is weak comes before the bar line
        assert_true(!weak || theme->notes.items[0].start * 2 >= bar);
        ++count;
      }
      kt_themes_free(themes);
    }
  }
  assert_true(upbeats * 10 >= count && upbeats * 2 <= count); // some begin before the bar line
  assert_true(usual * 2 > count);                             // most in modes an ear expects
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

/// Of several voices the first is the theme, however they are named and whatever the others play.
static void test_abc_first_voice(void **state) {
  (void)state;
  static const char *const texts[] = {
      "X:1\nL:1/4\nK:C\nV:1\nC D E F | G4 |\nV:2\n[CE]2 C,2 | G,4 |\nV:1\nA G E2 |]\n",
      "X:1\nL:1/4\nK:C\nV:S clef=treble\nV:B clef=bass\n[V:S] C D E F | G4 |\n[V:B] C,4 | G,4 |\n[V:S] A G E2 |]\n",
  };
  static const int midi[] = {60, 62, 64, 65, 67, 69, 67, 64};
  for (size_t t = 0; t < sizeof(texts) / sizeof(*texts); ++t) {
    KtArena *arena = kt_arena_new();
    KtTheme theme = {0};
    assert_int_equal(kt_theme_parse_abc(arena, texts[t], "voices.abc", &theme, NULL), KT_OK);
    assert_int_equal(theme.notes.count, 8);
    for (size_t i = 0; i < 8; ++i) {
      assert_int_equal(kt_theme_pitch(&theme, &theme.notes.items[i]), midi[i]);
    }
    kt_arena_free(arena);
  }
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

/// Every name of more than one syllable is in its tune: strong ones no shorter than the weak ones beside them.
static void test_names_are_said_as_they_are_stressed(void **state) {
  (void)state;
  static const char *const stress[] = {"/x", "/x", "", "", "x/xx"};
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    KtThemes *themes = compose(seed, palettes[seed % 3]);
    for (size_t i = 0; i < themes->items.count; ++i) {
      const KtTheme *theme = &themes->items.items[i];
      assert_int_equal(theme->rhythm_from[0] != 0, stress[i][0] != 0);
      const KtThemeNote *note = theme->notes.items;
      KtTick bar = (KtTick)theme->beats * 4 * KT_PPQ / theme->unit;
      for (const char *s = stress[i] + strspn(stress[i], "x"); *s; ++s) {
        while (stress[i][0] == 'x' && note->start < bar) {
          ++note; // the upbeat
        }
        assert_true(s[0] != '/' || s[1] != 'x' || note->duration >= note[1].duration);
        assert_true(s[0] != 'x' || s[1] != '/' || note->duration <= note[1].duration);
        ++note;
      }
    }
    kt_themes_free(themes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_said_unless_switched_off),
      cmocka_unit_test(test_names_are_said_as_they_are_stressed),
      cmocka_unit_test(test_tunes_can_be_sung),
      cmocka_unit_test(test_same_seed_same_tunes),
      cmocka_unit_test(test_tunes_differ),
      cmocka_unit_test(test_numerals),
      cmocka_unit_test(test_reads_abc),
      cmocka_unit_test(test_abc_first_voice),
      cmocka_unit_test(test_abc_errors_tell_where),
      cmocka_unit_test(test_brief_gives_a_theme),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
