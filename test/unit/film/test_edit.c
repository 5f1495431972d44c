// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Edit lists and markers: what each format says, what is refused and where, and how a list comes to
// lie on a film.
#include "base/file.h"
#include "film/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *write_bytes(const char *bytes, size_t size) {
  static char path[64];
  snprintf(path, sizeof(path), "/tmp/kinothek-edit-%d", (int)getpid());
  assert_int_equal(kt_file_write(path, bytes, size, NULL), KT_OK);
  return path;
}

static const char *write_text(const char *text) {
  return write_bytes(text, strlen(text));
}

static KtEdit *read_at(KtArena *arena, const char *path, KtRate rate) {
  KtTimecode timecode = {.rate = rate};
  KtEdit *edit = NULL;
  KtError err = {0};
  if (kt_edit_read(arena, path, &timecode, &edit, &err)) {
    fail_msg("%s:%d:%d: %s", err.file, err.line, err.column, err.message);
  }
  return edit;
}

/// Read each by a person: pictures that are seen one after the other, stretches of nothing or
/// black, changes that are no cuts, markers.
static const struct {
  const char *path;
  int num, den;
  size_t pictures, blanks, gradual, markers;
  int named;
} SHARED[] = {
    {"otio_edl/25fps.edl", 25, 1, 4, 0, 0, 0, 0},
    {"otio_edl/avid_example.edl", 24, 1, 2, 0, 0, 0, 0},
    {"otio_edl/cdl.edl", 24, 1, 2, 0, 0, 0, 0},
    {"otio_edl/dissolve_test.edl", 24, 1, 3, 0, 1, 0, 0},
    {"otio_edl/dissolve_test_2.edl", 24, 1, 3, 0, 1, 0, 0},
    {"otio_edl/dissolve_test_3.edl", 24, 1, 3, 0, 1, 0, 0},
    {"otio_edl/dissolve_test_4.edl", 24, 1, 6, 0, 2, 0, 0},
    {"otio_edl/gap_test.edl", 24, 1, 3, 2, 0, 0, 0},
    {"otio_edl/mixed_tabs_test.edl", 24, 1, 9, 0, 0, 2, 0},
    {"otio_edl/multi_audio.edl", 24, 1, 0, 0, 0, 0, 0},
    {"otio_edl/no_spaces_test.edl", 24, 1, 9, 0, 0, 3, 0},
    {"otio_edl/nucoda_example.edl", 24, 1, 2, 0, 0, 0, 0},
    {"otio_edl/premiere_example.edl", 24, 1, 2, 0, 0, 0, 0},
    {"otio_edl/screening_example.edl", 24, 1, 9, 0, 0, 3, 0},
    {"otio_edl/speed_effects.edl", 24, 1, 548, 0, 0, 0, 0},
    {"otio_edl/speed_effects_small.edl", 24, 1, 5, 2, 0, 0, 0},
    {"otio_edl/timecode_mismatch.edl", 25, 1, 20, 1, 0, 0, 0},
    {"otio_edl/transition_duration.edl", 24, 1, 4, 0, 1, 0, 0},
    {"otio_edl/wipe_test.edl", 24, 1, 3, 0, 1, 0, 0},
    {"otio_json/big_int.otio", 24, 1, 1, 0, 0, 0, 0},
    {"otio_json/clip_example.otio", 24, 1, 1, 1, 1, 0, 0},
    {"otio_json/effects.otio", 24, 1, 4, 0, 0, 0, 0},
    {"otio_json/generator_reference_test.otio", 24, 1, 1, 0, 0, 0, 0},
    {"otio_json/multiple_track.otio", 24, 1, 4, 0, 0, 0, 0},
    {"otio_json/multitrack.otio", 24, 1, 5, 1, 0, 0, 0},
    {"otio_json/nested_example.otio", 24, 1, 7, 0, 0, 0, 0},
    {"otio_json/preflattened.otio", 24, 1, 5, 1, 0, 0, 0},
    {"otio_json/premiere_example.otio", 30, 1, 6, 2, 2, 4, 0},
    {"otio_json/screening_example.otio", 24, 1, 9, 0, 0, 3, 0},
    {"otio_json/simple_cut.otio", 24, 1, 4, 0, 0, 0, 0},
    {"otio_json/transition.otio", 24, 1, 4, 0, 1, 0, 0},
    {"otio_json/transition_test.otio", 24, 1, 3, 1, 3, 0, 0},
    {"otio_xml/empty_name_tags.xml", 24000, 1001, 34, 0, 0, 3, 0},
    {"otio_xml/hiero_xml_export.xml", 24, 1, 2, 1, 0, 0, 0},
    {"otio_xml/kdenlive_example_from_fcp.xml", 30000, 1001, 64, 3, 0, 0, 0},
    {"otio_xml/premiere_example.xml", 30, 1, 8, 1, 2, 5, 0},
    {"otio_xml/premiere_generators.xml", 24000, 1001, 5, 1, 0, 0, 0},
    {"otio_xml/sample_just_track.xml", 30, 1, 0, 0, 0, 0, 0},
    {"fcpx/fcpx_clips.fcpxml", 30, 1, 0, 0, 0, 0, 3},
    {"fcpx/fcpx_event.fcpxml", 30, 1, 11, 5, 3, 7, 0},
    {"fcpx/fcpx_example.fcpxml", 30, 1, 11, 5, 3, 7, 0},
    {"fcpx/fcpx_library.fcpxml", 30, 1, 11, 5, 3, 7, 0},
    {"fcpx/fcpx_project.fcpxml", 30, 1, 11, 5, 3, 7, 0},
    {"ale/sample.ale", 24, 1, 0, 0, 0, 0, 4},
    {"ale/sample2.ale", 24, 1, 0, 0, 0, 0, 2},
    {"ale/sample3.ale", 24, 1, 0, 0, 0, 0, 4},
    {"ale/sampleUHD.ale", 24, 1, 0, 0, 0, 0, 1},
    {"ale/sample_cdl.ale", 24, 1, 0, 0, 0, 0, 4},
};

