// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "compose/themes_file.h"
#include "compose/themes_wish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIVISION = 96 };

typedef struct Played {
  int start, length, midi; ///< in 96ths of a quarter
} Played;

static int by_time(const void *a, const void *b) {
  return ((const int *)a)[0] - ((const int *)b)[0];
}

/// One track of notes, as a keyboard would send them.
static void write_midi(const char *path, const Played *notes, size_t count) {
  uint8_t bytes[4096] = "MThd\0\0\0\6\0\0\0\1\0\x60MTrk";
  int events[200][3];
  size_t size = 22, n = 0;
  for (size_t i = 0; i < count; ++i) {
    memcpy(events[n++], (int[]){notes[i].start + notes[i].length, notes[i].midi, 0}, sizeof(events[0]));
    memcpy(events[n++], (int[]){notes[i].start, notes[i].midi, 80}, sizeof(events[0]));
  }
  qsort(events, n, sizeof(events[0]), by_time);
  for (size_t i = 0; i < n; ++i) {
    int wait = events[i][0] - (i ? events[i - 1][0] : 0);
    bytes[size++] = (uint8_t)(0x80 | (wait >> 7));
    bytes[size++] = wait & 0x7f;
    bytes[size++] = 0x90;
    bytes[size++] = (uint8_t)events[i][1];
    bytes[size++] = (uint8_t)events[i][2];
  }
  memcpy(bytes + size, "\0\xff\x2f\0", 4);
  size += 4;
  bytes[20] = (uint8_t)((size - 22) >> 8);
  bytes[21] = (uint8_t)(size - 22);
  // the length's two upper bytes are zero already
  assert_int_equal(kt_file_write(path, bytes, size, NULL), KT_OK);
}

static KtStatus read_theme(const char *path, KtTheme *theme, KtArena *arena, KtError *err) {
  *theme = (KtTheme){0};
  *err = (KtError){0};
  return kt_theme_read(arena, path, theme, err);
}

static const Played TUNE[] = {{0, 144, 67}, {144, 48, 71}, {192, 192, 74}, {384, 96, 72}, {480, 96, 66}, {576, 192, 67}};

static void test_a_played_tune_is_written_down(void **state) {
  (void)state;
  static const char path[] = "test_played.mid";
  Played played[6];
  static const int off[] = {3, -4, 5, -2, 4, -5};
  for (int i = 0; i < 6; ++i) { // a hundredth of a second early or late, held into the next note
    played[i] = (Played){TUNE[i].start + (i ? off[i] : 0), TUNE[i].length + off[5 - i], TUNE[i].midi};
  }
  write_midi(path, played, 6);
  KtArena *arena = kt_arena_new();
  KtTheme theme;
  KtError err;
  if (read_theme(path, &theme, arena, &err)) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(theme.key.tonic, 1); // G major: it comes home to G
  assert_int_equal(theme.key.mode, KT_MODE_IONIAN);
  assert_int_equal(theme.notes.count, 6);
  for (size_t i = 0; i < 6; ++i) {
    assert_int_equal(theme.notes.items[i].start, TUNE[i].start * KT_PPQ / DIVISION);
    assert_int_equal(theme.notes.items[i].duration, TUNE[i].length * KT_PPQ / DIVISION);
    assert_int_equal(kt_theme_pitch(&theme, &theme.notes.items[i]), TUNE[i].midi);
  }
  assert_int_equal(theme.ticks, 8 * KT_PPQ);
  assert_true(theme.locked && theme.chords.count == 2);
  kt_arena_free(arena);
  remove(path);
}

static void test_what_is_no_theme_is_told(void **state) {
  (void)state;
  static const char path[] = "test_no_theme.mid";
  static const Played chord[] = {{0, 96, 60}, {96, 96, 62}, {192, 96, 64}, {192, 96, 67}};
  static const Played held[] = {{0, 400, 60}, {96, 96, 62}, {192, 96, 64}};
  static const Played two[] = {{0, 96, 60}, {96, 96, 62}};
  static const Played wide[] = {{0, 96, 30}, {96, 96, 62}, {192, 96, 90}};
  static const struct {
    const Played *notes;
    size_t count;
    const char *says;
  } rows[] = {{chord, 4, "bar 1, beat 3:"}, {held, 3, "bar 1, beat 2:"}, {two, 2, "three notes"}, {wide, 3, "60 semitones"}};
  KtArena *arena = kt_arena_new();
  KtTheme theme;
  KtError err;
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    write_midi(path, rows[i].notes, rows[i].count);
    assert_int_equal(read_theme(path, &theme, arena, &err), KT_ERR_FORMAT);
    if (!strstr(err.message, rows[i].says)) {
      fail_msg("%s", err.message);
    }
  }
  kt_file_write(path, "\1\0\2\0\3", 5, NULL);
  assert_int_equal(read_theme(path, &theme, arena, &err), KT_ERR_FORMAT);
  kt_file_write(path, "", 0, NULL);
  assert_int_equal(read_theme(path, &theme, arena, &err), KT_ERR_FORMAT);
  assert_int_equal(read_theme("x.png", &theme, arena, &err), KT_ERR_UNSUPPORTED);
  kt_arena_free(arena);
  remove(path);
}

