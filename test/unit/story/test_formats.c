// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "story/screenplay.h"

#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

static const char *sample(KtArena *arena, const char *name) {
  return kt_arena_format(arena, "%s/test/fuzz/corpus/%s", getenv("KINOTHEK_SOURCE"), name);
}

static void read_sample(KtArena *arena, const char *name, KtScreenplay *play) {
  KtError err = {0};
  if (kt_screenplay_read(arena, sample(arena, name), play, &err)) {
    fail_msg("%s:%d:%d %s", name, err.line, err.column, err.message);
  }
}

static const KtElement *find(const KtScreenplay *play, const char *text) {
  for (size_t i = 0; i < play->elements.count; ++i) {
    if (strstr(play->elements.items[i].text, text)) {
      return &play->elements.items[i];
    }
  }
  fail_msg("\"%s\" is not in what was read", text);
  return NULL;
}

static void test_final_draft(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScreenplay play;
  read_sample(arena, "fdx/lamp.fdx", &play);
  assert_int_equal(play.format, KT_SCRIPT_FINAL_DRAFT);
  assert_string_equal(play.title, "THE LAMP");
  assert_string_equal(play.author, "A. Writer");
  assert_string_equal(
      outline(arena, &play),
      "transition|FADE IN:;heading|INT. CAVE - NIGHT;synopsis|They find the lamp.;"
      "synopsis|Nura hopes.;action|Nura lifts the LAMP & rubs it. A d\xE2\x80\x99jinn \xE2\x80\x94 "
      "smoke.;character|NURA;parenthetical|whispering;dialogue|Is anyone there?;note|Too coy?;"
      "character|DJINN;dialogue|I am.;character|OMAR;dialogue|Run!;page break|;"
      "shot|CLOSE ON THE LAMP;heading|EXT. DESERT - DAWN;heading|OMITTED;"
      "boneyard|INT. TENT - DAY;boneyard|They slept.;lyric|La la.;action|Odd thing.");
  assert_string_equal(find(&play, "CAVE")->scene_number, "1");
  assert_string_equal(find(&play, "DESERT")->scene_number, "2A");
  assert_string_equal(find(&play, "rubs")->revision, "Pink");
  assert_string_equal(find(&play, "Run!")->revision, "");
  assert_string_equal(find(&play, "DJINN")->extension, "O.S.");
  assert_true(find(&play, "NURA")->continued);
  assert_true(find(&play, "OMAR")->dual);
  assert_false(find(&play, "DJINN")->dual);
  assert_true(find(&play, "OMAR")->at == find(&play, "DJINN")->at);
  assert_int_equal(play.tags.count, 2);
  assert_string_equal(play.tags.items[1].category, "Cast Members");
  assert_string_equal(play.tags.items[1].label, "Camel Driver");
  assert_int_equal(play.warnings.count, 1);
  assert_non_null(strstr(play.warnings.items[0], "Marginalia"));
  kt_arena_free(arena);
}

static void test_final_draft_errors(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    KtStatus status;
    int line;
  } rows[] = {
      {"<?xml version=\"1.0\"?>\n<FinalDraft>\n<Content><Paragraph></Content>", KT_ERR_FORMAT, 3},
      {"<?xml version=\"1.0\"?>\n<html/>", KT_ERR_UNSUPPORTED, 2},
      {"<FinalDraft DocumentType=\"Template\"><Content/></FinalDraft>", KT_ERR_FORMAT, 1},
      {"<FinalDraft/>", KT_ERR_FORMAT, 1},
      {"<?xml version=\"1.0\"?><!DOCTYPE FinalDraft [<!ENTITY a \"b\">]>\n"
       "<FinalDraft><Content>&a;</Content></FinalDraft>",
       KT_ERR_FORMAT, 1},
      {"%PDF-1.4", KT_ERR_UNSUPPORTED, 1},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    KtError err = {0};
    assert_int_equal(
        kt_screenplay_parse(arena, "x.fdx", rows[i].bytes, strlen(rows[i].bytes), &play, &err),
        rows[i].status);
    assert_int_equal(err.line, rows[i].line);
    assert_string_equal(err.file, "x.fdx");
    kt_arena_free(arena);
  }
}