static const char *shared(const char *name) {
  static char path[1024];
  const char *folder = getenv("KINOTHEK_FILMS");
  if (!folder) {
    skip();
  }
  snprintf(path, sizeof(path), "%s/edits/%s", folder, name);
  return path;
}

static void real_lists(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(SHARED) / sizeof(*SHARED); ++i) {
    const char *path = shared(SHARED[i].path);
    KtArena *arena = kt_arena_new();
    const KtEdit *edit = read_at(arena, path, (KtRate){SHARED[i].num, SHARED[i].den});
    size_t blanks = 0, gradual = 0;
    for (size_t e = 0; e < edit->events.count; ++e) {
      blanks += edit->events.items[e].blank;
      gradual += edit->events.items[e].transition != KT_TRANSITION_CUT;
    }
    if (edit->events.count - blanks != SHARED[i].pictures || blanks != SHARED[i].blanks ||
        gradual != SHARED[i].gradual || edit->markers.count != SHARED[i].markers ||
        edit->named != SHARED[i].named) {
      fail_msg("%s: %zu pictures, %zu blanks, %zu gradual, %zu markers, %d named", SHARED[i].path,
               edit->events.count - blanks, blanks, gradual, edit->markers.count, edit->named);
    }
    kt_arena_free(arena);
  }
}

static void refused_with_its_place(KtRate rate, const char *path, int line, int column,
                                   const char *says) {
  KtArena *arena = kt_arena_new();
  KtTimecode timecode = {.rate = rate};
  KtEdit *edit = NULL;
  KtError err = {0};
  assert_int_equal(kt_edit_read(arena, path, &timecode, &edit, &err), KT_ERR_FORMAT);
  assert_null(edit);
  if (err.line != line || err.column != column || !strstr(err.message, says)) {
    fail_msg("%d:%d: %s; expected %d:%d: %s", err.line, err.column, err.message, line, column,
             says);
  }
  kt_arena_free(arena);
}

static void real_lists_that_are_wrong(void **state) {
  (void)state;
  refused_with_its_place((KtRate){24, 1}, shared("otio_edl/dissolve_test_fail.edl"), 6, 1,
                         "no outgoing picture");
  refused_with_its_place((KtRate){24, 1}, shared("otio_xml/premiere_example_filter.xml"), 2, 1,
                         "no edit list");
}

#define HEAD "TITLE: T\nFCM: NON-DROP FRAME\n"

