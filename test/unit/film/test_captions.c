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

#define ASS                                                                                        \
  "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: D,Arial\n\n"  \
  "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
#define D "Dialogue: 0,0:00:01.50,0:00:02.75,D,"

static void substation_alpha(void **state) {
  (void)state;
  static const struct {
    const char *input, *speaker, *text; ///< no text: no caption
  } rows[] = {
      {ASS D ",0,0,0,,Hello, you.\n", "", "Hello, you."},
      {ASS D "Emo ,0000,0000,0000,,Look\\Nthere{\\i1}!{\\i0}\r\n", "Emo", "Look there!"},
      {ASS D ",0,0,0,,{\\an8\\pos(20,30)\\fad(1,2)}Up\\hhere\n", "", "Up here"},
      {ASS D ",0,0,0,Karaoke,{\\k20}Sing {\\kf30}to{\\ko5}night\n", "", "Sing tonight"},
      {ASS D ",0,0,0,,{\\p1}m 0 0 l 100 0 100 50{\\p0}\n", "", NULL},
      {ASS D ",0,0,0,,{\\p2}m 0 0{\\p0}Sign\n", "", "Sign"},
      {ASS "Comment: 0,0:00:01.50,0:00:02.75,D,,0,0,0,,never said\n", "", NULL},
      {ASS D ",0,0,0,,twice\n" D ",0,0,0,,{\\blur3}twice\n", "", "twice"},
      {ASS D ",0,0,0,,an open {brace\n\n[Fonts]\nDialogue: no\n", "", "an open {brace"},
      {"\xEF\xBB\xBF; a remark\n[Script Info]\n[Events]\nFormat: Marked, Start, End, Text\n"
       "Dialogue: Marked=0,0:00:01.50,0:00:02.75,BEN: Stay.\n",
       "BEN", "Stay."},
      {ASS "Dialogue: 0,0:00:03.00,0:00:03.00,D,,0,0,0,,no time\n", "", NULL},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    KtFilm *film = bare_film();
    KtError err;
    if (read_text(film, rows[i].input, &err)) {
      fail_msg("%zu: %s", i, err.message);
    }
    assert_int_equal(film->captions.count, rows[i].text ? 1 : 0);
    if (rows[i].text) {
      const KtCaption *caption = &film->captions.items[0];
      assert_true(caption->start == kt_film_time(1.5) && caption->end == kt_film_time(2.75));
      assert_string_equal(caption->speaker, rows[i].speaker);
      assert_string_equal(caption->text, rows[i].text);
    }
    kt_film_free(film);
  }
}

static void any_encoding(void **state) {
  (void)state;
  static const char *const wanted = "Caf\xC3\xA9 \xE2\x80\x93 \xE2\x82\xAC 5, \xE2\x80\x9Cno\xE2\x80\x9D";
  static const uint16_t said[] = {'C', 'a', 'f', 0xE9, ' ', 0x2013, ' ', 0x20AC, ' ',
                                  '5', ',', ' ', 0x201C, 'n', 'o', 0x201D, '\n'};
  static const char time[] = "1\r\n00:00:01,000 --> 00:00:02,000\r\n";
  for (int kind = 0; kind < 5; ++kind) { // UTF-16 in both orders, with and without a mark
    unsigned char bytes[256];
    size_t n = 0;
    uint16_t units[128];
    size_t count = 0;
    units[count++] = 0xFEFF;
    for (const char *p = time; *p; ++p) {
      units[count++] = (uint16_t)*p;
    }
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); ++i) {
      units[count++] = said[i];
    }
    for (size_t i = kind & 1; i < count && kind < 4; ++i) {
      bytes[n++] = (unsigned char)(kind & 2 ? units[i] >> 8 : units[i]);
      bytes[n++] = (unsigned char)(kind & 2 ? units[i] : units[i] >> 8);
    }
    if (kind == 4) {
      n = (size_t)snprintf((char *)bytes, sizeof(bytes), "%sCaf\xE9 \x96 \x80 5, \x93no\x94\n", time);
    }
    char path[256];
    path_of(path, "encoded.srt");
    assert_int_equal(kt_file_write(path, bytes, n, NULL), KT_OK);
    KtFilm *film = bare_film();
    assert_int_equal(kt_captions_read(film, path, NULL), KT_OK);
    assert_int_equal(film->captions.count, 1);
    assert_string_equal(film->captions.items[0].text, wanted);
    kt_film_free(film);
  }
}

static void captions_may_be_untidy(void **state) {
  (void)state; // no empty line between, overlaps, out of order, no time, signs that are no tags
  static const char input[] = "1\n00:00:05,000 --> 00:00:07,000\nI <3 you, a < b > c\n2\n"
                              "00:00:01,000 --> 00:00:06,000 X1:10 Y1:20\n<00:01.500>Sing <c>on</c>\n"
                              "42\n\n3\n00:00:08,000 --> 00:00:08,000\ngone\n";
  KtFilm *film = bare_film();
  KtError err;
  assert_int_equal(read_text(film, input, &err), KT_OK);
  assert_int_equal(film->captions.count, 2);
  assert_string_equal(film->captions.items[0].text, "Sing on 42");
  assert_string_equal(film->captions.items[1].text, "I <3 you, a < b > c");
  kt_film_free(film);
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
      {ASS "Dialogue: 0,soon,0:00:02.75,D,,0,0,0,,x\n", 10, 13},
      {ASS "Dialogue: 0,0:00:01.50,0:0x:02.75,D,,0,0,0,,x\n", 10, 24},
      {ASS "Dialogue: 0,0:00:05.00,0:00:02.75,D,,0,0,0,,x\n", 10, 24},
      {ASS "Dialogue: 0,0:00:01.50,0:00:02.75,D\n", 10, 35},
      {"[Script Info]\n[Events]\nFormat: Layer, Text, Start, End\n", 3, 1},
      {"[Script Info]\nTitle: none\n", 1, 1},
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
  const struct CMUnitTest tests[] = {RUN(one_caption), RUN(substation_alpha), RUN(any_encoding),
                                     RUN(captions_may_be_untidy), RUN(errors_say_where),
                                     RUN(times_count_from_the_first_picture)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
