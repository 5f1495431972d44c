// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/midi_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#define HEAD "MThd\0\0\0\6\0\0\0\1\0\x60" // format 0, 96 ticks a quarter
#define END  "\0\xff\x2f\0"

typedef struct Row {
  const char *what;
  const char *bytes;
  size_t size;
  KtStatus status;
  size_t parts, notes; ///< of the first part
} Row;

#define BYTES(text) (text), sizeof(text) - 1

static const Row ROWS[] = {
    {"a note, its end as a stroke of no force", BYTES(HEAD "MTrk\0\0\0\x0d\0\x90\x3c\x40\x60\x90\x3c\0" END "x"), KT_OK, 1, 1},
    {"running status", BYTES(HEAD "MTrk\0\0\0\x11\0\x90\x3c\x40\x60\x3c\0\0\x3e\x40\x60\x3e\0" END), KT_OK, 1, 2},
    {"struck again while it sounds", BYTES(HEAD "MTrk\0\0\0\x0e\0\x90\x3c\x40\x60\x3c\x40\x60\x3c\0" END), KT_OK, 1, 2},
    {"never let go", BYTES(HEAD "MTrk\0\0\0\x08\0\x90\x3c\x40\x60\xff\x2f\0"), KT_OK, 1, 1},
    {"two channels", BYTES(HEAD "MTrk\0\0\0\x10\0\x90\x3c\x40\0\x91\x3e\x40\x60\xff\x2f\0xxxx"), KT_OK, 2, 1},
    {"no notes", BYTES(HEAD "MTrk\0\0\0\4" END), KT_ERR_FORMAT, 0, 0},
    {"breaks off", BYTES(HEAD "MTrk\0\0\0\4\0\x90\x3c"), KT_ERR_FORMAT, 0, 0},
    {"data without status", BYTES(HEAD "MTrk\0\0\0\3\0\x3c\x40"), KT_ERR_FORMAT, 0, 0},
    {"longer than the file", BYTES(HEAD "MTrk\x7f\0\0\0\0\x90\x3c\x40"), KT_ERR_FORMAT, 0, 0},
    {"format 2", BYTES("MThd\0\0\0\6\0\2\0\1\0\x60MTrk\0\0\0\4" END), KT_ERR_UNSUPPORTED, 0, 0},
    {"SMPTE", BYTES("MThd\0\0\0\6\0\0\0\1\xe7\x28MTrk\0\0\0\4" END), KT_ERR_UNSUPPORTED, 0, 0},
    {"no ticks", BYTES("MThd\0\0\0\6\0\0\0\1\0\0MTrk\0\0\0\4" END), KT_ERR_UNSUPPORTED, 0, 0},
    {"something else", BYTES("RIFF\0\0\0\0WAVEfmt "), KT_ERR_FORMAT, 0, 0},
    {"nothing", BYTES(""), KT_ERR_FORMAT, 0, 0},
};

static void test_files(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); ++i) {
    const Row *row = &ROWS[i];
    KtReadScore *score = NULL;
    KtError err = {0};
    KtStatus status = kt_midi_parse("x.mid", row->bytes, row->size, &score, &err);
    if (status != row->status) {
      fail_msg("%s: %d, %s", row->what, (int)status, err.message);
    }
    if (!status) {
      assert_int_equal(score->score.parts.count, row->parts);
      assert_int_equal(score->score.parts.items[0].notes.count, row->notes);
      assert_int_equal(score->score.parts.items[0].notes.items[0].duration, KT_PPQ);
      assert_int_equal(score->score.parts.items[0].notes.items[0].midi, 60);
    } else {
      assert_string_equal(err.file, "x.mid");
      assert_null(score);
    }
    kt_read_score_free(score);
  }
}

static void test_tempo_metre_and_key(void **state) {
  (void)state;
  static const char bytes[] = HEAD "MTrk\0\0\0\x27\0\xff\x51\3\x0c\x35\0" // 800 000 microseconds a quarter: 75
                              "\0\xff\x58\4\3\2\x18\x08" "\0\xff\x59\2\xfd\1"
                              "\0\xff\3\2Hn" "\0\x90\x3c\x40\x82\x40\x3c\0" END;
  KtReadScore *score = NULL;
  KtError err = {0};
  if (kt_midi_parse("x.mid", bytes, sizeof(bytes) - 1, &score, &err)) {
    fail_msg("%s", err.message);
  }
  assert_true(fabs(kt_tempo_bpm(&score->score.tempo, 0) - 75) < 1e-6);
  assert_int_equal(score->score.metres.items[0].beats, 3);
  assert_int_equal(score->score.keys.count, 1);
  assert_int_equal(score->score.keys.items[0].key.mode, KT_MODE_AEOLIAN);
  assert_int_equal(kt_key_fifths(score->score.keys.items[0].key), -3);
  assert_string_equal(score->score.parts.items[0].name, "Hn");
  assert_int_equal(score->score.end, 320 * KT_PPQ / 96);
  assert_int_equal(score->bars.count, 2);
  kt_read_score_free(score);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_files),
      cmocka_unit_test(test_tempo_metre_and_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
