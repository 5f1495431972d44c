// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "base/rng.h"
#include "deliver/notate.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static long child_number(const xmlNode *node, const char *name, long otherwise) {
  for (const xmlNode *child = node->children; child; child = child->next) {
    if (!strcmp((const char *)child->name, name)) {
      xmlChar *text = xmlNodeGetContent(child);
      long value = strtol((const char *)text, NULL, 10);
      xmlFree(text);
      return value;
    }
  }
  return otherwise;
}

static bool has_child(const xmlNode *node, const char *name) {
  return child_number(node, name, -999999) != -999999;
}

/// Every voice of every bar of every part ends where the bar ends; the number of bars is the same in
/// all parts. Returns that number.
static int check_bars(const xmlDoc *document) {
  int bars = -1;
  long divisions = 1, beats = 4, unit = 4;
  for (xmlNode *part = xmlDocGetRootElement((xmlDoc *)(uintptr_t)document)->children; part; part = part->next) {
    if (strcmp((const char *)part->name, "part") != 0) {
      continue;
    }
    int count = 0;
    for (xmlNode *bar = part->children; bar; bar = bar->next) {
      if (strcmp((const char *)bar->name, "measure") != 0) {
        continue;
      }
      ++count;
      long at = 0, reached = 0;
      for (xmlNode *item = bar->children; item; item = item->next) {
        const char *name = (const char *)item->name;
        if (!strcmp(name, "attributes")) {
          divisions = child_number(item, "divisions", divisions);
          for (xmlNode *time = item->children; time; time = time->next) {
            if (!strcmp((const char *)time->name, "time")) {
              beats = child_number(time, "beats", 0);
              unit = child_number(time, "beat-type", 0);
            }
          }
        } else if (!strcmp(name, "backup")) {
          assert_int_equal(at, divisions * 4 * beats / unit);
          at -= child_number(item, "duration", 0);
          assert_int_equal(at, 0);
        } else if (!strcmp(name, "forward") || (!strcmp(name, "note") && !has_child(item, "chord"))) {
          long duration = child_number(item, "duration", 0);
          assert_true(duration > 0);
          at += duration;
          reached = at > reached ? at : reached;
        }
      }
      assert_int_equal(at, divisions * 4 * beats / unit);
      assert_int_equal(reached, at);
    }
    assert_true(bars < 0 || bars == count);
    bars = count;
  }
  return bars;
}

static int count_nodes(xmlDoc *document, const char *path) {
  xmlXPathContext *context = xmlXPathNewContext(document);
  xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)path, context);
  int count = found && found->nodesetval ? found->nodesetval->nodeNr : 0;
  xmlXPathFreeObject(found);
  xmlXPathFreeContext(context);
  return count;
}

static xmlDoc *write_and_read(Fixture *fixture, size_t cue) {
  KtError err = {0};
  KtStatus status = kt_deliver_musicxml(&fixture->delivery, cue, &err);
  if (status) {
    fail_msg("%s", err.message);
  }
  const char *name = cue ? "cues/1m02/1m02.musicxml" : "cues/1m01/1m01.musicxml";
  xmlDoc *document = xmlReadFile(kt_path_join(fixture->arena, fixture->delivery.folder, name), NULL,
                                 XML_PARSE_NONET);
  assert_non_null(document);
  return document;
}