static void test_abc_under_another_name_is_abc(void **state) {
  (void)state;
  static const char path[] = "test_named.mid", text[] = "X:1\nM:4/4\nL:1/4\nK:G\nz4 | G B d2 | c A G2 |]\n";
  assert_int_equal(kt_file_write(path, text, strlen(text), NULL), KT_OK);
  KtArena *arena = kt_arena_new();
  KtTheme theme;
  KtError err;
  assert_int_equal(read_theme(path, &theme, arena, &err), KT_OK);
  assert_int_equal(theme.notes.items[0].start, 0); // the bar of rest is no part of it
  assert_int_equal(theme.ticks, 8 * KT_PPQ);
  kt_arena_free(arena);
  remove(path);
}

static void test_wishes_come_back_to_the_note(void **state) {
  (void)state;
  static const char path[] = "test_wish.abc", text[] = "X:1\nM:3/4\nL:1/4\nQ:1/4=91\nK:Ddor\n\"Dm\"D ^F A | d3 | c2 A | D3 |]\n";
  assert_int_equal(kt_file_write(path, text, strlen(text), NULL), KT_OK);
  KtArena *arena = kt_arena_new();
  KtThemeWishes wishes = {.arena = arena}, read;
  KtThemeWish *wish = kt_theme_wish_add(&wishes, "the old\tmill");
  KtError err;
  assert_int_equal(read_theme(path, &wish->tune, arena, &err), KT_OK);
  wish->has_tune = wish->own = true;
  kt_theme_wish_add(&wishes, "Maria")->again = 3;
  char *kept = NULL, *again = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&kept, &size);
  kt_theme_wishes_write(stream, &wishes);
  fclose(stream);
  assert_int_equal(kt_theme_wishes_read(arena, kept, &read, &err), KT_OK);
  assert_int_equal(read.items.count, 2);
  assert_int_equal(kt_theme_wish(&read, "maria")->again, 3);
  assert_int_equal(read.items.items[0].tune.notes.items[1].alter, 1);
  stream = open_memstream(&again, &size);
  kt_theme_wishes_write(stream, &read);
  fclose(stream);
  assert_string_equal(kept, again);
  kept[strlen(kept) / 2] = '\0'; // half of it, as after a broken disk
  char *line = strrchr(kept, '\n');
  strcpy(line + 1, "note\t-3");
  assert_int_equal(kt_theme_wishes_read(arena, kept, &read, &err), KT_ERR_FORMAT);
  free(kept);
  free(again);
  kt_arena_free(arena);
  remove(path);
}

static size_t put_note(char *text, size_t at, const char *pitch, int eighths) {
  return at + (size_t)sprintf(text + at, "<note><pitch><step>%c</step><octave>%c</octave></pitch><duration>%d</duration></note>",
                              pitch[0], pitch[1], eighths);
}

/// An upbeat, and a bar written in two halves, count nothing: the music stands where it is heard. A tune in G that ends on
/// its third is in G.
static void test_implicit_measures(void **state) {
  (void)state;
  static const struct {
    const char *measure; ///< begins one, NULL: none
    const char *pitch;
    int eighths;
  } rows[] = {{"number=\"0\" implicit=\"yes\"", "D4", 2}, {"number=\"1\"", "G4", 4}, {NULL, "B4", 2},
              {"number=\"2\"", "D5", 4}, {"number=\"X1\" implicit=\"yes\"", "B4", 2}, {"number=\"3\"", "A4", 2},
              {NULL, "G4", 4}, {"number=\"4\"", "B4", 6}};
  char text[8192];
  size_t at = (size_t)sprintf(text, "<?xml version=\"1.0\"?><score-partwise><part-list><score-part id=\"P1\"><part-name>x"
                                    "</part-name></score-part></part-list><part id=\"P1\">");
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    if (rows[i].measure) {
      at += (size_t)sprintf(text + at, "%s<measure %s>", i ? "</measure>" : "", rows[i].measure);
      at += (size_t)sprintf(text + at, "%s", i ? "" : "<attributes><divisions>2</divisions><key><fifths>1</fifths></key>"
                                                      "<time><beats>3</beats><beat-type>4</beat-type></time></attributes>");
    }
    at = put_note(text, at, rows[i].pitch, rows[i].eighths);
  }
  at += (size_t)sprintf(text + at, "</measure></part></score-partwise>");
  KtArena *arena = kt_arena_new();
  KtTheme theme;
  KtError err;
  assert_int_equal(kt_file_write("implicit.musicxml", text, at, NULL), KT_OK);
  assert_int_equal(read_theme("implicit.musicxml", &theme, arena, &err), KT_OK);
  static const int quarters[] = {2, 3, 5, 6, 8, 9, 10, 12}; // from the line of the upbeat's bar
  assert_int_equal(theme.notes.count, 8);
  for (size_t i = 0; i < theme.notes.count; ++i) {
    assert_int_equal(theme.notes.items[i].start, quarters[i] * KT_PPQ);
  }
  assert_int_equal(theme.ticks, 15 * KT_PPQ);
  assert_int_equal(theme.key.tonic, 1);
  assert_int_equal(theme.key.mode, KT_MODE_IONIAN);
  assert_int_equal(theme.head, 4); // the upbeat and what it leads to
  kt_arena_free(arena);
  remove("implicit.musicxml");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_implicit_measures),
      cmocka_unit_test(test_a_played_tune_is_written_down),
      cmocka_unit_test(test_what_is_no_theme_is_told),
      cmocka_unit_test(test_abc_under_another_name_is_abc),
      cmocka_unit_test(test_wishes_come_back_to_the_note),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
