// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ear/musicxml.h"
#include "ear/norms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "<score-partwise><part-list><score-part id='P1'><part-name>Flute</part-name></score-part></part-list><part id='P1'>"
#define TAIL "</part></score-partwise>"
#define NOTE(step, length, more) "<note><pitch><step>" step "</step><octave>4</octave></pitch><duration>" length "</duration>" more "</note>"

static KtReadScore *read(const char *text) {
  KtReadScore *score = NULL;
  KtError err = {0};
  if (kt_musicxml_parse("made.musicxml", text, strlen(text), &score, &err)) {
    fail_msg("%d: %s", err.line, err.message);
  }
  return score;
}

static void notes_sound_where_they_stand(void **state) {
  (void)state;
  KtReadScore *s = read(HEAD "<measure><attributes><divisions>4</divisions><transpose><chromatic>-2</chromatic></transpose></attributes>"
                        NOTE("C", "4", "") "<note><chord/><pitch><step>E</step><octave>4</octave></pitch><duration>4</duration></note>"
                        "<backup><duration>4</duration></backup>" NOTE("G", "16", "<tie type='start'/>") "</measure><measure>"
                        NOTE("G", "8", "<tie type='stop'/>") "</measure>" TAIL);
  assert_int_equal(s->score.parts.count, 1);
  const KtPart *part = &s->score.parts.items[0];
  assert_string_equal(part->name, "Flute");
  assert_int_equal(part->notes.count, 3);
  static const int pitches[] = {58, 62, 65};
  static const KtTick lengths[] = {KT_PPQ, KT_PPQ, 6 * KT_PPQ};
  for (int i = 0; i < 3; ++i) {
    assert_int_equal(part->notes.items[i].midi, pitches[i]);
    assert_int_equal(part->notes.items[i].start, 0);
    assert_int_equal(part->notes.items[i].duration, lengths[i]);
  }
  assert_int_equal(s->score.end, 6 * KT_PPQ);
  assert_int_equal(s->bars.count, 2);
  assert_int_equal(s->bars.items[1], 4 * KT_PPQ);
  kt_read_score_free(s);
}

static void tempo_makes_seconds(void **state) {
  (void)state;
  KtReadScore *s = read(HEAD "<measure><attributes><divisions>1</divisions></attributes><sound tempo='60'/>" NOTE("C", "2", "")
                        "<direction><sound tempo='120'/></direction>" NOTE("D", "2", "") "</measure>" TAIL);
  assert_true(fabs(kt_seconds(kt_tempo_time(&s->score.tempo, 2 * KT_PPQ)) - 2) < 1e-6);
  assert_true(fabs(kt_seconds(kt_tempo_time(&s->score.tempo, 4 * KT_PPQ)) - 3) < 1e-6);
  kt_read_score_free(s);
}

static void faults_are_named(void **state) {
  (void)state;
  static const struct {
    const char *text;
    KtStatus status;
    int line;
  } cases[] = {{"<score-timewise/>", KT_ERR_UNSUPPORTED, 1},
               {"<book/>", KT_ERR_FORMAT, 1},
               {"", KT_ERR_FORMAT, 0},
               {"<score-partwise>\n<part>\n<measure>\n<attributes><divisions>0</divisions></attributes></measure></part></score-partwise>",
                KT_ERR_FORMAT, 4},
               {"<score-partwise><part-list/></score-partwise>", KT_ERR_FORMAT, 1},
               {"<score-partwise><part>\n</score-partwise>", KT_ERR_FORMAT, 2},
               {"PK\3\4 no archive", KT_ERR_FORMAT, 0}};
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
    KtReadScore *score = NULL;
    KtError err = {0};
    assert_int_equal(kt_musicxml_parse("made.musicxml", cases[i].text, strlen(cases[i].text), &score, &err), cases[i].status);
    assert_null(score);
    assert_string_equal(err.file, "made.musicxml");
    if (cases[i].line) {
      assert_int_equal(err.line, cases[i].line);
    }
  }
}

static void a_plain_scale_is_counted(void **state) {
  (void)state;
  KtArena *arena = kt_arena_new();
  KtReadScore *s = read(HEAD "<measure><attributes><divisions>1</divisions></attributes>" NOTE("C", "1", "") NOTE("D", "1", "")
                        NOTE("E", "1", "") NOTE("F", "1", "") "</measure><measure>" NOTE("C", "1", "") NOTE("D", "1", "") NOTE("E", "1", "")
                        NOTE("F", "1", "") "</measure><measure>" NOTE("G", "1", "") NOTE("G", "1", "") NOTE("C", "2", "") "</measure>"
                        "<measure>" NOTE("C", "4", "") "</measure>" TAIL);
  s->score.parts.items[0].role = KT_ROLE_LEAD;
  size_t count = 0;
  const KtNote *lead = kt_leading_line(arena, &s->score, &count);
  assert_int_equal(count, 12);
  double v[KT_STAT_COUNT];
  kt_statistics(arena, &s->score, lead, count, 0, s->score.end, v);
  assert_true(fabs(v[KT_STAT_LEAD_STEP] - 7.0 / 11) < 1e-9);
  assert_true(fabs(v[KT_STAT_LEAD_REPEAT] - 2.0 / 11) < 1e-9);
  assert_true(fabs(v[KT_STAT_LEAD_LEAP] - 2.0 / 11) < 1e-9);
  assert_true(fabs(v[KT_STAT_REPEATED_BARS] - 1.0 / 3) < 1e-9);
  assert_true(fabs(v[KT_STAT_PARTS] - 1) < 1e-9 && fabs(v[KT_STAT_DOUBLING]) < 1e-9);
  assert_true(fabs(v[KT_STAT_LEAD_REST]) < 1e-9);
  kt_read_score_free(s);
  kt_arena_free(arena);
}

static void norms_know_lengths(void **state) {
  (void)state;
  KtContext ctx = {.data_dir = getenv("KINOTHEK_DATA")};
  KtNorms norms;
  assert_int_equal(kt_norms_load(&ctx, &norms, NULL), KT_OK);
  for (int s = 0; s < KT_STAT_COUNT; ++s) {
    KtNormRange brief, longer, within, next;
    assert_true(kt_norm(&norms, "epic", 30, (KtStatistic)s, &brief) && kt_norm(&norms, "epic", 300, (KtStatistic)s, &longer));
    assert_true(brief.low <= brief.middle && brief.middle <= brief.high);
    assert_true(longer.high - longer.low <= 1.35F * (brief.high - brief.low) + 1e-4F); // longer stretches differ less
    assert_true(kt_norm(&norms, "epic", 30 * sqrt(1.5), (KtStatistic)s, &within) && kt_norm(&norms, "epic", 45, (KtStatistic)s, &next));
    assert_float_equal(within.low, (brief.low + next.low) / 2, 1e-4); // half-way from 30 to 45 by the logarithm
    assert_float_equal(within.high, (brief.high + next.high) / 2, 1e-4);
  }
  kt_norms_free(&norms);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(notes_sound_where_they_stand), cmocka_unit_test(tempo_makes_seconds),
                                     cmocka_unit_test(faults_are_named), cmocka_unit_test(a_plain_scale_is_counted),
                                     cmocka_unit_test(norms_know_lengths)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