static void test_score(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  xmlDoc *document = write_and_read(fixture, 0);
  assert_int_equal(check_bars(document), 3);
  static const struct {
    const char *path;
    int count;
  } FACTS[] = {
      {"//score-part", 5},
      {"//part[1]/measure[1]/attributes/transpose[diatonic=-1 and chromatic=-2]", 1},       // clarinet
      {"//part[1]/measure[1]/note[pitch/step='E' and pitch/octave=4 and not(tie)]", 1},     // D4 sounds
      {"//part[1]/measure[1]/attributes/key[fifths=1]", 1},                                 // D minor up a tone
      {"//part[1]/measure[2]/attributes/key[fifths=-3]", 1},                                // D flat major up a tone
      {"//part[5]/measure[1]/attributes/transpose[octave-change=-1]", 1},                   // basses
      {"//part[4]//notations/tuplet[@type='start']", 1},
      {"//part[4]//note[time-modification/actual-notes=3]", 3},
      {"//part[4]//notations/tied[@type='start']", 1},
      {"//part[4]//notations/slur[@type='start']", 1},
      {"//part[4]//notations/slur[@type='stop']", 1},
      {"//part[4]//articulations/staccato", 2},
      {"//part[4]//ornaments/tremolo", 1},
      {"//part[4]//ornaments/trill-mark", 1},
      {"//part[4]//words[.='pizz.']", 1},
      {"//part[4]//words[.='arco']", 1},
      {"//part[4]//wedge[@type='crescendo']", 1},
      {"//part[4]//wedge[@type='stop']", 1},
      {"//part[4]//dynamics/pp", 1},
      {"//part[4]//dynamics/f", 1},
      {"//part[1]//breath-mark", 1},
      {"//part[1]//rehearsal[.='B']", 1},
      {"//part[1]//words[.='cut to the door']", 1},
      {"//part[1]//words[.='01:00:02:12']", 1},
      {"//part[3]/measure[1]/attributes/staves[.=2]", 1},
      {"//part[2]//unpitched", 1},
      {"//part[position()>1]//rehearsal", 0},
  };
  for (size_t i = 0; i < sizeof(FACTS) / sizeof(FACTS[0]); ++i) {
    if (count_nodes(document, FACTS[i].path) != FACTS[i].count) {
      fail_msg("%s: %d, not %d", FACTS[i].path, count_nodes(document, FACTS[i].path), FACTS[i].count);
    }
  }
  xmlFreeDoc(document);
  fixture_free(fixture);
}

/// The first bar line after three quarters, a fermata on the bar before the last one, and time that is free after.
static void test_upbeats_fermatas_and_free_time(void **state) {
  (void)state;
  Fixture *fixture = fixture_new(NULL);
  KtScore *score = (KtScore *)(uintptr_t)fixture->delivery.scores[0];
  score->metres.items[0].tick = -960;
  score->metres.items[1].tick = 6720;
  score->end = 6720 + 2 * 1440;
  *kt_array_push(fixture->arena, &score->tempo.holds) = (KtTickSpan){5760, 6720};
  *kt_array_push(fixture->arena, &score->tempo.free) = (KtTickSpan){6720, 8160};
  xmlDoc *document = write_and_read(fixture, 0);
  static const struct {
    const char *path;
    int count;
  } FACTS[] = {{"//part[1]/measure", 4},
               {"//part/measure[1][@implicit='yes' and @number='0']", 5},
               {"//measure[@implicit]/attributes/time[beats=4]", 5},
               {"//part/measure[2][@number='1' and not(@implicit)]", 5},
               {"//part[1]/measure[2]/note/notations/fermata", 1},
               {"//part[not(measure[2]//fermata)]", 0},
               {"//part[1]/measure[3]/direction//words[.='freely']", 1},
               {"//part[1]/measure[4]/direction//words[.='a tempo']", 1}};
  for (size_t i = 0; i < sizeof(FACTS) / sizeof(FACTS[0]); ++i) {
    int found = count_nodes(document, FACTS[i].path);
    if (found != FACTS[i].count) {
      fail_msg("%s: %d, wanted %d", FACTS[i].path, found, FACTS[i].count);
    }
  }
  xmlFreeDoc(document);
  fixture_free(fixture);
}

static void test_schema(void **state) {
  (void)state;
  const char *shared = getenv("KINOTHEK_FILMS");
  if (!shared || !fixture_has("xmllint")) {
    skip();
  }
  Fixture *fixture = fixture_new(NULL);
  for (size_t cue = 0; cue < 2; ++cue) {
    xmlFreeDoc(write_and_read(fixture, cue));
  }
  assert_int_equal(fixture_run("cd '%s/cues' && xmllint --nonet --noout --schema '%s/schemas/musicxml-4.0/musicxml.xsd' "
                               "1m01/1m01.musicxml 1m02/1m02.musicxml 2>log || { cat log >&2; false; }",
                               fixture->delivery.folder, shared), 0);
  fixture_free(fixture);
}