static void what_is_wrong_is_said(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int line, column;
    const char *says;
  } rows[] = {
      {HEAD "001 A V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:24\n", 3, 47,
       "24 frames a second"},
      {HEAD "001 A V C 00:00:00:00 00:00:01:00 00:00:02:00 00:00:01:00\n", 3, 47, "ends before"},
      {HEAD "001 A V C 00:00:00:00 00:00:01:00 00:00:02:00\n", 3, 35, "four timecodes"},
      {HEAD "001 A V X 00:00:00:00 00:00:01:00 00:00:02:00 00:00:03:00\n", 3, 5,
       "an event is number"},
      {"TITLE: T\nFCM: DROP FRAME\n", 2, 1, "29.97"},
      {HEAD "* LOC: 99:99:00:00 RED x\n", 3, 8, "not a timecode"},
      {"{\"OTIO_SCHEMA\": \"Timeline.1\",\n ]}", 2, 2, "not JSON"},
      {"{\"a\": 1}", 1, 1, "no OpenTimelineIO timeline"},
      {"<xmeml><sequence>\n</xmeml>", 2, 9, "well-formed"},
      {"<xmeml></xmeml>", 1, 1, "no sequence"},
      {"<xmeml><sequence><media><video/></media></sequence></xmeml>", 1, 1, "no frame rate"},
      {"<fcpxml><project><sequence>\n<spine>\n<gap "
       "offset=\"1x\"/></spine></sequence></project></fcpxml>",
       3, 1, "is no time"},
      {"<fcpxml/>", 1, 1, "neither a project"},
      {"<html/>", 1, 1, "no edit list"},
      {"Heading\nFPS\tmany\n", 2, 5, "no frame rate"},
      {"Heading\nFPS\t24\nColumn\nName\n", 4, 1, "before its Data"},
      {"Heading\nFPS\t24\nColumn\nData\nx\n", 4, 1, "before Column"},
      {"Name,In\nHit,soon\n", 2, 5, "is no time"},
      {"Name,In\nHit,00:00:00:24\n", 2, 5, "24 frames a second"},
      {"Name,In\na,1.5\nb,00:00:02:00\n", 3, 3, "seconds in one row"},
      {"dear diary\n", 1, 1, "no edit list"},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    refused_with_its_place((KtRate){24, 1}, write_text(rows[i].text), rows[i].line, rows[i].column,
                           rows[i].says);
  }
  refused_with_its_place((KtRate){24, 1}, write_bytes("a\0b", 3), 0, 0, "no edit list");
}

static void markers_of_every_kind(void **state) {
  (void)state;
  static const char *const texts[] = {
      // Resolve's EDL, its edit index as CSV; Premiere's tab text and CSV; Avid's text; an Avid
      // EDL.
      HEAD "001  001      V     C        01:00:05:00 01:00:05:01 01:00:05:00 01:00:05:01\n"
           " slams |C:ResolveColorRed |M:HIT: door |D:1\n",
      "#,Reel,Match,V,C,Dur,Source In,Source Out,Record In,Record Out,Name,Comments,Color,Notes\n"
      "1,A001,,V1,C,00:00:04:00,00:00:00:00,00:00:04:00,01:00:00:00,01:00:04:00,A001.mov,,,\n"
      "2,,,V1,,00:00:00:01,,,01:00:05:00,01:00:05:01,HIT: door,,Red,slams\n",
      "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n"
      "HIT: door\tslams\t01:00:05:00\t01:00:05:00\t00:00:00:00\tComment\n",
      "\"Marker Name\",\"Description\",\"In\",\"Out\",\"Duration\",\"Color\"\r\n"
      "\"HIT: door\",\"slams\",\"01:00:05:00\",\"01:00:05:00\",\"00:00:00:00\",\"Red\"\r\n",
      "jdoe\t01:00:05:00\tV1\tRed\tHIT: door\t1\n",
      HEAD "* LOC: 01:00:05:00 RED     HIT: door\n",
  };
  for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); ++i) {
    KtArena *arena = kt_arena_new();
    const KtEdit *edit = read_at(arena, write_text(texts[i]), (KtRate){24, 1});
    assert_int_equal(edit->markers.count, 1);
    assert_int_equal(edit->events.count, 0);
    const KtMarker *marker = &edit->markers.items[0];
    assert_string_equal(marker->name, "HIT: door");
    assert_int_equal(marker->at, 3605 * KT_FLICKS_PER_SECOND);
    assert_int_equal(marker->duration, 0);
    assert_true(i == 2 || !strcmp(marker->colour, "red"));
    assert_true(i > 3 || !strcmp(marker->note, "slams"));
    kt_arena_free(arena);
  }
}