static void test_plain(void **state) {
  (void)state;
  static const struct {
    const char *name, *expected;
  } rows[] = {
      {"plain/columns.txt",
       "page mark|1.;transition|FADE IN:;heading|INT. CAVE - NIGHT;action|Nura lifts the LAMP and "
       "rubs it. Smoke pours out\nof it and fills the cave.;character|NURA;parenthetical|whispering,"
       " her hand on\nthe wall;dialogue|Is anyone there? I can hear\nyou breathing.;character|DJINN;"
       "dialogue|I am.;dialogue|And I was.;page mark|(MORE);page mark|CONTINUED:;page mark|2.;"
       "character|DJINN;dialogue|And I will be.;action|BANG. The lamp falls.;transition|CUT TO:;"
       "heading|EXT. DESERT - DAWN;action|She runs.\nOMAR waits.;character|OMAR;dialogue|Run!;"
       "centred|THE END"},
      {"plain/airy.txt",
       "heading|INT. CAVE - NIGHT;action|Nura lifts the LAMP and rubs it.;character|NURA;"
       "parenthetical|whispering;dialogue|Is anyone there?;character|DJINN;dialogue|I am.;"
       "action|BANG;action|The lamp falls.;character|NURA;dialogue|Who are you?;transition|CUT TO:;"
       "heading|EXT. DESERT - DAWN;action|She runs.;character|NURA;dialogue|Help!;"
       "action|The sand is hot."},
      {"plain/packed.txt",
       "heading|INT. CAVE - NIGHT;action|Nura lifts the LAMP and rubs it. Smoke pours out\nof it "
       "and fills the cave.;character|NURA;parenthetical|whispering;dialogue|Is anyone there? I can "
       "hear\nyou breathing.;action|She waits.;character|DJINN;dialogue|I am.;character|NURA;"
       "dialogue|Who are you?;heading|EXT. DESERT - DAWN;action|She runs.;character|NURA;"
       "dialogue|Help!;action|The sand is hot."},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    read_sample(arena, rows[i].name, &play);
    assert_int_equal(play.format, KT_SCRIPT_PLAIN);
    assert_string_equal(outline(arena, &play), rows[i].expected);
    kt_arena_free(arena);
  }
}

static void test_plain_details(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtScreenplay play;
  read_sample(arena, "plain/columns.txt", &play);
  assert_string_equal(play.title, "THE LAMP");
  assert_string_equal(play.author, "A. Writer");
  assert_string_equal(find(&play, "DESERT")->scene_number, "2A");
  assert_string_equal(find(&play, "DJINN")->extension, "O.S.");
  assert_int_equal(find(&play, "DESERT")->line, 36);
  kt_arena_free(arena);
}

/// Two columns, an aside in one of them, a page that ends, and the margin's marks of change.
static void test_side_by_side(void **state) {
  (void)state;
  static const char text[] = "INT. KITCHEN - DAY\n\nThey talk at once.   *\n\n"
                             "           ANNA                         PAUL (O.S.)\n"
                             "     I told you so.               (loud)\n"
                             "     Many times.                  Not once.\n"
                             "                                  Never.\n\n"
                             "                    (MORE)\n"
                             "                    PAUL (CONT'D)\n"
                             "          Wait!\n\nShe leaves.\n";
  KtArena *arena = kt_arena_new();
  KtScreenplay play;
  assert_int_equal(kt_screenplay_parse(arena, "t.txt", text, sizeof(text) - 1, &play, NULL), KT_OK);
  assert_string_equal(outline(arena, &play),
                      "heading|INT. KITCHEN - DAY;action|They talk at once.;character|ANNA;"
                      "dialogue|I told you so.\nMany times.;character|PAUL;parenthetical|loud;"
                      "dialogue|Not once.\nNever.;page mark|(MORE);character|PAUL;dialogue|Wait!;action|She leaves.");
  assert_string_equal(find(&play, "They talk")->revision, "*");
  assert_string_equal(find(&play, "ANNA")->revision, "");
  assert_false(find(&play, "ANNA")->dual);
  const KtElement *paul = find(&play, "PAUL");
  assert_true(paul->dual);
  assert_string_equal(paul->extension, "O.S.");
  assert_int_equal(paul->line, 5);
  kt_arena_free(arena);
}

// Nothing a writer wrote is lost.

static const char *add_words(KtArena *arena, const char *all, const char *more) {
  return *more ? kt_arena_format(arena, "%s %s", all, more) : all;
}

/// All that was read, in one text.
static const char *everything(KtArena *arena, const KtScreenplay *play) {
  const char *all = " ";
  for (size_t i = 0; i < play->title_page.count; ++i) {
    all = add_words(arena, all, play->title_page.items[i].key);
    all = add_words(arena, all, play->title_page.items[i].value);
  }
  for (size_t i = 0; i < play->elements.count; ++i) {
    const KtElement *e = &play->elements.items[i];
    all = add_words(arena, all, e->text);
    all = add_words(arena, all, e->extension);
    all = add_words(arena, all, e->scene_number);
    all = e->continued ? add_words(arena, all, "CONT'D cont'd") : all;
  }
  return all;
}