static void test_engraves(void **state) {
  (void)state;
  if (!fixture_has("musicxml2ly") || !fixture_has("lilypond")) {
    skip();
  }
  Fixture *fixture = fixture_new(NULL);
  xmlFreeDoc(write_and_read(fixture, 0));
  // A bar check that fails is a warning there: it must not come.
  assert_int_equal(fixture_run("cd '%s' && musicxml2ly -o s.ly cues/1m01/1m01.musicxml >log 2>&1 && lilypond -dresolution=60 "
                               "--png -o page s.ly >log 2>&1 && ! grep -i -e 'bar ?check' -e error log && test -s page.png",
                               fixture->delivery.folder), 0);
  fixture_free(fixture);
}

/// All pieces of any sound in any metre are single signs that fill it.
static void test_signs_fill_any_span(void **state) {
  (void)state;
  static const KtMetre METRES[] = {{0, 4, 4}, {0, 3, 4}, {0, 2, 4}, {0, 5, 4}, {0, 2, 2}, {0, 6, 8},
                                   {0, 9, 8}, {0, 12, 8}, {0, 3, 8}, {0, 5, 8}, {0, 7, 8}, {0, 7, 4}, {0, 6, 4}};
  for (size_t m = 0; m < sizeof(METRES) / sizeof(METRES[0]); ++m) {
    KtTick bar = kt_metre_bar_ticks(METRES[m]);
    for (KtTick from = 0; from < bar; from += 120) {
      for (KtTick to = from + 120; to <= bar; to += 120) {
        for (int rest = 0; rest < 2; ++rest) {
          KtTick at = from;
          while (at < to) {
            int type, dots;
            KtTick size = kt_first_sign(METRES[m], at, to, rest);
            assert_true(size > 0 && kt_note_value(size, &type, &dots));
            at += size;
          }
          assert_int_equal(at, to);
        }
      }
    }
  }
}

/// Notes at any tick, overlapping as they like: the page still adds up.
static void test_any_notes_make_full_bars(void **state) {
  (void)state;
  static const KtMetre METRES[] = {{0, 4, 4}, {0, 3, 4}, {0, 6, 8}, {0, 5, 8}, {0, 7, 8}};
  Fixture *fixture = fixture_new(NULL);
  KtRng rng = kt_rng(1, "test/notation");
  KtScore *score = &fixture->scores[1];
  for (int round = 0; round < 40; ++round) {
    score->metres.items[0] = METRES[round % 5];
    score->end = 8 * kt_metre_bar_ticks(score->metres.items[0]);
    static const char *const PLAYERS[] = {"piano", "violin_1", "horn", "harp", "bass_drum", "piccolo"};
    for (size_t p = 0; p < 1; ++p) {
      KtPart *part = &score->parts.items[p];
      part->instrument = PLAYERS[round % 6];
      part->notes.count = 0;
      KtTick at = 0;
      while (at < score->end - 20) {
        KtTick grid = round % 3 == 0 ? 1 : round % 3 == 1 ? 240 : 320;
        KtTick length = 1 + kt_rng_int(&rng, 0, 2999);
        length = length / grid * grid + grid;
        length = at + length > score->end ? score->end - at : length;
        fixture_note(fixture, part, at, length, kt_rng_int(&rng, 48, 77), (KtArticulation)kt_rng_int(&rng, 0, 1));
        at += kt_rng_int(&rng, 0, 1199) / grid * grid;
      }
    }
    xmlDoc *document = write_and_read(fixture, 1);
    assert_int_equal(check_bars(document), 8);
    xmlFreeDoc(document);
  }
  fixture_free(fixture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_signs_fill_any_span), cmocka_unit_test(test_score),
      cmocka_unit_test(test_upbeats_fermatas_and_free_time),
      cmocka_unit_test(test_any_notes_make_full_bars), cmocka_unit_test(test_schema), cmocka_unit_test(test_engraves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
