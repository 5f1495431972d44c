// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "synth.h"

static KtFilm *bare_film(void) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = KT_NEW(arena, KtFilm, 1);
  film->arena = arena;
  return film;
}

static KtStatus read_text(KtFilm *film, const char *text, KtError *err) {
  char path[256];
  path_of(path, "captions.txt"); // by content, whatever it is called
  assert_int_equal(kt_file_write(path, text, strlen(text), NULL), KT_OK);
  memset(err, 0, sizeof(*err));
  return kt_captions_read(film, path, err);
}

static void one_caption(void **state) {
  (void)state;
  static const struct {
    const char *input;
    double start_s, end_s;
    const char *speaker, *text;
    bool sound;
  } rows[] = {
      {"1\n00:00:01,500 --> 00:00:02,750\nHello.\n", 1.5, 2.75, "", "Hello.", false},
      {"\xEF\xBB\xBF"
       "1\r\n00:00:01,500 --> 00:00:02,750\r\nTwo\r\nlines.\r\n",
       1.5, 2.75, "", "Two lines.", false},
      {"WEBVTT\n\n00:01.000 --> 00:02.000 align:start\n<v Emo>Look <i>there</i>!\n", 1, 2, "Emo",
       "Look there!", false},
      {"WEBVTT - a title\nKind: captions\n\nNOTE a --> b\nmore\n\nSTYLE\n::cue {}\n\nid\n"
       "01:00:00.000 --> 01:00:01.000\n<c.loud>PROOG: Come on.</c>\n",
       3600, 3601, "PROOG", "Come on.", false},
      {"1\n00:00:01,000 --> 00:00:02,000\n[wind howls]\n", 1, 2, "", "[wind howls]", true},
      {"1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color=\"red\">Rock &amp; roll</font>\n", 1,
       2, "", "Rock & roll", false},
      {"1\n00:00:01,000 --> 00:00:02,000\nNote: the time is 10:30 now\n", 1, 2, "",
       "Note: the time is 10:30 now", false},
      {"1\n00:00:01,000 --> 00:00:02,000\nCaf\xE9\n", 1, 2, "", "Caf\xC3\xA9", false},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtFilm *film = bare_film();
    KtError err;
    assert_int_equal(read_text(film, rows[i].input, &err), KT_OK);
    assert_int_equal(film->captions.count, 1);
    const KtCaption *caption = &film->captions.items[0];
    assert_true(caption->start == kt_film_time(rows[i].start_s));
    assert_true(caption->end == kt_film_time(rows[i].end_s));
    assert_string_equal(caption->speaker, rows[i].speaker);
    assert_string_equal(caption->text, rows[i].text);
    assert_int_equal(caption->sound, rows[i].sound);
    kt_film_free(film);
  }
}

static void errors_say_where(void **state) {
  (void)state;
  static const struct {
    const char *input;
    int line, column;
  } rows[] = {
      {"1\n00:00:0x,500 --> 00:00:02,750\nHello.\n", 2, 1},
      {"1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n2\n00:00:03,000 --> soon\nHm.\n", 6, 17},
      {"1\n00:00:05,000 --> 00:00:02,000\nHello.\n", 2, 17},
      {"Once upon a time\n", 1, 1},
      {"", 1, 1},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtFilm *film = bare_film();
    KtError err;
    assert_int_equal(read_text(film, rows[i].input, &err), KT_ERR_FORMAT);
    assert_int_equal(err.line, rows[i].line);
    assert_int_equal(err.column, rows[i].column);
    kt_film_free(film);
  }
}

static void times_count_from_the_first_picture(void **state) {
  (void)state;
  KtFilm *film = bare_film();
  film->picture_start = kt_film_time(0.25);
  KtError err;
  assert_int_equal(
      read_text(film, "WEBVTT\n\n00:05.000 --> 00:06.000\nb\n\n00:01.000 --> 00:02.000\na\n", &err),
      KT_OK);
  assert_int_equal(film->captions.count, 2);
  assert_string_equal(film->captions.items[0].text, "a"); // in order of time
  assert_true(film->captions.items[0].start == kt_film_time(0.75));
  kt_film_free(film);
}

int main(void) {
  const struct CMUnitTest tests[] = {RUN(one_caption), RUN(errors_say_where),
                                     RUN(times_count_from_the_first_picture)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
