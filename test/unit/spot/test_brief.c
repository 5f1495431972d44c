// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "spot/brief.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static KtStatus load(const char *text, KtBrief **brief, KtError *err) {
  char path[64];
  snprintf(path, sizeof(path), "/tmp/kt_brief_%ld.yaml", (long)getpid());
  assert_int_equal(kt_file_write(path, text, strlen(text), err), KT_OK);
  KtStatus status = kt_brief_load(path, brief, err);
  unlink(path);
  return status;
}

static void no_brief_says_nothing(void **state) {
  (void)state;
  static const char *const empty[] = {NULL, "", "\n\n", "# nothing yet\n", "  # a\n# b"};
  for (size_t i = 0; i < 5; ++i) {
    KtBrief *brief = NULL;
    KtError err = {0};
    assert_int_equal(empty[i] ? load(empty[i], &brief, &err) : kt_brief_load(NULL, &brief, &err),
                     KT_OK);
    assert_true(brief->share < 0 && brief->restraint < 0 && brief->temp == -1);
    assert_null(brief->palette);
    assert_false(brief->has_seed);
    assert_string_equal(brief->language, "en");
    kt_brief_free(brief);
  }
}

static void a_full_brief_is_read(void **state) {
  (void)state;
  KtBrief *brief = NULL;
  KtError err = {0};
  KtStatus status =
      load("palette: chamber\nshare: 0.35\nrestraint: 0.8\nloudness: ebu\n"
           "tempo_min_bpm: 50\ntempo_max_bpm: 120.5\nseed: 18446744073709551615\n"
           "language: de\ntemp: no\n"
           "themes:\n  - {subject: Barbra, file: b.abc}\n  - subject: Ben\n    file: x.mid\n"
           "credits:\n  composer: A. Becker\n  publisher: Kino\n  ipi: '00123'\n  share: 50\n"
           "worlds: [{place: open sea, palette: hybrid}]\nlearned: tables/ravel\n"
           "off: [silence, colour]\n",
           &brief, &err);
  assert_int_equal(status, KT_OK);
  assert_string_equal(brief->palette, "chamber");
  assert_float_equal(brief->share, 0.35, 1e-6);
  assert_float_equal(brief->restraint, 0.8, 1e-6);
  assert_float_equal(brief->tempo_max_bpm, 120.5, 1e-6);
  assert_true(brief->has_seed && brief->seed == UINT64_MAX);
  assert_int_equal(brief->temp, 0);
  assert_int_equal(brief->worlds.count, 1);
  assert_string_equal(brief->worlds.items[0].place, "open sea");
  assert_string_equal(brief->worlds.items[0].palette, "hybrid");
  size_t own = strlen(brief->learned); // seen from the brief
  assert_true(brief->learned[0] == '/' && own > 12 && !strcmp(brief->learned + own - 12, "tables/ravel"));
  assert_int_equal(brief->themes.count, 2);
  assert_string_equal(brief->themes.items[1].subject, "Ben");
  assert_string_equal(brief->ipi, "00123");
  assert_float_equal(brief->composer_share, 50, 1e-6);
  assert_int_equal(brief->off.count, 2);
  assert_string_equal(brief->off.items[0], "silence");
  kt_brief_free(brief);
}

static void what_is_wrong_is_said_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int line, column;
    const char *says;
  } cases[] = {
      {"share: 1.5\n", 1, 1, "from 0"},
      {"palette: epic\n\n# note\nrestraint: -2\n", 4, 1, "from 0 to 1"},
      {"{palette: epic, share: 7}\n", 1, 17, "share is 7"},
      {"tempo_min_bpm: 5\n", 1, 1, "20 to 300"},
      {"seed: 1\ntempo_min_bpm: 120\ntempo_max_bpm: 60\n", 2, 1, "exchange"},
      {"share: .5\ncredits:\n  composer: A\n  share: 120\n", 4, 3, "credits.share is 120"},
      {"loudness: loud\n", 1, 1, "ebu, atsc"},
      {"language: \"eng lish\"\n", 1, 1, "code"},
      {"share: .5\ntempo: 90\n", 2, 1, "unknown key 'tempo'; a brief may hold palette"},
      {"share: much\n", 1, 8, "numbers"},
      {"seed: -1\n", 1, 1, "whole number"},
      {"themes:\n  - {subject: A}\n", 2, 0, "file"},
      {"share: [\n", 1, 0, "SEQ"},
      {"share: nan\n", 1, 1, "leave the key out"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    KtBrief *brief = NULL;
    KtError err = {0};
    assert_int_equal(load(cases[i].text, &brief, &err), KT_ERR_FORMAT);
    assert_null(brief);
    char line[1200];
    kt_error_print(&err, line, sizeof(line));
    if (err.line != cases[i].line || (cases[i].column && err.column != cases[i].column) ||
        !strstr(err.message, cases[i].says)) {
      fail_msg("case %zu: %s", i, line);
    }
  }
}

static void a_missing_brief_is_missing(void **state) {
  (void)state;
  KtBrief *brief = NULL;
  KtError err = {0};
  assert_int_equal(kt_brief_load("/nowhere/brief.yaml", &brief, &err), KT_ERR_MISSING);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_brief_says_nothing),
      cmocka_unit_test(a_full_brief_is_read),
      cmocka_unit_test(what_is_wrong_is_said_with_its_place),
      cmocka_unit_test(a_missing_brief_is_missing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
