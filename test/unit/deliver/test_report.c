// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "base/json.h"

#include <libxml/HTMLparser.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static json_t *report(Fixture *fixture) {
  KtError err = {0};
  KtStatus status = kt_deliver_report(&fixture->delivery, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
  json_t *root = json_loads(fixture_text(fixture, "report.json"), 0, NULL);
  assert_non_null(root);
  return root;
}

static void assert_keys(const json_t *object, const char *keys) {
  char name[64];
  for (const char *at = keys; *at;) {
    size_t length = strcspn(at, ",");
    snprintf(name, sizeof(name), "%.*s", (int)length, at);
    if (!json_object_get(object, name)) {
      fail_msg("no key %s", name);
    }
    at += length + (at[length] == ',');
  }
}

static const json_t *first(const json_t *root, const char *list) {
  const json_t *array = json_object_get(root, list);
  assert_true(json_array_size(array) > 0);
  return json_array_get(array, 0);
}

static void test_every_key_is_there(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  json_t *root = report(fixture);
  assert_keys(root, "film,shots,speech,music,moments,scenes,lines,arc,cues,hits,themes,silence,loudness,library,files,timing");
  assert_keys(json_object_get(root, "film"), "path,frames,frame_rate,start_timecode,picture_start_s,duration_s");
  assert_keys(first(root, "shots"), "start_frame,end_frame,start_s,end_s,scene,transition,transition_start_frame,"
                                    "transition_end_frame,confidence");
  assert_keys(first(root, "speech"), "start_s,end_s");
  assert_keys(first(root, "moments"), "at_s,kind,strength");
  assert_keys(first(root, "scenes"), "index,heading,start_s,end_s,confidence");
  assert_keys(first(root, "lines"), "character,text,start_s,end_s,confidence");
  assert_keys(first(root, "arc"), "at_s,valence,arousal,tension");
  assert_keys(first(root, "cues"), "cue,in,out,seconds,title,function,themes,valence,arousal,tension,entry,exit,status,in_s,"
                                   "out_s,reason,characters,locked");
  assert_keys(first(root, "hits"), "cue,at,label,kind,weight,tolerance_frames,bar,beat,notated_error_ms,heard_error_ms,at_s,"
                                   "source");
  const json_t *theme = first(root, "themes");
  assert_keys(theme, "id,subject,abc,statements");
  assert_keys(first(theme, "statements"), "cue,track,at_s,end_s,transform,transpose,notes,recognisable");
  assert_keys(json_object_get(root, "silence"), "seconds,share,spans");
  assert_keys(json_object_get(root, "loudness"), "spec,gain_db,integrated_lufs,dialogue_lufs,true_peak_dbtp,film_peak_dbtp,"
                                                 "limiter_max_reduction_db");
  assert_keys(json_object_get(root, "library"), "name,sha256");
  assert_keys(json_object_get(root, "files"), "scored,mix,music");
  assert_keys(first(root, "timing"), "stage,wall_s");
  json_decref(root);
  fixture_free(fixture);
}

static void test_values(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  json_t *root = report(fixture);
  const json_t *film = json_object_get(root, "film");
  assert_string_equal(json_string_value(json_object_get(film, "frame_rate")), "24/1");
  assert_string_equal(json_string_value(json_object_get(film, "start_timecode")), "01:00:00:00");
  assert_int_equal(json_integer_value(json_object_get(film, "frames")), 240);
  const json_t *statement = first(first(root, "themes"), "statements");
  assert_string_equal(json_string_value(json_object_get(statement, "track")), "Violins I");
  assert_string_equal(json_string_value(json_object_get(statement, "transform")), "plain");
  assert_true(json_real_value(json_object_get(statement, "end_s")) == 2.5);
  assert_true(json_is_null(json_object_get(json_object_get(root, "loudness"), "spec")));
  assert_string_equal(json_string_value(json_object_get(json_object_get(root, "files"), "scored")), "tiny.scored.mp4");
  const json_t *silence = json_object_get(root, "silence");
  assert_true(json_real_value(json_object_get(silence, "seconds")) == 2.9);
  assert_true(json_real_value(json_object_get(silence, "share")) == .29);
  json_decref(root);
  fixture_free(fixture);
}

/// No link, no font, no script from elsewhere; text that could break the page does not.
static void test_page_stands_alone(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  fixture->spotting.cues.items[0].reason = "<script>alert(1)</script> & \"more\"";
  fixture->story.scenes.items[0].heading = "bad \xff byte <b>";
  json_decref(report(fixture));
  const char *page = fixture_text(fixture, "report.html");
  static const char *const FORBIDDEN[] = {"http:", "https:", "<script", "<link", "url(//", "@import", "src=", "nan", "inf\""};
  for (size_t i = 0; i < sizeof(FORBIDDEN) / sizeof(FORBIDDEN[0]); ++i) {
    if (strstr(page, FORBIDDEN[i])) {
      fail_msg("%s is in the page", FORBIDDEN[i]);
    }
  }
  assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"));
  assert_non_null(strstr(page, "bad \xef\xbf\xbd byte &lt;b&gt;"));
  assert_non_null(strstr(page, "the knock and the question are bare"));
  assert_non_null(strstr(page, "<svg"));
  htmlDocPtr document = htmlReadMemory(page, (int)strlen(page), NULL, "utf-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
  assert_non_null(document);
  xmlFreeDoc(document);
  fixture_free(fixture);
}

/// A silent film with nothing in it still has its report, with nulls.
static void test_nothing_to_say(void **state) {
  (void)state;
  Fixture *fixture = fixture_new("mp4");
  KtStory empty = {.title = "", .language = "en", .alignment = -1};
  KtSpotting bare = {.bound_by = ""};
  KtMix mix = {.music_lufs = -HUGE_VAL, .integrated_lufs = -HUGE_VAL, .dialogue_lufs = -HUGE_VAL,
               .true_peak_dbtp = -HUGE_VAL, .film_peak_dbtp = -HUGE_VAL, .speech_margin_lu = HUGE_VAL};
  fixture->story = empty;
  fixture->spotting = bare;
  fixture->mix = mix;
  fixture->film.audio_stream = -1;
  fixture->film.speech.count = fixture->film.loudness.count = fixture->film.shots.count = 0;
  fixture->delivery.themes = NULL;
  json_t *root = report(fixture);
  assert_true(json_is_null(json_object_get(json_object_get(root, "loudness"), "integrated_lufs")));
  assert_int_equal(json_array_size(json_object_get(root, "cues")), 0);
  assert_null(strstr(fixture_text(fixture, "report.html"), "inf "));
  json_decref(root);
  fixture_free(fixture);
}

static void test_look_and_story(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  char *text = NULL;
  KtError err = {0};
  assert_int_equal(kt_report_film_json(&fixture->film, &text, &err), KT_OK);
  json_t *root = json_loads(text, 0, NULL);
  assert_keys(root, "film,shots,speech,music,moments,loudness,warnings");
  json_decref(root);
  free(text);
  assert_int_equal(kt_report_story_json(&fixture->story, &fixture->film.timecode, &text, &err), KT_OK);
  root = json_loads(text, 0, NULL);
  assert_keys(root, "title,scenes,lines,arc,characters,turns");
  json_decref(root);
  free(text);
  fixture_free(fixture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_key_is_there), cmocka_unit_test(test_values), cmocka_unit_test(test_page_stands_alone),
      cmocka_unit_test(test_nothing_to_say), cmocka_unit_test(test_look_and_story),
  };
  return fixture_has("ffmpeg") ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
