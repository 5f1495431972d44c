// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/screenplay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/// "heading|INT. HOUSE - DAY;action|..." of what was read, for one look.
static const char *outline(KtArena *arena, const KtScreenplay *play) {
  const char *text = "";
  for (size_t i = 0; i < play->elements.count; ++i) {
    const KtElement *e = &play->elements.items[i];
    text =
        kt_arena_format(arena, "%s%s%s|%s", text, i ? ";" : "", kt_element_name(e->kind), e->text);
  }
  return text;
}

typedef struct Row {
  const char *script, *expected;
} Row;

static void test_elements(void **state) {
  (void)state;
  static const Row rows[] = {
      {"INT. HOUSE - DAY\n\nA man sits.", "heading|INT. HOUSE - DAY;action|A man sits."},
      {"\xEF\xBB\xBFINT. HOUSE\r\n\r\nRain.\r\n", "heading|INT. HOUSE;action|Rain."},
      {"int. house - day\n\nx", "heading|int. house - day;action|x"},
      {"I/E CAR - DAY #12A#\n\nx", "heading|I/E CAR - DAY;action|x"},
      {".SNIPER SCOPE POV\n\nx", "heading|SNIPER SCOPE POV;action|x"},
      {"... not a heading", "action|... not a heading"},
      {"INTERIOR thoughts.", "action|INTERIOR thoughts."},
      {"BEN (V.O.) (CONT'D)\n(low)\nHello.", "character|BEN;parenthetical|low;dialogue|Hello."},
      {"@McDUCK\nI'm vegan.", "character|McDUCK;dialogue|I'm vegan."},
      {"23 (O.S.)\nNo letter.", "action|23 (O.S.)\nNo letter."},
      {"R2D2\nBleep.", "character|R2D2;dialogue|Bleep."},
      {"!BANG\nBANG", "action|BANG\nBANG"},
      {"A BLOCK\nthat is action?", "character|A BLOCK;dialogue|that is action?"},
      {"It is\nWALTER HILL\nhimself.", "action|It is\nWALTER HILL\nhimself."},
      {"SINGER\n~La la\n~Lo lo", "character|SINGER;lyric|La la;lyric|Lo lo"},
      {"ADAM\nHere's\n  \nreason.", "character|ADAM;dialogue|Here's;dialogue|reason."},
      {"x\n\nCUT TO:\n\ny", "action|x;transition|CUT TO:;action|y"},
      {"x\n\nCUT TO:  \n\ny", "action|x;action|CUT TO:;action|y"},
      {"> Burn to white.", "transition|Burn to white."},
      {">  THE END <", "centred|THE END"},
      {"# Act\n## Deep\n= Syn", "section|Act;section|Deep;synopsis|Syn"},
      {"x\n\n===\n\ny", "action|x;page break|;action|y"},
      {"An /* inner */ cut.", "boneyard| inner ;action|An cut."},
      {"A.\n\n/*\nINT. GONE\n\n*/\n\nB.", "action|A.;boneyard|\nINT. GONE\n\n;action|B."},
      {"A [[note]] here.", "note|note;action|A here."},
      {"[[two\nlines]]\n\nB.", "note|two\nlines;action|B."},
      {"[[open\n\nB.", "action|[[open;action|B."},
      {"*Bold* _under_ 2 * 3 \\*star", "action|Bold under 2 * 3 *star"},
      {"FADE IN:\n\nINT. HALL\n\nx", "transition|FADE IN:;heading|INT. HALL;action|x"},
      {"\t\tJACK\n\t(wry)\n\tYes.", "character|JACK;parenthetical|wry;dialogue|Yes."},
      {"BEN\n(a long\nturn)\nYes.", "character|BEN;parenthetical|a long\nturn;dialogue|Yes."},
      {"Z\xC3\x89LIE\nOui.", "character|Z\xC3\x89LIE;dialogue|Oui."},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    KtError err = {0};
    assert_int_equal(
        kt_screenplay_parse(arena, "t", rows[i].script, strlen(rows[i].script), &play, &err),
        KT_OK);
    assert_string_equal(outline(arena, &play), rows[i].expected);
    kt_arena_free(arena);
  }
}

static void test_details(void **state) {
  (void)state;
  static const char script[] =
      "Title:\n\t_**BRICK**_\n\tFULL\nAuthor: A. Writer\nDraft date: 1/2/2012\n\n"
      "INT. X - DAY #1-A#\n\nSTEEL (O.S.) (cont'd)\nScrew it.\n\nBRICK ^\nScrew it.\n";
  KtArena *arena = kt_arena_new();
  KtScreenplay play;
  assert_int_equal(kt_screenplay_parse(arena, "t", script, strlen(script), &play, NULL), KT_OK);
  assert_string_equal(play.title, "BRICK FULL");
  assert_string_equal(play.author, "A. Writer");
  assert_int_equal(play.title_page.count, 3);
  assert_string_equal(play.elements.items[0].scene_number, "1-A");
  assert_int_equal(play.elements.items[0].line, 7);
  assert_string_equal(play.elements.items[1].extension, "O.S.");
  assert_true(play.elements.items[1].continued);
  assert_false(play.elements.items[1].dual);
  assert_true(play.elements.items[3].dual);
  assert_true(play.elements.items[3].at == play.elements.items[1].at);
  kt_arena_free(arena);
}