static void utf16_and_drop_frame_tables(void **state) {
  (void)state;
  static const char text[] = "Marker Name\tIn\tOut\r\nT\xfcr\t00;01;00;02\t00;01;02;02\r\n";
  char bytes[256] = "\xff\xfe";
  for (size_t i = 0; i + 1 < sizeof(text); ++i) {
    bytes[2 + i * 2] = text[i];
  }
  KtArena *arena = kt_arena_new();
  const KtEdit *edit = read_at(arena, write_bytes(bytes, sizeof(text) * 2), (KtRate){30000, 1001});
  assert_int_equal(edit->markers.count, 1);
  assert_string_equal(edit->markers.items[0].name, "T\xc3\xbcr");
  assert_int_equal(edit->markers.items[0].at, 1800 * INT64_C(23543520));
  assert_int_equal(edit->markers.items[0].duration, 60 * INT64_C(23543520));
  assert_true(edit->drop);
  kt_arena_free(arena);
}

/// A film of `count` pictures at 24 a second, cut by eye every `every`.
static KtFilm *film_of(int count, int every) {
  KtArena *arena = kt_arena_new();
  KtFilm *film = KT_NEW(arena, KtFilm, 1);
  film->arena = arena;
  film->rate = film->timecode.rate = (KtRate){24, 1};
  film->duration = kt_frame_time(film->rate, count);
  for (int i = 0; i < count; ++i) {
    KtFrame *frame = kt_array_push(arena, &film->frames);
    frame->time = kt_frame_time(film->rate, i);
    frame->brightness = (float)(i / every) / 100.0F;
  }
  for (int i = 0; i < count; i += every) {
    KtShot *shot = kt_array_push(arena, &film->shots);
    int end = i + every < count ? i + every : count;
    *shot = (KtShot){.start_frame = i,
                     .end_frame = end - 1,
                     .start = kt_frame_time(film->rate, i),
                     .end = kt_frame_time(film->rate, end),
                     .scene = i / every / 3,
                     .transition = i ? KT_TRANSITION_CUT : KT_TRANSITION_START,
                     .confidence = 0.5F};
  }
  return film;
}

static void assert_shots(const KtFilm *film, const int *starts, size_t count) {
  assert_int_equal(film->shots.count, count);
  for (size_t i = 0; i < count; ++i) {
    const KtShot *shot = &film->shots.items[i];
    assert_int_equal(shot->start_frame, starts[i]);
    assert_int_equal(shot->end_frame,
                     i + 1 < count ? starts[i + 1] - 1 : (int)film->frames.count - 1);
    assert_true(shot->start == film->frames.items[starts[i]].time);
    assert_true(i == 0 || shot->scene >= shot[-1].scene);
  }
}

static const char LIST[] = HEAD "001  A V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
                                "* FROM CLIP NAME: first\n"
                                "002  A V C 00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00\n"
                                "002  B V D 012 00:00:05:00 00:00:07:00 01:00:02:00 01:00:04:00\n"
                                "* FROM CLIP NAME: first\n"
                                "* TO CLIP NAME: second\n"
                                "003  B V C 00:00:07:00 00:00:08:00 01:00:04:00 01:00:05:00\n"
                                "* FROM CLIP NAME: second\n"
                                "004  BL V C 00:00:00:00 00:00:01:00 01:00:05:00 01:00:06:00\n"
                                "005  BL V C 00:00:00:00 00:00:00:00 01:00:06:00 01:00:06:00\n"
                                "005  C V D 012 00:00:00:00 00:00:04:00 01:00:06:00 01:00:10:00\n"
                                "* TO CLIP NAME: third\n"
                                "006  D A C 00:00:00:00 00:00:04:00 01:00:06:00 01:00:10:00\n";