/// Every run of letters and digits of `text` is found in what was read.
static void assert_kept(const char *name, const char *text, const char *all) {
  char word[128];
  for (const char *at = text; *at;) {
    size_t size = 0;
    while (isalnum((unsigned char)at[size]) || (unsigned char)at[size] >= 0x80) {
      ++size;
    }
    if (size && size < sizeof(word)) {
      memcpy(word, at, size);
      word[size] = '\0';
      if (!strstr(all, word)) {
        fail_msg("%s: \"%s\" was lost", name, word);
      }
    }
    at += size ? size : 1;
  }
}

static int check_folder(const char *folder, const char *ending) {
  DIR *dir = opendir(folder);
  const struct dirent *entry;
  int count = 0;
  while (dir && (entry = readdir(dir))) {
    if (strcasecmp(kt_path_extension(entry->d_name), ending) != 0) {
      continue;
    }
    KtArena *arena = kt_arena_new();
    const char *bytes = NULL;
    size_t size = 0;
    const char *path = kt_path_join(arena, folder, entry->d_name);
    KtScreenplay play;
    KtError err = {0};
    assert_int_equal(kt_file_read(arena, path, 1U << 20, &bytes, &size, NULL), KT_OK);
    if (!kt_screenplay_parse(arena, entry->d_name, bytes, size, &play, &err)) {
      char *text = NULL;
      const char *warning = NULL;
      assert_int_equal(kt_script_text(arena, path, bytes, size, &text, &warning, NULL), KT_OK);
      assert_kept(entry->d_name, text, everything(arena, &play));
      ++count;
    }
    kt_arena_free(arena);
  }
  if (dir) {
    closedir(dir);
  }
  return count;
}

static void test_nothing_is_lost(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  assert_true(check_folder(sample(arena, "fountain"), ".fountain") >= 1);
  assert_int_equal(check_folder(sample(arena, "plain"), ".txt"), 4);
  const char *films = getenv("KINOTHEK_FILMS");
  if (films) {
    assert_true(check_folder(kt_arena_format(arena, "%s/screenplays", films), ".fountain") >= 18);
  }
  kt_arena_free(arena);
}

/// The same script however its lines end and its letters are kept.
static void test_line_ends_and_encodings(void **state) {
  (void)state;
  static const char script[] = "INT. CAF\xC3\x89 - DAY\n\nZo\xC3\xAB sits.\n\nZO\xC3\x8B\nOui.\n";
  static const char *const ends[] = {"\n", "\r\n", "\r"};
  for (int way = 0; way < 3 * 5; ++way) {
    char bytes[400] = "";
    size_t used = 0;
    int code = way % 5; // UTF-8, with a mark, UTF-16 little and big, Windows-1252
    if (code) {
      static const char *const marks[] = {"", "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF", ""};
      used = strlen(strcpy(bytes, marks[code]));
    }
    for (const char *c = script; *c; ++c) {
      const char *out = *c == '\n' ? ends[way / 5] : (char[2]){*c, 0};
      for (; *out; ++out) {
        unsigned char letter = (unsigned char)*out;
        if (code >= 2 && letter == 0xC3) {
          letter = (unsigned char)(0xC0U | ((unsigned char)*++c & 0x3FU));
        }
        if (code == 3) {
          bytes[used++] = '\0';
        }
        bytes[used++] = (char)letter;
        if (code == 2) {
          bytes[used++] = '\0';
        }
      }
    }
    KtArena *arena = kt_arena_new();
    KtScreenplay play;
    assert_int_equal(kt_screenplay_parse(arena, "t", bytes, used, &play, NULL), KT_OK);
    assert_string_equal(outline(arena, &play),
                        "heading|INT. CAF\xC3\x89 - DAY;action|Zo\xC3\xAB sits.;"
                        "character|ZO\xC3\x8B;dialogue|Oui.");
    kt_arena_free(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_final_draft),   cmocka_unit_test(test_final_draft_errors),
      cmocka_unit_test(test_plain),         cmocka_unit_test(test_plain_details),
      cmocka_unit_test(test_side_by_side),  cmocka_unit_test(test_nothing_is_lost), cmocka_unit_test(test_line_ends_and_encodings)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