typedef struct Bad {
  const char *bytes;
  size_t size;
  int line, column;
} Bad;

static void test_errors(void **state) {
  (void)state;
  static const Bad rows[] = {
      {"A caf\xC3\xA9.\nBroken \xC3 here.", 22, 2, 8}, // UTF-8 with a hole in it
      {"ok\n\nab\xFF\xFE", 8, 3, 3},                   // bytes of no text
      {"a\nb\nc\0d", 7, 3, 2},                         // a zero
      {"INT. A\n\nWords /* never\nclosed.", 30, 3, 7}, // open boneyard
      {"\xC3\xA9\xED\xA0\x80", 5, 1, 2},               // a surrogate
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    KtError err = {0};
    assert_int_equal(
        kt_screenplay_parse(arena, "t.fountain", rows[i].bytes, rows[i].size, &play, &err),
        KT_ERR_FORMAT);
    assert_int_equal(err.line, rows[i].line);
    assert_int_equal(err.column, rows[i].column);
    assert_string_equal(err.file, "t.fountain");
    kt_arena_free(arena);
  }
}

static void test_encodings(void **state) {
  (void)state;
  static const char windows[] = "Caf\xE9 \x93hi\x94.";
  static const char utf16[] = "\xFF\xFEH\0i\0.\0";
  KtArena *arena = kt_arena_new();
  KtScreenplay play;
  assert_int_equal(kt_screenplay_parse(arena, "w", windows, sizeof(windows) - 1, &play, NULL),
                   KT_OK);
  assert_int_equal(play.warnings.count, 1);
  assert_non_null(strstr(play.warnings.items[0], "w:1:4"));
  assert_string_equal(play.elements.items[0].text, "Caf\xC3\xA9 \xE2\x80\x9Chi\xE2\x80\x9D.");
  assert_int_equal(kt_screenplay_parse(arena, "u", utf16, sizeof(utf16) - 1, &play, NULL), KT_OK);
  assert_int_equal(play.warnings.count, 0);
  assert_string_equal(play.elements.items[0].text, "Hi.");
  assert_int_equal(kt_screenplay_parse(arena, "e", "", 0, &play, NULL), KT_OK);
  assert_int_equal(play.elements.count, 0);
  kt_arena_free(arena);
}

/// Headings, cues and words of the sample scripts.
static void test_samples(void **state) {
  (void)state;
  const char *films = getenv("KINOTHEK_FILMS");
  if (!films) {
    skip();
    return;
  }
  static const struct {
    const char *name;
    size_t headings, cues;
  } rows[] = {{"SceneHeaders", 16, 0},    {"Dialogue", 0, 12},       {"DualDialogue", 0, 2},
              {"Boneyard", 0, 0},         {"SceneNumbers", 7, 0},    {"Indenting", 1, 2},
              {"brick_and_steel", 8, 20}, {"farmhouse", 4, 7},       {"CenteredText", 0, 0},
              {"ForcedElements", 0, 2},   {"MultilineAction", 0, 0}, {"Notes", 0, 0},
              {"PageBreaks", 0, 0},       {"SectionHeaders", 0, 0},  {"Sections-Complex", 2, 0},
              {"Simple", 3, 1},           {"Synopses", 0, 0},        {"Transitions", 0, 0}};
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    KtError err = {0};
    const char *path = kt_arena_format(arena, "%s/screenplays/%s.fountain", films, rows[i].name);
    assert_int_equal(kt_screenplay_read(arena, path, &play, &err), KT_OK);
    size_t headings = 0;
    size_t cues = 0;
    for (size_t k = 0; k < play.elements.count; ++k) {
      headings += play.elements.items[k].kind == KT_ELEMENT_HEADING;
      cues += play.elements.items[k].kind == KT_ELEMENT_CHARACTER;
    }
    if (headings != rows[i].headings || cues != rows[i].cues) {
      print_message("%s: %zu headings, %zu cues\n", rows[i].name, headings, cues);
    }
    assert_int_equal(headings, rows[i].headings);
    assert_int_equal(cues, rows[i].cues);
    kt_arena_free(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_elements),
                                     cmocka_unit_test(test_details), cmocka_unit_test(test_errors),
                                     cmocka_unit_test(test_encodings),
                                     cmocka_unit_test(test_samples)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