static void a_list_wins_over_the_eye(void **state) {
  (void)state;
  KtFilm *film = film_of(240, 60);
  KtMoment *flash = kt_array_push(film->arena, &film->moments);
  *flash =
      (KtMoment){kt_frame_time(film->rate, 49), KT_MOMENT_BURST, 0.5F}; // the cut at 48, misread
  assert_int_equal(kt_film_take_edit(film, write_text(LIST), NULL, NULL), KT_OK);
  static const int starts[] = {0, 48, 120};
  assert_shots(film, starts,
               3); // the through edit at 96 is no cut, the black is part of the last change
  assert_int_equal(film->shots.items[1].transition, KT_TRANSITION_DISSOLVE);
  assert_int_equal(film->shots.items[1].transition_end_frame, 59);
  assert_int_equal(film->shots.items[2].transition, KT_TRANSITION_FADE_BLACK);
  assert_int_equal(film->shots.items[2].transition_end_frame, 155);
  assert_true(film->shots.items[1].confidence == 1.0F);
  assert_string_equal(film->edit.items[film->shots.items[1].listed - 1].name, "second");
  assert_string_equal(film->edit.items[film->shots.items[2].listed - 1].name, "third");
  assert_int_equal(film->moments.count, 0);
  char text[KT_TIMECODE_SIZE];
  kt_timecode_print(&film->timecode, 0, text);
  assert_string_equal(text, "01:00:00:00"); // the film had none
  kt_film_free(film);
}

static void by_the_films_own_timecode(void **state) {
  (void)state;
  KtFilm *film = film_of(480, 70);
  film->timecode.start_frames = 24 * 3600 - 120;
  film->timecode_said = true;
  assert_int_equal(kt_film_take_edit(film, write_text(LIST), NULL, NULL), KT_OK);
  static const int starts[] = {0, 70, 120, 168, 240, 360, 420}; // by eye before and after the list
  assert_shots(film, starts, 7);
  assert_int_equal(film->shots.items[1].listed, 0);
  assert_true(film->warnings.count >= 1); // it covers a part
  kt_film_free(film);
}

static void what_does_not_fit_is_said(void **state) {
  (void)state;
  KtError err = {0};
  KtFilm *film = film_of(240, 60);
  film->timecode.start_frames = 24 * 3600 * 5;
  film->timecode_said = true;
  assert_int_equal(kt_film_take_edit(film, write_text(LIST), NULL, &err), KT_ERR_FORMAT);
  assert_non_null(strstr(err.message, "--timecode"));
  assert_non_null(strstr(err.message, "05:00:00:00"));
  kt_film_free(film);
  film = film_of(120, 60); // half as long as its list
  assert_int_equal(kt_film_take_edit(film, write_text(LIST), NULL, NULL), KT_OK);
  assert_int_equal(film->shots.items[film->shots.count - 1].end_frame, 119);
  assert_non_null(strstr(film->warnings.items[0], "beyond the film's end"));
  kt_film_free(film);
}

/// The same cuts, eleven frames early by the timecode the film claims.
static void a_shifted_list_is_noticed(void **state) {
  (void)state;
  KtFilm *film = film_of(2000, 83);
  film->timecode_said = true;
  film->timecode.start_frames = 24 * 3600;
  char text[8192] = HEAD, line[128], times[3][KT_TIMECODE_SIZE];
  KtTimecode list = {.rate = {24, 1}, .start_frames = 24 * 3600};
  for (int i = 0; i < 20; ++i) {
    kt_timecode_print(&list, kt_frame_time(list.rate, i ? i * 83 - 11 : 0), times[0]);
    kt_timecode_print(&list, kt_frame_time(list.rate, (i + 1) * 83 - 11), times[1]);
    snprintf(line, sizeof(line), "%03d R%d V C 00:00:00:00 00:00:03:11 %s %s\n", i + 1, i, times[0],
             times[1]);
    strcat(text, line);
  }
  assert_int_equal(kt_film_take_edit(film, write_text(text), NULL, NULL), KT_OK);
  bool told = false;
  for (size_t i = 0; i < film->warnings.count; ++i) {
    told |= strstr(film->warnings.items[i], "11 frames before") &&
            strstr(film->warnings.items[i], "00:59:59:13");
  }
  assert_true(told);
  kt_film_free(film);
}

static void markers_from_a_file_beside_the_list(void **state) {
  (void)state;
  KtFilm *film = film_of(240, 60);
  char path[64];
  snprintf(path, sizeof(path), "/tmp/kinothek-marks-%d", (int)getpid());
  const char *marks = "Name,Timecode\nswell,01:00:04:12\nlate,02:00:00:00\n";
  assert_int_equal(kt_file_write(path, marks, strlen(marks), NULL), KT_OK);
  assert_int_equal(kt_film_take_edit(film, write_text(LIST), path, NULL), KT_OK);
  unlink(path);
  assert_int_equal(film->markers.count, 1);
  assert_int_equal(film->markers.items[0].at, kt_frame_time(film->rate, 108));
  assert_int_equal(film->shots.count, 3);
  const char *last = film->warnings.items[film->warnings.count - 1];
  assert_non_null(strstr(last, "1 of its 2 markers lie outside"));
  kt_film_free(film);
}

static void rates_that_are_kin(void **state) {
  (void)state;
  static const char text[] =
      "<xmeml version=\"5\"><sequence><rate><timebase>24</timebase><ntsc>%s</ntsc></rate>"
      "<timecode><frame>86400</frame></timecode><media><video><track>"
      "<clipitem><name>a</name><start>0</start><end>100</end></clipitem>"
      "<clipitem><name>b</name><start>100</start><end>240</end></clipitem>"
      "</track></video></media></sequence></xmeml>";
  static const char *const ntsc[] = {"TRUE", "FALSE"};
  for (size_t i = 0; i < 2; ++i) { // 23.976 on a film at 24: the same frames, not the same seconds
    char whole[1024];
    KtFilm *film = film_of(240, 60);
    snprintf(whole, sizeof(whole), text, ntsc[i]);
    assert_int_equal(kt_film_take_edit(film, write_text(whole), NULL, NULL), KT_OK);
    static const int starts[] = {0, 100};
    assert_shots(film, starts, 2);
    kt_film_free(film);
  }
}

static void deep_and_huge(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  char *text = kt_arena_alloc(arena, 3000000);
  size_t n = (size_t)sprintf(text, "{\"OTIO_SCHEMA\":\"Timeline.1\",\"tracks\":");
  for (int i = 0; i < 900; ++i) {
    n += (size_t)sprintf(text + n, "{\"OTIO_SCHEMA\":\"Stack.1\",\"children\":[");
  }
  for (int i = 0; i < 900; ++i) {
    n += (size_t)sprintf(text + n, "]}");
  }
  sprintf(text + n, "}");
  KtTimecode timecode = {.rate = {24, 1}};
  KtEdit *edit = NULL;
  assert_int_equal(kt_edit_read(arena, write_text(text), &timecode, &edit, NULL), KT_OK);
  n = (size_t)sprintf(text, "<fcpxml><resources>"); // each clip holds the next twice: 2^30 of them
  for (int i = 0; i < 30; ++i) {
    n +=
        (size_t)sprintf(text + n,
                        "<media id=\"r%d\"><sequence><spine><ref-clip ref=\"r%d\" duration=\"9s\"/>"
                        "<ref-clip ref=\"r%d\" duration=\"9s\"/></spine></sequence></media>",
                        i, i + 1, i + 1);
  }
  sprintf(text + n, "</resources><project><sequence duration=\"99s\"><spine><ref-clip ref=\"r0\" "
                    "duration=\"99s\"/>"
                    "</spine></sequence></project></fcpxml>");
  kt_edit_read(arena, write_text(text), &timecode, &edit, NULL); // comes back
  static const char *const numbers[] = {"1e308", "-1e308", "99999999999999999999", "NaN", "-5"};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i) {
    sprintf(
        text,
        "{\"OTIO_SCHEMA\":\"Clip.1\",\"source_range\":{\"start_time\":{\"rate\":24,\"value\":%s},"
        "\"duration\":{\"rate\":%s,\"value\":%s}}}",
        numbers[i], numbers[i], numbers[i]);
    kt_edit_read(arena, write_text(text), &timecode, &edit, NULL);
  }
  kt_arena_free(arena);
}

static int tidy(void **state) {
  (void)state;
  unlink(write_text(""));
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(real_lists),
                                     cmocka_unit_test(real_lists_that_are_wrong),
                                     cmocka_unit_test(what_is_wrong_is_said),
                                     cmocka_unit_test(markers_of_every_kind),
                                     cmocka_unit_test(utf16_and_drop_frame_tables),
                                     cmocka_unit_test(a_list_wins_over_the_eye),
                                     cmocka_unit_test(by_the_films_own_timecode),
                                     cmocka_unit_test(what_does_not_fit_is_said),
                                     cmocka_unit_test(a_shifted_list_is_noticed),
                                     cmocka_unit_test(markers_from_a_file_beside_the_list),
                                     cmocka_unit_test(rates_that_are_kin),
                                     cmocka_unit_test(deep_and_huge)};
  return cmocka_run_group_tests(tests, NULL, tidy);
}
